/* Captions of runs side by side: what is said of all once, and the rest of each, in whole
 * sentences. */
#include "tests/unit/test.h"

#include "cli/caption.h"

static void check(const char *first, const char *second, const char *expected)
{
    struct text text = {0};
    caption_of_runs((const char *const[]){first, second}, (const char *const[]){"a", "b"}, 2,
                    &text);
    assert_string_equal(text_of(&text), expected);
    text_release(&text);
}

#define APART       " " APART_ALONE
#define APART_ALONE "Each run by itself, tests and their adjustment within it."

static void test_alike(void **state)
{
    (void)state;
    check("Errors; n = 3. Of models; of strategies not.",
          "Errors; n = 3. Of models; of strategies not.",
          "Errors; n = 3. Of models; of strategies not.");
}

static void test_clauses(void **state)
{
    (void)state;
    check("Errors; n = 3; p < .05. See arms.", "Errors; n = 4; p < .05. See arms.",
          "Errors; p < .05. See arms." APART " a: n = 3. b: n = 4.");
    check("Errors; n = 3. See arms.", "Errors; n = 4. See arms.",
          "Errors. See arms." APART " a: n = 3. b: n = 4.");
}

/* A remark of one run, and of two runs one each, of which parts are the same. */
static void test_remarks(void **state)
{
    (void)state;
    check("Errors; n = 3. Fewer steps: late 5; they differ.", "Errors; n = 3.",
          "Errors; n = 3." APART " a: Fewer steps: late 5; they differ.");
    check("Errors; n = 3. Fewer steps: late 5; they differ.",
          "Errors; n = 4. Fewer steps: soon 6; they differ.",
          "Errors." APART " a: n = 3. Fewer steps: late 5; they differ. b: n = 4. Fewer steps: "
          "soon 6; they differ.");
}

/* Where the first sentence begins otherwise, nothing of it stands alone. */
static void test_other_beginnings(void **state)
{
    (void)state;
    check("Errors over all; low is 95%. See arms.", "Errors over 3 of 4; low is 95%. See arms.",
          "See arms." APART " a: Errors over all; low is 95%. b: Errors over 3 of 4; low is 95%.");
    check("", "Errors.", APART_ALONE " b: Errors.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alike),
        cmocka_unit_test(test_clauses),
        cmocka_unit_test(test_remarks),
        cmocka_unit_test(test_other_beginnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
