/* Keys by name, and which action a key means. Keys map to actions, never to code; the user's file
 * can bind them anew (keys: {NAME: action word}). Both faces translate their own key codes to
 * struct key.
 */
#ifndef MASKSCOPE_UI_KEY_H
#define MASKSCOPE_UI_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "ui/action.h"

/* Values of 0x110000 and up name keys without a character. */
enum key_code {
    KEY_CODE_NAMED = 0x110000,
    KEY_CODE_UP,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_PAGE_UP,
    KEY_CODE_PAGE_DOWN,
    KEY_CODE_ENTER,
    KEY_CODE_ESCAPE,
    KEY_CODE_TAB,
    KEY_CODE_BACK_TAB,
    KEY_CODE_BACKSPACE,
    KEY_CODE_DELETE,
    KEY_CODE_INSERT,
    KEY_CODE_F1, /* F1 .. F12 follow one another */
    KEY_CODE_LAST = KEY_CODE_F1 + 11,
};

struct key {
    uint32_t code; /* a Unicode character (Space is ' '), or one of key_code */
    bool control;  /* with Ctrl: code is the lower-case letter */
};

/* "Space", "F1", "C-l", "PageDown", "[": false if there is no such key. */
bool key_parse(const char *name, struct key *key);
/* The name that key_parse reads. */
void key_write(struct key key, char out[16]);

struct keymap;
/* The default bindings of the action list. Null with *error set. */
struct keymap *keymap_new(struct error *error);
void keymap_free(struct keymap *keymap);
/* ERROR_DATA: no such key or action (nearest offered). "none" unbinds. */
bool keymap_bind(struct keymap *keymap, const char *key, const char *action_word,
                 struct error *error);
/* Binds what the user's file ($XDG_CONFIG_HOME/maskscope/config.yaml) has under `keys`; no file is
 * fine. ERROR_DATA names file and line. */
bool keymap_read_user(struct keymap *keymap, struct error *error);
enum action keymap_action(const struct keymap *keymap, struct key key);
/* The keys bound to an action, separated by spaces, for help screens. */
void keymap_keys(const struct keymap *keymap, enum action action, char *out, size_t size);

#endif
