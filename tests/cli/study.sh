#!/bin/sh
# Studies: the plan, the runs, going on after a kill, the tables, and what is refused.
. "${0%/*}/lib.sh"
plan 84

cat >study.yaml <<'END'
data: {count: 64, threads: 1}
model: {preset: nano32, patch: 8, embed_dim: 32, depth: 1, heads: 2, decoder_dim: 16, decoder_heads: 2}
train: {batch: 4, threads: 1, warmup_epochs: 1, checkpoint_minutes: 0, checkpoint_steps: 10, steps: 40}
eval: {every_epochs: 1, images: 8, strategies: [random], ratios: [0.75]}
probe: {seeds: 1, images: 40, k: [1, 5]}
study: {seeds: [0, 1], arms_at_once: 2, tasks: [knn, linear]}
arms:
  - {name: first, mask: {strategy: random, ratio: 0.75}}
grid:
  strategies: [block]
  ratios: [0.5, 0.75]
END

# column FILE NAME : its values in a CSV table, in one line.
column() {
    awk -F, -v name="$2" '{ sub(/\r$/, "") } NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i }
        NR > 1 && at { printf "%s ", $at }' "$1"
}
newest() {
    readlink "$1/checkpoints/latest" 2>/dev/null
}

# ---- The plan ----
program study study.yaml --dry-run --seconds 0 --out sure --format csv
ok "a plan" test "$(column stdout run)" = "seed0-part1 seed0-part2 seed1-part1 seed1-part2 "
ok "of arms side by side" test "$(column stdout arms)" = "1 2 1 2 "
ok "with all to do" test "$(column stdout state | tr -d ' ')" = "tobegintobegintobegintobegin"
ok "and all tasks" test "$(column stdout tasks_left)" = "2 2 2 2 "
positive() {
    column stdout "$1" | awk '{ for (i = 1; i <= NF; i++) if ($i > 0) count++; print count + 0 }'
}
ok "that costs time" test "$(positive training) $(positive knn) $(positive linear)" = "4 4 4"
ok "and makes nothing" test ! -e sure
program study study.yaml --dry-run --seconds 0 --set study.arms_at_once=0 --format csv
ok "as many arms as there is memory for" test "$(column stdout arms)" = "3 3 "
program study study.yaml --dry-run --seconds 0
ok "a plan for people" grep -q "^3 arms with 2 seeds in 4 runs of 40 steps, on 64 images" stdout

# ---- From the beginning to the end ----
program study study.yaml --report --out sure
ok "nothing to report yet" says 65 "no run of the study is trained yet"
program study study.yaml --quiet --out sure --format csv
ok "a study" test "$status" = 0
cp stdout sure.csv
ok "a row for each arm, and the initial weights" \
    test "$(column sure.csv arm)" = "first block50 block75 untrained "
ok "over all seeds" test "$(column sure.csv seeds)" = "2 2 2 2 "
ok "with tasks" test "$(column sure.csv knn | awk '{ print NF }')" = 4
runs="sure/seed0-part1 sure/seed0-part2 sure/seed1-part1 sure/seed1-part2"
# shellcheck disable=SC2086
program stats $runs --table arms --format csv
ok "of ordinary runs" test "$status" = 0
# mean_of RUN... : the first arm's accuracy by the five nearest neighbours.
mean_of() {
    for mean_of_run in "$@"; do
        "$TEST_PROGRAM" stats "$mean_of_run" --table probes --format csv |
            sed 's/"class, k = 5"/five/' | awk -F, '$2 == "five" && $3 == "first" { print $6 }'
    done | awk '{ sum += $1 } END { printf "%.9g", sum / NR }'
}
ok "whose means it has" test "$(mean_of sure/seed0-part1 sure/seed1-part1)" = \
    "$(column sure.csv knn | awk '{ printf "%.9g", $1 }')"
program study sure --report --format csv
ok "the report is the same" cmp -s stdout sure.csv
program study sure --quiet --format csv
ok "so is the study once more" cmp -s stdout sure.csv
program study sure --report --table pairs --format csv
ok "each two arms, by each measure, and with the initial weights by each task" \
    test "$(sed 1d stdout | wc -l)" = 18
program study sure --dry-run --seconds 0 --format csv
ok "nothing is left" test "$(column stdout tasks_left)$(column stdout training)" = \
    "0 0 0 0 0 0 0 0 "
