"""What is said when an import has ended."""

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton

from fabricfinder.domain.swatch import ImportProblem, ImportReport
from fabricfinder.ui.banner import BannerStack
from fabricfinder.ui.import_teller import ImportTeller, report_text

BAD = ImportProblem("/cloth/bad.jpg", "This file is empty.")


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (ImportReport(28), "28 swatches added."),
        (ImportReport(1), "One swatch added."),
        (ImportReport(0), "No swatch was added."),
        (ImportReport(1200, 3), "1,200 swatches added, 3 were here already."),
        (ImportReport(2, 1), "2 swatches added, one was here already."),
        (ImportReport(0, 180), "Nothing new: all 180 are here already."),
        (ImportReport(0, 1), "Nothing new: it is here already."),
        (ImportReport(28, 0, (BAD,) * 5), "28 swatches added. 5 pictures could not be read."),
        (ImportReport(0, 0, (BAD,)), "No swatch was added. One picture could not be read."),
    ],
)
def test_every_outcome_has_a_sentence(report, said):
    assert report_text(report) == said


class Announcer(QObject):
    import_done = Signal(object)


def test_problems_get_a_banner_and_the_rest_a_line(qtbot):
    banners, lines, shown = BannerStack(), [], []
    qtbot.addWidget(banners)
    desk = Announcer()
    teller = ImportTeller(desk, banners, lines.append, lambda: shown.append(True))
    desk.import_done.emit(ImportReport(3, 0, (BAD,)))
    banner = banners.banner("report")
    assert "could not be read" in banner.label.text() and not lines
    banner.findChild(QPushButton, "bannerAction0").click()
    assert shown == [True] and banners.banner("report") is None
    desk.import_done.emit(ImportReport(3, 0, (BAD,)))
    desk.import_done.emit(ImportReport(0, 4))
    assert banners.banner("report") is None, "the newer report counts"
    assert lines == ["Nothing new: all 4 are here already."]
    teller.deleteLater()
