"""The panes of the Find workspace side by side: query and weights, results, inspector."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget

from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.ui.facet_panel import FacetPanel
from fabricfinder.ui.find_states import State
from fabricfinder.ui.inspector import Inspector
from fabricfinder.ui.match_panel import MatchPanel
from fabricfinder.ui.query_panel import QueryPanel
from fabricfinder.ui.results_page import ResultsPage
from fabricfinder.ui.theme import SPACE_L, SPACE_M
from fabricfinder.ui.thumbnails import ThumbnailCache

LEFT_PX, RIGHT_PX = 340, 300
LARGEST_QUERY_PX = 460


class FindPanes(QSplitter):
    """The panes and their widths.

    Attributes:
        query, match, facets: left, from top to bottom.
        results: the middle.
        inspector: right.
    """

    def __init__(
        self, thumbnails: ThumbnailCache, taxonomy: Taxonomy, parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.query = QueryPanel()
        self.match = MatchPanel()
        self.facets = FacetPanel(taxonomy)
        self.results = ResultsPage(thumbnails, taxonomy)
        self.inspector = Inspector(taxonomy)
        self.inspector.setMinimumWidth(220)
        self.results.setMinimumWidth(300)
        for pane in (LeftPane(self.query, self.match, self.facets), self.results, self.inspector):
            self.addWidget(pane)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        self.setStretchFactor(1, 1)
        self.setSizes([LEFT_PX, 700, RIGHT_PX])

    @property
    def view(self) -> tuple[int, bool]:
        """How results are shown: smallest edge of their cloths in px, and whether as a table."""
        header = self.results.header
        return header.size.value(), header.table_button.isChecked()

    def set_view(self, side: int, table: bool) -> None:
        """Show results as ``view`` said."""
        self.results.header.size.setValue(side)
        self.results.show_table(table)

    def show_state(self, state: State) -> None:
        """Show a state in place of the results."""
        page = self.results.state
        page.show_state(state.headline, state.sentence, state.remedies, state.shelves)
        self.results.show_state()


class LeftPane(QScrollArea):
    """Query, weights and conditions under one another, scrolled when they are too high."""

    def __init__(self, query: QueryPanel, match: MatchPanel, facets: FacetPanel) -> None:
        super().__init__()
        self._query = query
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_L)
        for panel in (query, match, facets):
            column.addWidget(panel)
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(body)
        self.setMinimumWidth(300)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: the query's swatch stays square, whatever else is open."""
        side = self.width() - 2 * SPACE_M - self.verticalScrollBar().sizeHint().width()
        self._query.view.setFixedHeight(max(160, min(side, self.height() // 2, LARGEST_QUERY_PX)))
        super().resizeEvent(event)
