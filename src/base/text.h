/* Text: a growing buffer, numbers, names and what may be shown on a terminal.
 *
 * Numbers are read and written in the C locale: the program sets LC_CTYPE only.
 */
#ifndef MASKSCOPE_BASE_TEXT_H
#define MASKSCOPE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { TEXT_CHARACTER_SIZE = 4 }; /* bytes of the longest UTF-8 character */

/* A growing, always terminated text. All-zero is an empty one; text_release frees it. When memory
 * runs out, `failed` is set, later appends do nothing and the text so far stays. */
struct text {
    char *bytes; /* null while nothing was appended: read it through text_of */
    size_t length, capacity;
    bool failed;
};
void text_append(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_append_bytes(struct text *text, const char *bytes, size_t length);
/* The terminated bytes; "" for an empty text. Valid until the next append. */
const char *text_of(const struct text *text);
/* Whether all that was appended is there; ERROR_SYSTEM. To be asked before a text is read back or
 * kept: half a configuration reads as another one. */
bool text_is_whole(const struct text *text, struct error *error);
/* `text` was made of `part` too: what the one lacks, the other lacks. */
void text_add_failure(struct text *text, const struct text *part);
void text_clear(struct text *text);
void text_release(struct text *text);

/* Whether the text is well-formed UTF-8 (RFC 3629). */
bool text_is_utf8(const char *text);
/* Copies text into out[size], cut at a whole character if it must be; true if it fitted. */
bool text_copy(char *out, size_t size, const char *text);
/* Copies with control characters and malformed UTF-8 shown as '?', cut at a whole character. */
void text_sanitize(char *out, size_t size, const char *text);
/* The text itself likewise, but line breaks and tabs stay. */
void text_sanitize_lines(struct text *text);
/* Columns that UTF-8 text takes on a terminal in the current locale. */
int text_columns(const char *text);

/* The whole text is one number of the type: true and *value. "75%" is not a number; "inf" and "nan"
 * are refused. */
bool text_to_real(const char *text, double *value);
bool text_to_integer(const char *text, int64_t *value);
/* on/off, true/false, yes/no, 1/0 */
bool text_to_bool(const char *text, bool *value);
/* The fewest digits that read back as the same double: "0.75", "800", "1.5e-05", "1e+07", "nan". */
void text_from_real(char out[32], double value);

/* Index of the name nearest to `name` by edit distance (case ignored), or -1 if none is near enough
 * to be worth offering. names(context, i) gives the i-th of `count`. */
int text_nearest(const char *name, size_t count,
                 const char *(*names)(const void *context, size_t i), const void *context);

/* A count to be read by a person: 950 -> "950", 1234567 -> "1.23M"; "-" where there is none (NaN).
 */
void text_from_count(char out[16], double count);
/* A loss or an error with four decimals; what is too large or too small for that with four digits
 * and a power of ten: "0.6462", "2.92e+31", "nan". */
void text_from_measure(char out[16], double measure);
/* A count with its digits in groups of three: "12,345". */
void text_from_grouped(char out[32], int64_t count);
/* Seconds as "12.3s", "4m05s", "3h07m", "2d04h"; "-" for less than 0, NaN and over 30 years. */
void text_from_duration(char out[16], double seconds);

#endif
