# For tests of the panel in a real terminal (tmux): to be sourced. Sets up $work, and skips where
# there is no tmux, no UTF-8 locale or no fixture.
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
XDG_CONFIG_HOME=$work/config
TMPDIR=$work
LC_ALL=C.UTF-8
TZ=UTC
export TMUX_TMPDIR XDG_STATE_HOME XDG_CONFIG_HOME TMPDIR LC_ALL TZ
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

# Waits until the screen is what the file holds; if it never is, shows how it differs.
expect_same() { # FILE NAME
    tries=0
    until screen >"$work/screen" && cmp -s "$work/screen" "$1"; do
        tries=$((tries + 1))
        if [ $tries -gt $patience ]; then
            diff "$1" "$work/screen" | sed 's/^/# /'
            report 1 "$2"
            return
        fi
        sleep 0.05
    done
    report 0 "$2"
}

# A screen without a command line that no longer changes, for new golden ones.
settled() { # FILE
    screen >"$1"
    while sleep 0.2 && screen >"$work/settling" &&
        { grep -q '^:view' "$1" || ! cmp -s "$1" "$work/settling"; }; do
        cp "$work/settling" "$1"
    done
}
