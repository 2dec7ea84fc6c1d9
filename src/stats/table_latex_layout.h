/* How a table fits a page of LaTeX: the type of each column, the size of the letters, and, where
 * one line does not hold all columns, the parts that are set below each other. Used by
 * table_latex.c. */
#ifndef MASKSCOPE_STATS_TABLE_LATEX_LAYOUT_H
#define MASKSCOPE_STATS_TABLE_LATEX_LAYOUT_H

#include "stats/table.h"

/* One form for all numbers of a column, which are lined up at the point: with exponents in some
 * rows alone there would be holes in the others. */
struct latex_form {
    enum { LATEX_AS_SHOWN, LATEX_DECIMALS, LATEX_EXPONENTS } kind;
    int decimals; /* LATEX_DECIMALS: of every number */
};

struct latex_column {
    size_t column; /* of the table */
    struct latex_form form;
    char type[40]; /* "S[table-format=-1.4e-2]", "l", "p{.25\\linewidth}" */
    double width;  /* points in \scriptsize, without the space between columns */
    bool close;    /* there is none before it */
};

struct latex_layout {
    struct latex_column *columns; /* [count]: those that are shown */
    size_t count, keys;           /* the first `keys` stand in every part */
    const char *size;             /* "\\small" */
    double gap;                   /* points between columns at that size */
    double scale;                 /* of that size to \scriptsize */
    double room;                  /* points that a part takes at most */
};

/* ERROR_SYSTEM. */
bool latex_layout_init(struct latex_layout *layout, const struct table *table, struct error *error)
    __attribute__((warn_unused_result));
void latex_layout_release(struct latex_layout *layout);
/* How many parts there are. */
size_t latex_parts(const struct latex_layout *layout, const struct table *table);
/* The end of the part whose columns, beside the keys, begin at columns[from]. */
size_t latex_part_end(const struct latex_layout *layout, const struct table *table, size_t from);

bool latex_is_number(const struct table *table, size_t column);
/* As people read the cell; but p values with three decimals or as "<0.001", and numbers in the form
 * of their column. Replaces the contents of cell. */
void latex_show(const struct table *table, size_t row, size_t column, const struct latex_form *form,
                struct text *cell);

#endif
