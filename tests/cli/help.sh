#!/bin/sh
# What is written about the commands is what they take: help, manual page and completion.
. "${0%/*}/lib.sh"

program --help
commands=$(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' stdout)
# shellcheck disable=SC2086
set -- $commands
plan $(($# * 4))
manual=$TEST_SOURCE/assets/maskscope.1.in
completion=$TEST_SOURCE/assets/bash-completion/maskscope

# The long options that a command's help tells of, but for those of every command.
options_of() {
    program "$1" --help
    sed -n 's/^  \( *\|-[a-z], \)--\([a-z-]*\).*/\2/p' stdout | grep -Evx 'quiet|verbose|help'
}
completes() {
    for completes_option in $(options_of "$1"); do
        sed -n "s/^ *$1) options+='\(.*\)' ;;/\1 /p" "$completion" |
            grep -q -- " --$completes_option " || return 1
    done
}
explains() {
    for explains_option in $(options_of "$1"); do
        grep -q -- "--$explains_option" manual || return 1
    done
}

sed 's/\\-/-/g' "$manual" >manual
for command in "$@"; do
    program "$command" --help
    ok "$command tells of itself, examples first" grep -q '^Examples:' stdout
    ok "the completion knows it" grep -Eq "^    local commands='.*\b$command\b" "$completion"
    ok "and its options" completes "$command"
    ok "the manual has both" explains "$command"
done
