#!/bin/sh
# Makes ./configure (autoreconf). With a word it goes the whole way from a bare Debian or Ubuntu:
#   ./autogen.sh run [ARGUMENTS]   install what is missing, build in ./build, start ./build/maskscope
#   ./autogen.sh check             the same, and run the tests
#   ./autogen.sh packages          only install what is missing (apt, with sudo when not root)
set -eu
cd "$(dirname "$0")"

# What building and running take, and what the tests take besides.
build_packages="autoconf automake make gcc libc6-dev pkg-config libncurses-dev libsdl2-dev
libsdl2-ttf-dev libfontconfig-dev fonts-dejavu-core libopenblas-dev libpng-dev libjpeg62-turbo-dev
libgsl-dev libsqlite3-dev libyaml-dev libjansson-dev"
test_packages="libcmocka-dev sqlite3 python3 tmux procps"

stop() {
    echo "autogen.sh: $1" >&2
    exit 69
}

# Elsewhere than on Debian: says what is needed; configure will name any library that is missing.
ask_for_packages() {
    {
        echo "autogen.sh: no apt-get here. Under their Debian names, these packages are needed:"
        echo $* | fold -s -w 76 | sed 's/^/    /'
    } >&2
    for tool in autoreconf automake make cc pkg-config; do
        command -v $tool >/dev/null || stop "$tool is missing; install the packages above"
    done
}

is_installed() {
    dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q 'ok installed'
}

install_packages() {
    if ! command -v apt-get >/dev/null; then
        ask_for_packages "$@"
        return
    fi
    missing=
    for package in "$@"; do
        is_installed "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || stop "no sudo; as root, run: apt-get install$missing"
        as_root=sudo
    fi
    echo "autogen.sh: installing$missing" >&2
    $as_root apt-get update -q >&2
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends $missing >&2
}

build() {
    [ -x configure ] && [ configure -nt configure.ac ] || autoreconf --install --warnings=all
    mkdir -p build
    [ -f build/config.status ] || (cd build && ../configure --quiet)
    make -C build -s -j "$(nproc)" "$@"
}

case "${1-}" in
'')
    exec autoreconf --install --force --warnings=all ;;
packages)
    install_packages $build_packages $test_packages ;;
run)
    shift
    install_packages $build_packages
    build all
    exec ./build/maskscope "$@" ;;
check)
    install_packages $build_packages $test_packages
    build check ;;
*)
    sed -n '2,5s/^# \{0,1\}//p' "$0"
    exit 64 ;;
esac
