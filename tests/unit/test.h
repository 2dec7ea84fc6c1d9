/* What every unit test includes: cmocka and the headers it wants before it. */
#ifndef MASKSCOPE_TESTS_UNIT_TEST_H
#define MASKSCOPE_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Fails, naming both values, unless |actual - expected| <= tolerance; NaN is never near. */
#define assert_near(actual, expected, tolerance)                                                   \
    do {                                                                                           \
        double near_actual_ = (actual), near_expected_ = (expected);                               \
        double near_apart_ = near_actual_ - near_expected_;                                        \
        if (!(near_apart_ <= (tolerance) && -near_apart_ <= (tolerance)))                          \
            fail_msg("%s is %.17g, not %.17g", #actual, near_actual_, near_expected_);             \
    } while (0)

#endif
