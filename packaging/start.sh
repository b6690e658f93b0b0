#!/bin/sh
# Set up what is missing and open fabricfinder on its demo library (without torch).
# Without a display it says so, and proves the main job headless: demo library, one search, a picture
# of the window. Arguments are passed on to fabricfinder: "packaging/start.sh --library DIR".
set -eu
cd "$(dirname "$0")/.."
. packaging/environment.sh
prepare_environment ""
if [ $# -eq 0 ]; then set -- demo; fi
exec .venv/bin/python -m fabricfinder "$@"
