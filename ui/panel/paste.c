#include "ui/panel/paste.h"

void paste_begin(struct paste *paste, const struct prompt *prompt)
{
    *paste = (struct paste){.open = true, .wanted = prompt->open};
}

static void take(struct paste *paste, struct key key, struct prompt *prompt)
{
    bool blank = key.code == KEY_CODE_ENTER || key.code == KEY_CODE_TAB;
    bool character = !key.control && key.code < KEY_CODE_NAMED;
    if (blank) {
        paste->gap = prompt->line[0] != '\0';
    } else if (character) {
        if (paste->gap)
            paste->full |= !prompt_insert(prompt, (struct key){' ', false});
        paste->gap = false;
        paste->full |= !prompt_insert(prompt, key);
    }
}

void paste_key(struct paste *paste, struct key key, struct prompt *prompt)
{
    if (key.code == KEY_CODE_ESCAPE)
        paste->open = false;
    else if (paste->wanted && !paste->full)
        take(paste, key, prompt);
    else
        paste->ignored++;
}

void paste_end(struct paste *paste, struct ui_model *model)
{
    if (paste->full)
        ui_say(model, LOG_WARNING, "the line has no room for all of the pasted text");
    else if (!paste->wanted)
        ui_say(model, LOG_WARNING,
               "%d pasted characters were not taken for keys (: first, to paste a command)",
               paste->ignored);
    paste->open = false;
}
