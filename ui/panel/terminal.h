/* The terminal: taking it over and giving it back, whatever happens. Main thread only; at most one.
 *
 * While it is held, stderr goes to a pipe whose lines end in the log, so that a library's complaint
 * never lands on the screen; and a fatal signal restores the terminal before it takes its course.
 */
#ifndef MASKSCOPE_UI_PANEL_TERMINAL_H
#define MASKSCOPE_UI_PANEL_TERMINAL_H

#include <stdbool.h>

#include "base/error.h"
#include "base/log.h"

struct terminal;
/* ERROR_USAGE: stdin or stdout is no terminal, or its type is not known. */
struct terminal *terminal_new(bool mouse, struct error *error);
void terminal_free(struct terminal *terminal);
/* Gives the terminal back, stops the process as Ctrl-Z does, and takes it again when it goes on. */
void terminal_suspend(struct terminal *terminal);
/* Makes curses follow a changed size of the terminal, if it has not by itself. */
void terminal_resize(struct terminal *terminal);
/* Writes what arrived on stderr to the log. */
void terminal_drain(struct terminal *terminal, struct log *log);

/* Whether colour numbers are 0xrrggbb. After terminal_new. */
bool terminal_has_direct_colour(void);

#endif
