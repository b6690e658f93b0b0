"""The board of answers: pictures with their key and name, groups first, then the terms of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from fabricfinder.ui.label_pictures import TermPictures
from fabricfinder.ui.number_words import listed
from fabricfinder.ui.text_fit import Face
from fabricfinder.ui.theme import current_theme, scaled_font

GAP, PAD = 6, 4
LARGEST, SMALLEST = 232, 52


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer on the board.

    Attributes:
        value: what it means: a term id, a group's id, a percentage.
        key: the letter or digit that chooses it, "" for none.
        name: as she reads it.
        picture: key of its picture.
        belief: what the model gives it, 0..1, or None.
        chosen: whether it is what was said.
        is_group: whether it leads to more answers.
    """

    value: str | float
    key: str
    name: str
    picture: str
    belief: float | None = None
    chosen: bool = False
    is_group: bool = False


class ChoiceButton(QAbstractButton):
    """One answer that can be pressed."""

    def __init__(self, choice: Choice, pictures: TermPictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.side = LARGEST
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_choice(choice)

    def set_choice(self, choice: Choice) -> None:
        """Stand for another answer: cheaper than another button, and keys come quickly."""
        self.choice = choice
        self.setText(choice.name)
        spoken = [choice.name]
        if choice.key:
            spoken.append(self.tr("key {key}").format(key=choice.key.upper()))
        if choice.belief is not None and choice.belief >= 0.005:
            spoken.append(self.tr("model {n} %").format(n=round(100 * choice.belief)))
        if choice.chosen:
            spoken.append(self.tr("chosen"))
        self.setAccessibleName(listed(spoken))
        self.setToolTip(self.accessibleName())
        self.update()

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return cell_size(self.side)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Override QWidget::enterEvent: show the hover ground."""
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Override QWidget::leaveEvent."""
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        theme, choice = current_theme(), self.choice
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.underMouse() or self.isDown():
            painter.fillRect(self.rect(), theme.color("field"))
        place = QRect((self.width() - self.side) // 2, PAD, self.side, self.side)
        pixmap = self._pictures.pixmap(choice.picture)
        if pixmap is None:
            painter.fillRect(place, theme.color("placeholder"))
        else:
            painter.drawPixmap(place, pixmap)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        if choice.chosen:
            painter.setPen(QPen(theme.color("focus"), 4))
            painter.drawRect(place.adjusted(1, 1, -2, -2))
        self._paint_key(painter, place)
        self._paint_belief(painter, place)
        small = Face(scaled_font(0.86, bold=choice.chosen))
        painter.setFont(small.font)
        painter.setPen(theme.color("text"))
        top = place.bottom() + 2 + small.ascent
        for line in small.fitted(choice.name, self.width() - 2, 2):
            painter.drawText(round((self.width() - small.advance(line)) / 2), round(top), line)
            top += small.spacing
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint_key(self, painter: QPainter, place: QRect) -> None:
        if not self.choice.key:
            return
        cap = QRect(place.left() + 3, place.top() + 3, 20, 20)
        paint_tag(painter, cap, self.choice.key.upper(), filled=True)

    def _paint_belief(self, painter: QPainter, place: QRect) -> None:
        belief = self.choice.belief
        if belief is None or belief < 0.015:
            return
        cap = QRect(place.right() - 37, place.bottom() - 19, 36, 18)
        paint_tag(painter, cap, f"{round(100 * belief)} %", filled=False)


def paint_tag(painter: QPainter, cap: QRect, text: str, *, filled: bool) -> None:
    """A small label over a picture: dark on light, or as the selection is dressed."""
    theme = current_theme()
    painter.setPen(QPen(theme.color("strong_line"), 1))
    painter.setBrush(theme.color("select") if filled else theme.color("panel"))
    painter.drawRoundedRect(cap, 3, 3)
    painter.setFont(scaled_font(0.82, bold=filled))
    painter.setPen(theme.color("select_text") if filled else theme.color("text"))
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, text)


def cell_size(side: int) -> QSize:
    """A button's size around a picture of ``side`` px."""
    return QSize(side + 2 * PAD + 14, side + 2 * PAD + 2 + round(2 * Face(scaled_font(0.86)).spacing))


class ChoiceBoard(QWidget):
    """Answers in rows, as large as all of them can be at once.

    Signals:
        chosen: the Choice that was pressed, by key or mouse.
    """

    chosen = Signal(object)

    def __init__(self, pictures: TermPictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._buttons: list[ChoiceButton] = []
        pictures.arrived.connect(self._repaint)
        self.setMinimumSize(240, 200)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The answers shown."""
        return tuple(button.choice for button in self._buttons)

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """Show these in place of the former."""
        choices = tuple(choices)
        if choices == self.choices:
            return
        if len(choices) == len(self._buttons):
            for button, choice in zip(self._buttons, choices, strict=True):
                button.set_choice(choice)
            return
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = []
        for choice in choices:
            button = ChoiceButton(choice, self._pictures, self)
            button.clicked.connect(self._pressed)
            self._buttons.append(button)
        self._arrange()
        for button in self._buttons:
            button.show()

    def press(self, key: str) -> bool:
        """Choose by a letter or digit; False when no answer has it."""
        for button in self._buttons:
            if button.choice.key == key:
                self.chosen.emit(button.choice)
                return True
        return False

    def _pressed(self) -> None:
        button = self.sender()
        if isinstance(button, ChoiceButton):
            self.chosen.emit(button.choice)

    def _arrange(self) -> None:
        """The largest pictures with which all answers find room."""
        n = len(self._buttons)
        if not n:
            return
        for side in range(LARGEST, SMALLEST - 1, -4):
            cell = cell_size(side)
            columns = max(1, (self.width() + GAP) // (cell.width() + GAP))
            rows = -(-n // columns)
            if rows * (cell.height() + GAP) - GAP <= self.height():
                break
        columns = -(-n // -(-n // columns))  # rows of equal length, as far as that goes
        for at, button in enumerate(self._buttons):
            row, column = divmod(at, columns)
            button.side = side
            button.setGeometry(column * (cell.width() + GAP), row * (cell.height() + GAP),
                               cell.width(), cell.height())  # fmt: skip

    def _repaint(self, key: str) -> None:
        for button in self._buttons:
            if button.choice.picture == key:
                button.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent."""
        super().resizeEvent(event)
        self._arrange()
