#include "ui/panel/input.h"

#include <curses.h>
#include <stddef.h>

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

static struct input read_mouse(void)
{
    MEVENT event;
    struct input input = {.kind = INPUT_OTHER};
    if (getmouse(&event) != OK)
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

static struct input character(wint_t key)
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
        return key_input(KEY_CODE_ESCAPE, false);
    default:
        break;
    }
    if (key >= 1 && key <= 26)
        return key_input('a' + (uint32_t)key - 1, true);
    return key < ' ' ? (struct input){.kind = INPUT_OTHER} : key_input((uint32_t)key, false);
}

struct input input_read(void)
{
    wint_t key;
    int kind = get_wch(&key);
    if (kind == KEY_CODE_YES)
        return function_key(key);
    return kind == OK ? character(key) : (struct input){.kind = INPUT_NONE};
}
