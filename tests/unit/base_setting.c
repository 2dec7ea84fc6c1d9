/* Settings: every type from text and from YAML, ranges, messages, and round trips. */
#include "tests/unit/test.h"

#include "base/setting.h"

static const char *const precisions[] = {"f32", "bf16", NULL};

struct target {
    bool flip;
    int64_t batch;
    double rate;
    int precision;
    char path[SETTING_TEXT_SIZE];
    struct setting_reals ratios;
    struct setting_texts strategies;
};

#define FIELD(member) .offset = offsetof(struct target, member)
static const struct setting rows[] = {
    {.name = "data.flip", .type = SETTING_BOOL, .fallback = "on", FIELD(flip)},
    {.name = "train.batch",
     .type = SETTING_INT,
     .unit = "images",
     .low = 1,
     .high = 65536,
     .fallback = "256",
     FIELD(batch)},
    {.name = "train.blr",
     .type = SETTING_REAL,
     .low = 0,
     .high = 1,
     .fallback = "1.5e-4",
     FIELD(rate)},
    {.name = "train.precision",
     .type = SETTING_CHOICE,
     .choices = precisions,
     .fallback = "f32",
     FIELD(precision)},
    {.name = "data.path", .type = SETTING_TEXT, .fallback = "", FIELD(path)},
    {.name = "eval.ratios",
     .type = SETTING_REALS,
     .low = 0,
     .high = 1,
     .fallback = "0.5, 0.75",
     FIELD(ratios)},
    {.name = "eval.strategies",
     .type = SETTING_TEXTS,
     .fallback = "random, block",
     FIELD(strategies)},
};
static const struct setting_table table = {rows, ARRAY_LENGTH(rows)};

static void test_defaults(void **state)
{
    (void)state;
    struct target target;
    memset(&target, 0xAA, sizeof target);
    assert_true(setting_defaults(&table, &target, NULL));
    assert_true(target.flip);
    assert_int_equal(target.batch, 256);
    assert_true(target.rate == 1.5e-4);
    assert_int_equal(target.precision, 0);
    assert_string_equal(target.path, "");
    assert_int_equal(target.ratios.count, 2);
    assert_true(target.ratios.items[1] == 0.75);
    assert_int_equal(target.strategies.count, 2);
    assert_string_equal(target.strategies.items[1], "block");
}

