/* Decoding: every kind of PNG and JPEG to the right pixels, and everything broken to an error. */
#include "tests/unit/test.h"

#include "base/memory.h"
#include "data/decode.h"
#include "tests/unit/data_pictures.h"

static const struct decode_request full_size = {0, 0, false};

static bool decode(const struct text *bytes, const struct decode_request *request,
                   struct image *image, struct error *error)
{
    *error = (struct error){0};
    return decode_image((const uint8_t *)bytes->bytes, bytes->length, request, image, error);
}

static void assert_decodes(const struct text *bytes, const struct decode_request *request,
                           struct image *image)
{
    struct error error;
    if (!decode(bytes, request, image, &error))
        fail_msg("%s", error.message);
}

static void assert_refused(const struct text *bytes, const char *why)
{
    struct image image = {0};
    struct error error;
    assert_false(decode(bytes, &full_size, &image, &error));
    assert_int_equal(error.code, ERROR_DATA);
    if (!strstr(error.message, why))
        fail_msg("'%s' does not say '%s'", error.message, why);
    image_release(&image);
}

/* What a gray sample of so many bits is in 8. */
static int gray_of(int sample, int bits)
{
    return bits == 16 ? sample >> 8 : sample * 255 / ((1 << bits) - 1);
}

/* Gray of every depth, straight and interlaced. */
static void test_png_gray(void **state)
{
    (void)state;
    enum { WIDTH = 19, HEIGHT = 11 };
    static const int depths[] = {1, 2, 4, 8, 16};
    for (size_t d = 0; d < ARRAY_LENGTH(depths); d++)
        for (int interlace = 0; interlace < 2; interlace++) {
            int bits = depths[d];
            size_t stride = (size_t)(WIDTH * bits + 7) / 8;
            uint8_t rows[2 * WIDTH * HEIGHT] = {0};
            int samples[HEIGHT][WIDTH];
            for (int y = 0; y < HEIGHT; y++)
                for (int x = 0; x < WIDTH; x++) {
                    int sample = samples[y][x] = (x * 2999 + y * 7919) & ((1 << bits) - 1);
                    uint8_t *row = rows + (size_t)y * stride;
                    if (bits == 16) {
                        row[2 * x] = (uint8_t)(sample >> 8);
                        row[2 * x + 1] = (uint8_t)sample;
                    } else {
                        row[x * bits / 8] |= (uint8_t)(sample << (8 - bits - x * bits % 8));
                    }
                }
            struct text bytes = {0};
            struct image image = {0};
            picture_encode_png(
                &(struct picture_png){
                    .width = WIDTH, .height = HEIGHT, .bits = bits, .interlace = interlace},
                rows, &bytes);
            assert_decodes(&bytes, &full_size, &image);
            assert_int_equal(image.width, WIDTH);
            assert_int_equal(image.height, HEIGHT);
            assert_int_equal(image.channels, 1);
            for (int i = 0; i < WIDTH * HEIGHT; i++)
                assert_int_equal(image.pixels[i], gray_of(samples[i / WIDTH][i % WIDTH], bits));
            text_release(&bytes);
            image_release(&image);
        }
}

/* 16-bit samples keep their high byte, in every colour type with more than one. */
static void test_png_deep_colour(void **state)
{
    (void)state;
    static const struct {
        int color_type, samples, channels;
    } types[] = {{PNG_COLOR_TYPE_RGB, 3, 3},
                 {PNG_COLOR_TYPE_RGB_ALPHA, 4, 4},
                 {PNG_COLOR_TYPE_GRAY_ALPHA, 2, 4}};
    static const uint8_t rows[] = {1, 255, 2, 254, 3, 0, 128, 127, 77, 200, 250, 1};
    for (size_t t = 0; t < ARRAY_LENGTH(types); t++) {
        struct text bytes = {0};
        struct image image = {0};
        picture_encode_png(
            &(struct picture_png){
                .width = 1, .height = 1, .bits = 16, .color_type = types[t].color_type},
            rows, &bytes);
        assert_decodes(&bytes, &full_size, &image);
        assert_int_equal(image.channels, types[t].channels);
        for (int c = 0; c < types[t].channels; c++) {
            int sample = types[t].samples == 2 ? c == 3 : c;
            assert_int_equal(image.pixels[c], rows[2 * sample]);
        }
        text_release(&bytes);
        image_release(&image);
    }
}

