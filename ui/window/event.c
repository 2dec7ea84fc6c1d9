#include "ui/window/event.h"

static bool named_key(SDL_Keycode symbol, struct key *key)
{
    static const struct {
        SDL_Keycode symbol;
        uint32_t code;
    } names[] = {
        {SDLK_UP, KEY_CODE_UP},          {SDLK_DOWN, KEY_CODE_DOWN},
        {SDLK_LEFT, KEY_CODE_LEFT},      {SDLK_RIGHT, KEY_CODE_RIGHT},
        {SDLK_HOME, KEY_CODE_HOME},      {SDLK_END, KEY_CODE_END},
        {SDLK_PAGEUP, KEY_CODE_PAGE_UP}, {SDLK_PAGEDOWN, KEY_CODE_PAGE_DOWN},
        {SDLK_RETURN, KEY_CODE_ENTER},   {SDLK_KP_ENTER, KEY_CODE_ENTER},
        {SDLK_ESCAPE, KEY_CODE_ESCAPE},  {SDLK_BACKSPACE, KEY_CODE_BACKSPACE},
        {SDLK_DELETE, KEY_CODE_DELETE},  {SDLK_INSERT, KEY_CODE_INSERT},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].symbol == symbol) {
            key->code = names[i].code;
            return true;
        }
    if (symbol < SDLK_F1 || symbol > SDLK_F12)
        return false;
    key->code = KEY_CODE_F1 + (uint32_t)(symbol - SDLK_F1);
    return true;
}

static bool pressed_key(const SDL_Keysym *symbol, struct key *key)
{
    *key = (struct key){0};
    if (symbol->mod & (KMOD_ALT | KMOD_GUI))
        return false;
    if (symbol->sym == SDLK_TAB) {
        key->code = symbol->mod & KMOD_SHIFT ? KEY_CODE_BACK_TAB : KEY_CODE_TAB;
        return true;
    }
    if (symbol->mod & KMOD_CTRL && symbol->sym >= SDLK_a && symbol->sym <= SDLK_z) {
        *key = (struct key){.code = (uint32_t)symbol->sym, .control = true};
        return true;
    }
    return named_key(symbol->sym, key);
}

/* The first character of UTF-8 text; SDL hands out well-formed text only. */
static uint32_t first_character(const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    if (bytes[0] < 0x80)
        return bytes[0];
    int length = bytes[0] >> 5 == 6 ? 2 : bytes[0] >> 4 == 14 ? 3 : 4;
    uint32_t code = bytes[0] & (0xffu >> (length + 1));
    for (int i = 1; i < length && bytes[i]; i++)
        code = code << 6 | (bytes[i] & 0x3f);
    return code;
}

bool event_key(const SDL_Event *event, struct key *key)
{
    if (event->type == SDL_KEYDOWN)
        return pressed_key(&event->key.keysym, key);
    if (event->type != SDL_TEXTINPUT)
        return false;
    *key = (struct key){.code = first_character(event->text.text)};
    return key->code >= ' ';
}
