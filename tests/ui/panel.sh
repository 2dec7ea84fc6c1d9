#!/bin/sh
# The panel in a real terminal (tmux): its screens against tests/ui/golden, its keys, its ends.
# GOLDEN_UPDATE=1 writes the screens anew: look at them before they are committed.
set -u
fixture=$(dirname "${TEST_PROGRAM:-./maskscope}")/tests/ui/panel_fixture
golden=${TEST_SOURCE:-.}/tests/ui/golden
patience=100 # tenths of a second until a screen must have come

skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}
command -v tmux >/dev/null 2>&1 || skip_all "tmux is not installed"
locale -a 2>/dev/null | grep -qi '^C\.utf-\{0,1\}8$' || skip_all "there is no locale C.UTF-8"
[ -x "$fixture" ] || skip_all "$fixture was not built"

work=$(mktemp -d) || exit 99
TMUX_TMPDIR=$work
XDG_STATE_HOME=$work/state
LC_ALL=C.UTF-8
XDG_CONFIG_HOME=$work/config
TMPDIR=$work
TZ=UTC
export TMUX_TMPDIR XDG_STATE_HOME XDG_CONFIG_HOME LC_ALL TMPDIR TZ
unset TMUX NO_COLOR COLORTERM
mkdir -p "$work/config/maskscope" &&
    cp -R "${TEST_SOURCE:-.}/assets/themes" "$work/config/maskscope/themes" || exit 99
trap 'in_tmux kill-server 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM

in_tmux() {
    tmux -L "panel$starts" -f /dev/null "$@"
}

starts=0
# start WIDTH HEIGHT LOCALE TERM SCENE
start() {
    in_tmux kill-server 2>/dev/null
    starts=$((starts + 1)) # a server that is going away takes no new session
    in_tmux new-session -d -x "$1" -y "$2" \
        "env LC_ALL=$3 TERM=$4 '$fixture' $5; echo \"left with \$?\"; stty -a; exec sleep 1000"
    in_tmux set-option -g status off
}

keys() {
    in_tmux send-keys -- "$@"
}

# The screen without the clock, and without the list of tables, which grows.
screen() {
    in_tmux capture-pane -p |
        sed -e 's/^[0-9][0-9]:[0-9][0-9]:[0-9][0-9] /HH:MM:SS /' -e 's/^matrix  *arms .*/TABLES/'
}

count=0
report() { # STATUS NAME
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $count - $2"
    else
        echo "not ok $count - $2"
        screen | sed 's/^/# /'
    fi
}

# Waits until the screen holds a text.
expect() { # TEXT NAME
    tries=0
    until screen | grep -qF -e "$1"; do
        tries=$((tries + 1))
        [ $tries -gt $patience ] && { report 1 "$2"; return; }
        sleep 0.1
    done
    report 0 "$2"
}

# Waits until the screen is the golden one; if it never is, shows how it differs.
expect_screen() { # FILE NAME
    if [ -n "${GOLDEN_UPDATE-}" ]; then
        sleep 1
        screen >"$golden/$1"
    fi
    tries=0
    until screen >"$work/screen" && cmp -s "$work/screen" "$golden/$1"; do
        tries=$((tries + 1))
        if [ $tries -gt $patience ]; then
            diff "$golden/$1" "$work/screen" | sed 's/^/# /'
            report 1 "$2"
            return
        fi
        sleep 0.1
    done
    report 0 "$2"
}

start 80 24 C.UTF-8 screen-256color training
expect_screen training.txt "the training view"
keys 2
expect_screen arms.txt "the arms view"
keys : "view statistics" Enter
expect_screen statistics.txt "the statistics view"
keys : "view masks" Enter
expect_screen masks.txt "the masks view"
keys j
expect_screen masks-block.txt "of the second arm"
keys k : "view timeline" Enter
expect_screen timeline.txt "the timeline"
keys : "view images" Enter
expect_screen images.txt "the images view"
keys : "view log" Enter
expect_screen log.txt "the log view"
keys : "view settings" Enter
expect_screen settings.txt "the settings view"
keys '?'
expect_screen help.txt "help"
keys q 2 s j
expect_screen strategies.txt "the menu of strategies"
keys Escape
in_tmux resize-window -x 20 -y 5
keys 1
expect "loss 0.1232" "20x5 still shows the loss"
in_tmux resize-window -x 1 -y 1
in_tmux resize-window -x 80 -y 24
expect_screen training.txt "and is whole again after 1x1"