static void test_png_palette(void **state)
{
    (void)state;
    static const png_color palette[4] = {{1, 2, 3}, {40, 50, 60}, {200, 100, 0}, {255, 254, 253}};
    static const png_byte alpha[2] = {0, 128};
    static const uint8_t row[1] = {0x1b}; /* 0, 1, 2, 3 in two bits each */
    struct picture_png format = {.width = 4,
                                 .height = 1,
                                 .bits = 2,
                                 .color_type = PNG_COLOR_TYPE_PALETTE,
                                 .palette = palette,
                                 .palette_size = 4};
    struct text bytes = {0};
    struct image image = {0};
    picture_encode_png(&format, row, &bytes);
    assert_decodes(&bytes, &full_size, &image);
    assert_int_equal(image.channels, 3);
    assert_memory_equal(image.pixels, palette, sizeof palette);

    text_clear(&bytes);
    format.alpha = alpha;
    format.alpha_size = 2;
    picture_encode_png(&format, row, &bytes);
    assert_decodes(&bytes, &full_size, &image);
    static const uint8_t expected[16] = {1,   2,   3, 0,   40,  50,  60,  128,
                                         200, 100, 0, 255, 255, 254, 253, 255};
    assert_int_equal(image.channels, 4);
    assert_memory_equal(image.pixels, expected, sizeof expected);
    text_release(&bytes);
    image_release(&image);
}

/* A transparent colour makes 4 channels of gray and of RGB. */
static void test_png_colour_key(void **state)
{
    (void)state;
    static const uint8_t gray[2] = {10, 20}, rgb[6] = {1, 2, 3, 4, 5, 6};
    static const uint8_t from_gray[8] = {10, 10, 10, 0, 20, 20, 20, 255};
    static const uint8_t from_rgb[8] = {1, 2, 3, 255, 4, 5, 6, 0};
    struct text bytes = {0};
    struct image image = {0};
    picture_encode_png(
        &(struct picture_png){
            .width = 2, .height = 1, .bits = 8, .key = &(png_color_16){.gray = 10}},
        gray, &bytes);
    assert_decodes(&bytes, &full_size, &image);
    assert_int_equal(image.channels, 4);
    assert_memory_equal(image.pixels, from_gray, sizeof from_gray);
    text_clear(&bytes);
    picture_encode_png(&(struct picture_png){.width = 2,
                                             .height = 1,
                                             .bits = 8,
                                             .color_type = PNG_COLOR_TYPE_RGB,
                                             .key = &(png_color_16){0, 4, 5, 6, 0}},
                       rgb, &bytes);
    assert_decodes(&bytes, &full_size, &image);
    assert_memory_equal(image.pixels, from_rgb, sizeof from_rgb);
    text_release(&bytes);
    image_release(&image);
}

static void encode_test_png(struct text *bytes, int width, int height)
{
    struct image image = {0};
    picture_make(&image, width, height, 3);
    picture_encode_png(
        &(struct picture_png){
            .width = width, .height = height, .bits = 8, .color_type = PNG_COLOR_TYPE_RGB},
        image.pixels, bytes);
    image_release(&image);
}

/* The length of a chunk's data stands before its name; its CRC after the data. */
static void test_png_broken(void **state)
{
    (void)state;
    struct text bytes = {0}, cut = {0};
    encode_test_png(&bytes, 24, 16);
    for (size_t length = 8; length < bytes.length; length++) {
        text_clear(&cut);
        text_append_bytes(&cut, bytes.bytes, length);
        assert_refused(&cut, "truncated");
    }
    char *data = memmem(bytes.bytes, bytes.length, "IDAT", 4);
    assert_non_null(data);
    data[12] ^= 1;
    assert_refused(&bytes, "IDAT");
    data[12] ^= 1;
    bytes.bytes[8 + 8 + 3]++; /* the width, under its old CRC */
    assert_refused(&bytes, "CRC");
    text_release(&bytes);
    text_release(&cut);
}

