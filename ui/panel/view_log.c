/* The log: follows the newest line until one scrolls up; filtered by text and by level. */
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "ui/panel/format.h"
#include "ui/panel/view.h"

enum { TIME_COLUMNS = 9, LEVEL_COLUMNS = 8, LEAST_PREFIX_WIDTH = 44 };

struct log_state {
    char filter[FILTER_SIZE], applied[FILTER_SIZE];
    enum log_level level, applied_level;
    bool scrolled; /* away from the newest line */
    int last;      /* the lowest line shown, index into matching[] */
    size_t count;  /* of lines */
    int matches;
    int matching[LOG_RING_LINES];
    struct log_line lines[LOG_RING_LINES]; /* oldest first */
};

/* Makes room for `incoming` new lines behind the others. */
static void drop_oldest(struct log_state *log, size_t incoming)
{
    if (log->count + incoming <= LOG_RING_LINES)
        return;
    size_t dropped = log->count + incoming - LOG_RING_LINES;
    log->count -= dropped;
    memmove(log->lines, log->lines + dropped, log->count * sizeof log->lines[0]);
}

/* Selects by level and filter; line number `kept`, or the one before it, stays the lowest shown. */
static void select_lines(struct log_state *log, uint64_t kept)
{
    log->matches = 0;
    int last = 0;
    for (size_t i = 0; i < log->count; i++) {
        if (log->lines[i].level < log->level || !list_matches(log->lines[i].text, log->filter))
            continue;
        if (log->lines[i].number <= kept)
            last = log->matches;
        log->matching[log->matches++] = (int)i;
    }
    log->last = last;
    memcpy(log->applied, log->filter, sizeof log->applied);
    log->applied_level = log->level;
}

/* Takes over what was logged since. */
static void refresh(struct log_state *log, const struct frame *frame)
{
    struct log *source = frame->model->log;
    uint64_t newest = source ? log_newest(source) : 0;
    uint64_t known = log->count > 0 ? log->lines[log->count - 1].number : 0;
    uint64_t kept = log->matches > 0 ? log->lines[log->matching[log->last]].number : 0;
    bool changed = strcmp(log->filter, log->applied) != 0 || log->level != log->applied_level;
    if (newest > known) {
        uint64_t fresh = newest - known;
        size_t incoming = fresh > LOG_RING_LINES ? LOG_RING_LINES : (size_t)fresh;
        drop_oldest(log, incoming);
        log->count += log_read(source, newest - incoming, log->lines + log->count, incoming);
    }
    if (newest > known || changed)
        select_lines(log, kept);
    if (!log->scrolled)
        log->last = log->matches - 1;
}

static enum role level_role(enum log_level level)
{
    static const enum role roles[] = {[LOG_DEBUG] = ROLE_DIM,
                                      [LOG_INFO] = ROLE_TEXT,
                                      [LOG_WARNING] = ROLE_WARNING,
                                      [LOG_ERROR] = ROLE_ERROR};
    return roles[level];
}

static int prefix_columns(const struct frame *frame)
{
    return frame->area.width >= LEAST_PREFIX_WIDTH ? TIME_COLUMNS + LEVEL_COLUMNS : 0;
}

static int rows_of(const struct log_line *line, int width)
{
    int rows = 0;
    const char *text = line->text;
    do {
        text += text_break(text, width);
        rows++;
    } while (*text && width > 0);
    return rows;
}

/* Draws a line whose first row is `row`, which may lie above the area. */
static void draw_line_text(const struct frame *frame, const struct log_line *line, int row,
                           int last_row)
{
    int prefix = prefix_columns(frame), width = frame->area.width - prefix;
    enum role role = level_role(line->level);
    time_t seconds = (time_t)line->time;
    struct tm local;
    char clock[TIME_COLUMNS];
    localtime_r(&seconds, &local);
    strftime(clock, sizeof clock, "%H:%M:%S", &local);
    if (prefix > 0) {
        draw_text(frame->screen, &frame->area, row, 0, ROLE_DIM, clock);
        draw_text(frame->screen, &frame->area, row, TIME_COLUMNS, role,
                  log_level_name(line->level));
    }
    const char *text = line->text;
    while (*text && row <= last_row) {
        size_t length = text_break(text, width);
        char part[LOG_LINE_SIZE];
        memcpy(part, text, length);
        part[length] = '\0';
        draw_text(frame->screen, &frame->area, row++, prefix, role, part);
        text += length;
    }
}

static void draw_heading(const struct frame *frame, const struct log_state *log)
{
    static const char *const levels[] = {"everything", "everything", "warnings and errors",
                                         "errors"};
    int column = draw_text(frame->screen, &frame->area, 0, 0, ROLE_HEADING, levels[log->level]);
    if (log->filter[0])
        column = draw_format(frame->screen, &frame->area, 0, column, ROLE_TEXT, " with \"%s\"",
                             log->filter);
    column = draw_format(frame->screen, &frame->area, 0, column, ROLE_DIM, ", %d of %zu lines",
                         log->matches, log->count);
    if (log->scrolled)
        draw_text(frame->screen, &frame->area, 0, column, ROLE_WARNING,
                  ", not following (G: to the end)");
}

static void draw(void *state, const struct frame *frame)
{
    struct log_state *log = state;
    refresh(log, frame);
    draw_heading(frame, log);
    int top = frame->area.height > 3 ? 1 : 0, width = frame->area.width - prefix_columns(frame);
    struct frame below = *frame;
    below.area = area_rows(&frame->area, top, frame->area.height);
    if (log->matches == 0)
        draw_text(frame->screen, &below.area, 0, 0, ROLE_DIM,
                  log->count > 0 ? "no line matches" : "nothing logged yet");
    /* While everything fits the lines start at the top; else the last one stands at the bottom. */
    int used = 0, first = log->last + 1;
    while (first > 0 && used < below.area.height)
        used += rows_of(&log->lines[log->matching[--first]], width);
    int row = used < below.area.height ? 0 : below.area.height - used;
    for (int i = first; i <= log->last; i++) {
        const struct log_line *line = &log->lines[log->matching[i]];
        draw_line_text(&below, line, row, below.area.height - 1);
        row += rows_of(line, width);
    }
}

static bool act(void *state, const struct frame *frame, enum action action, const char *argument)
{
    (void)argument;
    struct log_state *log = state;
    if (action == ACTION_ENTER) {
        log->level = log->level == LOG_DEBUG ? LOG_WARNING : (log->level + 1) % LOG_LEVELS;
        return true;
    }
    int shown = frame->area.height - 1;
    struct list list = {.count = log->matches, .chosen = log->last};
    if (action == ACTION_FIRST) /* a full screen from the first line on */
        list.chosen = shown < log->matches ? shown - 1 : log->matches - 1;
    else if (!list_act(&list, action, shown))
        return false;
    log->last = list.chosen < 0 ? 0 : list.chosen;
    log->scrolled = log->last < log->matches - 1;
    return true;
}

static char *filter(void *state)
{
    struct log_state *log = state;
    return log->filter;
}

static const char *table(const void *state)
{
    (void)state;
    return "events";
}

const struct view panel_view_log = {
    .name = "log",
    .title = "Log",
    .hints = "page-down+page-up=page;last=follow;filter;enter=levels;note",
    .state_size = sizeof(struct log_state),
    .draw = draw,
    .act = act,
    .table = table,
    .filter = filter,
};
