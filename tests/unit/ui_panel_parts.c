/* What the panel is made of, without a terminal: colours, themes, laws taken apart, questions. */
#include "tests/unit/test.h"

#include <unistd.h>

#include "base/file.h"
#include "tests/unit/run_folder.h"
#include "ui/confirm.h"
#include "ui/panel/form_fields.h"
#include "ui/panel/palette.h"
#include "ui/panel/theme.h"

static struct error error;

static void test_colours(void **state)
{
    (void)state;
    assert_int_equal(palette_number(PALETTE_NONE, 8), PALETTE_NONE);
    assert_int_equal(palette_number(215, 256), 215);
    assert_int_equal(palette_number(palette_rgb(255, 0, 0), 256), 196);
    assert_int_equal(palette_number(palette_rgb(95, 135, 175), 256), 67);
    assert_int_equal(palette_number(palette_rgb(128, 128, 128), 256), 244);
    assert_int_equal(palette_number(palette_rgb(250, 10, 10), 16), 9);
    assert_int_equal(palette_number(palette_rgb(250, 250, 250), 16), 15);
    assert_int_equal(palette_number(palette_rgb(1, 2, 3), PALETTE_DIRECT), 0x010203);
    assert_int_equal(palette_number(196, PALETTE_DIRECT), 0xff0000);
    assert_int_equal(palette_number(232, PALETTE_DIRECT), 0x080808);
    /* 1 .. 7 mean red, green ... on a terminal with direct colour, not almost black. */
    assert_int_equal(palette_number(palette_rgb(0, 0, 7), PALETTE_DIRECT), 8);
    /* A dark violet is no grey. */
    int violet = palette_number(palette_rgb(45, 5, 75), 256);
    assert_true(violet < 232);
    assert_int_equal(palette_lightness((uint8_t[]){255, 255, 255}), 255);
    assert_true(palette_lightness((uint8_t[]){0, 255, 0}) >
                palette_lightness((uint8_t[]){255, 0, 0}));
}

static void write_theme(const char *name, const char *text)
{
    char path[FILE_PATH_SIZE];
    struct file_write file;
    assert_true(file_join(path, sizeof path, test_folder, name, &error));
    assert_true(file_begin(&file, path, &error));
    fputs(text, file.stream);
    assert_true(file_commit(&file, &error));
}

static void test_themes(void **state)
{
    (void)state;
    struct themes *themes = memory_new(1, sizeof *themes, &error);
    assert_non_null(themes);
    themes_init(themes);
    assert_int_equal(themes_find(themes, "dark"), 0);
    assert_int_equal(themes_find(themes, "plain"), 1);
    write_theme("mine.yaml", "title: [bold 255 on 24, bright-white on blue, reverse]\n"
                             "curve6: [\"#102030\", default, default]\n");
    write_theme("notes.txt", "no theme\n");
    assert_true(themes_read(themes, test_folder, &error));
    assert_int_equal(themes->count, 3);
    const struct theme *mine = &themes->items[2];
    assert_string_equal(mine->name, "mine");
    assert_int_equal(mine->looks[ROLE_TITLE][LOOK_MANY].background, 24);
    assert_int_equal(mine->looks[ROLE_TITLE][LOOK_MANY].attributes, LOOK_BOLD);
    assert_int_equal(mine->looks[ROLE_TITLE][LOOK_FEW].foreground, 15);
    assert_int_equal(mine->looks[ROLE_TITLE][LOOK_PLAIN].attributes, LOOK_REVERSE);
    assert_int_equal(mine->looks[ROLE_SERIES + 5][LOOK_MANY].foreground, PALETTE_RGB | 0x102030);
    /* What it leaves out looks as in dark. */
    assert_int_equal(mine->looks[ROLE_KEY][LOOK_MANY].foreground,
                     themes->items[0].looks[ROLE_KEY][LOOK_MANY].foreground);
    free(themes);
}

static void expect_bad_theme(const char *text, const char *part)
{
    struct themes *themes = memory_new(1, sizeof *themes, &error);
    assert_non_null(themes);
    themes_init(themes);
    write_theme("bad.yaml", text);
    write_theme("good.yaml", "text: [default, default, default]\n");
    assert_false(themes_read(themes, test_folder, &error));
    if (!strstr(error.message, part))
        fail_msg("\"%s\" does not say \"%s\"", error.message, part);
    assert_true(themes_find(themes, "bad") < 0);
    assert_true(themes_find(themes, "good") > 0); /* the others are read all the same */
    free(themes);
}

