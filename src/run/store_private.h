/* What the parts of the store share: the connection and its prepared statements. Only store*.c
 * include this, and so SQLite.
 */
#ifndef MASKSCOPE_RUN_STORE_PRIVATE_H
#define MASKSCOPE_RUN_STORE_PRIVATE_H

#include <sqlite3.h>

#include "run/store.h"
#include "run/store_schema.h"

#define STORE_STATEMENT_ID(id, sql) STATEMENT_##id,
enum statement { STORE_STATEMENTS(STORE_STATEMENT_ID) STATEMENTS };

struct store {
    char *path;
    enum store_mode mode;
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENTS]; /* prepared when first used */
    bool in_transaction;
    int schema; /* of the file */
};

enum { STORE_BUSY_MILLISECONDS = 5000 };

extern const char *const store_kind_names[STORE_KINDS];

/* Describes SQLite's last failure, rolls an open transaction back and returns false. */
bool store_fail(struct store *store, struct error *error);
/* The prepared statement, or null with *error set. */
sqlite3_stmt *store_statement(struct store *store, enum statement id, struct error *error);
/* Makes a statement ready for its next use. Every use ends with it: a statement left in the middle
 * of its rows would hold on to an old state of the file. */
void store_finish(sqlite3_stmt *statement);
/* Borrows the text until store_finish; null is bound as NULL. */
int store_bind_text(sqlite3_stmt *statement, int index, const char *text);
/* Runs a statement whose rows do not matter, and finishes it; `bound` is zero if all its values
 * could be bound. */
bool store_execute(struct store *store, sqlite3_stmt *statement, int bound, struct error *error);

/* The statement for writing a row, or null with *error set: no transaction is open. */
sqlite3_stmt *store_writing(struct store *store, enum statement id, struct error *error);
/* A row that is being read. */
struct store_row {
    sqlite3_stmt *statement;
    const char *missing; /* the first column without the text that it must have; null: none */
};
/* Hands each row to read until it returns false (*stopped is set then) or there is none.
 * ERROR_DATA: a row lacks a text, such as a name: the record was not written by us. */
typedef bool store_row_reader(void *reading, struct store_row *row);
bool store_read_rows(struct store *store, sqlite3_stmt *query, int bound, store_row_reader *read,
                     void *reading, bool *stopped, struct error *error);
/* A text that must be there: "" and a failure of store_read_rows where it is NULL. */
const char *store_row_text(struct store_row *row, int column);
/* Null for NULL. */
const char *store_row_text_or_null(struct store_row *row, int column);
int64_t store_row_integer(struct store_row *row, int column);
/* NULL is read as NaN. */
double store_row_real(struct store_row *row, int column);
/* NULL is read as -1. */
int store_row_class(struct store_row *row, int column);

#endif
