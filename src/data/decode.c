#include "data/decode.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"

bool decode_check_size(uint32_t width, uint32_t height, struct error *error)
{
    if (width == 0 || height == 0)
        return error_set(error, ERROR_DATA, "a picture of %u x %u pixels", width, height);
    if ((uint64_t)width * height > DECODE_PIXEL_LIMIT)
        return error_set(error, ERROR_DATA, "%u x %u pixels are more than the limit of %d million",
                         width, height, DECODE_PIXEL_LIMIT >> 20);
    return true;
}

/* Formats that turn up among photographs, to say more than "unknown". */
static const struct signature {
    size_t offset;
    const char *bytes, *what;
} signatures[] = {
    {0, "GIF8", "a GIF file"},     {8, "WEBP", "a WebP file"},
    {0, "BM", "a BMP file"},       {0, "II*", "a TIFF file"},
    {0, "MM", "a TIFF file"},      {4, "ftyp", "an HEIF or AVIF file"},
    {0, "<", "a text file"},       {0, "{", "a text file"},
    {0, "PK", "a ZIP archive"},    {0, "\x1f\x8b", "a gzip file"},
    {0, "%PDF", "a PDF document"}, {1, "PNG", "a PNG file with a damaged signature"},
};

static bool starts_with(const uint8_t *bytes, size_t size, const struct signature *signature)
{
    size_t length = strlen(signature->bytes);
    return size >= signature->offset + length &&
           memcmp(bytes + signature->offset, signature->bytes, length) == 0;
}

static bool refuse(const uint8_t *bytes, size_t size, struct error *error)
{
    if (size == 0)
        return error_set(error, ERROR_DATA, "the file is empty");
    for (size_t i = 0; i < ARRAY_LENGTH(signatures); i++)
        if (starts_with(bytes, size, &signatures[i]))
            return error_set(error, ERROR_DATA, "%s; JPEG and PNG can be read", signatures[i].what);
    return error_set(error, ERROR_DATA, "neither JPEG nor PNG");
}

bool decode_image(const uint8_t *bytes, size_t size, const struct decode_request *request,
                  struct image *image, struct error *error)
{
    static const struct signature jpeg = {0, "\xff\xd8\xff", NULL},
                                  png = {0, "\x89PNG\r\n\x1a\n", NULL};
    if (starts_with(bytes, size, &jpeg))
        return decode_jpeg(bytes, size, request, image, error);
    if (starts_with(bytes, size, &png))
        return decode_png(bytes, size, request, image, error);
    return refuse(bytes, size, error);
}

bool decode_file(const char *path, const struct decode_request *request, struct image *image,
                 struct error *error)
{
    struct text *encoded = &image->encoded;
    text_clear(encoded);
    if (!file_read(path, DECODE_FILE_LIMIT, encoded, error))
        return false;
    const uint8_t *bytes = (const uint8_t *)text_of(encoded);
    if (!decode_image(bytes, encoded->length, request, image, error))
        return error_prefix(error, "%s", path);
    return true;
}
