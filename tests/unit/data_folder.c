/* Sources that read files: every layout of folders, what must not be followed, and CIFAR. */
#include "tests/unit/test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "data/source.h"
#include "tests/unit/data_pictures.h"

static struct source *open_split(const char *kind, const char *name, enum source_split split,
                                 struct error *error)
{
    char path[FILE_PATH_SIZE];
    assert_true(file_join(path, sizeof path, test_folder, name, NULL));
    struct source_settings settings = {.kind = kind, .path = path, .holdout = "val", .seed = 7};
    *error = (struct error){0};
    struct source *source = source_open(&settings, split, NULL, error);
    memset(path, 'x', sizeof path); /* the source keeps its own copy */
    return source;
}

/* names: each "LABEL NAME", in order, null-terminated. */
static void assert_lists(const char *folder, enum source_split split, int classes,
                         const char *const *names)
{
    struct error error;
    struct source *source = open_split("folder", folder, split, &error);
    if (!source)
        fail_msg("%s", error.message);
    assert_int_equal(source->class_count, classes);
    size_t count = 0;
    for (; names[count]; count++) {
        char buffer[FILE_PATH_SIZE], line[FILE_PATH_SIZE + 16];
        assert_true(count < source->count);
        snprintf(line, sizeof line, "%d %s", source_label(source, count),
                 source_name(source, count, buffer, sizeof buffer));
        assert_string_equal(line, names[count]);
        struct image image = {0};
        assert_true(source_read(source, count, 0, 0, &image, NULL));
        image_release(&image);
    }
    assert_int_equal(source->count, count);
    source_close(source);
}

