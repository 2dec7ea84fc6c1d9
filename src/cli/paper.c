#include "cli/paper.h"

#include <assert.h>
#include <string.h>

#include "ui/window/font_builtin.h"

enum { WHITE = 255 };
const uint8_t paper_ink[3] = {0x30, 0x30, 0x30}, paper_faint[3] = {0xd8, 0xd8, 0xd8};
static_assert(PAPER_LINE == (int)BUILTIN_LINE && PAPER_ADVANCE == (int)BUILTIN_ADVANCE,
              "the paper's text is the built-in font's");

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

bool paper_init(struct image *paper, int width, int height, struct error *error)
{
    if (!image_resize(paper, width, height, 3, error))
        return false;
    memset(paper->pixels, WHITE, (size_t)width * (size_t)height * 3);
    return true;
}

void paper_fill(struct image *paper, int x, int y, int width, int height, const uint8_t rgb[3])
{
    for (int row = y < 0 ? 0 : y; row < y + height && row < paper->height; row++)
        for (int column = x < 0 ? 0 : x; column < x + width && column < paper->width; column++)
            memcpy(paper->pixels + ((size_t)row * (size_t)paper->width + (size_t)column) * 3, rgb,
                   3);
}

void paper_enlarge(struct image *paper, int x, int y, const uint8_t *picture, int width, int height,
                   int scale)
{
    for (int row = 0; row < height; row++)
        for (int column = 0; column < width; column++)
            paper_fill(paper, x + column * scale, y + row * scale, scale, scale,
                       picture + ((size_t)row * (size_t)width + (size_t)column) * 3);
}

static void draw_bytes(struct image *paper, int x, int y, int scale, const char *text,
                       size_t length)
{
    for (const char *end = text + length; text < end; text++) {
        unsigned char code = (unsigned char)*text;
        if (is_continuation(*text))
            continue; /* within a character of UTF-8, for which its first byte shows a box */
        const uint8_t *rows = font_builtin_rows(code);
        int top = y + font_builtin_drop(code) * scale;
        for (int row = 0; row < BUILTIN_HEIGHT; row++)
            for (int column = 0; column < BUILTIN_WIDTH; column++)
                if (rows[row] >> (BUILTIN_WIDTH - 1 - column) & 1)
                    paper_fill(paper, x + column * scale, top + row * scale, scale, scale,
                               paper_ink);
        x += BUILTIN_ADVANCE * scale;
    }
}

void paper_text(struct image *paper, int x, int y, int scale, const char *text)
{
    draw_bytes(paper, x, y, scale, text, strlen(text));
}

/* `limit` bytes of text, or fewer so as to cut at a whole character. */
static size_t whole_characters(const char *text, size_t limit)
{
    while (limit > 1 && is_continuation(text[limit]))
        limit--;
    return limit;
}

/* Bytes of the first line. */
static size_t line_length(const char *text, size_t limit)
{
    size_t length = strlen(text);
    if (length <= limit)
        return length;
    for (size_t cut = limit; cut > limit / 2; cut--)
        if (text[cut - 1] == ',' || text[cut - 1] == ' ')
            return cut;
    return whole_characters(text, limit);
}

int paper_paragraph(struct image *paper, int x, int y, int width, int most_lines, const char *text)
{
    static const char sign[] = "...";
    size_t limit = (size_t)(width / PAPER_ADVANCE), sign_length = strlen(sign);
    int height = 0;
    for (int line = 1; *text && line <= most_lines; line++) {
        size_t length = line_length(text, limit);
        bool cut = line == most_lines && text[length];
        if (cut)
            length = whole_characters(text, limit - sign_length);
        if (paper)
            draw_bytes(paper, x, y + height, 1, text, length);
        if (paper && cut)
            draw_bytes(paper, x + (int)length * PAPER_ADVANCE, y + height, 1, sign, sign_length);
        text += length;
        text += strspn(text, " ");
        height += PAPER_LINE + PAPER_LEADING;
    }
    return height;
}
