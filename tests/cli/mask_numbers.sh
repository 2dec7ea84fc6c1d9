#!/bin/sh
# maskscope masks: every number it prints, and what each option does to the masks themselves.
. "${0%/*}/lib.sh"
plan 33

head_of_masks() { # HEIGHT WIDTH COUNT : the first bytes of an npy file of such masks
    program masks --grid "$1x$2" --count "$3" --strategy random --ratio 0.5 --npy head.npy
    head -c 128 head.npy
}
row_is() { # EXPECTED : the last row of the table, without the strategy, the ratio and the time
    [ "$(awk 'END { for (i = NF - 8; i < NF; i++) printf "%s%s", $i, i < NF - 1 ? " " : "" }' stdout)" = "$1" ]
}
masks_of() { # FILE PATCHES : one mask a line
    tail -c +129 "$1" | od -An -v -tu1 -w"$2" | tr -d ' '
}
mask_at() { # FILE PATCHES NUMBER : counted from 0
    masks_of "$1" "$2" | sed -n "$(($3 + 1))p"
}
kinds_of() { # FILE PATCHES : how many different masks
    masks_of "$1" "$2" | sort -u | wc -l
}
differ() {
    [ -s "$1" ] && [ -s "$2" ] && ! cmp -s "$1" "$2"
}
same() {
    [ -s "$1" ] && cmp -s "$1" "$2"
}
draw() { # NPY ARGUMENT... : 8 x 8 random masks into it
    into=$1
    shift
    program masks --strategy random --grid 8x8 --npy "$into" "$@"
}
lists() { # STRATEGY : whether the table has a row of it
    grep -q "^$1," stdout
}
repeat() { # COUNT MASK : its bytes again and again
    repeat_left=$1
    while [ "$repeat_left" -gt 0 ]; do
        printf "$2"
        repeat_left=$((repeat_left - 1))
    done
}

# Four masks, 10/00 11/00 00/11 11/10. Hidden 1, 2, 2 and 3 of 4: sd sqrt(2/3) / 4. In 3 of 5 cases
# a hidden patch's right neighbour is hidden, by chance (1/3 + 1/3 + 2 * 2/3) in 5: 0.2 more. Moran's
# I: -1/3, 0, 0, -1/3. To the next visible patch: seven of the eight 1, one sqrt(2). Positions are
# hidden 3, 2, 2 and 1 times of 2 expected: 12/7 on 3 degrees.
{ head_of_masks 2 2 4 && printf '\1\0\0\0\1\1\0\0\0\0\1\1\1\1\1\0'; } >given.npy
program masks --grid 2x2 --count 4 --strategy file:path=given.npy,order=sequence
ok "every number is as by hand" row_is "4 0.5000 0.204 0 0.63 0.200 -0.167 1.052"
program masks --grid 2x2 --count 4 --strategy random --format csv
ok "in columns that have names" [ "$(head -n 1 stdout | tr -d '\r')" = \
    strategy,ratio,masks,hidden,sd,clamped,equal_p,neighbours,moran,distance,us ]

# Of 64 patches the images of one batch hide 1, 2, .. 64, the last one held at 63.
program masks --grid 8x8 --count 64 --strategy random --ratio uniform:low=0,high=1,per=stratified
ok "a batch has its places, and what is clamped is counted" \
    [ "$(awk 'END { print $(NF - 8), $(NF - 7), $(NF - 6), $(NF - 5) }' stdout)" = "64 0.5076 0.291 1" ]
program masks --grid 2x2 --count 5 --strategy random --ratio 0.99
ok "each time" [ "$(awk 'END { print $(NF - 8), $(NF - 7), $(NF - 5) }' stdout)" = "5 0.7500 5" ]
program masks --grid 8x8 --count 128 --strategy random --ratio uniform:per=batch --npy batches.npy
masks_of batches.npy 64 | awk '{ print gsub(/1/, "") }' | uniq -c | awk '{ print $1 }' | tr '\n' ' ' >runs
ok "the next batch has a ratio of its own" [ "$(cat runs)" = "64 64 " ]

# Seeds, images, progress.
draw plain.npy --count 130
draw zero.npy --count 130 --seed 0
draw one.npy --count 130 --seed 1
ok "the seed is 0" same plain.npy zero.npy
ok "another gives other masks" differ zero.npy one.npy
ok "of all 130 images" [ "$(kinds_of plain.npy 64)" = 130 ]
ok "in the second batch as in the first" \
    [ "$(mask_at plain.npy 64 0)" != "$(mask_at plain.npy 64 64)" ]
