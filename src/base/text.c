#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

#include "base/memory.h"

static bool reserve(struct text *text, size_t more)
{
    if (text->failed)
        return false;
    size_t needed = text->length + more + 1;
    if (needed <= text->capacity)
        return true;
    size_t capacity = text->capacity ? text->capacity : 64;
    while (capacity < needed)
        capacity *= 2;
    char *bytes = realloc(text->bytes, capacity);
    if (!bytes) {
        text->failed = true;
        return false;
    }
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
}

void text_append(struct text *text, const char *format, ...)
{
    va_list args;
    if (!reserve(text, 0))
        return;
    size_t room = text->capacity - text->length; /* mostly it fits, and is formatted once */
    va_start(args, format);
    int length = vsnprintf(text->bytes + text->length, room, format, args);
    va_end(args);
    if (length < 0)
        text->failed = true;
    if (length >= 0 && (size_t)length >= room && reserve(text, (size_t)length)) {
        va_start(args, format);
        vsnprintf(text->bytes + text->length, (size_t)length + 1, format, args);
        va_end(args);
    }
    if (text->failed)
        text->bytes[text->length] = '\0'; /* no part of it */
    else
        text->length += (size_t)length;
}

void text_append_bytes(struct text *text, const char *bytes, size_t length)
{
    if (!reserve(text, length))
        return;
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

bool text_is_whole(const struct text *text, struct error *error)
{
    return !text->failed || error_set(error, ERROR_SYSTEM, "out of memory for a text");
}

void text_add_failure(struct text *text, const struct text *part)
{
    text->failed = text->failed || part->failed;
}

const char *text_of(const struct text *text)
{
    return text->bytes ? text->bytes : "";
}

void text_clear(struct text *text)
{
    text->length = 0;
    if (text->bytes)
        text->bytes[0] = '\0';
}

void text_release(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}

/* The length in bytes of the well-formed UTF-8 character at bytes (RFC 3629), or 0. */
static size_t character_length(const unsigned char *bytes)
{
    if (bytes[0] < 0x80)
        return 1;
    size_t length = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
    if (bytes[0] < 0xC2 || bytes[0] > 0xF4)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (bytes[0] == 0xE0 && bytes[1] < 0xA0) || (bytes[0] == 0xF0 && bytes[1] < 0x90);
    bool outside = (bytes[0] == 0xED && bytes[1] > 0x9F) || (bytes[0] == 0xF4 && bytes[1] > 0x8F);
    return overlong || outside ? 0 : length;
}

/* C0, DEL and the C1 controls U+0080 .. U+009F. */
static bool is_control(const unsigned char *bytes)
{
    return bytes[0] < 0x20 || bytes[0] == 0x7F || (bytes[0] == 0xC2 && bytes[1] < 0xA0);
}

bool text_is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    for (size_t length; *at; at += length) {
        length = character_length(at);
        if (length == 0)
            return false;
    }
    return true;
}

bool text_copy(char *out, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length < size) {
        memcpy(out, text, length + 1);
        return true;
    }
    length = size - 1;
    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    memcpy(out, text, length);
    out[length] = '\0';
    return false;
}

/* out may be text. */
static void sanitize(char *out, size_t size, const char *text, const char *kept)
{
    const unsigned char *from = (const unsigned char *)text;
    size_t used = 0;
    while (*from) {
        size_t length = character_length(from);
        bool good = length > 0 && (!is_control(from) || strchr(kept, *from));
        size_t written = good ? length : 1;
        if (used + written >= size)
            break;
        if (good)
            memmove(out + used, from, length);
        else
            out[used] = '?';
        used += written;
        from += length > 0 ? length : 1;
    }
    out[used] = '\0';
}

void text_sanitize(char *out, size_t size, const char *text)
{
    sanitize(out, size, text, "");
}

void text_sanitize_lines(struct text *text)
{
    if (text->length == 0)
        return;
    sanitize(text->bytes, text->length + 1, text->bytes, "\t\n\r");
    text->length = strlen(text->bytes);
}

int text_columns(const char *text)
{
    mbstate_t state = {0};
    int columns = 0;
    while (*text) {
        if (*text >= ' ' && *text <= '~') { /* nearly all of them */
            columns++;
            text++;
            continue;
        }
        wchar_t wide;
        size_t length = mbrtowc(&wide, text, strnlen(text, MB_CUR_MAX), &state);
        if (length == (size_t)-1 || length == (size_t)-2 || length == 0) {
            state = (mbstate_t){0};
            columns++;
            text++;
            continue;
        }
        int width = wcwidth(wide);
        columns += width > 0 ? width : 0;
        text += length;
    }
    return columns;
}

bool text_to_real(const char *text, double *value)
{
    if (!*text || isspace((unsigned char)*text))
        return false;
    char *end;
    double read = strtod(text, &end);
    if (*end || !isfinite(read))
        return false;
    *value = read;
    return true;
}

