#!/bin/sh
# Readers of foreign bytes: the corpus of each, and mutations of it, the same ones every time. An
# input that is a finding is left behind, and named.
#
# FUZZ_RUNS: mutations of each (default 1000); FUZZ_SEED: others.
here=${0%/*}
programs=$(cd "${TEST_PROGRAM%/*}/tests/fuzz" && pwd) || exit 1
corpora=$(cd "$here/corpus" && pwd) || exit 1
cd "${TMPDIR-/tmp}" || exit 1
set -- "$corpora"/*
echo "1..$#"
number=0
for corpus; do
    number=$((number + 1))
    name=${corpus##*/}
    rm -f finding
    if "$programs/$name" -runs="${FUZZ_RUNS-1000}" -seed="${FUZZ_SEED-1}" "$corpus" >log 2>&1; then
        echo "ok $number - $name: $(tail -n 1 log)"
    else
        echo "not ok $number - $name"
        tail -n 30 log | sed 's/^/# /'
        [ ! -s finding ] || base64 finding | head -n 40 | sed 's/^/# finding: /'
    fi
done