rising="{from: 0.25, to: 0.75}"
program masks --grid 2x2 --count 4 --strategy random --ratio "$rising"
ok "progress is 0" [ "$(awk 'END { print $(NF - 7) }' stdout)" = 0.2500 ]
draw begun.npy --count 20 --ratio "$rising"
draw half.npy --count 20 --ratio "$rising" --progress 0.5
draw ended.npy --count 20 --ratio "$rising" --progress 1
for name in begun half ended; do masks_of $name.npy 64 | awk '{ print gsub(/1/, "") }' | sort -u; done >counts
ok "a schedule is followed" [ "$(tr '\n' ' ' <counts)" = "16 32 48 " ]
for wrong in 2 1.01 -0.1 nan x ''; do
    ok "progress is not '$wrong'" refuses 64 "is no number from 0 to 1" masks --strategy random \
        --progress "$wrong" --npy refused
done
ok "masks and picture are not one file" refuses 64 "--npy and --png: both are refused" masks \
    --strategy random --npy refused --png refused

# The spectrum is that of all batches: halves and chessboards, in two orders.
halves='\1\1\1\1\1\1\1\1\0\0\0\0\0\0\0\0'
board='\1\0\1\0\0\1\0\1\1\0\1\0\0\1\0\1'
head_of_masks 4 4 128 >head
{ cat head && repeat 64 "$halves" && repeat 64 "$board"; } >first.npy
{ cat head && repeat 6 "$halves" && repeat 58 "$board" && repeat 58 "$halves" && repeat 6 "$board"; } >second.npy
for name in first second; do
    mv $name.npy order.npy
    program masks --grid 4x4 --count 128 --strategy file:path=order.npy,order=sequence --png $name.png
done
ok "the spectrum is that of all batches" same first.png second.png

# A model that guides. It looks at a batch of one image: 100 steps make its head trusted.
program train small.yaml --quiet --out guided --set mask.strategy=loss --set train.steps=120
program masks --strategy random --ratio 0.5 --grid 8x8 --count 2 --png picture.png
guide() { # NPY ARGUMENT... : masks of an image by the hardest patches
    into=$1
    shift
    program masks --model guided --strategy loss:hard=1 --images picture.png --count 40 --npy "$into" "$@"
}
guide hard.npy
ok "all that is hidden is hidden for its loss" [ "$(kinds_of hard.npy 16)" = 1 ]
guide easy.npy --progress 0
ok "but in the beginning nothing is" [ "$(kinds_of easy.npy 16)" -gt 20 ]
guide ended.npy --progress 1
ok "with a model progress is 1" same hard.npy ended.npy
guide again.npy --seed 3
ok "no chance is left then" same hard.npy again.npy
program masks --strategy saliency:temperature=0 --grid 8x8 --count 66 --npy each.npy
ok "each image guides its own masks" [ "$(kinds_of each.npy 64)" -gt 10 ]
ok "and after 64 of them the first one comes again" \
    [ "$(mask_at each.npy 64 0) $(mask_at each.npy 64 1)" = \
    "$(mask_at each.npy 64 64) $(mask_at each.npy 64 65)" ]
program masks --model guided --count 2 --format csv
ok "of all strategies there are those that its head guides" lists loss
ok "and its attention" lists attention
program masks --count 2 --format csv
ok "without a model there is no loss" [ "$(grep -c '^loss,\|^attention,' stdout)" = 0 ]
ok "but what looks at images" lists saliency

# Two models of the same weights, one of which sees red and the other blue.
for color in red blue; do
    [ $color = red ] && deviation="[0.02, 10, 10]" || deviation="[10, 10, 0.02]"
    program train small.yaml --quiet --out $color --set train.blr=0 --set train.steps=1 \
        --set "data.deviation=$deviation"
    program masks --model $color --strategy attention:share=1 --count 20 --npy $color.npy
done
ok "a model sees images as it was trained to" differ red.npy blue.npy
program masks --model red --count 2 --format csv
ok "of all strategies there are none that take the head it lacks" [ "$status" = 0 ]
ok "loss is not among them" [ "$(grep -c '^loss,' stdout)" = 0 ]
ok "attention is" lists attention
