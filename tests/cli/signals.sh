#!/bin/sh
# Signals: once to stop with a checkpoint, twice to leave at once; and what a killed run leaves goes
# on to the same bits. TEST_KILLS says how often it is killed.

# Under a parent that ignores SIGHUP (nohup) everything ignores it; env takes that back, a shell
# cannot.
hears_hangup() {
    ! sh -c 'trap "exit 1" HUP; kill -s HUP $$'
}
hears_hangup || ! env --default-signal=HUP true 2>/dev/null ||
    exec env --default-signal=HUP sh "$0" "$@"

. "${0%/*}/lib.sh"
kills=${TEST_KILLS:-3}
plan 12

long="--steps 1000000 --set train.checkpoint_steps=200"

# stopped SIGNAL STATUS : trains, sends the signal, and looks at what is left.
stopped() {
    begin train small.yaml $long --out "$1"
    until_true test -e "$1/checkpoints/latest" || return 1
    kill -s "$1" $process
    end
    [ "$status" = "$2" ] && grep -q "stopped, " stdout || return 1
    stopped_step=$(sed -n 's/.*stopped, \([0-9]*\) of .*/\1/p' stdout)
    [ -e "$1/checkpoints/step-$(printf %08d "$stopped_step").safetensors" ]
}

ok "SIGINT stops with a checkpoint" stopped INT 130
ok "SIGTERM does" stopped TERM 143
if hears_hangup; then
    ok "SIGHUP does" stopped HUP 129
else
    skip "SIGHUP does" "it is ignored here"
fi

# Both while it stands still, so that it sees them at the same time.
begin train small.yaml $long --out twice
until_true test -e twice/checkpoints/latest
kill -s STOP $process
kill -s INT $process
kill -s TERM $process
kill -s CONT $process
end
ok "two signals leave at once" says "$status" "leaving without a checkpoint"
ok "with the status of a signal" test "$status" = 130 -o "$status" = 143
program stats twice --table events --format csv
# It may have stopped at a step that is saved anyway.
ok "nothing was saved at the end" \
    awk -F , '$4 == "checkpoint" && $1 % 200 { exit 1 }' stdout

# One process at a time.
begin train small.yaml $long --out locked
until_true test -e locked/checkpoints/latest
"$TEST_PROGRAM" resume locked >stdout.2 2>stderr.2 </dev/null
second=$?
kill -s INT $process
end
ok "a run that is training is not trained by another process" \
    grep -q "another process is training this run" stderr.2
ok "which says so" test $second = 66

# ---- kill -9 ----

killed="--steps $((400 + 500 * kills)) --set train.checkpoint_steps=5"
program train small.yaml $killed --out straight
ok "an undisturbed run" says 0 ""

# A part of a second between nothing and a third, differently each time.
random_pause() {
    awk -v byte="$(od -An -N1 -tu1 /dev/urandom)" 'BEGIN { print byte / 768 }'
}

newest() {
    readlink broken/checkpoints/latest
}

# Some moment after a checkpoint that was not there before.
kill_once() {
    kill_once_before=$(newest)
    begin "$@"
    until_true eval '[ "$(newest)" != "$kill_once_before" ] || ! kill -0 $process 2>/dev/null'
    sleep "$(random_pause)"
    kill -s KILL $process 2>/dev/null
    end
}

kill_once train small.yaml $killed --out broken
round=1
died=$([ "$status" = 137 ] && echo 1 || echo 0)
while [ $round -lt "$kills" ] && [ "$status" = 137 ]; do
    kill_once resume broken --no-panel --no-window
    [ "$status" = 137 ] && died=$((died + 1))
    round=$((round + 1))
done
echo "# killed $died times, last at $(newest)"
ok "every killed run went on" test "$status" = 137 -o "$status" = 0
program resume broken --no-panel --no-window
ok "the last one comes to its end" says 0 ""
ok "with the same bits" cmp -s straight/checkpoints/latest broken/checkpoints/latest
