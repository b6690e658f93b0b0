"""From a swatch to the measuring page, and what is measured there into the library."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.density import UNCOUNTED
from fabricfinder.domain.swatch import Swatch
from fabricfinder.jobs import JobEvent
from fabricfinder.ui import wording
from fabricfinder.ui.device_desk import DeviceDesk
from fabricfinder.ui.glass_marks import ENDS
from fabricfinder.ui.sentences import retold

if TYPE_CHECKING:
    from fabricfinder.ui.main_window import MainWindow
    from fabricfinder.ui.measure_dialog import MeasureDialog
    from fabricfinder.ui.picture_files import PictureReader

CHECK, TARGET, GREY, PREVIEW, SAVE = (
    "measure-picture", "color-target", "grey-card", "true-colour", "true-colour-save",
)  # fmt: skip
LARGEST_PX = 8000


class MeasureFlow(QObject):
    """The measuring page of one swatch at a time.

    Attributes:
        devices: the thread that measures.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._dialog: MeasureDialog | None = None
        self._reader: PictureReader | None = None
        self.devices = DeviceDesk(self)
        self.devices.event.connect(self._take_event)
        window.desk.catalog_changed.connect(self._take_catalog)
        self._swatch: Swatch | None = None
        self._image = QImage()
        self._jobs: dict[int, str] = {}
        self._coloring: Any = None

    @property
    def dialog(self) -> "MeasureDialog | None":
        """The page, once it was opened."""
        return self._dialog

    def open_dialog(self) -> None:
        """Measure the swatch that is chosen on the page shown."""
        swatch = self._chosen()
        if swatch is None:
            self._window.line.message.setText(self.tr("Choose a swatch to measure it."))
            return
        self.open_on(swatch)

    def open_on(self, swatch: Swatch) -> None:
        """Measure a swatch; the page is made when first wanted."""
        if self._dialog is None:
            self._make()
        self._swatch, self._coloring, self._image = swatch, None, QImage()
        self._jobs.clear()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()
        self._reader.ask(swatch.path, LARGEST_PX)

    def close(self) -> None:
        """End with the window."""
        self.devices.close()

    def _make(self) -> None:
        from fabricfinder.ui.measure_dialog import MeasureDialog
        from fabricfinder.ui.picture_files import PictureReader

        self._dialog = dialog = MeasureDialog(self._window)
        self._reader = PictureReader(self)
        self._reader.read.connect(self._take_picture)
        dialog.count_kept.connect(self._keep_count)
        dialog.repeat_kept.connect(self._keep_repeat)
        dialog.scale_kept.connect(self._keep_scale)
        dialog.target_wanted.connect(self._look_for_target)
        dialog.grey_wanted.connect(self._balance)
        dialog.correction_shown.connect(self._show_correction)
        dialog.save_wanted.connect(self._save)

    def _chosen(self) -> Swatch | None:
        """The swatch under the cursor in the library, or the result that is looked at."""
        window, catalog = self._window, self._window.desk.catalog
        if catalog is None:
            return None
        if window.page == "library":
            chosen = window.library.selected()
            return chosen[0] if chosen else None
        results = window.find.panes.results
        view, places = results.model.view, results.chosen_places()
        return None if view is None or not places else catalog.find(
            view.ranked(places[0]).swatch.id)  # fmt: skip

    # What she keeps ----------------------------------------------------------------------------

    def _keep_count(self, tool: str, per_cm: float) -> None:
        field = "ends_per_cm" if tool == ENDS else "picks_per_cm"
        name = self.tr("Count the ends of {what}") if tool == ENDS else self.tr(
            "Count the picks of {what}")  # fmt: skip
        self._edit({field: per_cm}, name)

    def _keep_repeat(self, mm: float) -> None:
        self._edit({"repeat": mm}, self.tr("Measure the repeat of {what}"))

    def _edit(self, fields: dict[str, float], name: str) -> None:
        if self._swatch is not None:
            name = name.format(what=wording.swatch_title(self._swatch))
            self._window.archive.desk.edit([self._swatch.id], fields, name)
            self._dialog.say(self.tr("Kept in the spec sheet. Ctrl+Z takes it back."))

    def _keep_scale(self, px_per_cm: float) -> None:
        if self._swatch is not None:
            name = self.tr("Set the scale of {what}").format(what=wording.swatch_title(self._swatch))
            self._window.archive.desk.set_scale([self._swatch.id], px_per_cm, name, source="ruler")
            self._dialog.say(self.tr("The scale is set by your ruler. Ctrl+Z takes it back."))

    # Colours -----------------------------------------------------------------------------------

    def _look_for_target(self) -> None:
        from fabricfinder.capture.coloring import by_target

        path = self._swatch.path
        self._dialog.show_colours(self.tr("Looking for a colour target…"), None)
        self._run(TARGET, lambda: by_target(path))

    def _balance(self, part: tuple[float, float, float, float]) -> None:
        from fabricfinder.capture.coloring import by_grey_card

        path = self._swatch.path
        self._run(GREY, lambda: by_grey_card(path, part))

    def _show_correction(self, shown: bool) -> None:
        from fabricfinder.capture.coloring import corrected_preview

        if self._swatch is None or self._coloring is None or not shown:
            self._dialog.glass.swap_picture(self._image)
            return
        path, matrix = self._swatch.path, self._coloring.matrix
        side = max(self._image.width(), self._image.height())
        self._run(PREVIEW, lambda: corrected_preview(path, matrix, side))

    def _save(self) -> None:
        from fabricfinder.capture.coloring import save_corrected
        from fabricfinder.capture.scanner import scans_folder

        catalog, swatch = self._window.desk.catalog, self._swatch
        folder, matrix = scans_folder(catalog.folder), self._coloring.matrix
        path, scale = swatch.path, swatch.px_per_cm
        self._run(SAVE, lambda: save_corrected(path, matrix, folder, scale))

    def _run(self, name: str, start: Any) -> None:
        self._jobs[self.devices.run(name, start, replaces=name)] = name

    # Answers -----------------------------------------------------------------------------------

    def _take_picture(self, path: str, image: QImage) -> None:
        """The picture is read: show it, and look at how it was taken."""
        from fabricfinder.capture.coloring import measured_picture

        swatch, catalog = self._swatch, self._window.desk.catalog
        if swatch is None or catalog is None or path != swatch.path:
            return
        self._image = image
        row = catalog.table_row_of.get(swatch.id)
        density = catalog.table.descriptor(row).density if row is not None else UNCOUNTED
        self._dialog.show_picture(
            wording.swatch_title(swatch), image, swatch.px_per_cm, swatch.width, density,
            may_write=not catalog.read_only,
        )  # fmt: skip
        if not image.isNull():
            scale = swatch.px_per_cm
            self._run(CHECK, lambda: measured_picture(path, scale))
        else:
            self._dialog.show_capture((self.tr("It cannot be looked at."),), None)

    def _take_catalog(self, catalog: Catalog) -> None:
        """The scale may be another by now."""
        if self._swatch is None or self._dialog is None:
            return
        newer = catalog.find(self._swatch.id)
        if newer is not None and newer.px_per_cm != self._swatch.px_per_cm:
            self._dialog.show_scale(newer.px_per_cm)
        self._swatch = newer or self._swatch

    def _take_event(self, event: JobEvent) -> None:
        name = self._jobs.get(event.job)
        if name is None or event.kind not in ("done", "failed", "cancelled"):
            return
        del self._jobs[event.job]
        if event.kind == "failed":
            self._dialog.say(event.sentence)
        elif event.kind == "done":
            self._take_value(name, event.value)

    def _take_value(self, name: str, value: Any) -> None:
        from fabricfinder.ui.camera_view import image_of
        from fabricfinder.ui.glass_words import grey_text, target_text

        dialog = self._dialog
        if name == CHECK:
            dialog.show_capture([retold(f.sentence) for f in value.findings], value.repeat_mm)
        elif name == PREVIEW:
            dialog.glass.swap_picture(image_of(value))
        elif name == SAVE:
            dialog.say(self.tr("{name} is on its way into the library.").format(name=value.name))
            self._window.desk.import_paths([str(value)])
        elif value is None:
            none = self.tr("No colour target was found.") if name == TARGET else self.tr(
                "That part is burnt out, black or too small for a grey card.")  # fmt: skip
            dialog.show_colours(none, None)
        else:
            self._coloring = value
            said = grey_text(value.before, value.after) if name == GREY else target_text(
                value.before, value.after, int(value.target.used.sum()))  # fmt: skip
            dialog.show_colours(said, True)