keys 2 ] ]
expect "random75: ratio 0.77 from the next step" "presses of a key add up"
keys : "save-screen $work/saved" Enter
expect "saved the panel" "the panel is saved as text"
if [ "$(sed -n 2p "$work/saved")" = "$(sed -n 2p "$golden/arms.txt")" ]; then
    report 0 "as it stands"
else
    report 1 "as it stands"
fi
keys : "ratoi .5" Enter
expect "did you mean 'ratio'?" "an unknown command offers the nearest"
keys : "set train.cl" Tab
expect ":set train.clip" "Tab completes a setting"
keys Escape : "view settings" Enter / "warmup"
expect "train.warmup_epochs" "a filter takes effect as it is typed"
keys Escape
expect "data.source" "and Escape takes it back"
in_tmux send-keys -H 1b 5b 4d 20 2f 22 1b 5b 4d 23 2f 22 # press and release on the second tab
expect "filled by distance" "a click opens a view"
in_tmux send-keys -H 1b 5b 4d 20 2a 25 1b 5b 4d 23 2a 25 # and on the second arm
expect "block on the common probe masks" "a click chooses an arm"
keys q
expect "Stop training and leave?" "q at the top asks"
keys y
expect "left with 0" "and y leaves"
expect " echo " "with the terminal as it was"

start 80 24 C vt100 training
expect_screen training-ascii.txt "the training view in the C locale on a vt100"

start 80 24 C dumb training
expect "a terminal of type 'dumb' (TERM) cannot move its cursor" "no panel where it cannot be drawn"
expect " echo " "with the terminal as it was"

start 80 24 C.UTF-8 screen-256color evaluating
expect " evaluating 83%  step 1,000" "how far an evaluation is, said once"

start 80 24 C.UTF-8 screen-256color empty
expect "no step done yet" "a run that has not begun"

start 100 30 C.UTF-8 screen-256color strange
expect "1.23e+08" "huge numbers fit"
keys : "view log" Enter
expect "line 1499" "a log that ran over"
expect "info    stderr: libnoise" "what a library writes to stderr is in the log"
for size in "200 60" "40 12" "21 6" "9 2" "2 9" "1 1" "80 24"; do
    in_tmux resize-window -x ${size% *} -y ${size#* }
    keys 1 2 s Escape l Escape '?' Escape 3 4 : Escape
done
keys 2
expect "an-arm-with" "every view at every size"

start 80 24 C.UTF-8 screen-256color training
expect "Progress" "another panel"
pid=$(in_tmux list-panes -F '#{pane_pid}')
kill -SEGV "$(pgrep -P "$pid" panel_fixture)"
expect "left with 139" "a fatal signal takes its course"
expect " echo " "after the terminal was restored"
if in_tmux display-message -p '#{alternate_on}' | grep -q 0; then
    report 0 "and the main screen is back"
else
    report 1 "and the main screen is back"
fi

# The program itself: what the panel answered is not said once more when it is closed.
program=$(cd "$(dirname "${TEST_PROGRAM:-./maskscope}")" && pwd)/maskscope
in_tmux kill-server 2>/dev/null
starts=$((starts + 1))
in_tmux new-session -d -x 80 -y 24 \
    "cd '$work'; env LC_ALL=C.UTF-8 TERM=screen-256color '$program' run --no-window --out run \
    --threads 1 --set eval.every_epochs=0; echo \"left with \$?\"; exec sleep 1000"
in_tmux set-option -g status off
expect "Progress" "the panel of a run"
keys : "ratio 0.6 x" Enter
expect "'x'" "an answer to a typed mistake"
keys : quit Enter
expect "left with 0" "the run is left"
if screen | grep -qF "'x'"; then
    report 1 "and the answer is not repeated"
else
    report 0 "and the answer is not repeated"
fi
echo "1..$count"