ok "to pay for" test "$(positive knn) $(positive linear)" = "0 0"

# ---- Killed, and interrupted ----
sooner() {
    [ "$(newest killed/seed0-part2)" ] || ! kill -0 "$process" 2>/dev/null
}
begin study study.yaml --out killed --format csv
until_true sooner
kill -s KILL "$process" 2>/dev/null
end
ok "a study is killed" test "$status" = 137 -o "$status" = 0
# What a run leaves that is killed in its first checkpoint.
mkdir -p killed/seed1-part1/checkpoints
touch killed/seed1-part1/config.yaml killed/seed1-part1/checkpoints/step-00000010.safetensors.partial
program study killed --quiet --format csv
ok "it goes on" test "$status" = 0
ok "to the same table" cmp -s stdout sure.csv
ok "with the same weights" cmp -s killed/seed1-part2/checkpoints/latest \
    sure/seed1-part2/checkpoints/latest
begin study study.yaml --out stopped --format csv --set train.steps=100000
until_true test -e stopped/seed0-part1/checkpoints/latest
kill -s INT "$process"
end
ok "a signal ends it with a checkpoint" says 130 "'maskscope study stopped' goes on from here"
ok "and no table" test ! -s stdout

# ---- More of it ----
program study sure --quiet --format csv --set study.seeds=[0,1,2]
ok "one more seed" test "$(column stdout seeds)" = "3 3 3 3 "
program stats sure/seed0-part1 sure/seed2-part1 --table arms --format csv
ok "its runs are repetitions, whatever seeds it had" grep -q "^first,arm,.*,2," stdout
program study sure --quiet --format csv --set study.seeds=[0,1] --set train.steps=60 \
    --set study.tasks=knn
ok "more steps" test "$(newest sure/seed1-part2)" = step-00000060.safetensors
ok "and other tasks" test "$(column stdout linear)$(column stdout arm)" = \
    "first block50 block75 untrained "
program stats sure/seed0-part1 --table events --format csv
ok "which is on record" grep -q "train.steps,40,60" stdout
program study killed --quiet --format csv --set probe.images=20
ok "tasks asked otherwise" test "$status" = 0
cp stdout other.csv
"$TEST_PROGRAM" probe killed/seed0-part1 --task knn --set probe.k=[1,5,9] --quiet >probed
program study killed --report --format csv
ok "are not mixed with other probes" cmp -s stdout other.csv
program study killed --set study.tasks=linear --set probe.penalties=[0.5,1e6]
ok "pieces are counted over all runs" grep -q "block75: linear (8 of 8): the weight decay" stderr

# ---- Tasks that are added to a study that is finished ----
# state FOLDER : what its runs' checkpoints are.
state() {
    (cd "$1" && ls -il seed*/checkpoints/step-* && cat seed*/log.txt | grep -c started)
}
every="knn, linear, finetune, segment"
few="--set probe.finetune_epochs=3 --set probe.segment_images=12 --set probe.seeds=2"
# shellcheck disable=SC2086
program study study.yaml --quiet --out whole --format csv --set "study.tasks=[$every]" $few
ok "all tasks" test "$status" = 0
cp stdout whole.csv
ok "each a column" test "$(head -1 whole.csv | tr ',' '\n' |
    grep -xE 'own_mse|probe_mse|knn|linear|finetune|miou' | tr '\n' ' ')" = \
    "own_mse probe_mse knn linear finetune miou "
ok "with a value of each arm" test "$(for name in knn linear finetune miou; do
    column whole.csv $name; done | awk '{ for (i = 1; i <= NF; i++) sum += $i > 0 && $i < 1 }
    END { print sum }')" = 16
program study whole --report
tr '\n' ' ' <stdout | tr -s ' ' >caption
ok "that says what it is of" grep -q "knn is accuracy (class, k = 5). linear is accuracy (class, \
lbfgs; mean of 2 seeds). finetune is accuracy (3 epochs). miou is mean IoU (patches, linear; pixels of scenes;" caption
# shellcheck disable=SC2086
program study study.yaml --quiet --out later --set study.tasks=knn $few
state later >before
sed -i "s/tasks: \[knn\]/tasks: [$every]/" later/study.yaml
program study later --dry-run --seconds 0 --format csv
ok "tasks are added" test "$(column stdout tasks_left)$(positive training) $(positive finetune)" = \
    "3 3 3 3 0 4"
