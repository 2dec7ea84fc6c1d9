#include "ui/panel/chart_events.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/panel/format.h"

enum { LABEL_ROW = 2, LABEL_LEAST = 7, LABEL_MOST = 40, LABEL_GAP = 1, MORE_SIZE = 16 };

/* The column that an event is marked in, -1: none. */
static int column_of(const struct range *steps, int width, const struct snapshot_event *event)
{
    double position = range_position(steps, false, (double)event->step);
    double column = round(position * (width - 1));
    return event_is_turn(event) && column >= 0 && column < width ? (int)column : -1;
}

bool chart_events_any(const struct range *steps, const struct snapshot_event *events, int count)
{
    enum { ANY_WIDTH = 1000 };
    bool any = false;
    for (int i = 0; i < count; i++)
        any |= column_of(steps, ANY_WIDTH, &events[i]) >= 0;
    return any;
}

/* How many of the events before number `i` are marked in its column. */
static int others_there(const struct range *steps, int width, const struct snapshot_event *events,
                        int i)
{
    int others = 0, column = column_of(steps, width, &events[i]);
    for (int other = 0; other < i; other++)
        others += column_of(steps, width, &events[other]) == column;
    return others;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* A label from below its mark to before the column `taken`, or flush right at the area's end;
 * returns where it begins, `taken` if there is no room. */
static int draw_label(const struct screen *screen, const struct area *axis, int column, int taken,
                      const struct snapshot_event *event, int others)
{
    char label[EVENT_WORDS_SIZE], text[EVENT_WORDS_SIZE], more[MORE_SIZE] = "";
    event_label(label, event);
    if (others > 0)
        snprintf(more, sizeof more, " +%d", others);
    int whole = smaller(text_width(label) + text_width(more), smaller(LABEL_MOST, axis->width / 3));
    bool last = taken > axis->width;
    int start = last ? smaller(column, axis->width - whole) : column;
    int room = smaller(whole, taken - LABEL_GAP - start);
    if (room < smaller(whole, LABEL_LEAST))
        return taken;
    text_fit(text, sizeof text, label, room - text_width(more),
             FIT_ELLIPSIS | (screen->utf8 ? 0 : FIT_ASCII));
    int end = draw_text(screen, axis, LABEL_ROW, start, ROLE_TEXT, text);
    draw_text(screen, axis, LABEL_ROW, end, ROLE_DIM, more);
    return start;
}

void chart_events_draw(const struct screen *screen, const struct area *axis,
                       const struct range *steps, const struct snapshot_event *events, int count)
{
    int taken = axis->width + LABEL_GAP, last = -1;
    for (int i = count; i-- > 0;) {
        int column = column_of(steps, axis->width, &events[i]);
        if (column < 0 || column == last)
            continue;
        draw_text(screen, axis, 0, column, ROLE_KEY, screen->rich ? "\u25b2" : "^");
        if (axis->height > LABEL_ROW)
            taken = draw_label(screen, axis, column, taken, &events[i],
                               others_there(steps, axis->width, events, i));
        last = column;
    }
}

bool chart_events_tell(const struct range *steps, int width, const struct snapshot_event *events,
                       int count, int column, char out[EVENT_WORDS_SIZE])
{
    struct text told = {0};
    for (int i = 0; i < count; i++) {
        int there = column_of(steps, width, &events[i]);
        if (there < 0 || abs(there - column) > 1)
            continue;
        char step[NUMBER_SIZE], sentence[EVENT_WORDS_SIZE];
        text_from_grouped(step, events[i].step);
        event_sentence(sentence, &events[i]);
        text_append(&told, "%sstep %s: %s", told.length ? "; " : "", step, sentence);
    }
    bool any = told.length > 0;
    text_copy(out, EVENT_WORDS_SIZE, text_of(&told));
    text_release(&told);
    return any;
}
