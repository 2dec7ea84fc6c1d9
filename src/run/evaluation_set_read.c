/* Evaluation sets from a record. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/command.h"
#include "run/config.h"
#include "run/evaluation_set.h"
#include "run/record.h"
#include "run/tables_private.h"

/* One row of the record. */
struct value {
    int arm, cell; /* in order of appearance */
    int64_t image;
    int label;
    double mse;
};

struct reading {
    struct arena texts;
    struct value *values;
    size_t count, capacity;
    struct evaluation_key *cells;
    int cell_count, last_cell;
    size_t cell_capacity;
    struct arm_names arms;
    int64_t *steps; /* [arms.count]; -1: not evaluated */
    int arm;        /* being read */
    int masks;      /* of an image: the most there are */
    struct error *error;
    bool failed;
};

static bool out_of_memory(struct reading *reading)
{
    reading->failed = true;
    return error_set(reading->error, ERROR_SYSTEM, "out of memory");
}

static bool is_cell(const struct reading *reading, int cell, const struct store_evaluation *row)
{
    return cell < reading->cell_count &&
           evaluation_key_same(&reading->cells[cell],
                               &(struct evaluation_key){row->strategy, row->ratio});
}

/* Rows come cell by cell: it is nearly always that of the row before. */
static int find_cell(struct reading *reading, const struct store_evaluation *row)
{
    if (is_cell(reading, reading->last_cell, row))
        return reading->last_cell;
    for (int cell = 0; cell < reading->cell_count; cell++)
        if (is_cell(reading, cell, row))
            return reading->last_cell = cell;
    void *cells = memory_grow(reading->cells, (size_t)reading->cell_count, &reading->cell_capacity,
                              sizeof *reading->cells, NULL);
    if (!cells)
        return -1;
    reading->cells = cells;
    const char *name =
        arena_text(&reading->texts, row->strategy, strlen(row->strategy), reading->error);
    if (!name)
        return -1;
    reading->cells[reading->cell_count] = (struct evaluation_key){name, row->ratio};
    return reading->last_cell = reading->cell_count++;
}

static bool keep(void *context, const struct store_evaluation *row)
{
    struct reading *reading = context;
    int cell = find_cell(reading, row);
    if (cell < 0)
        return out_of_memory(reading);
    void *values = memory_grow(reading->values, reading->count, &reading->capacity,
                               sizeof *reading->values, NULL);
    if (!values)
        return out_of_memory(reading);
    reading->values = values;
    reading->steps[reading->arm] = row->step;
    if (row->mask >= reading->masks && row->mask < INT_MAX)
        reading->masks = row->mask + 1;
    reading->values[reading->count++] =
        (struct value){reading->arm, cell, row->image, row->label, row->mse};
    return true;
}

/* An arm that was added while the run trained is recorded after them. */
static void put_baselines_last(struct arm_names *arms)
{
    size_t models = 0;
    for (size_t i = 0; i < arms->count; i++) {
        struct named_arm named = arms->items[i];
        if (!strcmp(named.kind, "baseline"))
            continue;
        memmove(&arms->items[models + 1], &arms->items[models], (i - models) * sizeof *arms->items);
        arms->items[models++] = named;
    }
}

static bool read_rows(struct reading *reading, struct store *store)
{
    if (!arm_names_read(&reading->arms, store, reading->error) ||
        !(reading->steps =
              memory_new(reading->arms.count + 1, sizeof *reading->steps, reading->error)))
        return false;
    put_baselines_last(&reading->arms);
    for (size_t i = 0; i < reading->arms.count; i++) {
        reading->arm = (int)i;
        reading->steps[i] = -1;
        if (!store_read_evaluations(store, reading->arms.items[i].id, STORE_LATEST, keep, reading,
                                    reading->error) ||
            reading->failed)
            return false;
    }
    return reading->count > 0 ||
           error_set(reading->error, ERROR_DATA, "no evaluation yet (:eval makes one)");
}

/* ---- Putting them in place ---- */

static int by_image(const void *a, const void *b)
{
    const struct value *left = a, *right = b;
    return (left->image > right->image) - (left->image < right->image);
}

static int by_key(const void *a, const void *b, void *context)
{
    const struct reading *reading = context;
    const struct evaluation_key *left = &reading->cells[*(const int *)a];
    const struct evaluation_key *right = &reading->cells[*(const int *)b];
    int strategy = strcmp(left->strategy, right->strategy);
    return strategy ? strategy : (left->ratio > right->ratio) - (left->ratio < right->ratio);
}

/* Sums and counts first, then means: an image's masks are its rows. A value that is no number makes
 * the mean none. */
