/* Text: the growing buffer, cutting and sanitising UTF-8, numbers, nearest names. */
#include "tests/unit/test.h"

#include <locale.h>
#include <float.h>
#include <math.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"

static void test_append(void **state)
{
    (void)state;
    struct text text = {0};
    assert_string_equal(text_of(&text), "");
    text_append(&text, "%d", 1);
    for (int i = 0; i < 1000; i++)
        text_append(&text, ",%d", i);
    text_append_bytes(&text, "\0xyz", 3);
    assert_int_equal(text.length, 1 + 10 * 2 + 90 * 3 + 900 * 4 + 3);
    assert_memory_equal(text_of(&text) + text.length - 7, ",999\0xy", 8);
    assert_memory_equal(text_of(&text) + text.length - 3, "\0xy", 4);
    text_clear(&text);
    assert_string_equal(text_of(&text), "");
    text_append(&text, "again");
    assert_string_equal(text_of(&text), "again");
    assert_false(text.failed);
    text_release(&text);
    assert_null(text.bytes);
}

/* Whatever room there was before. */
static void test_append_at_the_edge_of_the_room(void **state)
{
    (void)state;
    for (int first = 0; first < 70; first++)
        for (int second = 0; second < 70; second++) {
            struct text text = {0};
            text_append(&text, "%.*d", first, 1);
            text_append(&text, "%.*d", second, 2);
            assert_int_equal(text.length, (first ? first : 1) + (second ? second : 1));
            assert_int_equal(text.bytes[text.length], '\0');
            assert_int_equal(text.bytes[text.length - 1], '2');
            assert_int_equal(strlen(text.bytes), text.length);
            text_release(&text);
        }
}

static void test_failed_text_stays(void **state)
{
    (void)state;
    struct text text = {0};
    text_append(&text, "kept");
    text.failed = true;
    text_append(&text, "lost");
    text_append_bytes(&text, "lost", 4);
    assert_string_equal(text_of(&text), "kept");
    text_release(&text);
}

static void test_copy_cuts_whole_characters(void **state)
{
    (void)state;
    static const char euro[] = "a\xE2\x82\xAC"
                               "b"; /* a, the three bytes of the euro sign, b */
    static const char *const cut[] = {"", "a", "a", "a", "a\xE2\x82\xAC"};
    char out[8];
    for (size_t size = 1; size <= 5; size++) {
        assert_false(text_copy(out, size, euro));
        assert_string_equal(out, cut[size - 1]);
    }
    assert_true(text_copy(out, 6, euro));
    assert_string_equal(out, euro);
}

static void test_sanitize(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"plain \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\xB1",
         "plain \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\xB1"},
        {"\x1B[31mred\x7F\t\n", "?[31mred???"},
        {"\xC2\x9B"
         "31m",
         "?31m"},           /* CSI as one C1 character */
        {"\x9B", "?"},      /* and as a raw byte */
        {"\xC0\xAF", "??"}, /* overlong '/' */
        {"\xE0\x80\xAF|\xF0\x80\x80\xAF", "???|????"},
        {"\xED\xA0\x80", "???"},      /* a surrogate */
        {"\xF4\x90\x80\x80", "????"}, /* above U+10FFFF */
        {"\xF5\x80", "??"},
        {"\xE2\x82", "??"}, /* ends within a character */
        {"\xE2(\xA1", "?(?"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char out[64];
        text_sanitize(out, sizeof out, cases[i].from);
        assert_string_equal(out, cases[i].to);
        assert_true(text_is_utf8(out));
        assert_int_equal(text_is_utf8(cases[i].from), i < 3);
    }
    char out[4];
    struct text lines = {0};
    text_sanitize(out, sizeof out, "ab\xC3\xA9");
    assert_string_equal(out, "ab");
    text_sanitize_lines(&lines);
    assert_string_equal(text_of(&lines), "");
    text_append(&lines, "%s", "\xC2\x9B\xE2\x82\xAC\x1B\t\n");
    text_sanitize_lines(&lines);
    assert_string_equal(text_of(&lines), "?\xE2\x82\xAC?\t\n");
    text_append(&lines, "|");
    assert_string_equal(text_of(&lines), "?\xE2\x82\xAC?\t\n|");
    text_release(&lines);
}