static void test_train_and_val(void **state)
{
    (void)state;
    static const char *const files[] = {
        "a/train/n02/b.JPEG", "a/train/n02/a.jpg",  "a/train/n01/z.Png", "a/train/n10/x.jpeg",
        "a/val/n10/1.JPEG",   "a/val/n01/2.JPEG",   "a/val/other/3.jpg", "a/train/n01/.hidden.png",
        "a/train/.git/a.png", "a/elsewhere/4.jpeg",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
        picture_write(files[i], 8, 8, 3);
    picture_write_bytes(picture_path("a/train/n02/notes.txt"), "text", 4);
    /* Digits, then capitals, then small letters: the order of bytes, in any locale. */
    assert_lists(
        "a", SOURCE_TRAIN, 3,
        (const char *const[]){"0 n01/z.Png", "1 n02/a.jpg", "1 n02/b.JPEG", "2 n10/x.jpeg", NULL});
    assert_lists("a", SOURCE_HOLDOUT, 3,
                 (const char *const[]){"0 n01/2.JPEG", "2 n10/1.JPEG", "-1 other/3.jpg", NULL});
    struct error error;
    struct source *source = open_split("folder", "a", SOURCE_HOLDOUT, &error);
    assert_string_equal(source->class_names[0], "n01");
    assert_string_equal(source->class_names[2], "n10");
    source_close(source);
}

/* As Tiny ImageNet unpacks: CLASS/images/NAME, beside lists of boxes. */
static void test_nested(void **state)
{
    (void)state;
    picture_write("b/train/n01/images/n01_0.JPEG", 8, 8, 3);
    picture_write("b/train/n01/images/n01_1.JPEG", 8, 8, 1);
    picture_write("b/train/n02/images/n02_0.JPEG", 8, 8, 3);
    picture_write_bytes(picture_path("b/train/n01/n01_boxes.txt"), "0 0 1 1", 7);
    picture_write("b/val/n02/images/val_0.JPEG", 8, 8, 3);
    assert_lists("b", SOURCE_TRAIN, 2,
                 (const char *const[]){"0 n01/images/n01_0.JPEG", "0 n01/images/n01_1.JPEG",
                                       "1 n02/images/n02_0.JPEG", NULL});
    assert_lists("b", SOURCE_HOLDOUT, 2, (const char *const[]){"1 n02/images/val_0.JPEG", NULL});
}

/* Class folders without train/; val/ is not a class. */
static void test_classes_and_val(void **state)
{
    (void)state;
    picture_write("c/dog/1.png", 8, 8, 3);
    picture_write("c/dog house/1.png", 8, 8, 3);
    picture_write("c/Cat/1.png", 8, 8, 3);
    picture_write("c/do/1.png", 8, 8, 3);
    picture_write("c/val/dog/2.png", 8, 8, 3);
    assert_lists("c", SOURCE_TRAIN, 4,
                 (const char *const[]){"0 Cat/1.png", "1 do/1.png", "3 dog house/1.png",
                                       "2 dog/1.png", NULL});
    assert_lists("c", SOURCE_HOLDOUT, 4, (const char *const[]){"2 dog/2.png", NULL});
}

/* A list beside the folders names the classes; order and labels stay those of the folders. */
static void test_class_names(void **state)
{
    (void)state;
    static const char list[] = "n03\tbox, crate\r\n"
                               "n01\ttench, Tinca tinca \n"
                               "nobody\tno class\n"
                               "n02\n"
                               "two words\ta pair";
    picture_write("names/train/n01/1.png", 8, 8, 3);
    picture_write("names/train/n02/1.png", 8, 8, 3);
    picture_write("names/train/n03/1.png", 8, 8, 3);
    picture_write("names/train/two words/1.png", 8, 8, 3);
    struct error error;
    struct source *source = open_split("folder", "names", SOURCE_TRAIN, &error);
    uint64_t digest = source->digest;
    assert_string_equal(source->class_names[2], "n03");
    source_close(source);
    picture_write_bytes(picture_path("names/classes.txt"), list, sizeof list - 1);
    source = open_split("folder", "names", SOURCE_TRAIN, &error);
    assert_int_equal(source->class_count, 4);
    assert_string_equal(source->class_names[0], "tench, Tinca tinca");
    assert_string_equal(source->class_names[1], "n02");
    assert_string_equal(source->class_names[2], "box, crate");
    assert_string_equal(source->class_names[3], "a pair");
    assert_int_equal(source->digest, digest);
    assert_int_equal(source_label(source, 2), 2);
    source_close(source);
}

/* As ImageNet on Kaggle has it: a space behind the number. */
static void test_spaced_class_names(void **state)
{
    (void)state;
    static const char list[] = "n02 English springer, English springer spaniel\n";
    picture_write("spaced/train/n02/1.png", 8, 8, 3);
    picture_write("spaced/val/n02/1.png", 8, 8, 3);
    picture_write_bytes(picture_path("spaced/LOC_synset_mapping.txt"), list, sizeof list - 1);
    struct error error;
    struct source *source = open_split("folder", "spaced", SOURCE_HOLDOUT, &error);
    assert_string_equal(source->class_names[0], "English springer, English springer spaniel");
    source_close(source);
}

/* A flat folder: no labels, and a twentieth held out, the same twentieth each time. */
static void test_flat_with_drawn_holdout(void **state)
{
    (void)state;
    enum { COUNT = 47, HELD_OUT = 2 };
    for (int i = 0; i < COUNT; i++) {
        char name[32];
        snprintf(name, sizeof name, "d/%02d.png", i);
        picture_write(name, 4 + i, 4, 1);
    }
    struct error error;
    struct source *train = open_split("folder", "d", SOURCE_TRAIN, &error);
    struct source *holdout = open_split("folder", "d", SOURCE_HOLDOUT, &error);
    struct source *again = open_split("folder", "d", SOURCE_HOLDOUT, &error);
    assert_int_equal(train->count, COUNT - HELD_OUT);
    assert_int_equal(holdout->count, HELD_OUT);
    assert_int_equal(train->class_count, 0);
    assert_int_equal(source_label(train, 0), -1);
    assert_true(holdout->digest == again->digest);
    assert_true(holdout->digest != train->digest);
    bool seen[COUNT] = {false};
    struct source *both[] = {train, holdout};
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < both[s]->count; i++) {
            int number = atoi(source_name(both[s], i, NULL, 0));
            assert_false(seen[number]);
            seen[number] = true;
        }
    source_close(train);
    source_close(holdout);
    source_close(again);
}

static void test_digest(void **state)
{
    (void)state;
    struct error error;
    picture_write("e/val/1.png", 9, 9, 1);
    picture_write("e/1.png", 8, 8, 1);
    picture_write("e/2.png", 8, 8, 1);
    struct source *source = open_split("folder", "e", SOURCE_TRAIN, &error);
    uint64_t digest = source->digest;
    source_close(source);
    source = open_split("folder", "e", SOURCE_TRAIN, &error);
    assert_true(source->digest == digest);
    source_close(source);
    picture_write("e/2.png", 40, 30, 3);
    source = open_split("folder", "e", SOURCE_TRAIN, &error);
    assert_true(source->digest != digest);
    source_close(source);
}

/* Where a name says nothing, the first bytes tell. */
static void test_no_suffix(void **state)
{
    (void)state;
    picture_write("bare/train/x/1.png", 8, 8, 1);
    picture_write("bare/train/x/two.png", 8, 8, 1);
    picture_write("bare/val/3.png", 8, 8, 1);
    char from[FILE_PATH_SIZE];
    text_copy(from, sizeof from, picture_path("bare/train/x/two.png"));
    assert_int_equal(rename(from, picture_path("bare/train/x/two")), 0);
    static const char *const others[] = {"bare/train/x/notes", "bare/train/x/empty"};
    for (int i = 0; i < 2; i++) {
        FILE *stream = fopen(picture_path(others[i]), "wb");
        assert_non_null(stream);
        if (i == 0)
            fputs("remarks", stream);
        fclose(stream);
    }
    assert_lists("bare", SOURCE_TRAIN, 1, (const char *const[]){"0 x/1.png", "0 x/two", NULL});
}

