/* Shows the window without a trainer, on a made-up run: to look at it, to photograph it, to time
 * it.
 *
 *   window_fixture [--size WxH] [--view N] [--screenshot FILE] [--images N] [--arms N] [--pixels N]
 *                  [--patch N] [--points N] [--log] [--empty] [--long-names] [--mouse X,Y] [--wheel
 * N]
 *                  [--folder DIR] [--seconds N] [--frames N] [--live]
 *
 * The run is drawn by the counter-based generator, so it is the same everywhere; with --folder the
 * pictures are the first images of that folder. Predictions are blurred originals. --frames prints
 * how long a frame takes, --live moves the run on ten times a second.
 */
#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <SDL.h>

#include "base/memory.h"
#include "base/random.h"
#include "tests/ui/made_up_run.h"
#include "ui/window/window.h"

struct options {
    int width, height, view, wheel, frames;
    double seconds;
    const char *screenshot;
    float mouse_x, mouse_y;
    bool log_scale, live, help;
    struct made_up_run run;
};

static bool parse(int count, char **arguments, struct options *options)
{
    for (int i = 1; i < count; i++) {
        const char *name = arguments[i];
        const char *value = i + 1 < count ? arguments[i + 1] : "";
        struct made_up_run *run = &options->run;
        i++; /* undone for the options without a value */
        if (!strcmp(name, "--size"))
            sscanf(value, "%dx%d", &options->width, &options->height);
        else if (!strcmp(name, "--view"))
            options->view = atoi(value);
        else if (!strcmp(name, "--screenshot"))
            options->screenshot = value;
        else if (!strcmp(name, "--images"))
            run->images = atoi(value);
        else if (!strcmp(name, "--arms"))
            run->arms = atoi(value);
        else if (!strcmp(name, "--pixels"))
            run->pixels = atoi(value);
        else if (!strcmp(name, "--patch"))
            run->patch = atoi(value);
        else if (!strcmp(name, "--points"))
            run->points = atoi(value);
        else if (!strcmp(name, "--folder"))
            run->folder = value;
        else if (!strcmp(name, "--mouse"))
            sscanf(value, "%f,%f", &options->mouse_x, &options->mouse_y);
        else if (!strcmp(name, "--wheel"))
            options->wheel = atoi(value);
        else if (!strcmp(name, "--seconds"))
            options->seconds = atof(value);
        else if (!strcmp(name, "--frames"))
            options->frames = atoi(value);
        else {
            i--;
            if (!strcmp(name, "--log"))
                options->log_scale = true;
            else if (!strcmp(name, "--empty"))
                run->empty = true;
            else if (!strcmp(name, "--long-names"))
                run->long_names = true;
            else if (!strcmp(name, "--live"))
                options->live = true;
            else if (!strcmp(name, "--help-screen"))
                options->help = true;
            else
                return false;
        }
    }
    return true;
}

static bool send(void *context, const struct command *command)
{
    (void)context;
    printf("command: %s %s %s %" PRId64 "\n", command_kind_name(command->kind), command->name,
           command->value, command->number);
    return true;
}

static void push_text(const char *text)
{
    SDL_Event event = {.text = {.type = SDL_TEXTINPUT}};
    snprintf(event.text.text, sizeof event.text.text, "%s", text);
    SDL_PushEvent(&event);
}

static void push_mouse(const struct options *options)
{
    if (options->mouse_x <= 0)
        return;
    SDL_Event move = {.motion = {.type = SDL_MOUSEMOTION}};
    move.motion.x = (int)options->mouse_x;
    move.motion.y = (int)options->mouse_y;
    SDL_PushEvent(&move);
    for (int i = 0; i < abs(options->wheel); i++) {
        SDL_Event wheel = {.wheel = {.type = SDL_MOUSEWHEEL}};
        wheel.wheel.preciseY = options->wheel > 0 ? 1 : -1;
        SDL_PushEvent(&wheel);
    }
}

static void set_up(const struct options *options)
{
    char view[8];
    SDL_Window *window = SDL_GetWindowFromID(1);
    if (window && options->width > 0)
        SDL_SetWindowSize(window, options->width, options->height);
    snprintf(view, sizeof view, "%d", options->view);
    push_text(view);
    if (options->help)
        push_text("?");
    push_mouse(options);
}

static double now(void)
{
    return ui_now();
}

/* Milliseconds of a whole frame, drawn anew each time. */
static void time_frames(struct window *window, struct ui_model *model, int frames)
{
    struct snapshot *snapshot = (struct snapshot *)model->snapshot;
    double start = now();
    for (int i = 0; i < frames; i++) {
        model->image = i % 2; /* a change of what is chosen is drawn at once */
        snapshot->version++;
        snapshot->gallery.version++;
        window_input(window);
        window_draw(window);
    }
    printf("%.2f ms a frame, %d frames\n", 1e3 * (now() - start) / frames, frames);
}

static void pause_for(double seconds)
{
    struct timespec time = {0, (long)(seconds * 1e9)};
    nanosleep(&time, NULL);
}

static void loop(struct window **window, struct ui_model *model, struct keymap *keymap,
                 const struct options *options)
{
    double start = now(), moved = start;
    struct error error;
    while (!model->want_quit && (options->seconds <= 0 || now() - start < options->seconds)) {
        if (*window && !model->want_window) {
            window_free(*window);
            *window = NULL;
            printf("closed\n");
            if (options->seconds <= 0)
                return;
            pause_for(0.5);
            model->want_window = true;
            *window = window_new(model, keymap, &error);
            printf("%s\n", *window ? "reopened" : error.message);
            if (!*window)
                return;
        }
        if (options->live && now() - moved > 0.1) {
            moved = now();
            made_up_run_move((struct snapshot *)model->snapshot, &options->run);
        }
        if (*window) {
            window_input(*window);
            bool animating = window_draw(*window);
            pause_for(animating ? 0.016 : 0.03);
        }
    }
}

static void use(struct window **window, struct ui_model *model, struct keymap *keymap,
                const struct options *options)
{
    set_up(options);
    window_input(*window);
    if (options->screenshot) {
        text_copy(model->screenshot, sizeof model->screenshot, options->screenshot);
        window_draw(*window);
        model->status_until = 0;
        printf("%s\n", model->status);
    } else if (options->frames > 0) {
        window_draw(*window);
        time_frames(*window, model, options->frames);
    } else {
        loop(window, model, keymap, options);
    }
}

int main(int count, char **arguments)
{
    struct options options = {.width = 1280, .height = 800, .view = 1, .run = made_up_run_usual()};
    struct error error;
    if (!parse(count, arguments, &options)) {
        fprintf(stderr, "unknown option; see the top of tests/ui/window_fixture.c\n");
        return ERROR_USAGE;
    }
    struct log *log = log_new(&error);
    struct keymap *keymap = keymap_new(&error);
    struct snapshot *snapshot = made_up_run_new(&options.run, &error);
    struct ui_model *model = memory_new(1, sizeof *model, &error);
    struct window *window = NULL;
    bool good = log && keymap && snapshot && model;
    if (good) {
        ui_model_init(model, log);
        model->send = send;
        model->want_window = true;
        model->log_scale = options.log_scale;
        ui_model_take(model, snapshot);
        window = window_new(model, keymap, &error);
        good = window;
    }
    if (good)
        use(&window, model, keymap, &options);
    else
        fprintf(stderr, "%s\n", error.message);
    window_free(window);
    free(model);
    made_up_run_free(snapshot);
    keymap_free(keymap);
    log_free(log);
    return good ? 0 : (int)error.code;
}
