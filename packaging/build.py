"""Builds a bundle that needs no Python, tries it, measures it, and packs it.

    python packaging/build.py standard           # dist/standard/…: folder, .tar.gz, and .deb on Debian
    python packaging/build.py studio [--torch torch==2.13.0]

An environment of its own is made under build/, so that nothing else can slip in. The build fails
where a package's licence forbids shipping, where the bundle is larger than promised, or where what
it made does not pass its own self-check.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bundle import FLAVOURS, Flavour, version

ROOT = Path(__file__).resolve().parents[1]
PYINSTALLER = "pyinstaller==6.22.3"
PAINT_S = 3.0
SYSTEMS = {"darwin": "macos", "win32": "windows"}
MEGABYTE = 1_000_000
SHARES = ("PySide6", "cv2", "opencv_python_headless.libs", "torch", "numpy", "numpy.libs",
          "onnxruntime", "matplotlib", "PIL", "pillow.libs", "resources")  # fmt: skip


def run(*command: object, **options: object) -> None:
    """Run a command that must succeed."""
    print("+", *command, flush=True)
    subprocess.run([str(part) for part in command], check=True, **options)


def environment(flavour: Flavour, torch: str) -> Path:
    """An environment with the program, its extra and PyInstaller; returns its Python."""
    home = ROOT / "build" / f"environment-{flavour.name}"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(home, with_pip=True)
    constraints = ROOT / "build" / f"constraints-{flavour.name}.txt"
    lines = (ROOT / "packaging" / "constraints.txt").read_text().splitlines()
    # A build of torch for the processor has no torchvision beside it, and a version of its own.
    own = re.compile(r"torch(vision)?==") if torch else re.compile(r"\0")
    constraints.write_text("\n".join(line for line in lines if not own.match(line)) + "\n")
    wanted: list[object] = [f"{ROOT}[{flavour.extra}]" if flavour.extra and not torch else ROOT]
    if torch:
        wanted += [torch, "safetensors", "onnx"]
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "-c", constraints, PYINSTALLER, *wanted)  # fmt: skip
    # The program itself is taken from this folder, never from a copy.
    run(python, "-m", "pip", "uninstall", "--quiet", "--yes", "fabricfinder")
    return python


def version_file(path: Path) -> None:
    """Windows' version resource."""
    numbers = ", ".join((version().split(".") + ["0"] * 4)[:4])
    said = {
        "CompanyName": "fabricfinder", "FileDescription": "Find the historical cloth nearest to a scrap",
        "FileVersion": version(), "InternalName": "fabricfinder", "OriginalFilename": "fabricfinder.exe",
        "LegalCopyright": "Apache License 2.0", "ProductName": "fabricfinder",
        "ProductVersion": version(),
    }  # fmt: skip
    strings = ", ".join(f"StringStruct({name!r}, {text!r})" for name, text in said.items())
    path.write_text(
        f"VSVersionInfo(ffi=FixedFileInfo(filevers=({numbers}), prodvers=({numbers})), kids=["
        f"StringFileInfo([StringTable('040904B0', [{strings}])]), "
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n"
    )


def freeze(flavour: Flavour, python: Path) -> Path:
    """Icons, notices, version resource, then PyInstaller; returns the bundle's folder."""
    build, dist = ROOT / "build", ROOT / "dist" / flavour.name
    run(python, ROOT / "packaging" / "icons.py", "--into", build / "icons")
    run(python, ROOT / "packaging" / "notices.py", "--flavour", flavour.name, "--version", version(),
        "--out", build / "notices" / flavour.name / "NOTICES.txt")  # fmt: skip
    version_file(build / "version_info.txt")
    run(python, ROOT / "packaging" / "headers.py", "--into", build / "headers")
    run(python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
        "--distpath", dist, "--workpath", build / f"work-{flavour.name}",
        ROOT / "packaging" / "fabricfinder.spec",
        env=os.environ | {"FABRICFINDER_FLAVOUR": flavour.name})  # fmt: skip
    bundle = dist / "fabricfinder"
    strip(bundle / "inside")
    for name in ("NOTICES.txt", "LICENSE", "CHANGELOG.md"):  # where somebody would look
        shutil.copyfile(bundle / "inside" / name, bundle / name)
        (bundle / "inside" / name).unlink()
    return bundle


def strip(folder: Path) -> None:
    """Take the debugger's symbols from Python and its extension modules, 40 MB of them.

    Other libraries stay as they are: their wheels' makers moved things in them after linking, and
    stripped they no longer load (tried with OpenBLAS: “not page-aligned”).
    """
    if not sys.platform.startswith("linux") or not shutil.which("strip"):
        return
    extensions = (p for p in folder.rglob("*.so") if ".cpython-" in p.name)
    for path in (*folder.glob("libpython*"), *extensions):
        if not path.is_symlink():
            subprocess.run(["strip", "--strip-unneeded", path], check=True)