static void test_find_and_unknown(void **state)
{
    (void)state;
    struct error error;
    assert_ptr_equal(setting_find(&table, "data.path"), &rows[4]);
    assert_null(setting_find(&table, "data"));
    assert_false(setting_unknown(&table, "train.bacth", &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_string_equal(error.message, "no setting 'train.bacth'; did you mean 'train.batch'?");
    assert_false(setting_unknown(&table, "wholly.different.thing", &error));
    assert_string_equal(error.message,
                        "no setting 'wholly.different.thing' (see 'maskscope list settings')");
}

/* Assigns text and writes the field back; "" where the text was refused. */
static void assert_typed(const char *name, const char *typed, const char *written)
{
    struct target target;
    assert_true(setting_defaults(&table, &target, NULL));
    const struct target before = target;
    const struct setting *row = setting_find(&table, name);
    struct error error = {0};
    struct text text = {0};
    if (!setting_assign_text(row, typed, &target, &error)) {
        assert_int_equal(error.code, ERROR_DATA);
        assert_non_null(strstr(error.message, name));
        assert_memory_equal(&target, &before, sizeof target);
    } else {
        setting_write(row, &target, &text);
    }
    if (strcmp(text_of(&text), written) != 0)
        fail_msg("%s '%s' became '%s', not '%s': %s", name, typed, text_of(&text), written,
                 error.message);
    text_release(&text);
}

static void test_typed_values(void **state)
{
    (void)state;
    static const struct {
        const char *name, *typed, *written;
    } cases[] = {
        {"data.flip", "off", "false"},
        {"data.flip", "YES", "true"},
        {"data.flip", "maybe", ""},
        {"train.batch", "1", "1"},
        {"train.batch", "65536", "65536"},
        {"train.batch", "0", ""},
        {"train.batch", "65537", ""},
        {"train.batch", "12.5", ""},
        {"train.batch", "", ""},
        {"train.blr", "1", "1"},
        {"train.blr", "1e-3", "0.001"},
        {"train.blr", "1.0000001", ""},
        {"train.blr", "-1e-9", ""},
        {"train.blr", "nan", ""},
        {"train.blr", "75%", ""},
        {"train.precision", "bf16", "bf16"},
        {"train.precision", "BF16", ""},
        {"train.precision", "f", ""},
        {"data.path", "/a b/c: #d", "/a b/c: #d"},
        {"data.path", "not \xFF utf-8", ""},
        {"eval.ratios", "0.9", "[0.9]"},
        {"eval.ratios", "[.25, 1]", "[0.25, 1]"},
        {"eval.ratios", " [.25]", "[0.25]"},
        {"eval.ratios", "", "[]"},
        {"eval.ratios", "0.5, 1.5", ""},
        {"eval.ratios", "0.5, x", ""},
        {"eval.ratios", "[[0.5]]", ""},
        {"eval.ratios", "[0.5", ""},
        {"eval.ratios", "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0",
         "[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]"},
        {"eval.ratios", "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0", ""},
        {"eval.strategies", "random,perlin:scale=3", "[random, \"perlin:scale=3\"]"},
        {"eval.strategies", "'a \"b\"', \"c\\\\d\"", "[\"a \\\"b\\\"\", \"c\\\\d\"]"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_typed(cases[i].name, cases[i].typed, cases[i].written);
}

/* What setting_write says, typed, gives the same field. */
static void test_round_trips(void **state)
{
    (void)state;
    static const char *const typed[][2] = {
        {"data.flip", "off"},
        {"train.batch", "77"},
        {"train.blr", "0.1234567890123456789"},
        {"train.precision", "bf16"},
        {"data.path", "a\\b \"c\" \xC3\xA9\n"},
        {"eval.ratios", "0.1, 0.30000000000000004, 1e-7"},
        {"eval.strategies", "a, 'b, c', \"d\\\"e\\\\f\\n\", ''"}};
    for (size_t i = 0; i < ARRAY_LENGTH(typed); i++) {
        struct target first = {0}, second = {0};
        const struct setting *row = setting_find(&table, typed[i][0]);
        struct error error;
        struct text text = {0};
        assert_true(setting_assign_text(row, typed[i][1], &first, &error));
        setting_write(row, &first, &text);
        assert_true(setting_assign_text(row, text_of(&text), &second, &error));
        assert_memory_equal(&first, &second, sizeof first);
        text_release(&text);
    }
}

static void test_size_limits(void **state)
{
    (void)state;
    struct target target;
    struct error error;
    char longest[SETTING_TEXT_SIZE + 1];
    memset(longest, 'a', SETTING_TEXT_SIZE);
    longest[SETTING_TEXT_SIZE] = '\0';
    assert_true(setting_defaults(&table, &target, NULL));
    assert_false(setting_assign_text(&rows[4], longest, &target, &error));
    assert_true(setting_assign_text(&rows[4], longest + 1, &target, &error));
    assert_int_equal(strlen(target.path), SETTING_TEXT_SIZE - 1);
    longest[128] = '\0';
    assert_false(setting_assign_text(&rows[6], longest, &target, &error));
    assert_true(setting_assign_text(&rows[6], longest + 1, &target, &error));
}

static void test_from_yaml(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct error error = {0};
    static const char yaml[] = "ratios: [0.5, 0.9]\nbatch: 32\nlist: [1]\nmap: {a: 1}\n";
    struct node *root = node_read_yaml(yaml, sizeof yaml - 1, "f", &arena, &error);
    assert_non_null(root);
    struct target target;
    assert_true(setting_defaults(&table, &target, NULL));
    assert_true(setting_assign(&rows[5], node_child(root, "ratios"), &target, &error));
    assert_int_equal(target.ratios.count, 2);
    assert_true(setting_assign(&rows[5], node_child(root, "batch"), &target, &error) == false);
    assert_true(setting_assign(&rows[1], node_child(root, "batch"), &target, &error));
    assert_int_equal(target.batch, 32);
    assert_false(setting_assign(&rows[1], node_child(root, "list"), &target, &error));
    assert_string_equal(error.message,
                        "train.batch: 'a list' is not allowed: expected integer 1 .. "
                        "65536 (images)");
    assert_false(setting_assign(&rows[0], node_child(root, "map"), &target, &error));
    assert_false(setting_assign(&rows[6], node_child(root, "map"), &target, &error));
    assert_int_equal(target.batch, 32);
    arena_release(&arena);
}

static void test_ranges_in_words(void **state)
{
    (void)state;
    static const char *const words[] = {
        "on or off", "integer 1 .. 65536 (images)", "number 0 .. 1", "f32 | bf16",
        "text",      "list of numbers 0 .. 1",      "list of words"};
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct text text = {0};
        setting_write_range(&rows[i], &text);
        assert_string_equal(text_of(&text), words[i]);
        text_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),        cmocka_unit_test(test_find_and_unknown),
        cmocka_unit_test(test_typed_values),    cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_size_limits),     cmocka_unit_test(test_from_yaml),
        cmocka_unit_test(test_ranges_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
