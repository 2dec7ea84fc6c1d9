#!/bin/sh
# Every view and menu of the panel on terminals of several kinds and sizes, against tests/ui/golden:
# one file a terminal, its screens one after the other.
# GOLDEN_UPDATE=1 writes the screens anew: look at them before they are committed.
set -u
. "${TEST_SOURCE:-.}/tests/ui/terminal.sh"

views="training arms statistics masks images timeline settings log"
heading="=== "

# open SCREEN: from any other one. Lists that grow with the program are filtered.
open_screen() {
    case $1 in
    help) keys '?' / ratio Enter ;;
    settings) keys : "view settings" Enter / data.m Enter ;;
    strategies) keys : "view arms" Enter s / block Enter ;;
    laws) keys : "view arms" Enter l ;;
    law-editor) keys : "view arms" Enter l Enter j Right ;;
    strategy-editor)
        keys : "view arms" Enter s
        type_in / perlin
        keys Enter Right j j Right
        ;;
    masks-block) keys : "view masks" Enter j ;;
    zoomed) keys : "view images" Enter z ;;
    *) keys : "view $1" Enter ;;
    esac
}

close_screen() {
    case $1 in
    laws) keys Escape ;;
    help | strategies | law-editor | strategy-editor) keys Escape Escape ;;
    masks-block) keys : "view masks" Enter j ;;
    zoomed) keys z ;;
    esac
}

check_screen() { # GOLDEN SCREEN NAME
    open_screen "$2"
    if [ -n "${GOLDEN_UPDATE-}" ]; then
        settled "$work/new"
        { echo "$heading$2"; cat "$work/new"; } >>"$1"
    fi
    awk -v wanted="$heading$2" -v mark="$heading" '
        index($0, mark) == 1 { found = $0 == wanted; next } found' "$1" >"$work/golden"
    expect_same "$work/golden" "$3"
    close_screen "$2"
}

check_terminal() { # WIDTH HEIGHT TERM LOCALE
    file=$golden/screens-$1x$2-$3-$4.txt
    [ -n "${GOLDEN_UPDATE-}" ] && : >"$file"
    start "$1" "$2" "$4" "$3" training
    for view in $views masks-block help strategies strategy-editor laws law-editor zoomed; do
        check_screen "$file" $view "$1x$2 $3 $4: $view"
    done
}

check_terminal 80 24 xterm-256color C.UTF-8
check_terminal 120 40 xterm-256color C.UTF-8
check_terminal 200 60 xterm-256color C.UTF-8
check_terminal 40 12 xterm-256color C.UTF-8
check_terminal 80 24 xterm-16color C.UTF-8
check_terminal 80 24 screen C.UTF-8
check_terminal 200 60 screen C.UTF-8
check_terminal 80 24 linux C.UTF-8
check_terminal 200 60 linux C.UTF-8
check_terminal 80 24 vt100 C
check_terminal 120 40 vt100 C
check_terminal 200 60 vt100 C
check_terminal 40 12 vt100 C
check_terminal 80 24 xterm-256color C
echo "1..$count"