/* Any bytes at all come out as well-formed UTF-8 without controls, and within the size. */
static void test_sanitize_random_bytes(void **state)
{
    (void)state;
    struct random random = random_begin(1, RANDOM_SCENE, 0, 0);
    for (int round = 0; round < 20000; round++) {
        char from[24], out[16];
        for (size_t i = 0; i < sizeof from - 1; i++)
            from[i] = (char)(random_bits(&random) % 3 ? 0x80 | random_bits(&random)
                                                      : 1 + random_bits(&random) % 127);
        from[sizeof from - 1] = '\0';
        size_t size = 1 + random_below(&random, sizeof out);
        text_sanitize(out, size, from);
        assert_in_range(strlen(out), 0, size - 1);
        assert_true(text_is_utf8(out));
        for (const char *at = out; *at; at++)
            assert_true((unsigned char)*at >= 0x20 && *at != 0x7F);
    }
}

static void test_columns(void **state)
{
    (void)state;
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        print_message("skipped: no C.UTF-8 locale here\n");
        skip();
    }
    assert_int_equal(text_columns(""), 0);
    assert_int_equal(text_columns("abc"), 3);
    assert_int_equal(text_columns("\xC3\xA9t\xC3\xA9"), 3);
    assert_int_equal(text_columns("e\xCC\x81"), 1);    /* a combining accent */
    assert_int_equal(text_columns("\xE6\xBC\xA2"), 2); /* a wide character */
    assert_int_equal(text_columns("\xFF\xE6\xBC"), 3); /* malformed: a column a byte */
    setlocale(LC_CTYPE, "C");
}

static void test_reading_numbers(void **state)
{
    (void)state;
    double real = -1;
    assert_true(text_to_real("0.75", &real) && real == 0.75);
    assert_true(text_to_real(".5", &real) && real == 0.5);
    assert_true(text_to_real("-1.5e-4", &real) && real == -1.5e-4);
    static const char *const no_real[] = {"",    " 1",    "1 ",  "75%", "inf", "-infinity",
                                          "nan", "1e999", "0,5", "abc", "1x",  "--1"};
    for (size_t i = 0; i < ARRAY_LENGTH(no_real); i++)
        if (text_to_real(no_real[i], &real))
            fail_msg("'%s' was read as a number", no_real[i]);
    assert_true(real == -1.5e-4);

    int64_t whole = -1;
    assert_true(text_to_integer("-9223372036854775808", &whole) && whole == INT64_MIN);
    assert_true(text_to_integer("+42", &whole) && whole == 42);
    static const char *const no_integer[] = {"", " 1", "1.0", "1e3", "9223372036854775808", "0x10"};
    for (size_t i = 0; i < ARRAY_LENGTH(no_integer); i++)
        if (text_to_integer(no_integer[i], &whole))
            fail_msg("'%s' was read as an integer", no_integer[i]);
    assert_int_equal(whole, 42);
}

static void test_reading_switches(void **state)
{
    (void)state;
    static const char *const words[][2] = {
        {"on", "off"}, {"true", "false"}, {"YES", "No"}, {"1", "0"}};
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        bool value = false;
        assert_true(text_to_bool(words[i][0], &value) && value);
        assert_true(text_to_bool(words[i][1], &value) && !value);
    }
    bool value = true;
    assert_false(text_to_bool("", &value));
    assert_false(text_to_bool("2", &value));
    assert_true(value);
}

static void test_writing_numbers(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.75, "0.75"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {1.5e-5, "1.5e-05"},
                 {800, "800"},
                 {100, "100"},
                 {-4096, "-4096"},
                 {0, "0"},
                 {1e7, "1e+07"},
                 {1e300, "1e+300"},
                 {0.05, "0.05"},
                 {NAN, "nan"},
                 {-NAN, "nan"},
                 {INFINITY, "inf"},
                 {-INFINITY, "-inf"},
                 {5e-324, "5e-324"}};
    char out[32];
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        text_from_real(out, cases[i].value);
        assert_string_equal(out, cases[i].text);
    }
    struct random random = random_begin(2, RANDOM_SCENE, 0, 0);
    for (int i = 0; i < 2000; i++) {
        uint64_t bits = (uint64_t)random_bits(&random) << 32 | random_bits(&random);
        double value, back;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        text_from_real(out, value);
        assert_true(text_to_real(out, &back) && memcmp(&back, &value, sizeof value) == 0);
    }
}

