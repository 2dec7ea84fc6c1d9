/* What a person does: keys and the mouse, translated from curses. */
#ifndef MASKSCOPE_UI_PANEL_INPUT_H
#define MASKSCOPE_UI_PANEL_INPUT_H

#include <stdbool.h>

#include "ui/key.h"

enum input_kind {
    INPUT_NONE,
    INPUT_KEY,
    INPUT_CLICK, /* the button went down */
    INPUT_RELEASE,
    INPUT_WHEEL_UP,
    INPUT_WHEEL_DOWN,
    INPUT_PASTE_BEGIN, /* what follows was pasted ... */
    INPUT_PASTE_END,   /* ... up to here */
    INPUT_OTHER        /* a key or a report that means nothing here */
};

struct input {
    enum input_kind kind;
    struct key key;
    int row, column; /* of the mouse, on the screen */
    bool released;   /* INPUT_CLICK: the button came up again at once, there */
};

/* The next input that is waiting; INPUT_NONE if there is none. Keys that the terminal's description
 * does not know are INPUT_OTHER as a whole: their bytes are no keys. */
struct input input_read(void);

#endif
