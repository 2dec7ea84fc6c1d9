#!/bin/sh
# Training speed beside a PyTorch model of the same size, one after the other on this machine:
#
#     compare.sh [MODEL:BATCH]...                  (tiny64:64, unless others are named)
#
# MASKSCOPE is the program (./maskscope), PEER the script that times PyTorch
# ($TEST_SHARED/peer/bench_torch.py; ../shared without TEST_SHARED), THREADS the numbers of threads
# ("1 2"), PRECISIONS what to train in ("f32"), SECONDS_EACH the length of a turn (2), of which each
# measurement takes five. The peer is given the best of several settings of its libraries. Where
# there is no PyTorch its columns stay empty.
#
# Measure on a quiet machine; tests do not run this.
set -u
program=${MASKSCOPE:-./maskscope}
peer=${PEER:-${TEST_SHARED:-$(dirname "$0")/../../../shared}/peer/bench_torch.py}
python=${PYTHON:-/usr/bin/python3}
seconds=${SECONDS_EACH:-2}
[ $# -gt 0 ] || set -- tiny64:64
have_peer=no
[ -f "$peer" ] && "$python" -c 'import torch' 2>/dev/null && have_peer=yes
[ $have_peer = yes ] || echo "# no PyTorch, or no script to time it: nothing to compare with" >&2

# field NAME JSON: a number of a flat object, nothing where it is missing.
field() {
    printf '%s\n' "$2" | sed -n "s/.*\"$1\": *\"\{0,1\}\([^,\"}]*\).*/\1/p"
}

# ratio A B
ratio() {
    awk -v a="${1:-0}" -v b="${2:-0}" 'BEGIN { if (a > 0 && b > 0) printf "%.2f", a / b; else print "-" }'
}

# larger A B: whether A > B.
larger() {
    awk -v a="${1:-0}" -v b="${2:-0}" 'BEGIN { exit !(a > b) }'
}

# peer_once ARGUMENT... : its line of JSON, with the peak of its resident memory.
peer_once() {
    "$python" -c '
import json, resource, subprocess, sys
out = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
line = json.loads(out) if out else {}
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps(dict(line, peak_rss_mb=round(peak * 1024 / 1e6, 1))))' "$python" "$peer" "$@"
}

# peer_best MODEL BATCH THREADS PRECISION: the fastest of its settings, in $best and $best_setting.
peer_best() {
    best= best_setting=-
    [ $have_peer = yes ] || return 0
    set -- --model "$1" --batch "$2" --threads "$3" --seconds "$seconds" \
        $([ "$4" = bf16 ] && echo --bf16)
    for blas in 1 2; do
        for wait in active passive; do
            line=$(OPENBLAS_NUM_THREADS=$blas OMP_WAIT_POLICY=$wait peer_once "$@") || continue
            larger "$(field images_per_s "$line")" "$(field images_per_s "$best")" || continue
            best=$line best_setting=blas$blas-$wait
        done
    done
}

row='%-9s %5s %7s %-5s %10s %8s %8s %8s %8s %10s %-14s %6s %8s %6s\n'
printf "$row" model batch threads type images/s GFLOP/s sgemm share MB peer its-setting ratio its-MB ratio
for case in "$@"; do
    model=${case%%:*} batch=${case##*:}
    for precision in ${PRECISIONS:-f32}; do
        for threads in ${THREADS:-1 2}; do
            ours=$("$program" bench --model "$model" --batch "$batch" --threads "$threads" \
                --precision "$precision" --seconds "$seconds" --json) || exit
            peer_best "$model" "$batch" "$threads" "$precision"
            speed=$(field images_per_s "$ours") memory=$(field peak_rss_mb "$ours")
            printf "$row" "$model" "$batch" "$threads" "$precision" "$speed" \
                "$(field gflops "$ours")" "$(field sgemm_gflops "$ours")" \
                "$(field fraction "$ours")" "$memory" \
                "$(field images_per_s "$best")" "$best_setting" \
                "$(ratio "$speed" "$(field images_per_s "$best")")" \
                "$(field peak_rss_mb "$best")" "$(ratio "$memory" "$(field peak_rss_mb "$best")")"
        done
    done
done
