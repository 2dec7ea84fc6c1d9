/* Nodes: what is read, with which lines, what is refused, the short form, and writing back. */
#include "tests/unit/test.h"

#include "base/node.h"
#include "base/random.h"
#include "tests/unit/run_folder.h"

/* Reads text as the file "f"; the tests' arena is released by the fixture. */
static struct node *read_text(struct arena *arena, const char *text, struct error *error)
{
    return node_read_yaml(text, strlen(text), "f", arena, error);
}

static int new_arena(void **state)
{
    *state = calloc(1, sizeof(struct arena));
    return *state ? 0 : -1;
}

static int free_arena(void **state)
{
    arena_release(*state);
    free(*state);
    return 0;
}

static void test_tree_and_lines(void **state)
{
    struct error error;
    const struct node *root = read_text(*state,
                                        "# a comment\n"
                                        "seed: 0\n"
                                        "train: {batch: 256,\n"
                                        "        blr: 1.5e-4}\n"
                                        "arms:\n"
                                        "  - name: a\n"
                                        "  - [x, 'y z', \"\\u00e9\"]\n",
                                        &error);
    assert_non_null(root);
    assert_int_equal(root->kind, NODE_MAP);
    assert_int_equal(root->count, 3);
    assert_string_equal(node_child_text(root, "seed"), "0");
    const struct node *train = node_child(root, "train"), *arms = node_child(root, "arms");
    assert_string_equal(node_child_text(train, "blr"), "1.5e-4");
    assert_int_equal(node_child(train, "batch")->line, 3);
    assert_int_equal(node_child(train, "blr")->line, 4);
    assert_string_equal(node_child(train, "blr")->key, "blr");
    assert_int_equal(arms->kind, NODE_LIST);
    assert_int_equal(arms->count, 2);
    assert_int_equal(arms->children->line, 6);
    const struct node *words = arms->children->next;
    assert_null(words->key);
    assert_string_equal(words->children->next->text, "y z");
    assert_string_equal(words->children->next->next->text, "\xC3\xA9");
    assert_null(words->children->next->next->next);
    assert_null(node_child(root, "absent"));
    assert_null(node_child_text(root, "train"));
    assert_null(node_child(arms, "name"));
}

static void test_empty_is_a_map(void **state)
{
    struct error error;
    static const char *const empty[] = {"", "\n\n", "# nothing\n"};
    for (size_t i = 0; i < ARRAY_LENGTH(empty); i++) {
        const struct node *root = read_text(*state, empty[i], &error);
        assert_non_null(root);
        assert_int_equal(root->kind, NODE_MAP);
        assert_int_equal(root->count, 0);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"a: &x 1\nb: *x\n", "f:2: aliases (*name) are not supported"},
        {"a: 1\nb: 2\na: 3\n", "f:3: 'a' is given twice"},
        {"a: {b: 1, b: 2}\n", "f:1: 'b' is given twice"},
        {"a: 1\n<<: {b: 2}\n", "f:2: merge keys (<<) are not supported"},
        {"a: !!int 1\n", "f:1: tags (!name) are not supported"},
        {"a:\n  !pair [1]\n", "f:2: tags (!name) are not supported"},
        {"a: !x {b: 1}\n", "f:1: tags (!name) are not supported"},
        {"a: 1\n---\nb: 2\n", "f:2: more than one document"},
        {"? [a, b]\n: 1\n", "f:1: a key must be a plain word"},
        {"[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]", "f:1: nested too deeply"},
        {"a: 1\nb: \"x\\0y\"\n", "f:2: a zero byte in a value"},
        {"a: 1\n b: 2\n", "f:2: "},
        {"a: [1, 2\n", "f:2: "},
        {"a: 1\nb: 2\nc: \xFF\n", "f:3: "},
        {"a: 1\nb: \x1B[2J\n", "f:2: "},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = {0};
        assert_null(read_text(*state, cases[i].text, &error));
        assert_int_equal(error.code, ERROR_DATA);
        if (strncmp(error.message, cases[i].message, strlen(cases[i].message)) != 0)
            fail_msg("%s: '%s' is not '%s...'", cases[i].text, error.message, cases[i].message);
    }
}

static void test_zero_byte_in_file(void **state)
{
    struct error error = {0};
    assert_null(node_read_yaml("a: 1\0b: 2", 9, "f", *state, &error));
    assert_int_equal(error.code, ERROR_DATA);
}

/* Comparing keys with one another must not cost the square of a large file. */
static void test_many_keys_are_refused(void **state)
{
    struct text text = {0};
    for (int i = 0; i < 1025; i++)
        text_append(&text, "k%d: 1\n", i);
    struct error error = {0};
    assert_null(read_text(*state, text_of(&text), &error));
    assert_string_equal(error.message, "f:1025: too many keys");
    text_clear(&text);
    for (int i = 0; i < 1024; i++)
        text_append(&text, "k%d: 1\n", i);
    assert_non_null(read_text(*state, text_of(&text), &error));
    text_release(&text);
}

static void test_file(void **state)
{
    struct error error = {0};
    assert_null(node_read_yaml_file("/nonexistent/c.yaml", *state, &error));
    assert_int_equal(error.code, ERROR_INPUT);
    char path[sizeof test_folder + 16];
    assert_int_equal(test_folder_make(NULL), 0);
    snprintf(path, sizeof path, "%s/c.yaml", test_folder);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs("a: 1\nb: [\n", stream);
    fclose(stream);
    assert_null(node_read_yaml_file(path, *state, &error));
    assert_int_equal(test_folder_remove(NULL), 0);
    assert_int_equal(error.code, ERROR_DATA);
    assert_memory_equal(error.message, path, strlen(path));
}

