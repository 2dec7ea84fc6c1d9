/* Text on the canvas. Widths are summed in physical pixels, since glyphs advance by whole ones. */
#include <math.h>
#include <string.h>

#include "ui/window/canvas.h"
#include "ui/window/theme.h"

static const char ellipsis[] = "\xe2\x80\xa6";
static const uint32_t replacement = '?';

/* The next character of UTF-8 text, *text moved behind it; malformed bytes come one by one as '?'.
 */
static uint32_t next_code(const char **text)
{
    const unsigned char *bytes = (const unsigned char *)*text;
    int length = bytes[0] < 0x80       ? 1
                 : bytes[0] >> 5 == 6  ? 2
                 : bytes[0] >> 4 == 14 ? 3
                 : bytes[0] >> 3 == 30 ? 4
                                       : 0;
    uint32_t code = length == 1 ? bytes[0] : bytes[0] & (0xffu >> (length + 1));
    for (int i = 1; i < length; i++) {
        if (bytes[i] >> 6 != 2) {
            length = 0;
            break;
        }
        code = code << 6 | (bytes[i] & 0x3f);
    }
    *text += length ? length : 1;
    return length && code >= ' ' ? code : replacement;
}

/* Walks over text with the pen at 0; draws if `at` is not null. Stops before the first character
 * that would pass `limit`; *rest is where. Returns the width in physical pixels. */
static int walk(struct canvas *canvas, enum font_role role, const char *text, int limit,
                const SDL_Point *at, const char **rest)
{
    int pen = 0;
    uint32_t before = 0;
    while (*text) {
        const char *start = text;
        uint32_t code = next_code(&text);
        const struct cached_glyph *glyph =
            glyph_cache_find(&canvas->glyphs, canvas->fonts, role, code);
        int kerning = before ? font_kerning(canvas->fonts, role, before, code) : 0;
        if (pen + kerning + glyph->advance > limit) {
            text = start;
            break;
        }
        pen += kerning;
        if (at && glyph->area.w > 0) {
            SDL_Rect target = {at->x + pen + glyph->left, at->y + glyph->top, glyph->area.w,
                               glyph->area.h};
            SDL_RenderCopy(canvas->renderer, canvas->glyphs.texture, &glyph->area, &target);
        }
        pen += glyph->advance;
        before = code;
    }
    if (rest)
        *rest = text;
    return pen;
}

enum { NO_LIMIT = 1 << 28 };

float canvas_line_height(const struct canvas *canvas, enum font_role role)
{
    return (float)(font_line_height(canvas->fonts, role) / canvas->scale);
}

float canvas_text_width(struct canvas *canvas, enum font_role role, const char *text)
{
    return (float)(walk(canvas, role, text, NO_LIMIT, NULL, NULL) / canvas->scale);
}

static void set_text_colour(struct canvas *canvas, SDL_Color colour)
{
    colour = canvas_ink(canvas, colour);
    SDL_SetTextureColorMod(canvas->glyphs.texture, colour.r, colour.g, colour.b);
    SDL_SetTextureAlphaMod(canvas->glyphs.texture, colour.a);
}

float canvas_text(struct canvas *canvas, enum font_role role, float x, float y, SDL_Color colour,
                  const char *text)
{
    if (!canvas->glyphs.texture)
        return 0;
    set_text_colour(canvas, colour);
    SDL_Point at = {(int)lround(x * canvas->scale), (int)lround(y * canvas->scale)};
    return (float)(walk(canvas, role, text, NO_LIMIT, &at, NULL) / canvas->scale);
}

/* The longest beginning that fits with an ellipsis; "" if not even that does. */
static void cut(struct canvas *canvas, enum font_role role, const char *text, int limit, char *out,
                size_t size)
{
    int room = limit - walk(canvas, role, ellipsis, NO_LIMIT, NULL, NULL);
    const char *rest = text;
    out[0] = '\0';
    if (room < 0)
        return;
    walk(canvas, role, text, room, NULL, &rest);
    size_t length = (size_t)(rest - text);
    if (length + sizeof ellipsis > size)
        return;
    memcpy(out, text, length);
    memcpy(out + length, ellipsis, sizeof ellipsis);
}

