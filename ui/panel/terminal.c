#include "ui/panel/terminal.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

enum { RESTORE_SIZE = 256, STDERR_LINE_SIZE = 384, TYPE_SIZE = 128 };

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
enum { FATAL_SIGNALS = ARRAY_LENGTH(fatal_signals) };

struct terminal {
    SCREEN *screen;
    int pipe_read, saved_stderr; /* -1: stderr was left alone */
    size_t line_length;
    char line[STDERR_LINE_SIZE]; /* of stderr, still without its end */
    struct sigaction previous[FATAL_SIGNALS];
};

/* All that the handler of a fatal signal may touch: it runs anywhere, so everything is made ready
 * before. The one global of the panel, for a handler has no context. */
static struct {
    struct termios modes;
    char text[RESTORE_SIZE]; /* back to the main screen, cursor on, plain, no mouse */
    size_t length;
    bool brackets; /* the terminal was asked to put them round what is pasted */
    int pipe_read, saved_stderr;
} restore;

static const char brackets_on[] = "\033[?2004h", brackets_off[] = "\033[?2004l";

/* What arrived on stderr just before is why: let it be seen. */
static void forward_stderr(void)
{
    char bytes[512];
    ssize_t count;
    if (restore.saved_stderr < 0)
        return;
    while ((count = read(restore.pipe_read, bytes, sizeof bytes)) > 0)
        if (write(restore.saved_stderr, bytes, (size_t)count) < 0)
            return;
}

/* Installed with SA_RESETHAND: raising it again ends the process as it would have without a panel.
 */
static void on_fatal_signal(int number)
{
    if (write(STDOUT_FILENO, restore.text, restore.length) < 0)
        _exit(128 + number);
    tcsetattr(STDIN_FILENO, TCSANOW, &restore.modes);
    forward_stderr();
    raise(number);
}

static void append_capability(const char *capability)
{
    size_t length = capability ? strlen(capability) : 0;
    if (capability && restore.length + length < sizeof restore.text) {
        memcpy(restore.text + restore.length, capability, length);
        restore.length += length;
    }
}

static void prepare_restore(const struct terminal *terminal, bool mouse)
{
    restore.length = 0;
    restore.pipe_read = terminal->pipe_read;
    restore.saved_stderr = terminal->saved_stderr;
    if (mouse)
        append_capability("\033[?1006;1002;1000l");
    if (restore.brackets)
        append_capability(brackets_off);
    append_capability(exit_attribute_mode);
    append_capability(keypad_local);
    append_capability(cursor_normal);
    append_capability(exit_ca_mode);
}

/* Asks for brackets round what is pasted, or no more: terminals that do not know this heed it not.
 * By terminfo few do, although nearly all do; only those that speak ECMA-48 are asked. */
static void ask_for_brackets(bool on)
{
    restore.brackets = cursor_address && !strncmp(cursor_address, "\033[", 2);
    ssize_t written = 0; /* a terminal that is gone needs no answer */
    if (restore.brackets)
        written = write(STDOUT_FILENO, on ? brackets_on : brackets_off, sizeof brackets_on - 1);
    (void)written;
}

static void catch_fatal_signals(struct terminal *terminal)
{
    struct sigaction action = {.sa_handler = on_fatal_signal,
                               .sa_flags = (int)SA_RESETHAND | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < FATAL_SIGNALS; i++)
        sigaction(fatal_signals[i], &action, &terminal->previous[i]);
}