static void put_long(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Of a chunk's name and data (PNG specification, annex D). */
static uint32_t chunk_crc(const uint8_t *bytes, size_t size)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

/* What is wrong beside the pixels does not hurt them, and is counted. */
static void test_png_odd_chunks(void **state)
{
    (void)state;
    enum { BEFORE = 8 + 25 }; /* signature and header */
    static const uint8_t name_and_data[2][8] = {"gAMAxyz", "tEXtxyz"};
    for (int bad_crc = 0; bad_crc < 2; bad_crc++) {
        struct text bytes = {0}, odd = {0};
        struct image image = {0}, original = {0};
        uint8_t chunk[15] = {0, 0, 0, 3};
        memcpy(chunk + 4, name_and_data[bad_crc], 7);
        put_long(chunk + 11, chunk_crc(chunk + 4, 7) ^ (uint32_t)bad_crc);
        encode_test_png(&bytes, 24, 16);
        text_append_bytes(&odd, bytes.bytes, BEFORE);
        text_append_bytes(&odd, (const char *)chunk, sizeof chunk);
        text_append_bytes(&odd, bytes.bytes + BEFORE, bytes.length - BEFORE);
        assert_decodes(&odd, &full_size, &image);
        assert_true(image.warnings > 0);
        picture_make(&original, 24, 16, 3);
        assert_memory_equal(image.pixels, original.pixels, 24 * 16 * 3);
        text_release(&bytes);
        text_release(&odd);
        image_release(&image);
        image_release(&original);
    }
}

/* A header may claim any size: it costs no memory. */
static void test_bombs(void **state)
{
    (void)state;
    struct text bytes = {0};
    encode_test_png(&bytes, 24, 16);
    uint8_t *header = (uint8_t *)bytes.bytes + 12; /* "IHDR", width, height, ..., CRC */
    put_long(header + 4, 60000);
    put_long(header + 8, 60000);
    put_long(header + 17, chunk_crc(header, 17));
    assert_refused(&bytes, "60000 x 60000");
    text_clear(&bytes);

    struct image image = {0};
    picture_make(&image, 16, 16, 3);
    picture_encode_jpeg(&(struct picture_jpeg){3, 90, true, true, NULL, 0}, image.pixels, 16, 16,
                        &bytes);
    char *frame = memmem(bytes.bytes, bytes.length, "\xff\xc2", 2);
    assert_non_null(frame);
    memset(frame + 5, 0xee, 4); /* height and width */
    assert_refused(&bytes, "61166 x 61166");
    image_release(&image);
    text_release(&bytes);
}

static int largest_difference(const struct image *image, const struct image *original)
{
    int largest = 0;
    size_t count = (size_t)image->width * (size_t)image->height * (size_t)image->channels;
    for (size_t i = 0; i < count; i++) {
        int difference = abs(image->pixels[i] - original->pixels[i]);
        largest = difference > largest ? difference : largest;
    }
    return largest;
}

static void test_jpeg_kinds(void **state)
{
    (void)state;
    static const struct {
        int components;
        bool progressive;
    } kinds[] = {{1, false}, {1, true}, {3, false}, {3, true}};
    for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++) {
        struct image original = {0}, image = {0};
        struct text bytes = {0};
        picture_make(&original, 45, 37, kinds[k].components);
        picture_encode_jpeg(
            &(struct picture_jpeg){kinds[k].components, 100, kinds[k].progressive, false, NULL, 0},
            original.pixels, 45, 37, &bytes);
        text_append(&bytes, "\r\ntrailing bytes");
        assert_decodes(&bytes, &full_size, &image);
        assert_int_equal(image.width, 45);
        assert_int_equal(image.height, 37);
        assert_int_equal(image.channels, kinds[k].components);
        assert_int_equal(image.warnings, 0);
        assert_true(largest_difference(&image, &original) <= 4);
        image_release(&original);
        image_release(&image);
        text_release(&bytes);
    }
}