float canvas_text_in(struct canvas *canvas, enum font_role role, SDL_FRect area,
                     enum canvas_align align, SDL_Color colour, const char *text)
{
    char shortened[512];
    int limit = (int)floor(area.w * canvas->scale + 0.5);
    int width = walk(canvas, role, text, NO_LIMIT, NULL, NULL);
    if (width > limit) {
        cut(canvas, role, text, limit, shortened, sizeof shortened);
        text = shortened;
        width = walk(canvas, role, text, NO_LIMIT, NULL, NULL);
    }
    float logical = (float)(width / canvas->scale);
    float x = area.x + (align == ALIGN_LEFT    ? 0
                        : align == ALIGN_RIGHT ? area.w - logical
                                               : (area.w - logical) / 2);
    float y = area.y + (area.h - canvas_line_height(canvas, role)) / 2;
    return canvas_text(canvas, role, x, y, colour, text);
}

float canvas_text_fit(struct canvas *canvas, enum font_role role, SDL_FRect area,
                      enum canvas_align align, SDL_Color colour, const char *text,
                      const char *shorter)
{
    bool fits = canvas_text_width(canvas, role, text) <= area.w + 0.5f;
    return canvas_text_in(canvas, role, area, align, colour, fits ? text : shorter);
}

enum { TIP_LINES = 20, TIP_LINE_SIZE = 160, TIP_PADDING = 8, TIP_DISTANCE = 14, TIP_COLUMNS = 14 };

struct tip_line {
    char left[TIP_LINE_SIZE], right[TIP_LINE_SIZE];
};

static int split_lines(const char *text, struct tip_line lines[TIP_LINES])
{
    int count = 0;
    while (*text && count < TIP_LINES) {
        size_t length = strcspn(text, "\n"), left = strcspn(text, "\t\n");
        struct tip_line *line = &lines[count++];
        size_t right = left < length ? length - left - 1 : 0;
        snprintf(line->left, sizeof line->left, "%.*s", (int)left, text);
        snprintf(line->right, sizeof line->right, "%.*s", (int)right, text + length - right);
        text += length + (text[length] == '\n');
    }
    return count;
}

void canvas_tip(struct canvas *canvas, float x, float y, SDL_FRect area, const char *text)
{
    struct tip_line lines[TIP_LINES];
    int count = split_lines(text, lines);
    float left = 0, right = 0;
    for (int i = 0; i < count; i++) {
        left = fmaxf(left, canvas_text_width(canvas, FONT_SMALL, lines[i].left));
        right = fmaxf(right, canvas_text_width(canvas, FONT_SMALL, lines[i].right));
    }
    float height = canvas_line_height(canvas, FONT_SMALL) + 2;
    SDL_FRect box = {x + TIP_DISTANCE, y + TIP_DISTANCE,
                     left + right + (right > 0 ? TIP_COLUMNS : 0) + 2 * TIP_PADDING,
                     height * (float)count + 2 * TIP_PADDING - 2};
    if (box.x + box.w > area.x + area.w)
        box.x = fmaxf(area.x, x - TIP_DISTANCE - box.w);
    if (box.y + box.h > area.y + area.h)
        box.y = fmaxf(area.y, y - TIP_DISTANCE - box.h);
    canvas_fill(canvas, box, THEME_TIP);
    canvas_frame(canvas, box, THEME_RULE);
    for (int i = 0; i < count; i++) {
        SDL_FRect line = {box.x + TIP_PADDING, box.y + TIP_PADDING + height * (float)i,
                          box.w - 2 * TIP_PADDING, height};
        canvas_text_in(canvas, FONT_SMALL, line, ALIGN_LEFT, i ? THEME_MUTED : THEME_TEXT,
                       lines[i].left);
        canvas_text_in(canvas, FONT_SMALL, line, ALIGN_RIGHT, THEME_TEXT, lines[i].right);
    }
}
