/* The engine behind every setting: one row of a table says all there is to know about one, and the
 * YAML reader, --set, :set, the settings view, `list settings` and the manual work from the rows.
 *
 * A table describes a plain struct: each row names the field by its offset. Rows with the type
 * SETTING_TEXT or a list hold fixed-size fields, so the struct can be copied by assignment and has
 * no pointers. The run's table is in run/config.c; mask strategies and ratio laws describe their
 * parameters with rows of the same kind.
 */
#ifndef MASKSCOPE_BASE_SETTING_H
#define MASKSCOPE_BASE_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/node.h"
#include "base/text.h"

enum { SETTING_NAME_SIZE = 48, SETTING_TEXT_SIZE = 1024, SETTING_LIST_LIMIT = 16 };

enum setting_type {
    SETTING_BOOL,   /* field: bool */
    SETTING_INT,    /* field: int64_t */
    SETTING_REAL,   /* field: double */
    SETTING_CHOICE, /* field: int, the index into the row's choices */
    SETTING_TEXT,   /* field: char[SETTING_TEXT_SIZE] */
    SETTING_REALS,  /* field: struct setting_reals */
    SETTING_TEXTS,  /* field: struct setting_texts */
    SETTING_TYPES
};

struct setting_reals {
    int count;
    double items[SETTING_LIST_LIMIT];
};
struct setting_texts {
    int count;
    char items[SETTING_LIST_LIMIT][128];
};

struct setting {
    const char *name; /* "train.batch" */
    enum setting_type type;
    const char *unit;                 /* "images", "minutes"; null: a bare number or word */
    double low, high;                 /* inclusive, for SETTING_INT, _REAL and _REALS items */
    const char *const *choices;       /* SETTING_CHOICE: null-terminated, or null and: */
    const char *(*choice)(int index); /* the names of a registry; null past the last */
    const char *fallback;             /* the default, as one would type it */
    const char *help;                 /* one sentence without a full stop */
    bool live;                        /* may change while training */
    size_t offset;                    /* of the field in the struct that the table describes */
};

struct setting_table {
    const struct setting *rows;
    size_t count;
};

/* The row of that name, or null. */
const struct setting *setting_find(const struct setting_table *table, const char *name);
/* ERROR_DATA "no setting 'x'; did you mean 'y'?" */
bool setting_unknown(const struct setting_table *table, const char *name, struct error *error);

/* Sets every field of target to its default. The defaults are right by construction (a test holds
 * every row to it), so that only ERROR_SYSTEM can happen. */
bool setting_defaults(const struct setting_table *table, void *target, struct error *error)
    __attribute__((warn_unused_result));
/* Sets the row's field from a node or from text as typed. ERROR_DATA names the setting, what was
 * given and what is allowed; the field is unchanged then. */
bool setting_assign(const struct setting *row, const struct node *value, void *target,
                    struct error *error);
bool setting_assign_text(const struct setting *row, const char *value, void *target,
                         struct error *error);
/* Appends the field's value as one would type it: setting_assign_text(appended) gives the same. */
void setting_write(const struct setting *row, const void *target, struct text *text);
/* Appends what is allowed: "integer 1 .. 65536", "f32 | bf16", "list of numbers 0 .. 1". */
void setting_write_range(const struct setting *row, struct text *text);
const char *setting_type_name(enum setting_type type);
/* The name of a choice, null past the last. */
const char *setting_choice(const struct setting *row, int index);

#endif
