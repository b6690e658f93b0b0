"""From the menu to swatches in the library: the scan dialog, its scanner, and what came of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from fabricfinder.jobs import JobEvent
from fabricfinder.ui.device_desk import DeviceDesk
from fabricfinder.ui.sentences import retold

if TYPE_CHECKING:
    from fabricfinder.ui.main_window import MainWindow
    from fabricfinder.ui.scan_dialog import ScanDialog

SCANNERS, ASK, PREVIEW, SCAN = "scanners", "scan-ask", "scan-preview", "scan"
ADDRESSES, LAST = "scan/addresses", "scan/last"


class ScanFlow(QObject):
    """Scanning, as the window does it; one scan at a time.

    Attributes:
        devices: the thread the scanner is waited for on.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._dialog: ScanDialog | None = None
        self.devices = DeviceDesk(self)
        self.devices.event.connect(self._take_event)
        self.devices.event.connect(window.book.take)
        self._job = 0
        self._pages: list[Path] = []  # whole pages of the scan that runs

    @property
    def dialog(self) -> "ScanDialog | None":
        """The page, once it was opened."""
        return self._dialog

    def open_dialog(self) -> None:
        """Show the page; it is made when first wanted, and then looks for scanners."""
        from fabricfinder.ui.scan_dialog import ScanDialog

        fresh = self._dialog is None
        if self._dialog is None:
            self._dialog = dialog = ScanDialog(self._window)
            dialog.refresh_wanted.connect(self._look_around)
            dialog.scanner_chosen.connect(self._ask)
            dialog.address_given.connect(self._add_address)
            dialog.preview_wanted.connect(self._preview)
            dialog.scan_wanted.connect(self._scan)
            dialog.stop_wanted.connect(self._stop)
            dialog.guide_wanted.connect(lambda: self._window.guide.open_page("bringing-in"))
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()
        if fresh:
            self._look_around()

    def close(self) -> None:
        """End with the window."""
        self.devices.close()

    # Wishes ------------------------------------------------------------------------------------

    def _look_around(self) -> None:
        from fabricfinder.capture.scanning import look_around

        addresses = self._addresses()
        self._begin(SCANNERS, lambda: look_around(addresses))

    def _ask(self, name: str) -> None:
        from fabricfinder.capture.scanning import ask_scanner

        self._window.session.put(LAST, name)
        self._begin(ASK, lambda: ask_scanner(name))

    def _add_address(self, address: str) -> None:
        """Keep a network scanner's address and look there."""
        from fabricfinder.capture.errors import ScannerError
        from fabricfinder.capture.escl import EsclScanner

        assert self._dialog is not None
        try:
            name = EsclScanner(address).name
        except ScannerError as error:
            self._dialog.say(retold(str(error)))
            return
        kept = [a for a in self._addresses() if a != name.removeprefix("escl:")]
        self._window.session.put(ADDRESSES, "\n".join([name.removeprefix("escl:"), *kept][:8]))
        self._window.session.put(LAST, name)
        self._dialog.address.clear()
        self._look_around()

    def _preview(self) -> None:
        from fabricfinder.capture.scanning import preview_glass

        name, settings = self._dialog.scanner, self._dialog.settings()
        self._begin(PREVIEW, lambda: preview_glass(name, settings))

    def _scan(self) -> None:
        from fabricfinder.capture.scanner import scans_folder
        from fabricfinder.capture.scanning import scan_to_files

        dialog, catalog = self._dialog, self._window.desk.catalog
        if catalog is None or catalog.read_only:
            dialog.say(self.tr("Open a library that can be written; the swatches go there."))
            return
        name, settings = dialog.scanner, dialog.settings()
        frames, split = dialog.wanted_frames(), dialog.cut.isChecked()
        folder = scans_folder(catalog.folder)
        self._pages = []
        self._begin(SCAN, lambda: scan_to_files(name, settings, folder, frames, split=split
                                                and frames is None))  # fmt: skip

    def _begin(self, name: str, start: Any) -> None:
        self._job = self.devices.run(name, start, replaces=name)
        self._dialog.say("")
        self._dialog.show_busy(True)

    def _stop(self) -> None:
        self.devices.cancel(self._job)

    def _addresses(self) -> list[str]:
        """Network scanners she named before."""
        return [a for a in self._window.session.text(ADDRESSES).split("\n") if a]

    # Answers -----------------------------------------------------------------------------------

    def _take_event(self, event: JobEvent) -> None:
        if self._dialog is None or event.job != self._job:
            return
        if event.kind == "progress":
            self._show_progress(event)
        elif event.kind == "done":
            self._dialog.show_busy(False)
            self._take_value(event)
        elif event.kind in ("failed", "cancelled"):
            self._dialog.show_busy(False)
            self._take_end(event)

    def _show_progress(self, event: JobEvent) -> None:
        from fabricfinder.ui.scan_words import progress_sentence

        page = getattr(event.progress.partial, "path", None)
        if page is not None:
            self._pages.append(page)
        sentence, percent = progress_sentence(event.progress, len(self._pages))
        self._dialog.show_busy(True, sentence, percent)

    def _take_value(self, event: JobEvent) -> None:
        """What was asked for is here."""
        dialog, session = self._dialog, self._window.session
        dialog.say("")
        if event.name == SCANNERS:
            dialog.show_listing(event.value, session.text(LAST))
        elif event.name == ASK:
            dialog.show_abilities(event.value)
        elif event.name == PREVIEW:
            dialog.show_preview(event.value)
        else:
            from fabricfinder.ui.scan_words import outcome_sentence

            self._tell(outcome_sentence(event.value), bad=bool(event.value.problem))
            self._window.desk.import_paths([str(path) for path in event.value.files])

    def _take_end(self, event: JobEvent) -> None:
        """Nothing came, or not all of it: whole pages are kept."""
        from fabricfinder.ui.scan_words import kept_sentence

        if event.name == ASK:
            self._dialog.show_abilities(None)
        stopped = self.tr("The scan was stopped.") if event.name == SCAN else ""
        sentence = event.sentence if event.kind == "failed" else stopped
        pages = self._pages if event.name == SCAN else []
        self._tell(kept_sentence(sentence, len(pages)), bad=event.kind == "failed")
        if pages:
            self._window.desk.import_paths([str(path) for path in pages])
        self._pages = []

    def _tell(self, sentence: str, *, bad: bool) -> None:
        """Say it on the page or, when that is put away, in the window."""
        self._dialog.say(sentence)
        if not self._dialog.isVisible() and sentence:
            if bad:
                self._window.banners.tell("scan", sentence, (self.tr("Scan"), self.open_dialog))
            else:
                self._window.line.message.setText(sentence)
