#include "run/replay_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool out_of_memory(struct error *error)
{
    return error_set(error, ERROR_SYSTEM, "out of memory");
}

void replay_rows_release(struct replay_rows *rows)
{
    arena_release(&rows->texts);
    free(rows->items);
    *rows = (struct replay_rows){0};
}

/* Rows come strategy by strategy: it is nearly always the name of the row before. */
static const char *keep_name(struct replay_rows *rows, const char *name)
{
    const char *last = rows->count ? rows->items[rows->count - 1].strategy : NULL;
    return last && !strcmp(last, name) ? last : arena_text(&rows->texts, name, strlen(name), NULL);
}

static bool keep(struct replay_rows *rows, struct replay_row row)
{
    void *items = memory_grow(rows->items, rows->count, &rows->capacity, sizeof *rows->items, NULL);
    if (!items)
        return !(rows->failed = true);
    rows->items = items;
    row.strategy = keep_name(rows, row.strategy);
    rows->failed = !row.strategy;
    if (!rows->failed)
        rows->items[rows->count++] = row;
    return !rows->failed;
}

/* ---- The kinds ---- */

static bool keep_evaluation(void *context, const struct store_evaluation *row)
{
    return keep(context,
                (struct replay_row){.strategy = row->strategy,
                                    .ratio = row->ratio,
                                    .place = row->image,
                                    .part = row->mask,
                                    .values = {row->mse, (double)row->hidden, (double)row->label}});
}

static bool read_evaluations(struct replay_rows *rows, struct store *store, int arm, int64_t step,
                             struct error *error)
{
    return store_read_evaluations(store, arm, step, keep_evaluation, rows, error);
}

static bool keep_distance(void *context, const struct store_distance *row)
{
    return keep(context, (struct replay_row){.strategy = row->strategy,
                                             .ratio = row->ratio,
                                             .place = row->image,
                                             .part = row->distance,
                                             .values = {row->mse, (double)row->patches}});
}

static bool read_distances(struct replay_rows *rows, struct store *store, int arm, int64_t step,
                           struct error *error)
{
    return store_read_distances(store, arm, step, keep_distance, rows, error);
}

static bool keep_position(void *context, const struct store_position *row)
{
    return keep(context, (struct replay_row){.strategy = row->strategy,
                                             .ratio = row->ratio,
                                             .place = row->position,
                                             .values = {row->mse, row->sd, (double)row->images}});
}

static bool read_positions(struct replay_rows *rows, struct store *store, int arm, int64_t step,
                           struct error *error)
{
    return store_read_positions(store, arm, step, keep_position, rows, error);
}

static const struct replay_row_kind kinds[] = {
    {"image", "mask", {"mse", "hidden patches", "label"}, 3, false, read_evaluations},
    {"image", "distance", {"mse", "patches", NULL}, 2, true, read_distances},
    {"position", NULL, {"mse", "sd", "images"}, 3, true, read_positions},
};

const struct replay_row_kind *replay_row_kinds(size_t *count)
{
    *count = ARRAY_LENGTH(kinds);
    return kinds;
}

/* ---- Reading and comparing ---- */

bool replay_rows_read(struct replay_rows *rows, const struct replay_row_kind *kind,
                      struct store *store, int arm, int64_t step, struct error *error)
{
    arena_release(&rows->texts);
    rows->count = 0;
    return arm < 0 ||
           (kind->read(rows, store, arm, step, error) && (!rows->failed || out_of_memory(error)));
}

int replay_row_order(const struct replay_row *a, const struct replay_row *b)
{
    int order = strcmp(a->strategy, b->strategy);
    order = order ? order : (a->ratio > b->ratio) - (a->ratio < b->ratio);
    order = order ? order : (a->place > b->place) - (a->place < b->place);
    return order ? order : (a->part > b->part) - (a->part < b->part);
}

void replay_row_write(const struct replay_row_kind *kind, const struct replay_row *row,
                      const char *what, char *out, size_t size)
{
    char part[40] = "";
    if (kind->part)
        snprintf(part, sizeof part, ", %s %d", kind->part, row->part);
    snprintf(out, size, "%.20s of %s %lld%s under %.30s %g", what, kind->place,
             (long long)row->place, part, row->strategy, row->ratio);
}

/* ---- Steps ---- */

static bool keep_step(void *context, int64_t step)
{
    struct replay_steps *steps = context;
    if (step > steps->until)
        return false;
    void *items =
        memory_grow(steps->items, steps->count, &steps->capacity, sizeof *steps->items, NULL);
    if (!items)
        return !(steps->failed = true);
    steps->items = items;
    steps->items[steps->count++] = step;
    return true;
}

bool replay_steps_read(struct replay_steps *steps, struct store *store, int arm, int64_t from,
                       int64_t until, struct error *error)
{
    *steps = (struct replay_steps){.until = until};
    return arm < 0 || (store_read_evaluated_steps(store, arm, from, keep_step, steps, error) &&
                       (!steps->failed || out_of_memory(error)));
}
