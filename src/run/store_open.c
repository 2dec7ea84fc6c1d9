/* Opening, closing and copying records. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/memory.h"
#include "run/store_private.h"

/* Shared memory, which a write-ahead log needs, does not work between hosts. */
static bool on_network(const char *path)
{
    static const unsigned long networks[] = {
        0x6969,     /* NFS */
        0x517b,     /* SMB */
        0xff534d42, /* CIFS */
        0xfe534d42, /* SMB2 */
        0x01021997, /* 9P */
        0x00c36400, /* Ceph */
        0x0bd00bd0, /* Lustre */
        0x47504653, /* GPFS */
        0x19830326, /* BeeGFS */
        0x5346414f, /* AFS */
        0x65735546, /* FUSE, which sshfs and others are behind */
    };
    struct statfs status;
    if (statfs(path, &status) != 0)
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(networks); i++)
        if ((unsigned long)status.f_type == networks[i])
            return true;
    return false;
}

static bool exec(struct store *store, const char *sql, struct error *error)
{
    return sqlite3_exec(store->database, sql, NULL, NULL, NULL) == SQLITE_OK ||
           store_fail(store, error);
}

static bool query_integer(struct store *store, const char *sql, int64_t *value, struct error *error)
{
    sqlite3_stmt *query;
    if (sqlite3_prepare_v2(store->database, sql, -1, &query, NULL) != SQLITE_OK)
        return store_fail(store, error);
    bool good = sqlite3_step(query) == SQLITE_ROW || store_fail(store, error);
    if (good)
        *value = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    return good;
}

static bool switch_to_write_ahead(struct store *store)
{
    sqlite3_stmt *query;
    if (sqlite3_prepare_v2(store->database, "PRAGMA journal_mode = WAL", -1, &query, NULL))
        return false;
    bool good = sqlite3_step(query) == SQLITE_ROW &&
                strcmp((const char *)sqlite3_column_text(query, 0), "wal") == 0;
    sqlite3_finalize(query);
    return good;
}

/* With a write-ahead log readers and the writer do not wait for each other, and the file cannot be
 * damaged by a power failure even if not every commit is synced (NORMAL): at worst the last ones
 * are lost, and store_sync is there for when that matters. With a rollback journal NORMAL leaves a
 * small chance of damage, so there every commit is synced (FULL). */
static bool choose_journal(struct store *store, struct error *error)
{
    if (!on_network(store->path) && switch_to_write_ahead(store))
        return exec(store, "PRAGMA synchronous = NORMAL", error);
    /* Without spilling, a transaction keeps to memory and out of the readers' way until its end. */
    return exec(store,
                "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA cache_spill = OFF",
                error);
}

static_assert(ARRAY_LENGTH(store_migrations) == STORE_SCHEMA, "a schema has no way to it");

/* In one transaction: a record is of its old schema or whole of the new. */
static bool bring_up_to_date(struct store *store, struct error *error)
{
    char identity[96];
    snprintf(identity, sizeof identity, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
             STORE_APPLICATION_ID, STORE_SCHEMA);
    if (store->schema == STORE_SCHEMA)
        return true;
    if (!store_begin(store, error))
        return false;
    for (int schema = store->schema; schema < STORE_SCHEMA; schema++)
        if (!exec(store, store_migrations[schema], error))
            return false;
    store->schema = STORE_SCHEMA;
    return exec(store, identity, error) && store_commit(store, error);
}

/* What is read are tables: a view in place of one could go on for ever. */
static bool check_tables(struct store *store, struct error *error)
{
    static const struct {
        int schema;
        const char *names;
        int count;
    } added[] = {
        {1, "'meta', 'arms', 'metric_names', 'metric_values', 'events', 'evaluations'", 6},
        {2, "'probe_cells', 'distance_errors', 'position_errors'", 3},
        {3, "'probes', 'probe_values', 'probe_images'", 3},
    };
    static_assert(ARRAY_LENGTH(added) == STORE_SCHEMA, "the tables of each schema");
    for (size_t i = 0; i < ARRAY_LENGTH(added); i++) {
        char sql[256];
        int64_t found = 0;
        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN (%s)",
                 added[i].names);
        if (store->schema < added[i].schema)
            return true;
        if (!query_integer(store, sql, &found, error))
            return false;
        if (found != added[i].count)
            return error_set(error, ERROR_DATA, "%s: damaged: of the tables %s some are missing",
                             store->path, added[i].names);
    }
    return true;
}