static bool average(struct evaluation_set *set, const struct reading *reading, const int *arm_place,
                    const int *cell_place, struct error *error)
{
    size_t values = (size_t)set->arms * (size_t)set->cells * set->units;
    int *rows = memory_new(values + 1, sizeof *rows, error);
    if (!rows)
        return false;
    size_t unit = 0;
    for (size_t i = 0; i < reading->count; i++) {
        const struct value *value = &reading->values[i];
        unit += i > 0 && value->image != value[-1].image;
        int arm = arm_place[value->arm], cell = cell_place[value->cell];
        double *mse = evaluation_set_values(set, arm, cell) + unit;
        size_t at = (size_t)(mse - set->mse);
        *mse = rows[at] ? *mse + value->mse : value->mse;
        rows[at]++;
        set->unit_id[unit] = value->image;
        set->label[unit] = value->label;
        set->measured[arm * set->cells + cell] = true;
    }
    for (size_t i = 0; i < values; i++)
        set->mse[i] = rows[i] ? set->mse[i] / rows[i] : (double)NAN;
    free(rows);
    return true;
}

static size_t count_images(const struct reading *reading)
{
    size_t images = 1;
    for (size_t i = 1; i < reading->count; i++)
        images += reading->values[i].image != reading->values[i - 1].image;
    return images;
}

static bool take_names(struct evaluation_set *set, const struct reading *reading, const int *order,
                       struct error *error)
{
    int arm = 0;
    for (size_t i = 0; i < reading->arms.count; i++) {
        if (reading->steps[i] < 0)
            continue;
        const struct named_arm *named = &reading->arms.items[i];
        set->arm[arm].name = arena_text(&set->texts, named->name, strlen(named->name), error);
        set->arm[arm].baseline = !strcmp(named->kind, "baseline");
        set->arm[arm].id = named->id;
        set->arm[arm].step = reading->steps[i];
        if (!set->arm[arm++].name)
            return false;
    }
    for (int cell = 0; cell < set->cells; cell++) {
        const struct evaluation_key *key = &reading->cells[order[cell]];
        set->cell[cell].ratio = key->ratio;
        set->cell[cell].strategy =
            arena_text(&set->texts, key->strategy, strlen(key->strategy), error);
        if (!set->cell[cell].strategy)
            return false;
    }
    return true;
}

static bool place(struct evaluation_set *set, struct reading *reading, struct error *error)
{
    size_t arms = reading->arms.count, cells = (size_t)reading->cell_count;
    int *arm_place = memory_new(arms + 1, sizeof(int), error);
    int *order = memory_new(cells + 1, 2 * sizeof(int), error);
    bool good = arm_place && order;
    if (good) {
        int *cell_place = order + cells + 1, evaluated = 0;
        for (size_t i = 0; i < arms; i++)
            arm_place[i] = reading->steps[i] < 0 ? -1 : evaluated++;
        for (size_t i = 0; i < cells; i++)
            order[i] = (int)i;
        qsort_r(order, cells, sizeof *order, by_key, reading);
        for (size_t i = 0; i < cells; i++)
            cell_place[order[i]] = (int)i;
        if (reading->count > 0)
            qsort(reading->values, reading->count, sizeof *reading->values, by_image);
        good = evaluation_set_init(set, evaluated, (int)cells, count_images(reading), error);
        if (good && !(take_names(set, reading, order, error) &&
                      average(set, reading, arm_place, cell_place, error))) {
            evaluation_set_release(set);
            good = false;
        }
    }
    free(arm_place);
    free(order);
    return good;
}

/* ---- What else the record says ---- */

static void take_config(struct evaluation_set *set, const struct config *config)
{
    struct mae_shape shape;
    if (!config_shape(config, &shape, NULL))
        return;
    set->deviation = record_deviation(config, &shape);
    set->seed = config->seed;
    set->conditions.seed = config->eval.seed;
    snprintf(set->conditions.input, sizeof set->conditions.input, "%dx%dx%d in patches of %d",
             shape.channels, shape.image_height, shape.image_width, shape.patch);
}

static bool take_classes(struct evaluation_set *set, struct store *store, struct error *error)
{
    struct text names = {0};
    bool good = store_get_meta(store, "classes", &names, NULL, error);
    int count = 0;
    for (const char *at = text_of(&names); *at; at++)
        count += *at == '\n';
    good = good && (set->classes = memory_new((size_t)count + 1, sizeof *set->classes, error));
    const char *at = text_of(&names);
    for (; good && set->class_count < count; at += strcspn(at, "\n") + 1)
        good = (set->classes[set->class_count++] =
                    arena_text(&set->texts, at, strcspn(at, "\n"), error));
    text_release(&names);
    return good;
}

