/* The window on a real run, played by a script: to look at it, to photograph it, to time it, to
 * pester it.
 *
 *   window_stage start CONFIG|resume RUN [--set NAME=VALUE]... COMMAND...
 *
 *   size WxH        resizes the window         view N          as the key N
 *   type TEXT       characters, as keys        key NAME        Up, Down, Left, Right, Return ...
 *   move X,Y        the mouse                  wheel N         up (or, negative, down)
 *   click X,Y       press and release          stroke X,Y-X,Y  press, move in steps, release
 *   erase X,Y-X,Y   the same, right button     drop FILE       drops a file
 *   settle          until all is answered and drawn
 *   steps N         until the run has done N   finish          until it has done all
 *   do COMMAND      a : line                   shot FILE       a screenshot
 *   frames N        time of a whole frame      paint N         N dabs: time to the reconstruction
 *   rest SECONDS    idle: processor time       random SECONDS SEED   events at random
 *   close, open     the window
 *
 * Numbers are printed; the exit status is 1 when something that was waited for did not come.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <SDL.h>

#include "base/memory.h"
#include "base/random.h"
#include "run/run.h"
#include "ui/window/window.h"
#include "ui/window/window_private.h"

enum { PATIENCE = 600, STROKE_STEPS = 12, MEGABYTE = 1 << 20 };

struct stage {
    struct run *run;
    struct log *log;
    struct keymap *keymap;
    struct ui_model model;
    struct window *window;
};

static bool send_to_run(void *context, const struct command *command)
{
    return run_send(context, command);
}

static void ask_run(void *context, const struct question *question)
{
    run_ask(context, question);
}

/* One round of the program's loop. */
static bool turn(struct stage *stage)
{
    struct ui_model *model = &stage->model;
    ui_model_take(model, run_snapshot(stage->run));
    model->answer = run_answer(stage->run);
    if (stage->window && !model->want_window) {
        window_free(stage->window);
        stage->window = NULL;
    } else if (!stage->window && model->want_window) {
        struct error error;
        stage->window = window_new(model, stage->keymap, &error);
        if (!stage->window) {
            printf("no window: %s\n", error.message);
            model->want_window = false;
        }
    }
    if (!stage->window)
        return false;
    window_input(stage->window);
    return window_draw(stage->window);
}

static void pause_for(double seconds)
{
    struct timespec time = {(time_t)seconds, (long)((seconds - floor(seconds)) * 1e9)};
    nanosleep(&time, NULL);
}

static bool wait_for(struct stage *stage, bool (*done)(struct stage *stage, int64_t number),
                     int64_t number)
{
    double start = ui_now();
    while (ui_now() - start < PATIENCE) {
        bool moving = turn(stage);
        if (!moving && done(stage, number))
            return true;
        pause_for(0.005);
    }
    printf("waited in vain\n");
    return false;
}

static bool has_steps(struct stage *stage, int64_t steps)
{
    return stage->model.snapshot->step >= steps;
}

static bool is_finished(struct stage *stage, int64_t number)
{
    (void)number;
    return stage->model.snapshot->state == RUN_FINISHED && stage->model.snapshot->gallery.step >= 0;
}

static bool is_settled(struct stage *stage, int64_t number)
{
    (void)number;
    if (stage->window)
        stage->window->dirty = true;
    return stage->model.snapshot->gallery.step >= 0 && stage->model.sent_count == 0;
}

static void push_text(char character)
{
    SDL_Event event = {.text = {.type = SDL_TEXTINPUT, .text = {character}}};
    SDL_PushEvent(&event);
}

static void push_motion(float x, float y)
{
    SDL_Event event = {.motion = {.type = SDL_MOUSEMOTION, .x = (int)x, .y = (int)y}};
    SDL_PushEvent(&event);
}

static void push_button(uint32_t type, uint8_t button, float x, float y)
{
    SDL_Event event = {.button = {.type = type, .button = button, .x = (int)x, .y = (int)y}};
    SDL_PushEvent(&event);
}

static void push_wheel(float amount)
{
    SDL_Event event = {.wheel = {.type = SDL_MOUSEWHEEL, .preciseY = amount}};
    SDL_PushEvent(&event);
}

static void push_drop(const char *path)
{
    SDL_Event event = {.drop = {.type = SDL_DROPFILE, .file = SDL_strdup(path)}};
    /* Without a window there is no one to free the name. */
    if (SDL_PushEvent(&event) <= 0)
        SDL_free(event.drop.file); /* NOLINT(clang-analyzer-unix.Malloc): else its reader does */
}

