#include "mask/schedule.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "mask/parameters.h"

enum { STEPS_DEFAULT = 4, STEPS_LIMIT = 10000 };

static const char *const shape_names[] = {
    [SCHEDULE_LINEAR] = "linear",
    [SCHEDULE_COSINE] = "cosine",
    [SCHEDULE_STEP] = "step",
    [SCHEDULE_EXP] = "exp",
};
static_assert(ARRAY_LENGTH(shape_names) == SCHEDULE_SHAPES, "a shape has no name");

static const char *const key_names[] = {"from", "to", "shape", "over", "steps"};

const char *schedule_shape_name(enum schedule_shape shape)
{
    return shape_names[shape];
}

struct schedule schedule_constant(double value)
{
    return (struct schedule){
        .from = value, .to = value, .start = 0.0, .end = 1.0, .steps = STEPS_DEFAULT};
}

bool schedule_is_constant(const struct schedule *schedule)
{
    return schedule->from == schedule->to;
}

/* How much of the way from `from` to `to` lies behind at s in (0, 1). */
static double share_at(const struct schedule *schedule, double s)
{
    switch (schedule->shape) {
    case SCHEDULE_COSINE:
        return (1.0 - cos(M_PI * s)) / 2.0;
    case SCHEDULE_STEP:
        return fmin(floor(s * (schedule->steps + 1)), schedule->steps) / schedule->steps;
    default:
        return s;
    }
}

double schedule_at(const struct schedule *schedule, double progress)
{
    if (progress >= schedule->end)
        return schedule->to;
    if (progress <= schedule->start)
        return schedule->from;
    double s = (progress - schedule->start) / (schedule->end - schedule->start);
    if (schedule->shape == SCHEDULE_EXP)
        return schedule->from * pow(schedule->to / schedule->from, s);
    return schedule->from + (schedule->to - schedule->from) * share_at(schedule, s);
}

static const char *name_at(const void *context, size_t i)
{
    const char *const *names = context;
    return names[i];
}

static int index_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(names[i], name))
            return (int)i;
    return -1;
}

static bool refuse_word(const char *name, const char *what, const char *given,
                        const char *const *names, size_t count, struct error *error)
{
    mask_unknown_name(what, given, count, name_at, names, error);
    return error_prefix(error, "%s", name);
}

static bool check_keys(const struct node *map, const char *name, struct error *error)
{
    for (const struct node *child = map->children; child; child = child->next)
        if (index_of(child->key, key_names, ARRAY_LENGTH(key_names)) < 0)
            return refuse_word(name, "schedule key", child->key, key_names, ARRAY_LENGTH(key_names),
                               error);
    return true;
}

static bool read_number(const struct node *node, const char *name, double low, double high,
                        double *value, struct error *error)
{
    char from[32], to[32];
    double read;
    if (!node || node->kind != NODE_SCALAR)
        return error_set(error, ERROR_DATA, "%s: expected a number or {from, to, ...}", name);
    if (!text_to_real(node->text, &read))
        return error_set(error, ERROR_DATA, "%s: '%.80s' is not a number", name, node->text);
    if (read < low || read > high) {
        text_from_real(from, low);
        text_from_real(to, high);
        return error_set(error, ERROR_DATA, "%s: %.80s is outside %s .. %s", name, node->text, from,
                         to);
    }
    *value = read;
    return true;
}

static bool read_shape(struct schedule *schedule, const struct node *map, const char *name,
                       struct error *error)
{
    const struct node *shape = node_child(map, "shape"), *steps = node_child(map, "steps");
    if (shape) {
        const char *given = shape->kind == NODE_SCALAR ? shape->text : "";
        int index = index_of(given, shape_names, SCHEDULE_SHAPES);
        if (index < 0)
            return refuse_word(name, "shape", given, shape_names, SCHEDULE_SHAPES, error);
        schedule->shape = (enum schedule_shape)index;
    }
    if (steps) {
        int64_t count;
        if (steps->kind != NODE_SCALAR || !text_to_integer(steps->text, &count) || count < 1 ||
            count > STEPS_LIMIT)
            return error_set(error, ERROR_DATA, "%s: steps must be a whole number 1 .. %d", name,
                             STEPS_LIMIT);
        if (schedule->shape != SCHEDULE_STEP)
            return error_set(error, ERROR_DATA, "%s: steps needs shape: step", name);
        schedule->steps = (int)count;
    }
    return true;
}

static bool read_over(struct schedule *schedule, const struct node *map, const char *name,
                      struct error *error)
{
    const struct node *over = node_child(map, "over");
    if (!over)
        return true;
    bool good = over->kind == NODE_LIST && over->count == 2 &&
                read_number(over->children, name, 0.0, 1.0, &schedule->start, NULL) &&
                read_number(over->children->next, name, 0.0, 1.0, &schedule->end, NULL) &&
                schedule->start <= schedule->end;
    return good ? true
                : error_set(error, ERROR_DATA, "%s: over must be [t0, t1] with 0 <= t0 <= t1 <= 1",
                            name);
}

bool schedule_read(struct schedule *schedule, const struct node *node, const char *name, double low,
                   double high, struct error *error)
{
    struct schedule read = schedule_constant(0.0);
    if (node->kind != NODE_MAP) {
        if (!read_number(node, name, low, high, &read.from, error))
            return false;
        *schedule = schedule_constant(read.from);
        return true;
    }
    if (!check_keys(node, name, error))
        return false;
    if (!node_child(node, "from") || !node_child(node, "to"))
        return error_set(error, ERROR_DATA, "%s: a schedule needs both from and to", name);
    if (!read_number(node_child(node, "from"), name, low, high, &read.from, error) ||
        !read_number(node_child(node, "to"), name, low, high, &read.to, error) ||
        !read_shape(&read, node, name, error) || !read_over(&read, node, name, error))
        return false;
    if (read.shape == SCHEDULE_EXP && !(read.from * read.to > 0.0))
        return error_set(error, ERROR_DATA, "%s: exp needs from and to of one sign, not zero",
                         name);
    *schedule = read;
    return true;
}

void schedule_write(const struct schedule *schedule, struct text *text)
{
    char from[32], to[32], start[32], end[32];
    text_from_real(from, schedule->from);
    if (schedule_is_constant(schedule)) {
        text_append(text, "%s", from);
        return;
    }
    text_from_real(to, schedule->to);
    text_append(text, "{from: %s, to: %s", from, to);
    if (schedule->shape != SCHEDULE_LINEAR)
        text_append(text, ", shape: %s", shape_names[schedule->shape]);
    if (schedule->start != 0.0 || schedule->end != 1.0) {
        text_from_real(start, schedule->start);
        text_from_real(end, schedule->end);
        text_append(text, ", over: [%s, %s]", start, end);
    }
    if (schedule->shape == SCHEDULE_STEP && schedule->steps != STEPS_DEFAULT)
        text_append(text, ", steps: %d", schedule->steps);
    text_append(text, "}");
}