static bool take_circumstances(struct evaluation_set *set, struct store *store, struct error *error)
{
    struct text held_out = {0}, trained = {0};
    struct config *config = memory_new(1, sizeof *config, error);
    bool found = false;
    bool good = config && record_config(store, config, &found, error) &&
                store_get_meta(store, "held_out_digest", &held_out, NULL, error) &&
                store_get_meta(store, "data_digest", &trained, NULL, error) &&
                take_classes(set, store, error);
    if (good && found)
        take_config(set, config);
    text_copy(set->conditions.images, sizeof set->conditions.images, text_of(&held_out));
    text_copy(set->conditions.trained, sizeof set->conditions.trained, text_of(&trained));
    text_release(&held_out);
    text_release(&trained);
    free(config);
    return good;
}

static bool keep_first(void *context, int64_t step, double value)
{
    (void)value;
    *(int64_t *)context = step;
    return false;
}

enum { OWN_STEPS = 100 };

static double mean_of_last(const struct store_series *series)
{
    size_t own = series->count < OWN_STEPS ? series->count : OWN_STEPS;
    double mean = own ? 0 : (double)NAN;
    for (size_t i = series->count - own; i < series->count; i++)
        mean += series->values[i] / (double)own;
    return mean;
}

bool evaluation_own_loss(struct store *store, int arm, double *loss, struct error *error)
{
    struct store_series series = {0};
    int64_t last = 0;
    bool found = false;
    *loss = NAN;
    if (!store_last_step(store, arm, "loss", &last, &found, error) || !found)
        return !found;
    int64_t from = last - OWN_STEPS + 1;
    bool good = store_read_series_from(store, arm, "loss", from, &series, error);
    if (good)
        *loss = mean_of_last(&series);
    store_series_release(&series);
    return good;
}

/* A training loss over the last steps. Only so many are read, however long the run. */
static bool take_course(struct evaluation_arm *arm, struct store *store,
                        struct store_series *series, struct error *error)
{
    enum { WINDOW_SHARE = 5, WINDOW_LIMIT = 5000 };
    int64_t last = 0, first = 0;
    bool found = false;
    if (!store_last_step(store, arm->id, "loss", &last, &found, error) || !found)
        return !found;
    if (!store_read_metric(store, arm->id, "loss", arm->added + 1, keep_first, &first, error))
        return false;
    int64_t reached = arm->step < last ? arm->step : last;
    arm->trained = first == 0 || reached < first ? 0 : reached - first + 1;
    arm->trained_most = arm->trained;
    int64_t window = last / WINDOW_SHARE < WINDOW_LIMIT ? last / WINDOW_SHARE : WINDOW_LIMIT;
    window = window > OWN_STEPS ? window : OWN_STEPS;
    struct trend_test test;
    int64_t from = last - window > arm->added ? last - window + 1 : arm->added + 1;
    if (!store_read_series_from(store, arm->id, "loss", from, series, error) ||
        !trend_find(series->values, series->count, &test, error))
        return false;
    arm->trend = test.trend;
    arm->own_loss = mean_of_last(series);
    return true;
}

static bool take_courses(struct evaluation_set *set, struct store *store, struct error *error)
{
    struct store_series series = {0};
    bool good = true;
    for (int i = 0; good && i < set->arms; i++)
        good = set->arm[i].baseline || take_course(&set->arm[i], store, &series, error);
    store_series_release(&series);
    return good;
}

static bool is_of_masks(const struct store_event *event)
{
    return !strcmp(event->kind, command_kind_name(COMMAND_SET)) && event->name &&
           !strncmp(event->name, "arms.", strlen("arms."));
}

/* What happened to the arm before it was evaluated. A change of masks under which it was not
 * trained, before or after, changed nothing. */
static void note_event(struct evaluation_arm *arm, const struct store_event *event)
{
    if (arm->id != event->arm || event->step > arm->step)
        return;
    if (!strcmp(event->kind, command_kind_name(COMMAND_ARM_ADD))) {
        arm->added = event->step; /* a new predictor, whatever its name was before */
        arm->changed = false;
    }
    if (is_of_masks(event) && event->step > arm->added && event->step < arm->step)
        arm->changed = true;
}

static bool note_events(void *context, const struct store_event *event)
{
    struct evaluation_set *set = context;
    for (int i = 0; i < set->arms; i++)
        note_event(&set->arm[i], event);
    return true;
}

bool evaluation_set_read(struct evaluation_set *set, struct store *store, struct error *error)
{
    struct reading reading = {.error = error};
    bool good = read_rows(&reading, store) && place(set, &reading, error);
    if (good) {
        set->runs = 1;
        set->conditions.masks = reading.masks;
    }
    if (good && !(take_circumstances(set, store, error) &&
                  store_read_events(store, 0, note_events, set, error) &&
                  take_courses(set, store, error))) {
        evaluation_set_release(set);
        good = false;
    }
    arena_release(&reading.texts);
    arm_names_release(&reading.arms);
    free(reading.values);
    free(reading.cells);
    free(reading.steps);
    return good;
}