/* stderr into a pipe that nobody waits for, if it would land on the screen. */
static void redirect_stderr(struct terminal *terminal)
{
    int ends[2];
    terminal->pipe_read = terminal->saved_stderr = -1;
    if (!isatty(STDERR_FILENO) || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    terminal->saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (terminal->saved_stderr >= 0 && dup2(ends[1], STDERR_FILENO) >= 0) {
        terminal->pipe_read = ends[0];
    } else {
        if (terminal->saved_stderr >= 0)
            close(terminal->saved_stderr);
        terminal->saved_stderr = -1;
        close(ends[0]);
    }
    close(ends[1]);
}

static void give_back_stderr(struct terminal *terminal)
{
    if (terminal->saved_stderr < 0)
        return;
    dup2(terminal->saved_stderr, STDERR_FILENO);
    close(terminal->saved_stderr);
    close(terminal->pipe_read);
    terminal->pipe_read = terminal->saved_stderr = -1;
}

/* Ctrl-Z comes as a key, for the process must give the terminal back first; Ctrl-S stops nothing.
 */
static void set_modes(void)
{
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    meta(stdscr, TRUE);
    struct termios modes;
    if (tcgetattr(STDIN_FILENO, &modes) == 0) {
        modes.c_cc[VSUSP] = _POSIX_VDISABLE;
        modes.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
        tcsetattr(STDIN_FILENO, TCSANOW, &modes);
        def_prog_mode();
    }
}

/* The terminal says in COLORTERM that it takes any colour. */
static bool promises_direct_colour(void)
{
    const char *promise = getenv("COLORTERM"), *no_colour = getenv("NO_COLOR");
    return promise && (!strcmp(promise, "truecolor") || !strcmp(promise, "24bit")) &&
           !(no_colour && no_colour[0]);
}

/* "xterm-256color" is "xterm-direct" where the terminal promises direct colour and terminfo knows
 * that entry; else the type itself. */
static void choose_type(const char *type, char out[TYPE_SIZE])
{
    static const char many[] = "-256color", direct[] = "-direct";
    size_t length = strlen(type), ending = sizeof many - 1;
    text_copy(out, TYPE_SIZE, type);
    if (!promises_direct_colour() || length <= ending || length >= TYPE_SIZE ||
        strcmp(type + length - ending, many) != 0)
        return;
    text_copy(out + length - ending, TYPE_SIZE - (length - ending), direct);
    int found;
    if (setupterm(out, STDOUT_FILENO, &found) != OK)
        text_copy(out, TYPE_SIZE, type);
    else
        del_curterm(cur_term);
}

bool terminal_has_direct_colour(void)
{
    char name[] = "RGB";
    return tigetflag(name) > 0;
}

/* A terminal that cannot move its cursor (TERM=dumb, paper) is as good as none. */
static bool open_screen(struct terminal *terminal, struct error *error)
{
    const char *type = getenv("TERM");
    char chosen[TYPE_SIZE] = "";
    if (type)
        choose_type(type, chosen);
    terminal->screen = newterm(chosen[0] ? chosen : NULL, stdout, stdin);
    if (!terminal->screen)
        return error_set(error, ERROR_USAGE, "the terminal type '%.40s' (TERM) is not known",
                         type ? type : "");
    if (cursor_address)
        return true;
    endwin();
    delscreen(terminal->screen);
    tcsetattr(STDIN_FILENO, TCSANOW, &restore.modes);
    return error_set(error, ERROR_USAGE, "a terminal of type '%.40s' (TERM) cannot move its cursor",
                     type ? type : "");
}

struct terminal *terminal_new(bool mouse, struct error *error)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        error_set(error, ERROR_USAGE, "the panel needs a terminal on stdin and stdout");
        return NULL;
    }
    struct terminal *terminal = memory_new(1, sizeof *terminal, error);
    if (!terminal)
        return NULL;
    tcgetattr(STDIN_FILENO, &restore.modes);
    if (!open_screen(terminal, error)) {
        free(terminal);
        return NULL;
    }
    set_modes();
    if (mouse) {
        mousemask(BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON1_CLICKED | BUTTON4_PRESSED |
                      BUTTON5_PRESSED,
                  NULL);
        mouseinterval(0);
    }
    redirect_stderr(terminal);
    ask_for_brackets(true);
    prepare_restore(terminal, mouse);
    catch_fatal_signals(terminal);
    return terminal;
}

/* A terminal without a second screen keeps what it shows; the last row, where others go on writing,
 * is emptied. */
static void leave_screen(void)
{
    ask_for_brackets(false);
    if (!exit_ca_mode) {
        move(LINES - 1, 0);
        clrtoeol();
        refresh();
    }
    endwin();
}

void terminal_free(struct terminal *terminal)
{
    if (!terminal)
        return;
    for (size_t i = 0; i < FATAL_SIGNALS; i++)
        sigaction(fatal_signals[i], &terminal->previous[i], NULL);
    leave_screen();
    delscreen(terminal->screen);
    tcsetattr(STDIN_FILENO, TCSANOW, &restore.modes);
    give_back_stderr(terminal);
    free(terminal);
}

void terminal_suspend(struct terminal *terminal)
{
    (void)terminal;
    struct sigaction stop = {.sa_handler = SIG_DFL}, previous;
    leave_screen();
    tcsetattr(STDIN_FILENO, TCSANOW, &restore.modes);
    sigaction(SIGTSTP, &stop, &previous);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &previous, NULL);
    reset_prog_mode();
    ask_for_brackets(true);
    clearok(curscr, TRUE);
    refresh();
}

void terminal_resize(struct terminal *terminal)
{
    (void)terminal;
    struct winsize size;
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0;
    if (known && is_term_resized(size.ws_row, size.ws_col))
        resizeterm(size.ws_row, size.ws_col);
}

/* For information: libraries say much that means nothing (Wayland's, where there is no Wayland),
 * and what fails is reported by whoever called them. */
static void end_line(struct terminal *terminal, struct log *log)
{
    terminal->line[terminal->line_length] = '\0';
    if (terminal->line_length > 0)
        log_write(log, LOG_INFO, "stderr: %s", terminal->line);
    terminal->line_length = 0;
}

void terminal_drain(struct terminal *terminal, struct log *log)
{
    char bytes[512];
    ssize_t count = 0;
    while (terminal->pipe_read >= 0 && (count = read(terminal->pipe_read, bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < count; i++) {
            if (bytes[i] != '\n')
                terminal->line[terminal->line_length++] = bytes[i];
            if (bytes[i] == '\n' || terminal->line_length == sizeof terminal->line - 1)
                end_line(terminal, log);
        }
}
