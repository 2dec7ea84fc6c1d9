/* The action list and the keys: what is written in the list can be typed, and no key means two
 * things. */
#include "tests/unit/test.h"

#include "base/memory.h"
#include "ui/action.h"
#include "ui/key.h"

static struct keymap *new_keymap(void)
{
    struct error error;
    struct keymap *keymap = keymap_new(&error);
    if (!keymap)
        print_message("%s\n", error.message);
    assert_non_null(keymap);
    return keymap;
}

static void test_words_are_unique(void **state)
{
    (void)state;
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_row *row = action_row((enum action)i);
        assert_int_equal(action_find(row->word), i);
        assert_true(row->help[0] && row->help[strlen(row->help) - 1] != '.');
        assert_non_null(action_group_name(row->group));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(row->word, action_row((enum action)j)->word);
    }
}

/* Every key of the list parses, is named as written, and is bound to the action it stands by: so no
 * key stands by two. */
static void test_default_keys(void **state)
{
    (void)state;
    struct keymap *keymap = new_keymap();
    for (int i = 0; i < ACTION_COUNT; i++) {
        char keys[64], *rest;
        snprintf(keys, sizeof keys, "%s", action_row((enum action)i)->keys);
        for (char *name = strtok_r(keys, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
            struct key key;
            char written[16];
            assert_true(key_parse(name, &key));
            key_write(key, written);
            assert_string_equal(written, name);
            assert_int_equal(keymap_action(keymap, key), i);
        }
    }
    keymap_free(keymap);
}

static void test_key_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct key key;
    } good[] = {
        {"Space", {' ', false}},
        {"C-l", {'l', true}},
        {"[", {'[', false}},
        {"F1", {KEY_CODE_F1, false}},
        {"F12", {KEY_CODE_LAST, false}},
        {"PageDown", {KEY_CODE_PAGE_DOWN, false}},
        {"C", {'C', false}},
        {"-", {'-', false}},
        {"\u00e9", {0xE9, false}},
        {"\u20ac", {0x20AC, false}},
        {"\U0001F600", {0x1F600, false}},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
        struct key key;
        char name[16];
        assert_true(key_parse(good[i].name, &key));
        assert_int_equal(key.code, good[i].key.code);
        assert_int_equal(key.control, good[i].key.control);
        key_write(key, name);
        assert_string_equal(name, good[i].name);
    }
    static const char *const bad[] = {"",     "ab",   "F0",   "F13",     "F1x",     "C-",
                                      "C-L",  "C-F1", "C-[",  " ",       "space",   "\x1b",
                                      "\x7f", "\xc3", "\xff", "C-Space", "\xc2\x85"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct key key;
        if (key_parse(bad[i], &key))
            fail_msg("'%s' was taken as a key", bad[i]);
    }
}

static void test_binding(void **state)
{
    (void)state;
    struct keymap *keymap = new_keymap();
    struct error error;
    char keys[64];
    assert_true(keymap_bind(keymap, "x", "ratio-up", &error));
    assert_int_equal(keymap_action(keymap, (struct key){'x', false}), ACTION_RATIO_UP);
    keymap_keys(keymap, ACTION_RATIO_UP, keys, sizeof keys);
    assert_string_equal(keys, "] x");
    assert_true(keymap_bind(keymap, "]", "pause", &error));
    keymap_keys(keymap, ACTION_RATIO_UP, keys, sizeof keys);
    assert_string_equal(keys, "x");
    assert_true(keymap_bind(keymap, "x", "none", &error));
    assert_int_equal(keymap_action(keymap, (struct key){'x', false}), ACTION_NONE);
    assert_false(keymap_bind(keymap, "x", "ratio-upp", &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_non_null(strstr(error.message, "did you mean 'ratio-up'"));
    assert_false(keymap_bind(keymap, "Spce", "pause", &error));
    assert_non_null(strstr(error.message, "Spce"));
    keymap_free(keymap);
}

static void test_beginnings(void **state)
{
    (void)state;
    assert_int_equal(action_find("strat"), ACTION_NONE); /* strategy and strategy-next */
    assert_int_equal(action_find("check"), ACTION_CHECKPOINT);
    assert_int_equal(action_find("view"), ACTION_VIEW_1);
    assert_int_equal(action_find(""), ACTION_NONE);
    assert_int_equal(action_find("q"), ACTION_QUIT);
    assert_int_equal(action_nearest("chekpoint"), ACTION_CHECKPOINT);
    assert_int_equal(action_nearest("zzzzzzzzzz"), ACTION_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_are_unique), cmocka_unit_test(test_default_keys),
        cmocka_unit_test(test_key_names),        cmocka_unit_test(test_binding),
        cmocka_unit_test(test_beginnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
