"""From an import to its review: when it is offered, and what her answers do."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.swatch import Alike, ImportReport
from fabricfinder.jobs import JobEvent
from fabricfinder.ui import wording
from fabricfinder.ui.number_words import count_text

if TYPE_CHECKING:
    from fabricfinder.ui.import_review import ImportReview
    from fabricfinder.ui.main_window import MainWindow


class ReviewFlow(QObject):
    """The review of the last import."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._dialog: ImportReview | None = None
        self._report: ImportReport | None = None
        window.desk.import_done.connect(self._take_report)
        window.desk.catalog_changed.connect(self._take_catalog)
        window.desk.library_opened.connect(self._forget)
        window.desk.job_event.connect(self._take_event)

    @property
    def dialog(self) -> "ImportReview | None":
        """The page, once it was opened."""
        return self._dialog

    def open_dialog(self) -> None:
        """Show the page; it is made when first wanted."""
        from fabricfinder.ui.import_review import ImportReview

        window = self._window
        if self._dialog is None:
            self._dialog = dialog = ImportReview(window.thumbnails, window)
            dialog.show_wanted.connect(self._show_in_library)
            dialog.same_wanted.connect(self._file_together)
            dialog.retry_wanted.connect(window.flow.add)
            dialog.pause_wanted.connect(self._pause)
            dialog.stop_wanted.connect(self._stop)
            dialog.resume_wanted.connect(window.desk.resume_import)
            window.book.changed.connect(self._show_line)
            dialog.show_catalog(window.desk.catalog)
            if self._report is not None:
                dialog.show_report(self._report)
        self._show_line()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    # Wishes ------------------------------------------------------------------------------------

    def _show_in_library(self, title: str, ids: tuple[str, ...]) -> None:
        self._window.show_page("library")
        self._window.library.show_only(title, ids)

    def _file_together(self, alikes: list[Alike]) -> None:
        """Make new pictures further ones of the articles their cloth was filed under."""
        catalog = self._window.desk.catalog
        for one in alikes:
            new = catalog.find(one.swatch) if catalog is not None else None
            earlier = catalog.find(one.earlier) if catalog is not None else None
            if new is None or earlier is None:
                continue
            said = {name: earlier.fields[name] for name in ("article", "colourway")
                    if earlier.fields.get(name)}  # fmt: skip
            ids = [new.id]
            if "article" not in said:  # then both are filed under what the earlier one is called
                said["article"] = earlier.name
                ids = [earlier.id, new.id]
            name = self.tr("File {what} as another picture of {name}").format(
                what=new.name, name=wording.swatch_title(earlier)
            )
            self._window.archive.desk.edit(ids, said, name)

    def _pause(self, paused: bool) -> None:
        for line in self._running():
            self._window.desk.pause(line.job, paused)
            self._window.book.set_paused(line.job, paused)

    def _stop(self) -> None:
        for line in self._running():
            self._window.desk.cancel(line.job)

    def _running(self) -> list:
        return [line for line in self._window.book.active() if line.name == "import"]

    # Answers -----------------------------------------------------------------------------------

    def _take_report(self, report: ImportReport) -> None:
        """Keep it, and offer the review where there is something to answer."""
        self._report = report
        if self._dialog is not None:
            self._dialog.show_report(report)
        n = len(report.alike)
        if n and (self._dialog is None or not self._dialog.isVisible()):
            said = self.tr("One new picture seems to show cloth you have a picture of already.")
            if n > 1:
                many = self.tr("{n} new pictures seem to show cloth you have pictures of already.")
                said = many.format(n=count_text(n))
            self._window.banners.tell("alike", said, (self.tr("Review"), self.open_dialog))

    def _take_catalog(self, catalog: Catalog) -> None:
        if self._dialog is not None:
            self._dialog.show_catalog(catalog)

    def _forget(self, _: Catalog) -> None:
        """Another library: its imports are its own."""
        self._report = None
        self._window.banners.drop("alike")
        if self._dialog is not None:
            self._dialog.show_report(ImportReport())

    def _take_event(self, event: JobEvent) -> None:
        """An import that was stopped can go on."""
        if event.name != "import":
            return
        banners, catalog = self._window.banners, self._window.desk.catalog
        if event.kind == "cancelled" and catalog is not None:
            banners.tell(
                "pending", self.tr("The import was stopped. What came so far stays."),
                (self.tr("Continue"), self._window.desk.resume_import),
                (self.tr("Review"), self.open_dialog),
            )  # fmt: skip

    def _show_line(self) -> None:
        if self._dialog is not None:
            lines = self._running()
            self._dialog.show_line(lines[-1] if lines else None)
