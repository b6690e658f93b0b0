#!/bin/sh
# Set up what is missing (torch and torchvision included) and run the tests, offscreen.
# Arguments are passed on to pytest: "packaging/test.sh -m slow" runs the longer proofs.
set -eu
cd "$(dirname "$0")/.."
. packaging/environment.sh
prepare_environment "[train,test]"
export QT_QPA_PLATFORM=offscreen
exec .venv/bin/python -m pytest "$@"
