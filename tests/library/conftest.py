"""Fixtures of the library's tests: synthetic swatches and an open library."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from fabricfinder.library import Library


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def synthetic() -> ModuleType:
    """The module that makes swatches of numbers."""
    return _load("synthetic")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A new, empty, open library."""
    with Library.create(tmp_path / "library") as opened:
        yield opened
