#include "ui/panel/columns.h"

enum { GAP = 2 };

static int total_width(const struct column *columns, int count, int highest_rank)
{
    int width = 0;
    for (int i = 0; i < count; i++)
        width += columns[i].rank <= highest_rank ? columns[i].least + GAP : 0;
    return width - GAP;
}

/* Hands out `spare` columns of width one by one, so that all that can widen do so alike. */
static void widen(struct layout *layout, const struct column *columns, int count, int spare)
{
    bool any = true;
    while (spare > 0 && any) {
        any = false;
        for (int i = 0; i < count && spare > 0; i++)
            if (layout->width[i] > 0 && layout->width[i] < columns[i].most) {
                layout->width[i]++;
                spare--;
                any = true;
            }
    }
}

void columns_layout(struct layout *layout, const struct column *columns, int count, int width)
{
    int rank = COLUMN_LIMIT;
    while (rank > 0 && total_width(columns, count, rank) > width)
        rank--;
    for (int i = 0; i < count; i++)
        layout->width[i] = columns[i].rank <= rank ? columns[i].least : 0;
    widen(layout, columns, count, width - total_width(columns, count, rank));
    int at = 0;
    for (int i = 0; i < count; i++) {
        layout->column[i] = at;
        at += layout->width[i] > 0 ? layout->width[i] + GAP : 0;
    }
}

void columns_headings(const struct screen *screen, const struct area *area, int row,
                      const struct layout *layout, const struct column *columns, int count)
{
    for (int i = 0; i < count; i++)
        columns_cell(screen, area, row, layout, columns, i, ROLE_HEADING, columns[i].heading);
}

void columns_cell(const struct screen *screen, const struct area *area, int row,
                  const struct layout *layout, const struct column *columns, int column,
                  enum role role, const char *text)
{
    if (layout->width[column] > 0)
        draw_field(screen, area, row, layout->column[column], layout->width[column], role,
                   columns[column].right, text);
}
