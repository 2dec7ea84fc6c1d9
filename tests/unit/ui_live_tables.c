/* Tables of the live run: rows sorted and filtered, answers that follow the record. */
#include "tests/unit/test.h"

#include <math.h>
#include <sched.h>

#include "base/file.h"
#include "run/folder.h"
#include "tests/unit/run_folder.h"
#include "ui/live_rows.h"
#include "ui/live_tables.h"

static struct error error;

enum { NAME, MSE, ROWS = 5 };

static void make_table(struct table *table)
{
    static const struct table_column columns[] = {
        [NAME] = {"arm", NULL, TABLE_TEXT, 0},
        [MSE] = {"mse", NULL, TABLE_REAL, 0},
    };
    static const char *const names[ROWS] = {"arm10", "arm9", NULL, "Block", "arm9"};
    static const double values[ROWS] = {0.5, NAN, 0.25, 0.5, -1};
    assert_true(table_init(table, "made", NULL, columns, ARRAY_LENGTH(columns), &error));
    for (int i = 0; i < ROWS; i++) {
        table_add_text(table, names[i]);
        table_add_real(table, values[i]);
    }
}

static void assert_rows(const struct table *table, const struct live_question *question,
                        size_t expected_count, const uint32_t *expected)
{
    size_t count;
    uint32_t *rows = live_rows(table, question, &count, &error);
    assert_non_null(rows);
    assert_int_equal(count, expected_count);
    assert_memory_equal(rows, expected, count * sizeof *rows);
    free(rows);
}

static void test_rows(void **state)
{
    (void)state;
    struct table table;
    make_table(&table);
    struct live_question question = {.sort = LIVE_UNSORTED};
    assert_rows(&table, &question, ROWS, (uint32_t[]){0, 1, 2, 3, 4});
    question.sort = NAME; /* numbers in names count as numbers, what is missing comes last */
    assert_rows(&table, &question, ROWS, (uint32_t[]){3, 1, 4, 0, 2});
    question.descending = true; /* equals keep their order */
    assert_rows(&table, &question, ROWS, (uint32_t[]){0, 1, 4, 3, 2});
    question.sort = MSE;
    assert_rows(&table, &question, ROWS, (uint32_t[]){0, 3, 2, 4, 1});
    strcpy(question.filter, "bLoCk");
    assert_rows(&table, &question, 1, (uint32_t[]){3});
    strcpy(question.filter, "0.5");
    assert_rows(&table, &question, 2, (uint32_t[]){0, 3});
    strcpy(question.filter, "nothing has this");
    assert_rows(&table, &question, 0, NULL);
    question.sort = 99; /* the column of another table */
    question.filter[0] = '\0';
    assert_rows(&table, &question, ROWS, (uint32_t[]){0, 1, 2, 3, 4});
    table_release(&table);
}

static void add_note(const struct run_folder *folder, enum store_mode mode, int64_t step)
{
    struct store *store = store_open(folder->store, mode, &error);
    struct store_event event = {.step = step, .kind = "note", .note = "seen"};
    assert_non_null(store);
    assert_true(store_begin(store, &error));
    assert_true(store_add_event(store, &event, &error));
    assert_true(store_commit(store, &error));
    store_close(store);
}

static const struct live_answer *wait_for(struct live_tables *tables,
                                          const struct snapshot *snapshot,
                                          const struct live_question *question)
{
    live_tables_ask(tables, snapshot, question);
    while (!live_tables_news(tables))
        sched_yield();
    return live_tables_ask(tables, snapshot, question);
}

static size_t table_number(const char *name)
{
    size_t count;
    const struct run_table *table = run_table_find(name, &error);
    assert_non_null(table);
    return (size_t)(table - run_tables(&count));
}

static void test_answers_follow_the_record(void **state)
{
    (void)state;
    struct snapshot *snapshot = memory_new(1, sizeof *snapshot, &error);
    struct live_tables *tables = live_tables_new(&error);
    struct live_question question = {table_number("events"), TABLE_BY_ALL, LIVE_UNSORTED, false,
                                     ""};
    struct run_folder folder;
    assert_non_null(snapshot);
    assert_non_null(tables);
    const struct live_answer *answer = wait_for(tables, snapshot, &question);
    assert_null(answer->table); /* the run has no folder yet */
    assert_non_null(strstr(answer->error.message, "no record"));

    assert_true(run_folder_open(&folder, test_folder, &error));
    add_note(&folder, STORE_CREATE, 1);
    text_copy(snapshot->folder, sizeof snapshot->folder, test_folder);
    snapshot->recorded = 1;
    answer = wait_for(tables, snapshot, &question);
    assert_non_null(answer->table);
    assert_int_equal(answer->count, 1);
    assert_false(live_tables_busy(tables));

    add_note(&folder, STORE_APPEND, 2);
    question.sort = 0; /* another order of the same table */
    question.descending = true;
    answer = wait_for(tables, snapshot, &question);
    assert_int_equal(answer->count, 1);
    assert_int_equal(answer->question.sort, 0);
    snapshot->recorded = 2; /* the trainer says that there is more */
    answer = wait_for(tables, snapshot, &question);
    assert_int_equal(answer->count, 2);
    assert_int_equal(table_cell(answer->table, answer->rows[0], 0)->integer, 2);

    question.table = table_number("matrix"); /* nothing was evaluated */
    answer = wait_for(tables, snapshot, &question);
    assert_null(answer->table);
    assert_string_not_equal(answer->error.message, "");
    question.table = table_number("events");
    live_tables_ask(tables, snapshot, &question); /* and away, with a question on its way */
    live_tables_free(tables);
    free(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test_setup_teardown(test_answers_follow_the_record, test_folder_make,
                                        test_folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
