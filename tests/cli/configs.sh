#!/bin/sh
# Configurations: those that are shipped are right, and a wrong one is refused with file and line.
. "${0%/*}/lib.sh"

accepts() {
    program config check "$1"
    [ "$status" = 0 ] && ! [ -s stderr ]
}

# wrong MESSAGE NAME: what stands in wrong.yaml is refused as bad data.
wrong() {
    ok "$2" refuses 65 "wrong.yaml:$1" config check wrong.yaml
}

set -- "$TEST_SOURCE"/configs/*.yaml
plan $(($# + 22))
for config in "$@"; do
    ok "${config##*/} is accepted" accepts "$config"
done

# Laws that are compared hide as much on average: what stands behind NAME: in the file's grid.
uneven=
sed -n 's/^    [a-z-]*: \({law: .*}\)$/\1/p' "$TEST_SOURCE/configs/laws.yaml" |
    sed 's/ratio-0.2/0.5/; s/ratio+0.2/0.9/; s/ratio/0.7/' >laws
while read -r law; do
    program masks --strategy random --ratio "$law" --grid 16x16 --count 8000 --format csv
    tail -1 stdout | sed 's/"[^"]*"/x/' |
        awk -F, -v low=0.694 -v high=0.711 '{ exit !($4 > low && $4 < high) }' || uneven=$law
done <laws
ok "laws of equal means" test "$(wc -l <laws) $uneven" = "8 "

printf 'seed: 1\ntrain:\n  bacth: 32\n' >wrong.yaml
wrong "3: no setting 'train.bacth'; did you mean 'train.batch'?" "a misspelt name"
printf 'train: {batch: many}\n' >wrong.yaml
wrong "1: train.batch: 'many' is not allowed" "a value of the wrong type"
printf 'train:\n  batch: 0\n' >wrong.yaml
wrong "2: train.batch: '0' is not allowed: expected integer 1" "a value out of range"
printf 'train:\n  batch: 4\n  batch: 5\n' >wrong.yaml
wrong "3: 'batch' is given twice" "a key given twice"
printf 'train: {batch: 12, accumulate: 5}\n' >wrong.yaml
ok "parts that do not divide the batch" refuses 65 "train.accumulate is 5, expected a divisor" \
    config check wrong.yaml
printf 'train: 5\n' >wrong.yaml
wrong "1: train is a section" "a value in a section's place"
printf 'train:\n\tbatch: 5\n' >wrong.yaml
wrong "2: " "a tab"
printf -- '- 1\n- 2\n' >wrong.yaml
wrong "1: settings are written NAME: VALUE" "a list"
printf 'arms:\n  - {name: a b}\n' >wrong.yaml
wrong "2: arm 'a b': a name is" "an arm's name with a space"
printf 'arms:\n  - {name: a}\n  - {name: a}\n' >wrong.yaml
wrong "3: there is an arm 'a' already" "two arms of one name"
printf 'arms:\n  - {name: a, mask: {strategy: blok}}\n' >wrong.yaml
wrong "2: no strategy 'blok'; did you mean 'block'?" "a misspelt strategy"
printf 'mask: {ratio: 1.5}\n' >wrong.yaml
wrong "1: ratio: 1.5 is outside 0 .. 1" "a ratio above one"
rm wrong.yaml
ok "a missing file" refuses 66 "wrong.yaml: No such file" config check wrong.yaml

# What follows from several settings together.
ok "heads that do not divide the width" refuses 65 "model.heads is 5" \
    config show --set model.heads=5
ok "a patch that does not divide the image" refuses 65 "model.patch is 8" \
    config show --set data.image_size=60
ok "an image smaller than a patch" refuses 65 "data.image_size: 4 x 4 pixels are less" \
    config show --set data.image_size=4
ok "a source without its path" refuses 65 "data.path: the source 'folder' needs" \
    config show --set data.source=folder

# What is shown as a file is that configuration.
program config show --yaml small.yaml --set mask.strategy=block --set 'mask.ratio=uniform:low=.3,high=.9'
cp stdout again.yaml
program config show --yaml again.yaml
ok "a written configuration reads as itself" cmp -s stdout again.yaml
program config show small.yaml --set train.blr=1
ok "where a value comes from" grep -q '^train.blr .*# command line$' stdout
mkdir maskscope
printf 'seed: 1\nshow:\n  images: 3\n' >maskscope/config.yaml
program config show small.yaml
ok "the file and the line of a value" grep -q '^train.batch .*# small.yaml:3$' stdout
ok "also in the user's file" grep -q "^show.images .*# $folder/maskscope/config.yaml:3$" stdout
