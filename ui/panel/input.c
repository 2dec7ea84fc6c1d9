#include "ui/panel/input.h"

#include <curses.h>
#include <stddef.h>
#include <string.h>

#include "base/memory.h"

static const struct {
    wint_t curses;
    uint32_t code;
} function_keys[] = {
    {KEY_UP, KEY_CODE_UP},
    {KEY_DOWN, KEY_CODE_DOWN},
    {KEY_LEFT, KEY_CODE_LEFT},
    {KEY_RIGHT, KEY_CODE_RIGHT},
    {KEY_HOME, KEY_CODE_HOME},
    {KEY_END, KEY_CODE_END},
    {KEY_NPAGE, KEY_CODE_PAGE_DOWN},
    {KEY_PPAGE, KEY_CODE_PAGE_UP},
    {KEY_ENTER, KEY_CODE_ENTER},
    {KEY_BTAB, KEY_CODE_BACK_TAB},
    {KEY_BACKSPACE, KEY_CODE_BACKSPACE},
    {KEY_DC, KEY_CODE_DELETE},
    {KEY_IC, KEY_CODE_INSERT},
};

static struct input key_input(uint32_t code, bool control)
{
    return (struct input){.kind = INPUT_KEY, .key = {code, control}};
}

/* Curses forgets to join a press and its release when a key follows at once, and of what is left
 * hands out the newest first: this is the oldest, and the others will come. */
static bool oldest_event(MEVENT *event)
{
    enum { MOST = 16 };
    MEVENT events[MOST];
    int count = 0;
    while (count < MOST && getmouse(&events[count]) == OK)
        count++;
    for (int i = 0; i + 1 < count; i++)
        ungetmouse(&events[i]);
    if (count > 0)
        *event = events[count - 1];
    return count > 0;
}

static struct input read_mouse(void)
{
    MEVENT event;
    struct input input = {.kind = INPUT_OTHER};
    if (!oldest_event(&event))
        return input;
    input.row = event.y;
    input.column = event.x;
    /* A press and a release read at once are one click. */
    input.released = event.bstate & BUTTON1_CLICKED;
    if (event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED))
        input.kind = INPUT_CLICK;
    else if (event.bstate & BUTTON1_RELEASED)
        input.kind = INPUT_RELEASE;
    else if (event.bstate & BUTTON4_PRESSED)
        input.kind = INPUT_WHEEL_UP;
    else if (event.bstate & BUTTON5_PRESSED)
        input.kind = INPUT_WHEEL_DOWN;
    return input;
}

static struct input function_key(wint_t key)
{
    if (key == KEY_MOUSE)
        return read_mouse();
    for (size_t i = 0; i < ARRAY_LENGTH(function_keys); i++)
        if (function_keys[i].curses == key)
            return key_input(function_keys[i].code, false);
    if (key >= KEY_F(1) && key <= KEY_F(12))
        return key_input(KEY_CODE_F1 + (uint32_t)(key - KEY_F(1)), false);
    return (struct input){.kind = INPUT_OTHER};
}

/* The Escape key, or the start of a sequence that curses does not know: then the byte after it has
 * come along with it. */
static struct input escape(struct input_reader *reader)
{
    wint_t next;
    int kind = get_wch(&next);
    reader->sequence = kind == OK && (next == '[' || next == 'O');
    reader->wanted = next == 'O';
    if (kind == OK && !reader->sequence)
        unget_wch((wchar_t)next);
    else if (kind == KEY_CODE_YES)
        ungetch((int)next);
    return key_input(KEY_CODE_ESCAPE, false);
}

void input_set_patience(enum input_patience patience)
{
    static const int milliseconds[] = {
        [PATIENCE_KEYS] = 75, [PATIENCE_LINE] = 250, [PATIENCE_PASTE] = 1000};
    set_escdelay(milliseconds[patience]);
}

static struct input end_sequence(struct input_reader *reader)
{
    enum input_kind kind = !strcmp(reader->text, "200~")   ? INPUT_PASTE_BEGIN
                           : !strcmp(reader->text, "201~") ? INPUT_PASTE_END
                                                           : INPUT_OTHER;
    *reader = (struct input_reader){0};
    if (kind == INPUT_PASTE_BEGIN)
        input_set_patience(PATIENCE_PASTE);
    return (struct input){.kind = kind};
}

/* What cannot be of a sequence ends it, and is read anew. */
static struct input break_sequence(struct input_reader *reader, int kind, wint_t key)
{
    if (kind == KEY_CODE_YES)
        ungetch((int)key);
    else
        unget_wch((wchar_t)key);
    return end_sequence(reader);
}

/* One more byte: after "ESC [" parameters up to a final byte (ECMA-48, 5.4), of a mouse's report
 * three bytes more; after "ESC O" just one. */
static struct input continue_sequence(struct input_reader *reader, int kind, wint_t key)
{
    enum { REPORT_BYTES = 3 };
    bool full = reader->length == INPUT_SEQUENCE_SIZE - 1;
    if (kind != OK || key < ' ' || full)
        return break_sequence(reader, kind, key);
    reader->text[reader->length++] = key <= '~' ? (char)key : '?';
    bool ended;
    if (reader->wanted > 0) {
        ended = --reader->wanted == 0;
    } else {
        reader->wanted = strcmp(reader->text, "M") ? 0 : REPORT_BYTES;
        ended = reader->wanted == 0 && key >= '@';
    }
    return ended ? end_sequence(reader) : (struct input){.kind = INPUT_NONE};
}

static struct input character(struct input_reader *reader, wint_t key)
{
    enum { ESCAPE = 27, DELETE = 127 };
    switch (key) {
    case '\t':
        return key_input(KEY_CODE_TAB, false);
    case '\r':
    case '\n':
        return key_input(KEY_CODE_ENTER, false);
    case '\b':
    case DELETE:
        return key_input(KEY_CODE_BACKSPACE, false);
    case ESCAPE:
        return escape(reader);
    default:
        break;
    }
    if (key >= 1 && key <= 26)
        return key_input('a' + (uint32_t)key - 1, true);
    if (key < ' ')
        return (struct input){.kind = INPUT_OTHER};
    return key_input((uint32_t)key, false);
}

struct input input_read(struct input_reader *reader)
{
    wint_t key;
    for (int kind; (kind = get_wch(&key)) != ERR;) {
        struct input input = reader->sequence       ? continue_sequence(reader, kind, key)
                             : kind == KEY_CODE_YES ? function_key(key)
                                                    : character(reader, key);
        if (!reader->sequence)
            return input;
    }
    return (struct input){.kind = INPUT_NONE};
}
