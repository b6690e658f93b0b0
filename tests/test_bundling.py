"""What goes into a bundle, what stays out, and the gate of licences: packaging's own rules."""

import configparser
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

from fabricfinder import __version__

ROOT = Path(__file__).parents[1]
PACKAGING = ROOT / "packaging"


@pytest.fixture
def script(monkeypatch):
    """Loads a script of packaging/ by name; the folder has the name of a package we use."""

    def load(name: str) -> ModuleType:
        for needed in ("bundle", name):
            spec = importlib.util.spec_from_file_location(needed, PACKAGING / f"{needed}.py")
            module = importlib.util.module_from_spec(spec)
            monkeypatch.setitem(sys.modules, needed, module)
            spec.loader.exec_module(module)
        return module

    return load


def test_the_version_stands_in_one_place(script) -> None:
    assert script("bundle").version() == __version__
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest[1] == __version__


def test_standard_carries_every_graph_and_no_checkpoint(script) -> None:
    bundle = script("bundle")
    for name, checkpoints in (("standard", False), ("studio", True)):
        files = dict(bundle.resource_files(ROOT, bundle.FLAVOURS[name]))
        shipped = {path.name for path in files}
        assert {p.name for p in (ROOT / "resources").glob("*.onnx")} <= shipped
        assert any(n.endswith(".safetensors") for n in shipped) == checkpoints
        assert not any("pictures" in str(path.relative_to(ROOT)).split("/")[1:2] for path in files)
        for path, target in files.items():
            assert (ROOT / target / path.name) == path, "it lies where the program looks"


@pytest.mark.parametrize(
    ("target", "source", "unwanted"),
    [
        ("libreadline.so.8", "/lib/x86_64-linux-gnu/libreadline.so.8", True),
        ("libglib-2.0.so.0", "/lib/x86_64-linux-gnu/libglib-2.0.so.0", True),
        ("libstdc++.so.6", "/usr/lib/x86_64-linux-gnu/libstdc++.so.6", True),
        ("libcrypto.so.3", "/lib/x86_64-linux-gnu/libcrypto.so.3", False),
        ("libsqlite3.so.0", "/lib/x86_64-linux-gnu/libsqlite3.so.0", False),
        ("PySide6/Qt/lib/libQt6Core.so.6", "/v/PySide6/Qt/lib/libQt6Core.so.6", False),
        ("PySide6/Qt/lib/libQt6Network.so.6", "/v/PySide6/Qt/lib/libQt6Network.so.6", False),
        ("PySide6/Qt/lib/libQt6Quick.so.6", "/v/PySide6/Qt/lib/libQt6Quick.so.6", True),
        ("PySide6/Qt/lib/libQt6WebEngineCore.so.6", "/v/x", True),
        ("PySide6/Qt6Qml.dll", "C:/v/PySide6/Qt6Qml.dll", True),
        ("PySide6\\plugins\\platforms\\qwindows.dll", "C:/v/qwindows.dll", False),
        ("PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so", "/v/x", True),
        ("PySide6/Qt/plugins/multimedia/libffmpegmediaplugin.so", "/v/x", False),
        ("PySide6/Qt/translations/qtbase_zh_CN.qm", "/v/x", False),
        ("PySide6/Qt/translations/qtbase_de.qm", "/v/x", True),
        ("matplotlib/mpl-data/fonts/ttf/DejaVuSans.ttf", "/v/x", False),
        ("matplotlib/mpl-data/fonts/ttf/STIXGeneral.ttf", "/v/x", True),
    ],
)
def test_what_stays_out(script, monkeypatch, target: str, source: str, unwanted: bool) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert script("bundle").is_unwanted(target, source) == unwanted


def test_gpl_does_not_pass_and_lgpl_does(script) -> None:
    notices = script("notices")

    def refused(licence: str) -> bool:
        return bool(notices.refused([notices.Notice("x", "1", licence, ())]))

    for licence in ("GPL-3.0-only", "GNU General Public License v2 (GPLv2)", "AGPL-3.0",
                    "GNU Affero General Public License v3", "", "Proprietary"):  # fmt: skip
        assert refused(licence), licence
    for licence in ("MIT", "BSD-3-Clause", "Apache Software License", "LGPL-3.0-only", "MIT-CMU",
                    "GNU Lesser General Public License v3 or later (LGPLv3+)"):  # fmt: skip
        assert not refused(licence), licence


def test_everything_the_program_needs_has_a_known_licence(script) -> None:
    """Of the packages that pyproject names for the running program, as they are installed here."""
    notices = script("notices")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {re.match(r"[\w-]+", need)[0].lower() for need in project["dependencies"]}
    found = [n for n in notices.notices() if n.name in named]
    assert {n.name for n in found} == named
    assert notices.refused(found) == []
    written = notices.written(found, "standard", __version__)
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in written and f"fabricfinder {__version__}" in written


def test_the_deb_asks_for_what_the_start_script_installs(script) -> None:
    said = re.search(r'QT_PACKAGES="([^"]+)"', (PACKAGING / "environment.sh").read_text())[1]
    installed = set(said.replace("\\\n", " ").split())
    deb = script("deb")
    asked = {name.split(" ")[0] for line in (*deb.DEPENDS, *deb.RECOMMENDS) for name in line.split(" | ")}
    assert installed <= asked


def test_the_desktop_file_opens_pictures() -> None:
    entry = configparser.ConfigParser(interpolation=None, strict=True)
    entry.optionxform = str
    entry.read(PACKAGING / "fabricfinder.desktop", "utf-8")
    words = entry["Desktop Entry"]
    assert words["Exec"].split() == ["fabricfinder", "open", "%F"]
    assert {"image/jpeg", "image/png", "image/tiff"} <= set(words["MimeType"].split(";"))


def test_icons_are_of_their_size() -> None:
    for path in (ROOT / "resources" / "icons").glob("*.png"):
        with Image.open(path) as icon:
            assert icon.size == (int(path.stem.rpartition("-")[2]),) * 2


def test_the_recipe_is_python_and_windows_learns_the_version(script, tmp_path, monkeypatch) -> None:
    compile((PACKAGING / "fabricfinder.spec").read_text("utf-8"), "fabricfinder.spec", "exec")
    monkeypatch.syspath_prepend(str(PACKAGING))
    build = script("build")
    build.version_file(tmp_path / "version.txt")
    text = (tmp_path / "version.txt").read_text()
    compile(text, "version.txt", "eval")
    assert f"'{__version__}'" in text


def test_a_release_stops_at_the_first_point_that_is_not_met(script, monkeypatch) -> None:
    release = script("release")
    with pytest.raises(release.Unready, match="write 99.0.0"):
        release.version_is("99.0.0")
    with pytest.raises(release.Unready, match="99.0.0"):
        release.changelog_says("99.0.0")
    assert "points" in release.changelog_says(__version__)
    monkeypatch.setattr(release, "said_by", lambda *command: "v9.9.9" if "tag" in command else "")
    with pytest.raises(release.Unready, match="released already"):
        release.version_is(__version__)
    assert release.clean_tree("") == ""
    assert "zh_CN" in release.strings_are_translated("")


def test_a_release_wants_three_numbers() -> None:
    done = subprocess.run(
        [sys.executable, str(PACKAGING / "release.py"), "two"], capture_output=True, text=True
    )
    assert done.returncode == 2 and "three numbers" in done.stderr
