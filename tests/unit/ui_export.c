/* Exports of a run's tables, whatever the table and the format. */
#include "tests/unit/test.h"

#include "run/tables.h"
#include "tests/unit/run_lab.h"
#include "ui/export.h"

/* Two arms with a checkpoint's worth of everything, and outcomes of a task that is not run here. */
static void add_outcomes(void)
{
    struct store *store = store_open(lab_path("lab", "run.db"), STORE_APPEND, &lab_error);
    assert_non_null(store);
    assert_true(store_begin(store, &lab_error));
    for (int arm = 1; arm <= 2; arm++)
        for (int seed = 0; seed < 2; seed++) {
            int64_t id;
            struct store_probe probe = {.step = LAB_STEPS,
                                        .arm = arm,
                                        .task = "knn",
                                        .variant = "k = 5",
                                        .key = "0123456789abcdef-0",
                                        .data = "photos",
                                        .seed = seed,
                                        .images = 4,
                                        .classes = 2};
            assert_true(store_add_probe(store, &probe, &id, &lab_error));
            assert_true(
                store_add_probe_value(store, id, "accuracy", 0.5 + 0.25 * seed, &lab_error));
            for (int image = 0; image < 4; image++)
                assert_true(store_add_probe_image(
                    store, id,
                    &(struct store_probe_image){image, image % 2, (image + arm) / 2 % 2, 0.5},
                    &lab_error));
        }
    assert_true(store_commit(store, &lab_error));
    store_close(store);
}

static int open_run(void **state)
{
    static struct config config;
    if (lab_open(state))
        return -1;
    lab_config(&config);
    const struct scheduled_command script[] = {
        lab_at(3, COMMAND_ARM_ADD, "more", "{strategy: block, ratio: 0.6}")};
    lab_train(&config, "lab", script, 1);
    add_outcomes();
    return 0;
}

static void read_whole(const char *path, struct text *text)
{
    text_clear(text);
    if (!file_read(path, 1 << 24, text, &lab_error))
        fail_msg("%s", lab_error.message);
}

/* The rows in another order, as the panel has them after sorting, are the table's rows: with all of
 * them in order, the file is what `stats` writes. */
static void check(const struct table *table, enum table_format format, const char *suffix)
{
    char name[64];
    uint32_t rows[4096];
    struct text expected = {0}, written = {0};
    size_t count = table_rows(table);
    assert_in_range(count, 1, ARRAY_LENGTH(rows));
    for (size_t i = 0; i < count; i++)
        rows[i] = (uint32_t)i;
    snprintf(name, sizeof name, "%s.%s", table->name, suffix);
    if (!export_rows(table, rows, count, lab_path(name, ""), &lab_error))
        fail_msg("%s", lab_error.message);
    assert_true(table_write(&table, 1, format, &expected, &lab_error));
    read_whole(lab_path(name, ""), &written);
    if (strcmp(text_of(&expected), text_of(&written)))
        fail_msg("%s: '%.400s' and '%.400s'", name, text_of(&expected), text_of(&written));
    text_release(&expected);
    text_release(&written);
}

static void test_every_table_in_every_format(void **state)
{
    (void)state;
    static const char *const suffixes[TABLE_FORMATS] = {"txt", "csv", "tsv", "json", "md", "tex"};
    size_t count;
    const struct run_table *kinds = run_tables(&count);
    struct store *store = store_open(lab_path("lab", "run.db"), STORE_READ, &lab_error);
    assert_non_null(store);
    for (size_t i = 0; i < count; i++) {
        struct table table;
        if (!run_table_make(&table, &kinds[i], store, kinds[i].groups, &lab_error))
            fail_msg("%s: %s", kinds[i].name, lab_error.message);
        for (int format = 0; format < TABLE_FORMATS; format++)
            check(&table, (enum table_format)format, suffixes[format]);
        table_release(&table);
    }
    store_close(store);
}

/* Without a table on show it is the record's, made as `stats` makes it. */
static void test_record(void **state)
{
    (void)state;
    struct snapshot *snapshot = memory_new(1, sizeof *snapshot, &lab_error);
    struct text written = {0};
    assert_non_null(snapshot);
    text_copy(snapshot->folder, sizeof snapshot->folder, lab_path("lab", ""));
    assert_true(export_record(snapshot, "arms", lab_path("a.csv", ""), &lab_error));
    read_whole(lab_path("a.csv", ""), &written);
    assert_non_null(
        strstr(text_of(&written), "arm,kind,step,trained,own_loss,own_rank,rank,trend,images,"));
    text_release(&written);
    free(snapshot);
}

static void test_some_rows(void **state)
{
    (void)state;
    static const struct table_column columns[] = {{"arm", NULL, TABLE_TEXT, 0},
                                                  {"mse", NULL, TABLE_REAL, 0},
                                                  {"mark", NULL, TABLE_MARK, 0},
                                                  {"t", NULL, TABLE_REAL | TABLE_DETAIL, 0}};
    struct table table;
    struct text written = {0};
    assert_true(table_init(&table, "made", "As it was", columns, 4, &lab_error));
    for (int row = 0; row < 3; row++) {
        table_add_text(&table, row == 1 ? NULL : "arm");
        table_add_real(&table, row);
        table_add_text(&table, row == 2 ? "**" : "");
        table_add_real(&table, 10 + row);
    }
    assert_true(export_rows(&table, (uint32_t[]){2, 1}, 2, lab_path("some.csv", ""), &lab_error));
    read_whole(lab_path("some.csv", ""), &written);
    assert_string_equal(text_of(&written), "arm,mse,mark,t\r\narm,2,**,12\r\n,1,,11\r\n");
    assert_true(export_rows(&table, (uint32_t[]){2, 1}, 2, lab_path("some.txt", ""), &lab_error));
    read_whole(lab_path("some.txt", ""), &written);
    assert_null(strstr(text_of(&written), "12")); /* a detail is one here too */
    assert_false(export_rows(&table, NULL, 0, "x.xyz", &lab_error));
    assert_int_equal(lab_error.code, ERROR_USAGE);
    table_release(&table);
    text_release(&written);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_table_in_every_format),
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_some_rows),
    };
    return cmocka_run_group_tests(tests, open_run, lab_close);
}
