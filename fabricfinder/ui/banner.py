"""Non-modal sentences at the top of the window, each with what can be done about it."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fabricfinder.ui.reading_label import WrappedLabel
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S

Action = tuple[str, Callable[[], object]]


class Banner(QFrame):
    """One sentence, its actions, and a way to put it away.

    Signals:
        closed: it was acted on or put away.
    """

    closed = Signal()

    def __init__(self, sentence: str, actions: tuple[Action, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("banner", True)
        self.setAccessibleName(sentence)
        self._actions = actions
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_S, SPACE_S, SPACE_S)
        row.setSpacing(SPACE_M)
        self.label = WrappedLabel(sentence, self)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(self.label, 1)
        for number, (text, _) in enumerate(actions):
            button = QPushButton(text, self)
            button.setProperty("primary", number == 0)
            button.setObjectName(f"bannerAction{number}")
            button.clicked.connect(self._act)
            row.addWidget(button)
        away = QPushButton(self.tr("Not now") if actions else self.tr("Close"), self)
        away.setProperty("quiet", True)
        away.setObjectName("bannerAway")
        away.clicked.connect(self.closed)
        row.addWidget(away)

    def _act(self) -> None:
        """Do what the pressed button says, then go."""
        number = int(self.sender().objectName().removeprefix("bannerAction"))
        self.closed.emit()
        self._actions[number][1]()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent: Esc puts the banner away."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class BannerStack(QWidget):
    """The banners of the window, newest on top, one of a kind at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banners")
        self._banners: dict[str, Banner] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def tell(self, kind: str, sentence: str, *actions: Action) -> Banner:
        """Show a sentence; an earlier one of the same kind makes way.

        Args:
            kind: what it is about ("recode", "import", "notice").
            sentence: what she reads.
            actions: text and deed of each button; the first is the proposed one.
        """
        self.drop(kind)
        banner = Banner(sentence, actions, self)
        self._banners[kind] = banner
        banner.closed.connect(self._closed)
        self._column.insertWidget(0, banner)
        banner.show()
        return banner

    def drop(self, kind: str) -> None:
        """Take the banner of a kind away, if there is one."""
        banner = self._banners.pop(kind, None)
        if banner is not None:
            self._column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()

    def clear(self) -> None:
        """Take all banners away (another library was opened)."""
        for kind in list(self._banners):
            self.drop(kind)

    def shown(self) -> dict[str, str]:
        """Kind and sentence of every banner now shown."""
        return {kind: banner.label.text() for kind, banner in self._banners.items()}

    def banner(self, kind: str) -> Banner | None:
        """The banner of a kind, or None."""
        return self._banners.get(kind)

    def _closed(self) -> None:
        self.drop(next(k for k, b in self._banners.items() if b is self.sender()))
