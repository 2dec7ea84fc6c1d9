#include "run/store.h"

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

enum { BUSY_MILLISECONDS = 5000, PRIMARY_CODE = 0xff };

#define STATEMENT_SQL(id, sql) [STATEMENT_##id] = (sql),
static const char *const statement_sql[] = {STORE_STATEMENTS(STATEMENT_SQL)};

const char *const store_kind_names[] = {
    [STORE_KIND_RUN] = "run",
    [STORE_KIND_ARM] = "arm",
    [STORE_KIND_BASELINE] = "baseline",
};
static_assert(ARRAY_LENGTH(store_kind_names) == STORE_KINDS, "a name for each kind");

/* ---- Errors ---- */

static enum error_code error_code_of(const struct store *store, int code)
{
    switch (code & PRIMARY_CODE) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_CONSTRAINT:
    case SQLITE_ERROR: /* a table or column that is not there */
        return ERROR_DATA;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
        return store->mode == STORE_READ ? ERROR_INPUT : ERROR_CREATE;
    case SQLITE_NOMEM:
        return ERROR_SYSTEM;
    default:
        return ERROR_IO;
    }
}

void store_rollback(struct store *store)
{
    store->in_transaction = false;
    /* After some failures SQLite has rolled back by itself. */
    if (!sqlite3_get_autocommit(store->database))
        sqlite3_exec(store->database, statement_sql[STATEMENT_ROLLBACK], NULL, NULL, NULL);
}

bool store_fail(struct store *store, struct error *error)
{
    int code = sqlite3_extended_errcode(store->database);
    error_set(error, error_code_of(store, code), "%s: %s", store->path,
              sqlite3_errmsg(store->database));
    if (store->in_transaction)
        store_rollback(store);
    return false;
}

/* ---- Statements ---- */

sqlite3_stmt *store_statement(struct store *store, enum statement id, struct error *error)
{
    sqlite3_stmt **slot = &store->statements[id];
    if (!*slot && sqlite3_prepare_v3(store->database, statement_sql[id], -1,
                                     SQLITE_PREPARE_PERSISTENT, slot, NULL) != SQLITE_OK)
        store_fail(store, error);
    return *slot;
}

void store_finish(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

int store_bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    return sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

bool store_execute(struct store *store, sqlite3_stmt *statement, int bound, struct error *error)
{
    int code = bound;
    while (code == SQLITE_OK || code == SQLITE_ROW)
        code = sqlite3_step(statement);
    /* Described before the reset, which may forget; rolled back after it, which needs no statement
     * to be running. */
    bool good = code == SQLITE_DONE;
    if (!good) {
        sqlite3_reset(statement);
        store_fail(store, error);
    }
    store_finish(statement);
    return good;
}

static bool run(struct store *store, enum statement id, struct error *error)
{
    sqlite3_stmt *prepared = store_statement(store, id, error);
    return prepared && store_execute(store, prepared, SQLITE_OK, error);
}

/* ---- Opening and closing ---- */

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

static bool pragma_integer(struct store *store, const char *sql, int64_t *value,
                           struct error *error)
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

static bool check_schema(struct store *store, struct error *error)
{
    int64_t application, version;
    if (!pragma_integer(store, "PRAGMA application_id", &application, error) ||
        !pragma_integer(store, "PRAGMA user_version", &version, error))
        return false;
    if (application != STORE_APPLICATION_ID || version < 1)
        return error_set(error, ERROR_DATA, "%s: not a run's record", store->path);
    if (version > STORE_SCHEMA)
        return error_set(error, ERROR_DATA,
                         "%s: written by a newer maskscope (schema %d; this one knows up to %d)",
                         store->path, (int)version, STORE_SCHEMA);
    store->schema = (int)version;
    return true;
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
    sqlite3_busy_timeout(store->database, BUSY_MILLISECONDS);
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

int store_schema(const struct store *store)
{
    return store->schema;
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

/* ---- Transactions ---- */

bool store_begin(struct store *store, struct error *error)
{
    if (store->mode == STORE_READ || store->in_transaction)
        return error_set(error, ERROR_USAGE, "%s: %s", store->path,
                         store->in_transaction ? "a transaction is open already"
                                               : "opened for reading only");
    store->in_transaction = run(store, STATEMENT_BEGIN, error);
    return store->in_transaction;
}

bool store_commit(struct store *store, struct error *error)
{
    if (!store->in_transaction)
        return error_set(error, ERROR_USAGE, "%s: no transaction is open", store->path);
    if (!run(store, STATEMENT_COMMIT, error))
        return false;
    store->in_transaction = false;
    return true;
}

bool store_flush(struct store *store, int milliseconds, bool *written, struct error *error)
{
    if (!store->in_transaction)
        return error_set(error, ERROR_USAGE, "%s: no transaction is open", store->path);
    sqlite3_stmt *commit = store_statement(store, STATEMENT_COMMIT, error);
    if (!commit)
        return false;
    sqlite3_busy_timeout(store->database, milliseconds);
    int code = sqlite3_step(commit);
    sqlite3_busy_timeout(store->database, BUSY_MILLISECONDS);
    bool put_off = (code & PRIMARY_CODE) == SQLITE_BUSY && !sqlite3_get_autocommit(store->database);
    *written = code == SQLITE_DONE;
    if (code == SQLITE_DONE)
        store->in_transaction = false;
    else if (!put_off)
        store_fail(store, error);
    sqlite3_reset(commit);
    return put_off || (code == SQLITE_DONE && store_begin(store, error));
}

bool store_begin_reading(struct store *store, struct error *error)
{
    if (store->mode != STORE_READ || store->in_transaction)
        return error_set(error, ERROR_USAGE, "%s: %s", store->path,
                         store->in_transaction ? "a reading is begun already"
                                               : "opened for writing");
    store->in_transaction = run(store, STATEMENT_BEGIN_READING, error);
    return store->in_transaction;
}

void store_end_reading(struct store *store)
{
    store_rollback(store);
}

bool store_sync(struct store *store, struct error *error)
{
    if (store->in_transaction)
        return error_set(error, ERROR_USAGE, "%s: a transaction is open", store->path);
    return run(store, STATEMENT_SYNC, error);
}
