#!/bin/sh
# Contact sheets: captions, and images that cannot be read among those that can.
. "${0%/*}/lib.sh"
plan 11

lists() {
    [ "$(sed 1d stdout | awk '{ print $NF }' | tr '\n' ' ')" = "$1" ]
}
nothing() {
    ! [ -s stdout ] && ! [ -e nothing.png ]
}

mkdir folder
picture >a.png
cp a.png folder/a.png
cp a.png b.png
head -c 100 a.png >broken.png
program train small.yaml --quiet --out run

program reconstruct run a.png -o a-sheet.png
ok "one image" test "$status" = 0
program reconstruct run folder/a.png -o again.png
ok "a caption has the file's name without its folder" cmp -s a-sheet.png again.png
program reconstruct run b.png -o b-sheet.png
ok "and that name" test "$(cmp a-sheet.png b-sheet.png | grep -c differ)" = 1
ok "the values name the file as it was given" lists "b.png "

program reconstruct run a.png broken.png nowhere.png b.png -o some.png
ok "images that cannot be read are data errors" says 65 "2 of the 4 images could not be read"
ok "each of which is named" test "$(grep -c 'left out: \(broken\|nowhere\).png: ' stderr)" = 2
ok "the others are drawn" lists "a.png b.png "
program reconstruct run a.png b.png -o both.png
ok "as if those had not been there" cmp -s some.png both.png

program reconstruct run broken.png nowhere.png -o nothing.png
ok "none that can be read" says 65 "none of the 2 images can be read"
ok "and nothing is drawn" nothing
program reconstruct run nowhere.png -o nothing.png
ok "a single one that is missing" says 66 "nowhere.png: No such file"
