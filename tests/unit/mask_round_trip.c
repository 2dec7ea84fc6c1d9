/* What is put on record means the same when it is read again: strategies and laws with parameters
 * drawn at random, whatever of it is accepted, written, read and compared moment for moment.
 */
#include "tests/unit/test.h"

#include "base/memory.h"
#include "base/text.h"
#include "mask/mask.h"
#include "mask/painted.h"

enum { ROUNDS = 400, MOMENTS = 40 };

static double draw_real(struct random *random, double low, double high)
{
    static const double ends[] = {0.0, 1.0};
    double share = random_below(random, 5) ? random_uniform(random) : ends[random_below(random, 2)];
    return low + (high - low) * share;
}

/* As a person types it, or with every digit. */
static void write_real(struct random *random, double value, struct text *text)
{
    text_append(text, random_below(random, 2) ? "%.17g" : "%.2f", value);
}

static void write_number(struct random *random, const struct setting *row, struct text *text)
{
    static const double much = 300.0; /* settings without a sensible end have a huge one */
    double high = row->high < row->low + much ? row->high : row->low + much;
    double value = draw_real(random, row->low, high);
    if (row->type == SETTING_INT)
        text_append(text, "%d", (int)value);
    else
        write_real(random, value, text);
}

static void write_schedule(struct random *random, const struct setting *row, struct text *text)
{
    text_append(text, "{from: ");
    write_number(random, row, text);
    text_append(text, ", to: ");
    write_number(random, row, text);
    if (random_below(random, 2))
        text_append(text, ", shape: %s",
                    schedule_shape_name(random_below(random, SCHEDULE_SHAPES)));
    if (random_below(random, 2)) {
        double start = random_uniform(random);
        text_append(text, ", over: [");
        write_real(random, start, text);
        text_append(text, ", ");
        write_real(random, draw_real(random, start, 1.0), text);
        text_append(text, "]");
    }
    if (random_below(random, 3) == 0)
        text_append(text, ", steps: %u", 1 + random_below(random, 9));
    text_append(text, "}");
}

static void write_value(struct random *random, const struct setting *row, struct text *text)
{
    int choices = 0;
    switch (row->type) {
    case SETTING_CHOICE:
        while (row->choices[choices])
            choices++;
        text_append(text, "%s", row->choices[random_below(random, (uint32_t)choices)]);
        break;
    case SETTING_INT:
    case SETTING_REAL:
        if (random_below(random, 3))
            write_number(random, row, text);
        else
            write_schedule(random, row, text);
        break;
    default:
        fail_msg("%s: a type that has no values here", row->name);
    }
}

/* ", name: value" of some rows. */
static void write_rows(struct random *random, const struct setting *rows, size_t count,
                       struct text *text)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].type != SETTING_TEXT && random_below(random, 2)) {
            text_append(text, ", %s: ", rows[i].name);
            write_value(random, &rows[i], text);
        }
}

static const struct setting weight_row = {
    .name = "weight", .type = SETTING_REAL, .low = 0.0, .high = 4.0};

static void write_parts(struct random *random, struct text *text)
{
    size_t count;
    const struct strategy *const *all = strategies(&count);
    uint32_t parts = 1 + random_below(random, MASK_PART_LIMIT);
    text_append(text, ", parts: [");
    for (uint32_t i = 0; i < parts; i++) {
        const struct strategy *part = all[random_below(random, (uint32_t)count)];
        while (part->own_count || !strcmp(part->name, "mixture"))
            part = all[random_below(random, (uint32_t)count)];
        text_append(text, "%s{strategy: %s", i > 0 ? ", " : "", part->name);
        if (random_below(random, 2)) {
            text_append(text, ", weight: ");
            write_value(random, &weight_row, text);
        }
        write_rows(random, part->parameters.rows, part->parameters.count, text);
        text_append(text, "}");
    }
    text_append(text, "]");
}

static void write_path(struct random *random, struct text *text)
{
    static const char signs[] = "ab/. ,:;[]{}()'\"#&*!|>%@`\\=?-~\t\xC3\xA9";
    struct text path = {0};
    uint32_t length = 1 + random_below(random, 24);
    for (uint32_t i = 0; i < length; i++) {
        char sign = signs[random_below(random, sizeof signs - 1)];
        if (sign != '\xC3' && sign != '\xA9')
            text_append(&path, "%c", sign);
        else
            text_append(&path, "\xC3\xA9"); /* whole characters only */
    }
    text_append(text, ", path: ");
    node_write_scalar(text_of(&path), text);
    if (random_below(random, 2))
        text_append(text, ", digest: \"%016llx\"",
                    (unsigned long long)random_below(random, UINT32_MAX) << 32 |
                        random_below(random, UINT32_MAX));
    text_release(&path);
}

static void write_painted(struct random *random, struct text *text)
{
    int height = 1 + (int)random_below(random, 12), width = 2 + (int)random_below(random, 12);
    uint8_t mask[12 * 13];
    for (int patch = 0; patch < height * width; patch++)
        mask[patch] = (uint8_t)random_below(random, 2);
    mask[0] = 1;
    mask[height * width - 1] = 0;
    text_append(text, ", mask: ");
    painted_write(mask, height, width, text);
}

