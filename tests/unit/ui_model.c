/* Actions and : lines, recorded through a fake trainer: what is sent, what is said, and that
 * presses of a key add up before the trainer has answered. */
#include "tests/unit/test.h"

#include "base/file.h"
#include "base/memory.h"
#include "run/store.h"
#include "tests/unit/run_folder.h"
#include "ui/model.h"
#include "ui/words.h"

enum { SENT_LIMIT = 64 };

struct fixture {
    struct ui_model model;
    struct snapshot snapshot;
    int sent;
    bool full;
    struct command commands[SENT_LIMIT];
};

static bool record(void *context, const struct command *command)
{
    struct fixture *fixture = context;
    if (fixture->full || fixture->sent == SENT_LIMIT)
        return false;
    fixture->commands[fixture->sent++] = *command;
    return true;
}

static void show(struct fixture *fixture)
{
    for (int i = 0; i < fixture->snapshot.config.arm_count; i++) {
        memcpy(fixture->snapshot.arms[i].name, fixture->snapshot.config.arms[i].name,
               ARM_NAME_SIZE);
        fixture->snapshot.arms[i].mask = fixture->snapshot.config.arms[i].mask;
    }
    fixture->snapshot.arm_count = fixture->snapshot.config.arm_count;
    fixture->snapshot.version++;
    ui_model_take(&fixture->model, &fixture->snapshot);
}

