/* Actions on what is shown and saved. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ui/export.h"
#include "ui/pending.h"
#include "ui/perform.h"
#include "ui/words.h"

enum { WORD_SIZE = 64, FIGURE_LEAST_MM = 60, FIGURE_USUAL_MM = 180, FIGURE_MOST_MM = 500 };

static bool show_images(struct ui_model *model, int direction)
{
    const struct gallery *gallery = &model->snapshot->gallery;
    if (gallery->held_out <= 0 || gallery->images <= 0) {
        ui_say(model, LOG_WARNING, "there are no images on display");
        return true;
    }
    int64_t first = model->show_sent >= 0 ? model->show_sent : gallery->first;
    first += (int64_t)direction * gallery->images;
    first = (first % gallery->held_out + gallery->held_out) % gallery->held_out;
    struct command command = {.kind = COMMAND_SHOW, .number = first};
    if (pending_send(model, &command)) {
        model->show_sent = first;
        ui_say(model, LOG_INFO, "held-out images from number %lld", (long long)first);
    }
    return true;
}

bool perform_image_next(struct ui_model *model, const char *argument)
{
    (void)argument;
    return show_images(model, 1);
}

bool perform_image_previous(struct ui_model *model, const char *argument)
{
    (void)argument;
    return show_images(model, -1);
}

bool perform_log_scale(struct ui_model *model, const char *argument)
{
    (void)argument;
    model->log_scale = !model->log_scale;
    return true;
}

bool perform_window(struct ui_model *model, const char *argument)
{
    (void)argument;
    model->want_window = !model->want_window;
    model->window_problem[0] = '\0';
    return true;
}

/* Where the step is shown is the face's. */
bool perform_goto_step(struct ui_model *model, const char *argument)
{
    int64_t step, done = model->snapshot->step;
    if (!text_to_integer(argument, &step) || step < 0 || step > done) {
        ui_say(model, LOG_WARNING, "goto-step: a step from 0 to %lld, the last one done",
               (long long)done);
        return true;
    }
    model->goto_step = step;
    model->goto_count++;
    return false;
}

static bool named_path(const char *argument, char *path, struct error *error)
{
    static const char suffix[] = ".png";
    size_t length = strlen(argument), ending = sizeof suffix - 1;
    if (!text_copy(path, FILE_PATH_SIZE, argument))
        error_set(error, ERROR_DATA, "that file name is too long");
    else if (length < ending || strcasecmp(argument + length - ending, suffix) != 0)
        error_set(error, ERROR_DATA, "'%.80s': the suffix must be %s", argument, suffix);
    else
        return true;
    path[0] = '\0'; /* nothing is to be saved */
    return false;
}

/* The file named, or one in the run's folder that says what it is and the step. */
static bool picture_path(const struct ui_model *model, const char *argument, const char *what,
                         char *path, struct error *error)
{
    if (argument[0])
        return named_path(argument, path, error);
    char folder[FILE_PATH_SIZE], name[64];
    snprintf(name, sizeof name, "%s-%08lld.png", what, (long long)model->snapshot->step);
    const char *run = model->snapshot->folder[0] ? model->snapshot->folder : ".";
    return file_join(folder, sizeof folder, run, "images", error) &&
           file_make_folder(folder, error) && file_join(path, FILE_PATH_SIZE, folder, name, error);
}

bool perform_screenshot(struct ui_model *model, const char *argument)
{
    struct error error;
    if (!model->window_open)
        ui_say(model, LOG_WARNING,
               "the window is not open (w opens it); :save-screen FILE saves the panel");
    else if (!picture_path(model, argument, "window", model->screenshot, &error))
        ui_say(model, LOG_WARNING, "%s", error.message);
    return true;
}

/* "FILE", "120mm", "FILE 120mm" or nothing: the file's name and the width. False: neither. */
static bool read_figure(const char *argument, char file[FILE_PATH_SIZE], double *width)
{
    const char *last = strrchr(argument, ' ');
    const char *word = last ? last + 1 : argument;
    char *end;
    double number = strtod(word, &end);
    bool sized = end > word && !strcmp(end, "mm");
    size_t length = sized ? (last ? (size_t)(last - argument) : 0) : strlen(argument);
    *width = sized ? number : FIGURE_USUAL_MM;
    snprintf(file, FILE_PATH_SIZE, "%.*s", (int)length, argument);
    return length < FILE_PATH_SIZE && *width >= FIGURE_LEAST_MM && *width <= FIGURE_MOST_MM;
}

bool perform_figure(struct ui_model *model, const char *argument)
{
    struct error error;
    char file[FILE_PATH_SIZE];
    if (!model->window_open)
        ui_say(model, LOG_WARNING, "the window is not open (w opens it)");
    else if (!read_figure(argument, file, &model->figure_width))
        ui_say(model, LOG_WARNING, "figure: [FILE] [WIDTHmm], %d to %d mm wide", FIGURE_LEAST_MM,
               FIGURE_MOST_MM);
    else if (!picture_path(model, file, "figure", model->figure, &error))
        ui_say(model, LOG_WARNING, "%s", error.message);
    return true;
}

bool perform_pixels(struct ui_model *model, const char *argument)
{
    int next = (model->config.show.pixels + 1) % PIXELS_DISPLAYS;
    const char *value = argument[0] ? argument : pixel_display_name(next);
    if (!model->snapshot->shape.norm_pix)
        ui_say(model, LOG_INFO, "this model predicts pixels as they are (model.norm_pix is false)");
    else if (pending_set(model, "show.pixels", value))
        ui_say(model, LOG_INFO, "%s",
               pixel_display_label((enum pixel_display)model->config.show.pixels));
    return true;
}

bool perform_save_screen(struct ui_model *model, const char *argument)
{
    if (!argument[0])
        ui_say(model, LOG_WARNING, "save-screen: FILE");
    else if (!text_copy(model->save_screen, sizeof model->save_screen, argument))
        ui_say(model, LOG_WARNING, "that file name is too long");
    return true;
}

bool perform_export(struct ui_model *model, const char *argument)
{
    struct error error;
    char table[WORD_SIZE] = "arms";
    const char *path = argument;
    if (!argument[0])
        return false;
    if (export_names_table(argument)) {
        word_next(&path, table, sizeof table);
        path += strspn(path, " \t");
    }
    if (export_record(model->snapshot, table, path, &error))
        ui_say(model, LOG_INFO, "saved the table '%s' of the run's record to %s", table, path);
    else
        ui_say(model, LOG_WARNING, "%s", error.message);
    return true;
}
