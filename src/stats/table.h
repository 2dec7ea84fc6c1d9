/* A typed table: named columns of text, integers or reals, and rows; written as text, CSV, TSV,
 * JSON, Markdown or LaTeX. Every table of the program goes through this.
 *
 * Fill it cell by cell, row after row: table_add_text(&t, "random"); table_add_real(&t, mse); ... A
 * cell of another type than its column is a mistake in the program and aborts. Running out of
 * memory is kept in the table and reported by table_write, so that filling needs no checks.
 *
 * Owns copies of all texts. One thread at a time; a filled table may be read from any.
 */
#ifndef MASKSCOPE_STATS_TABLE_H
#define MASKSCOPE_STATS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

/* TABLE_TIME: seconds since 1970 (UTC); people read local time with its zone, data has the number.
 */
/* TABLE_MARK: short text that belongs to the number on its left, such as "**" for significance. */
enum table_type {
    TABLE_TEXT,
    TABLE_INTEGER,
    TABLE_REAL,
    TABLE_TIME,
    TABLE_MARK,
    TABLE_TYPES,
    /* Given to table_init with one of them: the column is a detail, left out where people read the
     * table (text, Markdown, LaTeX) unless table.wide is set. */
    TABLE_DETAIL = 1 << 8,
    /* Given with TABLE_REAL: a p value, which LaTeX has with three decimals or as "<0.001". */
    TABLE_PROBABILITY = 1 << 9,
    /* Given with TABLE_REAL: within -1 and 1, as a correlation is. Its digits are decimals. */
    TABLE_COEFFICIENT = 1 << 10,
};

struct table_column {
    const char *name; /* "mse": stable, for scripts */
    const char *unit; /* "images/s"; null: none */
    enum table_type type;
    int digits; /* TABLE_REAL: significant digits where people read it; 0: 4. Data keeps all. */
};

struct table_cell {
    bool missing; /* also: a real that is NaN */
    bool strong;  /* bold where people read it; as text, with an asterisk */
    union {
        const char *text;
        int64_t integer;
        double real;
    };
};

struct table {
    const char *name;    /* "strategies": short, for file names, labels and scripts */
    const char *caption; /* sentences: these two, either of which may be null; null: none */
    const char *subject; /* what any such table shows */
    const char *remarks; /* what holds of these values alone */
    const char *label;   /* by which LaTeX refers to it, borrowed; null: the name */
    struct table_column *columns;
    unsigned *flags; /* [column_count]: TABLE_DETAIL, TABLE_PROBABILITY, TABLE_COEFFICIENT */
    size_t column_count;
    size_t keys;              /* the first columns, which tell rows apart: the maker's, or the
                                 leading texts */
    struct table_cell *cells; /* [rows, column_count] */
    size_t cell_count, cell_capacity;
    struct arena texts;
    bool emphasised; /* some cell is strong */
    bool failed;     /* memory ran out: the table is incomplete */
    bool wide;       /* show details to people too */
};

/* The column as table_init takes it, with its flags: for a table like this one. */
struct table_column table_column_of(const struct table *table, size_t column);
/* Whether people are shown the column. Data (CSV, TSV, JSON) always has all. */
bool table_shows(const struct table *table, size_t column);
bool table_is_probability(const struct table *table, size_t column);
bool table_is_coefficient(const struct table *table, size_t column);

/* Everything is copied; caption, which says what any such table shows, may be null. At least one
 * column. ERROR_SYSTEM when memory runs out. */
bool table_init(struct table *table, const char *name, const char *caption,
                const struct table_column *columns, size_t count, struct error *error)
    __attribute__((warn_unused_result));
void table_release(struct table *table);
/* Appends to the caption what holds of these values alone: how many there are, whose they are, a
 * test over all. Whole sentences, copied; "" says nothing. */
void table_remark(struct table *table, const char *remarks);

void table_add_text(struct table *table, const char *text); /* null: missing; also TABLE_MARK */
void table_add_integer(struct table *table, int64_t value);
void table_add_real(struct table *table, double value); /* NaN: missing */
void table_add_time(struct table *table, double seconds);
void table_add_missing(struct table *table);
/* Makes the cell added last strong. */
void table_emphasise(struct table *table);
/* Of this table or another, whose column has the type of the one it goes to. */
void table_add_cell(struct table *table, const struct table_cell *cell);
/* Makes one table of several [count] of one kind, below each other: a first column `heading` has
 * the name of each. The caption is what all of them show, then the remarks of each under its name.
 * ERROR_DATA: they have other columns than each other. The caller releases it if true. */
bool table_gather(struct table *table, const char *heading, const struct table *parts,
                  const char *const *names, size_t count, struct error *error)
    __attribute__((warn_unused_result));

/* Complete rows. */
size_t table_rows(const struct table *table);
const struct table_cell *table_cell(const struct table *table, size_t row, size_t column);
/* Appends the cell as people read it: significant digits, "-" where it is missing. Text may hold
 * what a terminal must not see: text_sanitize it. */
void table_cell_show(const struct table *table, size_t row, size_t column, struct text *text);
/* Appends "mse" or "speed (images/s)". */
void table_heading_show(const struct table_column *column, struct text *text);

/* Seconds since 1970 (UTC) as ISO 8601 local time: "2026-11-23T14:12:05+01:00". */
void table_show_time(char out[32], double seconds);
/* value with that many significant digits: "0.2500", "1234", "1.5e-13", "nan". */
void table_show_real(char out[32], double value, int digits);

enum table_format {
    TABLE_FORMAT_TEXT,
    TABLE_FORMAT_CSV,
    TABLE_FORMAT_TSV,
    TABLE_FORMAT_JSON,
    TABLE_FORMAT_MARKDOWN,
    TABLE_FORMAT_LATEX,
    TABLE_FORMATS
};

const char *table_format_name(enum table_format format);
/* "markdown". ERROR_USAGE with the nearest name. */
bool table_format_find(const char *name, enum table_format *format, struct error *error);
/* From a file's suffix: .txt .csv .tsv .json .md .tex. ERROR_USAGE names those. */
bool table_format_of_path(const char *path, enum table_format *format, struct error *error);

enum { TABLE_LABEL_SIZE = 96 };
/* A label for a table that goes into a file, by the file's name, so that tables of several files
 * can stand in one document: "second-pairs" for "out/second pairs.tex". `name` (null: it is alone
 * there) tells it from others in the file. */
void table_label(char label[TABLE_LABEL_SIZE], const char *path, const char *name);

/* Appends the tables as one document of that format: JSON is one object, or a list of them where
 * there are several; elsewhere an empty line parts them. Reals are exact in CSV, TSV and JSON
 * (missing: an empty field, null). Names may come from strangers: what a terminal would obey is
 * a '?'. ERROR_SYSTEM when memory ran out here or while a table was
 * filled. */
bool table_write(const struct table *const *tables, size_t count, enum table_format format,
                 struct text *text, struct error *error) __attribute__((warn_unused_result));

#endif
