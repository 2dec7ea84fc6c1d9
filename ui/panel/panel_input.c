/* Keys, the mouse and typed commands become actions. */
#include <string.h>

#include "ui/panel/input.h"
#include "ui/panel/panel_private.h"

enum { INPUT_BURST = 256 };

/* Two clicks on a row within this time are a double click. */
static const double double_click_seconds = 0.4;

static void run_line(struct panel *panel)
{
    enum action action;
    char argument[UI_LINE_SIZE], question[UI_QUESTION_SIZE];
    if (!ui_command_parse(panel->model, panel->prompt.line, &action, argument))
        return;
    if (ui_must_ask(panel->model, action, argument, question))
        panel_ask(panel, action, argument, question);
    else
        panel_perform(panel, action, argument);
}

static void answer(struct panel *panel, bool yes)
{
    panel->doubt.open = false;
    if (yes)
        panel_perform(panel, panel->doubt.action, panel->doubt.argument);
    else
        ui_say(panel->model, LOG_INFO, "not done");
}

static void take_filter(struct panel *panel, const char *text)
{
    text_copy(panel_front(panel)->filter(panel_front_state(panel)), FILTER_SIZE, text);
}

/* A filter takes effect as it is typed; Escape takes it back. */
static void take_prompt_key(struct panel *panel, struct key key)
{
    struct prompt *prompt = &panel->prompt;
    enum prompt_result result = prompt_key(prompt, key, panel->model);
    if (prompt->lead == '/') {
        take_filter(panel, result == PROMPT_CANCELLED ? "" : prompt->line);
    } else if (result == PROMPT_DONE) {
        run_line(panel);
    }
}

static void take_key(struct panel *panel, struct key key)
{
    if (key.control && key.code == 'z') {
        terminal_suspend(panel->terminal);
        panel->everything = true;
    } else if (panel->doubt.open) {
        answer(panel, key.code == 'y' || key.code == 'Y');
    } else if (panel->prompt.open) {
        take_prompt_key(panel, key);
    } else {
        panel_perform(panel, keymap_action(panel->keymap, key), "");
    }
}

static void take_click(struct panel *panel, const struct input *input)
{
    struct frame frame = panel_view_frame(panel);
    if (panel_has_tabs(panel) && input->row == 1) {
        for (size_t i = 0; i < PANEL_VIEWS; i++)
            if (input->column >= panel->tab_columns[i] && input->column < panel->tab_columns[i + 1])
                panel_open_view(panel, i);
        return;
    }
    int row = input->row - frame.area.row;
    bool twice =
        input->row == panel->clicked_row && ui_now() < panel->clicked + double_click_seconds;
    panel->clicked_row = input->row;
    panel->clicked = ui_now();
    if (panel_front(panel)->click && row >= 0 && row < frame.area.height)
        panel_front(panel)->click(panel_front_state(panel), &frame, row, input->column, twice);
}

/* The button went up elsewhere than it went down. */
static void take_release(struct panel *panel, const struct input *input)
{
    struct frame frame = panel_view_frame(panel);
    int row = input->row - frame.area.row;
    if (panel->pressed && panel_front(panel)->drag)
        panel_front(panel)->drag(panel_front_state(panel), &frame, row, input->column);
    panel->pressed = false;
}

static void take_mouse(struct panel *panel, const struct input *input)
{
    if (panel->prompt.open || panel->doubt.open)
        return;
    if (input->kind == INPUT_CLICK) {
        panel->pressed = true;
        take_click(panel, input);
        if (input->released)
            take_release(panel, input);
    } else if (input->kind == INPUT_RELEASE) {
        take_release(panel, input);
    } else {
        panel_perform(panel, input->kind == INPUT_WHEEL_UP ? ACTION_UP : ACTION_DOWN, "");
    }
}

static void take_pasted(struct panel *panel, const struct input *input)
{
    struct prompt *prompt = &panel->prompt;
    if (input->kind == INPUT_KEY)
        paste_key(&panel->paste, input->key, prompt);
    if (prompt->open && prompt->lead == '/')
        take_filter(panel, prompt->line);
    if (input->kind == INPUT_PASTE_END)
        paste_end(&panel->paste, panel->model);
}

static void take(struct panel *panel, const struct input *input)
{
    if (panel->paste.open)
        take_pasted(panel, input);
    else if (input->kind == INPUT_PASTE_BEGIN)
        paste_begin(&panel->paste, &panel->prompt);
    else if (input->kind == INPUT_KEY)
        take_key(panel, input->key);
    else if (input->kind != INPUT_PASTE_END && input->kind != INPUT_OTHER)
        take_mouse(panel, input);
}

/* The end of the command or filter that begins with key `from`, which may well have been pasted;
 * `from` itself if none does. In prose a colon follows a letter. */
static int line_end(const struct panel *panel, const struct input *inputs, int count, int from)
{
    enum action action = keymap_action(panel->keymap, inputs[from].key);
    bool begins = from == 0 || inputs[from - 1].key.code >= KEY_CODE_NAMED;
    if (!begins || (action != ACTION_COMMAND && action != ACTION_FILTER))
        return from;
    while (from < count && inputs[from].key.code != KEY_CODE_ENTER)
        from++;
    return from;
}

/* Where the terminal puts no brackets round it: nobody presses so many different keys at once, text
 * was pasted, and its letters are no commands. */
static bool is_pasted(const struct panel *panel, const struct input *inputs, int count)
{
    enum { PASTED_KEYS = 16 };
    int keys = 0, others = 0;
    for (int i = 0; i < count && !panel->prompt.open && !panel->paste.open; i++) {
        i = line_end(panel, inputs, count, i);
        if (i == count || inputs[i].kind != INPUT_KEY)
            break;
        keys++;
        others += inputs[i].key.code != inputs[0].key.code;
    }
    return keys >= PASTED_KEYS && others > 0;
}

/* A line takes what is pasted, whose brackets begin with the byte of an Escape: that is worth
 * waiting for a little longer. */
static enum input_patience patience_for(const struct panel *panel)
{
    return panel->paste.open ? PATIENCE_PASTE : panel->prompt.open ? PATIENCE_LINE : PATIENCE_KEYS;
}

/* What was asked for in the window; not under a question or a line that is open. */
static void take_handed_over(struct panel *panel)
{
    enum action action = panel->model->for_panel;
    panel->model->for_panel = ACTION_NONE;
    if (action == ACTION_NONE || panel->doubt.open || panel->prompt.open)
        return;
    panel_perform(panel, action, "");
    panel->changed = true;
}

void panel_input(struct panel *panel)
{
    struct input inputs[INPUT_BURST];
    int count = 0;
    take_handed_over(panel);
    input_set_patience(patience_for(panel));
    do {
        count = 0;
        while (count < INPUT_BURST &&
               (inputs[count] = input_read(&panel->reader)).kind != INPUT_NONE)
            count++;
        panel->changed |= count > 0;
        if (is_pasted(panel, inputs, count)) {
            ui_say(panel->model, LOG_WARNING,
                   "%d keys at once look like pasted text and were not taken (: first, to paste a "
                   "command)",
                   count);
            continue;
        }
        for (int i = 0; i < count; i++)
            take(panel, &inputs[i]);
    } while (count == INPUT_BURST);
}
