/* Pictures that data's tests make themselves, and the folder they lie in. */
#ifndef MASKSCOPE_TESTS_UNIT_DATA_PICTURES_H
#define MASKSCOPE_TESTS_UNIT_DATA_PICTURES_H

#include <jpeglib.h>
#include <png.h>

#include "base/file.h"
#include "base/random.h"
#include "base/text.h"
#include "data/image.h"
#include "tests/unit/run_folder.h"

/* A path in the test's folder, with the folders on the way made; good until the fourth next call.
 */
static inline const char *picture_path(const char *name)
{
    static char paths[4][FILE_PATH_SIZE];
    static int turn;
    char *path = paths[turn = (turn + 1) % 4], above[FILE_PATH_SIZE];
    assert_true(file_join(path, FILE_PATH_SIZE, test_folder, name, NULL));
    text_copy(above, sizeof above, path);
    *strrchr(above, '/') = '\0';
    assert_true(file_make_folder(above, NULL));
    return path;
}

static inline void picture_write_bytes(const char *path, const void *bytes, size_t size)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

/* Smooth enough for JPEG, different in every channel and both ways. */
static inline uint8_t picture_value(int x, int y, int channel)
{
    return (uint8_t)(40 + 3 * ((x + 2 * channel) % 40) + 2 * ((y + channel) % 30));
}

static inline void picture_make(struct image *image, int width, int height, int channels)
{
    assert_true(image_resize(image, width, height, channels, NULL));
    uint8_t *value = image->pixels;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < channels; c++)
                *value++ = picture_value(x, y, c);
}

/* Any rows of samples as libpng takes them. palette and transparent may be null. */
struct picture_png {
    int width, height, bits, color_type, interlace;
    const png_color *palette;
    int palette_size;
    const png_byte *alpha; /* of a palette */
    int alpha_size;
    const png_color_16 *key; /* transparent colour of a picture without a palette */
};

static inline void picture_on_png_bytes(png_structp png, png_bytep bytes, size_t size)
{
    text_append_bytes(png_get_io_ptr(png), (const char *)bytes, size);
}

static inline void picture_encode_png(const struct picture_png *format, const uint8_t *rows,
                                      struct text *out)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    assert_non_null(info);
    assert_int_equal(setjmp(png_jmpbuf(png)), 0);
    png_set_write_fn(png, out, picture_on_png_bytes, NULL);
    png_set_IHDR(png, info, (png_uint_32)format->width, (png_uint_32)format->height, format->bits,
                 format->color_type, format->interlace, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (format->palette)
        png_set_PLTE(png, info, format->palette, format->palette_size);
    if (format->alpha || format->key)
        png_set_tRNS(png, info, format->alpha, format->alpha_size, format->key);
    png_write_info(png, info);
    int passes = png_set_interlace_handling(png);
    size_t stride = png_get_rowbytes(png, info);
    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < format->height; y++)
            png_write_row(png, rows + (size_t)y * stride);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    assert_false(out->failed);
}

struct picture_jpeg {
    int components, quality;
    bool progressive, subsampled;
    const uint8_t *exif; /* an APP1 block, or null */
    unsigned exif_size;
};

/* components samples a pixel: gray, RGB, or CMYK (written with Adobe's marker, as it is given). */
static inline void picture_encode_jpeg(const struct picture_jpeg *format, const uint8_t *pixels,
                                       int width, int height, struct text *out)
{
    struct jpeg_compress_struct compress;
    struct jpeg_error_mgr manager;
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    compress.err = jpeg_std_error(&manager);
    jpeg_create_compress(&compress);
    jpeg_mem_dest(&compress, &bytes, &size);
    compress.image_width = (JDIMENSION)width;
    compress.image_height = (JDIMENSION)height;
    compress.input_components = format->components;
    compress.in_color_space = format->components == 1   ? JCS_GRAYSCALE
                              : format->components == 3 ? JCS_RGB
                                                        : JCS_CMYK;
    jpeg_set_defaults(&compress);
    jpeg_set_quality(&compress, format->quality, TRUE);
    if (!format->subsampled)
        compress.comp_info[0].h_samp_factor = compress.comp_info[0].v_samp_factor = 1;
    if (format->progressive)
        jpeg_simple_progression(&compress);
    jpeg_start_compress(&compress, TRUE);
    if (format->exif)
        jpeg_write_marker(&compress, JPEG_APP0 + 1, format->exif, format->exif_size);
    while (compress.next_scanline < compress.image_height) {
        JSAMPROW row =
            (JSAMPROW)(uintptr_t)(pixels + (size_t)compress.next_scanline * (size_t)width *
                                               (size_t)format->components);
        jpeg_write_scanlines(&compress, &row, 1);
    }
    jpeg_finish_compress(&compress);
    jpeg_destroy_compress(&compress);
    text_append_bytes(out, (const char *)bytes, size);
    free(bytes);
}

/* A file of the pattern above: PNG or JPEG by the name's suffix. */
static inline void picture_write(const char *name, int width, int height, int channels)
{
    struct image image = {0};
    struct text bytes = {0};
    const char *path = picture_path(name);
    picture_make(&image, width, height, channels);
    if (strcmp(strrchr(name, '.'), ".png") == 0) {
        assert_true(image_write_png(&image, path, NULL, NULL));
    } else {
        picture_encode_jpeg(&(struct picture_jpeg){channels, 90, false, true, NULL, 0},
                            image.pixels, width, height, &bytes);
        picture_write_bytes(path, bytes.bytes, bytes.length);
    }
    text_release(&bytes);
    image_release(&image);
}

#endif
