#!/bin/sh
# Three programs that read the code and find what tests do not: cppcheck, clang-tidy (its checks are
# in .clang-tidy) and gcc -fanalyzer. `make analyse` in a build folder runs them over every source,
# which takes minutes; `make analyse ANALYSERS=gcc ANALYSED='src/run/*.c'` some over some sources.
# Where one is wrong, the reason stands beside the code (NOLINT), in cppcheck.txt or in gcc.txt. Ends
# with 0 when nothing else is left, 1 when something is, 2 when a program is missing or broke down.
#
# analyse.sh SOURCE_FOLDER FLAG... <LIST_OF_SOURCES
# Environment: CC; ANALYSERS; ANALYSED (patterns); ANALYSE_JOBS (as many as processors)
# shellcheck disable=SC2317 # the analysers' functions are called by a variable
set -u
top=$1 here=$1/tests/analyse
shift
CC=${CC-gcc}
LC_ALL=C CCACHE_DISABLE=1 # gcc writes its quotation marks as ASCII, and must look, not remember
export CC LC_ALL CCACHE_DISABLE

work=$(mktemp -d "${TMPDIR-/tmp}/maskscope-analyse-XXXXXX") || exit 2
trap 'rm -rf "$work"' 0
trap 'exit 2' 1 2 15
status=0

# worse STATUS: what the end is, if nothing worse was before.
worse() { [ "$status" -ge "$1" ] || status=$1; }

# Of the names in the tree, those of sources that are wanted.
choose() {
    tr -s ' ' '\n' | sort -u | while read -r file; do
        case $file in *.h) continue ;; esac
        set -f
        for pattern in ${ANALYSED:-*}; do
            # shellcheck disable=SC2254 # it is a pattern
            case $file in $pattern) echo "$top/$file" && break ;; esac
        done
    done
}

# on_each COMMAND FLAG...: for each source, with its name first; side by side, outputs kept apart.
on_each() {
    command=$1
    shift
    rm -rf "$work/outputs"
    mkdir "$work/outputs"
    # shellcheck disable=SC2016 # the inner shell's
    xargs -P "${ANALYSE_JOBS:-$(nproc 2>/dev/null || echo 1)}" -I '{}' sh -c '
        command=$2 file=$3 KNOWN=
        output=$1/$(echo "$file" | sed "s|^[./]*||; s|/|_|g")
        shift 3
        case $file in *base/error.c) ;; *) KNOWN="-include $0/known.h" ;; esac
        case $file in *tests/unit/*) KNOWN="$KNOWN -DKNOWN_TEST" ;; esac
        eval "$command" >"$output.out" 2>"$output.err" || echo "$file" >"$output.bad"
    ' "$here" "$work/outputs" "$command" '{}' "$@" <"$work/sources" ||
        worse 2
}

# What stands in the list, but for comments: an exception a line.
exceptions() { sed -e 's/#.*//' -e 's/ *$//' -e '/^$/d' "$1"; }

run_cppcheck() {
    for flag; do # headers of the system take long, and do not pass as C
        shift
        case $flag in -I/*) ;; *) set -- "$@" "$flag" ;; esac
    done
    cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability \
        --suppressions-list="$here/cppcheck.txt" --error-exitcode=1 --file-list="$work/sources" \
        --library=posix --library=gnu --include="$here/known.h" -D__cppcheck__ "$@" 2>&1 || worse 1
}

run_clang_tidy() {
    # Older ones do not know the levels of x86-64 by name, and skip what they cannot compile.
    # shellcheck disable=SC2016 # the inner shell's
    on_each 'clang-tidy --quiet "$file" -- -std=gnu17 -Wno-unused-value $KNOWN "$@" \
        "-D__builtin_cpu_supports(level)=1"' "$@"
    cat "$work"/outputs/*.out
    for bad in "$work"/outputs/*.bad; do
        [ -e "$bad" ] || continue
        worse 1
        [ -s "${bad%.bad}.out" ] || cat "${bad%.bad}.err"
    done
}

# Findings of one source's output (see gcc.txt for what tells them apart) that are not in the list of
# exceptions; the exceptions that were met go to a file.
unexplained() {
    awk -v top="$top/" -v list="$work/exceptions" -v met="$work/met" '
        FILENAME == list { known[$1 " " $2] = 1; next }
        match($0, /In function .[^.'"'"']*/) {
            where = substr($0, RSTART + 13, RLENGTH - 13)
            heading = $0
        }
        /: (warning|error): / {
            file = $0
            sub(/:.*/, "", file)
            if (index(file, top) == 1) file = substr(file, length(top) + 1)
            kind = $NF
            gsub(/^\[-W|\]$/, "", kind)
            key = file ":" where " " kind
            shown = !(key in known)
            if (shown && heading) print heading
            if (!shown) print key >>met
            heading = ""
            found += shown
        }
        shown && !/In function/
        END { exit found > 0 }
    ' "$work/exceptions" "$1" || worse 1
}

run_gcc() {
    exceptions "$here/gcc.txt" >"$work/exceptions"
    : >"$work/met"
    # Optimised, what is not initialised may be gone before the analyser sees it.
    # shellcheck disable=SC2016 # the inner shell's
    on_each '$CC -std=gnu17 -O0 -fanalyzer -c -o /dev/null $KNOWN "$@" "$file"' "$@"
    while read -r file; do
        output=$work/outputs/$(echo "$file" | sed 's|^[./]*||; s|/|_|g')
        [ ! -e "$output.bad" ] || worse 2
        unexplained "$output.err"
    done <"$work/sources"
    [ -n "${ANALYSED-}" ] || grep -vxFf "$work/met" "$work/exceptions" |
        sed 's/$/: no longer said: take it out of gcc.txt/'
}

choose >"$work/sources"
[ -s "$work/sources" ] || {
    echo "analyse: no source is called ${ANALYSED-}" >&2
    exit 2
}
for analyser in ${ANALYSERS:-cppcheck clang-tidy gcc}; do
    case $analyser in
    cppcheck) program=cppcheck run=run_cppcheck ;;
    clang-tidy) program=clang-tidy run=run_clang_tidy ;;
    gcc) program=$CC run=run_gcc ;;
    *)
        echo "analyse: '$analyser' is not one of cppcheck, clang-tidy, gcc" >&2
        exit 2
        ;;
    esac
    if ! command -v "${program%% *}" >/dev/null; then
        echo "analyse: $program is not installed (Debian: apt install $analyser)" >&2
        worse 2
        continue
    fi
    echo "== $analyser: $(wc -l <"$work/sources") sources"
    $run "$@"
done
case $status in
0) echo "== nothing that is not explained" ;;
1) echo "== something is not explained" ;;
*) echo "== something could not be run" ;;
esac
exit "$status"
