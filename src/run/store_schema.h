/* The SQL of the run's record: its schema, and every statement that is run on it. Values are always
 * bound, never pasted. Only store_private.h includes this.
 */
#ifndef MASKSCOPE_RUN_STORE_SCHEMA_H
#define MASKSCOPE_RUN_STORE_SCHEMA_H

/* "MSCP": tells `file` and us what the database is. */
#define STORE_APPLICATION_ID 1297302352

/* What takes a record from schema i to i + 1; a new one takes all of them. Never changed once
 * released, only appended to. Rows are kept in the order they are asked for: a metric's curve and
 * an arm's evaluation at a step are each one range of the primary key, so reading them does not
 * slow down as the run grows. Metric names are stored once; there may be millions of values. */
/* clang-format off */
static const char *const store_migrations[] = {
    /* 1 */
    "CREATE TABLE meta("
    "  key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE arms("
    "  id INTEGER PRIMARY KEY, name TEXT NOT NULL,"
    "  kind TEXT NOT NULL CHECK(kind IN ('run', 'arm', 'baseline')), UNIQUE(kind, name));"
    "INSERT INTO arms(id, name, kind) VALUES (0, 'run', 'run');"
    "CREATE TABLE metric_names("
    "  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE metric_values("
    "  metric INTEGER NOT NULL REFERENCES metric_names(id),"
    "  arm INTEGER NOT NULL REFERENCES arms(id),"
    "  step INTEGER NOT NULL, value REAL,"
    "  PRIMARY KEY(metric, arm, step)) WITHOUT ROWID;"
    "CREATE VIEW metrics AS"
    "  SELECT step, arm, name, value FROM metric_values"
    "  JOIN metric_names ON metric_names.id = metric_values.metric;"
    "CREATE TABLE events("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT, step INTEGER NOT NULL, time REAL NOT NULL,"
    "  arm INTEGER NOT NULL REFERENCES arms(id), kind TEXT NOT NULL,"
    "  name TEXT, old TEXT, new TEXT, note TEXT);"
    "CREATE TABLE evaluations("
    "  step INTEGER NOT NULL, arm INTEGER NOT NULL REFERENCES arms(id),"
    "  strategy TEXT NOT NULL, ratio REAL NOT NULL, image INTEGER NOT NULL,"
    "  mask INTEGER NOT NULL, hidden INTEGER NOT NULL, label INTEGER, mse REAL,"
    "  PRIMARY KEY(arm, step, strategy, ratio, image, mask)) WITHOUT ROWID;",
    /* 2: where errors lie. Cells are stored once; there are thousands of rows an evaluation. */
    "CREATE TABLE probe_cells("
    "  id INTEGER PRIMARY KEY, strategy TEXT NOT NULL, ratio REAL NOT NULL,"
    "  UNIQUE(strategy, ratio));"
    "CREATE TABLE distance_errors("
    "  arm INTEGER NOT NULL REFERENCES arms(id), step INTEGER NOT NULL,"
    "  cell INTEGER NOT NULL REFERENCES probe_cells(id), image INTEGER NOT NULL,"
    "  distance INTEGER NOT NULL, patches INTEGER NOT NULL, mse REAL,"
    "  PRIMARY KEY(arm, step, cell, image, distance)) WITHOUT ROWID;"
    "CREATE TABLE position_errors("
    "  arm INTEGER NOT NULL REFERENCES arms(id), step INTEGER NOT NULL,"
    "  cell INTEGER NOT NULL REFERENCES probe_cells(id), position INTEGER NOT NULL,"
    "  images INTEGER NOT NULL, mse REAL, sd REAL,"
    "  PRIMARY KEY(arm, step, cell, position)) WITHOUT ROWID;"
    "CREATE VIEW distances AS"
    "  SELECT step, arm, strategy, ratio, image, distance, patches, mse FROM distance_errors"
    "  JOIN probe_cells ON probe_cells.id = distance_errors.cell;"
    "CREATE VIEW positions AS"
    "  SELECT step, arm, strategy, ratio, position, images, mse, sd FROM position_errors"
    "  JOIN probe_cells ON probe_cells.id = position_errors.cell;",
    /* 3: outcomes of downstream tasks. `key` is a digest of all that an outcome depends on. */
    "CREATE TABLE probes("
    "  id INTEGER PRIMARY KEY, step INTEGER NOT NULL, arm INTEGER NOT NULL REFERENCES arms(id),"
    "  task TEXT NOT NULL, variant TEXT NOT NULL, seed INTEGER NOT NULL, key TEXT NOT NULL,"
    "  data TEXT NOT NULL, images INTEGER NOT NULL, classes INTEGER NOT NULL,"
    "  time REAL NOT NULL, seconds REAL NOT NULL,"
    "  UNIQUE(arm, step, task, key, seed, variant));"
    "CREATE TABLE probe_values("
    "  probe INTEGER NOT NULL REFERENCES probes(id) ON DELETE CASCADE,"
    "  name TEXT NOT NULL, value REAL, PRIMARY KEY(probe, name)) WITHOUT ROWID;"
    "CREATE TABLE probe_images("
    "  probe INTEGER NOT NULL REFERENCES probes(id) ON DELETE CASCADE,"
    "  image INTEGER NOT NULL, label INTEGER, predicted INTEGER, value REAL,"
    "  PRIMARY KEY(probe, image)) WITHOUT ROWID;",
};

