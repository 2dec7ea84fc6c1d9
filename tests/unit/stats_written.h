/* Tables as they are written. */
#ifndef MASKSCOPE_TESTS_UNIT_STATS_WRITTEN_H
#define MASKSCOPE_TESTS_UNIT_STATS_WRITTEN_H

#include "stats/table.h"

/* What a table must have among what it is written as. */
struct written {
    enum table_format format;
    const char *expected;
};

static inline void assert_written(const struct table *table, const struct written *rows,
                                  size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct text text = {0};
        assert_true(table_write(&table, 1, rows[i].format, &text, NULL));
        if (!strstr(text_of(&text), rows[i].expected))
            fail_msg("%s", text_of(&text));
        text_release(&text);
    }
}

#endif
