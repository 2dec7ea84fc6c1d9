#!/bin/sh
# maskscope masks: its table, the masks and the picture it writes, and what it refuses.
. "${0%/*}/lib.sh"
plan 52

field() { # NUMBER of the one row, after a strategy without commas
    tail -n 1 stdout | cut -d, -f"$1"
}
bytes_of() { # FILE VALUE : how many bytes of the masks are that
    tail -c +129 "$1" | od -An -v -tu1 -w1 | grep -c "^ *$2\$"
}

png_number() { # FILE OFFSET : four bytes of it, the highest first
    set -- $(tail -c +$(($2 + 1)) "$1" | head -c 4 | od -An -tu1)
    echo $((($1 << 24) + ($2 << 16) + ($3 << 8) + $4))
}
sheet_height() { # ARGUMENT... : of the sheet.png they give, in pixels
    program masks --count 4 --png sheet.png "$@"
    png_number sheet.png 20
}
caption_says() {
    tr '\n' ' ' <stdout | grep -qF -- "$1"
}
differ() {
    [ -s "$1" ] && [ -s "$2" ] && ! cmp -s "$1" "$2"
}
draw_given() { # PNG TWO [TWO] : four 2 x 2 masks, of which the last two are these
    head -c 128 header.npy >given.npy
    printf "${3-\\1\\0\\0\\0\\0\\1\\1\\1}$2" >>given.npy
    program masks --grid 2x2 --count 4 --strategy file:path=given.npy,order=sequence \
        --ratio 0.5 --ratio 0.75 --png "$1"
}

program masks --strategy block --ratio 0.75 --grid 14x14 --count 200 --npy block.npy --format csv
ok "a table of one row" [ "$(wc -l <stdout)" = 2 ]
ok "with the ratio asked for, in every mask" [ "$(field 4),$(field 5)" = 0.75,0 ]
ok "an npy file of 200 x 196 bytes" [ "$(wc -c <block.npy)" = $((128 + 200 * 196)) ]
ok "of which exactly 147 a mask are hidden" [ "$(bytes_of block.npy 1)" = $((200 * 147)) ]
program masks --strategy block --ratio 0.75 --grid 14x14 --count 200 --npy again.npy
ok "the same masks again" cmp -s block.npy again.npy
program masks --strategy file:path=block.npy,order=sequence --count 200 --npy copied.npy
ok "which the strategy file takes as they are" cmp -s block.npy copied.npy
program masks --count 20 --grid 8x8 --ratio 0.5 --ratio beta:per=stratified --png sheet.png --format json
ok "a picture of every strategy" [ "$status" = 0 ]
ok "which is a PNG" [ "$(head -c 4 sheet.png | tail -c 3)" = PNG ]
ok "refuses an unknown strategy" refuses 65 "did you mean 'block'" masks --strategy blok --npy refused
ok "and law" refuses 65 "did you mean 'beta'" masks --ratio betta --npy refused
ok "and a grid of one patch" refuses 65 "1 x 1" masks --grid 1x1 --png refused
ok "and no grid at all" refuses 64 "HEIGHTxWIDTH" masks --grid 14 --png refused
ok "and several strategies in one npy file" refuses 64 "--npy needs one" masks --npy refused
ok "and masks of another grid" refuses 65 "[K, 64] or [K, 8, 8]" \
    masks --strategy file:path=block.npy --grid 8x8
ok "and a file that is not there" refuses 66 "absent.npy" masks --strategy file:path=absent.npy
ok "and a strategy that takes a model, without one" refuses 64 "--model RUN" masks --strategy attention
ok "or a part that does" refuses 64 "strategy: attention}]' is guided" \
    masks --strategy 'mixture:parts=[attention]'
ok "and an arm without a model" refuses 64 "--model" masks --arm random75
program train small.yaml --quiet --out guided --set mask.strategy=loss
ok "an arm that is guided by its own losses trains" [ "$status" = 0 ]
program masks --model guided --strategy loss:hard=1 --strategy attention --progress 1 --count 50 \
    --format csv
ok "and guides masks of its grid afterwards" [ "$(wc -l <stdout)" = 3 ]
program masks --model guided --strategy attention --count 5
ok "an averaged copy guides where there is one" caption_says "guided by arm 'loss75', averaged copy, step 40"
program masks --model guided --strategy random --count 5
ok "and nothing guides what is not guided" [ "$(grep -c "guided by" stdout)" = 0 ]
program masks --model guided --strategy loss:hard=1 --count 50 --format csv
ok "which hide what was asked for" [ "$(field 4),$(field 5)" = 0.75,0 ]
cp small.yaml pair.yaml
echo "arms: [{name: one, mask: {strategy: attention}}, {name: two, mask: {strategy: attention, ratio: 0.5}}]" >>pair.yaml
program train pair.yaml --quiet --out pair
for arm in one two one; do
    [ -f $arm.npy ] && mv $arm.npy again.npy
    program masks --model pair --arm $arm --strategy attention:share=1 --count 20 --npy $arm.npy
