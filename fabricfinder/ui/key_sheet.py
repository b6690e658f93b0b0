"""Two sheets of words: every key of the window, and what this program is."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fabricfinder import __version__
from fabricfinder.domain.systems import title_and_bits
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, scaled_font


class KeySheet(QDialog):
    """Lists commands and keys, grouped by menu; not modal, Esc puts it away."""

    def __init__(self, rows: Sequence[tuple[str, str, str]], parent: QWidget) -> None:
        """``rows`` are (group, command, keys)."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_XL)
        grid.setVerticalSpacing(SPACE_S)
        line, last = 0, ""
        for group, command, keys in rows:
            if group != last:
                heading = QLabel(group)
                heading.setFont(scaled_font(1.0, bold=True))
                heading.setContentsMargins(0, SPACE_M if line else 0, 0, 0)
                grid.addWidget(heading, line, 0, 1, 2)
                line, last = line + 1, group
            grid.addWidget(QLabel(command), line, 0)
            key = QLabel(keys)
            key.setProperty("muted", True)
            grid.addWidget(key, line, 1, Qt.AlignmentFlag.AlignRight)
            line += 1
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(SPACE_XL, SPACE_L, SPACE_XL, SPACE_L)
        column.addLayout(grid)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        self.resize(460, min(640, inside.sizeHint().height() + SPACE_L))


class AboutSheet(QDialog):
    """Name, version, promise, licence, and where the log lies."""

    def __init__(self, log_folder: str, model_id: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About fabricfinder"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = QLabel(f"fabricfinder {__version__}", self)
        title.setFont(scaled_font(1.6, bold=True))
        lines = (
            self.tr("Finds the cloth in your library nearest to a scrap, and says why."),
            self.tr("No account. Nothing is uploaded; your cloth never leaves this computer."),
            self.tr("Model: {name}").format(name=self._in_words(model_id)),
            self.tr("Log: {folder}").format(folder=log_folder),
            self.tr("Apache-2.0. Built with Qt (LGPL), NumPy, OpenCV, Pillow and ONNX Runtime."),
        )
        exact = self.tr("For engineers: {id}").format(id=model_id) if model_id else ""
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_S)
        column.addWidget(title)
        for line in lines:
            label = QLabel(line, self)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        small = QLabel(exact, self)
        small.setFont(scaled_font(0.85))
        small.setProperty("muted", True)
        small.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        small.setVisible(bool(exact))
        column.addWidget(small)
        close = QPushButton(self.tr("Close"), self)
        close.clicked.connect(self.close)
        column.addSpacing(SPACE_M)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.setMinimumWidth(440)

    def _in_words(self, model_id: str) -> str:
        """“DVSH, 128 bits” of ``dvsh-128-0123abcd/fp32``; of a graph of her own its name."""
        known = title_and_bits(model_id)
        if known is None:
            return model_id.partition("/")[0] or self.tr("not loaded")
        return self.tr("{title}, {bits} bits").format(title=known[0], bits=known[1])
