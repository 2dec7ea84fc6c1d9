/* What the shown images are called. */
#include "tests/unit/test.h"

#include "base/file.h"
#include "run/gallery.h"
#include "run/snapshot.h"

static struct error error;

enum { SIDE = 8, CHANNELS = 3 };

static const struct {
    const char *name;
    int label;
    const char *shown_name, *shown_class;
} rows[] = {
    {"n01/images/n01_0.JPEG", 0, "images/n01_0.JPEG", "tench"},
    {"n02/a.png", 1, "a.png", "crate"},
    {"scene 17", 1, "scene 17", "crate"},
    {"broken/b.png", -1, "broken: broken/b.png", ""},
    {"/a/long/path/of/a/folder/in/which/there/is/nothing/but/another/one/z.png", -1,
     ".../of/a/folder/in/which/there/is/nothing/but/another/one/z.png", ""},
};

static bool read_square(const struct source *source, size_t index, int min_width, int min_height,
                        struct image *image, struct error *why)
{
    (void)source, (void)min_width, (void)min_height;
    if (!strncmp(rows[index].name, "broken", 6))
        return error_set(why, ERROR_DATA, "broken");
    if (!image_resize(image, SIDE, SIDE, CHANNELS, why))
        return false;
    memset(image->pixels, 0x80, (size_t)SIDE * SIDE * CHANNELS);
    image->full_width = SIDE;
    image->full_height = SIDE;
    return true;
}

static const char *name_of(const struct source *source, size_t index, char *buffer, size_t size)
{
    (void)source, (void)buffer, (void)size;
    return rows[index].name;
}

static int label_of(const struct source *source, size_t index)
{
    (void)source;
    return rows[index].label;
}

static void test_names(void **state)
{
    (void)state;
    static const struct source_kind kind = {
        .name = "made up", .read = read_square, .name_of = name_of, .label_of = label_of};
    char tench[] = "tench, Tinca tinca", crate[] = "crate", *classes[] = {tench, crate};
    struct source source = {.kind = &kind,
                            .count = ARRAY_LENGTH(rows),
                            .class_count = ARRAY_LENGTH(classes),
                            .class_names = classes};
    struct mae_shape shape = mae_preset_find("nano32")->shape;
    shape.image_width = shape.image_height = SIDE;
    struct view_settings view = {
        .width = SIDE, .height = SIDE, .channels = CHANNELS, .deviation = {1, 1, 1}};
    struct snapshot *room = calloc(1, sizeof *room);
    struct gallery_maker maker;
    assert_non_null(room);
    assert_true(snapshot_init(room, &shape, ARRAY_LENGTH(rows), &error));
    assert_true(
        gallery_maker_init(&maker, &source, &view, &shape, ARRAY_LENGTH(rows), 0, NULL, &error));
    assert_true(gallery_make(&maker, NULL, 0, 0, 0, &room->gallery, &error));
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        assert_string_equal(room->gallery.names[i], rows[i].shown_name);
        assert_string_equal(room->gallery.classes[i], rows[i].shown_class);
    }
    gallery_maker_release(&maker);
    snapshot_release(room);
    free(room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
