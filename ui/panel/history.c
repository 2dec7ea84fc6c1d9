#include "ui/panel/history.h"

#include <string.h>

#include "base/file.h"
#include "base/text.h"

enum { FILE_LIMIT = HISTORY_LINES * HISTORY_LINE_SIZE * 2 };

static bool history_path(char *path, char *folder)
{
    struct error error;
    return file_user_state(folder, FILE_PATH_SIZE) &&
           file_join(path, FILE_PATH_SIZE, folder, "history", &error);
}

static void add(struct history *history, const char *line)
{
    for (int i = 0; i < history->count; i++)
        if (!strcmp(history->lines[i], line)) {
            history->count--;
            memmove(history->lines[i], history->lines[i + 1],
                    (size_t)(history->count - i) * sizeof history->lines[0]);
            break;
        }
    if (history->count == HISTORY_LINES) {
        history->count--;
        memmove(history->lines[0], history->lines[1],
                (size_t)history->count * sizeof history->lines[0]);
    }
    text_copy(history->lines[history->count++], HISTORY_LINE_SIZE, line);
}

void history_load(struct history *history)
{
    char path[FILE_PATH_SIZE], folder[FILE_PATH_SIZE];
    struct text text = {0};
    struct error error;
    if (!history_path(path, folder) || !file_read(path, FILE_LIMIT, &text, &error)) {
        text_release(&text);
        return;
    }
    char *rest = text.bytes;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
        char clean[HISTORY_LINE_SIZE];
        text_sanitize(clean, sizeof clean, line);
        if (clean[0])
            add(history, clean);
    }
    text_release(&text);
}

bool history_save(struct history *history, struct error *error)
{
    char path[FILE_PATH_SIZE], folder[FILE_PATH_SIZE];
    struct file_write file;
    if (!history->changed || !history_path(path, folder))
        return true;
    if (!file_make_folder(folder, error) || !file_begin(&file, path, error))
        return false;
    for (int i = 0; i < history->count; i++)
        fprintf(file.stream, "%s\n", history->lines[i]);
    history->changed = false;
    return file_commit(&file, error);
}

void history_add(struct history *history, const char *line)
{
    if (!line[0])
        return;
    add(history, line);
    history->changed = true;
}

int history_find(const struct history *history, int from, int direction, const char *beginning)
{
    size_t length = strlen(beginning);
    for (int i = from + direction; i >= 0 && i < history->count; i += direction)
        if (!strncmp(history->lines[i], beginning, length))
            return i;
    return -1;
}
