#!/bin/sh
# Set up what is missing (torch and torchvision included) and run the tests, offscreen.
# Arguments are passed on to pytest: "packaging/test.sh -m slow" runs the longer proofs. Without any,
# the window's tests run beside all others, since hardly a test uses more than one core; imports are
# killed in mid-work when nothing else runs, since on a busy machine the moment is seldom met.
set -eu
cd "$(dirname "$0")/.."
. packaging/environment.sh
prepare_environment "[train,test]"
export QT_QPA_PLATFORM=offscreen
if [ $# -gt 0 ]; then
    exec .venv/bin/python -m pytest "$@"
fi
said=$(mktemp)
.venv/bin/python -m pytest tests/ui >"$said" 2>&1 &
window=$!
trap 'kill $window 2>/dev/null || true; rm -f "$said"' EXIT
trap 'exit 130' INT TERM
status=0
.venv/bin/python -m pytest --ignore=tests/ui --ignore=tests/test_killed_import.py || status=$?
wait $window || status=$?
cat "$said"
.venv/bin/python -m pytest tests/test_killed_import.py || status=$?
exit $status
