/* Evaluation sets from a file of anybody's values. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "run/evaluation_set.h"
#include "stats/smooth.h"

enum { FIELD_STRATEGY, FIELD_IMAGE, FIELD_MSE, FIELD_RATIO, FIELD_LABEL, FIELDS };
static const char *const field_names[FIELDS] = {"strategy", "image", "mse", "ratio", "label"};
enum { NEEDED_FIELDS = FIELD_MSE + 1, COLUMN_LIMIT = 256 };

/* Distinct texts, numbered in order of appearance; found by hash. */
struct names {
    struct arena arena;
    const char **items;
    size_t count, capacity;
    size_t *slots; /* [2 * capacity]: number + 1, or 0 */
};

static size_t hash_of(const char *text)
{
    size_t hash = 14695981039346656037u; /* FNV-1a */
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash;
}

static size_t slot_of(const struct names *names, const char *text)
{
    size_t slot = hash_of(text) % (2 * names->capacity);
    while (names->slots[slot] && strcmp(names->items[names->slots[slot] - 1], text))
        slot = (slot + 1) % (2 * names->capacity);
    return slot;
}

static bool names_grow(struct names *names, struct error *error)
{
    size_t capacity = names->capacity ? 2 * names->capacity : 256;
    size_t *slots = memory_new(capacity, 2 * sizeof *slots, error);
    const char **items = slots ? reallocarray(names->items, capacity, sizeof *items) : NULL;
    if (!items) {
        free(slots);
        return error_set(error, ERROR_SYSTEM, "out of memory");
    }
    free(names->slots);
    names->items = items;
    names->slots = slots;
    names->capacity = capacity;
    for (size_t i = 0; i < names->count; i++)
        slots[slot_of(names, items[i])] = i + 1;
    return true;
}

static bool names_find(struct names *names, const char *text, size_t *number, struct error *error)
{
    if (names->count == names->capacity && !names_grow(names, error))
        return false;
    size_t slot = slot_of(names, text);
    if (!names->slots[slot]) {
        const char *kept = arena_text(&names->arena, text, strlen(text), error);
        if (!kept)
            return false;
        names->items[names->count] = kept;
        names->slots[slot] = ++names->count;
    }
    *number = names->slots[slot] - 1;
    return true;
}

static void names_release(struct names *names)
{
    arena_release(&names->arena);
    free(names->items);
    free(names->slots);
}

struct row {
    size_t strategy, image, ratio;
    int label;
    double mse;
};

struct reading {
    const char *path;
    char *at; /* what is left of the file; overwritten field by field */
    char separator;
    int line;
    int column[FIELDS]; /* which column a field is; -1: none */
    struct names strategies, images, ratios;
    struct row *rows;
    size_t count, capacity;
    struct error *error;
};

static bool fail(struct reading *reading, const char *what, const char *text)
{
    return error_set(reading->error, ERROR_DATA, "%s:%d: %s '%.60s'", reading->path, reading->line,
                     what, text);
}

/* The next field, ended by a zero in place, quotes undone (RFC 4180); *last: it ends its line. */
static char *next_field(struct reading *reading, bool *last)
{
    char *field = reading->at, *to = field, *from = field;
    bool quoted = *from == '"';
    from += quoted;
    for (; *from; from++) {
        if (quoted && *from == '"') {
            if (from[1] != '"') {
                quoted = false;
                continue;
            }
            from++;
        } else if (!quoted && (*from == reading->separator || *from == '\n')) {
            break;
        }
        *to++ = *from;
    }
    *last = *from != reading->separator;
    reading->at = *from ? from + 1 : from;
    if (*last && to > field && to[-1] == '\r')
        to--;
    *to = '\0';
    return field;
}

static bool read_heading(struct reading *reading)
{
    static const char mark[] = "\xef\xbb\xbf"; /* of byte order, as spreadsheets write it */
    if (!strncmp(reading->at, mark, strlen(mark)))
        reading->at += strlen(mark);
    reading->line = 1;
    reading->separator = memchr(reading->at, '\t', strcspn(reading->at, "\n")) ? '\t' : ',';
    for (int i = 0; i < FIELDS; i++)
        reading->column[i] = -1;
    bool last = false;
    for (int column = 0; !last && column < COLUMN_LIMIT; column++) {
        const char *name = next_field(reading, &last);
        for (int i = 0; i < FIELDS; i++)
            if (!strcmp(name, field_names[i]))
                reading->column[i] = column;
    }
    for (int i = 0; i < NEEDED_FIELDS; i++)
        if (reading->column[i] < 0)
            return error_set(reading->error, ERROR_DATA,
                             "%s:1: no column '%s': expected strategy, image and mse",
                             reading->path, field_names[i]);
    return true;
}