struct names {
    const char *const *items;
};
static const char *name_at(const void *context, size_t i)
{
    return ((const struct names *)context)->items[i];
}

static void test_nearest_name(void **state)
{
    (void)state;
    static const char *const items[] = {"train.batch", "train.epochs", "data.path", "seed", "lr"};
    const struct names names = {items};
    assert_int_equal(text_nearest("train.bacth", 4, name_at, &names), 0);
    assert_int_equal(text_nearest("TRAIN.EPOCH", 4, name_at, &names), 1);
    assert_int_equal(text_nearest("sede", 4, name_at, &names), 3);
    assert_int_equal(text_nearest("seed", 4, name_at, &names), 3);
    assert_int_equal(text_nearest("quite something else", 4, name_at, &names), -1);
    assert_int_equal(text_nearest("rl", 5, name_at, &names), 4); /* one exchange, not two edits */
    assert_int_equal(text_nearest("seed", 0, name_at, &names), -1);
    char longest[500];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    text_nearest(longest, 4, name_at, &names); /* within its rows */
}

static void test_for_people(void **state)
{
    (void)state;
    static const struct {
        double count;
        const char *text;
    } counts[] = {{0, "0"},           {950, "950"},     {999.4, "999"},     {999.6, "1.00k"},
                  {1234567, "1.23M"}, {12345, "12.3k"}, {-123456, "-123k"}, {999960, "1.00M"},
                  {5e17, "500P"},     {NAN, "-"},       {INFINITY, "-"},    {1e18, "-"}};
    char out[16];
    for (size_t i = 0; i < ARRAY_LENGTH(counts); i++) {
        text_from_count(out, counts[i].count);
        assert_string_equal(out, counts[i].text);
    }
    static const struct {
        double measure;
        const char *text;
    } measures[] = {{0, "0.0000"},   {0.64621, "0.6462"},   {-1.5, "-1.5000"},
                    {1e-5, "1e-05"}, {99999, "99999.0000"}, {2.92042e31, "2.92e+31"},
                    {NAN, "nan"},    {-INFINITY, "-inf"},   {-DBL_MAX, "-1.798e+308"}};
    for (size_t i = 0; i < ARRAY_LENGTH(measures); i++) {
        text_from_measure(out, measures[i].measure);
        assert_string_equal(out, measures[i].text);
    }
    char grouped[32];
    static const struct {
        int64_t count;
        const char *text;
    } groups[] = {{0, "0"},
                  {999, "999"},
                  {1234567, "1,234,567"},
                  {-123456, "-123,456"},
                  {INT64_MIN, "-9,223,372,036,854,775,808"}};
    for (size_t i = 0; i < ARRAY_LENGTH(groups); i++) {
        text_from_grouped(grouped, groups[i].count);
        assert_string_equal(grouped, groups[i].text);
    }
    static const struct {
        double seconds;
        const char *text;
    } durations[] = {{0, "0.0s"},       {12.34, "12.3s"},   {59.94, "59.9s"}, {59.96, "1m00s"},
                     {245, "4m05s"},    {3599.6, "1h00m"},  {11220, "3h07m"}, {86399, "23h59m"},
                     {187200, "2d04h"}, {9e8, "10416d16h"}, {-1, "-"},        {NAN, "-"}};
    for (size_t i = 0; i < ARRAY_LENGTH(durations); i++) {
        text_from_duration(out, durations[i].seconds);
        assert_string_equal(out, durations[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_append_at_the_edge_of_the_room),
        cmocka_unit_test(test_failed_text_stays),
        cmocka_unit_test(test_copy_cuts_whole_characters),
        cmocka_unit_test(test_sanitize),
        cmocka_unit_test(test_sanitize_random_bytes),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_reading_numbers),
        cmocka_unit_test(test_reading_switches),
        cmocka_unit_test(test_writing_numbers),
        cmocka_unit_test(test_nearest_name),
        cmocka_unit_test(test_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
