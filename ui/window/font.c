#include "ui/window/font.h"

#include <fontconfig/fontconfig.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <SDL_ttf.h>

#include "base/file.h"
#include "base/memory.h"
#include "ui/window/font_builtin.h"

struct face {
    TTF_Font *font; /* null: the built-in one */
    int multiple;   /* physical pixels per dot of the built-in font */
};

struct font_set {
    bool ttf_started;
    struct face faces[FONT_ROLES];
};

/* What each role asks of fontconfig, and its size in logical pixels. */
static const struct {
    const char *family;
    int weight;
    double size;
} requests[FONT_ROLES] = {
    [FONT_TEXT] = {"sans-serif", FC_WEIGHT_REGULAR, 13},
    [FONT_STRONG] = {"sans-serif", FC_WEIGHT_BOLD, 13},
    [FONT_SMALL] = {"sans-serif", FC_WEIGHT_REGULAR, 11},
    [FONT_NUMBER] = {"monospace", FC_WEIGHT_REGULAR, 11},
};

/* The file of the best scalable match, and which face in it. */
static bool find_file(FcConfig *config, enum font_role role, char path[FILE_PATH_SIZE], int *index)
{
    FcPattern *pattern = FcPatternCreate();
    if (!pattern)
        return false;
    FcPatternAddString(pattern, FC_FAMILY, (const FcChar8 *)requests[role].family);
    FcPatternAddInteger(pattern, FC_WEIGHT, requests[role].weight);
    FcPatternAddInteger(pattern, FC_SLANT, FC_SLANT_ROMAN);
    FcPatternAddBool(pattern, FC_SCALABLE, FcTrue);
    FcConfigSubstitute(config, pattern, FcMatchPattern);
    FcDefaultSubstitute(pattern);

    FcResult result;
    FcPattern *match = FcFontMatch(config, pattern, &result);
    FcChar8 *file = NULL;
    bool found = match && FcPatternGetString(match, FC_FILE, 0, &file) == FcResultMatch &&
                 text_copy(path, FILE_PATH_SIZE, (const char *)file);
    *index = 0;
    if (found)
        FcPatternGetInteger(match, FC_INDEX, 0, index);
    if (match)
        FcPatternDestroy(match);
    FcPatternDestroy(pattern);
    return found;
}

static TTF_Font *open_font(FcConfig *config, enum font_role role, double scale)
{
    enum { FACE_INDEX_MASK = 0xffff }; /* the upper half names an instance of a variable font */
    char path[FILE_PATH_SIZE];
    int index;
    if (!config || !find_file(config, role, path, &index))
        return NULL;
    /* SDL_ttf takes the size of the em in points of 72 dpi, which are pixels. */
    int size = (int)lround(requests[role].size * scale);
    TTF_Font *font = TTF_OpenFontIndex(path, size, index & FACE_INDEX_MASK);
    if (font)
        TTF_SetFontHinting(font, TTF_HINTING_LIGHT);
    return font;
}

struct font_set *font_set_new(double scale, struct log *log, struct error *error)
{
    struct font_set *fonts = memory_new(1, sizeof *fonts, error);
    if (!fonts)
        return NULL;
    fonts->ttf_started = TTF_Init() == 0;
    FcConfig *config = fonts->ttf_started ? FcInitLoadConfigAndFonts() : NULL;
    bool missing = false;
    for (int role = 0; role < FONT_ROLES; role++) {
        struct face *face = &fonts->faces[role];
        double dots = requests[role].size * scale / (BUILTIN_LINE - 1);
        face->multiple = dots < 1 ? 1 : (int)lround(dots);
        face->font = open_font(config, (enum font_role)role, scale);
        missing |= !face->font;
    }
    if (config)
        FcConfigDestroy(config);
    if (missing)
        log_write(
            log, LOG_WARNING,
            "the window found no sans-serif or monospace font (fontconfig; on Debian, install "
            "fonts-dejavu-core) and uses its built-in one");
    return fonts;
}

void font_set_free(struct font_set *fonts)
{
    if (!fonts)
        return;
    for (int role = 0; role < FONT_ROLES; role++)
        if (fonts->faces[role].font)
            TTF_CloseFont(fonts->faces[role].font);
    if (fonts->ttf_started)
        TTF_Quit();
    free(fonts);
}

bool font_is_builtin(const struct font_set *fonts, enum font_role role)
{
    return !fonts->faces[role].font;
}

int font_line_height(const struct font_set *fonts, enum font_role role)
{
    const struct face *face = &fonts->faces[role];
    return face->font ? TTF_FontHeight(face->font) : BUILTIN_LINE * face->multiple;
}

int font_kerning(const struct font_set *fonts, enum font_role role, uint32_t first, uint32_t second)
{
    const struct face *face = &fonts->faces[role];
    return face->font ? TTF_GetFontKerningSizeGlyphs32(face->font, first, second) : 0;
}

static bool builtin_glyph(const struct face *face, uint32_t code, struct font_glyph *glyph)
{
    int multiple = face->multiple;
    const uint8_t *rows = font_builtin_rows(code);
    *glyph = (struct font_glyph){.width = BUILTIN_WIDTH * multiple,
                                 .height = BUILTIN_HEIGHT * multiple,
                                 .top = (BUILTIN_TOP + font_builtin_drop(code)) * multiple,
                                 .advance = BUILTIN_ADVANCE * multiple};
    glyph->coverage = memory_new((size_t)(glyph->width * glyph->height), 1, NULL);
    if (!glyph->coverage)
        return false;
    for (int y = 0; y < glyph->height; y++)
        for (int x = 0; x < glyph->width; x++) {
            int bit = rows[y / multiple] >> (BUILTIN_WIDTH - 1 - x / multiple) & 1;
            glyph->coverage[y * glyph->width + x] = bit ? 255 : 0;
        }
    return true;
}

/* SDL_ttf draws a glyph into a surface as high as the line; its alpha is the coverage. */
static bool copy_alpha(const SDL_Surface *surface, struct font_glyph *glyph)
{
    glyph->width = surface->w;
    glyph->height = surface->h;
    glyph->coverage = memory_new((size_t)(surface->w * surface->h), 1, NULL);
    if (!glyph->coverage)
        return false;
    for (int y = 0; y < surface->h; y++) {
        const uint8_t *row = (const uint8_t *)surface->pixels + (ptrdiff_t)y * surface->pitch;
        for (int x = 0; x < surface->w; x++) {
            uint32_t pixel;
            memcpy(&pixel, row + 4 * (ptrdiff_t)x, sizeof pixel);
            glyph->coverage[y * surface->w + x] = (uint8_t)(pixel >> 24); /* ARGB8888 */
        }
    }
    return true;
}

bool font_glyph_init(const struct font_set *fonts, enum font_role role, uint32_t code,
                     struct font_glyph *glyph)
{
    const struct face *face = &fonts->faces[role];
    if (!face->font)
        return builtin_glyph(face, code, glyph);
    *glyph = (struct font_glyph){0};
    int left = 0, right, low, high;
    TTF_GlyphMetrics32(face->font, code, &left, &right, &low, &high, &glyph->advance);
    glyph->left = left < 0 ? left : 0;
    SDL_Surface *surface =
        TTF_RenderGlyph32_Blended(face->font, code, (SDL_Color){255, 255, 255, 255});
    if (!surface)
        return true; /* nothing to draw, as for a space */
    bool good = copy_alpha(surface, glyph);
    SDL_FreeSurface(surface);
    return good;
}

void font_glyph_release(struct font_glyph *glyph)
{
    free(glyph->coverage);
    *glyph = (struct font_glyph){0};
}