def size_of(folder: Path) -> int:
    """Bytes of everything under a folder; a link counts nothing."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink())


def size_table(bundle: Path) -> list[tuple[str, float]]:
    """What takes how many MB, largest first, and the sum."""
    inside = bundle / "inside"
    sizes = {name: size_of(inside / name) for name in SHARES if (inside / name).exists()}
    total = size_of(bundle)
    rows = sorted(((n, s / MEGABYTE) for n, s in sizes.items()), key=lambda row: -row[1])
    return [*rows, ("the rest", (total - sum(sizes.values())) / MEGABYTE),
            ("all, unpacked", total / MEGABYTE)]  # fmt: skip


@contextmanager
def scratch_home() -> Iterator[dict[str, str]]:
    """The variables of a user with an empty home, an unused screen where there is none, no Python."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV", "XDG_"))}
    with tempfile.TemporaryDirectory(prefix="home of 安娜 ", ignore_cleanup_errors=True) as home:
        yield kept | {"HOME": home, "USERPROFILE": home, "LOCALAPPDATA": home, "APPDATA": home}


def program(bundle: Path) -> Path:
    """The bundle's program with a console."""
    return bundle / ("fabricfinder-cli.exe" if os.name == "nt" else "fabricfinder")


def self_check(bundle: Path, keep: Path) -> dict:
    """Let the bundle check itself; returns what it said.

    Raises:
        SystemExit: a part failed.
    """
    with scratch_home() as variables:
        variables["QT_QPA_PLATFORM"] = "offscreen"
        done = subprocess.run(
            [program(bundle), "self-check", "--json", "--keep", keep], env=variables,
            capture_output=True, text=True, encoding="utf-8", cwd=variables["HOME"],
        )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"The bundle does not pass its self-check:\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1] if done.stdout.count("\n") else done.stdout)


def first_paint(bundle: Path, times: int = 5) -> list[float]:
    """Seconds from starting the bundle to its window's first paint, each with a fresh home.

    The first is with the bundle's files not yet read since it was made, as far as can be.
    """
    seconds = []
    for _ in range(times):
        with scratch_home() as variables:
            if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
                variables["QT_QPA_PLATFORM"] = "offscreen"
            began = time.time()
            child = subprocess.Popen([program(bundle)], env=variables, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)  # fmt: skip
            try:
                painted = _painted(Path(variables["HOME"]), child)
            finally:
                child.terminate()
                child.wait(20)
            seconds.append(painted - began)
    return seconds


def _painted(home: Path, child: subprocess.Popen) -> float:
    """When the log under a home says that the window was painted, as time.time()."""
    line = re.compile(r"^([\d-]+ [\d:]+,\d+) \S+ First paint", re.MULTILINE)
    for _ in range(1200):
        for log in home.rglob("fabricfinder.log"):
            if found := line.search(log.read_text("utf-8", "replace")):
                return datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S,%f").timestamp()
        if child.poll() is not None:
            break
        time.sleep(0.05)
    raise SystemExit(f"The window was not painted; the program ended with {child.poll()}.")


def pack(bundle: Path, flavour: Flavour) -> list[Path]:
    """An archive of the bundle and, where dpkg-deb is at hand, a .deb; returns their paths."""
    name = f"fabricfinder-{version()}-{flavour.name}-{SYSTEMS.get(sys.platform, sys.platform)}"
    if sys.platform == "win32":
        shutil.copyfile(ROOT / "packaging" / "open-with.ps1", bundle / "open-with.ps1")
        return [Path(shutil.make_archive(str(bundle.parent / name), "zip", bundle.parent, bundle.name))]
    app = bundle.with_suffix(".app")
    archive = bundle.parent / f"{name}.tar.gz"
    with tarfile.open(archive, "w:gz", compresslevel=6) as tar:
        if app.exists():  # macOS
            tar.add(app, arcname=app.name)
        else:
            tar.add(bundle, arcname=f"fabricfinder-{version()}")
    made = [archive]
    if shutil.which("dpkg-deb"):
        from deb import build_deb

        made.append(build_deb(bundle, bundle.parent, flavour.name))
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Build, try, measure, pack; prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("flavour", choices=tuple(FLAVOURS), nargs="?", default="standard")
    parser.add_argument("--torch", default="", help="studio: which torch, e.g. a build for the processor")
    parser.add_argument("--no-archive", action="store_true")
    arguments = parser.parse_args(argv)
    flavour = FLAVOURS[arguments.flavour]
    (ROOT / "build").mkdir(exist_ok=True)
    python = environment(flavour, arguments.torch)
    bundle = freeze(flavour, python)
    made = [] if arguments.no_archive else pack(bundle, flavour)

    print(f"\nfabricfinder {version()}, {flavour.name}: {bundle}")
    sizes = size_table(bundle)
    for name, size in sizes:
        print(f"  {name:<28} {size:8.1f} MB")
    for path in made:
        print(f"  {path.name:<28} {path.stat().st_size / MEGABYTE:8.1f} MB packed")
    paints = first_paint(bundle)
    print("  first paint, fresh home:     ", *(f"{s:.2f}" for s in paints), "s")
    said = self_check(bundle, bundle.parent / "self-check")
    for part in said["parts"]:
        print(f"  {'ok' if part['ok'] else 'FAILED':<6} {part['part']:<10} {part['seconds']:6.1f} s  {part['says']}")
    if flavour.limit_mb is not None and sizes[-1][1] > flavour.limit_mb:
        print(f"Larger than the {flavour.limit_mb:.0f} MB that were promised.", file=sys.stderr)
        return 1
    if sorted(paints)[len(paints) // 2] > PAINT_S:
        print(f"The window takes longer than {PAINT_S:.0f} s to appear.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
