#!/bin/sh
# Steered runs: what a script may say, what of it is on record and replayed, and what tables of runs
# that were steered otherwise, or stand side by side, say of that.
. "${0%/*}/lib.sh"
plan 25

evaluated="--set eval.every_epochs=1 --set eval.images=6"
# steered NAME SEED SCRIPT
steered() {
    printf "$3" >script
    program run small.yaml --quiet --no-panel --no-window --script script --out "$1" $evaluated \
        --set seed="$2"
}

says_bits() {
    [ "$status" = 0 ] && grep -qF "the same bits: $1 steps" stdout
}

# ---- Scripts ----
steered whole 1 'at 5 : arm add late strategy=grid ratio=0.6
at 6 : arm add plain
at 8 : ratio 0.5 late
at 10 : note something to remember
at 20 : arm remove late
'
ok "a script adds an arm, changes it and removes it" test "$status" = 0
program stats whole --table events --format csv
ok "the note is a note on record" grep -q '^10,[^,]*,,note,,,,something to remember' stdout
ok "the arm's change is on record" grep -q '^8,[^,]*,late,set,arms.late.ratio,0.6,0.5,' stdout
program replay whole
ok "all of which is replayed" says_bits 40
steered refused 1 'at 5 : arm add late\nat 6 : arm remove late\nat 7 : ratio 0.5 late\n'
ok "what comes after the removal is refused before the run" \
    says 65 "script:3: 'ratio 0.5 late': there is no arm 'late'; there are random75"
steered refused 1 'at 5 : arm add late\nat 6 : arm add late\n'
ok "and an arm that was added already" says 65 "script:2: 'arm add late': there is an arm 'late'"
ok "with nothing made" test ! -e refused

# ---- Repetitions ----
steered a 11 'at 10 : lr 0.001\nat 30 : lr 0.0001\n'
steered b 12 'at 20 : lr 0.001\nat 30 : lr 0.0001\n'
steered c 13 'at 10 : lr 0.001\nat 30 : lr 0.0001\n'
program stats a b --table arms --format csv
ok "runs that were steered otherwise are no repetitions" grep -q '^run,arm,' stdout
ok "which is said" says 0 "the runs stay apart: a and b: they were changed on the way at other steps"
program stats a c --table arms --format csv
ok "runs that were steered alike are" grep -q '^arm,kind,step,.*,seeds,' stdout
steered d 11 'at 10 : lr 0.001\nat 30 : lr 0.0001\nat 31 : set show.share 0.1\n'
program stats d c --table arms --format csv
ok "whatever was changed of the display" grep -q '^arm,kind,step,.*,seeds,' stdout

steered e 14 'at 10 : lr 0.001\nat 30 : lr 0.0002\n'
program stats c e --table arms --format csv
ok "runs of another learning rate are none" grep -q '^run,arm,' stdout
ok "which setting differs is said" says 0 "the runs stay apart: c and e: train.blr differs ("
ok "nor is a run twice" refuses 64 "c and c are the same run" stats c c --table arms
cp -r c copy
program stats c copy --table arms --format csv
ok "nor its copy" says 0 "the runs stay apart: c and copy: they have the same seed"

# ---- Side by side ----
program stats a b --table arms --format json
ok "each run has its number of images and seed in the caption" \
    grep -q ' a: .*(seed 11)\. b: .*(seed 12)\.' stdout
ok "and what they have in common once" \
    test "$(grep -o 'Mean squared error' stdout | wc -l)" = 1
steered g 15 'at 5 : arm add late strategy=grid ratio=0.6\n'
program stats a g --table pairs --format json
trained='Arms trained for fewer than 40 steps: late 35; they differ from others in more than their masks\.'
ok "a remark of one run stays whole, with its run" grep -q " a: .* g: [^:]*, n = .*\. $trained\"" stdout
program stats a b --table events --format json
ok "where all say the same it is said once" grep -q '"What happened, and before which step\."' stdout

# ---- Forks ----
program fork whole --set train.batch=8 --out refused --quiet --no-panel --no-window
ok "a fork with what cannot change is refused" says 65 "cannot change"
ok "and leaves nothing" test ! -e refused
program fork whole --steps 45 --out refused --quiet --no-panel --no-window
ok "so that the corrected command has its folder" test -s refused/run.db

# ---- Documents ----
cat >values.csv <<'END'
strategy,image,mse
[a],1,0.5
[a],2,0.25
b_%,1,0.75
b_%,2,1e-9
END
for table in matrix pairs arms; do
    program stats --from values.csv --table $table -o odd-$table.tex
    program stats whole --table $table -o whole-$table.tex
done
ok "a table's label is its file's name" grep -q 'label{tab:whole-pairs}' whole-pairs.tex
if command -v pdflatex >out && kpsewhich siunitx.sty >out; then
    {
        printf '%s\n' '\documentclass{article}' '\usepackage{booktabs,longtable,siunitx}' \
            '\begin{document}'
        cat odd-*.tex whole-*.tex
        printf '%s\n' '\end{document}'
    } >all.tex
    timeout 60 pdflatex -interaction=nonstopmode -halt-on-error all.tex >stdout 2>stderr </dev/null
    ok "tables of several files are one LaTeX document" test $? = 0
    ok "whose labels differ" sh -c '! grep -q "multiply defined" all.log'
else
    skip "tables of several files are one LaTeX document" "no pdflatex"
    skip "whose labels differ" "no pdflatex"
fi
