#!/bin/sh
# The panel in a real terminal (tmux): its keys, its mouse, its ends.
set -u
. "${TEST_SOURCE:-.}/tests/ui/terminal.sh"

start 80 24 C.UTF-8 screen-256color training
expect "Progress" "a panel"
settled "$work/whole"
in_tmux resize-window -x 20 -y 5
expect "loss 0.1232" "20x5 still shows the loss"
in_tmux resize-window -x 1 -y 1
in_tmux resize-window -x 80 -y 24
expect_same "$work/whole" "and is whole again after 1x1"

in_tmux send-keys -H 1b 5b 4d 20 37 35 1b 5b 4d 23 37 35 # a click on the first mark of the axis
expect "step 1,200: random75 ratio: 0.8 → 0.75" "a click says what is marked on the axis"
in_tmux send-keys -H 1b 5b 4d 20 25 2a 1b 5b 4d 23 25 2a 5d # on the second arm, and ] at once
expect "block: ratio " "a click chooses an arm, and a key that follows at once is for it"
in_tmux send-keys -H 1b 5b 4d 20 25 29 1b 5b 4d 23 25 29
keys 2 ] ]
expect "random75: ratio 0.77 from the next step" "presses of a key add up"
command_line "save-screen $work/saved"
expect "saved the panel" "the panel is saved as text"
if sed -n 2p "$work/saved" | grep -q "2 Arms"; then
    report 0 "as it stands"
else
    report 1 "as it stands"
fi
command_line "ratoi .5"
expect "did you mean 'ratio'?" "an unknown command offers the nearest"
type_in : "set train.cl"
keys Tab
expect ":set train.clip" "Tab completes a setting"
keys Escape
command_line "view settings"
type_in / "warmup"
expect "train.warmup_epochs" "a filter takes effect as it is typed"
keys Escape
expect "data.source" "and Escape takes it back"
in_tmux send-keys -H 1b 5b 4d 20 2f 22 1b 5b 4d 23 2f 22 # press and release on the second tab
expect "filled by distance" "a click opens a view"
in_tmux send-keys -H 1b 5b 4d 20 2a 25 1b 5b 4d 23 2a 25 # and on the second arm
expect "block on the common probe masks" "a click chooses an arm"
keys k
in_tmux send-keys -H 1b 5b 4d 20 49 2b # the button goes down on the ratio bar ...
drawn
in_tmux send-keys -H 1b 5b 4d 23 3d 2b # ... and up left of there
expect "random75: ratio 0.41 from the next step" "the ratio bar is dragged"
keys l Enter Right Enter
expect "random75: ratio 0.42 from the next step" "the law editor sets the law"
keys l Enter j Right q
expect "Ratio law of random75" "q leaves the editor for the menu"
keys Escape s
type_in / perlin
keys Enter Right
expect "about the size of a blob" "the form of a strategy says what its parameters are"
keys Right
expect "perlin:scale=4.1" "and changes them"
keys Enter
expect "random75: strategy perlin:scale=4.1 from the next step" "and takes them"
# Keys that come before the menu is drawn: a filter with what it leaves, and what the arm has.
in_tmux send-keys -H 73 2f 70 6f 69 73 0d 0d
expect "random75: strategy poisson from the next step" "keys that come in one go take what they name"
in_tmux send-keys -H 73 1b 4f 43
expect "Strategy of random75: poisson" "and the menu begins with what there is before it is drawn"
keys q q
keys s
type_in / npy
keys Enter Enter
expect ":strategy file path=" "a strategy that takes more than its name is typed on"
expect "path: npy file" "and says what it takes"
keys Escape
"${TEST_PROGRAM:-./maskscope}" masks --strategy random --ratio .5 --grid 8x8 \
    --count 4 --npy "$work/masks.npy" >/dev/null
command_line "strategy file path=$work/masks.npy"
keys s
expect "from an npy file" "the menu begins with masks from a file"
settled "$work/pictures"
rm "$work/masks.npy"
keys C-l
expect_same "$work/pictures" "which is not read for each frame"
keys Escape
command_line "strategy poisson"
command_line "arm remove block"
expect "Remove block? Its weights live on in checkpoints only. (y/n)" "removing an arm asks"
keys n
expect "not done" "and n leaves it"
command_line "arm remove block"
keys y
expect "arm block leaves after this step" "and y does it"
command_line "export nothing arms.csv"
expect "no table 'nothing'" "an export of a table that is not there"
command_line "export arms.xyz"
expect "arms.xyz" "or to a file of no known format"
command_line "export $work/saved"
expect "Already there; write over " "writing over a file asks"
keys n
expect "not done" "and n leaves it" # before more keys come, which at once would be pasted text
in_tmux send-keys -l "Quite some text, pasted by mistake: Q, q, y and all."
expect "look like pasted text and were not taken" "text at once is no commands"
paste "Qy]x"
expect "4 pasted characters were not taken for keys" "nor is a little of it in brackets"
in_tmux send-keys -H 1b 5b 32 30 30 7e
in_tmux send-keys -l "Qy"
in_tmux send-keys -H 0d
in_tmux send-keys -H 1b 5b 32 30 31 7e
expect "3 pasted characters were not taken for keys" "in however many pieces it comes"
open_line :
paste "ratio 0.5
	block
