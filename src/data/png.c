/* PNG through libpng: reading, and writing to a file that is replaced at once. */
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "base/file.h"
#include "data/decode.h"
#include "data/exif.h"

static const double meters_per_inch = 0.0254;
enum { CHUNK_LIMIT = 8 << 20, CHUNK_COUNT_LIMIT = 1000, SAMPLE_BITS = 8 };

/* The bytes still to be read, and where what goes wrong is told. */
struct png_input {
    const uint8_t *bytes;
    size_t left;
    int warnings;
    struct error *error;
};

static _Noreturn void on_error(png_structp png, png_const_charp message)
{
    struct png_input *input = png_get_error_ptr(png);
    error_set(input->error, ERROR_DATA, "PNG: %s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)message;
    struct png_input *input = png_get_error_ptr(png);
    input->warnings++;
}

static void on_read(png_structp png, png_bytep out, size_t size)
{
    struct png_input *input = png_get_io_ptr(png);
    if (size > input->left)
        png_error(png, "the file is truncated");
    memcpy(out, input->bytes, size);
    input->bytes += size;
    input->left -= size;
}

/* Whatever the file holds, 8 bits of gray, RGB or RGBA come out. */
static void choose_output(png_structp png, png_infop info)
{
    int type = png_get_color_type(png, info);
    bool transparent = png_get_valid(png, info, PNG_INFO_tRNS);
    png_set_expand(png);
    /* The high byte, not the nearest 8-bit value: what Pillow reads, and so what others train on.
     */
    png_set_strip_16(png);
    if (type == PNG_COLOR_TYPE_GRAY_ALPHA || (type == PNG_COLOR_TYPE_GRAY && transparent))
        png_set_gray_to_rgb(png);
    png_read_update_info(png, info);
}

static bool decode(png_structp png, png_infop info, const struct decode_request *request,
                   struct image *image, int *orientation, struct error *error)
{
    if (setjmp(png_jmpbuf(png)))
        return false;
    /* Odd colour profiles and the like are common and do no harm to the pixels. */
    png_set_benign_errors(png, 1);
    png_set_chunk_malloc_max(png, CHUNK_LIMIT);
    png_set_chunk_cache_max(png, CHUNK_COUNT_LIMIT);
    png_read_info(png, info);
    png_uint_32 width = png_get_image_width(png, info), height = png_get_image_height(png, info);
    if (!decode_check_size(width, height, error))
        return false;
    int passes = png_set_interlace_handling(png);
    choose_output(png, info);
    int channels = png_get_channels(png, info);
    if (!image_resize(image, (int)width, (int)height, channels, error))
        return false;
    for (int pass = 0; pass < passes; pass++)
        for (size_t y = 0; y < height; y++)
            png_read_row(png, image->pixels + y * width * (size_t)channels, NULL);
    png_read_end(png, info);
    png_bytep exif;
    png_uint_32 exif_size;
    if (request->exif && png_get_eXIf_1(png, info, &exif_size, &exif))
        *orientation = exif_orientation(exif, exif_size);
    return true;
}

bool decode_png(const uint8_t *bytes, size_t size, const struct decode_request *request,
                struct image *image, struct error *error)
{
    struct png_input input = {bytes, size, 0, error};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &input, on_error, on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    int orientation = EXIF_UPRIGHT;
    bool good = false;
    if (info) {
        png_set_read_fn(png, &input, on_read);
        good = decode(png, info, request, image, &orientation, error);
    } else {
        error_set(error, ERROR_SYSTEM, "out of memory for a PNG picture");
    }
    png_destroy_read_struct(&png, &info, NULL);
    if (!good)
        return false;
    image->warnings = input.warnings;
    return exif_apply(image, orientation, error);
}

/* Writing. */

static void on_write(png_structp png, png_bytep bytes, size_t size)
{
    if (fwrite(bytes, 1, size, png_get_io_ptr(png)) != size)
        png_error(png, "cannot be written");
}

static void on_flush(png_structp png)
{
    (void)png; /* file_commit does */
}

static _Noreturn void on_write_error(png_structp png, png_const_charp message)
{
    error_set(png_get_error_ptr(png), ERROR_IO, "PNG: %s", message);
    png_longjmp(png, 1);
}

static void on_write_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static int color_type(int channels)
{
    return channels == 1   ? PNG_COLOR_TYPE_GRAY
           : channels == 3 ? PNG_COLOR_TYPE_RGB
                           : PNG_COLOR_TYPE_RGB_ALPHA;
}

static void set_texts(png_structp png, png_infop info, const char *const *text)
{
    for (; text && text[0]; text += 2) {
        png_text chunk = {.compression = PNG_ITXT_COMPRESSION_NONE,
                          .key = (png_charp)(uintptr_t)text[0],
                          .text = (png_charp)(uintptr_t)text[1]};
        png_set_text(png, info, &chunk, 1);
    }
}

static void set_size(png_structp png, png_infop info, double pixels_per_inch)
{
    png_uint_32 per_meter = (png_uint_32)(pixels_per_inch / meters_per_inch + 0.5);
    if (per_meter > 0)
        png_set_pHYs(png, info, per_meter, per_meter, PNG_RESOLUTION_METER);
}

static bool encode(png_structp png, png_infop info, const struct image *image,
                   const char *const *text, double pixels_per_inch)
{
    if (setjmp(png_jmpbuf(png)))
        return false;
    png_set_IHDR(png, info, (png_uint_32)image->width, (png_uint_32)image->height, SAMPLE_BITS,
                 color_type(image->channels), PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    set_texts(png, info, text);
    set_size(png, info, pixels_per_inch);
    png_write_info(png, info);
    size_t stride = (size_t)image->width * (size_t)image->channels;
    for (int y = 0; y < image->height; y++)
        png_write_row(png, image->pixels + (size_t)y * stride);
    png_write_end(png, info);
    return true;
}

bool image_write_png(const struct image *image, const char *path, const char *const *text,
                     struct error *error)
{
    return image_write_png_sized(image, path, text, 0, error);
}

bool image_write_png_sized(const struct image *image, const char *path, const char *const *text,
                           double pixels_per_inch, struct error *error)
{
    struct file_write write;
    if (!file_begin(&write, path, error))
        return false;
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, error, on_write_error, on_write_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    bool good = false;
    if (info) {
        png_set_write_fn(png, write.stream, on_write, on_flush);
        good = encode(png, info, image, text, pixels_per_inch) || error_prefix(error, "%s", path);
    } else {
        error_set(error, ERROR_SYSTEM, "%s: out of memory", path);
    }
    png_destroy_write_struct(&png, &info);
    if (good)
        return file_commit(&write, error);
    file_abandon(&write);
    return false;
}
