#include "ui/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ui/pending.h"

static const double status_seconds[] = {
    [LOG_DEBUG] = 4, [LOG_INFO] = 5, [LOG_WARNING] = 9, [LOG_ERROR] = 15};

double ui_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void ui_model_init(struct ui_model *model, struct log *log)
{
    *model = (struct ui_model){
        .log = log, .pause_sent = -1, .show_sent = -1, .log_scale = true, .for_panel = ACTION_NONE};
}

static int clamp(int value, int count)
{
    return value >= count ? (count > 0 ? count - 1 : 0) : value < 0 ? 0 : value;
}

void ui_model_take(struct ui_model *model, const struct snapshot *snapshot)
{
    model->snapshot = snapshot;
    model->arm = clamp(model->arm, snapshot->arm_count);
    model->image = clamp(model->image, snapshot->gallery.images);
    pending_settle(model);
}

void ui_say(struct ui_model *model, enum log_level level, const char *format, ...)
{
    char raw[sizeof model->status];
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    text_sanitize(model->status, sizeof model->status, raw);
    model->status_level = level;
    model->status_until = ui_now() + status_seconds[level];
    if (level >= LOG_WARNING)
        log_write(model->log, level, "%s", model->status);
}

const struct snapshot_arm *ui_chosen_arm(const struct ui_model *model)
{
    return &model->snapshot->arms[model->arm];
}