/* The subqueries in the deletions turn them into ranges of the primary key. */
#define STORE_STATEMENTS(X)                                                                        \
    X(BEGIN_READING, "BEGIN DEFERRED")                                                             \
    X(BEGIN, "BEGIN IMMEDIATE")                                                                    \
    X(COMMIT, "COMMIT")                                                                            \
    X(ROLLBACK, "ROLLBACK")                                                                        \
    X(SYNC, "PRAGMA wal_checkpoint(PASSIVE)")                                                      \
    X(SET_META, "INSERT OR REPLACE INTO meta(key, value) VALUES (?1, ?2)")                         \
    X(GET_META, "SELECT value FROM meta WHERE key = ?1")                                           \
    X(ADD_ARM, "INSERT INTO arms(name, kind) VALUES (?1, ?2)")                                     \
    X(FIND_ARM, "SELECT id FROM arms WHERE kind = ?2 AND name = ?1")                               \
    X(ADD_METRIC, "INSERT OR REPLACE INTO metric_values(metric, arm, step, value)"                 \
                  " SELECT id, ?2, ?3, ?4 FROM metric_names WHERE name = ?1")                      \
    X(ADD_METRIC_NAME, "INSERT INTO metric_names(name) VALUES (?1)")                               \
    X(ADD_EVENT, "INSERT INTO events(step, time, arm, kind, name, old, new, note)"                 \
                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")                                       \
    X(ADD_EVALUATION, "INSERT OR REPLACE INTO evaluations"                                         \
                      "(step, arm, strategy, ratio, image, mask, hidden, label, mse)"              \
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")                              \
    X(CUT_METRICS, "DELETE FROM metric_values WHERE metric IN (SELECT id FROM metric_names)"       \
                   " AND arm IN (SELECT id FROM arms) AND step > ?1")                              \
    X(CUT_EVALUATIONS,                                                                             \
      "DELETE FROM evaluations WHERE arm IN (SELECT id FROM arms) AND step > ?1")                  \
    X(CUT_DISTANCES,                                                                               \
      "DELETE FROM distance_errors WHERE arm IN (SELECT id FROM arms) AND step > ?1")              \
    X(CUT_POSITIONS,                                                                               \
      "DELETE FROM position_errors WHERE arm IN (SELECT id FROM arms) AND step > ?1")              \
    X(CUT_PROBES, "DELETE FROM probes WHERE step > ?1")                                            \
    X(CUT_EVENTS, "DELETE FROM events WHERE step > ?1")                                            \
    X(CUT_LATE_EVENTS, "DELETE FROM events WHERE step = ?1 AND id >"                               \
                       " (SELECT min(id) FROM events WHERE step = ?1 AND kind = 'checkpoint')")    \
    X(ADD_CELL, "INSERT INTO probe_cells(strategy, ratio) VALUES (?1, ?2)")                        \
    X(FIND_CELL, "SELECT id FROM probe_cells WHERE strategy = ?1 AND ratio = ?2")                  \
    X(ADD_DISTANCE, "INSERT OR REPLACE INTO distance_errors"                                       \
                    "(arm, step, cell, image, distance, patches, mse)"                             \
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                        \
    X(ADD_POSITION, "INSERT OR REPLACE INTO position_errors"                                       \
                    "(arm, step, cell, position, images, mse, sd) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)") \
    X(READ_ARMS, "SELECT id, name, kind FROM arms WHERE kind IS NOT 'run' ORDER BY id")                \
    X(READ_METRIC, "SELECT step, value FROM metric_values"                                         \
                   " WHERE metric = (SELECT id FROM metric_names WHERE name = ?1)"                 \
                   " AND arm = ?2 AND step >= ?3 ORDER BY step")                                   \
    X(LAST_STEP, "SELECT max(step) FROM metric_values"                                             \
                 " WHERE metric = (SELECT id FROM metric_names WHERE name = ?1) AND arm = ?2")     \
    X(READ_METRIC_NAMES, "SELECT name FROM metric_names ORDER BY name")                            \
    X(READ_EVENTS, "SELECT id, step, time, arm, kind, name, old, new, note FROM events"            \
                   " WHERE id > ?1 ORDER BY step, id")                                             \
    X(EVALUATED_ARMS, "SELECT id, (SELECT max(step) FROM evaluations WHERE arm = arms.id)"         \
                      " FROM arms WHERE (?1 < 0 OR id = ?1) ORDER BY id")                          \
    X(READ_EVALUATIONS, "SELECT step, arm, strategy, ratio, image, mask, hidden, label, mse"       \
                        " FROM evaluations WHERE arm = ?1 AND step BETWEEN ?2 AND ?3"              \
                        " ORDER BY step, strategy, ratio, image, mask")                            \
    X(EVALUATED_STEPS, /* each found from the one before in the index, whatever lies between */    \
      "WITH RECURSIVE steps(step) AS ("                                                            \
      " SELECT min(step) FROM evaluations WHERE arm = ?1 AND step >= ?2 UNION ALL"                 \
      " SELECT (SELECT min(step) FROM evaluations WHERE arm = ?1 AND step > steps.step)"           \
      " FROM steps WHERE step IS NOT NULL)"                                                        \
      " SELECT step FROM steps WHERE step IS NOT NULL")                                            \
    X(READ_DISTANCES, "SELECT step, strategy, ratio, image, distance, patches, mse"                \
                      " FROM distance_errors JOIN probe_cells ON probe_cells.id = cell"            \
                      " WHERE arm = ?1 AND step = ifnull(?2,"                                      \
                      " (SELECT max(step) FROM distance_errors WHERE arm = ?1))"                   \
                      " ORDER BY strategy, ratio, image, distance")                                \
    X(READ_POSITIONS, "SELECT step, strategy, ratio, position, images, mse, sd"                    \
                      " FROM position_errors JOIN probe_cells ON probe_cells.id = cell"            \
                      " WHERE arm = ?1 AND step = ifnull(?2,"                                      \
                      " (SELECT max(step) FROM position_errors WHERE arm = ?1))"                   \
                      " ORDER BY strategy, ratio, position")                                       \
    X(FIRST_PROFILE, "SELECT min((SELECT min(step) FROM distance_errors WHERE arm = arms.id))"      \
                     " FROM arms")                                                                 \
    X(ADD_PROBE, "INSERT INTO probes"                                                              \
                 "(step, arm, task, variant, seed, key, data, images, classes, time, seconds)"     \
                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")                         \
    X(DROP_PROBE, "DELETE FROM probes WHERE arm = ?1 AND step = ?2 AND task = ?3 AND key = ?4"    \
                   " AND seed = ?5 AND variant = ?6")                                                            \
    X(ADD_PROBE_VALUE, "INSERT INTO probe_values(probe, name, value) VALUES (?1, ?2, ?3)")         \
    X(ADD_PROBE_IMAGE, "INSERT INTO probe_images(probe, image, label, predicted, value)"           \
                       " VALUES (?1, ?2, ?3, ?4, ?5)")                                             \
    X(READ_PROBES, "SELECT id, step, arm, task, variant, seed, key, data, images, classes, time, seconds" \
                   " FROM probes ORDER BY id")                                                     \
    X(READ_PROBE_VALUES, "SELECT name, value FROM probe_values WHERE probe = ?1 ORDER BY name")    \
    X(READ_PROBE_IMAGES, "SELECT image, label, predicted, value FROM probe_images"                 \
                         " WHERE probe = ?1 ORDER BY image")
/* clang-format on */

#endif
