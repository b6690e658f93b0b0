"""The bar under the menu: which workspace, which library, and the way to add to it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from fabricfinder.domain.catalog import Catalog
from fabricfinder.ui.number_words import count_text
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS, scaled_font


class HeaderBar(QFrame):
    """Shown while a library is open.

    Signals:
        page_chosen: "find", "library" or "label".
    """

    page_chosen = Signal(str)

    def __init__(self, library_menu: QMenu, add_menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_XS, SPACE_M, SPACE_XS)
        row.setSpacing(SPACE_XS)
        self._pages = QButtonGroup(self)
        for key, text in (
            ("find", self.tr("Find")), ("library", self.tr("Library")), ("label", self.tr("Label")),
        ):  # fmt: skip
            button = QToolButton(self)
            button.setText(text)
            button.setObjectName(f"page-{key}")
            button.setCheckable(True)
            button.setFont(scaled_font(1.05, bold=True))
            self._pages.addButton(button)
            row.addWidget(button)
        self._pages.buttonClicked.connect(self._choose)
        row.addSpacing(SPACE_L)
        self.library = QToolButton(self)
        self.library.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.library.setMenu(library_menu)
        self.library.setFont(scaled_font(1.05))
        row.addWidget(self.library)
        self.note = QLabel(self)
        self.note.setProperty("muted", True)
        row.addSpacing(SPACE_S)
        row.addWidget(self.note, 1)
        add = QPushButton(self.tr("Add to library"), self)
        add.setMenu(add_menu)
        self.add = add
        row.addWidget(add, 0, Qt.AlignmentFlag.AlignRight)

    def show_catalog(self, catalog: Catalog) -> None:
        """Show a library's name, its count, and how much of it can be searched by now."""
        total = len(catalog)
        name = self.name_of(catalog)
        self.library.setText(f"{name}  ({count_text(total)})  ▾")
        self.library.setToolTip(str(catalog.folder))
        self.library.setAccessibleName(
            self.tr("Library {name}, {n} swatches").format(name=name, n=count_text(total))
        )
        notes = []
        coded = len(catalog.table)
        waiting = total - coded + catalog.pending_import
        if waiting:
            notes.append(
                self.tr("Searching {n} of {total}").format(
                    n=count_text(coded), total=count_text(coded + waiting)
                )
            )
        if catalog.read_only:
            notes.append(self.tr("open to read only"))
        self.note.setText(" · ".join(notes))
        self.add.setEnabled(not catalog.read_only)

    def name_of(self, catalog: Catalog) -> str:
        """What a library is called; the demo's folder is nobody's choice."""
        return self.tr("Demo library") if catalog.demo_query else catalog.name

    def show_page(self, key: str) -> None:
        """Mark the workspace that is shown."""
        button = self.findChild(QToolButton, f"page-{key}")
        self._pages.setExclusive(False)
        for other in self._pages.buttons():
            other.setChecked(other is button)
        self._pages.setExclusive(True)

    def _choose(self, button: QToolButton) -> None:
        self.page_chosen.emit(button.objectName().removeprefix("page-"))
