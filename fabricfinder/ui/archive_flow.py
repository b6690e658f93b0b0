"""The archive's part of the window: undo and its history, units, relinking, health, tables."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDockWidget, QLabel, QUndoView, QVBoxLayout, QWidget

from fabricfinder.domain.archive import Relinked
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.units import YARN_UNITS, DisplayUnits
from fabricfinder.ui import field_words
from fabricfinder.ui.archive_desk import ArchiveDesk
from fabricfinder.ui.number_words import count_text, in_a_row
from fabricfinder.ui.session import Session
from fabricfinder.ui.side_docks import toggle
from fabricfinder.ui.step_stack import StepStack
from fabricfinder.ui.table_flow import TableFlow
from fabricfinder.ui.theme import SPACE_M, SPACE_S

if TYPE_CHECKING:
    from fabricfinder.ui.main_window import MainWindow


class HistoryDock(QDockWidget):
    """Every change by its name; a click on a line goes back, or on again, to it."""

    def __init__(self, steps: StepStack, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("historyDock")
        self.setWindowTitle(self.tr("History"))
        self.setAllowedAreas(
            Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea
        )
        self.view = QUndoView(steps, self)
        self.view.setEmptyLabel(self.tr("As it was at first"))
        self.view.setAccessibleName(self.tr("History"))
        hint = QLabel(self.tr("Click a line to go back to it. Lines below it can be done again."))
        hint.setProperty("muted", True)
        hint.setWordWrap(True)
        inside = QWidget(self)
        inside.setMinimumWidth(240)
        column = QVBoxLayout(inside)
        column.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        column.addWidget(hint)
        column.addWidget(self.view, 1)
        self.setWidget(inside)
        self.hide()


class ArchiveFlow(QObject):
    """Ties the archive to the window.

    Attributes:
        desk: the archive's wishes.
        steps: undo and redo.
        dock: the history.
        tables: reading and writing tables.

    Signals:
        units_changed: measures are to be shown in other units.
    """

    units_changed = Signal()

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.desk = ArchiveDesk(window.desk, self)
        self.steps = StepStack(self.desk, self)
        self.dock = HistoryDock(self.steps, window)
        self.undo, self.redo = self.steps.actions_named(self.tr("Undo"), self.tr("Redo"))
        self.undo.setShortcut(QKeySequence.StandardKey.Undo)
        self.redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self.history = QAction(self.tr("&History of changes"), self)
        self.history.setCheckable(True)
        self.history.triggered.connect(lambda: toggle(self.dock))
        self.dock.visibilityChanged.connect(self.history.setChecked)
        self.history.setShortcut(QKeySequence("Ctrl+Shift+H"))
        self.health = QAction(self.tr("Hea&lth of the library"), self)
        self.health.setShortcut(QKeySequence("Ctrl+Shift+L"))
        field_words.set_display_units(kept_units(window.session))
        self.desk.relinked.connect(self._tell_relinked)
        self.tables = TableFlow(window.desk, window.banners, window)

    def connect_parts(self) -> None:
        """Once the window's pages are there: dock, health, units."""
        window = self._window
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        # Under one another neither has room; as tabs each has all of the side.
        window.tabifyDockWidget(window.sheets.dock, self.dock)
        self.dock.hide()
        self.health.triggered.connect(self._show_health)
        window.library.problems_wanted.connect(window.dock.show)
        window.desk.library_opened.connect(self._begin)
        window.desk.demo_ready.connect(self._begin)
        self._show_units()
        for action in (self.tables.read, self.tables.write, self.health):
            action.setEnabled(False)  # until a library is open

    def show_catalog(self, catalog: Catalog) -> None:
        """Show the steps of a catalog."""
        self.steps.show_catalog(catalog)
        self.tables.read.setEnabled(not catalog.read_only)
        for action in (self.tables.write, self.health):
            action.setEnabled(True)

    def set_units(self, units: DisplayUnits) -> None:
        """Show and read measures in these units from now on, and remember it."""
        session = self._window.session
        session.put("units/system", units.system)
        session.put("units/yarn", units.yarn)
        field_words.set_display_units(units)
        self.desk.use_units(units)
        self._show_units()
        self._window.library.spec.show_units()
        self.units_changed.emit()

    def _begin(self, _: object) -> None:
        """A library was opened: mean its numbers as she does, look where its originals are."""
        self.desk.use_units(field_words.display_units())
        self.desk.check_originals()

    def _show_units(self) -> None:
        units = field_words.display_units()
        threads, *others = (
            field_words.unit_symbol(units.unit(kind))
            for kind in ("threads", "yarn", "weight", "width")
        )
        said = self.tr("threads {unit}").format(unit=threads)
        self._window.line.units.setText(" · ".join((said, *others)))

    def _show_health(self) -> None:
        self._window.show_page("library")
        self._window.library.show_health()

    def _tell_relinked(self, done: Relinked) -> None:
        """What one example brought back."""
        found = self.tr("One original is linked again.")
        if done.found > 1:
            found = self.tr("{n} originals are linked again.").format(n=count_text(done.found))
        parts = [found]
        if done.missing:
            parts.append(
                self.tr("{n} that lay beside it are not there.").format(n=count_text(done.missing))
            )
        if done.other:
            parts.append(
                self.tr("{n} of the files there hold something else and were left alone.").format(
                    n=count_text(len(done.other))
                )
            )
        self._window.banners.tell("relinked", in_a_row(*parts))
        self.desk.check_originals()


def kept_units(session: Session) -> DisplayUnits:
    """The units she chose before; metric where nothing fitting was kept."""
    system, yarn = session.text("units/system", "metric"), session.text("units/yarn")
    system = system if system in ("metric", "imperial") else "metric"
    return DisplayUnits(system, yarn if yarn in YARN_UNITS else "")
