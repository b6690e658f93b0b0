"""From the menu to a picture: a camera of this computer or one by address, lost and found again."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from fabricfinder.jobs import JobEvent
from fabricfinder.ui.device_desk import DeviceDesk
from fabricfinder.ui.sentences import retold

if TYPE_CHECKING:
    from fabricfinder.ui.camera_dialog import CameraDialog
    from fabricfinder.ui.main_window import MainWindow

CAMERA, SAVE = "camera", "camera-save"
KEPT = "camera/address"
CHOOSE_FROM = 5
LOOK_EVERY_S = 0.3
_FORGET = 0.97  # a sharpest picture of long ago counts less and less


def local_cameras(parent: QObject) -> Any:
    """The cameras of this computer; QtMultimedia comes in only here."""
    from fabricfinder.ui.camera_source import LocalCameras

    return LocalCameras(parent)


class CameraFlow(QObject):
    """Looking through one camera at a time.

    Attributes:
        devices: the thread a camera by address is waited for on.
    """

    def __init__(
        self, window: "MainWindow", cameras: Callable[[QObject], Any] = local_cameras
    ) -> None:
        super().__init__(window)
        self._window, self._make_cameras = window, cameras
        self._cameras: Any = None
        self._dialog: CameraDialog | None = None
        # Two threads: the first is held by the camera for as long as it is looked through.
        self.devices, self._saver = DeviceDesk(self), DeviceDesk(self)
        self.devices.event.connect(self._take_event)
        self._saver.event.connect(self._take_saved)
        self._job = 0
        self._into_library = True
        self._wanted: list[Any] | None = None  # pictures to choose from, while one is taken
        self._looked, self._sharpest = 0.0, 0.0

    @property
    def dialog(self) -> "CameraDialog | None":
        """The page, once it was opened."""
        return self._dialog

    def open_dialog(self) -> None:
        """Show the page and look through the first camera there is."""
        from fabricfinder.ui.camera_dialog import CameraDialog

        if self._dialog is None:
            self._dialog = dialog = CameraDialog(self._window)
            dialog.camera_chosen.connect(self._look_through)
            dialog.address_given.connect(self._look_at)
            dialog.picture_wanted.connect(self._take_picture)
            dialog.permission_wanted.connect(self._begin)
            dialog.closed.connect(self._stop)
            dialog.address.setText(self._window.session.text(KEPT))
            self._cameras = self._make_cameras(self)
            self._cameras.frame.connect(self._take_local)
            self._cameras.changed.connect(self._begin)
            self._cameras.failed.connect(self._lose_local)
            self._cameras.answered.connect(lambda _: self._begin())
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()
        self._begin()

    def close(self) -> None:
        """End with the window."""
        self._stop()
        self.devices.close()
        self._saver.close()

    # Which camera ------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Look through the first camera, or say why that cannot be."""
        dialog = self._dialog
        if dialog is None or not dialog.isVisible() or self._job:
            return
        permission = self._cameras.permission()
        names = self._cameras.names() if permission != "refused" else []
        dialog.show_cameras(names)
        if permission == "refused":
            dialog.show_state(self.tr(
                "This program may not use cameras. Allow it in the system's settings, under "
                "privacy and camera, then try again. A camera by its address works without."
            ), again=True)  # fmt: skip
        elif permission == "unasked":
            dialog.show_state(self.tr("The system asks whether this program may use the camera."))
            self._cameras.ask_permission()
        elif not names:
            dialog.show_state(self.tr(
                "No camera is plugged in. Plug one in and it appears here, or type the address "
                "that a phone's camera app shows."
            ))  # fmt: skip
        else:
            self._look_through(names[0])

    def _look_through(self, name: str) -> None:
        """Look through a camera of this computer."""
        self._stop()
        self._dialog.show_state(self.tr("Waking the camera…"))
        self._cameras.look_through(name)

    def _look_at(self, address: str) -> None:
        """Look through a camera by its address."""
        from fabricfinder.capture.camera import paced

        self._stop()
        self._window.session.put(KEPT, address)
        self._dialog.show_state(self.tr("Asking the camera…"))
        self._job = self.devices.run(CAMERA, lambda: paced(address), replaces=CAMERA)

    def _stop(self) -> None:
        """Look through none."""
        self._sharpest, self._wanted = 0.0, None
        if self._job:
            self.devices.cancel(self._job)
            self._job = 0
        if self._cameras is not None:
            self._cameras.stop()

    # Pictures ----------------------------------------------------------------------------------

    def _take_local(self, image: QImage) -> None:
        from fabricfinder.capture.camera import Frame
        from fabricfinder.ui.camera_view import pixels_of

        if self._job or self._dialog is None:
            return
        self._dialog.show_frame(image)
        due = self._wanted is not None or time.monotonic() - self._looked > LOOK_EVERY_S
        if due:
            self._consider(Frame(pixels_of(image)))

    def _lose_local(self, sentence: str) -> None:
        if self._dialog is not None and not self._job:
            said = self.tr("The camera stopped. Pull it out and plug it in again. ({why})")
            self._dialog.show_state(said.format(why=sentence), again=True)

    def _consider(self, frame: Any) -> None:
        """Judge a picture, and keep it where one is being taken."""
        from fabricfinder.capture.camera_check import judged

        if time.monotonic() - self._looked > LOOK_EVERY_S:
            self._looked = time.monotonic()
            look = judged(frame.rgb)
            self._sharpest = max(look.sharp, self._sharpest * _FORGET, 1e-6)
            self._dialog.show_look(look.sharp / self._sharpest, retold(look.sentence))
        if self._wanted is not None:
            self._wanted.append(frame)
            if len(self._wanted) >= CHOOSE_FROM:
                self._save(self._wanted)

    def _take_picture(self, into_library: bool) -> None:
        """Keep the sharpest of the next pictures."""
        catalog = self._window.desk.catalog
        if into_library and (catalog is None or catalog.read_only):
            self._dialog.say(self.tr("Open a library that can be written; the picture goes there."))
            return
        self._into_library, self._wanted = into_library, []
        self._dialog.say(self.tr("Hold still…"))

    def _save(self, frames: list[Any]) -> None:
        from fabricfinder.capture.camera import save_picture
        from fabricfinder.capture.scanner import scans_folder

        self._wanted = None
        catalog = self._window.desk.catalog
        folder = scans_folder(catalog.folder) if catalog is not None else Path.home()
        self._saver.run(SAVE, lambda: save_picture(frames, folder))

    def _take_saved(self, event: JobEvent) -> None:
        if event.kind == "failed":
            self._dialog.say(event.sentence)
        elif event.kind == "done":
            path = event.value
            if self._into_library:
                self._dialog.say(self.tr("Taken: {name}. It is on its way into the library.").format(
                    name=path.name))  # fmt: skip
                self._window.desk.import_paths([str(path)])
            else:
                self._dialog.say("")
                self._dialog.close()
                self._window.show_page("find")
                self._window.find.set_query_path(str(path))

    # A camera by its address -------------------------------------------------------------------

    def _take_event(self, event: JobEvent) -> None:
        from fabricfinder.ui.camera_view import image_of

        if event.job != self._job or self._dialog is None:
            return
        if event.kind == "progress":
            frame = event.progress.partial
            if frame is not None:
                self._dialog.show_frame(image_of(frame.rgb))
                self._consider(frame)
            elif event.progress.notice:
                self._dialog.show_lost(event.progress.notice)
        elif event.kind in ("failed", "cancelled"):
            self._job = 0
            if event.kind == "failed":
                self._dialog.show_state(event.sentence)