static void write_strategy(struct random *random, const struct strategy *strategy,
                           struct text *text)
{
    text_append(text, "{strategy: %s", strategy->name);
    write_rows(random, strategy->parameters.rows, strategy->parameters.count, text);
    if (!strcmp(strategy->name, "mixture"))
        write_parts(random, text);
    if (!strcmp(strategy->name, "file"))
        write_path(random, text);
    if (!strcmp(strategy->name, "painted"))
        write_painted(random, text);
    text_append(text, "}");
}

static void same_number(const char *given, double first, double second)
{
    if (memcmp(&first, &second, sizeof first))
        fail_msg("%s: %.17g, read again %.17g", given, first, second);
}

static void same_strategy(const char *given, const struct strategy_choice *first,
                          const struct strategy_choice *second)
{
    assert_ptr_equal(first->strategy, second->strategy);
    assert_string_equal(first->given, second->given);
    assert_true(first->digest == second->digest);
    assert_int_equal(first->part_count, second->part_count);
    for (int moment = 0; moment <= MOMENTS; moment++) {
        double progress = (double)moment / MOMENTS;
        double left[MASK_PARAMETER_LIMIT] = {0}, right[MASK_PARAMETER_LIMIT] = {0};
        strategy_choice_at(first, progress, left);
        strategy_choice_at(second, progress, right);
        for (size_t i = 0; i < first->strategy->parameters.count; i++)
            same_number(given, left[i], right[i]);
        for (int part = 0; part < first->part_count; part++) {
            const struct strategy_part *one = &first->parts[part], *other = &second->parts[part];
            assert_ptr_equal(one->strategy, other->strategy);
            same_number(given, schedule_at(&one->weight, progress),
                        schedule_at(&other->weight, progress));
            for (size_t i = 0; i < one->strategy->parameters.count; i++)
                same_number(given, schedule_at(&one->parameters[i], progress),
                            schedule_at(&other->parameters[i], progress));
        }
    }
}

/* Whether it was accepted. */
static bool strategy_survives(const char *given)
{
    struct strategy_choice choice, again;
    struct text written = {0};
    struct error error;
    if (!strategy_choice_parse(&choice, given, NULL))
        return false;
    strategy_choice_write(&choice, &written);
    if (!strategy_choice_parse(&again, text_of(&written), &error))
        fail_msg("%s was written as %s: %s", given, text_of(&written), error.message);
    same_strategy(given, &choice, &again);
    text_release(&written);
    return true;
}

static void test_strategies(void **state)
{
    (void)state;
    size_t count;
    const struct strategy *const *all = strategies(&count);
    for (size_t i = 0; i < count; i++) {
        struct random random = random_begin(11, RANDOM_MASK, 0, (uint32_t)i);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            struct text given = {0};
            write_strategy(&random, all[i], &given);
            accepted += strategy_survives(text_of(&given));
            text_release(&given);
        }
        if (accepted < ROUNDS / 10) /* the rest does not go together, or is refused for a reason */
            fail_msg("%s: only %d of %d were accepted", all[i]->name, accepted, ROUNDS);
    }
}

static bool law_survives(const char *given)
{
    struct ratio_choice choice, again;
    struct text written = {0};
    struct error error;
    if (!ratio_choice_parse(&choice, given, NULL))
        return false;
    ratio_choice_write(&choice, &written);
    if (!ratio_choice_parse(&again, text_of(&written), &error))
        fail_msg("%s was written as %s: %s", given, text_of(&written), error.message);
    assert_ptr_equal(choice.law, again.law);
    assert_int_equal(choice.per, again.per);
    for (int moment = 0; moment <= MOMENTS; moment++) {
        double progress = (double)moment / MOMENTS;
        double left[MASK_PARAMETER_LIMIT] = {0}, right[MASK_PARAMETER_LIMIT] = {0};
        ratio_choice_at(&choice, progress, left);
        ratio_choice_at(&again, progress, right);
        for (size_t i = 0; i < choice.law->parameters.count; i++)
            same_number(given, left[i], right[i]);
    }
    text_release(&written);
    return true;
}

static void test_laws(void **state)
{
    (void)state;
    size_t count;
    const struct ratio_law *const *all = ratio_laws(&count);
    for (size_t i = 0; i < count; i++) {
        struct random random = random_begin(12, RANDOM_RATIO, 0, (uint32_t)i);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            struct text given = {0};
            text_append(&given, "{law: %s", all[i]->name);
            write_rows(&random, all[i]->parameters.rows, all[i]->parameters.count, &given);
            if (random_below(&random, 2))
                text_append(&given, ", per: %s", ratio_per_name(random_below(&random, RATIO_PERS)));
            text_append(&given, "}");
            accepted += law_survives(text_of(&given));
            text_release(&given);
        }
        if (accepted < ROUNDS / 20)
            fail_msg("%s: only %d of %d were accepted", all[i]->name, accepted, ROUNDS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strategies),
        cmocka_unit_test(test_laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
