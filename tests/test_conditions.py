"""The program where little is allowed: full disks, read-only homes and installs, odd names, no network.

Each runs in a mount namespace of its own, as its root, in a process of its own.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def can_mount() -> bool:
    """Whether this user may mount a drive, read-only too, in a namespace of its own."""
    if not shutil.which("unshare"):
        return False
    asked = "mount -t tmpfs tmpfs /tmp && mount -o remount,ro /tmp && mount --bind /usr /opt"
    done = subprocess.run(["unshare", "-rmn", "sh", "-c", asked], capture_output=True, check=False)
    return done.returncode == 0


pytestmark = pytest.mark.skipif(not can_mount(), reason="no drive can be mounted here")

# $DRIVE is 300 kB, or as large as $SIZE says; $PROGRAM is this program, and read-only.
AROUND = """
set -e
mount -t tmpfs -o size=${SIZE:-300k} tmpfs "$DRIVE"
mount --bind "$ROOT" "$PROGRAM"; mount -o remount,bind,ro "$PROGRAM"
export HOME="$DRIVE/家 home" PYTHONPATH="$PROGRAM"
mkdir "$HOME"; cd "$DRIVE"
"""
FILL = 'head -c 100000000 /dev/zero > "$DRIVE/filler" 2>/dev/null || true\n'
BAR = 'cd /; mount -o remount,ro "$DRIVE"\n'

WINDOW = """
import json, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import conftest
from PySide6.QtCore import QTimer
from fabricfinder.finder import Finder
from fabricfinder.ui import app
app.make_finder = lambda: Finder(encoder_source=conftest.FakeEncoder)
application = app.application()
def look():
    window = next(w for w in application.topLevelWidgets() if w.objectName() == "mainWindow")
    if window.desk.encoder is not None:
        timer.stop()
        window.commands.choose_theme("dark")
        print(json.dumps(window.banners.shown()), flush=True)
        window.close()
timer = QTimer(interval=50)
timer.timeout.connect(look)
timer.start()
raise SystemExit(app.run())
"""


@pytest.fixture
def inside(tmp_path):
    """Runs a shell script in such surroundings; returns the process, which must have ended well."""
    places = {"DRIVE": tmp_path / "drive", "PROGRAM": tmp_path / "程序 files" / "纹 finder"}
    for place in places.values():
        place.mkdir(parents=True)

    def run(script: str, **variables: str) -> subprocess.CompletedProcess:
        cleared = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "MPL"))}
        env = cleared | {k: str(v) for k, v in places.items()} | variables | {
            "ROOT": str(ROOT), "PYTHON": sys.executable, "QT_QPA_PLATFORM": "offscreen",
        }  # fmt: skip
        done = subprocess.run(
            ["unshare", "-rmn", "sh", "-c", AROUND + script], env=env, capture_output=True,
            text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout
        return done

    return run


@pytest.fixture
def window_script(tmp_path) -> str:
    """Runs the window until it is awake; prints its banners."""
    script = tmp_path / "window.py"
    script.write_text(WINDOW.format(tests=str(Path(__file__).parent)))
    return f'"$PYTHON" "{script}"\n'


@pytest.mark.parametrize(
    ("how", "why"), [(BAR, "Read-only file system"), (FILL, "No space left on device")]
)
def test_a_home_that_cannot_be_written_is_one_sentence(inside, window_script, how, why) -> None:
    done = inside(how + window_script)
    banners = json.loads(done.stdout)
    assert list(banners) == ["kept"]
    assert why in banners["kept"] and "everything else works" in banners["kept"]
    assert "Traceback" not in done.stderr


def test_what_was_kept_survives_a_disk_that_fills(inside, window_script) -> None:
    """Settings are replaced whole or not at all."""
    done = inside(window_script + FILL + window_script + 'find "$HOME" -name settings.ini -exec cat {} +')
    first, second, *settings = done.stdout.splitlines()
    assert json.loads(first) == {} and "kept" in json.loads(second)
    assert "theme=dark" in settings and "geometry" in "".join(settings)


def test_from_a_read_only_install_with_an_odd_name_and_no_network(
    inside, swatch_folder, tmp_path
) -> None:
    """Import, search and a sheet with drawings, by the model that ships."""
    out = tmp_path / "样 out"
    out.mkdir()
    query = swatch_folder / "swatch-03.png"
    done = inside(f"""
        "$PYTHON" -c 'import fabricfinder; print(fabricfinder.__file__)'
        "$PYTHON" -m fabricfinder import --library "{out}/库 a" "{swatch_folder}"
        "$PYTHON" -m fabricfinder query --library "{out}/库 a" --json "{query}"
        "$PYTHON" -m fabricfinder sheet --library "{out}/库 a" --query "{query}" --plots \
            --out "{out}/页 b.pdf"
        find "$HOME" -type f
    """, SIZE="4m")  # fmt: skip
    place, imported, found, _, *written = done.stdout.splitlines()
    assert place.startswith(str(tmp_path / "程序 files"))
    assert imported.startswith("12 imported")
    assert json.loads(found)["results"][0]["path"] == str(query)
    assert (out / "页 b.pdf").read_bytes().startswith(b"%PDF")
    assert all("/.cache/fabricfinder/" in path for path in written), written
    assert done.stderr == ""


def test_a_library_on_a_full_disk_is_read_and_its_files_stay_whole(
    inside, swatch_folder, tmp_path
) -> None:
    one, other = swatch_folder / "swatch-01.png", swatch_folder / "swatch-02.png"
    done = inside(f"""
        "$PYTHON" -m fabricfinder import --library lib "{one}"
        echo before > labels.csv
        {FILL}
        "$PYTHON" -m fabricfinder query --library lib --json "{one}"
        "$PYTHON" -m fabricfinder import --library lib "{other}" || echo refused
        "$PYTHON" -m fabricfinder labels export --library lib labels.csv || echo refused
        "$PYTHON" -m fabricfinder sheet --library lib --query "{one}" --out a.xlsx || echo refused
        ls -A; cat labels.csv; rm filler
        "$PYTHON" -m fabricfinder import --library lib "{other}"
    """, SIZE="2m")  # fmt: skip
    _, found, *middle, again = done.stdout.splitlines()
    assert json.loads(found)["results"][0]["path"] == str(one)
    assert middle == ["refused"] * 3 + ["filler", "labels.csv", "lib",
                                        "家 home", "before"]  # fmt: skip
    assert again.startswith("1 imported")
    sentences = done.stderr.splitlines()
    assert len(sentences) == 3 and all("full" in s or "No space" in s for s in sentences), sentences