static bool take_number(struct reading *reading, const char *text, double *value)
{
    *value = NAN;
    return !*text || !strcasecmp(text, "nan") || text_to_real(text, value) ||
           fail(reading, "mse: not a number:", text);
}

static bool add_row(struct reading *reading, char *const *fields)
{
    struct row row = {.label = -1};
    int64_t label = -1;
    const char *ratio = fields[FIELD_RATIO] ? fields[FIELD_RATIO] : "";
    char known[32] = ""; /* .5 and 0.50 are one */
    double value;
    if (*ratio && !text_to_real(ratio, &value))
        return fail(reading, "ratio: not a number:", ratio);
    if (*ratio)
        snprintf(known, sizeof known, "%.17g", value);
    if (!names_find(&reading->strategies, fields[FIELD_STRATEGY], &row.strategy, reading->error) ||
        !names_find(&reading->images, fields[FIELD_IMAGE], &row.image, reading->error) ||
        !names_find(&reading->ratios, known, &row.ratio, reading->error) ||
        !take_number(reading, fields[FIELD_MSE], &row.mse))
        return false;
    if (fields[FIELD_LABEL] && *fields[FIELD_LABEL] &&
        (!text_to_integer(fields[FIELD_LABEL], &label) || label < 0 || label > INT32_MAX))
        return fail(reading, "label: not a whole number from 0:", fields[FIELD_LABEL]);
    row.label = (int)label;
    void *rows = memory_grow(reading->rows, reading->count, &reading->capacity,
                             sizeof *reading->rows, reading->error);
    if (!rows)
        return false;
    reading->rows = rows;
    reading->rows[reading->count++] = row;
    return true;
}

static bool read_row(struct reading *reading)
{
    char *fields[FIELDS] = {NULL};
    bool last = false;
    reading->line++;
    if (*reading->at == '\n' || !strncmp(reading->at, "\r\n", 2)) {
        reading->at += strcspn(reading->at, "\n") + 1; /* an empty line */
        return true;
    }
    for (int column = 0; !last; column++) {
        char *field = next_field(reading, &last);
        for (int i = 0; i < FIELDS; i++)
            if (reading->column[i] == column)
                fields[i] = field;
    }
    for (int i = 0; i < NEEDED_FIELDS; i++)
        if (!fields[i])
            return fail(reading, "a line without the column", field_names[i]);
    return add_row(reading, fields);
}

/* ---- Into a set ---- */

