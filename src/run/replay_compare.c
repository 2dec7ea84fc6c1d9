/* Two records, number by number. Either side may have rows that the other has not: both are walked.
 */
#include "run/replay_compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/replay_rows.h"
#include "run/tables_private.h"

/* The earliest difference so far. */
struct difference {
    int64_t step;
    char text[sizeof((struct replay_report *)0)->parts];
};

/* An arm, a baseline, or (arm "") the run itself, in both records. */
struct counterpart {
    const char *name;
    bool baseline;
    int ids[2]; /* -1: that record has none */
};

struct comparison {
    struct store *stores[2]; /* recorded, replayed */
    int64_t from, until;
    int64_t finished; /* the step at which the recorded run came to its end; -1: it was stopped */
    int64_t profiled; /* the first step on record with profiles: none were made before */
    struct replay_report *report;
    struct difference found;
    struct store_series series[2]; /* work */
    struct error *error;
};

enum { RECORDED, REPLAYED };
static const char *const sides[] = {[RECORDED] = "on record", [REPLAYED] = "in the replay"};

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static void note(struct comparison *comparison, int64_t step, const struct counterpart *arm,
                 const char *what, const char *how)
{
    struct difference *found = &comparison->found;
    if (found->text[0] && found->step <= step)
        return;
    found->step = step;
    snprintf(found->text, sizeof found->text, "step %lld%s%.40s: %.140s %.80s", (long long)step,
             arm->name[0] ? ", arm " : "", arm->name, what, how);
}

static void note_values(struct comparison *comparison, int64_t step, const struct counterpart *arm,
                        const char *what, double recorded, double now)
{
    char how[80];
    snprintf(how, sizeof how, "%.17g on record, %.17g now", recorded, now);
    note(comparison, step, arm, what, how);
}

/* `side` alone has it. */
static void note_one_sided(struct comparison *comparison, int64_t step,
                           const struct counterpart *arm, const char *what, int side)
{
    char how[80];
    snprintf(how, sizeof how, "is %s alone", sides[side]);
    note(comparison, step, arm, what, how);
}

/* ---- Evaluations as wholes ---- */

/* Whether a whole evaluation may be on that side alone. Baselines are measured when a run thinks
 * fit. A run that was stopped or killed at its last step may not have come to the evaluation that
 * was due there. */
static bool may_be_alone(const struct comparison *comparison, const struct counterpart *arm,
                         int64_t step, int side)
{
    bool at_stop = step == comparison->report->steps && step != comparison->finished;
    return arm->baseline || (side == REPLAYED && at_stop);
}

static void tell_alone(struct comparison *comparison, const struct counterpart *arm, int64_t step)
{
    struct replay_report *report = comparison->report;
    if (!arm->baseline && !report->warning[0])
        snprintf(report->warning, sizeof report->warning,
                 "the evaluation of arm %.40s at step %lld, where the run was stopped, is in the "
                 "replay alone",
                 arm->name, (long long)step);
}

/* ---- Metrics ---- */

static bool read_both(struct comparison *comparison, const struct counterpart *arm,
                      const char *name)
{
    for (int side = 0; side < 2; side++)
        if (!store_read_series_from(comparison->stores[side], arm->ids[side], name,
                                    comparison->from, &comparison->series[side], comparison->error))
            return false;
    return true;
}

/* Where the series stands, or past the end of what is compared. */
static int64_t step_at(const struct comparison *comparison, int side, size_t i)
{
    const struct store_series *series = &comparison->series[side];
    return i < series->count && series->steps[i] <= comparison->until ? series->steps[i]
                                                                      : INT64_MAX;
}

static bool compare_metric(struct comparison *comparison, const struct counterpart *arm,
                           const char *name)
{
    const struct store_series *a = &comparison->series[0], *b = &comparison->series[1];
    bool of_evaluation = !strncmp(name, "probe_", strlen("probe_"));
    if (!read_both(comparison, arm, name))
        return false;
    for (size_t i = 0, k = 0;;) {
        int64_t left = step_at(comparison, 0, i), right = step_at(comparison, 1, k);
        int64_t step = left < right ? left : right;
        if (step == INT64_MAX)
            return true;
        if (left == right && !same_bits(a->values[i], b->values[k]))
            note_values(comparison, step, arm, name, a->values[i], b->values[k]);
        else if (left != right &&
                 !(of_evaluation && may_be_alone(comparison, arm, step, left > right)))
            note_one_sided(comparison, step, arm, name, left > right);
        comparison->report->numbers += left == right;
        i += left == step;
        k += right == step;
    }
}

/* ---- Evaluations, row by row ---- */

static void compare_row(struct comparison *comparison, const struct counterpart *arm, int64_t step,
                        const struct replay_row_kind *kind, const struct replay_row *a,
                        const struct replay_row *b)
{
    char what[140];
    for (int i = 0; i < kind->values; i++) {
        comparison->report->numbers++;
        if (same_bits(a->values[i], b->values[i]))
            continue;
        replay_row_write(kind, a, kind->names[i], what, sizeof what);
        note_values(comparison, step, arm, what, a->values[i], b->values[i]);
    }
}

static void compare_rows(struct comparison *comparison, const struct counterpart *arm, int64_t step,
                         const struct replay_row_kind *kind, const struct replay_rows *a,
                         const struct replay_rows *b)
{
    char what[140];
    for (size_t i = 0, k = 0; i < a->count || k < b->count;) {
        int order = i == a->count   ? 1
                    : k == b->count ? -1
                                    : replay_row_order(&a->items[i], &b->items[k]);
        if (order == 0) {
            compare_row(comparison, arm, step, kind, &a->items[i], &b->items[k]);
        } else {
            replay_row_write(kind, order < 0 ? &a->items[i] : &b->items[k], "a row", what,
                             sizeof what);
            note_one_sided(comparison, step, arm, what, order > 0);
        }
        i += order <= 0;
        k += order >= 0;
    }
}

