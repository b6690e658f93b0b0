"""The line at the foot of the window: the program's eye, the page's sentence, the running job."""

from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from fabricfinder.ui.elided_label import ElidedLabel
from fabricfinder.ui.encoder_dot import EncoderDot
from fabricfinder.ui.job_book import JobBook
from fabricfinder.ui.jobs_panel import JobsStrip
from fabricfinder.ui.theme import SPACE_M, SPACE_S


class StatusLine(QStatusBar):
    """Arranges the three; ``message`` is the page's."""

    def __init__(self, book: JobBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dot = EncoderDot(self)
        self.message = ElidedLabel(self)
        self.message.setProperty("muted", True)
        self.strip = JobsStrip(book, self)
        self.units = QLabel(self.tr("threads/cm · tex · g/m²"), self)
        self.units.setProperty("muted", True)
        self.units.setContentsMargins(SPACE_S, 0, SPACE_M, 0)
        self.units.setToolTip(
            self.tr(
                "Densities in threads per cm, yarns in tex, weights in g/m², scale in pixels per cm, "
                "tightness in percent of the cloth its yarns cover."
            )
        )
        self.setSizeGripEnabled(False)
        self.addWidget(self.dot)
        self.addWidget(self.message)  # as long as its sentence; the job has the rest
        self.addPermanentWidget(self.strip, 1)
        self.addPermanentWidget(self.units)
