#!/bin/sh
# Downstream tasks: what they print and record, and what they refuse.
. "${0%/*}/lib.sh"
plan 75

# values FILE COLUMN : that column of a CSV table, in one line (no task's variant has a quote in it
# before the columns asked for but the variant itself, which is taken out).
values() {
    sed 's/"[^"]*"/x/g' "$1" | cut -d, -f"$2" | tr '\n' ' '
}
table_has() {
    [ "$(sed 1d stdout | cut -d, -f1 | sort | uniq -c | awk '{ print $2 $1 }' | tr '\n' ' ')" = "$1" ]
}
all_differ() {
    ! cmp -s "$1" "$2"
}

program train small.yaml --quiet --out run --set data.count=200 --set train.steps=60
knn="--task knn --set probe.k=[1,5] --format csv"
program stats run --table probes
ok "nothing yet" says 65 "no downstream task was run yet"
program probe run $knn --no-record
ok "nearest neighbours" table_has "knn2 "
ok "leave no trace if told so" test ! -e run/features
cp stdout first.csv
program probe run $knn --threads 3
cp stdout second.csv
ok "the same with three threads" test "$(values first.csv 1-15)" = "$(values second.csv 1-15)"
ok "features are kept" test "$(ls run/features | wc -l)" = 2
program probe run $knn
ok "what is on record is read" cmp -s stdout second.csv
program stats run --table probes --format csv
ok "and a table of the run" cmp -s stdout second.csv
for file in run/features/*; do echo broken >"$file"; done
program probe run $knn --again
ok "damaged features are made anew" test "$(values stdout 1-15)" = "$(values first.csv 1-15)"
ok "with a word" grep -q "the features are made anew" stderr
program probe run $knn --again --features mean --block 1 --no-record
ok "other features" all_differ stdout first.csv
tasks="--task linear,lowshot --set probe.shots=[1,3] --seeds 2 --untrained --format csv"
program probe run $tasks
ok "linear probes and few images, of the untrained too" table_has "linear2 lowshot4 "
program probe run --task knn --set probe.k=[1,5,20] --format csv
ok "another k, and those there are" table_has "knn3 "
ok "as they were" test "$(grep -v 'k = 20' stdout | values - 1-9)" = "$(values first.csv 1-9)"
program probe run/checkpoints/latest $tasks --again
cp stdout again.csv
program stats run --table probes --format csv
sed '/^knn/d' stdout >part.csv
ok "the newest outcomes are on record" cmp -s part.csv again.csv
program stats run --table probe-pairs --format csv
sed 's/"[^"]*"/x/g' stdout | cut -d, -f1,3-5,13,14 | tr '\n' ' ' >pairs
ok "arms in pairs" grep -q "linear,random75,untrained,accuracy,2,256 lowshot,random75," pairs
program probe run --task knn --format json
ok "as JSON" grep -q '"measure": *"accuracy"' stdout

tune="--task finetune --set probe.finetune_epochs=2 --set probe.finetune_warmup=1 --set probe.images=40
    --set probe.finetune_batch=32 --seeds 2 --format csv --no-record"
program probe run $tune --threads 1
ok "fine-tuning" table_has "finetune1 "
cp stdout tuned.csv
program probe run $tune --threads 3
ok "with three threads" test "$(values tuned.csv 1-14)" = "$(values stdout 1-14)"
long="--task finetune --set probe.finetune_epochs=60 --set probe.images=40 --seeds 1 --format csv"
whole_accuracy() {
    sed 1d "$1" | cut -d, -f1-9
}
program probe run/checkpoints/latest $long --no-record
cp stdout whole.csv
begin probe run $long --verbose
until_true grep -q "fine-tuning begins" stderr
kill -INT "$process"
end
ok "fine-tuning is interrupted" test "$status" = 130
ok "and kept" test "$(ls run/features | grep -c finetune)" = 1
program probe run $long --verbose
ok "it goes on" grep -q "going on after" stderr
ok "to the same end" test "$(whole_accuracy stdout)" = "$(whole_accuracy whole.csv)"
ok "which leaves nothing" test "$(ls run/features | grep -c finetune)" = 0
program probe run $tune --set probe.finetune_blr=10 --set probe.finetune_decay=10 \
    --set probe.finetune_epochs=60
ok "a rate that is too high" says 65 "lower probe.finetune_blr"
program probe run --task inpaint --set probe.images=20 --set probe.holes=[0.25,0.6] --format csv
ok "holes filled" table_has "inpaint2 "
# The interval lies around the mean, that of all seeds.
centred() {
    sed 1d stdout | sed 's/"[^"]*"/x/g' |
        awk -F, '{ off = ($7 + $8) / 2 - $6; if (off * off > 1e-12) wrong = 1 } END { exit wrong }'
}
ok "with an interval around their mean" centred
# ---- A checkpoint alone ----
cp run/checkpoints/step-00000060.safetensors alone.safetensors
program probe alone.safetensors $knn
ok "a checkpoint outside a run" test "$(values stdout 1-15)" = "$(values first.csv 1-15)"
ok "is said not to be recorded" grep -q "nothing is recorded" stderr

# ---- Stopping and going on ----
long="probe run --task linear --set data.count=201 --set probe.penalties=[0.1,0.2] --format csv"
lines() {
    "$TEST_PROGRAM" stats run --table probes --format csv 2>/dev/null | grep -c '^linear'
}
lines_before=$(lines)
more_lines() {
    [ "$(lines)" -gt "$lines_before" ]
}
begin $long --seeds 1000
until_true more_lines
begun=$process
"$TEST_PROGRAM" probe run $knn --again >other 2>other.err
ok "a second one beside it" test "$(values other 1-9)" = "$(values first.csv 1-9)"
ok "does not record" grep -q "nothing is recorded" other.err
kill -INT "$begun"
end
ok "an interrupt ends it" test "$status" = 130
ok "with what there is by then" table_has "linear1 "
ok "and a word on how to go on" says 130 "the same command goes on from here"
cp stdout stopped.csv
done_before=$(sed 1d stopped.csv | sed 's/"[^"]*"/x/g' | cut -d, -f10)
program $long --seeds "$done_before"
ok "those seeds are there" cmp -s stdout stopped.csv

lines_before=$(lines)
begin $long --set data.count=202 --seeds 1000 --again
until_true more_lines
kill -INT "$process"
end
ok "what is done again begins anew" says 130 "with --again the same command begins anew"
program probe run --task linear --set probe.penalties=[0.5,1e6] --no-record --seeds 1
ok "a weight decay at the end of those tried" says 0 "of probe.penalties: one beyond may be better"
program probe run --task linear --set probe.penalties=[0.5,1e6] --no-record --seeds 1 --quiet
ok "is not told with --quiet" test ! -s stderr

# ---- Bad input ----
ok "no such task" refuses 64 "no task 'knm'; did you mean 'knn'?" probe run --task knm
ok "no such arm" refuses 64 "has no arm 'block'" probe run --arm block
ok "no such block" refuses 65 "probe.block is 2, but the encoder has 1 blocks" probe run --block 2
ok "more neighbours than images" refuses 65 "probe.k: k = 30 neighbours, but there are only 20" \
    probe run --task knn --set probe.k=30 --set probe.train_images=20 --no-record
ok "half a neighbour" refuses 65 "probe.k: 2.5 is not a whole number" \
    probe run --set probe.k=[1,2.5]
ok "more shots than images" refuses 65 "probe.shots: 50 images of each class, but there are only" \
    probe run --task lowshot --set probe.shots=50 --no-record

mkdir -p flat one/train/a one/val/a less/train/a less/train/b less/val/a full/train/a full/train/b \
    full/val/a full/val/b
for name in 1 2 3 4; do
    for to in flat one/train/a one/val/a less/train/a less/train/b less/val/a full/train/a \
        full/train/b full/val/a full/val/b; do
        picture >$to/$name.png
    done
done
on="probe run --task knn --set probe.k=1 --no-record --data"
ok "no folder" refuses 66 "data.path: nowhere: No such file" $on nowhere
ok "no classes" refuses 65 "flat: no training image has a class" $on flat
ok "a single class" refuses 65 "one: all training images are of one class, 'a'" $on one
ok "a class that is not held out" refuses 65 "less: no held-out image of 1 of the 2 classes (b)" \
    $on less
program $on less --set probe.missing_classes=true
ok "unless that is allowed" test "$status" = 0
program $on full
ok "two classes are enough" test "$status" = 0
few="probe run --task knn --set probe.k=1 --no-record"
program $few --set probe.images=1
ok "a choice without a class" says 0 "none of the 1 held-out images chosen is of"
program $few --set probe.train_images=3
ok "from which it cannot be learned" says 0 "classes have no image among the 3 to learn from"
ok "a choice of one class" refuses 65 "all training images are of one class" $few \
    --set probe.train_images=1
recorded_on() {
    "$TEST_PROGRAM" stats run --table probes --format csv | grep -c ",$1,"
}
on="probe run --task knn --set probe.k=1 --data"
program $on full
program $on full
ok "images of another folder" test "$(recorded_on full)" = 1
picture >full/train/b/5.png
program $on full
ok "and with one more of them" test "$(recorded_on full)" = 2

# ---- A class for each pixel ----
pixel_labels seg
program probe run --task segment --data seg --set probe.k=5 --format csv
ok "segmentation" table_has "segment2 "
ok "of images" test "$(values stdout 11)" = "images 3 3 "
cp stdout before.csv
sed -i 's/right/far right/' seg/labels.txt
program probe run --task segment --data seg --set probe.k=5 --format csv
key_of() {
    sed 1d "$1" | tr -d '\r' | sed 's/.*,//' | sort -u
}
ok "are other outcomes with other names of classes" test "$(key_of stdout)" != "$(key_of before.csv)"
cp stdout before.csv
alike >seg/annotations/val/1.png
program probe run --task segment --data seg --set probe.k=5 --format csv
ok "and with other labels" test "$(key_of stdout)" != "$(key_of before.csv)"
pixel_labels seg
program probe run --task segment --set probe.k=5 --set probe.images=20 --no-record --format csv
ok "and of scenes" table_has "segment2 "
on="probe run --task inpaint,segment --set probe.k=5 --no-record --data"
program probe run --task segment --set probe.k=5 --data seg --no-record --format csv \
    --set probe.segment_images=2
ok "of no more images than are wanted" test "$(values stdout 11)" = "images 2 2 "
smaller >seg/annotations/val/2.png
ok "labels of another size" refuses 65 "val/2.png: 24x20 pixels, but its image has 48x40" $on seg
stranger >seg/annotations/val/2.png
ok "values without a name" refuses 65 \
    "val/2.png: the value 7 at column 5, row 3 is not in labels.txt" $on seg
picture >seg/annotations/val/2.png
ok "labels in colour" refuses 65 "val/2.png: 3 channels, expected an 8-bit gray image" $on seg
rm seg/annotations/val/2.png
ok "no labels for an image" refuses 66 "val/2.png: No such file" $on seg
pixel_labels seg
for name in 1 2 3; do alike >seg/annotations/train/$name.png; done
ok "pixels of a single class" refuses 65 \
    "all labelled pixels of the training images are of one class, 'left'" $on seg
for name in 1 2 3; do unlabelled >seg/annotations/train/$name.png; done
ok "or of none" refuses 65 "no pixel of the training images has a class" $on seg
pixel_labels seg
for name in 1 2 3; do unlabelled >seg/annotations/val/$name.png; done
ok "none held out" refuses 65 "no pixel of the held-out images has a class" $on seg
pixel_labels seg
for name in 1 2 3; do alike >seg/annotations/val/$name.png; done
program $on seg
ok "a class that is not held out" says 0 \
    "no held-out pixel of right: the mean IoU is over the other 1 classes"
for name in 1 2 3; do echo broken >seg/images/val/$name.png; done
ok "no image of a split" refuses 65 "seg: none of the held-out images can be read" $on seg
pixel_labels seg
ok "more neighbours than patches" refuses 65 \
    "probe.k: k = 1000 neighbours, but there are only 36 labelled training patches" \
    probe run --task inpaint,segment --set probe.k=1000 --no-record --data seg
printf '0\tleft\n1\tleft\n' >seg/labels.txt
ok "two classes of one name" refuses 65 "seg/labels.txt:2: the name, of which 31 letters count, is" \
    $on seg
echo '0 left' >seg/labels.txt
ok "classes without a name" refuses 65 "seg/labels.txt:1: no name" $on seg
rm seg/labels.txt
ok "no list of classes" refuses 66 "the classes of pixels are named in labels.txt" $on seg
ok "no labels of pixels" refuses 66 "the task needs a class for each pixel" $on full

# ---- Photographs ----
photographs=$TEST_SHARED/data/tiny-imagenet
if [ -d "$photographs" ]; then
    program probe run --task knn --set probe.k=5 --data "$photographs" \
        --set probe.train_images=1500 --set probe.images=500 --no-record --format csv
    above=$(sed 1d stdout | sed 's/"[^"]*"/x/g' | awk -F, '{ print ($7 > $12) }')
    ok "photographs, better than chance" test "$above" = 1
else
    skip "photographs, better than chance" "no $photographs"
fi
