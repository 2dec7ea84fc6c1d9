/* Batches of files: the same whatever the threads, and whatever is kept of them in memory. */
#include "tests/unit/test.h"

#include "tests/unit/data_batches.h"
#include "tests/unit/data_pictures.h"

/* Lies on its side: EXIF orientation 6. */
static void write_turned(const char *name, int width, int height)
{
    static const uint8_t exif[] =
        "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0";
    struct picture_jpeg format = {3, 90, false, true, exif, sizeof exif - 1};
    struct image image = {0};
    struct text bytes = {0};
    picture_make(&image, width, height, 3);
    picture_encode_jpeg(&format, image.pixels, width, height, &bytes);
    picture_write_bytes(picture_path(name), bytes.bytes, bytes.length);
    text_release(&bytes);
    image_release(&image);
}

/* Files, gray and colour, large enough for JPEG to be decoded at all its scales, one of them cut
 * off. */
static struct source *open_files(void)
{
    struct error error = {0};
    char name[64];
    for (int i = 0; i < 24; i++) {
        snprintf(name, sizeof name, "train/%c/%02d.%s", 'a' + i % 3, i, i % 2 ? "png" : "jpg");
        picture_write(name, 30 + 12 * i, 310 - 12 * i, i % 5 ? 3 : 1);
    }
    for (int i = 24; i < 30; i++) {
        snprintf(name, sizeof name, "train/c/%02d.jpg", i);
        write_turned(name, 40 * (i - 20), 600 - 20 * i);
    }
    picture_write("val/a/1.png", 20, 20, 3);
    picture_write_bytes(picture_path("train/b/broken.jpg"), "\xff\xd8\xff", 3);
    struct source *source =
        source_open(&(struct source_settings){.kind = "folder", .path = test_folder, .exif = true},
                    SOURCE_TRAIN, NULL, &error);
    if (!source)
        fail_msg("%s", error.message);
    return source;
}

static void test_files_from_end_to_end(void **state)
{
    (void)state;
    struct source *source = open_files();
    static struct copy first[STEPS], other[STEPS];
    struct loader_settings one = settings_of(1, 1), four = settings_of(4, 2);
    record(source, &one, 0, STEPS, NULL, first);
    record(source, &four, 0, STEPS, NULL, other);
    assert_memory_equal(first, other, sizeof first);
    source_close(source);
}

/* With pictures kept in memory, of all images, of some or of none, batches are the same bit for
 * bit; and no more memory is used than was given. */
static void test_kept_pictures(void **state)
{
    (void)state;
    static const size_t budgets[] = {1 << 24, 1 << 18, 1 << 10, 1};
    static struct copy first[STEPS], other[STEPS];
    struct source *source = open_files();
    struct loader_settings one = settings_of(1, 1), four = settings_of(4, 3);
    size_t before = source->count + 1;
    record(source, &one, 0, STEPS, NULL, first);
    for (size_t i = 0; i < ARRAY_LENGTH(budgets); i++) {
        assert_true(source_keep(source, budgets[i], NULL));
        for (int turn = 0; turn < 2; turn++) {
            record(source, &four, 0, STEPS, NULL, other);
            assert_memory_equal(first, other, sizeof first);
        }
        struct picture_cache_state kept = source_kept(source);
        assert_true(kept.images < before && kept.images <= kept.pictures);
        assert_true(kept.bytes <= block_floats_size(budgets[i] / sizeof(float) + 1));
        before = kept.images + (kept.images == 0);
        /* enough for all is all (but the broken one), at more than one scale */
        if (i == 0)
            assert_true(kept.images == source->count - 1 && kept.pictures > kept.images);
    }
    assert_int_equal(source_kept(source).images, 0);
    assert_true(source_keep(source, 0, NULL));
    assert_null(source->cache);
    source_close(source);
}

/* What is kept is not read again, and what is broken is tried each time. */
static void test_kept_pictures_are_read_once(void **state)
{
    (void)state;
    struct drawn drawn = {.broken = {[4] = true}};
    struct source source = source_of(&drawn, IMAGES);
    struct image image = {0};
    assert_true(source_keep(&source, 1 << 20, NULL));
    for (int turn = 0; turn < 3; turn++)
        for (size_t i = 0; i < IMAGES; i++)
            assert_true(source_read(&source, i, 8 * turn, 8 * turn, &image, NULL) == (i != 4));
    assert_int_equal(drawn.reads, IMAGES + 2);
    assert_int_equal(image.width, 20);
    assert_int_equal(image.full_height, 16);
    assert_true(image.pixels[7] == (uint8_t)(7 + 5 * (IMAGES - 1)));
    picture_cache_free(source.cache);
    image_release(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_from_end_to_end),
        cmocka_unit_test(test_kept_pictures),
        cmocka_unit_test(test_kept_pictures_are_read_once),
    };
    return cmocka_run_group_tests(tests, test_folder_make, test_folder_remove);
}