static void assert_short(struct arena *arena, const char *text, const char *flow)
{
    struct error error = {0};
    const struct node *node = node_read_short(text, "law", arena, &error);
    if (!node)
        fail_msg("%s: %s", text, error.message);
    struct text written = {0};
    node_write_flow(node, &written);
    assert_string_equal(text_of(&written), flow);
    text_release(&written);
    assert_int_equal(node->line, 0);
    for (const struct node *child = node->children; child; child = child->next)
        assert_int_equal(child->line, 0);
}

static void test_short_form(void **state)
{
    assert_short(*state, "0.75", "0.75");
    assert_short(*state, "random", "random");
    assert_short(*state, "uniform:low=.3,high=.9", "{law: uniform, low: .3, high: .9}");
    assert_short(*state, "uniform:", "{law: uniform}");
    assert_short(*state, "constant:value={from: .4, to: .85, shape: cosine},per=batch",
                 "{law: constant, value: {from: .4, to: .85, shape: cosine}, per: batch}");
    assert_short(*state, "mix:of=[random, block],weights=[1, 2]",
                 "{law: mix, of: [random, block], weights: [1, 2]}");
    assert_short(*state, "note:text=a=b", "{law: note, text: \"a=b\"}");
    assert_short(*state, "{law: beta, a: 2}", "{law: beta, a: 2}");
    assert_short(*state, "law: beta", "{law: beta}");
    assert_short(*state, "[a, b]", "[a, b]");
}

static void test_bad_short_forms(void **state)
{
    static const char *const bad[] = {"uniform:low=.3,low=.4", "{law: beta", "uniform:low=[1",
                                      "uniform:a=}", "x:a=*b"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct error error = {0};
        assert_null(node_read_short(bad[i], "law", *state, &error));
        assert_int_equal(error.code, ERROR_DATA);
        assert_non_null(strstr(error.message, bad[i]));
        assert_null(node_read_short(bad[i], "law", *state, NULL));
    }
}

static void assert_scalar_round_trip(struct arena *arena, const char *scalar)
{
    struct text flow = {0};
    struct error error = {0};
    text_append(&flow, "[");
    node_write_scalar(scalar, &flow);
    text_append(&flow, "]");
    const struct node *list = read_text(arena, text_of(&flow), &error);
    if (!list)
        fail_msg("%s: %s", text_of(&flow), error.message);
    assert_int_equal(list->count, 1);
    assert_string_equal(list->children->text, scalar);
    text_release(&flow);
}

static void test_scalars_round_trip(void **state)
{
    static const char *const scalars[] = {"",
                                          "plain",
                                          "-",
                                          "--",
                                          "-5",
                                          "-.5",
                                          "...",
                                          "a b",
                                          " a",
                                          "a: b",
                                          "a#b",
                                          "a, b",
                                          "{",
                                          "\"q\"",
                                          "back\\",
                                          "line\nend",
                                          "tab\tx",
                                          "\x1B[0m",
                                          "\x7F",
                                          "it's",
                                          "\xC3\xA9",
                                          "\xC2\x85",
                                          "\xC2\x9B",
                                          "a \xE2\x80\xA8 b",
                                          "a \xE2\x80\xA9 b",
                                          "perlin:scale=3",
                                          "%x",
                                          "@x",
                                          "`"};
    for (size_t i = 0; i < ARRAY_LENGTH(scalars); i++)
        assert_scalar_round_trip(*state, scalars[i]);
    assert_true(node_scalar_is_plain("runs/2026-11-23"));
    assert_false(node_scalar_is_plain(""));
    assert_false(node_scalar_is_plain("-a"));
}

/* Damaged configurations are read or refused, never more. */
static void test_damaged_text(void **state)
{
    (void)state;
    static const char good[] = "seed: 0\ndata: {source: folder, min: 0.2}\narms:\n  - {name: a, "
                               "mask: {ratio: {law: uniform, low: .3}}}\n  - \"b\\n\"\n";
    struct random random = random_begin(3, RANDOM_SCENE, 0, 0);
    for (int round = 0; round < 3000; round++) {
        char damaged[sizeof good];
        memcpy(damaged, good, sizeof good);
        for (uint32_t i = random_below(&random, 4); i < 4; i++)
            damaged[random_below(&random, sizeof good)] =
                random_below(&random, 2) ? "{}[]:,&*!|>'\"%@-#\n"[random_below(&random, 19)]
                                         : (char)random_bits(&random);
        struct arena arena = {0};
        struct error error = {0};
        const struct node *root = node_read_yaml(damaged, sizeof good - 1, "f", &arena, &error);
        assert_true(root ? error.code == ERROR_NONE : error.code == ERROR_DATA);
        arena_release(&arena);
    }
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, new_arena, free_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(test_tree_and_lines),
        WITH_ARENA(test_empty_is_a_map),
        WITH_ARENA(test_refused),
        WITH_ARENA(test_zero_byte_in_file),
        WITH_ARENA(test_many_keys_are_refused),
        WITH_ARENA(test_file),
        WITH_ARENA(test_short_form),
        WITH_ARENA(test_bad_short_forms),
        WITH_ARENA(test_scalars_round_trip),
        cmocka_unit_test(test_damaged_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
