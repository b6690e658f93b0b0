"""What went wrong, as the window says it: faults, the last sitting's end, safe mode, full disks."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.jobs import JobEvent
from fabricfinder.ui.banner import Action
from fabricfinder.ui.bug_sheet import BugSheet
from fabricfinder.ui.crash_log import BugCatcher, CrashLog
from fabricfinder.ui.session import why_not_written
from fabricfinder.ui.wording import shown_path

if TYPE_CHECKING:
    from fabricfinder.ui.main_window import MainWindow

SAFE_MODE = "--safe-mode"
WRITTEN_MS = 500  # QSettings writes what was changed once the window is idle


class TroubleFlow(QObject):
    """Everything about trouble that the window need not know.

    Attributes:
        again: the arguments with which to start anew once the window is closed; None = not.
        sheet: the report now shown, or None.

    Signals:
        bug: the trace of an exception nobody caught, from whichever thread.
    """

    bug = Signal(str)

    def __init__(self, window: "MainWindow", crash_log: CrashLog) -> None:
        super().__init__(window)
        self._window, self._crash_log = window, crash_log
        self.again: list[str] | None = None
        self.sheet: BugSheet | None = None
        self._seen: set[str] = set()
        self._catcher = BugCatcher(self.bug.emit)
        self._written = QTimer(self, singleShot=True, interval=WRITTEN_MS)
        self._written.timeout.connect(self._tell_unwritten)
        self.bug.connect(self._take_bug)
        window.desk.job_event.connect(self._take_event)
        window.session.on_put = self._written.start

    def begin(self, report: str, by_itself: bool = False) -> None:
        """Catch faults from now on, and say what there is to say of the start.

        Args:
            report: of the last sitting's bad end, or "".
            by_itself: whether this is safe mode without having been asked for.
        """
        self._catcher.begin()
        if self._window.session.safe:
            self._tell_safe(report, by_itself)
        elif report:
            self._tell_crash(report)
        self._tell_unwritten(at_start=True)

    def end(self) -> None:
        """Let go of Python's hooks; safe to call twice."""
        self._catcher.end()
        self._written.stop()

    def restart(self, *arguments: str) -> None:
        """Close the window and start anew; whoever runs the window does it, see ``again``."""
        self.again = list(arguments)
        self._window.close()

    def reset_settings(self) -> None:
        """Forget the settings, and say so."""
        banners = self._window.banners
        banners.drop("safe")
        try:
            aside = self._window.session.reset()
        except FabricFinderError as error:
            banners.tell("reset", str(error))
            return
        sentence = self.tr("The settings are the original ones from the next start on.")
        if aside is not None:
            sentence = self.tr(
                "The settings are the original ones from the next start on; the old ones are kept "
                "as {name}."
            ).format(name=aside.name)
        banners.tell("reset", sentence, (self.tr("Start anew"), self.restart))

    # Faults ------------------------------------------------------------------------------------

    def _take_bug(self, trace: str) -> None:
        """Show a fault's report, once for every kind; one that comes again is in the log."""
        if trace in self._seen:
            return
        self._seen.add(trace)
        self._show(self._crash_log.report(trace))

    def _take_event(self, event: JobEvent) -> None:
        """A job died of a bug: the page says that it did, this says what can be passed on."""
        if event.trace and event.trace not in self._seen:
            self._seen.add(event.trace)
            report = self._crash_log.report(event.trace)
            self._window.banners.tell(
                "bug",
                self.tr("Something went wrong inside fabricfinder; your cloth is safe."),
                (self.tr("Show the report"), lambda: self._show(report)),
            )

    def _show(self, report: str) -> None:
        if self.sheet is None:
            self.sheet = BugSheet(report, self._show_log, self._window)
            self.sheet.destroyed.connect(self._forget_sheet)
        else:
            self.sheet.show_report(report)
        self.sheet.show()
        self.sheet.raise_()

    def _forget_sheet(self) -> None:
        self.sheet = None

    def _show_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._crash_log.folder)))

    # Sentences ---------------------------------------------------------------------------------

    def _tell_crash(self, report: str) -> None:
        """One line about the last sitting."""
        self._window.banners.tell(
            "crash",
            self.tr("fabricfinder closed unexpectedly the last time; nothing was lost."),
            self._copying(report),
            (self.tr("Start in safe mode"), lambda: self.restart(SAFE_MODE)),
        )

    def _tell_safe(self, report: str, by_itself: bool) -> None:
        """One line about safe mode."""
        sentence = self.tr("Safe mode: your settings are neither used nor changed.")
        if by_itself:
            sentence = self.tr(
                "fabricfinder did not get as far as its window the last times, so this is safe "
                "mode: your settings are neither used nor changed."
            )
        self._window.banners.tell(
            "safe", sentence,
            (self.tr("Start normally"), self.restart),
            (self.tr("Reset settings"), self.reset_settings),
            *([self._copying(report)] if report else []),
        )  # fmt: skip

    def _tell_unwritten(self, at_start: bool = False) -> None:
        """Say, once a sitting, that settings or log cannot be kept."""
        session, window = self._window.session, self._window
        folder = session.file.parent
        why = "" if session.safe else session.trouble or (why_not_written(folder) if at_start else "")
        if not why and (why := self._crash_log.trouble):
            folder = self._crash_log.folder
        if why and "kept" not in self._seen:
            self._seen.add("kept")
            window.banners.tell("kept", self._unwritten_words(folder, why))

    def _unwritten_words(self, folder: Path, why: str) -> str:
        return self.tr(
            "Settings and log cannot be kept in {folder} ({reason}); everything else works."
        ).format(folder=shown_path(str(folder)), reason=why)

    def _copying(self, report: str) -> Action:
        return self.tr("Copy report"), lambda: QGuiApplication.clipboard().setText(report)
