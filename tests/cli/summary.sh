#!/bin/sh
# What training says: progress and a summary, which hold no number that is none; --quiet says nothing.
. "${0%/*}/lib.sh"
plan 14

no_nonsense() {
    ! grep -Eiq 'nan|inf|\[ *,|loss *$' stdout stderr
}
silent() {
    ! [ -s stdout ] && ! [ -s stderr ]
}

program train small.yaml --out run --set eval.every_epochs=1 --set eval.images=1
ok "a summary after training" grep -q "40 of 40 steps" stdout
ok "one held-out image has a mean" grep -q "probe-mask MSE [0-9.]*$" stdout
ok "but no interval" no_nonsense

# 40 steps of small pictures are more than an epoch: all are kept, or none.
waits_and_memory() {
    grep -Eq "waiting for data [0-9.]+% of the time; [1-9][0-9]* MB resident at most, $1 MB of them" \
        stdout && grep -Eq "waiting for data; decoded pictures of $2 of [0-9]+ images" "$3/log.txt"
}
ok "how long it waited for data, and what memory it took" waits_and_memory '0\.[1-9]' 64 run
program train small.yaml --out bare --set data.cache=0
ok "without decoded pictures in memory there are none" waits_and_memory '0\.0' 0 bare

program resume run --no-window --no-panel
ok "nothing is left to do" grep -q "40 of 40 steps" stdout
ok "and no number is made up" no_nonsense

program run small.yaml --no-window --out no-terminal
ok "without a terminal there is no panel, which is said once" \
    test "$(grep -c 'no panel' stderr)" = 1
ok "but the run goes to its end" grep -q "40 of 40 steps" stdout

unset DISPLAY WAYLAND_DISPLAY XDG_RUNTIME_DIR SDL_VIDEODRIVER
program run small.yaml --out no-display
ok "without a display there is no window, which is said once" \
    test "$(grep -c 'no window' stderr)" = 1
ok "and no library calls that an error" test "$(grep -ci 'error' stderr)" = 0

program train small.yaml --quiet --out quiet
ok "--quiet leaves train nothing to say" silent
ok "but to the log of its run" grep -q "checkpoint" quiet/log.txt
program resume quiet --steps 60 --quiet --no-window --no-panel
ok "and resume neither" silent
