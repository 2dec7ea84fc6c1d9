#!/bin/sh
# Bad input and bad outputs: each with one clear line, the right status, and nothing half made.
. "${0%/*}/lib.sh"
plan 38

# ---- Images ----
images="--set data.source=folder --set data.path"
mkdir -p empty none/sub good/train/a good/val/a bad/train/a bad/val/a
echo hello >none/sub/readme.txt
for name in 1 2 3 4 5 6 7 8 9 10 11 12; do
    picture >good/train/a/$name.png
    head -c 150 good/train/a/$name.png >bad/train/a/$name.png
done
cp good/train/a/1.png good/val/a
cp good/train/a/1.png bad/val/a

ok "no such folder" refuses 66 "data.path: nowhere: No such file" \
    train small.yaml --out refused $images=nowhere
ok "a folder without anything" refuses 65 "data.path: empty: no image" \
    train small.yaml --out refused $images=empty
ok "a folder without images" refuses 65 "data.path: none: no image" \
    train small.yaml --out refused $images=none
ok "a batch larger than the data" refuses 65 \
    "train.batch: a batch of 16 images, but there are only 12 images" \
    train small.yaml --out refused $images=good --set train.batch=16
mkdir two
echo junk >two/1.png
echo junk >two/2.png
ok "of which some are held out" refuses 65 \
    "a batch of 4 images, but there is only 1 image to train on (1 more is held out)" \
    train small.yaml --out refused $images=two
program train small.yaml --out good-run $images=good
ok "good images train" says 0 ""

cp bad/train/a/1.png good/train/a/5.png
program train small.yaml --out one-run $images=good
ok "one broken image among good ones does not stop training" says 0 "5.png"
ok "it is counted" grep -q "1 image could not be read" stdout
ok "and named in the log" grep -q "5.png" one-run/log.txt
program train small.yaml --out all-run $images=bad
ok "nothing but broken images stops it" says 65 "data.broken_limit: "
ok "with one line that says why" test "$(grep -c "images tried are broken" stderr)" = 1

# ---- The command line ----
ok "no configuration" refuses 64 "usage: maskscope train" train
ok "no such configuration" refuses 66 "nowhere.yaml: No such file" train nowhere.yaml
ok "no such setting" refuses 65 "no setting 'train.bacth'; did you mean 'train.batch'?" \
    train small.yaml --out refused --set train.bacth=4
ok "an assignment without a value" refuses 64 "write NAME=VALUE" train small.yaml --set train.batch
ok "no such command" refuses 64 "did you mean 'train'?" trian
ok "no such option" refuses 64 "unknown option --foo" train --foo
ok "no such table" refuses 64 "no table 'nosuch'" stats good-run --table nosuch
ok "no such format" refuses 64 "no format 'nosuch'" stats good-run --format nosuch
ok "no such run to go on with" refuses 66 "nowhere: no such run" resume nowhere
ok "no such run to evaluate" refuses 66 "nowhere: No such file" eval nowhere
ok "a folder that is no run" refuses 66 "no complete checkpoint" resume empty
ok "a setting that a run keeps" refuses 65 "seed: it cannot change" resume good-run --set seed=5
ok "other images under a run" refuses 65 "other images" resume good-run

# ---- Outputs ----
ok "a run below a file" refuses 73 "Not a directory" train small.yaml --out /dev/null/run
ok "a table below a file" refuses 73 "Not a directory" \
    stats good-run --table events -o /dev/null/table.csv
if [ -w /dev/full ]; then
    status=0
    "$TEST_PROGRAM" list settings >/dev/full 2>stderr || status=$?
    : >stdout
    ok "standard output that is full" says 74 "standard output"
else
    skip "standard output that is full" "there is no /dev/full"
fi
{
    status=0
    "$TEST_PROGRAM" train small.yaml --out piped 2>stderr || status=$?
    echo $status >code
} | :
status=$(cat code)
ok "a pipe that nobody reads does not stop the training" test -e piped/checkpoints/step-00000040.safetensors
ok "and is an error at the end" says 74 "standard output"

# A limit on the size of files stands in for a full disk. Checkpoints of this model are larger,
# the record is not.
wide="--set model.embed_dim=192 --set model.depth=4 --set train.checkpoint_steps=10"
status=0
(ulimit -f 4096 && exec "$TEST_PROGRAM" train small.yaml --out full $wide >stdout 2>stderr) ||
    status=$?
ok "a checkpoint that does not fit is no end of the training" grep -q "40 of 40 steps" stdout
ok "but of the last one it is an error" says 74 "step-00000040.safetensors"
ok "nothing of it is left" test -z "$(ls full/checkpoints)"

status=0
(ulimit -f 400 && exec "$TEST_PROGRAM" train small.yaml --steps 4000 --out record >stdout 2>stderr) ||
    status=$?
ok "a record that does not fit ends it" says 74 "run.db"

# Libraries find no memory either, and must not keep the program from its end: threads that BLAS
# starts as it is loaded, and its products.
in_memory_of() {
    status=0
    (ulimit -v "$1" && shift && exec timeout -k 5 60 "$TEST_PROGRAM" "$@" >stdout 2>stderr) ||
        status=$?
}
multiplies_by_blas() {
    for limit in 250000 300000 350000 400000 450000; do
        rm -rf blas
        MASKSCOPE_KERNELS=blas in_memory_of $limit train small.yaml --out blas --set data.cache=0 \
            --threads 2
        case $status in 0 | 71) ;; *) return 1 ;; esac
    done
}
in_memory_of 200000 --version
case $status in
0 | 124 | 137)
    ok "the program ends in little memory" test "$status" = 0
    in_memory_of 200000 train small.yaml --out refused --set data.cache=4000
    ok "which is too little for much" says 71 "data.cache: cannot reserve"
    ok "products of BLAS end, whatever memory there is" multiplies_by_blas
    ;;
*)
    for name in 1 2 3; do
        skip "the program ends in little memory ($name)" "this build does not start there"
    done
    ;;
esac

# ---- The training itself ----
program train small.yaml --out diverged --set train.batch=64 --set train.steps=1000 \
    --set train.blr=10 --set train.weight_decay=10 --set train.checkpoint_steps=2
ok "a loss that is no number ends it" says 70 "lower train.blr"
program stats diverged --table events --format csv
ok "and is on record" grep -q "not-finite" stdout
