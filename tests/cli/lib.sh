# What the tests of the program share: TAP, a folder of their own, a run that takes moments.
#
#     . "${0%/*}/lib.sh"
#     plan 3
#     ok "what is shown" command...        # the command's status decides
#     skip "what is not shown" "why"
#
# $folder is the working folder, removed at the end. Files there: stdout and stderr of the last
# `program`, whose exit status is in $status.
set -u
folder=$(mktemp -d "${TMPDIR:-/tmp}/maskscope-cli-XXXXXX") || exit 1
cd "$folder" || exit 1
trap 'cd /; rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM HUP
XDG_CONFIG_HOME=$folder XDG_STATE_HOME=$folder LC_ALL=C
export XDG_CONFIG_HOME XDG_STATE_HOME LC_ALL
test_number=0
status=0

plan() {
    echo "1..$1"
}

# ok NAME COMMAND... : passes if the command succeeds.
ok() {
    ok_name=$1
    shift
    test_number=$((test_number + 1))
    if "$@"; then
        echo "ok $test_number - $ok_name"
        return 0
    fi
    echo "not ok $test_number - $ok_name"
    echo "# status $status; failed: $*"
    for ok_file in stdout stderr; do
        [ -s $ok_file ] && sed "s/^/# $ok_file: /" $ok_file
    done
    return 1
}

skip() {
    test_number=$((test_number + 1))
    echo "ok $test_number - $1 # SKIP $2"
}

# program ARGUMENT... : runs maskscope to its end.
program() {
    status=0
    "$TEST_PROGRAM" "$@" >stdout 2>stderr </dev/null || status=$?
}

# begin ARGUMENT... : starts it in the background; $process is its id.
begin() {
    "$TEST_PROGRAM" "$@" >stdout 2>stderr </dev/null &
    process=$!
}

# end : waits for it.
end() {
    status=0
    wait "$process" 2>/dev/null || status=$?
}

# says STATUS TEXT : the last program's status, and text in its message.
says() {
    [ "$status" = "$1" ] && grep -qF -- "$2" stderr
}

# refuses STATUS TEXT ARGUMENT... : one line of message, that status, and nothing written.
refuses() {
    refuses_status=$1 refuses_text=$2
    shift 2
    program "$@"
    says "$refuses_status" "$refuses_text" && [ "$(grep -c . stderr)" = 1 ] && ! [ -s stdout ] &&
        ! [ -e refused ]
}

# until COMMAND... : asks again and again until it succeeds, for a minute at most.
until_true() {
    until_left=1200
    until "$@"; do
        until_left=$((until_left - 1))
        [ $until_left -gt 0 ] || return 1
        sleep 0.05
    done
}

# A picture of 48 x 40 pixels.
picture() {
    base64 -d <<'END'
iVBORw0KGgoAAAANSUhEUgAAADAAAAAoAgMAAADF6ZHiAAAADFBMVEXAwMCAgIBAQEAAAADNnKgo
AAAAlElEQVR42k3RsRHEMAhE0Z1xAS7JLuGCo7QrwYEpzSU4EIeEBBv+5I20wMwe1UvkCyDiJ/KJ
UIrmISInB0a8qjfHxEDyBsIqHNtBcsTEDpBs4Geu6JhHyRETM5R8GArLiD+DB8BTmCHlPWLJKwbW
4+aoNTO2iJRnBNZA8gvCKvppwHdCDuBrouTmkVhFxxQkj8ij/wGyXegqsyAUUQAAAABJRU5ErkJg
gg==
END
}

# Label images of 48 x 40 pixels: the left half 0, the right one 1 and, from the middle down, 9.
annotation() {
    base64 -d <<'END'
iVBORw0KGgoAAAANSUhEUgAAADAAAAAoCAAAAACd7CatAAAAJElEQVR42mNgwAEYcQCGUQ2jGkY1
DEkNnDjAqIZRDaMaBrUGADoeEsGpastcAAAAAElFTkSuQmCC
END
}
# 0 everywhere.
alike() {
    base64 -d <<'END'
iVBORw0KGgoAAAANSUhEUgAAADAAAAAoCAAAAACd7CatAAAAF0lEQVR42mNgGAWjYBSMglEwCkbB
YAUAB6gAAZyPjZkAAAAASUVORK5CYII=
END
}
# 9 everywhere.
unlabelled() {
    base64 -d <<'END'
iVBORw0KGgoAAAANSUhEUgAAADAAAAAoCAAAAACd7CatAAAAHklEQVR42mPgJBEwjGoY1TCqYVTD
qIZRDaMa6KUBAHzGQ4EBN02HAAAAAElFTkSuQmCC
END
}
# 0 everywhere but for a 7.
stranger() {
    base64 -d <<'END'
iVBORw0KGgoAAAANSUhEUgAAADAAAAAoCAAAAACd7CatAAAAGklEQVR42mNgGKSAnWEUjIJRMApG
wSgY8QAAOREACDprkSEAAAAASUVORK5CYII=
END
}
# Of 24 x 20 pixels.
smaller() {
    base64 -d <<'END'
iVBORw0KGgoAAAANSUhEUgAAABgAAAAUCAAAAACy3qJfAAAADklEQVR42mNgGAUjDQAAAfQAAd8P
/usAAAAASUVORK5CYII=
END
}

# pixel_labels FOLDER : three images of each split with a class for each pixel.
pixel_labels() {
    for pixel_split in train val; do
        mkdir -p "$1/images/$pixel_split" "$1/annotations/$pixel_split"
        for pixel_name in 1 2 3; do
            picture >"$1/images/$pixel_split/$pixel_name.png"
            annotation >"$1/annotations/$pixel_split/$pixel_name.png"
        done
    done
    printf '0\tleft\t1,2,3\n1\tright\n9\tnothing\t0,0,0\tignore\n' >"$1/labels.txt"
}

# A model of two small blocks on the built-in images: steps of a millisecond or two.
cat >small.yaml <<'END'
data: {count: 64, threads: 1}
model: {preset: nano32, patch: 8, embed_dim: 32, depth: 1, heads: 2, decoder_dim: 16, decoder_heads: 2}
train: {batch: 4, threads: 1, warmup_epochs: 1, checkpoint_minutes: 0, steps: 40}
eval: {every_epochs: 0, images: 8, strategies: [random], ratios: [0.75]}
END