/* Stored inverted: 255 is no ink. */
static void test_jpeg_cmyk(void **state)
{
    (void)state;
    static const uint8_t inks[][4] = {{255, 255, 255, 255},
                                      {255, 255, 255, 0},
                                      {0, 255, 255, 255},
                                      {128, 255, 64, 255},
                                      {255, 128, 255, 128}};
    static const uint8_t colors[][3] = {
        {255, 255, 255}, {0, 0, 0}, {0, 255, 255}, {128, 255, 64}, {128, 64, 128}};
    for (size_t k = 0; k < ARRAY_LENGTH(inks); k++) {
        uint8_t pixels[16 * 16][4];
        struct text bytes = {0};
        struct image image = {0};
        for (int i = 0; i < 16 * 16; i++)
            memcpy(pixels[i], inks[k], 4);
        picture_encode_jpeg(&(struct picture_jpeg){4, 100, false, false, NULL, 0}, pixels[0], 16,
                            16, &bytes);
        assert_decodes(&bytes, &full_size, &image);
        assert_int_equal(image.channels, 3);
        for (int i = 0; i < 16 * 16 * 3; i++)
            assert_in_range(image.pixels[i] + 2, colors[k][i % 3], colors[k][i % 3] + 4);
        text_release(&bytes);
        image_release(&image);
    }
}

/* Cut anywhere, it is an error; only the end marker may be missing. */
static void test_jpeg_truncated(void **state)
{
    (void)state;
    for (int progressive = 0; progressive < 2; progressive++) {
        struct image image = {0};
        struct text bytes = {0}, cut = {0};
        picture_make(&image, 64, 48, 3);
        picture_encode_jpeg(&(struct picture_jpeg){3, 90, progressive, true, NULL, 0}, image.pixels,
                            64, 48, &bytes);
        for (size_t length = 3; length < bytes.length - 4; length += 1 + length / 50) {
            text_clear(&cut);
            text_append_bytes(&cut, bytes.bytes, length);
            assert_refused(&cut, "truncated");
        }
        text_clear(&cut);
        text_append_bytes(&cut, bytes.bytes, bytes.length - 2);
        if (progressive)
            assert_refused(&cut, "truncated");
        else
            assert_decodes(&cut, &full_size, &image);
        image_release(&image);
        text_release(&bytes);
        text_release(&cut);
    }
}

/* The smallest halving that leaves both sides twice what is asked for. */
static void test_jpeg_scaled(void **state)
{
    (void)state;
    static const struct {
        int min_width, min_height, width, height;
    } cases[] = {{0, 0, 203, 131},  {101, 65, 203, 131}, {60, 10, 203, 131},
                 {51, 33, 102, 66}, {51, 34, 203, 131},  {25, 16, 51, 33},
                 {26, 16, 102, 66}, {13, 8, 26, 17},     {1, 1, 26, 17}};
    struct image original = {0}, image = {0};
    struct text bytes = {0};
    picture_make(&original, 203, 131, 3);
    picture_encode_jpeg(&(struct picture_jpeg){3, 90, false, true, NULL, 0}, original.pixels, 203,
                        131, &bytes);
    for (size_t k = 0; k < ARRAY_LENGTH(cases); k++) {
        struct decode_request request = {cases[k].min_width, cases[k].min_height, false};
        assert_decodes(&bytes, &request, &image);
        assert_int_equal(image.width, cases[k].width);
        assert_int_equal(image.height, cases[k].height);
        assert_int_equal(image.full_width, 203);
        assert_int_equal(image.full_height, 131);
    }
    image_release(&original);
    image_release(&image);
    text_release(&bytes);
}

/* The stored picture is 2 x 1 blocks of 8 pixels, dark left of bright; for each orientation, where
 * the dark half lies once it is upright. */
static void test_exif_orientation(void **state)
{
    (void)state;
    enum { LEFT, RIGHT, TOP, BOTTOM };
    static const int dark[9] = {0, LEFT, RIGHT, RIGHT, LEFT, TOP, TOP, BOTTOM, BOTTOM};
    uint8_t pixels[8][16];
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 16; x++)
            pixels[y][x] = x < 8 ? 20 : 220;
    for (int orientation = 1; orientation <= 8; orientation++)
        for (int big_endian = 0; big_endian < 2; big_endian++) {
            uint8_t little[] = "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0?\0\0\0\0\0\0";
            uint8_t big[] = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0?\0\0\0\0\0";
            uint8_t *exif = big_endian ? big : little;
            *(uint8_t *)memchr(exif, '?', sizeof little) = (uint8_t)orientation;
            struct text bytes = {0};
            struct image image = {0};
            picture_encode_jpeg(
                &(struct picture_jpeg){1, 100, false, false, exif, sizeof little - 1}, pixels[0],
                16, 8, &bytes);
            assert_decodes(&bytes, &full_size, &image);
            assert_int_equal(image.width, 16);
            assert_decodes(&bytes, &(struct decode_request){0, 0, true}, &image);
            bool upright = orientation < 5;
            assert_int_equal(image.width, upright ? 16 : 8);
            assert_int_equal(image.height, upright ? 8 : 16);
            int first = image.pixels[0], last = image.pixels[16 * 8 - 1];
            bool dark_first = dark[orientation] == LEFT || dark[orientation] == TOP;
            assert_true(dark_first ? first < 40 && last > 200 : first > 200 && last < 40);
            text_release(&bytes);
            image_release(&image);
        }
}

