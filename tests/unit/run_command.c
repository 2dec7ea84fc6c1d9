/* The command queue: in order, bounded, from any number of threads; and a live run under a storm of
 * commands from several. */
#include "tests/unit/test.h"

#include <pthread.h>

#include "tests/unit/run_lab.h"

static void test_order_and_bound(void **state)
{
    (void)state;
    struct command_queue *queue = command_queue_new(&lab_error);
    assert_non_null(queue);
    struct command command = {.kind = COMMAND_SHOW};
    assert_false(command_queue_receive(queue, &command, 0));
    assert_false(command_queue_receive(queue, &command, 1e-3));
    int64_t sent = 0, received = 0;
    for (int round = 0; round < 3; round++) { /* so that the ring wraps around */
        for (; command_queue_send(queue, &(struct command){COMMAND_SHOW, sent, "", ""}); sent++)
            assert_true(sent - received < 10000);
        assert_true(sent - received >= 32);
        for (; command_queue_receive(queue, &command, 0); received++)
            assert_int_equal(command.number, received);
        assert_int_equal(sent, received); /* what was refused is not in it */
    }
    command_queue_free(queue);
}

static void test_names(void **state)
{
    (void)state;
    for (int kind = 0; kind < COMMAND_KINDS; kind++)
        for (int other = 0; other < kind; other++)
            assert_string_not_equal(command_kind_name(kind), command_kind_name(other));
}

enum { SENDERS = 3, SENT_BY_EACH = 2000 };

struct sender {
    struct command_queue *queue;
    int64_t number;
};

static void *send_all(void *context)
{
    struct sender *sender = context;
    struct command command = {.kind = COMMAND_SHOW};
    for (int i = 0; i < SENT_BY_EACH; i++) {
        command.number = sender->number * SENT_BY_EACH + i;
        snprintf(command.name, sizeof command.name, "%lld", (long long)command.number);
        while (!command_queue_send(sender->queue, &command))
            sched_yield();
    }
    return NULL;
}

static void test_many_senders(void **state)
{
    (void)state;
    pthread_t threads[SENDERS];
    struct sender senders[SENDERS];
    int next[SENDERS] = {0};
    struct command_queue *queue = command_queue_new(&lab_error);
    assert_non_null(queue);
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){queue, i};
        assert_int_equal(pthread_create(&threads[i], NULL, send_all, &senders[i]), 0);
    }
    for (int i = 0; i < SENDERS * SENT_BY_EACH; i++) {
        struct command command;
        char name[COMMAND_NAME_SIZE];
        assert_true(command_queue_receive(queue, &command, -1));
        snprintf(name, sizeof name, "%lld", (long long)command.number);
        assert_string_equal(command.name, name);
        int64_t sender = command.number / SENT_BY_EACH;
        assert_int_equal(command.number % SENT_BY_EACH, next[sender]++);
    }
    for (int i = 0; i < SENDERS; i++)
        pthread_join(threads[i], NULL);
    command_queue_free(queue);
}

/* ---- A live run ---- */

struct storm {
    struct run *run;
    uint32_t number;
};

static void *send_random(void *context)
{
    struct storm *storm = context;
    static const struct command kinds[] = {
        {.kind = COMMAND_PAUSE},
        {.kind = COMMAND_GO_ON},
        {.kind = COMMAND_STEP},
        {.kind = COMMAND_NEW_MASKS},
        {.kind = COMMAND_SHOW, .number = -7},
        {.kind = COMMAND_SET, .name = "arms.random75.ratio", .value = "0.6"},
        {.kind = COMMAND_SET, .name = "arms.random75.ratio", .value = "uniform:low=.2,high=.9"},
        {.kind = COMMAND_SET, .name = "train.batch", .value = "8"}, /* refused */
        {.kind = COMMAND_SET, .name = "train.blr", .value = "1e-3"},
        {.kind = COMMAND_ARM_ADD, .name = "more", .value = "{strategy: grid, ratio: 0.5}"},
        {.kind = COMMAND_ARM_ADD, .name = "wrong", .value = "{strategy: none}"}, /* refused */
        {.kind = COMMAND_ARM_REMOVE, .name = "more"},
        {.kind = COMMAND_NOTE, .value = "a remark"},
    };
    struct random random = random_begin(5, RANDOM_ORDER, 0, storm->number);
    for (int i = 0; i < 60; i++) {
        uint32_t which = random_below(&random, sizeof kinds / sizeof kinds[0]);
        while (!run_send(storm->run, &kinds[which]) && !run_ended(storm->run))
            sched_yield();
    }
    return NULL;
}

static void test_storm(void **state)
{
    (void)state;
    struct config config;
    lab_config(&config);
    lab_set(&config, "train.steps", "100000");
    lab_set(&config, "eval.every_epochs", "0");
    struct run *run = lab_begin(&config, "storm", (struct run_options){.pictures = true});
    struct storm storms[2] = {{run, 0}, {run, 1}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, send_random, &storms[i]), 0);
    uint64_t version = 0;
    for (int look = 0; look < 200; look++) {
        const struct snapshot *snapshot = run_snapshot(run);
        assert_true(snapshot->version >= version);
        version = snapshot->version;
        assert_true(snapshot->version == 0 || snapshot->arm_count >= 1);
        for (int i = 0; i < snapshot->arm_count; i++)
            assert_true(snapshot->arms[i].name[0] != '\0');
        sched_yield();
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    while (!run_send(run, &(struct command){.kind = COMMAND_STOP}))
        sched_yield();
    enum error_code code = lab_finish(run);
    if (code != ERROR_NONE)
        fail_msg("%s", lab_error.message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_bound),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_many_senders),
        cmocka_unit_test(test_storm),
    };
    return cmocka_run_group_tests(tests, lab_open, lab_close);
}
