#!/bin/sh
# Statistics of runs, over seeds, side by side, and of values from elsewhere; replays and forks.
. "${0%/*}/lib.sh"
plan 65

says_out() {
    [ "$status" = 0 ] && grep -qF -- "$1" stdout
}
lines_are() {
    [ "$(wc -l <stdout)" = "$1" ]
}

evaluated="--set eval.every_epochs=1 --set eval.images=6 --set eval.strategies=random,block"
for seed in 1 2 3; do
    program train small.yaml --quiet --out seed$seed $evaluated --set seed=$seed \
        --set mask.ratio=0.5
done
two="--set eval.seed=4"
program train small.yaml --quiet --out other $evaluated $two
program train small.yaml --quiet --out alone --set eval.images=1 --set eval.every_epochs=1
program train small.yaml --quiet --out blind

# ---- Every table in every format ----
for table in matrix cross arms pairs ratios distance position classes curves events settings; do
    whole=yes
    for format in text csv tsv json markdown latex; do
        program stats seed1 --table $table --format $format
        { [ "$status" = 0 ] && [ -s stdout ]; } || whole=no
    done
    ok "the table $table in every format" test $whole = yes
done
program stats seed1 --wide
ok "every column where it is asked for" says_out "boot_low"
program stats seed1
ok "and not where it is not" sh -c '! grep -q boot_low stdout'

# ---- Seeds ----
program stats seed1 seed2 seed3 --format csv --by nothing
ok "runs that differ in their seed are one experiment" grep -q '^random50,40,3,' stdout
ok "whose unit is the seed" grep -q '^arm,step,seeds,mse,' stdout
program stats seed1 seed2 seed3 --each --format csv
ok "unless they are to stay apart" grep -q '^run,arm,' stdout
ok "a run twice is no repetition" refuses 64 "seed1 and seed1 are the same run" stats seed1 seed1

# The same settings on other images, which the settings do not say.
mkdir photos
for kind in train val; do
    mkdir photos/$kind && program masks --count 1 --png mask.png >out
    for picture in 1 2 3 4 5 6 7 8; do cp mask.png photos/$kind/$picture.png; done
done
cp -r photos fewer && rm fewer/train/8.png
mkdir moved && cp -r photos moved/photos
for run in photos:1 fewer:2 moved/photos:3; do
    program train small.yaml --quiet --out on${run#*:} $evaluated --set seed=${run#*:} --steps 4 \
        --set data.source=folder --set data.path=${run%:*} --set data.holdout=val
done
program stats on1 on2 --format csv
ok "runs on other images are no repetitions" grep -q '^run,arm,' stdout
ok "which is said" says 0 "the runs stay apart: on1 and on2: they were trained on different images"
program stats on1 on3 --format csv --by nothing
ok "the same images elsewhere are the same" grep -q '^arm,step,seeds,mse,' stdout
program eval on1 --format csv
ok "an evaluation has peak signal-to-noise ratios" \
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "psnr") c = i } NR == 2 { exit $c == "" }' stdout

# The mse of the random50's last row in stdout, whatever its column.
last_mse() {
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "mse") c = i }
             $1 == "random50" { v = $c } END { print v }' stdout
}
for table in distance position; do
    sum=0
    for seed in 1 2 3; do
        program stats seed$seed --table $table --format csv
        sum="$sum + $(last_mse)"
    done
    program stats seed1 seed2 seed3 --table $table --format csv
    ok "the table $table is over seeds too" grep -q 'seeds,mse,low,high,sd' stdout
    ok "with the mean of the runs' means" \
        awk "BEGIN { d = ($sum) / 3 - ($(last_mse)); exit !(d < 1e-12 && d > -1e-12) }"
done
program stats seed1 seed2 seed3 --table distance --each --format csv
ok "or side by side" grep -q '^run,arm,distance' stdout
program stats seed1 seed2 seed3 --table classes --format csv
ok "classes are over seeds too" grep -q '^random50,1,square,3,' stdout

# ---- Side by side ----
program compare seed1 seed2
ok "runs on the same images are compared" says_out "seed2/random50"
ok "with what differs" grep -q '^seed  *1  *2$' stdout
ok "and nothing that does not" sh -c '! grep -q "^train.batch" stdout'
program compare seed1 other
ok "runs on other images are not" says 65 "seed1 and other cannot be paired: they were evaluated on different held-out images"
ok "but their settings are" grep -q '^eval.seed ' stdout
program compare seed1 seed2 --format json
ok "as one document" sh -c 'head -1 stdout | grep -q "^\[" && tail -1 stdout | grep -q "^\]"'
ok "one run is nothing to compare" refuses 64 "usage: maskscope compare" compare seed1

ok "nor is a run with itself" refuses 64 "seed1 and ./seed1/ are the same run" \
    compare seed1 ./seed1/
ok "by whatever path" refuses 64 "seed1 and seed1/run.db are the same run" \
    compare seed1 seed1/run.db