/* Mirrored orientations differ from the unmirrored in the other axis too. */
static void test_exif_moves_corners(void **state)
{
    (void)state;
    /* Which corner of the stored picture (0 1 / 2 3) comes to the upright one's top left. */
    static const int corner[9] = {0, 0, 1, 3, 2, 0, 2, 3, 1};
    uint8_t pixels[16][16] = {{0}};
    for (int y = 0; y < 16; y++)
        for (int x = 0; x < 16; x++)
            pixels[y][x] = (uint8_t)(30 + 60 * (2 * (y >= 8) + (x >= 8)));
    for (int orientation = 1; orientation <= 8; orientation++) {
        uint8_t exif[] = "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0?\0\0\0\0\0\0";
        *(uint8_t *)memchr(exif, '?', sizeof exif) = (uint8_t)orientation;
        struct text bytes = {0};
        struct image image = {0};
        picture_encode_jpeg(&(struct picture_jpeg){1, 100, false, false, exif, sizeof exif - 1},
                            pixels[0], 16, 16, &bytes);
        assert_decodes(&bytes, &(struct decode_request){0, 0, true}, &image);
        assert_in_range(image.pixels[0], 30 + 60 * corner[orientation] - 3,
                        30 + 60 * corner[orientation] + 3);
        text_release(&bytes);
        image_release(&image);
    }
}

static void test_other_contents(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *why;
    } files[] = {{"", "empty"},
                 {"GIF89a....", "GIF"},
                 {"RIFF\1\1\1\1WEBPVP8 ", "WebP"},
                 {"<html>404 not found</html>", "text"},
                 {"\xff\xd8", "neither"},
                 {"\x89PNG\n\x1a\n....", "damaged"},
                 {"once upon a time", "neither"}};
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
        struct text bytes = {0};
        text_append(&bytes, "%s", files[i].bytes);
        assert_refused(&bytes, files[i].why);
        text_release(&bytes);
    }
}

/* Names say nothing: a PNG file called JPEG. Errors name the file. */
static void test_files(void **state)
{
    (void)state;
    struct image image = {0};
    struct error error = {0};
    struct text bytes = {0};
    encode_test_png(&bytes, 24, 16);
    picture_write_bytes(picture_path("png.JPEG"), bytes.bytes, bytes.length);
    assert_true(decode_file(picture_path("png.JPEG"), &full_size, &image, &error));
    assert_int_equal(image.width, 24);
    picture_write_bytes(picture_path("cut.png"), bytes.bytes, bytes.length / 2);
    assert_false(decode_file(picture_path("cut.png"), &full_size, &image, &error));
    assert_non_null(strstr(error.message, "cut.png: "));
    assert_false(decode_file(picture_path("missing.png"), &full_size, &image, &error));
    assert_int_equal(error.code, ERROR_INPUT);
    image_release(&image);
    text_release(&bytes);
}

/* Bytes changed at random: a picture or an error, never a crash (the sanitizers watch). */
static void test_damaged_bytes(void **state)
{
    (void)state;
    struct image original = {0}, image = {0};
    struct text files[3] = {{0}};
    struct error error;
    picture_make(&original, 40, 24, 3);
    for (int progressive = 0; progressive < 2; progressive++)
        picture_encode_jpeg(&(struct picture_jpeg){3, 80, progressive, true, NULL, 0},
                            original.pixels, 40, 24, &files[progressive]);
    encode_test_png(&files[2], 40, 24);
    for (uint32_t round = 0; round < 600; round++) {
        struct random random = random_begin(1, RANDOM_INIT, 0, round);
        struct text *file = &files[round % 3], damaged = {0};
        text_append_bytes(&damaged, file->bytes, file->length);
        for (int i = 0; i < 3; i++)
            damaged.bytes[random_below(&random, (uint32_t)file->length)] =
                (char)random_bits(&random);
        if (!decode(&damaged, &(struct decode_request){8, 8, true}, &image, &error))
            assert_int_equal(error.code, ERROR_DATA);
        text_release(&damaged);
    }
    for (int i = 0; i < 3; i++)
        text_release(&files[i]);
    image_release(&original);
    image_release(&image);
}