"
wait_for last_row "^:ratio 0.5 block\$"
report $? "into the command line it goes, as one line that is not carried out"
keys Enter
expect "block: ratio 0.5 from the next step" "but by Enter"
open_line :
paste "note $(printf '%01100d' 0)"
expect "the line has no room for all of the pasted text" "and no more than it holds"
keys Escape
command_line "view settings"
keys /
paste "warmup
"
expect "train.warmup_epochs" "what is pasted filters a list at once"
keys Escape
in_tmux send-keys -H 1b 5b 31 3b 33 41 1b 5b 35 37 34 32 38 75 1b 4f 51 1b 4f 6a # unknown keys
command_line "view arms"
expect "random75       poisson" "keys that the terminal has but the program does not know do nothing"
command_line "goto-step 2300"
expect "Timeline" "goto-step opens the timeline"
command_line "goto-step 1e9"
expect "goto-step: a step from 0 to 6240, the last one done" "a step that is not there"
command_line "note seen by the test"
keys G
expect "note: seen by the test" "a note is on the timeline"
type_in / "seen by"
keys Enter
expect "note: seen by the test" "which is filtered"
keys Escape
command_line "view statistics"
expect "36 rows (1 to 14 here). By strategy, ratio." "the statistics, and which of its rows"
keys G
expect "(23 to 36 here)" "which change"
keys g
command_line "sort mse"
expect "mse▴" "a table is sorted by the column named"
keys r
expect "mse▾" "and the other way round"
command_line "sort mes"
expect "there is no column 'mes'; there are arm, strategy, ratio" "or not, and what there is"
command_line "group ratio"
expect "By ratio." "the matrix is grouped"
command_line "group images"
expect "'images': expected strategy" "or not, and by what it can be"
type_in / inverse
keys Enter
expect "rows with \"inverse\"" "a table is filtered"
command_line "export $work/shown.csv"
expect "saved the table 'matrix' as shown" "and exported as shown"
if [ "$(grep -c inverse-distance "$work/shown.csv")" -eq 3 ] && [ "$(wc -l <"$work/shown.csv")" -eq 4 ]; then
    report 0 "with those rows"
else
    report 1 "with those rows"
fi
command_line "theme light"
expect "theme light" "a theme from a file"
command_line "theme lihgt"
expect "there is no theme 'lihgt'; there are dark, plain, colour-blind, contrast, light" "or not"
command_line "view trainign"
expect "there is no view 'trainign'; there are training, arms" "a view that is not there"
keys 1 Tab
expect "Probe-mask MSE (log)" "Tab goes to the next pane"
keys Tab Tab
expect "filled by distance" "and from the last one to the next view"
keys q
expect "Stop training and leave?" "q at the top asks"
keys y
expect "left with 0" "and y leaves"
expect " echo " "with the terminal as it was"
paste "pasted after"
expect "pasted after" "and no brackets round what is pasted"
expect_not "200~" "none at all"

start 80 24 C dumb training
expect "a terminal of type 'dumb' (TERM) cannot move its cursor" "no panel where it cannot be drawn"
expect " echo " "with the terminal as it was"

start 80 24 C.UTF-8 screen-256color jump
keys z
expect "Loss (log) (▲ to 1e+06)" "a loss that jumped once is off the chart, and how far is said"
expect "0.15 ┤" "and the others fill it"
expect "▲" "with a mark where it went"
keys L
expect "0.8 ┤" "on a linear axis too"

start 80 24 C.UTF-8 screen-256color many
expect "7 of 12 arms" "more arms than there is room for"
expect "━━ arm-04-…  +7" "and more names of curves"
keys 4 a a a a
expect "perlin:scale=6  ratio beta:a=2,b=5,low=0.3,high=0.95" "what an arm with a long name is set to"

start 80 24 C.UTF-8 screen-256color handed
expect "Strategy of random75" "what was asked for in the window opens"

start 80 24 C.UTF-8 screen-256color evaluating
expect " evaluating 83%  step 1,000" "how far an evaluation is, said once"

start 80 24 C.UTF-8 screen-256color empty
expect "no step done yet" "a run that has not begun"

