"""The basket: cloths gathered for a sheet, in her order, with her notes; kept by the library."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.progress import Progress
from fabricfinder.jobs import JobEvent
from fabricfinder.sheets.basket import KEY, basket_from_text, basket_to_text
from fabricfinder.sheets.request import Pick
from fabricfinder.ui.desk import Steps
from fabricfinder.ui.worker import BASKET_JOB

SAVE_AFTER_MS = 300


class Basket(QObject):
    """The picks of the open library.

    Signals:
        changed: picks came, went, or changed their places.
        noted: only a note changed.
    """

    changed = Signal()
    noted = Signal()

    def __init__(self, desk: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._picks: tuple[Pick, ...] = ()
        self._folder: object = None
        self._can_keep = False
        self._reading = 0
        self._later = QTimer(self, singleShot=True, interval=SAVE_AFTER_MS)
        self._later.timeout.connect(self._keep)
        desk.job_event.connect(self._take_event)

    @property
    def picks(self) -> tuple[Pick, ...]:
        """The picks in their order."""
        return self._picks

    def __len__(self) -> int:
        return len(self._picks)

    def __contains__(self, swatch_id: str) -> bool:
        return any(pick.swatch_id == swatch_id for pick in self._picks)

    def add(self, ids: Iterable[str]) -> int:
        """Put swatches in, behind those there; returns how many were new."""
        new = [i for i in dict.fromkeys(ids) if i and i not in self]
        if new:
            self._set((*self._picks, *map(Pick, new)))
        return len(new)

    def remove(self, ids: Iterable[str]) -> None:
        """Take swatches out."""
        gone = set(ids)
        self._set(tuple(pick for pick in self._picks if pick.swatch_id not in gone))

    def arrange(self, ids: Sequence[str]) -> None:
        """Bring the picks into this order; those not named stay behind it."""
        place = {swatch_id: n for n, swatch_id in enumerate(ids)}
        self._set(tuple(sorted(self._picks, key=lambda p: place.get(p.swatch_id, len(place)))))

    def note(self, swatch_id: str, words: str) -> None:
        """Write beside a swatch."""
        picks = tuple(
            replace(pick, note=words) if pick.swatch_id == swatch_id else pick
            for pick in self._picks
        )
        if picks != self._picks:
            self._picks = picks
            self._later.start()
            self.noted.emit()

    def clear(self) -> None:
        """Take everything out."""
        self._set(())

    def set_catalog(self, catalog: Catalog | None) -> None:
        """Show the basket of another library; the same one grown changes nothing."""
        folder = None if catalog is None else catalog.folder
        self._can_keep = catalog is not None and not catalog.read_only
        if folder == self._folder:
            return
        self._folder = folder
        self._later.stop()
        self._picks = ()
        self.changed.emit()
        if catalog is not None:
            self._reading = self._desk.run("basket-read", _read, replaces="basket-read")

    def save_now(self) -> None:
        """Keep what has not been kept yet (the window closes)."""
        if self._later.isActive():
            self._later.stop()
            self._keep()

    def _set(self, picks: tuple[Pick, ...]) -> None:
        if picks != self._picks:
            self._picks = picks
            self._later.start()
            self.changed.emit()

    def _keep(self) -> None:
        if not self._can_keep:  # open to read only: the basket lives as long as it is open
            return
        text = basket_to_text(self._picks)
        self._desk.run(BASKET_JOB, lambda finder: _write(finder, text), replaces=BASKET_JOB)

    def _take_event(self, event: JobEvent) -> None:
        if event.name != "basket-read" or event.job != self._reading or event.kind != "done":
            return
        here = self._picks  # put in while the library was still reading
        kept = tuple(p for p in basket_from_text(event.value) if p.swatch_id not in self)
        self._picks = (*kept, *here)
        self.changed.emit()


def _read(finder: Any) -> Steps:
    """What the library keeps, as text."""
    yield Progress("Opening the basket")
    return finder.kept(KEY)


def _write(finder: Any, text: str) -> Steps:
    """Keep the basket with the library."""
    yield Progress("Keeping the basket")
    finder.keep(KEY, text)
