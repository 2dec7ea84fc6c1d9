#!/bin/sh
# The configurations that are shipped are right, and a wrong one is refused with file and line.
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
export XDG_CONFIG_HOME="$folder"
number=0

result() {
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        sed 's/^/# /' "$folder/stderr"
    fi
}

set -- "$TEST_SOURCE"/configs/*.yaml
echo "1..$(($# + 3))"
for config in "$@"; do
    "$TEST_PROGRAM" config check "$config" >"$folder/stdout" 2>"$folder/stderr"
    result $? "${config##*/} is accepted"
done

# refused STATUS MESSAGE NAME: what is in wrong.yaml.
refused() {
    "$TEST_PROGRAM" config check "$folder/wrong.yaml" >"$folder/stdout" 2>"$folder/stderr"
    [ $? = "$1" ] && grep -qF "$2" "$folder/stderr"
    result $? "$3"
}

printf 'seed: 1\ntrain:\n  bacth: 32\n' >"$folder/wrong.yaml"
refused 65 "wrong.yaml:3: no setting 'train.bacth'; did you mean 'train.batch'?" "a misspelt name"
printf 'train: {batch: many}\n' >"$folder/wrong.yaml"
refused 65 "wrong.yaml:1: train.batch: 'many' is not allowed" "a value of the wrong type"
rm "$folder/wrong.yaml"
refused 66 "wrong.yaml: No such file" "a missing file"
