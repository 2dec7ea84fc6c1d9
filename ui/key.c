#include "ui/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { BINDING_LIMIT = 256, KEY_NAME_SIZE = 16 };

static const struct {
    const char *name;
    uint32_t code;
} named_keys[] = {
    {"Space", ' '},
    {"Up", KEY_CODE_UP},
    {"Down", KEY_CODE_DOWN},
    {"Left", KEY_CODE_LEFT},
    {"Right", KEY_CODE_RIGHT},
    {"Home", KEY_CODE_HOME},
    {"End", KEY_CODE_END},
    {"PageUp", KEY_CODE_PAGE_UP},
    {"PageDown", KEY_CODE_PAGE_DOWN},
    {"Enter", KEY_CODE_ENTER},
    {"Escape", KEY_CODE_ESCAPE},
    {"Tab", KEY_CODE_TAB},
    {"BackTab", KEY_CODE_BACK_TAB},
    {"Backspace", KEY_CODE_BACKSPACE},
    {"Delete", KEY_CODE_DELETE},
    {"Insert", KEY_CODE_INSERT},
};

struct binding {
    struct key key;
    enum action action; /* ACTION_NONE: unbound */
};

struct keymap {
    int count;
    struct binding bindings[BINDING_LIMIT];
};

/* The one character that the whole text is, or 0. */
static uint32_t single_character(const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = bytes[0] < 0x80 ? 1 : bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
    if (strlen(text) != length)
        return 0;
    if (length == 1)
        return bytes[0] > ' ' && bytes[0] < 0x7F ? bytes[0] : 0;
    char clean[8];
    text_sanitize(clean, sizeof clean, text);
    if (strcmp(clean, text) != 0)
        return 0;
    uint32_t code = bytes[0] & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++)
        code = code << 6 | (bytes[i] & 0x3Fu);
    return code;
}

static void write_character(uint32_t code, char *out)
{
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length; i-- > 1; code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(leads[length] | code);
    out[length] = '\0';
}

static uint32_t named_code(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(named_keys); i++)
        if (!strcmp(named_keys[i].name, name))
            return named_keys[i].code;
    int64_t number;
    if (name[0] == 'F' && name[1] >= '1' && name[1] <= '9' && text_to_integer(name + 1, &number) &&
        number <= KEY_CODE_LAST - KEY_CODE_F1 + 1)
        return KEY_CODE_F1 + (uint32_t)number - 1;
    return 0;
}

bool key_parse(const char *name, struct key *key)
{
    bool control = name[0] == 'C' && name[1] == '-' && name[2];
    const char *rest = control ? name + 2 : name;
    uint32_t code = single_character(rest);
    if (!code)
        code = named_code(rest);
    if (control && !(code >= 'a' && code <= 'z'))
        return false;
    *key = (struct key){code, control};
    return code != 0;
}

void key_write(struct key key, char out[KEY_NAME_SIZE])
{
    const char *prefix = key.control ? "C-" : "";
    for (size_t i = 0; i < ARRAY_LENGTH(named_keys); i++)
        if (named_keys[i].code == key.code) {
            snprintf(out, KEY_NAME_SIZE, "%s%s", prefix, named_keys[i].name);
            return;
        }
    if (key.code >= KEY_CODE_F1 && key.code <= KEY_CODE_LAST) {
        snprintf(out, KEY_NAME_SIZE, "%sF%u", prefix, key.code - KEY_CODE_F1 + 1);
        return;
    }
    char character[8];
    write_character(key.code < 0x110000 ? key.code : '?', character);
    snprintf(out, KEY_NAME_SIZE, "%s%s", prefix, character);
}

static struct binding *find(const struct keymap *keymap, struct key key)
{
    for (int i = 0; i < keymap->count; i++) {
        const struct binding *binding = &keymap->bindings[i];
        if (binding->key.code == key.code && binding->key.control == key.control)
            return (struct binding *)binding;
    }
    return NULL;
}

static bool bind(struct keymap *keymap, struct key key, enum action action, struct error *error)
{
    struct binding *binding = find(keymap, key);
    if (!binding && keymap->count == BINDING_LIMIT)
        return error_set(error, ERROR_DATA, "more than %d keys are bound", BINDING_LIMIT);
    if (!binding)
        binding = &keymap->bindings[keymap->count++];
    *binding = (struct binding){key, action};
    return true;
}

/* The next word of *rest, moving *rest past it; false at the end. */
static bool next_name(const char **rest, char name[KEY_NAME_SIZE])
{
    *rest += strspn(*rest, " ");
    size_t length = strcspn(*rest, " ");
    if (length == 0 || length >= KEY_NAME_SIZE)
        return false;
    memcpy(name, *rest, length);
    name[length] = '\0';
    *rest += length;
    return true;
}

struct keymap *keymap_new(struct error *error)
{
    struct keymap *keymap = memory_new(1, sizeof *keymap, error);
    for (int action = 0; keymap && action < ACTION_COUNT; action++) {
        const char *rest = action_row((enum action)action)->keys;
        char name[KEY_NAME_SIZE];
        while (next_name(&rest, name))
            if (!keymap_bind(keymap, name, action_row((enum action)action)->word, error)) {
                keymap_free(keymap);
                return NULL;
            }
    }
    return keymap;
}

void keymap_free(struct keymap *keymap)
{
    free(keymap);
}

bool keymap_bind(struct keymap *keymap, const char *name, const char *word, struct error *error)
{
    struct key key;
    if (!key_parse(name, &key))
        return error_set(error, ERROR_DATA,
                         "there is no key '%.40s': write a character, C-x, F1 .. F12, or a name "
                         "such as Space or PageDown",
                         name);
    enum action action = action_find(word);
    if (action == ACTION_NONE && strcmp(word, "none") != 0) {
        enum action nearest = action_nearest(word);
        bool offer = nearest != ACTION_NONE;
        return error_set(error, ERROR_DATA,
                         offer ? "no action '%.40s'; did you mean '%s'?" : "no action '%.40s'",
                         word, offer ? action_row(nearest)->word : "");
    }
    return bind(keymap, key, action, error);
}

enum action keymap_action(const struct keymap *keymap, struct key key)
{
    const struct binding *binding = find(keymap, key);
    return binding ? binding->action : ACTION_NONE;
}

void keymap_keys(const struct keymap *keymap, enum action action, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < keymap->count; i++) {
        if (keymap->bindings[i].action != action)
            continue;
        char name[KEY_NAME_SIZE];
        key_write(keymap->bindings[i].key, name);
        if (used + strlen(name) + 2 > size)
            return;
        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? " " : "", name);
    }
}