static void test_bad_themes(void **state)
{
    (void)state;
    expect_bad_theme("titel: [1, 1, bold]\n", "did you mean 'title'?");
    expect_bad_theme("text: [1, 1, bold]\ntitle: [256, 1, bold]\n", "bad.yaml:2: '256'");
    expect_bad_theme("title: [\"#12345\", 1, bold]\n", "#12345");
    expect_bad_theme("title: [blink, 1, bold]\n", "'blink'");
    expect_bad_theme("title: [1, 2]\n", "expected [with many colours, with 16, without]");
    expect_bad_theme("title: bold\n", "expected [");
    expect_bad_theme("- a\n", "a theme is");
    expect_bad_theme("{\n", "bad.yaml");
}

static void test_shipped_themes(void **state)
{
    (void)state;
    char folder[FILE_PATH_SIZE];
    const char *source = getenv("TEST_SOURCE");
    struct themes *themes = memory_new(1, sizeof *themes, &error);
    assert_non_null(themes);
    themes_init(themes);
    snprintf(folder, sizeof folder, "%s/assets/themes", source ? source : ".");
    if (!themes_read(themes, folder, &error))
        fail_msg("%s", error.message);
    assert_true(themes_find(themes, "light") > 0);
    free(themes);
}

static struct ratio_choice parse(const char *text)
{
    struct ratio_choice choice;
    if (!ratio_choice_parse(&choice, text, &error))
        fail_msg("%s", error.message);
    return choice;
}

static struct form_field find_field(const struct form_of *form, enum form_field_kind kind)
{
    struct form_field fields[FORM_FIELDS];
    int count = form_fields(form, fields);
    for (int i = 0; i < count; i++)
        if (fields[i].kind == kind)
            return fields[i];
    fail_msg("no such field");
    return fields[0];
}

static void move(struct ratio_choice *choice, enum form_field_kind kind, int steps)
{
    struct form_of form = form_of_law(choice);
    form_field_move(&form, find_field(&form, kind), steps);
}

static void expect_law(const struct ratio_choice *choice, const char *expected)
{
    struct text text = {0};
    ratio_choice_write(choice, &text);
    assert_string_equal(text_of(&text), expected);
    text_release(&text);
}

static void expect_field(struct ratio_choice *choice, enum form_field_kind kind,
                         const char *expected)
{
    struct form_of form = form_of_law(choice);
    struct text text = {0};
    form_field_show(&form, find_field(&form, kind), &text);
    assert_string_equal(text_of(&text), expected);
    text_release(&text);
}

/* How a value gets from here to there, each number where it belongs. */
static void test_schedule_fields(void **state)
{
    (void)state;
    struct ratio_choice choice =
        parse("constant:value={from: 0.4, to: 0.8, shape: step, steps: 3, over: [0.2, 0.6]}");
    expect_field(&choice, FIELD_FROM, "0.4");
    expect_field(&choice, FIELD_TO, "0.8");
    expect_field(&choice, FIELD_SHAPE, "stair");
    expect_field(&choice, FIELD_START, "0.2");
    expect_field(&choice, FIELD_END, "0.6");
    expect_field(&choice, FIELD_STEPS, "3");
    move(&choice, FIELD_END, -99); /* never before the start */
    assert_true(choice.parameters[0].start < choice.parameters[0].end);
    move(&choice, FIELD_END, 999);
    expect_field(&choice, FIELD_END, "1");
    move(&choice, FIELD_STEPS, -99);
    expect_field(&choice, FIELD_STEPS, "1");
}

static void test_law_fields(void **state)
{
    (void)state;
    struct ratio_choice choice = parse("0.75");
    move(&choice, FIELD_FROM, 1);
    expect_law(&choice, "0.76"); /* what stays moves as a whole */
    move(&choice, FIELD_TO, -10);
    expect_law(&choice, "constant:value={from: 0.76, to: 0.66}");
    move(&choice, FIELD_SHAPE, 1);
    expect_law(&choice, "constant:value={from: 0.76, to: 0.66, shape: cosine}");
    move(&choice, FIELD_END, -50);
    expect_law(&choice, "constant:value={from: 0.76, to: 0.66, shape: cosine, over: [0, 0.5]}");
    move(&choice, FIELD_START, 99); /* never past the end */
    assert_true(choice.parameters[0].start < choice.parameters[0].end);
    move(&choice, FIELD_FROM, 1000);
    assert_true(choice.parameters[0].from == 1); /* nor out of its range ... */
    assert_false(law_check(&choice, &error));    /* whose end is no ratio */
    move(&choice, FIELD_FROM, -1);
    assert_true(law_check(&choice, &error));
    move(&choice, FIELD_PER, 1);
    assert_int_equal(choice.per, RATIO_PER_BATCH);
    move(&choice, FIELD_PER, -1);
    move(&choice, FIELD_PER, -1);
    assert_int_equal(choice.per, RATIO_STRATIFIED);
    choice = parse("uniform:low=0.3,high=0.9");
    move(&choice, FIELD_FROM, 65); /* low above high */
    assert_false(law_check(&choice, &error));
}