static void test_convert(void **state)
{
    (void)state;
    struct image image = {0};
    assert_true(image_resize(&image, 2, 1, 3, NULL));
    static const uint8_t rgb[] = {255, 0, 0, 10, 200, 30};
    memcpy(image.pixels, rgb, sizeof rgb);
    assert_true(image_convert(&image, 4, NULL));
    static const uint8_t rgba[] = {255, 0, 0, 255, 10, 200, 30, 255};
    assert_memory_equal(image.pixels, rgba, sizeof rgba);
    assert_true(image_convert(&image, 1, NULL));
    static const uint8_t gray[] = {76, 124}; /* .299 R + .587 G + .114 B */
    assert_memory_equal(image.pixels, gray, sizeof gray);
    assert_true(image_convert(&image, 3, NULL));
    static const uint8_t spread[] = {76, 76, 76, 124, 124, 124};
    assert_memory_equal(image.pixels, spread, sizeof spread);
    image_release(&image);
}

static void test_write_png(void **state)
{
    (void)state;
    static const char *const text[] = {"Software", "maskscope", "Comment", "größe", NULL};
    for (int channels = 1; channels <= 4; channels++) {
        if (channels == 2)
            continue;
        struct image image = {0}, again = {0};
        picture_make(&image, 33, 9, channels);
        assert_true(image_write_png(&image, picture_path("out.png"), text, NULL));
        assert_true(decode_file(picture_path("out.png"), &full_size, &again, NULL));
        assert_int_equal(again.channels, channels);
        assert_memory_equal(again.pixels, image.pixels, (size_t)(33 * 9 * channels));
        assert_non_null(memmem(again.encoded.bytes, again.encoded.length, "größe", 7));
        image_release(&image);
        image_release(&again);
    }
    struct image image = {0};
    struct error error = {0};
    picture_make(&image, 2, 2, 1);
    assert_false(image_write_png(&image, "/nowhere/out.png", NULL, &error));
    assert_int_equal(error.code, ERROR_CREATE);
    image_release(&image);
}

