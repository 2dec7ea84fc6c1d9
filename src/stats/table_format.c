#include "stats/table_format.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name, *suffix;
    table_writer *write;
} formats[] = {
    [TABLE_FORMAT_TEXT] = {"text", ".txt", table_write_text},
    [TABLE_FORMAT_CSV] = {"csv", ".csv", table_write_csv},
    [TABLE_FORMAT_TSV] = {"tsv", ".tsv", table_write_tsv},
    [TABLE_FORMAT_JSON] = {"json", ".json", table_write_json},
    [TABLE_FORMAT_MARKDOWN] = {"markdown", ".md", table_write_markdown},
    [TABLE_FORMAT_LATEX] = {"latex", ".tex", table_write_latex},
};
static_assert(ARRAY_LENGTH(formats) == TABLE_FORMATS, "a format has no writer");

const char *table_format_name(enum table_format format)
{
    return formats[format].name;
}

static const char *format_name(const void *context, size_t i)
{
    (void)context;
    return formats[i].name;
}

bool table_format_find(const char *name, enum table_format *format, struct error *error)
{
    for (int i = 0; i < TABLE_FORMATS; i++)
        if (!strcmp(formats[i].name, name)) {
            *format = (enum table_format)i;
            return true;
        }
    int nearest = text_nearest(name, TABLE_FORMATS, format_name, NULL);
    if (nearest < 0)
        return error_set(error, ERROR_USAGE,
                         "no format '%.80s': expected text, csv, tsv, json, markdown or latex",
                         name);
    return error_set(error, ERROR_USAGE, "no format '%.80s'; did you mean '%s'?", name,
                     formats[nearest].name);
}

bool table_format_of_path(const char *path, enum table_format *format, struct error *error)
{
    const char *slash = strrchr(path, '/');
    const char *suffix = strrchr(slash ? slash : path, '.');
    for (int i = 0; suffix && i < TABLE_FORMATS; i++)
        if (!strcasecmp(formats[i].suffix, suffix)) {
            *format = (enum table_format)i;
            return true;
        }
    return error_set(error, ERROR_USAGE,
                     "'%.200s': the suffix must be .txt, .csv, .tsv, .json, .md or .tex", path);
}

void table_write_each(const struct table *const *tables, size_t count, const char *line_end,
                      void (*write)(const struct table *table, struct text *text),
                      struct text *text)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            text_append(text, "%s", line_end);
        write(tables[i], text);
    }
}

bool table_write(const struct table *const *tables, size_t count, enum table_format format,
                 struct text *text, struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (tables[i]->failed)
            return error_set(error, ERROR_SYSTEM, "out of memory");
    if (!formats[format].write(tables, count, text, error))
        return false;
    text_sanitize_lines(text); /* of JSON it leaves all as it is: that writes \u001B */
    return text_is_whole(text, error);
}

void table_label(char label[TABLE_LABEL_SIZE], const char *path, const char *name)
{
    const char *slash = strrchr(path, '/'), *stem = slash ? slash + 1 : path;
    const char *dot = strrchr(stem, '.');
    int length = dot && dot > stem ? (int)(dot - stem) : (int)strlen(stem);
    snprintf(label, TABLE_LABEL_SIZE, "%.*s%s%s", length, stem, name ? "-" : "", name ? name : "");
    for (char *at = label; *at; at++)
        if (!isalnum((unsigned char)*at) && *at != '.')
            *at = '-';
}
