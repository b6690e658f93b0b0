"""What she hears when an import has ended: how many came, and which could not be read."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject

from fabricfinder.domain.swatch import ImportReport
from fabricfinder.ui.banner import BannerStack
from fabricfinder.ui.desk import Desk
from fabricfinder.ui.number_words import count_text, in_a_row, listed

translate = QCoreApplication.translate


def report_text(report: ImportReport) -> str:
    """“28 swatches added, 3 were here already. 5 pictures could not be read.”"""
    said = []
    if report.imported or not report.already_here:
        said.append(_counted(report.imported, _ADDED))
    if report.already_here:
        said.append(_counted(report.already_here, _HERE if said else _ALL_HERE))
    sentence = translate("Import", "{parts}.").format(parts=listed(said))
    if report.problems:
        unread = _counted(len(report.problems), _UNREAD)
        sentence = in_a_row(sentence, translate("Import", "{parts}.").format(parts=unread))
    return sentence


# What is said of none or one, and of more.
_ADDED = ("No swatch was added", "One swatch added", "{n} swatches added")
_HERE = ("", "one was here already", "{n} were here already")
_ALL_HERE = ("", "Nothing new: it is here already", "Nothing new: all {n} are here already")
_UNREAD = ("", "One picture could not be read", "{n} pictures could not be read")


def _counted(n: int, forms: tuple[str, str, str]) -> str:
    """The form for none, one or more."""
    return translate("Import", forms[min(n, 2)]).format(n=count_text(n))


class ImportTeller(QObject):
    """Tells the outcome of imports: a banner where something could not be read, else a line.

    Args:
        desk: announces the reports.
        banners: where problems are told, with a button that shows them.
        say: shows a sentence at the foot of the window.
        show_problems: opens the list of problems.
    """

    def __init__(
        self,
        desk: Desk,
        banners: BannerStack,
        say: Callable[[str], None],
        show_problems: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._banners, self._say, self._show_problems = banners, say, show_problems
        desk.import_done.connect(self._tell)

    def _tell(self, report: ImportReport) -> None:
        self._banners.drop("report")
        if report.problems:
            action = (self.tr("Show them"), self._show_problems)
            self._banners.tell("report", report_text(report), action)
        else:
            self._say(report_text(report))
