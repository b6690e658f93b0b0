"""The panes of the Find workspace side by side: query and weights, results, inspector."""

from PySide6.QtCore import Qt
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

LEFT_PX, RIGHT_PX = 320, 300


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
        for pane in (self._left(), self.results, self.inspector):
            self.addWidget(pane)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        self.setStretchFactor(1, 1)
        self.setSizes([LEFT_PX, 700, RIGHT_PX])

    def show_state(self, state: State) -> None:
        """Show a state in place of the results."""
        page = self.results.state
        page.show_state(state.headline, state.sentence, state.remedies, state.shelves)
        self.results.show_state()

    def _left(self) -> QWidget:
        """Query, weights and conditions under one another, scrolled when they are too high."""
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_L)
        for panel in (self.query, self.match, self.facets):
            column.addWidget(panel)
        column.addStretch(1)
        left = QScrollArea()
        left.setWidgetResizable(True)
        left.setFrameShape(QFrame.Shape.NoFrame)
        left.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        left.setWidget(body)
        left.setMinimumWidth(290)
        return left
