/* maskscope run, resume and fork: training in the background, a panel in this terminal, a window
 * beside.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/commands.h"
#include "cli/headless.h"
#include "cli/script.h"
#include "run/fork.h"
#include "ui/key.h"
#include "ui/panel/panel.h"
#include "ui/window/window.h"

/* Milliseconds the loop waits for a key: while something moves, and otherwise. */
enum { MOVING_WAIT = 16, RESTING_WAIT = 33 };

/* The screens of a run, all main thread. */
struct faces {
    struct run *run;
    struct ui_model model;
    struct keymap *keymap;
    struct panel *panel; /* null: no panel */
    struct window *window;
    struct script script;
    int obeyed_signals;
    bool stopping;
};

static bool send_to_run(void *context, const struct command *command)
{
    return run_send(context, command);
}

static void ask_run(void *context, const struct question *question)
{
    run_ask(context, question);
}

/* Opens or closes the window as the model wishes. */
static void tend_window(struct faces *faces)
{
    struct ui_model *model = &faces->model;
    if (model->want_window && !faces->window) {
        struct error error;
        faces->window = window_new(model, faces->keymap, &error);
        if (!faces->window) {
            model->want_window = false;
            text_copy(model->window_problem, sizeof model->window_problem, error.message);
            ui_say(model, LOG_WARNING, "no window: %s", error.message);
        }
    } else if (!model->want_window && faces->window) {
        window_free(faces->window);
        faces->window = NULL;
    }
    model->window_open = faces->window;
}

static void follow_script(struct faces *faces)
{
    const char *line;
    while ((line = script_due(&faces->script, faces->model.snapshot->step))) {
        enum action action;
        const char *argument;
        if (!ui_command_line(&faces->model, line, &action, &argument) && faces->panel &&
            action != ACTION_NONE)
            panel_perform(faces->panel, action, argument);
    }
}

/* False: the queue is full; the next round of the loop tries again. */
static bool ask_to_stop(struct faces *faces, enum command_kind how)
{
    struct command command = {.kind = how};
    bool sent = run_send(faces->run, &command);
    faces->stopping = faces->stopping || sent;
    return sent;
}

static void obey_signals(struct cli *cli, struct faces *faces)
{
    int count, number = cli_signal(&count);
    if (count == faces->obeyed_signals ||
        !ask_to_stop(faces, count == 1 ? COMMAND_STOP : COMMAND_ABORT))
        return;
    faces->obeyed_signals = count;
    cli->signal = number;
}

/* The terminal is gone. If nobody sent the signal that says so, it is sent here; where it is
 * ignored (nohup), the run goes on without a panel. */
static void lose_terminal(struct faces *faces)
{
    panel_free(faces->panel);
    faces->panel = NULL;
    run_end_when_done(faces->run);
    raise(SIGHUP);
}

static void loop(struct cli *cli, struct faces *faces)
{
    bool moving = false;
    while (!run_ended(faces->run) && (faces->panel || faces->window)) {
        struct pollfd input = {.fd = faces->panel ? STDIN_FILENO : -1, .events = POLLIN};
        poll(&input, 1, moving ? MOVING_WAIT : RESTING_WAIT);
        if (input.revents & (POLLHUP | POLLERR | POLLNVAL))
            lose_terminal(faces);
        ui_model_take(&faces->model, run_snapshot(faces->run));
        faces->model.answer = run_answer(faces->run);
        if (faces->panel)
            panel_input(faces->panel);
        if (faces->window)
            window_input(faces->window);
        tend_window(faces);
        follow_script(faces);
        obey_signals(cli, faces);
        if (faces->model.want_quit && !faces->stopping)
            ask_to_stop(faces, COMMAND_STOP);
        if (faces->panel && !faces->stopping)
            cli->log_shown = log_newest(cli->log);
        if (faces->panel)
            panel_draw(faces->panel);
        moving = faces->window && window_draw(faces->window);
    }
}

static void open_panel(struct cli *cli, struct faces *faces)
{
    struct error error;
    if (cli_flag(cli, "no-panel"))
        return;
    faces->panel = panel_new(&faces->model, faces->keymap, !cli_flag(cli, "no-mouse"), &error);
    if (faces->panel)
        return;
    log_write(cli->log, LOG_WARNING, "no panel: %s", error.message);
    run_end_when_done(faces->run); /* nobody could tell a paused run to go on */
}

/* Shows the run until it ends or no screen is left; then it goes on headless. Frees the run. */
static bool show(struct cli *cli, struct run *run, struct faces *faces, struct error *error)
{
    faces->run = run;
    ui_model_init(&faces->model, cli->log);
    faces->model.send = send_to_run;
    faces->model.ask = ask_run;
    faces->model.send_context = run;
    faces->model.want_window = !cli_flag(cli, "no-window");
    ui_model_take(&faces->model, run_snapshot(run));
    open_panel(cli, faces);
    tend_window(faces);
    loop(cli, faces);
    panel_free(faces->panel);
    window_free(faces->window);
    return headless_wait(cli, run, true, error);
}

static struct faces *faces_new(struct error *error)
{
    struct faces *faces = memory_new(1, sizeof *faces, error);
    if (!faces)
        return NULL;
    faces->keymap = keymap_new(error);
    if (faces->keymap && keymap_read_user(faces->keymap, error))
        return faces;
    keymap_free(faces->keymap);
    free(faces);
    return NULL;
}

