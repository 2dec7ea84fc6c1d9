#!/bin/sh
# Runs a unit test. cmocka says "not ok N # SKIP" of a skipped test, which TAP allows and automake's
# driver takes for a failure; here it becomes "ok N # SKIP". The exit status is the test's.
exec 4>&1
status=$({ { "$@" 3>&- 4>&-; echo $? >&3; } |
    sed 's/^not ok \([0-9]*\) # SKIP/ok \1 # SKIP/' >&4; } 3>&1)
exit "$status"