tuned() {
    "$TEST_PROGRAM" stats later/seed0-part2 --table probes --format csv 2>/dev/null |
        grep -q "^finetune" || ! kill -0 "$process" 2>/dev/null
}
begin study later --quiet --format csv
until_true tuned
kill -s KILL "$process" 2>/dev/null
end
ok "and killed" test "$status" = 137 -o "$status" = 0
program study later --quiet --format csv
ok "they give the same table" cmp -s stdout whole.csv
state later >after
ok "without training again" cmp -s before after
program stats later/seed0-part2 --table probes --format csv
ok "fine-tuned once" test "$(sed 's/"[^"]*"/x/g' stdout | awk -F, '$1 == "finetune" { print $10 }' |
    sort -u)" = 1
# What else is asked of a run with the same images is none of the study's.
for run in later/seed0-part1 later/seed1-part2; do
    "$TEST_PROGRAM" probe $run --task knn --set probe.k=[1,9] --quiet >probed
    "$TEST_PROGRAM" probe $run --task finetune,linear --set probe.finetune_epochs=9 --seeds 3 \
        --quiet >probed
done
program study later --report --format csv
ok "and other probes do not count" cmp -s stdout whole.csv
program stats later/seed0-part1 --table probes --format csv
ok "but what they ask alike is the same" test "$(grep -c '^knn,"class, k = 1",first,' stdout)" = 1
program study later --dry-run --seconds 0 --format csv
ok "nor are seeds missing" test "$(column stdout tasks_left)" = "0 0 0 0 "
program study later --dry-run --seconds 0 --format csv --set study.finetune_seeds=2
ok "unless more are wanted" test "$(column stdout tasks_left)" = "1 1 1 1 "
program study later --quiet --format csv --set study.seeds=0 --set probe.segment_images=10
program study later --report --format csv --set study.seeds=[0,1]
ok "outcomes of other settings do not count: of one seed" test "$(column stdout seeds)" = "2 2 2 2 "
ok "there are some" test "$(column stdout miou | wc -w) $(column stdout miou_ci | wc -w)" = "4 0"
program study later --dry-run --seconds 0 --format csv --set study.seeds=[0,1]
ok "of the other they are left to do" test "$(column stdout tasks_left)" = "0 0 1 1 "
program study later --report --format csv --set study.seeds=[0,1] --set probe.segment_images=12
ok "nor are those lost" cmp -s stdout whole.csv

# Labels of pixels that are mended.
pixel_labels seg
pixels="study.yaml --out pixels --set study.tasks=segment --set study.segment=seg --set probe.k=5
    --set study.seeds=0 --set train.steps=10 --format csv"
# shellcheck disable=SC2086
program study $pixels --quiet
ok "labels of pixels" test "$(column stdout miou | wc -w)" = 4
cp stdout pixels.csv
program study pixels --report --format csv --set study.segment=nowhere
ok "which may be elsewhere by the time of a report" cmp -s stdout pixels.csv
program study pixels --report --set study.segment=nowhere
tr '\n' ' ' <stdout | tr -s ' ' >caption
ok "that says so" grep -q "The images were not at hand: of each task the newest outcomes" caption
ok "and not by that of a plan" refuses 66 "nowhere: No such file" study pixels --dry-run \
    --seconds 0 --set study.segment=nowhere
program study pixels --quiet --format csv --set study.untrained=false
ok "without the untrained weights" test "$(column stdout arm)" = "first block50 block75 "
program study study.yaml --quiet --out blind --set study.tasks=finetune --set eval.every_epochs=0 \
    --set study.seeds=0 --set train.steps=10 --set probe.finetune_epochs=1 --format csv
ok "never evaluated" test "$(column stdout probe_mse | wc -w)" = 0
ok "an arm has a training loss all the same" test \
    "$(column stdout own_mse | wc -w) $(column stdout own_mse)" = "3 $(column pixels.csv own_mse)"
program study blind --report
tr '\n' ' ' <stdout | tr -s ' ' >caption
ok "and one epoch of fine-tuning" grep -q "finetune is accuracy (1 epoch)." caption
alike >seg/annotations/val/1.png
program study pixels --dry-run --seconds 0 --format csv
ok "that are mended leave all to do" test "$(column stdout tasks_left)" = "1 1 "
program study pixels --report
tr '\n' ' ' <stdout | tr -s ' ' >caption
ok "and nothing to report" grep -q "2 of the runs trained lack some of it" caption