done
ok "an arm guides as it did before" cmp -s one.npy again.npy
ok "and another in its own way" differ one.npy two.npy
ok "another grid is refused" refuses 64 "--grid" masks --model guided --grid 3x3
ok "and an arm that is not there" refuses 64 "no arm 'x'" masks --model guided --arm x
program masks --strategy random --count 50 --grid 4x4 --npy own.npy
program train small.yaml --quiet --out filed --set mask.strategy=file:path=own.npy
mv own.npy moved.npy
ok "a run whose file of masks is gone does not go on" refuses 66 "own.npy" resume filed --no-panel \
    --no-window
program eval filed --count 4
ok "but is evaluated: its own masks are not used for that" [ "$status" = 0 ]
ok "its pictures say which arm's masks are gone" refuses 66 "arm 'file75': " reconstruct filed \
    block.npy
ok "and what helps" says 66 "(--strategy draws other masks)"
program train small.yaml --quiet --out plain
program masks --model plain --strategy attention --count 5
ok "an arm without an averaged copy guides by its own weights" [ "$status" = 0 ]
ok "which is said" \
    caption_says "guided by arm 'random75', its own weights, step 40"
mkdir pictures
for name in 1 2 3; do printf 'no picture' >pictures/broken$name.png; done
program masks --strategy saliency --images pictures --count 5
ok "images of which none can be read are refused" says 65 "none of the images"
program masks --strategy random --ratio 0.5 --grid 8x8 --count 2 --png pictures/good1.png
for name in 2 3 4 5 6 7 8; do cp pictures/good1.png pictures/good$name.png; done
program masks --strategy saliency --images pictures --count 5
ok "a broken one is passed over" [ "$status" = 0 ]
ok "and named" grep -q "^warning: .*broken[123].png" stderr
rm pictures/broken*
program masks --strategy saliency:temperature=0 --grid 8x8 --count 8 --images pictures --npy looked.npy
program masks --strategy saliency:temperature=0 --grid 8x8 --count 8 --npy scenes.npy
ok "whose masks follow the images" differ looked.npy scenes.npy
ok "what cannot be written is refused before anything is drawn" \
    refuses 73 "--npy: nowhere/a.npy" masks --strategy random --npy nowhere/a.npy
ok "a picture too" refuses 73 "--png: nowhere/a.png" masks --png nowhere/a.png
ok "and a table" refuses 73 "nowhere/a.csv" masks --output nowhere/a.csv
mkfifo pipe
ok "and what is no file is not replaced by one" refuses 73 "no regular file" masks --png pipe
"$TEST_PROGRAM" masks --strategy random --ratio 0.5 --count 10000000 --grid 32x32 --npy long.npy >stdout 2>&1 &
pid=$!
until [ -e long.npy.partial ] || ! kill -0 $pid 2>/dev/null; do :; done
kill -INT $pid
wait $pid
ok "what is interrupted ends with the signal's status" [ $? = 130 ]
ok "and leaves nothing behind" [ "$(echo long.npy*)" = "long.npy*" ]

# The sheet: what it shows, and that every grid and text has the room it takes.
program masks --grid 2x2 --count 4 --strategy random --ratio 0.5 --npy header.npy
draw_given laws.png '\1\1\0\0\0\0\1\1'
ok "masks of one's own are drawn under two laws" [ "$status" = 0 ]
draw_given order.png '\0\0\1\1\1\1\0\0'
ok "the same if masks beyond the examples change places" cmp -s laws.png order.png
draw_given spread.png '\1\1\1\0\0\0\0\1'
ok "another if only the ratios' spread differs" differ laws.png spread.png
draw_given constant.png '\1\1\0\0\0\0\1\1' '\1\0\1\0\0\1\0\1'
draw_given more.png '\0\0\1\1\1\1\0\0' '\1\0\1\0\0\1\0\1'
ok "where no ratio varies there are more examples in place of histograms" differ constant.png more.png
short=$(sheet_height --ratio 0.5 --ratio 0.75)
ok "a law's long name gets more lines" [ "$(sheet_height --ratio 0.5 --ratio mixture)" -gt "$short" ]
one=$(sheet_height --grid 1x12 --strategy random)
two=$(sheet_height --grid 1x12 --strategy random --strategy grid)
ok "rows of flat grids have room for their seven lines" [ $((two - one)) -ge 80 ]
two=$(sheet_height --grid 1x12 --strategy random --strategy \
    "mixture:parts=[{weight: 1, strategy: random}, {weight: 1, strategy: block}, random]")
ok "and for long names" [ $((two - one)) -ge 100 ]
laws="--ratio 0.5 --ratio 0.75"
one=$(sheet_height --grid 1x12 $laws --strategy random)
two=$(sheet_height --grid 1x12 $laws --strategy random --strategy grid)
ok "and with several laws for their histograms" [ $((two - one)) -ge 60 ]
sheet_height --grid 12x1 --strategy random >height
ok "columns of narrow grids have room for their headings" [ "$(png_number sheet.png 16)" -ge 800 ]
