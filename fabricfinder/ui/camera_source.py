"""Cameras of this computer by QtMultimedia, behind one small face; imported when first wanted."""

from PySide6.QtCore import QCameraPermission, QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import (
    QCamera,
    QMediaCaptureSession,
    QMediaDevices,
    QVideoFrame,
    QVideoSink,
)

GRANTED, REFUSED, UNASKED = "granted", "refused", "unasked"
_STATES = {
    Qt.PermissionStatus.Granted: GRANTED,
    Qt.PermissionStatus.Denied: REFUSED,
    Qt.PermissionStatus.Undetermined: UNASKED,
}


class LocalCameras(QObject):
    """The cameras plugged in, one of which may be looked through.

    Signals:
        changed: another camera was plugged in or pulled out.
        frame: a QImage of the one looked through.
        failed: a sentence: it stopped.
        answered: whether she lets the program use cameras: ``GRANTED`` or ``REFUSED``.
    """

    changed = Signal()
    frame = Signal(QImage)
    failed = Signal(str)
    answered = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._devices = QMediaDevices(self)
        self._devices.videoInputsChanged.connect(self.changed)
        self._session = QMediaCaptureSession(self)
        self._sink = QVideoSink(self)
        self._session.setVideoSink(self._sink)
        self._sink.videoFrameChanged.connect(self._take)
        self._camera: QCamera | None = None

    def permission(self) -> str:
        """Whether the system lets this program use cameras: granted, refused or not asked yet."""
        status = QCoreApplication.instance().checkPermission(QCameraPermission())
        return _STATES[status]

    def ask_permission(self) -> None:
        """Let the system ask her; ``answered`` tells."""
        QCoreApplication.instance().requestPermission(QCameraPermission(), self, self._answer)

    def names(self) -> list[str]:
        """What the cameras are called, the system's own choice first."""
        first = QMediaDevices.defaultVideoInput()
        found = [device.description() for device in QMediaDevices.videoInputs() if device != first]
        return ([first.description()] if not first.isNull() else []) + found

    def look_through(self, name: str) -> None:
        """Look through a camera in place of the one before; "" through none."""
        self.stop()
        for device in QMediaDevices.videoInputs():
            if device.description() == name:
                self._camera = QCamera(device, self)
                self._camera.errorOccurred.connect(self._fail)
                self._session.setCamera(self._camera)
                self._camera.start()
                return

    def stop(self) -> None:
        """Look through none; its light goes out."""
        if self._camera is not None:
            self._camera.stop()
            self._session.setCamera(None)
            self._camera.deleteLater()
            self._camera = None

    def _take(self, frame: QVideoFrame) -> None:
        if self._camera is not None and frame.isValid():
            image = frame.toImage()
            if not image.isNull():
                self.frame.emit(image)

    def _fail(self, _: QCamera.Error, sentence: str) -> None:
        self.failed.emit(sentence)

    def _answer(self, permission: object) -> None:
        granted = permission.status() == Qt.PermissionStatus.Granted
        self.answered.emit(GRANTED if granted else REFUSED)