static void faces_free(struct faces *faces)
{
    script_release(&faces->script);
    keymap_free(faces->keymap);
    free(faces);
}

/* What the screens of this command line need of the run. */
static struct run_options screen_options(const struct cli *cli)
{
    bool panel = !cli_flag(cli, "no-panel");
    return (struct run_options){
        .pictures = panel || !cli_flag(cli, "no-window"),
        .stay = panel && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO),
    };
}

static bool run(struct cli *cli, struct error *error)
{
    struct config config;
    struct faces *faces = faces_new(error);
    if (!faces)
        return false;
    const char *path = cli->argument_count > 0 ? cli->arguments[0] : NULL;
    const char *script = cli_value(cli, "script");
    struct run *started = NULL;
    if (cli_config(cli, path, &config, NULL, error) &&
        (!script || script_read(&faces->script, script, &config, error))) {
        struct run_options options = screen_options(cli);
        options.folder = cli_value(cli, "out");
        options.script = faces->script.scheduled;
        options.script_count = faces->script.scheduled_count;
        cli_catch_signals();
        started = run_start(&config, &options, cli->log, error);
    }
    bool good = started && show(cli, started, faces, error);
    faces_free(faces);
    return good;
}

/* *began: the run was started, whatever became of it. */
static bool go_on_with(struct cli *cli, const char *folder, bool *began, struct error *error)
{
    struct faces *faces = faces_new(error);
    const char *assignments[CLI_VALUE_LIMIT + 2];
    char steps[64], threads[64];
    int count = 0;
    *began = false;
    if (!faces)
        return false;
    for (int i = 0; i < cli->option_count; i++)
        if (!strcmp(cli->options[i].name, "set"))
            assignments[count++] = cli->options[i].value;
    if (cli_value(cli, "steps")) {
        snprintf(steps, sizeof steps, "train.steps=%s", cli_value(cli, "steps"));
        assignments[count++] = steps;
    }
    if (cli_value(cli, "threads")) {
        snprintf(threads, sizeof threads, "train.threads=%s", cli_value(cli, "threads"));
        assignments[count++] = threads;
    }
    struct run_options options = screen_options(cli);
    cli_catch_signals();
    struct run *started = run_resume(folder, &options, assignments, count, cli->log, error);
    *began = started;
    bool good = started && show(cli, started, faces, error);
    faces_free(faces);
    return good;
}

static bool resume(struct cli *cli, struct error *error)
{
    bool began;
    return go_on_with(cli, cli->arguments[0], &began, error);
}

static bool fork_run(struct cli *cli, struct error *error)
{
    char from[FILE_PATH_SIZE], made[FILE_PATH_SIZE];
    int64_t step;
    bool began;
    if (!fork_parse(cli->arguments[0], from, &step, error) ||
        !run_fork(from, step, cli_value(cli, "out"), made, error))
        return false;
    bool good = go_on_with(cli, made, &began, error);
    if (!began)
        run_fork_remove(made);
    return good;
}

#define SCREEN_OPTIONS                                                                             \
    {"no-window", 0, NULL, "do not open the window (w opens it later)"},                           \
        {"no-panel", 0, NULL, "no panel: progress lines instead"},                                 \
    {                                                                                              \
        "no-mouse", 0, NULL, "leave the mouse to the terminal"                                     \
    }

static const struct cli_option run_options[] = {
    SCREEN_OPTIONS,
    CLI_CONFIG_OPTIONS,
    {"script", 0, "FILE", "lines 'at STEP : command', carried out at those steps"},
    {"out", 'o', "DIR", "the run's folder (default: runs/DATE-MODEL-ARM)"},
    {.name = NULL},
};

static const struct cli_option resume_options[] = {
    SCREEN_OPTIONS,
    CLI_CONFIG_OPTIONS,
    {.name = NULL},
};

static const struct cli_option fork_options[] = {
    SCREEN_OPTIONS,
    CLI_CONFIG_OPTIONS,
    {"out", 'o', "DIR", "the new run's folder (default: RUN-at-STEP)"},
    {.name = NULL},
};

const struct cli_command command_run = {
    .name = "run",
    .arguments = "[CONFIG]",
    .summary = "train in the background with panel and window (built-in images without CONFIG)",
    .examples = "  maskscope run\n"
                "  maskscope run configs/tiny-imagenet.yaml --set data.path=/data/tiny-imagenet\n"
                "  maskscope run --no-window --set mask.strategy=block --set mask.ratio=0.6\n",
    .options = run_options,
    .least = 0,
    .most = 1,
    .run = run,
};

const struct cli_command command_resume = {
    .name = "resume",
    .arguments = "RUN",
    .summary = "go on with a run exactly where its newest checkpoint left it",
    .examples = "  maskscope resume runs/2026-11-23-1412-tiny64-random75\n"
                "  maskscope resume runs/first --steps 2000 --no-window --no-panel\n",
    .options = resume_options,
    .least = 1,
    .most = 1,
    .run = resume,
};

const struct cli_command command_fork = {
    .name = "fork",
    .arguments = "RUN@STEP",
    .summary = "start a new run from one of a run's checkpoints (RUN: from the newest)",
    .examples =
        "  maskscope fork runs/first@1200 --set arms.block.ratio=0.6\n"
        "  maskscope fork runs/first --out runs/longer --steps 5000 --no-window --no-panel\n",
    .options = fork_options,
    .least = 1,
    .most = 1,
    .run = fork_run,
};
