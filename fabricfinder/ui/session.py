"""What is remembered between two sittings: window, page, theme, libraries, the last query."""

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow, QSplitter

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.search import Query
from fabricfinder.ui.theme import THEME_NAMES

MAX_RECENT = 8
LANGUAGE_KEY = "look/language"
RECENT_KEY, DEMO_KEY = "library/recent", "library/demo"
STATE_VERSION = 2
BEFORE_RESET = "settings-before-reset.ini"
PROBE_BYTES = 16 * 1024  # more than the settings ever take


class Session:
    """Reads and writes the settings file (INI); a missing or odd value is simply the default.

    Attributes:
        file: the settings file.
        safe: whether this sitting is in safe mode: it begins with defaults, but for the list of
            libraries, and what it changes is forgotten.
        on_put: called whenever a value was changed.
    """

    def __init__(self, path: Path, safe: bool = False) -> None:
        self.file, self.safe = path, safe
        self.on_put: Callable[[], object] = _nothing
        self._settings: QSettings | _Forgetful = _stored(path)
        if safe:
            recent = self._settings.value(RECENT_KEY)
            self._settings = _Forgetful({} if recent is None else {RECENT_KEY: recent})

    @property
    def trouble(self) -> str:
        """Why what was changed could not be written to the file, in the system's words, or ""."""
        if isinstance(self._settings, _Forgetful):
            return ""
        if self._settings.status() == QSettings.Status.NoError:
            return ""
        return why_not_written(self.file.parent) or os.strerror(errno.EACCES)

    def reset(self) -> Path | None:
        """Forget every setting, but not which libraries there are, from the next start on.

        Until then nothing is kept any more. Returns where the old file lies now, None where there
        was none.

        Raises:
            FabricFinderError: the file cannot be written.
        """
        stored = _stored(self.file)
        stored.sync()
        aside = self.file.with_name(BEFORE_RESET)
        was = self.file.exists()
        recent = stored.value(RECENT_KEY)
        try:
            if was:
                shutil.copyfile(self.file, aside)
        except OSError as error:
            raise FabricFinderError(_not_reset(self.file, error.strerror or str(error))) from error
        stored.clear()
        if recent is not None:
            stored.setValue(RECENT_KEY, recent)
        stored.sync()
        if stored.status() != QSettings.Status.NoError:
            raise FabricFinderError(_not_reset(self.file, why_not_written(self.file.parent)))
        self._settings = _Forgetful({} if recent is None else {RECENT_KEY: recent})
        return aside if was else None

    def text(self, key: str, default: str = "") -> str:
        """A value as text."""
        value = self._settings.value(key, default)
        return value if isinstance(value, str) else default

    def put(self, key: str, value: str) -> None:
        """Keep a value."""
        self._settings.setValue(key, value)
        self.on_put()

    def number(self, key: str, default: int) -> int:
        """A value as a whole number."""
        try:
            return int(self.text(key, str(default)))
        except ValueError:
            return default

    @property
    def theme(self) -> str:
        """One of THEME_NAMES."""
        name = self.text("look/theme", "system")
        return name if name in THEME_NAMES else "system"

    @theme.setter
    def theme(self, name: str) -> None:
        self.put("look/theme", name)

    @property
    def recent(self) -> list[str]:
        """Folders of the libraries she had open, newest first."""
        return self._list(RECENT_KEY)

    @property
    def demo(self) -> str:
        """The folder of the demo library, or "" where she never had it open."""
        return self.text(DEMO_KEY)

    def remember_library(self, folder: Path, *, demo: bool = False) -> None:
        """Put a library, perhaps the demo, on top of the recent ones, to be opened next time."""
        name = str(folder)
        if demo:
            self.put(DEMO_KEY, name)
        others = [folder for folder in self.recent if folder != name]
        self._put_list(RECENT_KEY, [name, *others][:MAX_RECENT])
        self.put("library/last", name)
        self.sync()  # at once: it shall be found again even after a crash

    def forget_library(self, folder: str) -> None:
        """Take a library off the list; the library itself is left alone."""
        self._put_list(RECENT_KEY, [f for f in self.recent if f != folder])
        if self.text("library/last") == folder:
            self.put("library/last", "")

    @property
    def last_library(self) -> Path | None:
        """The library that was open at the end, or None."""
        name = self.text("library/last")
        return Path(name) if name else None

    def remember_query(self, folder: Path | None, query: Query | None) -> None:
        """Keep the last query of a library."""
        kept = {}
        if folder is not None and query is not None:
            kept = {
                "folder": str(folder), "path": query.path, "swatch": query.swatch_id,
                "crop": query.crop,
            }  # fmt: skip
        self.put("find/query", json.dumps(kept))

    def last_query(self, folder: Path) -> Query | None:
        """The last query, if it was asked of this library and its picture is still there."""
        try:
            kept = json.loads(self.text("find/query", "{}"))
            if kept.get("folder") != str(folder):
                return None
            crop = tuple(map(float, kept["crop"])) if kept["crop"] else None
            path, swatch = str(kept["path"]), str(kept["swatch"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        if crop is not None and len(crop) != 4:
            return None
        if swatch or (path and Path(path).is_file()):
            return Query(path=path, swatch_id=swatch, crop=crop)
        return None

    def keep_window(self, window: QMainWindow, panes: QByteArray) -> None:
        """Keep geometry, docks, every named splitter and the Find page's panes."""
        self._settings.setValue("find/panes", panes)
        self._settings.setValue("window/geometry", window.saveGeometry())
        self._settings.setValue("window/state", window.saveState(STATE_VERSION))
        for splitter in _named_splitters(window):
            self._settings.setValue(f"splitter/{splitter.objectName()}", splitter.saveState())
        self._settings.sync()

    def restore_window(self, window: QMainWindow) -> bool:
        """Put a window back as it was; False when nothing was kept."""
        geometry = self._bytes("window/geometry")
        if geometry is None:
            return False
        window.restoreGeometry(geometry)
        if (state := self._bytes("window/state")) is not None:
            window.restoreState(state, STATE_VERSION)
        for splitter in _named_splitters(window):
            if (kept := self._bytes(f"splitter/{splitter.objectName()}")) is not None:
                splitter.restoreState(kept)
        return True

    @property
    def panes(self) -> QByteArray | None:
        """What the Find page's ``save_state`` gave, or None."""
        return self._bytes("find/panes")

    def sync(self) -> None:
        """Write everything to the file now."""
        self._settings.sync()

    def _bytes(self, key: str) -> QByteArray | None:
        value = self._settings.value(key)
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def _list(self, key: str) -> list[str]:
        try:
            value = json.loads(self.text(key, "[]"))
        except ValueError:
            return []
        return [x for x in value if isinstance(x, str)] if isinstance(value, list) else []

    def _put_list(self, key: str, values: list[str]) -> None:
        self.put(key, json.dumps(values))


def _named_splitters(window: QMainWindow) -> list[QSplitter]:
    return [s for s in window.findChildren(QSplitter) if s.objectName()]


def why_not_written(folder: Path) -> str:
    """Why nothing can be written to a folder, in the system's words; "" where it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(PROBE_BYTES))
    except OSError as error:
        return error.strerror or str(error)
    return ""


class _Forgetful:
    """What QSettings is to a session, in memory only."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def value(self, key: str, default: Any = None) -> Any:
        """As QSettings."""
        return self._values.get(key, default)

    def setValue(self, key: str, value: Any) -> None:
        """As QSettings."""
        self._values[key] = value

    def sync(self) -> None:
        """There is nothing to write."""


def _stored(path: Path) -> QSettings:
    return QSettings(str(path), QSettings.Format.IniFormat)


def _not_reset(file: Path, why: str) -> str:
    return f"The settings cannot be reset: {file} cannot be written ({why})."


def _nothing() -> None:
    """Nobody listens."""