/* Links into themselves, to each other and to nowhere, pipes, and folders nobody may read. */
static void test_traps(void **state)
{
    (void)state;
    picture_write("f/train/x/1.png", 8, 8, 1);
    picture_write("f/train/y/2.png", 8, 8, 1);
    picture_write("f/away/3.png", 8, 8, 1);
    picture_write("f/train/locked/4.png", 8, 8, 1);
    picture_write("f/val/5.png", 8, 8, 1);
    assert_int_equal(symlink(".", picture_path("f/train/x/self")), 0);
    assert_int_equal(symlink("../..", picture_path("f/train/x/up")), 0);
    assert_int_equal(symlink("nowhere.png", picture_path("f/train/x/dangling.png")), 0);
    assert_int_equal(symlink("round.png", picture_path("f/train/x/round.png")), 0);
    assert_int_equal(symlink("../away", picture_path("f/train/z")), 0);
    assert_int_equal(mkfifo(picture_path("f/train/x/pipe.png"), 0600), 0);
    assert_int_equal(mkdir(picture_path("f/train/x/folder.png"), 0700), 0);
    assert_int_equal(chmod(picture_path("f/train/locked"), 0), 0);
    bool locked = access(picture_path("f/train/locked"), R_OK) != 0; /* not for root */
    static const char *const open_names[] = {"0 locked/4.png", "1 x/1.png", "2 y/2.png",
                                             "3 z/3.png", NULL};
    assert_lists("f", SOURCE_TRAIN, 4, open_names + locked);
    assert_int_equal(chmod(picture_path("f/train/locked"), 0700), 0);
}

/* Ten folders with links to each other: ways through them are countless, images are not. */
static void test_crossing_links(void **state)
{
    (void)state;
    enum { FOLDERS = 10 };
    char name[64], target[64];
    for (int i = 0; i < FOLDERS; i++) {
        snprintf(name, sizeof name, "g/%d/image.png", i);
        picture_write(name, 4, 4, 1);
        for (int j = 0; j < FOLDERS; j++) {
            snprintf(name, sizeof name, "g/%d/to%d", i, j);
            snprintf(target, sizeof target, "../%d", j);
            assert_int_equal(symlink(target, picture_path(name)), 0);
        }
    }
    struct error error;
    struct source *source = open_split("folder", "g", SOURCE_TRAIN, &error);
    assert_non_null(source);
    assert_in_range(source->count, FOLDERS, 10000);
    source_close(source);
}

static void assert_fails(const char *kind, const char *folder, enum source_split split,
                         enum error_code code, const char *why)
{
    struct error error;
    assert_null(open_split(kind, folder, split, &error));
    assert_int_equal(error.code, code);
    if (!strstr(error.message, why))
        fail_msg("'%s' does not say '%s'", error.message, why);
}

static void test_errors(void **state)
{
    (void)state;
    assert_int_equal(mkdir(picture_path("empty"), 0700), 0);
    picture_write_bytes(picture_path("texts/notes.txt"), "text", 4);
    picture_write("single/1.png", 4, 4, 1);
    assert_fails("folder", "missing", SOURCE_TRAIN, ERROR_INPUT, "missing: No such file");
    assert_fails("folder", "texts/notes.txt", SOURCE_TRAIN, ERROR_INPUT, "not a folder");
    assert_fails("folder", "empty", SOURCE_TRAIN, ERROR_DATA, "empty: no image");
    assert_fails("folder", "texts", SOURCE_TRAIN, ERROR_DATA, "*.png");
    assert_fails("folder", "single", SOURCE_HOLDOUT, ERROR_DATA, "held out");
    assert_fails("foldre", "single", SOURCE_TRAIN, ERROR_DATA, "did you mean 'folder'?");
    assert_fails("cifar", "missing", SOURCE_TRAIN, ERROR_INPUT, "missing");
    assert_fails("cifar", "single", SOURCE_TRAIN, ERROR_DATA, "data_batch_1.bin");
}

