/* Themes from files. */
#include <assert.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/node.h"
#include "base/text.h"
#include "ui/panel/palette.h"
#include "ui/panel/theme.h"
#include "ui/words.h"

static const char *const role_names[] = {
    [ROLE_TEXT] = "text",         [ROLE_DIM] = "dim",           [ROLE_TITLE] = "title",
    [ROLE_HEADING] = "heading",   [ROLE_KEY] = "key",           [ROLE_VALUE] = "value",
    [ROLE_CHOSEN] = "chosen",     [ROLE_TAB] = "tab",           [ROLE_GOOD] = "good",
    [ROLE_WARNING] = "warning",   [ROLE_ERROR] = "error",       [ROLE_BAR] = "bar",
    [ROLE_BORDER] = "border",     [ROLE_SERIES + 0] = "curve1", [ROLE_SERIES + 1] = "curve2",
    [ROLE_SERIES + 2] = "curve3", [ROLE_SERIES + 3] = "curve4", [ROLE_SERIES + 4] = "curve5",
    [ROLE_SERIES + 5] = "curve6",
};
static_assert(ARRAY_LENGTH(role_names) == ROLE_COUNT, "every role has a name");

static const char *role_name(const void *context, size_t i)
{
    (void)context;
    return role_names[i];
}

static bool read_hexadecimal(const char *text, int *colour)
{
    if (strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return false;
    *colour = PALETTE_RGB | (int)strtol(text + 1, NULL, 16);
    return true;
}

static bool read_name(const char *text, int *colour)
{
    static const char *const names[] = {"black", "red",     "green", "yellow",
                                        "blue",  "magenta", "cyan",  "white"};
    enum { BRIGHT = 8 };
    bool bright = !strncmp(text, "bright-", 7);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (!strcmp(names[i], text + (bright ? 7 : 0))) {
            *colour = (int)i + (bright ? BRIGHT : 0);
            return true;
        }
    return false;
}

static bool read_colour(const char *text, int *colour)
{
    int64_t number;
    if (!strcmp(text, "default")) {
        *colour = PALETTE_NONE;
        return true;
    }
    if (text[0] == '#')
        return read_hexadecimal(text, colour);
    if (!text_to_integer(text, &number))
        return read_name(text, colour);
    *colour = (int)number;
    return number >= 0 && number <= 255;
}

static bool read_attribute(const char *text, int *attributes)
{
    static const struct {
        const char *name;
        enum look_attribute attribute;
    } names[] = {{"bold", LOOK_BOLD},
                 {"reverse", LOOK_REVERSE},
                 {"underline", LOOK_UNDERLINE},
                 {"dim", LOOK_DIM}};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (!strcmp(names[i].name, text)) {
            *attributes |= (int)names[i].attribute;
            return true;
        }
    return false;
}

/* "bold 255 on 24" */
static bool read_look(struct look *look, const char *text, struct error *error)
{
    char word[32];
    bool background = false;
    *look = (struct look){PALETTE_NONE, PALETTE_NONE, 0};
    while (word_next(&text, word, sizeof word)) {
        if (!strcmp(word, "on"))
            background = true;
        else if (!read_attribute(word, &look->attributes) &&
                 !read_colour(word, background ? &look->background : &look->foreground))
            return error_set(error, ERROR_DATA,
                             "'%s' is no colour (0 .. 255, \"#rrggbb\", red, bright-red, default) "
                             "and none of bold, underline, reverse, dim",
                             word);
    }
    return true;
}

static bool read_role(struct theme *theme, const struct node *row, struct error *error)
{
    int role = 0;
    while (role < ROLE_COUNT && strcmp(role_names[role], row->key) != 0)
        role++;
    if (role == ROLE_COUNT) {
        int nearest = text_nearest(row->key, ROLE_COUNT, role_name, NULL);
        return error_set(error, ERROR_DATA,
                         nearest < 0 ? "there is no role '%.40s'"
                                     : "there is no role '%.40s'; did you mean '%s'?",
                         row->key, nearest < 0 ? "" : role_names[nearest]);
    }
    if (row->kind != NODE_LIST || row->count != LOOK_DEPTHS)
        return error_set(error, ERROR_DATA, "%s: expected [with many colours, with 16, without]",
                         row->key);
    int depth = 0;
    for (const struct node *look = row->children; look; look = look->next, depth++)
        if (look->kind != NODE_SCALAR || !read_look(&theme->looks[role][depth], look->text, error))
            return look->kind == NODE_SCALAR ? false
                                             : error_set(error, ERROR_DATA, "expected words");
    return true;
}

static bool read_theme(struct theme *theme, const char *path, struct error *error)
{
    struct arena arena = {0};
    const struct node *root = node_read_yaml_file(path, &arena, error);
    bool good = root;
    if (good && root->kind != NODE_MAP)
        good = error_set(error, ERROR_DATA, "%s: a theme is {ROLE: [...], ...}", path);
    for (const struct node *row = good ? root->children : NULL; good && row; row = row->next)
        good = read_role(theme, row, error) || error_prefix(error, "%s:%d", path, row->line);
    arena_release(&arena);
    return good;
}

static int is_theme_file(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > 5 && !strcmp(entry->d_name + length - 5, ".yaml");
}

static bool add_file(struct themes *themes, const char *folder, const char *name,
                     struct error *error)
{
    char path[FILE_PATH_SIZE];
    struct theme theme = themes->items[0];
    memset(theme.name, 0, sizeof theme.name);
    size_t length = strlen(name) - strlen(".yaml");
    if (length >= sizeof theme.name)
        return error_set(error, ERROR_DATA, "%s/%s: that name is too long", folder, name);
    memcpy(theme.name, name, length);
    if (!file_join(path, sizeof path, folder, name, error) || !read_theme(&theme, path, error))
        return false;
    int place = themes_find(themes, theme.name);
    if (place < 0 && themes->count == THEME_LIMIT)
        return error_set(error, ERROR_DATA, "%s: more than %d themes", path, THEME_LIMIT);
    themes->items[place < 0 ? themes->count++ : place] = theme;
    return true;
}

bool themes_read(struct themes *themes, const char *folder, struct error *error)
{
    struct dirent **entries;
    int found = scandir(folder, &entries, is_theme_file, alphasort);
    bool good = true;
    for (int i = 0; i < found; i++) {
        good = add_file(themes, folder, entries[i]->d_name, good ? error : NULL) && good;
        free(entries[i]);
    }
    if (found >= 0)
        free(entries);
    return good;
}

bool theme_read_choice(char name[THEME_NAME_SIZE], struct error *error)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    name[0] = '\0';
    if (!file_user_config(folder, sizeof folder) ||
        !file_join(path, sizeof path, folder, "config.yaml", error) || !file_exists(path))
        return true;
    struct arena arena = {0};
    const struct node *root = node_read_yaml_file(path, &arena, error);
    const char *chosen = root ? node_child_text(root, "theme") : NULL;
    bool good = root && (!chosen || text_copy(name, THEME_NAME_SIZE, chosen) ||
                         error_set(error, ERROR_DATA, "%s: theme: that name is too long", path));
    arena_release(&arena);
    return good;
}
