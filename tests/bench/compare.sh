#!/bin/sh
# Training speed beside a PyTorch model of the same size, by turns on this machine:
#
#     compare.sh [MODEL:BATCH]...                  (tiny64:64, unless others are named)
#
# MASKSCOPE is the program (./maskscope), PEER the script that times PyTorch
# ($TEST_SHARED/peer/bench_torch.py; ../shared without TEST_SHARED), THREADS the numbers of threads
# ("1 2"), PRECISIONS what to train in ("f32"), SECONDS_EACH the length of a turn (2) and REPEATS the
# turns of a measurement (3). The peer is measured with several settings of its libraries (SETTINGS:
# threads of OpenBLAS, no more than THREADS, and how OpenMP waits, "1-active 1-passive 2-active
# 2-passive"; 2-active-openmp is with OpenBLAS's openmp flavour, whose folder is OPENMP_BLAS) and
# given the best of them; the program is measured before each of these, and given the median (the
# slower of the middle two). Where there is no PyTorch, or it has no such model, its columns stay
# empty.
#
# Measure on a quiet machine; tests do not run this.
set -u
program=${MASKSCOPE:-./maskscope}
peer=${PEER:-${TEST_SHARED:-$(dirname "$0")/../../../shared}/peer/bench_torch.py}
python=${PYTHON:-/usr/bin/python3}
seconds=${SECONDS_EACH:-2} repeats=${REPEATS:-3}
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

# ours_once MODEL BATCH THREADS PRECISION: one more measurement, in $all.
ours_once() {
    line=$("$program" bench --model "$1" --batch "$2" --threads "$3" --precision "$4" \
        --seconds "$seconds" --repeats "$repeats" --set data.cache=0 --json) || exit
    all="$all$(field images_per_s "$line") $line
"
}

# peer_setting SETTING MODEL BATCH THREADS PRECISION: the faster one into $best and $best_setting.
peer_setting() {
    setting_waits=${1#*-}
    case $1 in *-openmp) libraries=${OPENMP_BLAS:?} ;; *) libraries=${LD_LIBRARY_PATH:-} ;; esac
    line=$(OPENBLAS_NUM_THREADS=${1%%-*} OMP_WAIT_POLICY=${setting_waits%-openmp} \
        LD_LIBRARY_PATH=$libraries peer_once --model "$2" --batch "$3" --threads "$4" \
        --seconds "$seconds" --repeats "$repeats" $([ "$5" = bf16 ] && echo --bf16)) || return 0
    larger "$(field images_per_s "$line")" "$(field images_per_s "$best")" || return 0
    best=$line best_setting=blas$1
}

# measure MODEL BATCH THREADS PRECISION: both by turns, into $ours and $best.
measure() {
    all='' best='' best_setting=-
    count=0
    for setting in ${SETTINGS:-1-active 1-passive 2-active 2-passive}; do
        [ "${setting%%-*}" -le "$3" ] || continue
        ours_once "$@"
        [ $have_peer = no ] || peer_setting "$setting" "$@"
        count=$((count + 1))
    done
    ours=$(printf '%s' "$all" | sort -n | sed -n "$(((count + 1) / 2))s/^[^ ]* //p")
}

row='%-9s %5s %7s %-5s %10s %8s %8s %8s %8s %10s %-20s %6s %8s %6s\n'
printf "$row" model batch threads type images/s GFLOP/s sgemm share MB peer its-setting ratio its-MB ratio
for case in "$@"; do
    model=${case%%:*} batch=${case##*:}
    for precision in ${PRECISIONS:-f32}; do
        for threads in ${THREADS:-1 2}; do
            measure "$model" "$batch" "$threads" "$precision"
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
