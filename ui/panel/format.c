#include "ui/panel/format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/text.h"

/* Bytes of the well-formed character that starts with this byte. */
static int expected_bytes(unsigned char lead)
{
    return lead < 0x80   ? 1
           : lead < 0xC2 ? 0
           : lead < 0xE0 ? 2
           : lead < 0xF0 ? 3
           : lead < 0xF5 ? 4
                         : 0;
}

struct character character_at(const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    const struct character malformed = {'?', 1, 1};
    int count = expected_bytes(bytes[0]);
    if (count == 0)
        return malformed;
    uint32_t code = count == 1 ? bytes[0] : bytes[0] & (0xFFu >> (count + 1));
    for (int i = 1; i < count; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return malformed;
        code = code << 6 | (bytes[i] & 0x3Fu);
    }
    if (code < ' ' || (code >= 0x7F && code < 0xA0))
        return (struct character){'?', count, 1};
    int columns = code < 0x80 ? 1 : wcwidth((wchar_t)code);
    return columns < 0 ? (struct character){'?', count, 1}
                       : (struct character){code, count, columns};
}

static size_t put(char *out, const struct character *character, const char *bytes, int flags)
{
    if (character->code >= 0x80 && !(flags & FIT_ASCII)) {
        memcpy(out, bytes, (size_t)character->bytes);
        return (size_t)character->bytes;
    }
    if (character->columns == 0)
        return 0;
    memset(out, character->code < 0x80 ? (char)character->code : '?', (size_t)character->columns);
    return (size_t)character->columns;
}

int text_width(const char *text)
{
    int columns = 0;
    while (*text) {
        struct character character = character_at(text);
        columns += character.columns;
        text += character.bytes;
    }
    return columns;
}

int text_fit(char *out, size_t size, const char *text, int columns, int flags)
{
    const char *ellipsis = flags & FIT_ASCII ? "~" : "\u2026";
    size_t used = 0, cut = 0; /* cut: bytes that leave a column for the ellipsis */
    int width = 0, cut_width = 0;
    while (*text) {
        struct character character = character_at(text);
        bool fits = width + character.columns <= columns && used + 8 < size;
        if (!fits)
            break;
        used += put(out + used, &character, text, flags);
        width += character.columns;
        text += character.bytes;
        if (width < columns) {
            cut = used;
            cut_width = width;
        }
    }
    out[used] = '\0';
    if (!*text || !(flags & FIT_ELLIPSIS) || columns < 1 || cut + 4 > size)
        return width;
    memcpy(out + cut, ellipsis, strlen(ellipsis) + 1);
    return cut_width + 1;
}

size_t text_break(const char *text, int columns)
{
    size_t bytes = 0, blank = 0;
    int width = 0;
    while (text[bytes]) {
        struct character character = character_at(text + bytes);
        if (width + character.columns > columns)
            return blank > 0 ? blank : bytes > 0 ? bytes : (size_t)character.bytes;
        width += character.columns;
        bytes += (size_t)character.bytes;
        if (character.code == ' ')
            blank = bytes;
    }
    return bytes;
}

/* Decimals for about four significant digits, at most four. */
static int decimals_for(double magnitude)
{
    int decimals = 4;
    for (double limit = 10; decimals > 0 && magnitude >= limit; limit *= 10)
        decimals--;
    return decimals;
}

void format_number(char out[NUMBER_SIZE], double value, int width)
{
    if (!isfinite(value)) {
        snprintf(out, NUMBER_SIZE, "%s", isnan(value) ? "-" : value > 0 ? "inf" : "-inf");
        return;
    }
    double magnitude = fabs(value);
    if (magnitude == 0 || (magnitude >= 1e-3 && magnitude < 1e7)) {
        for (int decimals = decimals_for(magnitude); decimals >= 0; decimals--)
            if (snprintf(out, NUMBER_SIZE, "%.*f", decimals, value) <= width)
                return;
    }
    for (int digits = 3; digits >= 0; digits--)
        if (snprintf(out, NUMBER_SIZE, "%.*e", digits, value) <= width)
            return;
    snprintf(out, NUMBER_SIZE, "%.*s", width < NUMBER_SIZE ? width : NUMBER_SIZE - 1, "########");
}

void format_rough(char out[NUMBER_SIZE], double value)
{
    double magnitude = fabs(value);
    if (!isfinite(value))
        format_number(out, value, 7);
    else if (magnitude >= 999.5)
        text_from_count(out, value);
    else
        snprintf(out, NUMBER_SIZE, "%.*f",
                 magnitude < 9.995   ? 2
                 : magnitude < 99.95 ? 1
                                     : 0,
                 value);
}

void format_share(char out[NUMBER_SIZE], double share)
{
    if (isfinite(share) && fabs(share) < 1e6)
        snprintf(out, NUMBER_SIZE, "%.1f%%", 100 * share);
    else
        snprintf(out, NUMBER_SIZE, "-");
}