start 100 30 C.UTF-8 screen-256color strange
expect "1.23e+08" "huge numbers fit"
expect_not " - left" "and nothing of what is not known"
keys e
expect "a file: .csv .tsv .json .md .tex .txt" "an export says what it takes"
keys Escape
command_line "reverse"
expect "reverse: nothing here for that (turn the order of the table round)" "what a view has not"
command_line "view log"
expect "line 1499" "a log that ran over"
expect "info    stderr: libnoise" "what a library writes to stderr is in the log"
for size in "200 60" "40 12" "21 6" "9 2" "2 9" "1 1" "80 24"; do
    in_tmux resize-window -x ${size% *} -y ${size#* }
    keys 1 2 s Escape l Enter Right Escape Escape
    drawn
    keys '?' Escape 3 4 z z 5 6 7 8 : Escape
    drawn
done
keys 2
expect "an-arm-with" "every view at every size"
keys 1
expect "━━ new" "the names of all curves are there, long ones cut"

# While it trains, from one size to the next without waiting for any.
start 80 24 C.UTF-8 screen-256color moving
expect "Progress" "a moving panel"
resized=0
while [ $resized -lt 500 ]; do
    resized=$((resized + 1))
    in_tmux resize-window -x $((1 + resized * 37 % 211)) -y $((1 + resized * 13 % 61))
    [ $((resized % 40)) -eq 0 ] && keys $((resized / 40 % 8 + 1))
done
in_tmux resize-window -x 80 -y 24
whole() { # once the last size has come through: tmux hands sizes on in its own time
    keys 1
    drawn
    [ "$(wc -l <"$work/drawn$saves")" -eq 24 ] && grep -q "8 Log" "$work/drawn$saves"
}
wait_for whole
expect "Progress" "is whole after 500 resizes"
keys q y
expect "left with 0" "and leaves in order"

start 80 24 C vt100 training
expect "Progress" "a terminal without a second screen"
keys q
expect "(y/n)" "asks as others do"
keys y
expect "left with 0" "and is left"
report "$(in_tmux capture-pane -p | grep -qx 'left with 0 *'; echo $?)" "with nothing beside what follows"

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
paste "pasted after"
expect "pasted after" "and what is pasted"
expect_not "200~" "has no brackets"

# run_program FOLDER: the program itself, in a shell that outlives its terminal.
program=$(cd "$(dirname "${TEST_PROGRAM:-./maskscope}")" && pwd)/maskscope
run_program() {
    in_tmux kill-server 2>/dev/null
    starts=$((starts + 1))
    in_tmux new-session -d -x 80 -y 24 "trap '' HUP; cd '$work'; env --default-signal=HUP \
        LC_ALL=C.UTF-8 TERM=screen-256color '$program' run --no-window --out $1 --threads 1 \
        --set eval.every_epochs=0 2>$1.errors; status=\$?; echo \$status >$1.status; \
        echo \"left with \$status\"; stty -a; exec sleep 1000"
    in_tmux set-option -g status off
    expect "Progress" "the panel of the run $1"
}

# No signal waits to be taken (by what Linux tells; elsewhere the next one comes at once).
delivered() { # PROCESS
    ! grep -q '^S[hi][dg]Pnd:.*[1-9a-f]' "/proc/$1/status" 2>/dev/null
}

trains() { # FOLDER: some steps are done
    screen | head -n 1 | grep -q "$1 .* loss [0-9]"
}

# Whether the run ended with that status and a checkpoint of the step at which it stopped.
expect_stopped() { # FOLDER STATUS NAME
    wait_for [ -s "$work/$1.status" ]
    report $? "$3: the run ends"
    [ "$(cat "$work/$1.status")" = "$2" ]
    report $? "$3: with status $2"
    stopped=$("$program" stats "$work/$1" --table events --format csv |
        awk -F, '$4 == "stopped" { stopped = $1 } $4 == "checkpoint" { saved = $1 }
            END { if (stopped == saved && stopped > 0) print stopped }')
    [ -n "$stopped" ] && [ -e "$work/$1/checkpoints/step-$(printf '%08d' "$stopped").safetensors" ]
    report $? "$3: with a checkpoint of its last step"
}

# What the panel answered is not said once more when it is closed.
if env --default-signal=HUP true 2>/dev/null; then
    run_program run
    command_line "ratio 0.6 x"
    expect "'x'" "an answer to a typed mistake"
    command_line quit
    expect "left with 0" "the run is left"
    expect_not "'x'" "and the answer is not repeated"

    run_program ended
    wait_for trains ended
    kill -TERM "$(pgrep -f "^$program run .*--out ended")"
    expect "left with 143" "a run is asked to end"
    expect " echo " "and the terminal is as it was"
    paste "pasted after"
    expect "pasted after" "with what is pasted"
    expect_not "200~" "without brackets"
    expect_stopped ended 143 "asked to end"

    # A terminal that disappears: the run saves itself and stops.
    run_program gone
    wait_for trains gone
    in_tmux kill-server
    expect_stopped gone 129 "a terminal that is gone"

    run_program twice
    wait_for trains twice
    run=$(pgrep -f "^$program run .*--out twice")
    kill -HUP "$run"
    wait_for delivered "$run"
    kill -HUP "$run" 2>/dev/null
    expect_stopped twice 129 "told twice that the terminal is gone"
    ! grep "without a checkpoint" "$work/twice.errors"
    report $? "and is in no more of a hurry"
fi
echo "1..$count"