/* Whether the recorded run made such rows at that step. Where it did not, and the replay has, an
 * older version began it: that is told. */
static bool was_recorded(struct comparison *comparison, const struct replay_row_kind *kind,
                         int64_t step, const struct replay_rows *replayed)
{
    struct replay_report *report = comparison->report;
    if (!kind->profile || step >= comparison->profiled)
        return true;
    if (replayed->count > 0 && !report->warning[0])
        snprintf(report->warning, sizeof report->warning,
                 "the evaluation at step %lld is on record without its errors by distance and "
                 "position, as older versions made it: those of the replay are compared with none",
                 (long long)step);
    return false;
}

static bool compare_evaluation(struct comparison *comparison, const struct counterpart *arm,
                               int64_t step, struct replay_rows rows[2])
{
    size_t count;
    const struct replay_row_kind *kinds = replay_row_kinds(&count);
    for (size_t i = 0; i < count; i++) {
        for (int side = 0; side < 2; side++)
            if (!replay_rows_read(&rows[side], &kinds[i], comparison->stores[side], arm->ids[side],
                                  step, comparison->error))
                return false;
        if (was_recorded(comparison, &kinds[i], step, &rows[REPLAYED]))
            compare_rows(comparison, arm, step, &kinds[i], &rows[0], &rows[1]);
    }
    return true;
}

/* The steps of both sides' evaluations. */
static bool compare_evaluations(struct comparison *comparison, const struct counterpart *arm,
                                struct replay_rows rows[2])
{
    struct replay_steps steps[2] = {0};
    bool good = true;
    for (int side = 0; good && side < 2; side++)
        good = replay_steps_read(&steps[side], comparison->stores[side], arm->ids[side],
                                 comparison->from, comparison->until, comparison->error);
    for (size_t i = 0, k = 0; good && (i < steps[0].count || k < steps[1].count);) {
        int64_t left = i < steps[0].count ? steps[0].items[i] : INT64_MAX;
        int64_t right = k < steps[1].count ? steps[1].items[k] : INT64_MAX;
        int64_t step = left < right ? left : right;
        if (left != right && may_be_alone(comparison, arm, step, left > right))
            tell_alone(comparison, arm, step);
        else
            good = compare_evaluation(comparison, arm, step, rows);
        i += left == step;
        k += right == step;
    }
    free(steps[0].items);
    free(steps[1].items);
    return good;
}

/* ---- All arms ---- */

static bool compare_arm(struct comparison *comparison, const struct counterpart *arm,
                        const struct metric_names *metrics, struct replay_rows rows[2])
{
    for (size_t i = 0; i < metrics->count; i++)
        if (!compare_metric(comparison, arm, metrics->items[i]))
            return false;
    return compare_evaluations(comparison, arm, rows);
}

/* The id of that arm, or -1. */
static int find_arm(const struct arm_names *arms, const struct named_arm *arm)
{
    for (size_t i = 0; i < arms->count; i++)
        if (!strcmp(arms->items[i].name, arm->name) && !strcmp(arms->items[i].kind, arm->kind))
            return arms->items[i].id;
    return -1;
}

/* The run itself, all arms on record, and those of the replay alone. */
static bool compare_arms(struct comparison *comparison, const struct arm_names arms[2],
                         const struct metric_names *metrics)
{
    struct replay_rows rows[2] = {0};
    struct counterpart run = {.name = "", .ids = {STORE_RUN, STORE_RUN}};
    bool good = compare_arm(comparison, &run, metrics, rows);
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; good && i < arms[side].count; i++) {
            const struct named_arm *it = &arms[side].items[i];
            struct counterpart arm = {.name = it->name, .baseline = !strcmp(it->kind, "baseline")};
            arm.ids[side] = it->id;
            arm.ids[!side] = find_arm(&arms[!side], it);
            if (side == 0 || arm.ids[0] < 0)
                good = compare_arm(comparison, &arm, metrics, rows);
        }
    replay_rows_release(&rows[0]);
    replay_rows_release(&rows[1]);
    return good;
}

static bool find_end(void *context, const struct store_event *event)
{
    if (!strcmp(event->kind, "finished"))
        *(int64_t *)context = event->step;
    return true;
}

static bool find_profiles(struct comparison *comparison)
{
    bool found = false;
    int64_t first = 0;
    bool good =
        store_first_profile(comparison->stores[RECORDED], &first, &found, comparison->error);
    comparison->profiled = found ? first : INT64_MAX;
    return good;
}

bool replay_compare(struct store *recorded, struct store *replayed, int64_t from, int64_t until,
                    struct replay_report *report, struct error *error)
{
    struct arm_names arms[2] = {0};
    struct metric_names metrics = {0};
    struct comparison comparison = {.stores = {recorded, replayed},
                                    .from = from,
                                    .until = until,
                                    .finished = -1,
                                    .report = report,
                                    .error = error};
    bool good =
        store_read_events(recorded, 0, find_end, &comparison.finished, error) &&
        find_profiles(&comparison) && arm_names_read(&arms[0], recorded, error) &&
        arm_names_read(&arms[1], replayed, error) && metric_names_read(&metrics, recorded, error) &&
        metric_names_read(&metrics, replayed, error) && compare_arms(&comparison, arms, &metrics);
    if (good && comparison.found.text[0]) {
        report->same = false;
        text_copy(report->parts, sizeof report->parts, comparison.found.text);
    }
    for (int side = 0; side < 2; side++) {
        arm_names_release(&arms[side]);
        store_series_release(&comparison.series[side]);
    }
    metric_names_release(&metrics);
    return good;
}
