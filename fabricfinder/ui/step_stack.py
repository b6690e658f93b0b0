"""Undo and redo: Qt's stack as a mirror of the steps the library itself remembers.

The library does the taking back, so that it works over sittings; the stack shows the steps, names
the menu's entries and says how far back she wants to go.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtGui import QAction, QUndoCommand, QUndoStack

from fabricfinder.domain.archive import Step
from fabricfinder.domain.catalog import Catalog
from fabricfinder.ui.archive_desk import ArchiveDesk
from fabricfinder.ui.menus import LISTED_AS
from fabricfinder.ui.number_words import clock_text, count_text, day_text


translate = QCoreApplication.translate

ARRIVED = re.compile(r"Add (?:one swatch|(?P<n>[\d,]+) swatches)")  # as the finder calls them


class StepCommand(QUndoCommand):
    """One step; going over it does nothing here, the stack asks the library instead."""

    def __init__(self, step: Step) -> None:
        name = step_name(step)
        super().__init__(f"{step_time(step)}   {name}\n{name}")
        self.step = step


class StepStack(QUndoStack):
    """The steps of the open library.

    What she does on it (Ctrl+Z, a click in the list) becomes one wish; what the library then says
    is what is shown.
    """

    def __init__(self, archive: ArchiveDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._archive = archive
        self._steps: tuple[Step, ...] = ()
        self._mirroring = False
        # A click in the list goes over many steps one by one; they are asked for together.
        self._asking = QTimer(self, singleShot=True, interval=0)
        self._asking.timeout.connect(self._ask)
        self.indexChanged.connect(self._moved)
        archive.refused.connect(self._take_refusal)

    def actions_named(self, undo: str, redo: str) -> tuple[QAction, QAction]:
        """Menu entries that name the step they would turn; the list of keys calls them as told."""
        pair = (self.createUndoAction(self, undo), self.createRedoAction(self, redo))
        for action, name in zip(pair, (undo, redo), strict=True):
            action.setProperty(LISTED_AS, name)
        return pair

    def show_catalog(self, catalog: Catalog | None) -> None:
        """Show the steps of a catalog."""
        self.mirror(() if catalog is None else catalog.history)

    def mirror(self, steps: Sequence[Step]) -> None:
        """Show these steps, those taken back at the end."""
        steps = tuple(steps)
        done = sum(not step.undone for step in steps)
        same = [s.number for s in steps] == [s.number for s in self._steps]
        self._steps = steps
        self._mirroring = True
        if not same:
            self.clear()
            for step in steps:
                self.push(StepCommand(step))
        self.setIndex(done)
        self._mirroring = False

    def _moved(self) -> None:
        if not self._mirroring:
            self._asking.start()

    def _ask(self) -> None:
        """Ask the library to go where the stack is now."""
        done = sum(not step.undone for step in self._steps)
        wanted = self.index()
        if wanted < done:
            self._archive.undo(self._steps[wanted].number)
        elif wanted > done:
            self._archive.redo(self._steps[wanted - 1].number)

    def _take_refusal(self, sentence: str) -> None:
        self.mirror(self._steps)  # nothing was changed: show what is so


def step_name(step: Step) -> str:
    """What was done, in her language: her own deeds are kept in it, arrivals in English."""
    arrived = ARRIVED.fullmatch(step.name)
    if arrived is None:
        return step.name
    if arrived["n"] is None:
        return translate("Steps", "Add one swatch")
    n = count_text(int(arrived["n"].replace(",", "")))
    return translate("Steps", "Add {n} swatches").format(n=n)


def step_time(step: Step) -> str:
    """When a step was made: the clock today, else the day too."""
    at = datetime.fromtimestamp(step.at)
    return clock_text(at) if at.date() == datetime.now().date() else day_text(at)
