"""Packs a bundle as a Debian package: /opt, a starter on the PATH, desktop file, icons, licences."""

import gzip
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from bundle import version

PACKAGING = Path(__file__).resolve().parent
# What a window needs of the system; the bundle carries none of it. Alternatives are the names after
# Debian's change to 64-bit times.
DEPENDS = (
    "libc6 (>= 2.36)", "libstdc++6", "libgl1", "libegl1", "libglib2.0-0 | libglib2.0-0t64",
    "libfontconfig1", "libfreetype6", "libdbus-1-3", "libxkbcommon0", "libxkbcommon-x11-0",
    "libx11-6", "libx11-xcb1", "libxcb1", "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0",
    "libxcb-keysyms1", "libxcb-randr0", "libxcb-render0", "libxcb-render-util0", "libxcb-shape0",
    "libxcb-shm0", "libxcb-sync1", "libxcb-util1", "libxcb-xfixes0", "libxcb-xinerama0",
    "libxcb-xkb1", "libwayland-client0", "libpulse0",
    "fonts-dejavu-core | fonts-liberation | fonts-noto-core",
)  # fmt: skip
RECOMMENDS = ("fonts-noto-cjk", "fonts-noto-color-emoji", "libsane1")
ICON = re.compile(r"fabricfinder-(\d+)\.png")

CONTROL = """Package: {name}
Version: {version}
Section: graphics
Priority: optional
Architecture: {architecture}
Depends: {depends}
Recommends: {recommends}
Conflicts: {other}
Installed-Size: {kib}
Maintainer: fabricfinder <fabricfinder@localhost>
Description: find the historical cloth nearest to a scrap, and say why
 Drop a photograph of cloth on the window and see the nearest cloths of your own
 library, each with four bars: coarse texture, fine texture, colour, tightness.
 Label swatches, scan new ones, and send a result sheet. Everything happens on
 this computer; nothing is uploaded. This is the {flavour} edition.
"""


def architecture() -> str:
    """Debian's word for this machine."""
    return subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    ).stdout.strip()


def build_deb(bundle: Path, folder: Path, flavour: str) -> Path:
    """Pack ``bundle`` into ``folder``; returns the .deb's path."""
    name = "fabricfinder" if flavour == "standard" else f"fabricfinder-{flavour}"
    other = "fabricfinder-studio" if flavour == "standard" else "fabricfinder"
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / name
        home = root / "opt" / "fabricfinder"
        shutil.copytree(bundle, home, symlinks=True)
        share = root / "usr" / "share"
        for icon in sorted((PACKAGING.parent / "resources" / "icons").glob("*.png")):
            size = ICON.fullmatch(icon.name)[1]
            place = share / "icons" / "hicolor" / f"{size}x{size}" / "apps"
            place.mkdir(parents=True)
            shutil.copyfile(icon, place / "fabricfinder.png")
        (share / "applications").mkdir()
        shutil.copyfile(PACKAGING / "fabricfinder.desktop", share / "applications" / "fabricfinder.desktop")
        doc = share / "doc" / name
        doc.mkdir(parents=True)
        shutil.copyfile(bundle / "NOTICES.txt", doc / "copyright")
        with gzip.GzipFile(doc / "changelog.gz", "wb", mtime=0) as packed:
            packed.write((PACKAGING.parent / "CHANGELOG.md").read_bytes())
        (root / "usr" / "bin").mkdir(parents=True)
        (root / "usr" / "bin" / "fabricfinder").symlink_to("../../opt/fabricfinder/fabricfinder")
        files = (p for p in root.rglob("*") if p.is_file() and not p.is_symlink())
        kib = sum(p.stat().st_size for p in files) // 1024
        (root / "DEBIAN").mkdir()
        (root / "DEBIAN" / "control").write_text(CONTROL.format(
            name=name, version=version(), architecture=architecture(), depends=", ".join(DEPENDS),
            recommends=", ".join(RECOMMENDS), other=other, kib=kib, flavour=flavour,
        ))  # fmt: skip
        for path in [root, *root.rglob("*")]:
            if not path.is_symlink():
                runs = path.is_dir() or os.access(path, os.X_OK)
                path.chmod(0o755 if runs else 0o644)
        made = folder / f"{name}_{version()}_{architecture()}.deb"
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zxz", "-z3", "--build", root, made], check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
    return made
