# kill -9 at any moment, with panel and window open and a checkpoint every few steps: each time the
# run is taken up again, and in the end it is the one that nobody disturbed, to the last bit.
#
# KILLS says how many (3 if not said).
. "$TEST_SOURCE/tests/cli/lib.sh"
kills=${KILLS-3}
SDL_VIDEODRIVER=offscreen SDL_AUDIODRIVER=dummy TERM=screen
TMUX_TMPDIR=$folder
export SDL_VIDEODRIVER SDL_AUDIODRIVER TERM TMUX_TMPDIR
unset TMUX
command -v tmux >/dev/null 2>&1 || {
    echo "1..0 # SKIP tmux is not installed"
    exit 0
}
in_tmux() {
    tmux -L kills -f /dev/null "$@"
}
trap 'in_tmux kill-server 2>/dev/null; cd /; rm -rf "$folder"' EXIT

sed -i -e 's/every_epochs: 0/every_epochs: 1/' -e 's/steps: 40/steps: 1500/' small.yaml
settings='--set train.checkpoint_steps=7 --set show.history=50'

# life ARGUMENT... : in a terminal of its own until it is killed or finished; it is $process.
life() {
    in_tmux new-session -d -x 100 -y 30 "exec '$TEST_PROGRAM' $* 2>>'$folder/stderr'" || return
    process=$(in_tmux display-message -p '#{pane_pid}')
}

# A moment of up to two seconds: which one is the point of the test, so nothing is waited for.
some_moment() {
    moment=$(($(od -An -N2 -tu2 /dev/urandom) % 2000))
    sleep "$((moment / 1000)).$(printf '%03d' $((moment % 1000)))"
}

is_gone() {
    ! kill -0 "$process" 2>/dev/null
}

kill_it() {
    kill -9 "$process" && until_true is_gone || return 1
    in_tmux kill-server 2>/dev/null || : # it has mostly gone with its last session
}

is_finished() {
    [ -e run/checkpoints/step-00001500.safetensors ]
}

# Whether it is the run that nobody disturbed.
is_the_same() {
    cmp run/checkpoints/latest whole/checkpoints/latest || return 1
    for table in matrix curves distance position; do
        "$TEST_PROGRAM" stats whole --table $table --format csv --output want.csv --quiet &&
            "$TEST_PROGRAM" stats run --table $table --format csv --output got.csv --quiet &&
            cmp got.csv want.csv || return 1
    done
}

# A run from its start to its end, killed on the way as often as comes out.
ordeal() {
    rm -rf run
    # shellcheck disable=SC2086 # the settings are words
    life run "$folder/small.yaml" $settings --out "$folder/run" || return 1
    while [ $killed -lt "$kills" ] && ! is_finished; do
        some_moment
        kill_it || return 1
        killed=$((killed + 1))
        if [ -e run/checkpoints/latest ]; then
            life resume "$folder/run"
        else
            rm -rf run
            # shellcheck disable=SC2086
            life run "$folder/small.yaml" $settings --out "$folder/run"
        fi || return 1
    done
    kill_it
    program resume run --no-panel --no-window --quiet
    [ $status = 0 ] && is_the_same
}

plan 2
# shellcheck disable=SC2086
ok "a run that nobody disturbs" program train small.yaml $settings --out whole
killed=0
ordeals() {
    while [ $killed -lt "$kills" ]; do
        ordeal || return 1
    done
}
ok "killed again and again, it is the same" ordeals
echo "# killed $killed times"
