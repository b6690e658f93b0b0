# Shared by start.sh and test.sh: bring in what is missing, keep everything else in .venv.
# Usage: . packaging/environment.sh; prepare_environment EXTRAS
# EXTRAS is "" or like "[train,test]".

# Qt's libraries on Debian and Ubuntu. libgl1/libegl1: painting. libxcb-*/libxkbcommon*: windows.
# libdbus: themes. libpulse: QtMultimedia. fonts: a bare machine has none.
QT_PACKAGES="libgl1 libegl1 libglib2.0-0 libfontconfig1 libdbus-1-3 libxkbcommon0 libxkbcommon-x11-0 \
libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 \
libxcb-shape0 libxcb-xinerama0 libxcb-xfixes0 libpulse0 fonts-dejavu-core fonts-noto-cjk \
fonts-noto-color-emoji"
# SANE and its virtual scanner, which the scanner's tests scan with; qpdf and poppler read sheets back.
TEST_PACKAGES="libsane1 sane-utils qpdf poppler-utils"

say() { printf '%s\n' "$*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1; then sudo "$@"
    else
        say "These system packages are missing and need an administrator: $missing"
        exit 1
    fi
}

install_system_packages() {
    command -v dpkg-query >/dev/null 2>&1 || return 0 # not Debian: Qt's needs are in the README
    missing=""
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing="$missing $package"
    done
    [ -z "$missing" ] && return 0
    say "Installing system packages:$missing"
    as_root apt-get update -qq
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
}

find_python() {
    for candidate in python3.11 python3.12 python3.13 python3; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    say "Python 3.11 or newer is needed and was not found."
    exit 1
}

# Say it before minutes of downloading when the disk cannot hold what comes: what is installed, and
# what pip unpacks on the way. Only a warning: part of it may be there already.
warn_of_little_room() {
    needed_gb="$1"
    for folder in . "${TMPDIR:-/tmp}"; do
        free_kb="$(df -Pk "$folder" 2>/dev/null | awk 'NR == 2 { print $4 }')"
        if [ -n "$free_kb" ] && [ "$free_kb" -lt $((needed_gb * 1024 * 1024)) ]; then
            say "Only $((free_kb / 1024)) MB are free where $folder lies; about $needed_gb GB are needed." \
                "If the installation fails, free some room there and run this again: it goes on."
            return 0
        fi
    done
}

prepare_environment() {
    extras="$1"
    case "$(uname -s)" in Linux) install_system_packages $QT_PACKAGES ;; esac
    case "$(uname -s) $extras" in Linux*test*) install_system_packages $TEST_PACKAGES ;; esac
    python="$(find_python)"
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        install_system_packages python3-venv
    fi
    if [ ! -x .venv/bin/python ]; then
        "$python" -m venv .venv || exit 1
    fi
    # A stamp of what was installed, so that the second start installs nothing. An environment
    # with extras serves a start that asks for none.
    wanted="$(cat pyproject.toml packaging/constraints.txt | cksum)"
    installed="$(cat .venv/installed 2>/dev/null || true)"
    if [ "$installed" = "$wanted $extras" ]; then return 0; fi
    if [ -z "$extras" ] && [ "$installed" = "$wanted [train,test]" ]; then return 0; fi
    say "Installing fabricfinder's Python packages into .venv (a few minutes the first time)"
    case "$extras" in *train*) warn_of_little_room 10 ;; *) warn_of_little_room 2 ;; esac
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        -c packaging/constraints.txt -e ".$extras" >&2 || exit 1
    printf '%s' "$wanted $extras" >.venv/installed
}