bool text_to_integer(const char *text, int64_t *value)
{
    if (!*text || isspace((unsigned char)*text))
        return false;
    char *end;
    errno = 0;
    intmax_t read = strtoimax(text, &end, 10);
    if (*end || errno)
        return false;
    *value = read;
    return true;
}

bool text_to_bool(const char *text, bool *value)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"true", true},   {"yes", true}, {"on", true},   {"1", true},
                 {"false", false}, {"no", false}, {"off", false}, {"0", false}};
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (!strcasecmp(text, words[i].word)) {
            *value = words[i].value;
            return true;
        }
    return false;
}

/* The fewest digits that read back as the same double. A decimal of up to DBL_DIG digits comes out
 * of a normal double as it went in, so that many digits without their trailing zeros are the fewest
 * where they suffice. */
static int exact_digits(double value)
{
    enum { MOST_DIGITS = 17 };
    char text[40];
    int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG;
    for (; digits < MOST_DIGITS; digits++) {
        snprintf(text, sizeof text, "%.*e", digits - 1, value);
        if (strtod(text, NULL) == value)
            break;
    }
    char *end = strchr(text, 'e');
    if (digits != DBL_DIG || !end)
        return digits;
    while (digits > 1 && *--end == '0')
        digits--;
    return digits;
}

void text_from_real(char out[32], double value)
{
    if (isnan(value)) { /* printf may put a sign before it */
        text_copy(out, 32, "nan");
        return;
    }
    if (fabs(value) < 1e7 && value == trunc(value)) { /* "800", where %g would say "8e+02" */
        snprintf(out, 32, "%.0f", value);
        return;
    }
    int digits = exact_digits(value);
    snprintf(out, 32, "%.*g", digits, value);
}

/* Levenshtein distance with a transposition of neighbours as one edit, case ignored, both texts cut
 * at LIMIT characters. */
static int edit_distance(const char *a, const char *b)
{
    enum { LIMIT = 64 };
    size_t a_length = strnlen(a, LIMIT), b_length = strnlen(b, LIMIT);
    int rows[3][LIMIT + 1];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= a_length; i++) {
        int *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = (int)i;
        for (size_t j = 1; j <= b_length; j++) {
            int ca = tolower((unsigned char)a[i - 1]), cb = tolower((unsigned char)b[j - 1]);
            int best = above[j - 1] + (ca != cb);
            best = best < above[j] + 1 ? best : above[j] + 1;
            best = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
            bool swapped = i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
                           cb == tolower((unsigned char)a[i - 2]);
            if (swapped && two_above[j - 2] + 1 < best)
                best = two_above[j - 2] + 1;
            row[j] = best;
        }
    }
    return rows[a_length % 3][b_length];
}

int text_nearest(const char *name, size_t count,
                 const char *(*names)(const void *context, size_t i), const void *context)
{
    int best = -1, best_distance = (int)strlen(name) / 3 + 2;
    for (size_t i = 0; i < count; i++) {
        int distance = edit_distance(name, names(context, i));
        if (distance < best_distance) {
            best_distance = distance;
            best = (int)i;
        }
    }
    return best;
}

void text_from_measure(char out[16], double measure)
{
    double size = fabs(measure);
    bool plain = size == 0 || (size >= 1e-3 && size < 1e5);
    snprintf(out, 16, isnan(measure) ? "nan" : plain ? "%.4f" : "%.4g", measure);
}

void text_from_count(char out[16], double count)
{
    static const char suffixes[] = {'\0', 'k', 'M', 'G', 'T', 'P'};
    if (!(fabs(count) < 999.5e15)) {
        text_copy(out, 16, "-");
        return;
    }
    size_t power = 0;
    while (fabs(count) >= 999.5) {
        count /= 1000;
        power++;
    }
    int decimals = power == 0 || fabs(count) >= 99.95 ? 0 : fabs(count) >= 9.995 ? 1 : 2;
    snprintf(out, 16, "%.*f%.1s", decimals, count, &suffixes[power]);
}

void text_from_grouped(char out[32], int64_t count)
{
    char digits[24];
    int length =
        snprintf(digits, sizeof digits, "%" PRIu64, count < 0 ? -(uint64_t)count : (uint64_t)count);
    size_t used = 0;
    if (count < 0)
        out[used++] = '-';
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
}

void text_from_duration(char out[16], double seconds)
{
    if (!(seconds >= 0 && seconds < 1e9)) {
        text_copy(out, 16, "-");
        return;
    }
    unsigned whole = (unsigned)(seconds + 0.5);
    unsigned minutes = whole / 60, hours = minutes / 60, days = hours / 24;
    if (seconds < 59.95)
        snprintf(out, 16, "%.1fs", seconds);
    else if (hours == 0)
        snprintf(out, 16, "%um%02us", minutes, whole % 60);
    else if (days == 0)
        snprintf(out, 16, "%uh%02um", hours, minutes % 60);
    else
        snprintf(out, 16, "%ud%02uh", days, hours % 24);
}