/* The collected odd files: right or refused as listed, with the sums of Pillow's pixels. */
static void test_edge_files(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int width, height; /* 0: refused */
        unsigned long sum; /* of all values as RGB, by Pillow 9.4 */
    } files[] = {
        {"PngSuite.LICENSE", 0, 0, 0},
        {"cmyk_adobe.jpg", 100, 100, 430621},
        {"exif_orientation_2.jpg", 128, 128, 4342333},
        {"exif_orientation_3.jpg", 128, 128, 4342333},
        {"exif_orientation_4.jpg", 128, 128, 4342376},
        {"exif_orientation_5.jpg", 128, 128, 4343178},
        {"exif_orientation_6.jpg", 128, 128, 4343178},
        {"exif_orientation_7.jpg", 128, 128, 4343180},
        {"exif_orientation_8.jpg", 128, 128, 4343180},
        {"gray.jpg", 128, 128, 4162803},
        {"imagenet_422.JPEG", 300, 300, 60513991},
        {"imagenet_440.JPEG", 800, 1066, 356534212},
        {"imagenet_444.JPEG", 160, 170, 6594059},
        {"imagenet_adobe_444.jpg", 188, 250, 15782877},
        {"imagenet_exif_orientation6.JPEG", 392, 294, 41699306},
        {"imagenet_gray.JPEG", 183, 280, 14120103},
        {"imagenet_gray_adobe0.jpg", 369, 396, 25477818},
        {"imagenet_large.JPEG", 1600, 1200, 804263089},
        {"imagenet_long.jpg", 411, 120, 26331263},
        {"imagenet_progressive_420.jpg", 420, 248, 28302088},
        {"imagenet_progressive_444_adobe.jpg", 150, 96, 1756576},
        {"imagenet_small.jpg", 75, 56, 1456723},
        {"imagenet_trailing_crlf.jpg", 200, 200, 28343859},
        {"imagenet_trailing_lf.jpg", 360, 360, 89474467},
        {"junk_header.jpg", 1024, 768, 275049206},
        {"palette_interlaced.png", 162, 150, 1041128},
        {"png_named.JPEG", 32, 32, 587520},
        {"pngsuite_basi2c08.png", 32, 32, 587520},
        {"pngsuite_basi3p04.png", 32, 32, 394944},
        {"pngsuite_basi6a16.png", 32, 32, 326400},
        {"pngsuite_basn0g01.png", 32, 32, 382500},
        {"pngsuite_basn0g04.png", 32, 32, 365568},
        {"pngsuite_basn0g16.png", 32, 32, 443010},
        {"pngsuite_basn2c08.png", 32, 32, 587520},
        {"pngsuite_basn2c16.png", 32, 32, 305944},
        {"pngsuite_basn3p02.png", 32, 32, 326400},
        {"pngsuite_basn3p08.png", 32, 32, 391232},
        {"pngsuite_basn4a08.png", 32, 32, 390240},
        {"pngsuite_basn6a08.png", 32, 32, 395904},
        {"pngsuite_s01n3p01.png", 1, 1, 255},
        {"pngsuite_tbbn2c16.png", 32, 32, 523264},
        {"pngsuite_tbbn3p08.png", 32, 32, 523084},
        {"pngsuite_tm3n3p02.png", 32, 32, 261120},
        {"pngsuite_xcsn0g01.png", 0, 0, 0},
        {"pngsuite_xd0n2c08.png", 0, 0, 0},
        {"pngsuite_xdtn0g01.png", 0, 0, 0},
        {"pngsuite_xhdn0g08.png", 0, 0, 0},
        {"pngsuite_xlfn0g04.png", 0, 0, 0},
        {"pngsuite_xs1n0g01.png", 0, 0, 0},
        {"qtables_16bit.jpg", 128, 128, 4345329},
        {"rgba_interlaced.png", 162, 150, 1055437},
        {"truncated.jpg", 0, 0, 0},
    };
    const char *shared = getenv("TEST_SHARED");
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    if (!shared || !file_join(folder, sizeof folder, shared, "data/edge", NULL) ||
        !file_is_folder(folder)) {
        print_message("TEST_SHARED has no data/edge: skipped\n");
        skip();
    }
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
        struct image image = {0};
        struct error error = {0};
        assert_true(file_join(path, sizeof path, folder, files[i].name, NULL));
        bool good = decode_file(path, &full_size, &image, &error);
        if (good != (files[i].width > 0))
            fail_msg("%s: %s", files[i].name, error.message);
        unsigned long sum = 0;
        if (good) {
            assert_true(image_convert(&image, 3, NULL));
            assert_int_equal(image.width, files[i].width);
            assert_int_equal(image.height, files[i].height);
            for (size_t v = 0; v < (size_t)image.width * (size_t)image.height * 3; v++)
                sum += image.pixels[v];
            double mean_difference =
                ((double)sum - (double)files[i].sum) / ((double)image.width * image.height * 3);
            if (mean_difference > 0.05 || mean_difference < -0.05)
                fail_msg("%s: sum %lu instead of %lu", files[i].name, sum, files[i].sum);
        }
        image_release(&image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_png_gray),
        cmocka_unit_test(test_png_deep_colour),
        cmocka_unit_test(test_png_palette),
        cmocka_unit_test(test_png_colour_key),
        cmocka_unit_test(test_png_broken),
        cmocka_unit_test(test_png_odd_chunks),
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_jpeg_kinds),
        cmocka_unit_test(test_jpeg_cmyk),
        cmocka_unit_test(test_jpeg_truncated),
        cmocka_unit_test(test_jpeg_scaled),
        cmocka_unit_test(test_exif_orientation),
        cmocka_unit_test(test_exif_moves_corners),
        cmocka_unit_test(test_other_contents),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_damaged_bytes),
        cmocka_unit_test(test_convert),
        cmocka_unit_test(test_write_png),
        cmocka_unit_test(test_edge_files),
    };
    return cmocka_run_group_tests(tests, test_folder_make, test_folder_remove);
}
