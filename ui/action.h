/* Actions: everything a key, a mouse click or a : command can ask for, in one list.
 *
 * From ACTION_LIST come the enum, the : commands, the help screen, the key listing and the manual.
 *   ACTION(enumerator, command word, argument synopsis, default keys, group, help)
 * Keys are separated by spaces, in the notation of key_write() ("Space", "F1", "C-l", "[").
 */
#ifndef MASKSCOPE_UI_ACTION_H
#define MASKSCOPE_UI_ACTION_H

#include <stdbool.h>
#include <stddef.h>

/* clang-format off */
#define ACTION_LIST(ACTION) \
    ACTION(PAUSE,        "pause",       "",                 "Space",  TRAIN, "pause training, or go on") \
    ACTION(STEP,         "step",        "",                 ".",      TRAIN, "train one step, then pause") \
    ACTION(RATIO_DOWN,   "ratio-down",  "",                 "[",      MASK,  "lower the chosen arm's mask ratio by .01") \
    ACTION(RATIO_UP,     "ratio-up",    "",                 "]",      MASK,  "raise the chosen arm's mask ratio by .01") \
    ACTION(RATIO_DOWN_10,"ratio-down-10","",                "{",      MASK,  "lower the chosen arm's mask ratio by .1") \
    ACTION(RATIO_UP_10,  "ratio-up-10", "",                 "}",      MASK,  "raise the chosen arm's mask ratio by .1") \
    ACTION(RATIO,        "ratio",       "RATIO [K=V...] [ARM]", "",       MASK,  "set an arm's ratio or ratio law") \
    ACTION(STRATEGY,     "strategy",    "[STRATEGY [K=V...] [ARM]]", "s",      MASK,  "choose a mask strategy, or set it") \
    ACTION(STRATEGY_NEXT,"strategy-next","",                "M",      MASK,  "the chosen arm's next strategy, on the same images") \
    ACTION(LAW,          "law",         "[LAW [K=V...] [ARM]]","l",   MASK,  "choose a ratio law, or set it") \
    ACTION(RATE_DOWN,    "lr-down",     "",                 "-",      TRAIN, "lower the learning rate by a tenth") \
    ACTION(RATE_UP,      "lr-up",       "",                 "+ =",    TRAIN, "raise the learning rate by a tenth") \
    ACTION(RATE,         "lr",          "BLR",              "",       TRAIN, "set the base learning rate (train.blr)") \
    ACTION(DOWN,         "down",        "",                 "j Down", MOVE,  "move down") \
    ACTION(UP,           "up",          "",                 "k Up",   MOVE,  "move up") \
    ACTION(LEFT,         "left",        "",                 "Left h", MOVE,  "move left") \
    ACTION(RIGHT,        "right",       "",                 "Right",  MOVE,  "move right") \
    ACTION(PAGE_DOWN,    "page-down",   "",                 "PageDown C-f", MOVE, "move down a page") \
    ACTION(PAGE_UP,      "page-up",     "",                 "PageUp C-b",   MOVE, "move up a page") \
    ACTION(FIRST,        "first",       "",                 "g Home", MOVE,  "move to the first") \
    ACTION(LAST,         "last",        "",                 "G End",  MOVE,  "move to the last") \
    ACTION(ARM_NEXT,     "arm-next",    "",                 "a",      MOVE,  "choose the next arm") \
    ACTION(ARM_ADD,      "arm",         "add NAME [strategy=S] [ratio=R] | remove NAME", "", MASK, "add or remove an arm") \
    ACTION(ENTER,        "enter",       "",                 "Enter",  MOVE,  "open or edit what is chosen") \
    ACTION(NEW_MASKS,    "masks",       "",                 "m",      IMAGE, "new masks for the shown images") \
    ACTION(IMAGE_NEXT,   "next",        "",                 "n",      IMAGE, "show the next images") \
    ACTION(IMAGE_PREVIOUS,"previous",   "",                 "p",      IMAGE, "show the previous images") \
    ACTION(VIEW_1,       "view",        "NAME",             "1",      VIEW,  "Training (window: Images), or the view named") \
    ACTION(VIEW_2,       "view-2",      "",                 "2",      VIEW,  "Arms (window: Compare)") \
    ACTION(VIEW_3,       "view-3",      "",                 "3",      VIEW,  "Statistics (window: Curves)") \
    ACTION(VIEW_4,       "view-4",      "",                 "4",      VIEW,  "Masks (window: Statistics)") \
    ACTION(VIEW_5,       "view-5",      "",                 "5",      VIEW,  "Images (window: Masks)") \
    ACTION(VIEW_6,       "view-6",      "",                 "6",      VIEW,  "Timeline (window: Attention)") \
    ACTION(VIEW_7,       "view-7",      "",                 "7",      VIEW,  "Settings (window: Paint)") \
    ACTION(VIEW_8,       "view-8",      "",                 "8",      VIEW,  "Log (window: History)") \
    ACTION(VIEW_NEXT,    "view-next",   "",                 "Tab",    VIEW,  "next pane of the view, then the next view") \
    ACTION(LOG_SCALE,    "log-scale",   "",                 "L",      VIEW,  "linear or logarithmic curves") \
    ACTION(ZOOM,         "zoom",        "",                 "z",      VIEW,  "give the pane or the picture the whole view, or put the rest back") \
    ACTION(THEME,        "theme",       "[NAME]",           "t",      VIEW,  "next theme, or the theme named") \
    ACTION(HELP,         "help",        "[TEXT]",           "? F1",   VIEW,  "help") \
    ACTION(COMMAND,      "command",     "",                 ":",      VIEW,  "the command line") \
    ACTION(FILTER,       "filter",      "[TEXT]",           "/",      VIEW,  "filter the list shown") \
    ACTION(SORT,         "sort",        "[COLUMN]",         ">",      VIEW,  "sort the table by its next column, or by the one named") \
    ACTION(SORT_PREVIOUS,"sort-previous","",                "<",      VIEW,  "sort the table by its previous column") \
    ACTION(REVERSE,      "reverse",     "",                 "r",      VIEW,  "turn the order of the table round") \
    ACTION(GROUP,        "group",       "[strategy|ratio|strategy,ratio]", "b", VIEW, "part the table by strategy, by ratio or by both") \
    ACTION(WINDOW,       "window",      "",                 "w",      VIEW,  "open or close the window") \
    ACTION(FULL_SCREEN,  "full-screen", "",                 "f",      VIEW,  "full screen (window)") \
    ACTION(RESET_ZOOM,   "reset-zoom",  "",                 "0",      VIEW,  "zoom and position back to the start (window)") \
    ACTION(SCREENSHOT,   "screenshot",  "[FILE]",           "S",      FILES, "save the window as a PNG") \
    ACTION(FIGURE,       "figure",      "[FILE] [WIDTHmm]", "F",      FILES, "save the window's view as a figure for print (180 mm wide)") \
    ACTION(PIXELS,       "pixels",      "[neighbours|raw|oracle]", "d", IMAGE, "how normalised pixels are shown: the next way, or the one named") \
    ACTION(SAVE_SCREEN,  "save-screen", "FILE",             "",       FILES, "save the panel as text") \
    ACTION(CHECKPOINT,   "checkpoint",  "",                 "c",      FILES, "write a checkpoint now") \
    ACTION(EVALUATE,     "eval",        "",                 "E",      FILES, "evaluate all arms on the probe masks now") \
    ACTION(PROBE,        "probe",       "[TASK,TASK...]",   "P",      FILES, "ask all arms downstream tasks, now and while training goes on") \
    ACTION(EXPORT,       "export",      "[TABLE] FILE",     "e",      FILES, "save the arms, or a table of the run's record (CSV, TeX ...)") \
    ACTION(NOTE,         "note",        "TEXT",             "",       FILES, "put a remark on the timeline") \
    ACTION(GOTO_STEP,    "goto-step",   "STEP",             "",       VIEW,  "the timeline (window: the history) at that step") \
    ACTION(SET,          "set",         "NAME VALUE",       "",       TRAIN, "change a setting") \
    ACTION(REDRAW,       "redraw",      "",                 "C-l",    VIEW,  "draw everything anew") \
    ACTION(CLOSE,        "close",       "",                 "q Escape", LEAVE, "close what is open; at the top: leave") \
    ACTION(QUIT,         "quit",        "",                 "Q",      LEAVE, "leave at once, checkpoint first")
/* clang-format on */

enum action {
#define ACTION_ENUM(name, word, argument, keys, group, help) ACTION_##name,
    ACTION_LIST(ACTION_ENUM)
#undef ACTION_ENUM
        ACTION_COUNT,
    ACTION_NONE = ACTION_COUNT
};

enum action_group {
    GROUP_TRAIN,
    GROUP_MASK,
    GROUP_IMAGE,
    GROUP_MOVE,
    GROUP_VIEW,
    GROUP_FILES,
    GROUP_LEAVE,
    GROUP_COUNT
};

struct action_row {
    const char *word, *argument, *keys;
    enum action_group group;
    const char *help;
};

const struct action_row *action_row(enum action action);
const char *action_group_name(enum action_group group);
/* The action of a command word or of an unambiguous beginning of one, or ACTION_NONE. */
enum action action_find(const char *word);
/* The action whose word is nearest to a mistyped one, or ACTION_NONE. */
enum action action_nearest(const char *word);

#endif
