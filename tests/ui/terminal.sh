# For tests of the panel in a real terminal (tmux): to be sourced. Sets up $work, and skips where
# there is no tmux, no UTF-8 locale or no fixture.
fixture=$(dirname "${TEST_PROGRAM:-./maskscope}")/tests/ui/panel_fixture
golden=${TEST_SOURCE:-.}/tests/ui/golden
patience=60 # seconds until a screen must have come: only a test that fails waits so long

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
XDG_CONFIG_HOME=$work/config
TMPDIR=$work
LC_ALL=C.UTF-8
TZ=UTC
export TMUX_TMPDIR XDG_STATE_HOME XDG_CONFIG_HOME TMPDIR LC_ALL TZ
unset TMUX NO_COLOR COLORTERM
mkdir -p "$work/config/maskscope" &&
    cp -R "${TEST_SOURCE:-.}/assets/themes" "$work/config/maskscope/themes" || exit 99
# A terminal of 16 colours, which not every system knows.
printf '%s\n' 'xterm-16color|xterm with 16 colours,' '	colors#16, pairs#256,' \
    '	setab=\E[%?%p1%{8}%<%t%p1%{40}%+%e%p1%{92}%+%;%dm,' \
    '	setaf=\E[%?%p1%{8}%<%t%p1%{30}%+%e%p1%{82}%+%;%dm,' '	use=xterm-256color,' >"$work/terminals"
TERMINFO_DIRS=$work/terminfo:
export TERMINFO_DIRS
tic -x -o "$work/terminfo" "$work/terminals" || exit 99
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

# Waits until a command succeeds; fails if it does not for too long.
wait_for() { # COMMAND...
    deadline=$(($(date +%s) + patience))
    until "$@"; do
        [ "$(date +%s)" -lt $deadline ] || return 1
        sleep 0.03
    done
}

# Whether the last row, where the prompt is, matches a pattern.
last_row() { # PATTERN
    in_tmux capture-pane -p | tail -n 1 | grep -q -e "$1"
}

# Opens a prompt and sees it open: a step of a test, told when it fails.
open_line() { # LEAD
    keys "$1"
    wait_for last_row "^$1\$" || report 1 "$1 opens a line"
}

# Types into a prompt as a person does, who sees it open and what is typed appear. A line longer
# than the row is shown from where its end is in sight.
type_in() { # LEAD TEXT
    open_line "$1"
    in_tmux send-keys -l -- "$2"
    wait_for last_row "$(printf '%s' "$2" | tail -c 12 | sed 's/[][\.*^$]/\\&/g')\$"
}

command_line() { # LINE
    type_in : "$1"
    keys Enter
}

# Pastes as a terminal does, in brackets where the program asked for them.
paste() { # TEXT
    in_tmux set-buffer -- "$1"
    in_tmux paste-buffer -p
}

# Waits until all keys so far have been taken and drawn, for the panel saves itself after them: on
# a screen of any size, so without looking. A function key comes before the command: where all that
# was sent arrives at once, a colon after a letter or a digit is taken for one of pasted prose.
drawn() {
    saves=$((saves + 1))
    keys F12 : "save-screen $work/drawn$saves" Enter
    wait_for [ -e "$work/drawn$saves" ]
}
saves=0

# The screen without the clock, and without the list of tables, which grows.
screen() {
    in_tmux capture-pane -p |
        sed -e 's/^[0-9][0-9]:[0-9][0-9]:[0-9][0-9] /HH:MM:SS /' -e 's/^matrix  *[a-z].*/TABLES/'
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

shows() { # TEXT
    screen | grep -qF -e "$1"
}

expect_not() { # TEXT NAME
    ! shows "$1"
    report $? "$2"
}

# Waits until the screen holds a text.
expect() { # TEXT NAME
    wait_for shows "$1"
    report $? "$2"
}

is_screen() { # FILE
    screen >"$work/screen"
    cmp -s "$work/screen" "$1"
}

# Waits until the screen is what the file holds; if it never is, shows how it differs.
expect_same() { # FILE NAME
    if wait_for is_screen "$1"; then
        report 0 "$2"
    else
        diff "$1" "$work/screen" | sed 's/^/# /'
        report 1 "$2"
    fi
}

# A screen without a command line that no longer changes, for new golden ones.
settled() { # FILE
    screen >"$1"
    while sleep 0.2 && screen >"$work/settling" &&
        { grep -q '^:view' "$1" || ! cmp -s "$1" "$work/settling"; }; do
        cp "$work/settling" "$1"
    done
}
