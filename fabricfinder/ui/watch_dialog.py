"""The page “Watched folders”: which there are, how they are, when they were last looked into."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.ui.number_words import clock_text
from fabricfinder.ui.plain_parts import plain_button
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, scaled_font
from fabricfinder.ui.wording import shown_path

if TYPE_CHECKING:
    from fabricfinder.capture.watched import Look


class WatchDialog(QDialog):
    """Not modal.

    Signals:
        add_wanted: watch one more.
        removal_wanted: a folder to be watched no more.
        look_wanted: look now.
    """

    add_wanted = Signal()
    removal_wanted = Signal(str)
    look_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Watched folders"))
        title = QLabel(self.tr("Watched folders"), self)
        title.setFont(scaled_font(1.6, bold=True))
        about = QLabel(self.tr(
            "What a scanner program, a tethered camera or a phone puts into one of these folders "
            "comes into the library by itself. They are looked into every few seconds, when this "
            "window comes to the front, and when you press F5: network drives, too."
        ), self)  # fmt: skip
        about.setWordWrap(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Watched folders"))
        self.nothing = QLabel(self.tr("No folder is watched for this library."), self)
        self.nothing.setProperty("muted", True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.add_button = plain_button(self, self.tr("Watch a folder…"), self.add_wanted)
        self.add_button.setProperty("primary", True)
        self.look_button = plain_button(self, self.tr("Look now"), self.look_wanted)
        self.remove_button = QPushButton(self.tr("Watch it no more"), self)
        self.remove_button.setAutoDefault(False)
        self.remove_button.clicked.connect(self._remove)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE_S)
        foot.addWidget(self.remove_button)
        foot.addStretch(1)
        foot.addWidget(self.look_button)
        foot.addWidget(self.add_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(title)
        column.addWidget(about)
        column.addWidget(self.list, 1)
        column.addWidget(self.nothing, 1)
        column.addLayout(foot)
        self.resize(620, 420)
        self.show_folders((), {})

    def show_folders(self, folders: Sequence[str], looks: "Mapping[str, Look]") -> None:
        """Show the folders, each with what the last look into it found."""
        chosen = self.list.currentRow()
        self.list.clear()
        for folder in folders:
            item = QListWidgetItem(f"{shown_path(folder)}\n{self._state(looks.get(folder))}")
            item.setData(Qt.ItemDataRole.UserRole, folder)
            self.list.addItem(item)
        self.list.setCurrentRow(min(max(0, chosen), len(folders) - 1))
        self.list.setVisible(bool(folders))
        self.nothing.setVisible(not folders)
        for button in (self.look_button, self.remove_button):
            button.setEnabled(bool(folders))

    def _state(self, look: "Look | None") -> str:
        """“Last looked 14:02”, and what is coming or missing."""
        if look is None:
            return self.tr("Not looked into yet")
        at = clock_text(datetime.fromtimestamp(look.at))
        said = self.tr("Last looked {at}").format(at=at)
        if not look.there:
            return self.tr("{said} · not there now; it is looked for again").format(said=said)
        if look.coming:
            return self.tr("{said} · {n} still being copied").format(said=said, n=look.coming)
        return said

    def _remove(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.removal_wanted.emit(item.data(Qt.ItemDataRole.UserRole))
