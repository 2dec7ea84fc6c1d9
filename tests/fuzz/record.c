/* Records of runs (run.db) that somebody has been at: the input is SQL that is carried out on a
 * good one; then every table is made and printed in every format. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "run/tables.h"
#include "tests/fuzz/fuzz.h"

enum { IMAGES = 3, STEPS = 4, ARMS = 2, LENGTH_LIMIT = 1 << 16, WORK_LIMIT = 1000 };

static char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
static struct text whole; /* the good record */

static void remove_folder(void)
{
    char beside[FILE_PATH_SIZE + 8];
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(beside, sizeof beside, "%s%s", path, ends[i]);
        unlink(beside);
    }
    rmdir(folder);
    text_release(&whole);
}

static void add_arm(struct store *store, int number)
{
    struct error error;
    int id;
    FUZZ_HOLDS(store_add_arm(store, number ? "block" : "random75", STORE_KIND_ARM, &id, &error));
    for (int step = 1; step <= STEPS; step++)
        FUZZ_HOLDS(store_add_metric(store, step, id, "loss", 1.0 / step + number, &error) &&
                   store_add_metric(store, step, STORE_RUN, "learning_rate", 1e-3, &error));
    for (int image = 0; image < IMAGES; image++) {
        struct store_evaluation row = {.step = STEPS,
                                       .arm = id,
                                       .strategy = "random",
                                       .ratio = 0.75,
                                       .image = image,
                                       .hidden = 48,
                                       .label = image % 2,
                                       .mse = 0.5 + image + number};
        FUZZ_HOLDS(store_add_evaluation(store, &row, &error));
    }
}

/* Every kind of row that the tables read. */
static void fill(struct store *store)
{
    struct error error;
    int cell;
    int64_t id;
    struct store_event event = {.step = 2, .arm = 1, .kind = "set", .name = "arms.block.ratio"};
    struct store_probe probe = {.step = STEPS,
                                .arm = 1,
                                .task = "knn",
                                .variant = "k=1",
                                .key = "a",
                                .data = "b",
                                .images = IMAGES,
                                .classes = 2};
    FUZZ_HOLDS(store_begin(store, &error));
    for (int i = 0; i < ARMS; i++)
        add_arm(store, i);
    FUZZ_HOLDS(store_add_event(store, &event, &error) &&
               store_add_cell(store, "random", 0.75, &cell, &error));
    struct store_distance distance = {
        .step = STEPS, .arm = 1, .cell = cell, .distance = 1, .patches = 4, .mse = 1};
    struct store_position position = {
        .step = STEPS, .arm = 1, .cell = cell, .images = 2, .mse = 1, .sd = 1};
    struct store_probe_image image = {.label = 1, .predicted = 1, .value = 1};
    FUZZ_HOLDS(store_add_distance(store, &distance, &error) &&
               store_add_position(store, &position, &error) &&
               store_add_probe(store, &probe, &id, &error) &&
               store_add_probe_value(store, id, "accuracy", 0.5, &error) &&
               store_add_probe_image(store, id, &image, &error) && store_commit(store, &error));
}

static void make_whole(void)
{
    const char *temporary = getenv("TMPDIR");
    struct error error;
    snprintf(folder, sizeof folder, "%s/maskscope-fuzz-XXXXXX", temporary ? temporary : "/tmp");
    FUZZ_HOLDS(mkdtemp(folder) && file_join(path, sizeof path, folder, "run.db", &error));
    atexit(remove_folder);
    struct store *store = store_open(path, STORE_CREATE, &error);
    FUZZ_HOLDS(store);
    fill(store);
    store_close(store);
    FUZZ_HOLDS(file_read(path, SIZE_MAX >> 1, &whole, &error));
}

/* The good record anew. */
static void restore(void)
{
    char beside[FILE_PATH_SIZE + 8];
    snprintf(beside, sizeof beside, "%s-wal", path);
    unlink(beside);
    snprintf(beside, sizeof beside, "%s-shm", path);
    unlink(beside);
    FILE *file = fopen(path, "wb");
    FUZZ_HOLDS(file && fwrite(text_of(&whole), 1, whole.length, file) == whole.length &&
               fclose(file) == 0);
}

/* Nothing beside the record. */
static int allow(void *context, int action, const char *first, const char *second,
                 const char *database, const char *trigger)
{
    (void)context, (void)first, (void)second, (void)database, (void)trigger;
    return action == SQLITE_ATTACH || action == SQLITE_DETACH ? SQLITE_DENY : SQLITE_OK;
}

static int stop(void *steps)
{
    return ++*(int *)steps > WORK_LIMIT;
}

static void carry_out(const char *statements)
{
    sqlite3 *database;
    int steps = 0;
    FUZZ_HOLDS(sqlite3_open(path, &database) == SQLITE_OK);
    sqlite3_set_authorizer(database, allow, NULL);
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, LENGTH_LIMIT);
    sqlite3_progress_handler(database, WORK_LIMIT, stop, &steps);
    sqlite3_exec(database, statements, NULL, NULL, NULL);
    sqlite3_close(database);
}

static void print(const struct table *table)
{
    struct error error;
    for (enum table_format format = 0; format < TABLE_FORMATS; format++) {
        struct text out = {0};
        (void)!table_write(&table, 1, format, &out, &error);
        text_release(&out);
    }
}

static void read_tables(struct store *store)
{
    size_t count;
    const struct run_table *tables = run_tables(&count);
    for (size_t i = 0; i < count; i++)
        for (unsigned groups = TABLE_BY_NOTHING; groups <= TABLE_BY_ALL; groups++) {
            struct table table;
            struct error error = {0};
            if (run_table_make(&table, &tables[i], store, groups, &error)) {
                print(&table);
                table_release(&table);
            } else {
                FUZZ_HOLDS(error.code != ERROR_NONE && error.message[0]);
            }
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (whole.length == 0)
        make_whole();
    restore();
    char *statements = fuzz_text(data, size);
    carry_out(statements);
    free(statements);
    struct error error = {0};
    struct store *store = store_open(path, STORE_READ, &error);
    if (store)
        read_tables(store);
    else
        FUZZ_HOLDS(error.code != ERROR_NONE);
    store_close(store);
    return 0;
}
