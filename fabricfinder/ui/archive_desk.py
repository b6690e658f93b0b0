"""What the window asks of the archive: it goes over the desk like every other wish."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.units import DisplayUnits
from fabricfinder.jobs import BACKGROUND, URGENT, JobEvent
from fabricfinder.ui.desk import Desk

# The names of the archive's jobs; the failure of one is told in a banner.
EDIT, UNDO, ORIGINALS, RELINK, DUPLICATES, TABLE = (
    "edit", "undo", "originals", "relink", "duplicates", "table",
)  # fmt: skip


class ArchiveDesk(QObject):
    """Wishes about the archive, and what came of them.

    Every change is one step with the name given here, in her language; it comes back with the next
    catalog's history.

    Signals:
        originals_checked: archive's Originals.
        relinked: archive's Relinked.
        duplicates_found: Alikes, the most alike first, and swatch id -> its files.
        refused: a change was not made; the sentence says why.
    """

    originals_checked = Signal(object)
    relinked = Signal(object)
    duplicates_found = Signal(object, object)
    refused = Signal(str)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        desk.job_event.connect(self._take_event)

    def edit(self, ids: Sequence[str], fields: Mapping[str, str | float], name: str) -> int:
        """Set trade fields, in stored units; what an article shares reaches all its pictures."""
        ids, fields = tuple(ids), dict(fields)
        return self._change(lambda a: a.edit(ids, fields, name))

    def label(self, ids: Sequence[str], labels: Labels, name: str) -> int:
        """Set a person's labels; None leaves one as it was."""
        ids = tuple(ids)
        return self._change(lambda a: a.label(ids, labels, name))

    def set_view(self, ids: Sequence[str], view: str, name: str) -> int:
        """Say what pictures show of their article."""
        ids = tuple(ids)
        return self._change(lambda a: a.set_view(ids, view, name))

    def set_scale(
        self, ids: Sequence[str], px_per_cm: float | None, name: str, *, source: str = "hand"
    ) -> int:
        """Set the scale of pictures in px/cm, or that it is unknown; ``source`` says who says so."""
        ids = tuple(ids)
        return self._change(lambda a: a.set_scale(ids, px_per_cm, name, source=source))

    def make_collection(
        self, collection: str, name: str, *, rule: str = "", ids: Sequence[str] = ()
    ) -> int:
        """Make a collection: smart with a rule, else of these swatches."""
        ids = tuple(ids)
        return self._change(lambda a: a.make_collection(collection, name, rule=rule, ids=ids))

    def rename_collection(self, collection: str, new: str, name: str) -> int:
        """Call a collection otherwise."""
        return self._change(lambda a: a.rename_collection(collection, new, name))

    def drop_collection(self, collection: str, name: str) -> int:
        """Drop a collection; its swatches stay."""
        return self._change(lambda a: a.drop_collection(collection, name))

    def gather(
        self, collection: str, ids: Sequence[str], name: str, *, take_out: bool = False
    ) -> int:
        """Put swatches into a collection or take them out of it."""
        ids = tuple(ids)
        return self._change(lambda a: a.gather(collection, ids, name, take_out=take_out))

    def take_out(self, ids: Sequence[str], name: str) -> int:
        """Take swatches out of the library; their records stay."""
        ids = tuple(ids)
        return self._change(lambda a: a.take_out(ids, name))

    def put_back(self, ids: Sequence[str], name: str) -> int:
        """Put swatches back into the library."""
        ids = tuple(ids)
        return self._change(lambda a: a.put_back(ids, name))

    def undo(self, to: int) -> int:
        """Take back every step down to and with number ``to``."""
        return self._change(lambda a: a.undo(to), UNDO)

    def redo(self, to: int) -> int:
        """Do again every step up to and with number ``to``."""
        return self._change(lambda a: a.redo(to), UNDO)

    def check_originals(self) -> int:
        """Look whether the originals are where they were, in the background."""
        return self._desk.submit(
            ORIGINALS, lambda f: f.archive.check_originals(), BACKGROUND, replaces=ORIGINALS
        )

    def relink(self, swatch_id: str, path: str) -> int:
        """Find a moved tree again by one example."""
        return self._desk.submit(RELINK, lambda f: f.archive.relink(swatch_id, path))

    def find_duplicates(self) -> int:
        """Look for one cloth that is here twice."""
        return self._desk.submit(
            DUPLICATES, lambda f: f.archive.duplicates(), BACKGROUND, replaces=DUPLICATES
        )

    def use_units(self, units: DisplayUnits) -> int:
        """Mean bare numbers in the search box in these units."""
        return self._desk.submit("units", lambda f: f.archive.use_units(units), URGENT)

    def restore_backup(self, folder: Path, backup: Path) -> int:
        """Put a backup in a library's place and open it."""
        return self._desk.restore_backup(folder, backup)

    def _change(self, start: Any, name: str = EDIT) -> int:
        return self._desk.submit(name, lambda f: start(f.archive), URGENT)

    def _take_event(self, event: JobEvent) -> None:
        if event.kind == "failed" and event.name in (EDIT, UNDO):
            self.refused.emit(event.sentence)
        elif event.kind != "done":
            return
        elif event.name == ORIGINALS:
            self.originals_checked.emit(event.value)
        elif event.name == RELINK:
            self.relinked.emit(event.value)
        elif event.name == DUPLICATES:
            self.duplicates_found.emit(*event.value)

