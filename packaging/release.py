"""The release checklist: every point is checked, and the first that fails says what to do.

    .venv/bin/python packaging/release.py 0.2.0            # check, build, sum up; changes nothing
    .venv/bin/python packaging/release.py 0.2.0 --tag      # the same, then tag the commit

What a release wants: a clean tree on the branch that is released, the version in its one place and
newer than every tag, a changelog that begins with it, every string translated, the window's pictures
no older than the window, the test suite, both bundles with their self-checks, and checksums.
"""

import argparse
import hashlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bundle import FLAVOURS, version

ROOT = Path(__file__).resolve().parents[1]
NUMBERS = re.compile(r"\d+\.\d+\.\d+")


class Unready(Exception):
    """A point of the list that is not met, and what to do."""


def said_by(*command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def as_numbers(text: str) -> tuple[int, ...]:
    """``0.2.0`` -> (0, 2, 0)."""
    return tuple(map(int, text.split(".")))


def clean_tree(_: str) -> str:
    """Nothing is uncommitted."""
    if changed := said_by("git", "status", "--porcelain"):
        raise Unready(f"Commit or undo first:\n{changed}")
    return said_by("git", "log", "-1", "--format=%h %s")


def version_is(wanted: str) -> str:
    """The version stands in its one place and is newer than every tag."""
    if version() != wanted:
        raise Unready(f"fabricfinder/__init__.py says {version()}; write {wanted} and commit.")
    tags = [t[1:] for t in said_by("git", "tag", "--list", "v*").split() if NUMBERS.fullmatch(t[1:])]
    newest = max(tags, key=as_numbers, default="0.0.0")
    if as_numbers(newest) >= as_numbers(wanted):
        raise Unready(f"v{newest} is released already; take a higher number.")
    return f"{wanted}, after {newest}"


def changelog_says(wanted: str) -> str:
    """The changelog's newest section is of this version and says something."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    newest = sections[0] if sections else ""
    points = re.findall(r"^- ", newest, re.MULTILINE)
    if newest.split("\n")[0].split(" ")[0] != wanted or not points:
        raise Unready(f"CHANGELOG.md does not begin with “## {wanted}” and what a designer notices.")
    return f"{len(points)} points"


def strings_are_translated(_: str) -> str:
    """Every string of the window has its words in every language."""
    languages = sorted(path.stem for path in (ROOT / "resources" / "translations").glob("*.json"))
    for language in languages:
        done = subprocess.run(
            [sys.executable, str(ROOT / "packaging" / "translations.py"), language], cwd=ROOT,
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise Unready(f"Translate what is missing:\n{done.stdout}{done.stderr}")
    return ", ".join(languages)


def pictures_are_fresh(_: str) -> str:
    """The pictures of the README and the guide are not older than the window's last change."""
    of_window = int(said_by("git", "log", "-1", "--format=%ct", "--", "fabricfinder/ui"))
    of_pictures = int(
        said_by("git", "log", "-1", "--format=%ct", "--", "resources/pictures", "resources/guide/pictures")
    )
    if of_pictures < of_window:
        return "older than the window's last change: run packaging/screenshots.py and look at them"
    return "made after the window's last change"


def tests_pass(_: str) -> str:
    """The whole suite, as CI runs it."""
    done = subprocess.run(["bash", str(ROOT / ".ci" / "run")], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise Unready(f"The tests fail:\n{done.stdout[-3000:]}")
    return done.stdout.strip().splitlines()[-1]


def bundles_work(torch: str) -> Callable[[str], str]:
    """Both bundles are built and check themselves; ``torch`` as build.py takes it."""

    def build(_: str) -> str:
        for flavour in FLAVOURS:
            command = [sys.executable, str(ROOT / "packaging" / "build.py"), flavour]
            if flavour == "studio" and torch:
                command += ["--torch", torch]
            done = subprocess.run(command, cwd=ROOT)
            if done.returncode:
                raise Unready(f"The {flavour} bundle does not come out right; see above.")
        return " and ".join(FLAVOURS)

    return build


def checksums(_: str) -> str:
    """SHA-256 of everything packed, in dist/SHA256SUMS."""
    packed = sorted(p for p in (ROOT / "dist").glob("*/fabricfinder*") if p.is_file())
    if not packed:
        raise Unready("Nothing is packed under dist/.")
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.parent.name}/{p.name}" for p in packed]
    (ROOT / "dist" / "SHA256SUMS").write_text("\n".join(lines) + "\n")
    return f"{len(packed)} files, dist/SHA256SUMS"


def points(torch: str, quick: bool) -> Iterator[tuple[str, Callable[[str], str]]]:
    """The list, in order; ``quick`` leaves out what takes minutes."""
    yield "the tree is clean", clean_tree
    yield "the version", version_is
    yield "the changelog", changelog_says
    yield "every string is translated", strings_are_translated
    yield "the pictures", pictures_are_fresh
    if not quick:
        yield "the tests", tests_pass
        yield "the bundles", bundles_work(torch)
        yield "the checksums", checksums


def main() -> int:
    """Go down the list; 1 at the first point that is not met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("version")
    parser.add_argument("--torch", default="", help="as build.py takes it")
    parser.add_argument("--quick", action="store_true", help="without tests and bundles")
    parser.add_argument("--tag", action="store_true", help="tag the commit when all is well")
    arguments = parser.parse_args()
    if not NUMBERS.fullmatch(arguments.version):
        parser.error("a version is three numbers: 0.2.0")
    for name, check in points(arguments.torch, arguments.quick):
        try:
            print(f"ok      {name}: {check(arguments.version)}", flush=True)
        except Unready as reason:
            print(f"NOT YET {name}: {reason}", flush=True)
            return 1
    if arguments.tag:
        said_by("git", "tag", "-a", f"v{arguments.version}", "-m", f"fabricfinder {arguments.version}")
        print(f"Tagged v{arguments.version}; push it, and the build workflow packs all systems.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
