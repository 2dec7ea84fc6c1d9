# The program where memory, disks and threads fail: see fault.c. Whatever fails, it says so and ends
# with the right status, or does without; nothing that was whole before is lost; and the next start
# goes on, to the same bits.
#
# Each line walks one kind of fault through one piece of work, at FAULT_POINTS places spread over all
# there are (2 if not said; "all" takes every one, which takes an hour). FAULT_WORKS and FAULT_KINDS
# choose among them.
. "$TEST_SOURCE/tests/cli/lib.sh"
faulty=${TEST_PROGRAM%/*}/tests/fault/maskscope
kinds=${FAULT_KINDS-memory record thread open make read write full full+ short interrupt sync}
works=${FAULT_WORKS-start resume export evaluate probe}
points=${FAULT_POINTS-2}
# A report of a sanitizer must not look like a status of ours.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99
UBSAN_OPTIONS=${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}halt_on_error=1:exitcode=99
export ASAN_OPTIONS UBSAN_OPTIONS

# prepare WORK : what it needs, and in "$@"'s place the command line: set in $arguments.
prepare() {
    rm -rf run log table.csv
    case $1 in
    start) arguments='train small.yaml --steps 2 --out run' ;;
    resume) cp -r base run && arguments='resume run --no-panel --no-window --steps 4' ;;
    export) cp -r base run && echo old >table.csv && arguments='stats run --output table.csv' ;;
    evaluate) cp -r base run && arguments='eval run --output table.csv' ;;
    probe) cp -r base run && arguments='probe run --task knn --output table.csv' ;;
    esac
}

# fail KIND N : does it with that fault; the status is in $status, what failed in log.
fail() {
    status=0
    lasting=${1#"${1%+}"}
    # shellcheck disable=SC2086 # the arguments are words
    FAULT=${1%+}:$2$lasting FAULT_LOG=log "$faulty" $arguments >stdout 2>stderr </dev/null ||
        status=$?
}

# How many calls of that kind there are.
count() {
    prepare "$1" && fail "$2" 0
    sed -n 's/.*: \([0-9]*\) calls/\1/p' log
}

# Whether the run holds what an undisturbed one does: settings, weights and record.
is_like() {
    cmp run/config.yaml "$1/config.yaml" && cmp run/checkpoints/latest "$1/checkpoints/latest" &&
        record run >got.txt && cmp got.txt "$1.txt"
}

record() {
    sqlite3 "$1/run.db" 'SELECT * FROM metric_values; SELECT * FROM evaluations; SELECT * FROM arms'
}

# Where nothing was lost that nobody heard of.
is_like_or_said() {
    grep -q 'warning: no evaluation at' stderr.faulty || is_like "$1"
}

# What a person does next. A start that came to no checkpoint is started again.
goes_on() {
    case $1 in
    start)
        if [ -e run/checkpoints/latest ]; then
            program resume run --no-panel --no-window --steps 2
        else
            rm -rf run
            program train small.yaml --steps 2 --out run
        fi
        [ $status = 0 ] && is_like_or_said base
        ;;
    resume)
        program resume run --no-panel --no-window --steps 4
        [ $status = 0 ] && is_like_or_said four
        ;;
    export) [ "$(cat table.csv)" = old ] || cmp table.csv exported.csv ;;
    *) is_like base && { [ ! -e table.csv ] || grep -q , table.csv; } ;;
    esac
}

# An end with a message, or success; nothing of the kind that a sanitizer or a signal makes.
ends_well() {
    case $status in
    0) ;;
    65 | 66 | 71 | 73 | 74) grep -q '^maskscope: ' stderr ;;
    *) false ;;
    esac
}

walk() {
    total=$(count "$1" "$2")
    [ -n "$total" ] || return 1
    case $points in
    all) stride=1 ;;
    *) stride=$(((total + points - 1) / points)) ;;
    esac
    number=$((stride / 2 + 1))
    while [ $number -le "$total" ]; do
        prepare "$1"
        fail "$2" $number
        cp stderr stderr.faulty
        what="$2 $number of $total: $(cat log 2>&1)"
        ends_well || { echo "# $what: status $status" && return 1; }
        goes_on "$1" || { echo "# $what: is not as without" && return 1; }
        [ -z "$(find run table.csv* -name '*.partial' 2>/dev/null)" ] ||
            { echo "# $what: a part is left" && return 1; }
        walked=$((walked + 1))
        number=$((number + stride))
    done
}

command -v sqlite3 >/dev/null 2>&1 || {
    echo "1..0 # SKIP sqlite3 is not installed"
    exit 0
}
sed -i 's/every_epochs: 0/every_epochs: 0.1/' small.yaml
# shellcheck disable=SC2086 # the words are counted
plan $((2 + $(set -- $works && echo $#) * $(set -- $kinds && echo $#)))
ok "a run" program train small.yaml --steps 2 --out base
cp -r base four
ok "and it goes on" program resume four --no-panel --no-window --steps 4
program stats base --output exported.csv
record base >base.txt
record four >four.txt
for work in $works; do
    for kind in $kinds; do
        walked=0
        ok "$work: $kind" walk "$work" "$kind"
        echo "# $walked faults"
    done
done