/* A broken file is listed, and refused by name when it is read. */
static void test_broken_file(void **state)
{
    (void)state;
    struct error error;
    struct image image = {0};
    picture_write("h/a.png", 4, 4, 1);
    picture_write_bytes(picture_path("h/b.png"), "not a picture", 13);
    picture_write("h/val/c.png", 4, 4, 1);
    struct source *source = open_split("folder", "h", SOURCE_TRAIN, &error);
    assert_int_equal(source->count, 2);
    assert_false(source_read(source, 1, 0, 0, &image, &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_non_null(strstr(error.message, "b.png"));
    source_close(source);
    image_release(&image);
}

/* Records of the given label, whose red, green and blue values say where they are. */
static void write_records(const char *name, const uint8_t *labels, int count, int label_bytes)
{
    FILE *stream = fopen(picture_path(name), "wb");
    assert_non_null(stream);
    for (int i = 0; i < count; i++) {
        for (int b = 0; b < label_bytes; b++)
            putc(b == label_bytes - 1 ? labels[i] : 99, stream);
        for (int v = 0; v < 3 * 32 * 32; v++)
            putc((v / 1024 * 70 + v % 1024 / 32 + 2 * (v % 32) + i) & 255, stream);
    }
    assert_int_equal(fclose(stream), 0);
}

static void test_cifar(void **state)
{
    (void)state;
    static const uint8_t labels[] = {3, 0, 9}, more[] = {5};
    static const char names[] = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\n"
                                "truck\n\n";
    struct error error;
    struct image image = {0};
    write_records("i/cifar-10-batches-bin/data_batch_1.bin", labels, 3, 1);
    write_records("i/cifar-10-batches-bin/data_batch_3.bin", more, 1, 1);
    write_records("i/cifar-10-batches-bin/test_batch.bin", labels, 2, 1);
    picture_write_bytes(picture_path("i/cifar-10-batches-bin/batches.meta.txt"), names,
                        sizeof names - 1);
    struct source *source = open_split("cifar", "i", SOURCE_TRAIN, &error);
    if (!source)
        fail_msg("%s", error.message);
    assert_int_equal(source->count, 4);
    assert_int_equal(source->class_count, 10);
    assert_string_equal(source->class_names[9], "truck");
    assert_int_equal(source_label(source, 2), 9);
    assert_int_equal(source_label(source, 3), 5);
    assert_true(source_read(source, 2, 0, 0, &image, NULL));
    assert_int_equal(image.width, 32);
    assert_int_equal(image.channels, 3);
    /* Red, green and blue of row 5, column 7 of the third record. */
    for (int c = 0; c < 3; c++)
        assert_int_equal(image.pixels[(5 * 32 + 7) * 3 + c], c * 70 + 5 + 14 + 2);
    assert_true(source_read(source, 3, 0, 0, &image, NULL));
    assert_int_equal(image.pixels[0], 0);
    source_close(source);
    source = open_split("cifar", "i/cifar-10-batches-bin", SOURCE_HOLDOUT, &error);
    assert_int_equal(source->count, 2);
    source_close(source);
    write_records("i/cifar-10-batches-bin/test_batch.bin", (const uint8_t[]){10}, 1, 1);
    assert_fails("cifar", "i", SOURCE_HOLDOUT, ERROR_DATA, "label 10");
    assert_int_equal(truncate(picture_path("i/cifar-10-batches-bin/test_batch.bin"), 3000), 0);
    assert_fails("cifar", "i", SOURCE_HOLDOUT, ERROR_DATA, "3000 bytes");
    image_release(&image);
}

/* A coarse label stands before the fine one; no list of names: numbers. */
static void test_cifar_100(void **state)
{
    (void)state;
    static const uint8_t labels[] = {30, 99};
    struct error error;
    write_records("j/train.bin", labels, 2, 2);
    write_records("j/test.bin", labels, 2, 2);
    struct source *source = open_split("cifar", "j", SOURCE_TRAIN, &error);
    if (!source)
        fail_msg("%s", error.message);
    assert_int_equal(source->count, 2);
    assert_int_equal(source->class_count, 100);
    assert_int_equal(source_label(source, 0), 30);
    assert_int_equal(source_label(source, 1), 99);
    assert_string_equal(source->class_names[42], "42");
    source_close(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_train_and_val),   cmocka_unit_test(test_nested),
        cmocka_unit_test(test_class_names),     cmocka_unit_test(test_spaced_class_names),
        cmocka_unit_test(test_classes_and_val), cmocka_unit_test(test_flat_with_drawn_holdout),
        cmocka_unit_test(test_digest),          cmocka_unit_test(test_no_suffix),
        cmocka_unit_test(test_traps),           cmocka_unit_test(test_crossing_links),
        cmocka_unit_test(test_errors),          cmocka_unit_test(test_broken_file),
        cmocka_unit_test(test_cifar),           cmocka_unit_test(test_cifar_100),
    };
    return cmocka_run_group_tests(tests, test_folder_make, test_folder_remove);
}
