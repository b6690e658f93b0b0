"""What the window says of a fault inside the program: that the cloth is safe, and what to pass on."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.ui.plain_parts import plain_button, plain_words
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, scaled_font


class BugSheet(QDialog):
    """The report of a fault, to be copied; not modal, Esc puts it away, work goes on."""

    def __init__(self, report: str, show_log: Callable[[], object], parent: QWidget) -> None:
        """``report`` is what is copied; ``show_log`` shows the folder of the log."""
        super().__init__(parent)
        self.setObjectName("bugSheet")
        self.setWindowTitle(self.tr("Something went wrong"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_M)
        heading = QLabel(self.tr("Something went wrong inside fabricfinder"), self)
        heading.setFont(scaled_font(1.3, bold=True))
        heading.setWordWrap(True)
        column.addWidget(heading)
        column.addWidget(plain_words(self, self.tr(
            "Your library is safe, and you can go on. If it happens again, close the program and "
            "open it anew."
        )))  # fmt: skip
        column.addWidget(plain_words(self, self.tr(
            "The report below stays on this computer: nothing is sent. Copy it to pass it on to "
            "whoever helps you; it names your folders and files."
        )))  # fmt: skip
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("Report"))
        column.addWidget(self.text, 1)
        column.addLayout(self._buttons(show_log))
        self.resize(640, 440)
        self.show_report(report)
        self.copy.setFocus()

    def _buttons(self, show_log: Callable[[], object]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        self.copied = QLabel(self)
        self.copied.setProperty("muted", True)
        self.copy = QPushButton(self.tr("Copy report"), self)
        self.copy.setProperty("primary", True)
        self.copy.setDefault(True)
        self.copy.clicked.connect(self._copy)
        row.addWidget(plain_button(self, self.tr("Show the log"), show_log))
        row.addWidget(self.copied)
        row.addStretch(1)
        row.addWidget(self.copy)
        row.addWidget(plain_button(self, self.tr("Close"), self.close))
        return row

    def show_report(self, report: str) -> None:
        """Show a report in place of the one shown."""
        self.text.setPlainText(report)
        self.copied.setText("")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copied.setText(self.tr("Copied"))
