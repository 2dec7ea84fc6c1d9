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

/* A sequence of bytes that the terminal's description does not know, of which the end has not come
 * yet; all-zero: none. */
enum { INPUT_SEQUENCE_SIZE = 33 };
struct input_reader {
    bool sequence;
    char text[INPUT_SEQUENCE_SIZE]; /* after its introducer */
    int length, wanted;             /* bytes; that are of it whatever they are */
};

/* How long an Escape waits for the next byte of a sequence, which may come in a packet of its own.
 * While something is pasted nobody presses Escape: what begins a paste sets PATIENCE_PASTE. */
enum input_patience { PATIENCE_KEYS, PATIENCE_LINE, PATIENCE_PASTE };
void input_set_patience(enum input_patience patience);

/* The next input that is waiting; INPUT_NONE if there is none. Keys that the terminal's description
 * does not know are INPUT_OTHER as a whole: their bytes are no keys, in however many pieces and
 * however slowly they come. Only between an Escape and the next byte does time matter. */
struct input input_read(struct input_reader *reader);

#endif