static bool check_schema(struct store *store, struct error *error)
{
    int64_t application = 0, version = 0;
    if (!query_integer(store, "PRAGMA application_id", &application, error) ||
        !query_integer(store, "PRAGMA user_version", &version, error))
        return false;
    if (application != STORE_APPLICATION_ID || version < 1)
        return error_set(error, ERROR_DATA, "%s: not a run's record", store->path);
    if (version > STORE_SCHEMA)
        return error_set(error, ERROR_DATA,
                         "%s: written by a newer maskscope (schema %d; this one knows up to %d)",
                         store->path, (int)version, STORE_SCHEMA);
    store->schema = (int)version;
    return check_tables(store, error);
}

static bool reserve_file(const char *path, struct error *error)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return error_set_errno(error, ERROR_CREATE, "%s", path);
    close(descriptor);
    return true;
}

static bool open_database(struct store *store, struct error *error)
{
    if (store->mode != STORE_CREATE && access(store->path, F_OK) != 0)
        return error_set_errno(error, ERROR_INPUT, "%s", store->path);
    int flags = store->mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (sqlite3_open_v2(store->path, &store->database, flags | SQLITE_OPEN_NOMUTEX, NULL))
        return store->database ? store_fail(store, error)
                               : error_set(error, ERROR_SYSTEM, "%s: out of memory", store->path);
    sqlite3_extended_result_codes(store->database, 1);
    sqlite3_busy_timeout(store->database, STORE_BUSY_MILLISECONDS);
    /* A record may come from anybody: its schema must not call functions. */
    return exec(store, "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON", error);
}

struct store *store_open(const char *path, enum store_mode mode, struct error *error)
{
    struct store *store = memory_new(1, sizeof *store, error);
    if (!store)
        return NULL;
    store->mode = mode;
    store->path = strdup(path);
    bool good = store->path || error_set(error, ERROR_SYSTEM, "%s: out of memory", path);
    bool made = good && mode == STORE_CREATE && reserve_file(path, error);
    good = good && (made || mode != STORE_CREATE) && open_database(store, error);
    if (good && mode != STORE_CREATE)
        good = check_schema(store, error);
    if (good && mode != STORE_READ)
        good = choose_journal(store, error);
    if (good && mode != STORE_READ)
        good = bring_up_to_date(store, error);
    if (good)
        return store;
    store_close(store);
    if (made)
        unlink(path);
    return NULL;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    if (store->in_transaction)
        store_rollback(store);
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(store->statements[i]);
    /* Without a write-ahead log the record can be read from a read-only place too. While somebody
     * else reads, this is refused and does not matter. */
    if (store->database && store->mode != STORE_READ) {
        sqlite3_busy_timeout(store->database, 0);
        sqlite3_exec(store->database, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    }
    sqlite3_close(store->database);
    free(store->path);
    free(store);
}

bool store_copy(const char *from, const char *to, struct error *error)
{
    struct store *source = store_open(from, STORE_READ, error);
    struct store copy = {.path = (char *)to, .mode = STORE_APPEND};
    bool made = source && reserve_file(to, error);
    bool good = made && open_database(&copy, error);
    sqlite3_backup *backup =
        good ? sqlite3_backup_init(copy.database, "main", source->database, "main") : NULL;
    if (good && backup) {
        sqlite3_backup_step(backup, -1);
        good = sqlite3_backup_finish(backup) == SQLITE_OK;
    }
    good = good && (backup || store_fail(&copy, error));
    if (made && !good)
        store_fail(&copy, error);
    sqlite3_close(copy.database);
    store_close(source);
    if (made && !good)
        unlink(to);
    return good;
}
