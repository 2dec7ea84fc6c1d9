#!/bin/sh
# What training says: progress and a summary, which hold no number that is none; --quiet says nothing.
. "${0%/*}/lib.sh"
plan 9

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

program resume run --no-window --no-panel
ok "nothing is left to do" grep -q "40 of 40 steps" stdout
ok "and no number is made up" no_nonsense

program run small.yaml --no-window --out no-terminal
ok "without a terminal there is no panel, which is said once" \
    test "$(grep -c 'no panel' stderr)" = 1
ok "but the run goes to its end" grep -q "40 of 40 steps" stdout

program train small.yaml --quiet --out quiet
ok "--quiet leaves train nothing to say" silent
program resume quiet --steps 60 --quiet --no-window --no-panel
ok "and resume neither" silent