# ---- Bad input ----
ok "another model" refuses 65 "model.embed_dim = 32, and the study now says 64" \
    study killed --set model.embed_dim=64
ok "another division into runs" refuses 65 "sure/seed0-part1: the study was divided into other runs" \
    study sure --set study.arms_at_once=3
ok "or into more" refuses 65 "it has 2 arms, and the study wants 1" \
    study sure --set study.arms_at_once=1
ok "fewer steps than done" refuses 65 "it was trained for 40 steps, and the study now says 20" \
    study killed --set train.steps=20
ok "masks on the command line" refuses 64 "a study's arms are those of its file" \
    study study.yaml --set mask.ratio=0.5
ok "a folder that holds none" refuses 66 "killed/seed0-part1: it holds no study" \
    study killed/seed0-part1
ok "no such table" refuses 64 "--table 'arms': there are study and pairs" \
    study study.yaml --table arms

# wrong LINES MESSAGE NAME : seven lines that are right, then those.
wrong() {
    { sed '/^grid/,$d; /^study/d' study.yaml; printf '%b' "$1"; } >wrong.yaml
    ok "$3" refuses 65 "$2" study wrong.yaml --out refused
}
wrong 'study: {seeds: [1, 1]}\n' "study.seeds: 1 is there twice" "a seed given twice"
wrong 'study: {tasks: [knm]}\n' "no task 'knm'; did you mean 'knn'?" "a misspelt task"
wrong 'study: {sedes: [1]}\n' "wrong.yaml:8: no setting 'study.sedes'; did you mean 'study.seeds'" \
    "a misspelt setting"
wrong 'grid:\n  ratio: [0.5]\n' "wrong.yaml:9: no axis 'grid.ratio'; did you mean 'ratios'?" \
    "a misspelt axis"
wrong 'grid:\n  strategies:\n    - random\n    - blok\n' "wrong.yaml:11: no strategy 'blok'" \
    "a misspelt strategy"
wrong 'grid:\n  ratios: [0.9]\n  laws: [{law: uniform, low: ratio, high: ratio+0.2}]\n' \
    "wrong.yaml:10: uniform:high: 1.1 is outside 0 .. 1" "a law beyond 1"
wrong 'grid:\n  ratios: ["uniform:low=.3,high=.5"]\n  schedules: [{from: 0.2, to: ratio}]\n' \
    "wrong.yaml:9: with laws or schedules in the grid its ratios are plain numbers" "two laws"
ok "a grid in a run's place" refuses 65 \
    "study.yaml:10: a grid of arms is what 'maskscope study' reads" train study.yaml --out refused
mkdir -p flat
for name in 1 2 3 4 5 6 7 8 9; do
    picture >flat/$name.png
done
ok "more neighbours than images" refuses 65 \
    "probe.k: k = 500 neighbours, but there are only 64 training images" \
    study study.yaml --out refused --set probe.k=[1,500]
ok "more shots than images" refuses 65 "probe.shots: 50 images of each class, but there are only" \
    study study.yaml --out refused --set study.tasks=lowshot --set probe.shots=50
pixel_labels seg
segment="study study.yaml --out refused --set study.tasks=segment --set study.segment=seg"
smaller >seg/annotations/val/2.png
ok "labels of another size" refuses 65 \
    "study.segment: seg/annotations/val/2.png: 24x20 pixels, but its image has 48x40" $segment
stranger >seg/annotations/val/2.png
ok "values without a name" refuses 65 \
    "val/2.png: the value 7 at column 5, row 3 is not in labels.txt" $segment
rm seg/annotations/val/2.png
ok "no labels for an image" refuses 66 "val/2.png: No such file" $segment
pixel_labels seg
for name in 1 2 3; do alike >seg/annotations/train/$name.png; done
ok "pixels of a single class" refuses 65 "are of one class, 'left'" $segment
ok "no labels of pixels" refuses 66 \
    "study.segment: flat/annotations/train: no such folder: the task needs a class for each pixel" \
    study study.yaml --out refused --set study.tasks=segment --set study.segment=flat
ok "images without classes, before anything is trained" refuses 65 \
    "flat: no training image has a class" study study.yaml --out refused \
    --set data.source=folder --set data.path=flat