# Each with a remark of its own, and both with those of all; the arm is called like a setting in
# which runs of one experiment may differ.
for run in 1 2; do
    printf 'at %d : arm add seed strategy=grid ratio=0.5\n' $((10 * run)) >late.txt
    program run small.yaml --no-panel --no-window --quiet --out late$run $evaluated \
        --set seed=$run --script late.txt
done
program stats late1 late2 --table pairs --format json
ok "remarks stand under their runs' names" sh -c 'grep -q "within it. late1: 1 comp[^:]*,\
 n = 6 [^:]*: seed 30; they differ from others in more than their masks. late2: 1 comp[^:]*,\
 n = 6 [^:]*: seed 20; they differ from others in more than their masks." stdout'
ok "and what is common once" sh -c '[ "$(grep -o "With images as units" stdout | wc -l)" = 1 ]'
program train small.yaml --quiet --out narrow --set eval.every_epochs=1 --set eval.images=6
ok "runs whose tables have other columns are not put side by side" \
    refuses 65 "seed1 and narrow have other columns in the table 'cross'" \
    stats seed1 narrow --table cross --each

# ---- Little ----
program stats alone --table pairs --format csv
ok "one image has no intervals" grep -q ',1,[^,]*,[^,]*,[^,]*,,,,,,,' stdout
ok "no evaluation yet" refuses 65 "blind: no evaluation yet" stats blind
program stats blind --table curves --format csv
ok "but curves" says_out "1,random75,loss,"
cp -r seed1 damaged
printf 'garbage, garbage, garbage, garbage' | dd of=damaged/run.db bs=1 seek=4096 conv=notrunc 2>dd
for table in matrix events curves; do
    program stats damaged --table $table >>out 2>>err
    [ "$status" = 65 ] && break
done
ok "a damaged record" says 65 "damaged"
ok "which is named once" sh -c '[ "$(grep -o "damaged/" stderr | wc -l)" = 1 ]'

# ---- Values from elsewhere ----
cat >values.csv <<'END'
strategy,image,mse
near,a,1
far,a,2
near,b,3
far,b,5
near,c,4
far,c,5
END
program stats --from values.csv
ok "anybody's values are described" says_out "near           3  2.667"
status=0
"$TEST_PROGRAM" stats --from - --table pairs --format csv <values.csv >stdout 2>stderr || status=$?
ok "also from a pipe" says_out "near,far,3,"
program stats --from values.csv
ok "and compared" says_out "near  far       3  2.667  4.000       -1.33"
program stats --from values.csv --table pairs --format json
ok "or one table of them" says_out '"d_z": -2.309401076758'
ok "but not one of records" refuses 64 "'events' is made of a run's record" \
    stats --from values.csv --table events
ok "nor one by class, without labels" refuses 65 "the images have no classes" \
    stats --from values.csv --table classes
cat >laws.csv <<'END'
strategy,image,ratio,mse
near,a,.3,1
far,a,.5,2
near,b,.5,3
far,b,.7,5
END
program stats --from laws.csv
ok "values at ratios of their own are described" says_out "near           2  2.000"
ok "which is said" says_out "at one ratio of its own"
ok "where there is nothing to compare too" sh -c '! grep -q p_holm stdout'
ok "and why" says 0 "no table 'pairs': there are no two arms with values under the same masks"
program stats --from values.csv
ok "but nothing where all is well" sh -c '! [ -s stderr ]'
# One image each at its own ratio, as many as the first word says, of as many ratios as the second.
spread() {
    awk "BEGIN { print \"strategy,image,ratio,mse\"; for (i = 0; i < $1; i++)
                     printf \"a,%d,%.4f,%d\\n\", i, (i % $2 + 1) / 1000, i % 7 }" >spread.csv
}
spread 512 512
program stats --from spread.csv --table ratios --format csv
ok "as many ratios as a smooth curve has places" sh -c \
    'head -1 stdout | grep -q spline && [ "$(wc -l <stdout)" = 513 ] && ! grep -q ,,,, stdout'
spread 513 513
ok "not more" refuses 65 "spread.csv: 513 different ratios: expected at most 512" \
    stats --from spread.csv
spread 33600 500
ok "nor more than fit into memory" refuses 65 "1 strategies, 500 ratios and 33600 images" \
    stats --from spread.csv
ok "not both runs and values" refuses 64 "not both" stats seed1 --from values.csv
ok "nothing at all" refuses 64 "expected RUN" stats
ok "no such file" refuses 66 "nowhere.csv" stats --from nowhere.csv

# ---- Again ----
program replay seed1
ok "a run is replayed bit for bit" says_out "the same bits: 40 steps"
program train small.yaml --quiet --out fast --steps 300 --set eval.every_epochs=1 &&
    program replay fast
ok "also one that is faster than its record" says_out "the same bits: 300 steps"
program fork seed1 --out forked --quiet --no-panel --no-window --steps 45 && program replay forked
ok "and so is its fork, which went further" says_out "the same bits: 45 steps"
ok "no such checkpoint" refuses 66 "no checkpoint of step 3; there is 40" fork seed1@3