static void stroke(struct stage *stage, const char *path, uint8_t button)
{
    float x0, y0, x1, y1;
    if (sscanf(path, "%f,%f-%f,%f", &x0, &y0, &x1, &y1) != 4)
        return;
    push_motion(x0, y0);
    push_button(SDL_MOUSEBUTTONDOWN, button, x0, y0);
    for (int i = 1; i <= STROKE_STEPS; i++) {
        push_motion(x0 + (x1 - x0) * (float)i / STROKE_STEPS,
                    y0 + (y1 - y0) * (float)i / STROKE_STEPS);
        turn(stage);
    }
    push_button(SDL_MOUSEBUTTONUP, button, x1, y1);
    turn(stage);
}

static void time_frames(struct stage *stage, int frames)
{
    double worst = 0, sum = 0;
    for (int i = 0; i < frames; i++) {
        ui_model_take(&stage->model, run_snapshot(stage->run));
        stage->model.answer = run_answer(stage->run);
        stage->window->dirty = true;
        double start = ui_now();
        window_input(stage->window);
        window_draw(stage->window);
        double seconds = ui_now() - start;
        sum += seconds;
        worst = fmax(worst, seconds);
        pause_for(0.02);
    }
    printf("view %d: %.2f ms a frame on average, %.2f ms at worst, %d frames\n",
           stage->window->view + 1, 1e3 * sum / frames, 1e3 * worst, frames);
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* From the press of the button to the frame that shows the answer, as the program's loop does it.
 */
static bool time_paint(struct stage *stage, int dabs)
{
    double *seconds = memory_new((size_t)dabs, sizeof *seconds, NULL);
    for (int i = 0; seconds && i < dabs; i++) {
        float x = 60 + (float)(i * 37 % 200), y = 120 + (float)(i * 53 % 200);
        double start = ui_now();
        push_motion(x, y);
        push_button(SDL_MOUSEBUTTONDOWN, i % 2 ? SDL_BUTTON_RIGHT : SDL_BUTTON_LEFT, x, y);
        push_button(SDL_MOUSEBUTTONUP, i % 2 ? SDL_BUTTON_RIGHT : SDL_BUTTON_LEFT, x, y);
        uint64_t before = stage->model.questions;
        do {
            turn(stage);
            bool answered = stage->model.answer->number >= stage->model.questions;
            if (stage->model.questions == before || answered)
                break;
            pause_for(0.001);
        } while (ui_now() - start < PATIENCE);
        turn(stage);
        seconds[i] = stage->model.questions == before ? 0 : ui_now() - start;
        pause_for(0.05);
    }
    if (!seconds)
        return false;
    qsort(seconds, (size_t)dabs, sizeof *seconds, compare_doubles);
    printf("paint to reconstruction: median %.1f ms, 95%% %.1f ms, worst %.1f ms, %d dabs\n",
           1e3 * seconds[dabs / 2], 1e3 * seconds[dabs * 95 / 100], 1e3 * seconds[dabs - 1], dabs);
    free(seconds);
    return true;
}

/* Processor seconds of the calling thread, which draws. */
static double thread_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void rest(struct stage *stage, double seconds)
{
    double start = ui_now(), before = thread_seconds();
    while (ui_now() - start < seconds)
        pause_for(turn(stage) ? 0.016 : 0.033);
    printf("resting: %.2f%% of a core in the window's thread over %.0f s\n",
           100 * (thread_seconds() - before) / (ui_now() - start), seconds);
}

static double resident_megabytes(void)
{
    long pages = 0;
    FILE *stream = fopen("/proc/self/statm", "r");
    if (stream && fscanf(stream, "%*d %ld", &pages) != 1)
        pages = 0;
    if (stream)
        fclose(stream);
    return (double)pages * 4096 / MEGABYTE;
}

static void push_random(struct random *random, const char *const *files, int file_count)
{
    static const char characters[] = "12345678[]{}jknpmaL0fS.? cEwMGghdt>< ";
    static const SDL_Keycode keys[] = {SDLK_UP,     SDLK_DOWN,   SDLK_LEFT,    SDLK_RIGHT,
                                       SDLK_PAGEUP, SDLK_TAB,    SDLK_F1,      SDLK_HOME,
                                       SDLK_END,    SDLK_RETURN, SDLK_PAGEDOWN};
    static const uint8_t window_events[] = {SDL_WINDOWEVENT_LEAVE, SDL_WINDOWEVENT_MINIMIZED,
                                            SDL_WINDOWEVENT_RESTORED, SDL_WINDOWEVENT_EXPOSED};
    float x = (float)random_below(random, 1400) - 50, y = (float)random_below(random, 900) - 50;
    SDL_Event event = {0};
    switch (random_below(random, 12)) {
    case 0:
        push_text(characters[random_below(random, sizeof characters - 1)]);
        break;
    case 1:
        event.type = SDL_KEYDOWN;
        event.key.keysym.sym = keys[random_below(random, sizeof keys / sizeof keys[0])];
        SDL_PushEvent(&event);
        break;
    case 2:
        push_wheel((float)random_below(random, 5) - 2);
        break;
    case 3:
    case 4:
    case 5:
        push_button(random_below(random, 2) ? SDL_MOUSEBUTTONDOWN : SDL_MOUSEBUTTONUP,
                    random_below(random, 4) ? SDL_BUTTON_LEFT : SDL_BUTTON_RIGHT, x, y);
        break;
    case 6:
        event.type = SDL_WINDOWEVENT;
        event.window.event = window_events[random_below(random, sizeof window_events)];
        SDL_PushEvent(&event);
        break;
    case 7:
        if (file_count > 0 && random_below(random, 20) == 0)
            push_drop(files[random_below(random, (uint32_t)file_count)]);
        break;
    default:
        push_motion(x, y);
    }
}

/* Events at random, the window closed and opened now and then; training must go on. */
static void pester(struct stage *stage, double seconds, uint64_t seed)
{
    static const char *const files[] = {"/etc/passwd", "/nowhere/x.png", "."};
    struct random random = random_begin(seed, RANDOM_ORDER, 0, 0);
    double start = ui_now(), first = 0, told = 0;
    long events = 0, closed = 0;
    while (ui_now() - start < seconds) {
        for (uint32_t i = random_below(&random, 8); i > 0; i--, events++)
            push_random(&random, files, sizeof files / sizeof files[0]);
        if (stage->window && random_below(&random, 400) == 0)
            SDL_SetWindowSize(stage->window->handle, (int)random_below(&random, 2200) + 1,
                              (int)random_below(&random, 1400) + 1);
        turn(stage);
        stage->model.screenshot[0] = '\0'; /* S asks for one */
        if (!stage->window) {
            closed++;
            stage->model.want_window = true;
        }
        if (stage->model.snapshot->state == RUN_PAUSED && random_below(&random, 20) == 0)
            run_send(stage->run, &(struct command){.kind = COMMAND_GO_ON});
        if (ui_now() - told > 60) {
            told = ui_now();
            first = first > 0 ? first : resident_megabytes();
            printf("%.0f s: step %lld, %ld events, closed %ld times, %.1f MB resident\n",
                   told - start, (long long)stage->model.snapshot->step, events, closed,
                   resident_megabytes());
            fflush(stdout);
        }
    }
    printf("%ld events in %.0f s, closed and opened %ld times, step %lld, %.1f MB, at first %.1f\n",
           events, seconds, closed, (long long)stage->model.snapshot->step, resident_megabytes(),
           first);
}

static void shoot(struct stage *stage, const char *path)
{
    if (!stage->window)
        return;
    stage->model.status_until = 0; /* what was said last is not part of the picture */
    stage->window->dirty = true;
    window_draw(stage->window);
    text_copy(stage->model.screenshot, sizeof stage->model.screenshot, path);
    window_draw(stage->window);
    printf("%s\n", stage->model.status);
    stage->model.status_until = 0;
}

/* Commands with one word behind them; false: none of these. */
static bool perform_word(struct stage *stage, const char *name, const char *word, bool *good)
{
    float x = 0, y = 0;
    int width = 0, height = 0;
    sscanf(word, "%f,%f", &x, &y);
    if (!strcmp(name, "size") && sscanf(word, "%dx%d", &width, &height) == 2) {
        if (stage->window)
            SDL_SetWindowSize(stage->window->handle, width, height);
    } else if (!strcmp(name, "view")) {
        push_text(word[0]);
    } else if (!strcmp(name, "type")) {
        for (; *word; word++)
            push_text(*word);
    } else if (!strcmp(name, "key")) {
        SDL_Event event = {.key = {.type = SDL_KEYDOWN}};
        event.key.keysym.sym = SDL_GetKeyFromName(word);
        SDL_PushEvent(&event);
    } else if (!strcmp(name, "move")) {
        push_motion(x, y);
    } else if (!strcmp(name, "wheel")) {
        push_wheel((float)atof(word));
    } else if (!strcmp(name, "click")) {
        push_motion(x, y);
        push_button(SDL_MOUSEBUTTONDOWN, SDL_BUTTON_LEFT, x, y);
        push_button(SDL_MOUSEBUTTONUP, SDL_BUTTON_LEFT, x, y);
    } else if (!strcmp(name, "stroke") || !strcmp(name, "erase")) {
        stroke(stage, word, name[0] == 's' ? SDL_BUTTON_LEFT : SDL_BUTTON_RIGHT);
    } else if (!strcmp(name, "drop")) {
        push_drop(word);
    } else if (!strcmp(name, "steps")) {
        *good = wait_for(stage, has_steps, atoll(word));
    } else if (!strcmp(name, "do")) {
        enum action action;
        const char *argument;
        ui_command_line(&stage->model, word, &action, &argument);
    } else if (!strcmp(name, "shot")) {
        shoot(stage, word);
    } else if (!strcmp(name, "frames")) {
        time_frames(stage, atoi(word));
    } else if (!strcmp(name, "paint")) {
        *good = time_paint(stage, atoi(word));
    } else if (!strcmp(name, "rest")) {
        rest(stage, atof(word));
    } else {
        return false;
    }
    turn(stage);
    return true;
}

static bool play(struct stage *stage, int count, char **words)
{
    bool good = true;
    for (int i = 0; good && i < count; i++) {
        const char *next = i + 1 < count ? words[i + 1] : "";
        if (!strcmp(words[i], "settle"))
            good = wait_for(stage, is_settled, 0);
        else if (!strcmp(words[i], "finish"))
            good = wait_for(stage, is_finished, 0);
        else if (!strcmp(words[i], "close") || !strcmp(words[i], "open"))
            stage->model.want_window = words[i][0] == 'o';
        else if (!strcmp(words[i], "random") && i + 2 < count) {
            pester(stage, atof(next), (uint64_t)atoll(words[i + 2]));
            i += 2;
        } else if (perform_word(stage, words[i], next, &good))
            i++;
        else {
            printf("%s: no such command\n", words[i]);
            return false;
        }
    }
    return good;
}

static bool start(struct stage *stage, bool resume, const char *what, const char *const *sets,
                  int set_count, struct error *error)
{
    struct run_options options = {.pictures = true, .stay = true};
    struct config config;
    if (resume) {
        stage->run = run_resume(what, &options, sets, set_count, stage->log, error);
        return stage->run;
    }
    if (!config_defaults(&config, NULL))
        abort();
    if (!config_read_file(&config, what, ORIGIN_FILE, NULL, error))
        return false;
    for (int i = 0; i < set_count; i++) {
        char name[64];
        const char *value = strchr(sets[i], '=');
        snprintf(name, sizeof name, "%.*s", value ? (int)(value - sets[i]) : 0, sets[i]);
        if (!value || !config_assign(&config, name, value + 1, ORIGIN_COMMAND_LINE, NULL, error))
            return false;
    }
    stage->run = run_start(&config, &options, stage->log, error);
    return stage->run;
}

int main(int count, char **arguments)
{
    enum { SETS = 32 };
    const char *sets[SETS];
    struct error error = {0};
    struct stage *stage = memory_new(1, sizeof *stage, &error);
    int at = 3, set_count = 0;
    if (count < 3 || !stage) {
        fprintf(stderr, "see the top of tests/ui/window_stage.c\n");
        return ERROR_USAGE;
    }
    for (; at + 1 < count && !strcmp(arguments[at], "--set") && set_count < SETS; at += 2)
        sets[set_count++] = arguments[at + 1];
    stage->log = log_new(&error);
    stage->keymap = keymap_new(&error);
    if (!stage->log || !stage->keymap ||
        !start(stage, !strcmp(arguments[1], "resume"), arguments[2], sets, set_count, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    ui_model_init(&stage->model, stage->log);
    stage->model.send = send_to_run;
    stage->model.ask = ask_run;
    stage->model.send_context = stage->run;
    stage->model.want_window = true;
    turn(stage);
    bool good = play(stage, count - at, arguments + at);
    run_send(stage->run, &(struct command){.kind = COMMAND_STOP});
    window_free(stage->window);
    run_join(stage->run, NULL);
    run_free(stage->run);
    keymap_free(stage->keymap);
    log_free(stage->log);
    free(stage);
    return good ? 0 : 1;
}