static int set_up(void **state)
{
    struct error error;
    struct fixture *fixture = memory_new(1, sizeof *fixture, &error);
    assert_non_null(fixture);
    assert_true(config_defaults(&fixture->snapshot.config, NULL));
    fixture->snapshot.config.train.blr = 1.5e-4;
    struct mask_choice mask = fixture->snapshot.config.mask;
    assert_true(ratio_choice_parse(&mask.ratio, "uniform:low=.3,high=.9", &error));
    assert_true(config_arm_add(&fixture->snapshot.config, "block", &mask, &error));
    fixture->snapshot.state = RUN_TRAINING;
    fixture->snapshot.gallery.images = 8;
    fixture->snapshot.gallery.held_out = 20;
    ui_model_init(&fixture->model, NULL);
    fixture->model.send = record;
    fixture->model.send_context = fixture;
    show(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

/* The newest command is this. */
static void expect_sent(const struct fixture *fixture, int count, enum command_kind kind,
                        const char *name, const char *value)
{
    assert_int_equal(fixture->sent, count);
    const struct command *command = &fixture->commands[count - 1];
    assert_int_equal(command->kind, kind);
    assert_string_equal(command->name, name);
    assert_string_equal(command->value, value);
}

static bool type(struct fixture *fixture, const char *line)
{
    enum action action;
    const char *argument;
    fixture->model.status[0] = '\0';
    return ui_command_line(&fixture->model, line, &action, &argument);
}

/* Nothing is sent, and what is said holds `part`. */
static void expect_refused(struct fixture *fixture, const char *line, const char *part)
{
    int before = fixture->sent;
    type(fixture, line);
    assert_int_equal(fixture->sent, before);
    if (!strstr(fixture->model.status, part))
        fail_msg("'%s' said \"%s\", not \"%s\"", line, fixture->model.status, part);
}

static void test_presses_add_up(void **state)
{
    struct fixture *fixture = *state;
    assert_true(ui_perform(&fixture->model, ACTION_RATIO_UP, ""));
    expect_sent(fixture, 1, COMMAND_SET, "arms.random75.ratio", "0.76");
    show(fixture); /* the trainer has not got to it */
    ui_perform(&fixture->model, ACTION_RATIO_UP, "");
    expect_sent(fixture, 2, COMMAND_SET, "arms.random75.ratio", "0.77");
    /* It took the first, not yet the second. */
    struct error error;
    config_assign(&fixture->snapshot.config, "arms.random75.ratio", "0.76", ORIGIN_COMMAND_LINE,
                  NULL, &error);
    show(fixture);
    ui_perform(&fixture->model, ACTION_RATIO_DOWN_10, "");
    expect_sent(fixture, 3, COMMAND_SET, "arms.random75.ratio", "0.67");
    config_assign(&fixture->snapshot.config, "arms.random75.ratio", "0.67", ORIGIN_COMMAND_LINE,
                  NULL, &error);
    show(fixture);
    assert_int_equal(fixture->model.sent_count, 0);
    /* Someone else changed it: that counts. */
    config_assign(&fixture->snapshot.config, "arms.random75.ratio", "0.5", ORIGIN_COMMAND_LINE,
                  NULL, &error);
    show(fixture);
    ui_perform(&fixture->model, ACTION_RATIO_UP, "");
    expect_sent(fixture, 4, COMMAND_SET, "arms.random75.ratio", "0.51");
}

static void test_laws_move(void **state)
{
    struct fixture *fixture = *state;
    fixture->model.arm = 1;
    ui_perform(&fixture->model, ACTION_RATIO_UP, "");
    expect_sent(fixture, 1, COMMAND_SET, "arms.block.ratio", "uniform:low=0.31,high=0.91");
    for (int i = 0; i < 3; i++)
        ui_perform(&fixture->model, ACTION_RATIO_UP_10, "");
    /* The upper end stops the whole: the width stays. */
    expect_sent(fixture, 2, COMMAND_SET, "arms.block.ratio", "uniform:low=0.4,high=1");
    assert_non_null(strstr(fixture->model.status, "end of its range"));
    type(fixture, "ratio constant value={from: .4, to: .8} random75");
    fixture->model.arm = 0;
    ui_perform(&fixture->model, ACTION_RATIO_DOWN_10, "");
    assert_int_equal(fixture->sent, 4);
    struct ratio_choice choice;
    struct error error;
    assert_true(ratio_choice_parse(&choice, fixture->commands[3].value, &error));
    assert_float_equal(choice.parameters[0].from, 0.3, 1e-9);
    assert_float_equal(choice.parameters[0].to, 0.7, 1e-9);
}

static void test_lines(void **state)
{
    struct fixture *fixture = *state;
    assert_true(type(fixture, ":ratio 0.6 block"));
    expect_sent(fixture, 1, COMMAND_SET, "arms.block.ratio", "0.6");
    assert_true(type(fixture, "strategy block:min_area=4"));
    expect_sent(fixture, 2, COMMAND_SET, "arms.random75.strategy", "block:min_area=4");
    assert_true(type(fixture, "strategy block min_area=4 aspect=.5 block"));
    expect_sent(fixture, 3, COMMAND_SET, "arms.block.strategy", "block:min_area=4,aspect=.5");
    assert_true(type(fixture, "  law uniform low=.3 high=.8  "));
    expect_sent(fixture, 4, COMMAND_SET, "arms.random75.ratio", "uniform:low=.3,high=.8");
    assert_true(type(fixture, "lr 1e-4"));
    expect_sent(fixture, 5, COMMAND_SET, "train.blr", "1e-4");
    assert_true(type(fixture, "set train.clip=2"));
    expect_sent(fixture, 6, COMMAND_SET, "train.clip", "2");
    assert_true(type(fixture, "note the loss looks fine; 100%s"));
    expect_sent(fixture, 7, COMMAND_NOTE, "", "the loss looks fine; 100%s");
    assert_true(type(fixture, "eval"));
    expect_sent(fixture, 8, COMMAND_EVALUATE, "", "");
    assert_true(type(fixture, "arm add new strategy=block:min_area=4 ratio=.6"));
    expect_sent(fixture, 9, COMMAND_ARM_ADD, "new", "{strategy: \"block:min_area=4\", ratio: 0.6}");
    assert_true(type(fixture, "arm remove block"));
    expect_sent(fixture, 10, COMMAND_ARM_REMOVE, "block", "");
    assert_true(type(fixture, "ratio .5 all"));
    assert_int_equal(fixture->sent, 12);
    assert_true(type(fixture, "set mask.ratio .55"));
    expect_sent(fixture, 14, COMMAND_SET, "arms.block.ratio", ".55");
    assert_true(type(fixture, "probe linear knn,linear"));
    expect_sent(fixture, 15, COMMAND_PROBE, "", "linear,knn,");
    assert_true(type(fixture, "probe"));
    expect_sent(fixture, 16, COMMAND_PROBE, "", "");
    assert_true(type(fixture, "quit"));
    assert_true(fixture->model.want_quit);
    assert_true(type(fixture, ""));
}

static void test_mistakes(void **state)
{
    struct fixture *fixture = *state;
    expect_refused(fixture, "ratoi .5", "did you mean 'ratio'");
    expect_refused(fixture, "ratio", "0.75");
    expect_refused(fixture, "ratio 1.5", "1.5");
    expect_refused(fixture, "ratio nan", "nan");
    expect_refused(fixture, "ratio .5 blok", "did you mean 'block'");
    expect_refused(fixture, "ratio .5 block block", "too many");
    expect_refused(fixture, "law uniform low=.9 high=.3", "low");
    expect_refused(fixture, "law uniforn", "uniform");
    expect_refused(fixture, "strategy blok", "block");
    expect_refused(fixture, "strategy block:min_aera=4", "min_area");
    expect_refused(fixture, "lr fast", "train.blr");
    expect_refused(fixture, "set train.batch 3", "cannot change while training");
    expect_refused(fixture, "set train.clp 3", "did you mean 'train.clip'");
    expect_refused(fixture, "set train.clip", "number 0 .. ");
    expect_refused(fixture, "set", "NAME VALUE");
    expect_refused(fixture, "pause now", "no argument");
    expect_refused(fixture, "arm", "add NAME");
    expect_refused(fixture, "arm add block", "already");
    expect_refused(fixture, "arm add a/b", "a/b");
    expect_refused(fixture, "arm add c size=3", "size=3");
    expect_refused(fixture, "arm remove nobody", "no arm");
    expect_refused(fixture, "export arms.xyz", ".csv");
    expect_refused(fixture, "export matrix arms.xyz", ".csv");
    expect_refused(fixture, "export matrx arms.csv", "did you mean 'matrix'");
    expect_refused(fixture, "export matrix arms.csv", "run.db");
    expect_refused(fixture, "save-screen", "FILE");
    fixture->full = true;
    expect_refused(fixture, "lr 1e-4", "busy");
    assert_int_equal(fixture->model.sent_count, 0);
    fixture->full = false;
    fixture->snapshot.state = RUN_FINISHED;
    expect_refused(fixture, "lr 1e-4", "ended");
}

static void test_pause(void **state)
{
    struct fixture *fixture = *state;
    ui_perform(&fixture->model, ACTION_PAUSE, "");
    expect_sent(fixture, 1, COMMAND_PAUSE, "", "");
    ui_perform(&fixture->model, ACTION_PAUSE, ""); /* before the trainer has answered */
    expect_sent(fixture, 2, COMMAND_GO_ON, "", "");
    show(fixture);
    ui_perform(&fixture->model, ACTION_PAUSE, "");
    fixture->snapshot.state = RUN_PAUSED;
    show(fixture);
    ui_perform(&fixture->model, ACTION_PAUSE, "");
    expect_sent(fixture, 4, COMMAND_GO_ON, "", "");
}

static void test_rate(void **state)
{
    struct fixture *fixture = *state;
    ui_perform(&fixture->model, ACTION_RATE_DOWN, "");
    expect_sent(fixture, 1, COMMAND_SET, "train.blr", "0.000135");
    ui_perform(&fixture->model, ACTION_RATE_UP, "");
    expect_sent(fixture, 2, COMMAND_SET, "train.blr", "0.00015");
}

static void test_images_wrap(void **state)
{
    struct fixture *fixture = *state;
    static const int firsts[] = {8, 16, 4};
    for (int i = 0; i < 3; i++) {
        ui_perform(&fixture->model, ACTION_IMAGE_NEXT, "");
        assert_int_equal(fixture->commands[i].kind, COMMAND_SHOW);
        assert_int_equal(fixture->commands[i].number, firsts[i]);
    }
    fixture->model.show_sent = -1;
    ui_perform(&fixture->model, ACTION_IMAGE_PREVIOUS, "");
    assert_int_equal(fixture->commands[3].number, 12);
}

static void test_chosen_arm_stays_within(void **state)
{
    struct fixture *fixture = *state;
    fixture->model.arm = 1;
    fixture->snapshot.config.arm_count = 1;
    show(fixture);
    assert_int_equal(fixture->model.arm, 0);
    fixture->snapshot.config.arm_count = 0;
    show(fixture);
    assert_int_equal(fixture->model.arm, 0);
    for (int action = 0; action < ACTION_COUNT;
         action++) /* none may fall over a run without arms */
        ui_perform(&fixture->model, (enum action)action, "");
}

/* What only a face can do comes back with its argument. */
static void test_face_actions(void **state)
{
    struct fixture *fixture = *state;
    enum action action;
    const char *argument;
    assert_false(ui_command_line(&fixture->model, ":view arms", &action, &argument));
    assert_int_equal(action, ACTION_VIEW_1);
    assert_string_equal(argument, "arms");
    assert_false(ui_command_line(&fixture->model, "nonsense", &action, &argument));
    assert_int_equal(action, ACTION_NONE);
    assert_false(ui_perform(&fixture->model, ACTION_STRATEGY, ""));
    assert_false(ui_perform(&fixture->model, ACTION_DOWN, ""));
    assert_false(ui_perform(&fixture->model, ACTION_NONE, ""));
}

static void write_note(struct store *store, struct error *error)
{
    const struct store_event event = {.step = 7, .arm = STORE_RUN, .kind = "note", .note = "hello"};
    assert_true(store_begin(store, error));
    assert_true(store_add_event(store, &event, error));
    assert_true(store_commit(store, error));
}

/* The record is read while it is open for writing, as it is when the panel exports. */
static void test_record_is_exported(void **state)
{
    struct fixture *fixture = *state;
    struct error error;
    char record[FILE_PATH_SIZE], saved[FILE_PATH_SIZE], line[2 * FILE_PATH_SIZE], read[256] = "";
    assert_int_equal(test_folder_make(NULL), 0);
    assert_true(file_join(record, sizeof record, test_folder, "run.db", &error));
    assert_true(file_join(saved, sizeof saved, test_folder, "events.csv", &error));
    snprintf(line, sizeof line, "export events %s", saved);
    text_copy(fixture->snapshot.folder, sizeof fixture->snapshot.folder, test_folder);
    struct store *store = store_open(record, STORE_CREATE, &error);
    assert_non_null(store);
    write_note(store, &error);
    expect_refused(fixture, "export matrix m.csv", "no evaluation yet");
    enum action action;
    const char *argument;
    assert_true(ui_command_line(&fixture->model, line, &action, &argument));
    assert_non_null(strstr(fixture->model.status, "saved the table 'events'"));
    FILE *file = fopen(saved, "r");
    assert_non_null(file);
    assert_true(fread(read, 1, sizeof read - 1, file) > 0);
    fclose(file);
    assert_non_null(strstr(read, "hello"));
    store_close(store);
    assert_int_equal(test_folder_remove(NULL), 0);
}

static void test_words(void **state)
{
    (void)state;
    const char *rest = "  a {from: 1, to: [2, 3]}x \"b c\" ";
    char word[32];
    assert_true(word_next(&rest, word, sizeof word));
    assert_string_equal(word, "a");
    assert_true(word_next(&rest, word, sizeof word));
    assert_string_equal(word, "{from: 1, to: [2, 3]}x");
    assert_true(word_next(&rest, word, sizeof word));
    assert_string_equal(word, "\"b c\"");
    assert_false(word_next(&rest, word, sizeof word));
    rest = "abcdef";
    assert_true(word_next(&rest, word, 4));
    assert_string_equal(word, "abc");
    assert_false(word_next(&rest, word, 4));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Whatever is typed behind a command, the answer says what is right, and nothing is sent. */
/* What is right is said, by every command that the model carries out itself. */
static const struct {
    enum action action;
    const char *argument, *said;
} wrong_arguments[] = {
    {ACTION_RATIO, "", "a number or a law, such as 0.75 or uniform"},
    {ACTION_RATIO, "1.5", "0 .. 1"},
    {ACTION_RATIO, "-", "a ratio is a number, a law or a schedule"},
    {ACTION_RATIO, "blorp", "there are constant, uniform, truncnorm"},
    {ACTION_RATIO, "\"unfinished", "NAME:KEY=VALUE"},
    {ACTION_RATIO, "nonsense=1 {[", "there are random75, block"},
    {ACTION_RATIO, "a b c d", "[KEY=VALUE...] [ARM]"},
    {ACTION_RATIO, "beta q=3", "did you mean 'a'?"},
    {ACTION_STRATEGY, "nothing", "there are random"},
    {ACTION_STRATEGY, "block min_aera=4", "min_area"},
    {ACTION_STRATEGY, "block min_area=x", "min_area"},
    {ACTION_STRATEGY, "block qqq", "there are random75, block"},
    {ACTION_STRATEGY, "a b c d", "[KEY=VALUE...] [ARM]"},
    {ACTION_LAW, "blorp", "there are constant, uniform"},
    {ACTION_LAW, "uniform low=.9 high=.3", "low"},
    {ACTION_LAW, "uniform qqq", "there are random75, block"},
    {ACTION_RATE, "", ":lr BLR sets it"},
    {ACTION_RATE, "fast", "number 0 .. 10"},
    {ACTION_RATE, "99", "number 0 .. 10"},
    {ACTION_ARM_ADD, "", "add NAME [strategy=S] [ratio=R], or remove NAME"},
    {ACTION_ARM_ADD, "sub x", "add NAME [strategy=S] [ratio=R], or remove NAME"},
    {ACTION_ARM_ADD, "add", "add NAME [strategy=S] [ratio=R], or remove NAME"},
    {ACTION_ARM_ADD, "add x y=2", "strategy=... nor ratio=..."},
    {ACTION_ARM_ADD, "remove qqq", "there are random75, block"},
    {ACTION_SCREENSHOT, "window.jpeg", ".png"},
    {ACTION_FIGURE, "a.png 9000mm", "60 to 500 mm"},
    {ACTION_FIGURE, "a.gif", ".png"},
    {ACTION_PIXELS, "blue", "neighbours | raw | oracle"},
    {ACTION_SAVE_SCREEN, "", "FILE"},
    {ACTION_PROBE, "knm", "did you mean 'knn'"},
    {ACTION_EXPORT, "matrix x.foo", ".txt, .csv, .tsv, .json, .md or .tex"},
    {ACTION_EXPORT, "nothing x.csv", "list tables"},
    {ACTION_GOTO_STEP, "", "a step from 0 to"},
    {ACTION_GOTO_STEP, "1e99", "a step from 0 to"},
    {ACTION_GOTO_STEP, "-1", "a step from 0 to"},
    {ACTION_SET, "", "NAME VALUE, such as"},
    {ACTION_SET, "blorp 3", "list settings"},
    {ACTION_SET, "train.clip", "number 0 .. "},
    {ACTION_SET, "train.clip x", "expected number 0 .. "},
    {ACTION_SET, "train.batch 3", "set it in the file or with --set"},
};

/* To any text they open or filter something, or the panel knows what is right (tests/ui/panel.sh).
 */
static bool is_for_a_face(enum action action)
{
    static const enum action actions[] = {ACTION_NOTE,  ACTION_HELP, ACTION_FILTER, ACTION_VIEW_1,
                                          ACTION_THEME, ACTION_SORT, ACTION_GROUP};
    bool found = false;
    for (size_t i = 0; i < ARRAY_LENGTH(actions); i++)
        found = found || actions[i] == action;
    return found;
}

static void test_wrong_arguments(void **state)
{
    struct fixture *fixture = *state;
    bool tried[ACTION_COUNT] = {false};
    fixture->model.window_open = true;
    fixture->snapshot.shape.norm_pix = true;
    for (size_t i = 0; i < ARRAY_LENGTH(wrong_arguments); i++) {
        enum action action = wrong_arguments[i].action;
        tried[action] = true;
        fixture->model.status[0] = '\0';
        if (!ui_perform(&fixture->model, action, wrong_arguments[i].argument) ||
            fixture->sent > 0 || !strstr(fixture->model.status, wrong_arguments[i].said))
            fail_msg(":%s %s: said \"%s\", not \"%s\"", action_row(action)->word,
                     wrong_arguments[i].argument, fixture->model.status, wrong_arguments[i].said);
    }
    for (int action = 0; action < ACTION_COUNT; action++)
        if (action_row((enum action)action)->argument[0] && !tried[action] &&
            !is_for_a_face((enum action)action))
            fail_msg(":%s: no wrong argument was tried", action_row((enum action)action)->word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_presses_add_up),
        TEST(test_laws_move),
        TEST(test_lines),
        TEST(test_mistakes),
        TEST(test_wrong_arguments),
        TEST(test_pause),
        TEST(test_rate),
        TEST(test_images_wrap),
        TEST(test_face_actions),
        TEST(test_chosen_arm_stays_within),
        TEST(test_record_is_exported),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
