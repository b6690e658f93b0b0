"""What the capture tests share: the camera above the card, under its own name."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def load_beside(name: str) -> ModuleType:
    """A module of this folder, which is no package."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def quiet_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test asks the network for scanners."""
    monkeypatch.setattr("fabricfinder.capture.finding.announced_scanners", list)


@pytest.fixture(scope="session")
def photographed() -> ModuleType:
    """The table, the card and the camera: ``photographed.py``."""
    return load_beside("photographed")


@pytest.fixture(scope="session")
def escl_responder() -> ModuleType:
    """The eSCL scanner on loopback: ``escl_responder.py``."""
    return load_beside("escl_responder")


@pytest.fixture(scope="session")
def camera_server() -> ModuleType:
    """The MJPEG camera on loopback: ``camera_server.py``."""
    return load_beside("camera_server")


@pytest.fixture(scope="session")
def rtsp_server() -> ModuleType:
    """The RTSP camera on loopback: ``rtsp_server.py``."""
    return load_beside("rtsp_server")
