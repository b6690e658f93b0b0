"""What ships is found wherever the program runs from, and all of it is packed."""

import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

from fabricfinder.domain import resources
from fabricfinder.domain.resources import resource_path

ROOT = Path(__file__).resolve().parents[2]


def test_it_is_found_in_a_checkout_installed_and_in_a_bundle(tmp_path, monkeypatch) -> None:
    assert resource_path("taxonomy.json") == ROOT / "resources" / "taxonomy.json"
    assert resource_path("taxonomy.json").is_file()
    package = tmp_path / "site-packages" / "fabricfinder"
    (package / "resources").mkdir(parents=True)
    monkeypatch.setattr(resources, "__file__", str(package / "domain" / "resources.py"))
    assert resource_path("a.json") == (package / "resources" / "a.json").resolve()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resource_path("a.json") == tmp_path / "resources" / "a.json"


def test_every_room_and_every_resource_is_packed() -> None:
    """The list of packages is written out, since resources/ lies beside the package."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    rooms = {p.parent.name for p in (ROOT / "fabricfinder").glob("*/__init__.py")}
    packed = {f"fabricfinder.{room}" for room in rooms} | {"fabricfinder", "fabricfinder.resources"}
    assert set(tools["packages"]) == packed
    patterns = tools["package-data"]["fabricfinder.resources"]
    folder = ROOT / "resources"
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and path.suffix != ".part" and not name.startswith("pictures/"):
            assert any(fnmatch(name, pattern) for pattern in patterns), name
