#include "run/store.h"

#include <assert.h>

#include "base/memory.h"
#include "run/store_private.h"

enum { PRIMARY_CODE = 0xff };

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
    sqlite3_busy_timeout(store->database, STORE_BUSY_MILLISECONDS);
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