static void sort_ratios(const struct reading *reading, size_t *order)
{
    for (size_t i = 0; i < reading->ratios.count; i++) { /* a handful: insertion */
        size_t at = i;
        double value = strtod(reading->ratios.items[i], NULL);
        for (; at > 0 && strtod(reading->ratios.items[order[at - 1]], NULL) > value; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

static bool take_names(struct evaluation_set *set, const struct reading *reading,
                       const size_t *order, struct error *error)
{
    for (int i = 0; i < set->arms; i++) {
        const char *name = reading->strategies.items[i];
        if (!(set->arm[i].name = arena_text(&set->texts, name, strlen(name), error)))
            return false;
    }
    for (int i = 0; i < set->cells; i++) {
        const char *ratio = reading->ratios.items[order[i]];
        set->cell[i] = (struct evaluation_key){"", *ratio ? strtod(ratio, NULL) : (double)NAN};
    }
    for (size_t i = 0; i < set->units; i++)
        set->unit_id[i] = (int64_t)i;
    return true;
}

static bool take_values(struct evaluation_set *set, const struct reading *reading,
                        const size_t *order, struct error *error)
{
    size_t values = (size_t)set->arms * (size_t)set->cells * set->units;
    int *rows = memory_new(values + 1, sizeof *rows, error);
    size_t *place = memory_new((size_t)set->cells + 1, sizeof *place, error);
    if (rows && place) {
        for (size_t i = 0; i < (size_t)set->cells; i++)
            place[order[i]] = i;
        for (size_t i = 0; i < reading->count; i++) {
            const struct row *row = &reading->rows[i];
            int arm = (int)row->strategy, cell = (int)place[row->ratio];
            double *mse = evaluation_set_values(set, arm, cell) + row->image;
            int *count = &rows[mse - set->mse];
            *mse = *count ? *mse + row->mse : row->mse;
            ++*count;
            set->measured[arm * set->cells + cell] = true;
            set->label[row->image] = row->label;
        }
        for (size_t i = 0; i < values; i++)
            set->mse[i] = rows[i] ? set->mse[i] / rows[i] : (double)NAN;
    }
    bool good = rows && place;
    free(rows);
    free(place);
    return good;
}

static bool has_two_values(const struct evaluation_set *set, int arm, size_t unit)
{
    int found = 0;
    for (int cell = 0; cell < set->cells; cell++)
        found += !isnan(evaluation_set_values(set, arm, cell)[unit]);
    return found > 1;
}

/* Whether a strategy has images at several ratios, and none has an image at two of them. */
static bool has_own_ratios(const struct evaluation_set *set)
{
    bool several = false;
    for (int arm = 0; arm < set->arms; arm++) {
        int ratios = 0;
        for (int cell = 0; cell < set->cells; cell++)
            ratios += set->measured[arm * set->cells + cell];
        several = several || ratios > 1;
        for (size_t unit = 0; unit < set->units; unit++)
            if (has_two_values(set, arm, unit))
                return false;
    }
    return several;
}

/* A set has a place for each strategy, ratio and image, whether or not the file has a value. */
static bool check_size(const struct reading *reading, struct error *error)
{
    static const size_t limit = (size_t)1 << 24;
    size_t strategies = reading->strategies.count, ratios = reading->ratios.count;
    size_t images = reading->images.count;
    if (reading->count == 0)
        return error_set(error, ERROR_DATA, "%s: no values", reading->path);
    if (ratios > SMOOTH_KNOTS)
        return error_set(error, ERROR_DATA,
                         "%s: %zu different ratios: expected at most %d; round them", reading->path,
                         ratios, SMOOTH_KNOTS);
    if (strategies > limit / ratios / images)
        return error_set(error, ERROR_DATA,
                         "%s: %zu strategies, %zu ratios and %zu images: expected at most %zu "
                         "values of all with all; round the ratios, or take them apart",
                         reading->path, strategies, ratios, images, limit);
    return true;
}

static bool make_set(struct evaluation_set *set, const struct reading *reading, struct error *error)
{
    if (!check_size(reading, error))
        return false;
    size_t *order = memory_new(reading->ratios.count, sizeof *order, error);
    if (!order)
        return false;
    bool good = evaluation_set_init(set, (int)reading->strategies.count, (int)reading->ratios.count,
                                    reading->images.count, error);
    if (good) {
        sort_ratios(reading, order);
        set->predictor = "strategy";
        set->what = "Mean squared error (psnr takes it for that of pixels in 0 to 1)";
        set->deviation = 1;
        if (!take_names(set, reading, order, error) || !take_values(set, reading, order, error)) {
            evaluation_set_release(set);
            good = false;
        }
        set->own_ratios = good && has_own_ratios(set);
    }
    free(order);
    return good;
}

bool evaluation_set_read_file(struct evaluation_set *set, const char *path, struct error *error)
{
    static const size_t limit = (size_t)1 << 30;
    struct text text = {0};
    struct reading reading = {.path = path, .error = error};
    bool input = !strcmp(path, "-") || !strcmp(path, "/dev/stdin");
    bool good = input ? file_read_input(limit, &text, error) : file_read(path, limit, &text, error);
    good = good && (text.length > 0 || error_set(error, ERROR_DATA, "%s: empty", path));
    good = good && (strlen(text_of(&text)) == text.length ||
                    error_set(error, ERROR_DATA, "%s: not a text file", path));
    if (good) {
        reading.at = text.bytes;
        good = read_heading(&reading);
    }
    while (good && *reading.at)
        good = read_row(&reading);
    good = good && make_set(set, &reading, error);
    names_release(&reading.strategies);
    names_release(&reading.images);
    names_release(&reading.ratios);
    free(reading.rows);
    text_release(&text);
    return good;
}
