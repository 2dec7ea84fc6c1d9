/* Keys bound anew in the user's file: keys: {NAME: action word}. */
#include "base/file.h"
#include "base/node.h"
#include "ui/key.h"

static bool bind_all(struct keymap *keymap, const struct node *keys, const char *path,
                     struct error *error)
{
    if (keys->kind != NODE_MAP)
        return error_set(error, ERROR_DATA, "%s:%d: keys is {KEY: action, ...}", path, keys->line);
    for (const struct node *row = keys->children; row; row = row->next) {
        bool good = row->kind == NODE_SCALAR
                        ? keymap_bind(keymap, row->key, row->text, error)
                        : error_set(error, ERROR_DATA, "a key means one action");
        if (!good)
            return error_prefix(error, "%s:%d: keys", path, row->line);
    }
    return true;
}

bool keymap_read_user(struct keymap *keymap, struct error *error)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    if (!file_user_config(folder, sizeof folder) ||
        !file_join(path, sizeof path, folder, "config.yaml", error) || !file_exists(path))
        return true;
    struct arena arena = {0};
    struct node *root = node_read_yaml_file(path, &arena, error);
    const struct node *keys = root ? node_child(root, "keys") : NULL;
    bool good = root && (!keys || bind_all(keymap, keys, path, error));
    arena_release(&arena);
    return good;
}
