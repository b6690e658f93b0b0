"""Licence notices of everything a bundle carries, and the gate that lets no GPL or AGPL through.

Reads the metadata and licence files of the packages installed in the environment that runs it:

    python packaging/notices.py --out NOTICES.txt
"""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

# Tools that build the bundle and are not in it. Of PyInstaller only its bootloader is, whose licence
# (GPL 2 with the bootloader exception) allows any program to carry it.
BUILD_TOOLS = {
    "pyinstaller", "pyinstaller-hooks-contrib", "altgraph", "pip", "setuptools", "wheel",
    "macholib", "pefile", "pywin32-ctypes",
}  # fmt: skip

LICENCES = Path(__file__).resolve().parent / "licences"
# Texts that some packages leave out of their wheels. The LGPL 3 is the GPL 3 with permissions added,
# so its text must come along though nothing here is under it alone.
ALSO = {
    "pyside6": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "opencv-python-headless": ("LGPL-2.1.txt",),
    "flatbuffers": ("Apache-2.0.txt",),
    "dtx-to-wif": ("MIT.txt",),
}

# Packages whose metadata says less than their licence files do.
KNOWN = {
    "pyside6": "LGPL-3.0-only (used as shared libraries, which you may replace)",
    "pyside6-essentials": "LGPL-3.0-only (used as shared libraries, which you may replace)",
    "pyside6-addons": "LGPL-3.0-only (used as shared libraries, which you may replace)",
    "shiboken6": "LGPL-3.0-only (used as shared libraries, which you may replace)",
    "opencv-python-headless": "Apache-2.0, with FFmpeg's libraries (LGPL-2.1-or-later)",
    "dtx-to-wif": "MIT",
}
TEXT_FILES = re.compile(r"(licen[cs]e|copying|notice|authors|third.?party)", re.IGNORECASE)
FREE = re.compile(
    r"\b(MIT|BSD|Apache|PSF|Python Software Foundation|HPND|ISC|zlib|MPL|Mozilla|LGPL|Lesser|"
    r"CNRI|Unlicense|0BSD|CC0|Public Domain|Dual License)",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"(?<!L)(?<!Lesser )\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)

HEAD = """fabricfinder {version}, {flavour} edition
=========================================

fabricfinder itself is under the Apache License 2.0; see LICENSE.

It carries the free software listed here, each under its own licence, whose texts follow.
Qt and PySide6 are used under the GNU Lesser General Public License, version 3, as shared
libraries in the folder "inside/PySide6": you may replace them by your own builds of the same
version. Their source is at https://download.qt.io/official_releases/QtForPython/ and
https://download.qt.io/official_releases/qt/. FFmpeg's libraries (in Qt Multimedia and in OpenCV)
are under the GNU Lesser General Public License, version 2.1 or later; source at
https://ffmpeg.org/releases/.

"""


@dataclass(frozen=True, slots=True)
class Notice:
    """One package's name, version, licence in a line, and the texts it came with."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]


def licence_of(distribution: Distribution) -> str:
    """A package's licence in one line, as its metadata says, or ""."""
    name = distribution.metadata["Name"].lower().replace("_", "-")
    if name in KNOWN:
        return KNOWN[name]
    said = distribution.metadata.get("License-Expression") or ""
    classes = [
        c.rpartition(" :: ")[2]
        for c in distribution.metadata.get_all("Classifier") or []
        if c.startswith("License :: ") and not c.endswith("OSI Approved")
    ]
    plain = (distribution.metadata.get("License") or "").strip().splitlines()
    return said or ", ".join(classes) or (plain[0][:80] if plain else "")


def notices(own: str = "fabricfinder") -> Iterator[Notice]:
    """Notices of every installed package that a bundle may carry, by name."""
    found = {d.metadata["Name"].lower().replace("_", "-"): d for d in distributions()}
    for name in sorted(found):
        if name in BUILD_TOOLS or name == own:
            continue
        files = [f for f in found[name].files or () if TEXT_FILES.search(f.name)]
        files = [f for f in files if f.suffix.lower() in ("", ".txt", ".md", ".rst")]
        texts = [Path(f.locate()).read_text("utf-8", "replace") for f in files
                 if Path(f.locate()).is_file()]  # fmt: skip
        texts += [(LICENCES / also).read_text("utf-8") for also in ALSO.get(name, ())]
        yield Notice(name, found[name].version, licence_of(found[name]),
                     tuple(dict.fromkeys(texts)))  # fmt: skip


def python_notice() -> Notice:
    """Python's own licence, whose file also names OpenSSL, SQLite, libffi, expat and zlib."""
    home = Path(sys.base_prefix)
    places = [*home.glob("LICENSE*"), *home.glob("lib/python3.*/LICENSE.txt"),
              *Path("/usr/share/doc").glob("python3.*/copyright")]  # fmt: skip
    text = places[0].read_text("utf-8", "replace") if places else ""
    line = "PSF-2.0, with OpenSSL 3 (Apache-2.0), SQLite (public domain), libffi, expat (MIT), " \
           "xz (0BSD), bzip2 (BSD), zlib (zlib)"  # fmt: skip
    return Notice("python", ".".join(map(str, sys.version_info[:3])), line, (text,) if text else ())


def refused(found: list[Notice]) -> list[str]:
    """Why packages may not ship: no licence known, or GPL or AGPL; empty when all may."""
    reasons = []
    for notice in found:
        if COPYLEFT.search(notice.licence):
            reasons.append(f"{notice.name} is under {notice.licence}")
        elif not FREE.search(notice.licence):
            reasons.append(f"nothing is known of the licence of {notice.name}: “{notice.licence}”")
    return reasons


def written(found: list[Notice], flavour: str, version: str) -> str:
    """The whole file of notices."""
    parts = [HEAD.format(version=version, flavour=flavour)]
    width = max(len(f"{n.name} {n.version}") for n in found)
    parts += [f"{f'{n.name} {n.version}':<{width}}  {n.licence}\n" for n in found]
    for notice in found:
        for text in notice.texts:
            parts.append(f"\n{'-' * 78}\n{notice.name} {notice.version}\n{'-' * 78}\n\n{text}\n")
    return "".join(parts)


def main() -> int:
    """Write the notices; 1 and the reasons where something may not ship."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--flavour", default="standard")
    parser.add_argument("--version", default="")
    arguments = parser.parse_args()
    found = [python_notice(), *notices()]
    if reasons := refused(found):
        print("These may not ship:", *reasons, sep="\n  ", file=sys.stderr)
        return 1
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(written(found, arguments.flavour, arguments.version), "utf-8")
    print(f"{arguments.out}: {len(found)} packages, none under the GPL or AGPL.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
