"""The page “Camera”: live view, focus and exposure, a camera of this computer or one by address."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.ui.camera_view import CameraView
from fabricfinder.ui.plain_parts import plain_button
from fabricfinder.ui.screen_room import fitting
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, scaled_font

NO_CAMERA = "no camera"
BY_ADDRESS = "address"


class CameraDialog(QDialog):
    """Not modal.

    Signals:
        camera_chosen: the name of a camera of this computer.
        address_given: of a phone or network camera.
        picture_wanted: whether it goes into the library (else it is searched with).
        permission_wanted: ask the system again.
        closed: she put it away; the camera's light goes out.
    """

    camera_chosen = Signal(str)
    address_given = Signal(str)
    picture_wanted = Signal(bool)
    permission_wanted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Camera"))
        self.view = CameraView(self)
        self.cameras = QComboBox(self)
        self.cameras.setAccessibleName(self.tr("Camera"))
        self.address = QLineEdit(self)
        self.address.setAccessibleName(self.tr("Address"))
        self.address.setPlaceholderText("http://192.168.1.30:8080/video  ·  rtsp://…")
        self.address.setToolTip(self.tr(
            "Of a phone's camera app or a network camera (MJPEG or RTSP); press Enter."
        ))  # fmt: skip
        self.look_button = plain_button(self, self.tr("Look through it"))
        self.again_button = plain_button(self, self.tr("Try again"))
        self.focus_bar = QProgressBar(self)
        self.focus_bar.setTextVisible(False)
        self.focus_bar.setRange(0, 100)
        self.focus_bar.setAccessibleName(self.tr("Focus"))
        self.focus_words, self.said = QLabel(self), QLabel(self)
        self.said.setWordWrap(True)
        self.said.setProperty("note", True)
        self.search_button = plain_button(self, self.tr("Search with it"))
        self.take_button = plain_button(self, self.tr("Take into the library"))
        self.take_button.setProperty("primary", True)
        self._lay_out()
        self._connect()
        self.resize(fitting(self, 860, 720))
        self.say("")
        self.show_live(False)

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Camera"), self)
        title.setFont(scaled_font(1.6, bold=True))
        top = QHBoxLayout()
        top.setSpacing(SPACE_S)
        top.addWidget(self.cameras, 2)
        top.addWidget(self.address, 3)
        top.addWidget(self.look_button)
        focus = QHBoxLayout()
        focus.setSpacing(SPACE_M)
        label = QLabel(self.tr("Focus"), self)
        label.setProperty("muted", True)
        self.focus_bar.setFixedWidth(220)
        focus.addWidget(label)
        focus.addWidget(self.focus_bar)
        focus.addWidget(self.focus_words, 1)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE_S)
        foot.addWidget(self.said, 1)
        foot.addStretch(1)
        for button in (self.again_button, self.search_button, self.take_button):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(title)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        column.addLayout(focus)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.cameras.activated.connect(self._choose)
        self.address.returnPressed.connect(self._give_address)
        self.look_button.clicked.connect(self._give_address)
        self.again_button.clicked.connect(self.permission_wanted)
        self.take_button.clicked.connect(lambda: self.picture_wanted.emit(True))
        self.search_button.clicked.connect(lambda: self.picture_wanted.emit(False))

    # What the flow tells -----------------------------------------------------------------------

    def show_cameras(self, names: Sequence[str], chosen: str = "") -> None:
        """Offer the cameras of this computer, and an address."""
        self.cameras.clear()
        for name in names:
            self.cameras.addItem(name, name)
        if not names:
            self.cameras.addItem(self.tr("No camera is plugged in"), NO_CAMERA)
        self.cameras.addItem(self.tr("By its address"), BY_ADDRESS)
        self.cameras.setCurrentIndex(max(0, self.cameras.findData(chosen)))

    def show_frame(self, image: QImage) -> None:
        """The newest picture."""
        self.view.show_image(image)
        self.show_live(True)

    def show_state(self, words: str, *, again: bool = False) -> None:
        """There is no picture, and why; ``again`` offers to try once more."""
        self.view.forget(words)
        self.show_live(False)
        self.again_button.setVisible(again)

    def show_lost(self, words: str) -> None:
        """The camera was there and is being sought."""
        self.view.show_words(words)
        self.show_live(False)

    def show_live(self, live: bool) -> None:
        """Whether a picture can be taken now."""
        for button in (self.take_button, self.search_button):
            button.setEnabled(live)
        if live:
            self.again_button.setVisible(False)
        else:
            self.focus_bar.setValue(0)
            self.focus_words.setText("")

    def show_look(self, share: float, sentence: str) -> None:
        """How sharp, as a share of the sharpest so far, and what is in the way."""
        self.focus_bar.setValue(round(100 * share))
        self.focus_words.setText(sentence)
        self.focus_bar.setAccessibleDescription(sentence)

    def say(self, sentence: str) -> None:
        """Show a sentence; "" takes it away."""
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    # Inside ------------------------------------------------------------------------------------

    def _choose(self) -> None:
        name = self.cameras.currentData()
        if name == BY_ADDRESS:
            self.address.setFocus(Qt.FocusReason.OtherFocusReason)
            self._give_address()
        elif name != NO_CAMERA:
            self.camera_chosen.emit(name)

    def _give_address(self) -> None:
        if self.address.text().strip():
            at = self.cameras.findData(BY_ADDRESS)
            self.cameras.setCurrentIndex(at)
            self.address_given.emit(self.address.text().strip())

    def reject(self) -> None:
        """Override QDialog::reject: put away, by whichever way; nobody looks any more."""
        super().reject()
        self.closed.emit()
