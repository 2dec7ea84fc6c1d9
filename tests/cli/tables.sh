#!/bin/sh
# Tables of one run and of several.
. "${0%/*}/lib.sh"
plan 9

same() {
    cmp -s "$1" "$2"
}
runs_are() {
    [ "$(cut -d, -f1 stdout | uniq | tr '\n' ' ')" = "$1" ]
}

evaluated="--set eval.every_epochs=1 --set eval.images=4 --set eval.strategies=random,block"
program train small.yaml --quiet --out first $evaluated
mkdir other
program train small.yaml --quiet --out other/second $evaluated --set mask.strategy=block

program stats first --format csv
tr -d '\r' <stdout >first.csv
ok "one run has no column for its name" grep -q '^arm,strategy,ratio,' first.csv
program stats first other/second --format csv
tr -d '\r' <stdout >all.csv
cp all.csv stdout
ok "several runs are told apart by their folders' names" runs_are "run first second "
sed -n 's/^first,//p' all.csv >part.csv
sed 1d first.csv >rows.csv
ok "and each has the rows it has alone" same part.csv rows.csv
program stats first/run.db ./other/second/ --format csv --by ratio
tr -d '\r' <stdout >all.csv
cp all.csv stdout
ok "a record is called by its folder" runs_are "run first second "
ok "rows by ratio" grep -q '^run,arm,ratio,step,' all.csv
mkdir again
cp -r other/second again
program stats other/second again/second --format csv
ok "folders of one name are told apart by their paths" runs_are "run other/second again/second "
ok "unknown groups" refuses 64 "expected strategy, ratio, strategy,ratio or nothing" stats first --by image
ok "groups of a table that has none" refuses 64 "'events' has no groups" \
    stats first --table events --by ratio
ok "one of the runs is missing" refuses 66 "nowhere: No such file" stats first nowhere
