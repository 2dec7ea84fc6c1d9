#!/bin/sh
# maskscope bench: what it prints is whole and fits together. Speeds themselves are not judged.
. "${0%/*}/lib.sh"
plan 9

quick="--batch 2 --threads 1 --repeats 2 --seconds 0.01 --set data.count=10"

# shellcheck disable=SC2086
program bench --model nano32 $quick
text_is_whole() {
    [ $status = 0 ] && grep -q '^images_per_s ' stdout && grep -q '^sgemm_gflops ' stdout
}
ok "prints figures" text_is_whole

program bench --model nano32 $quick --json
object_is_whole() {
    [ $status = 0 ] && python3 - stdout <<'END'
import json, sys
o = json.load(open(sys.argv[1]))
assert (o["model"], o["batch"], o["threads"], o["precision"]) == ("nano32", 2, 1, "f32"), o
for name in "images_per_s low high step_ms gflop_per_image gflops sgemm_gflops fraction " \
            "peak_rss_mb loader_images_per_s kept_images_per_s".split():
    assert o[name] > 0, (name, o)
near = lambda a, b: abs(a - b) <= 0.02 * abs(b) + 0.051
assert o["low"] <= o["images_per_s"] <= o["high"], o
assert near(o["step_ms"], 2e3 / o["images_per_s"]), o
assert near(o["gflops"], o["images_per_s"] * o["gflop_per_image"]), o
assert abs(o["fraction"] - o["gflops"] / o["sgemm_gflops"]) < 0.01, o
END
}
if command -v python3 >/dev/null; then
    ok "--json is one whole object that fits together" object_is_whole
else
    skip "--json is one whole object" "no python3"
fi

program bench --model nano32 $quick --set data.cache=0
ok "nothing is measured of pictures that are not kept" grep -q '^kept_images_per_s  *0\.0 ' stdout

# A mask that hides more leaves less to do.
work_of() {
    program bench --model nano32 $quick --set mask.ratio="$1" --json
    sed 's/.*"gflop_per_image": \([0-9.]*\).*/\1/' stdout
}
work_follows_mask() {
    awk -v easy="$(work_of 0.25)" -v hard="$(work_of 0.9)" 'BEGIN { exit !(0 < hard && hard < easy) }'
}
ok "counts the work that is done" work_follows_mask

program bench --model tiny63
names_models() {
    [ $status = 65 ] && grep -q -e '--model.*tiny64' stderr
}
ok "an unknown model is refused by name" names_models

# Where the processor has no bf16 products (or is said to have none), it is said, and nothing starts.
MASKSCOPE_KERNELS=avx2
export MASKSCOPE_KERNELS
refuses_bf16() {
    [ $status = 65 ] && grep -q 'train\.precision: bf16: .*use f32' stderr && ! [ -s stdout ]
}
program bench --model nano32 $quick --precision bf16
ok "bf16 is refused where there is none" refuses_bf16
printf 'train: {precision: bf16}\n' >bf16.yaml
program train bf16.yaml --steps 2 --out never
no_folder() {
    refuses_bf16 && ! [ -e never ]
}
ok "a run that cannot be leaves no folder" no_folder
MASKSCOPE_KERNELS=mmx
program info
names_kernels() {
    [ $status = 64 ] && grep -q "MASKSCOPE_KERNELS.*'mmx'.*avx2" stderr
}
ok "kernels that there are none of are refused" names_kernels
unset MASKSCOPE_KERNELS

program bench --seconds soon
ok "a wrong length is a usage error" [ $status = 64 ]