/* Every field has a name and a value, and a parameter's says what it is. */
static void expect_shown(const struct form_of *form)
{
    struct form_field fields[FORM_FIELDS];
    int used = form_fields(form, fields);
    for (int field = 0; field < used; field++) {
        struct text text = {0};
        form_field_show(form, fields[field], &text);
        assert_true(text.length > 0);
        assert_true(form_field_name(form, fields[field])[0]);
        assert_int_equal(form_field_row(form, fields[field]) != NULL,
                         fields[field].kind == FIELD_FROM);
        text_release(&text);
    }
}

static void test_every_law_has_fields(void **state)
{
    (void)state;
    size_t count;
    const struct ratio_law *const *laws = ratio_laws(&count);
    for (size_t i = 0; i < count; i++) {
        struct ratio_choice choice = parse(laws[i]->name);
        struct form_of form = form_of_law(&choice);
        expect_shown(&form);
    }
}

/* Whatever the keys do, each parameter stays within its range. */
static void test_every_strategy_has_fields(void **state)
{
    (void)state;
    size_t count;
    const struct strategy *const *list = strategies(&count);
    for (size_t i = 0; i < count; i++) {
        struct strategy_choice choice;
        struct form_field fields[FORM_FIELDS];
        if (list[i]->needs_given || !strategy_choice_parse(&choice, list[i]->name, &error))
            continue;
        struct form_of form = form_of_strategy(&choice);
        expect_shown(&form);
        int used = form_fields(&form, fields);
        for (int field = 0; field < used; field++) {
            const struct setting *row = &form.rows[fields[field].parameter];
            for (int steps = -1000; steps <= 1000; steps += 2000) {
                form_field_move(&form, fields[field], steps);
                double value = choice.parameters[fields[field].parameter].from;
                assert_true(row->type == SETTING_CHOICE ? setting_choice(row, (int)value) != NULL
                                                        : value >= row->low && value <= row->high);
            }
        }
    }
}

static void test_strategy_fields(void **state)
{
    (void)state;
    struct strategy_choice choice;
    struct text text = {0};
    assert_true(strategy_choice_parse(&choice, "noise", &error));
    struct form_of form = form_of_strategy(&choice);
    form_field_move(&form, (struct form_field){FIELD_FROM, 0}, -1); /* the colour before green */
    strategy_choice_write(&choice, &text);
    struct strategy_choice read;
    assert_true(strategy_choice_parse(&read, text_of(&text), &error));
    assert_string_not_equal(text_of(&text), "noise");
    assert_true(read.parameters[0].from == choice.parameters[0].from);
    text_release(&text);
}

static void test_questions(void **state)
{
    (void)state;
    struct ui_model *model = memory_new(1, sizeof *model, &error);
    char question[UI_QUESTION_SIZE], line[FILE_PATH_SIZE + 16], there[FILE_PATH_SIZE];
    assert_non_null(model);
    assert_true(config_defaults(&model->config, NULL));
    assert_true(config_arm_add(&model->config, "second", &model->config.mask, &error));
    assert_true(ui_must_ask(model, ACTION_ARM_ADD, "remove second", question));
    assert_non_null(strstr(question, "second"));
    assert_false(ui_must_ask(model, ACTION_ARM_ADD, "remove third", question));
    assert_false(ui_must_ask(model, ACTION_ARM_ADD, "add third", question));
    assert_false(ui_must_ask(model, ACTION_ARM_ADD, "", question));
    write_theme("there.csv", "something\n");
    assert_true(file_join(there, sizeof there, test_folder, "there.csv", &error));
    snprintf(line, sizeof line, "matrix %s", there);
    assert_true(ui_must_ask(model, ACTION_EXPORT, line, question));
    assert_true(ui_must_ask(model, ACTION_SAVE_SCREEN, there, question));
    assert_int_equal(unlink(there), 0);
    assert_false(ui_must_ask(model, ACTION_SAVE_SCREEN, there, question));
    assert_false(ui_must_ask(model, ACTION_RATIO, there, question));
    free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_colours),
        cmocka_unit_test_setup_teardown(test_themes, test_folder_make, test_folder_remove),
        cmocka_unit_test_setup_teardown(test_bad_themes, test_folder_make, test_folder_remove),
        cmocka_unit_test(test_shipped_themes),
        cmocka_unit_test(test_law_fields),
        cmocka_unit_test(test_schedule_fields),
        cmocka_unit_test(test_strategy_fields),
        cmocka_unit_test(test_every_strategy_has_fields),
        cmocka_unit_test(test_every_law_has_fields),
        cmocka_unit_test_setup_teardown(test_questions, test_folder_make, test_folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
