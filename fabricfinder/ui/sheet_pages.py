"""A sheet laid out on pages: which page holds what, and the one painting of each.

Preview, printer, PDF and PNG all call ``SheetPages.paint``; nothing is laid out twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QPainter

from fabricfinder.composing import PictureWish, least_ppi, print_ppi, whole_side
from fabricfinder.sheets.content import Sheet, SheetEntry
from fabricfinder.sheets.dress import MUTED
from fabricfinder.sheets.request import PAPERS
from fabricfinder.ui import sheet_cards, sheet_grids, sheet_tables
from fabricfinder.ui.sheet_canvas import Align, Box, Canvas
from fabricfinder.ui.sheet_parts import paint_legend, separator, ticks

MARGIN = 12.0
HEAD, FOOT = 15.5, 14.0  # mm of a page's header and footer
CHECK_MM = 100.0  # length of the footer's own ruler
GRIDS = {"2x3": (2, 3), "3x4": (3, 4)}
HANGER_MM = (100.0, 50.0)
MANY = 40
WHOLE_SIDE = 500  # px of the small pictures of queries and tables
CARD_WHOLE_SIDE = 1300

Paint = Callable[[Canvas, Box], None]


@dataclass(frozen=True, slots=True)
class _Page:
    """One page: what paints its body, and whether it has header and footer."""

    paint: Paint
    framed: bool = True


class SheetPages:
    """The pages of a sheet.

    Args:
        sheet: what stands on them.
        layout: one of ``request.LAYOUTS``.
        paper: key of PAPERS.

    Attributes:
        size_mm: width and height of every page.
    """

    def __init__(self, sheet: Sheet, layout: str, paper: str) -> None:
        self.sheet = sheet
        self.size_mm = PAPERS[paper]
        self._pages = self._plan(layout)

    def __len__(self) -> int:
        return len(self._pages)

    def paint(self, painter: QPainter, number: int, px_per_mm: float) -> None:
        """Paint page ``number`` (from 0) with its upper left corner at the painter's origin."""
        canvas = Canvas(painter, px_per_mm)
        try:
            page = self._pages[number]
            width, height = self.size_mm
            if page.framed:
                self._frame(canvas, number)
                body = Box(MARGIN, MARGIN + HEAD, width - 2 * MARGIN,
                           height - 2 * MARGIN - HEAD - FOOT)  # fmt: skip
                page.paint(canvas, body)
            else:
                page.paint(canvas, Box(0, 0, width, height))
        finally:
            canvas.close()

    # Plans -------------------------------------------------------------------------------------

    def _plan(self, layout: str) -> list[_Page]:
        if layout in GRIDS:
            pages = self._grid(*GRIDS[layout])
        elif layout == "hanger":
            return self._hangers()
        elif layout == "spec":
            pages = self._tables()
        elif layout == "process":
            pages = [_Page(lambda canvas, body: sheet_tables.process(canvas, body, self.sheet))]
        else:
            paint = sheet_cards.card if layout == "card" else sheet_cards.compare
            pages = [self._single(paint, entry) for entry in self.sheet.entries]
        return pages + [self._plot(start) for start in range(0, len(self.sheet.plots), 2)]

    def _single(self, paint: Callable, entry: SheetEntry) -> _Page:
        return _Page(lambda canvas, body: paint(canvas, body, entry, self.sheet))

    def _grid(self, columns: int, rows: int) -> list[_Page]:
        """Pages of cells; the first one gives its upper row to the query."""
        entries, pages = self.sheet.entries, []
        first = columns * (rows - 1) if self.sheet.query else columns * rows
        start, room = 0, first
        while start < len(entries):
            some = entries[start : start + room]
            pages.append(self._cells(some, columns, rows, with_query=not pages))
            start, room = start + room, columns * rows
        return pages

    def _cells(
        self, entries: Sequence[SheetEntry], columns: int, rows: int, with_query: bool
    ) -> _Page:
        def paint(canvas: Canvas, body: Box) -> None:
            sheet_grids.cells(canvas, body, entries, self.sheet, (columns, rows), with_query)

        return _Page(paint)

    def _tables(self) -> list[_Page]:
        """Pages of the spec table; the first gives some of its height to the query."""
        entries, pages = self.sheet.entries, []
        width, height = self.size_mm
        body = Box(0, 0, width - 2 * MARGIN, height - 2 * MARGIN - HEAD - FOOT)
        start = 0
        while start < len(entries):
            n = sheet_tables.rows_on(body, self.sheet, first=not pages)
            pages.append(self._rows(entries[start : start + n], first=not pages))
            start += n
        return pages

    def _rows(self, entries: Sequence[SheetEntry], first: bool) -> _Page:
        return _Page(
            lambda canvas, body: sheet_tables.table(canvas, body, entries, self.sheet, first)
        )

    def _hangers(self) -> list[_Page]:
        entries = self.sheet.entries
        per_page = 2 * int(self.size_mm[1] // HANGER_MM[1])
        return [
            self._labels(entries[start : start + per_page])
            for start in range(0, len(entries), per_page)
        ]

    def _labels(self, entries: Sequence[SheetEntry]) -> _Page:
        def paint(canvas: Canvas, page: Box) -> None:
            sheet_cards.hangers(canvas, page, entries, self.sheet, HANGER_MM)

        return _Page(paint, framed=False)

    def _plot(self, start: int) -> _Page:
        plots = self.sheet.plots[start : start + 2]
        return _Page(lambda canvas, body: sheet_tables.plots(canvas, body, plots))

    # The frame ---------------------------------------------------------------------------------

    def _frame(self, canvas: Canvas, number: int) -> None:
        """Title and facts above, legend, remarks and a 100 mm ruler below."""
        sheet, words = self.sheet, self.sheet.words
        width, height = self.size_mm
        inner = width - 2 * MARGIN
        page = words["page"].format(n=number + 1, m=len(self))
        right = canvas.width_of(page, 7) + 4
        size = 14 if canvas.width_of(sheet.title, 14, bold=True) <= inner - right else 10.5
        canvas.text(MARGIN, MARGIN - 1, inner - right, sheet.title, size, bold=True)
        canvas.text(MARGIN, MARGIN + 0.6, inner, page, 7, color=MUTED, align=Align.RIGHT)
        facts = [words["told"].format(name=name, text=text) for name, text in sheet.facts]
        line = " · ".join((sheet.date, words[sheet.profile], *facts))
        canvas.text(MARGIN, MARGIN + 6.2, inner, line, 7, color=MUTED)
        separator(canvas, MARGIN, MARGIN + 11.2, inner)
        self._foot(canvas, height - MARGIN - FOOT + 2.5, inner)

    def _foot(self, canvas: Canvas, y: float, inner: float) -> None:
        words = self.sheet.words
        separator(canvas, MARGIN, y, inner)
        if self.sheet.query is not None:
            paint_legend(canvas, MARGIN, y + 1.2, self.sheet)
        ruler = Box(MARGIN, y + 5.0, CHECK_MM, 4.0)
        ticks(canvas, ruler, 1.0, -4.0)
        left = MARGIN + CHECK_MM + 8
        room = inner - CHECK_MM - 8
        notes = f"{words['print_note']} {words['colour_note']} {words['warp_note']}"
        canvas.text(left, y + 4.4, room, notes, 5.6, color=MUTED, lines=4)


def wish_for(layout: str, paper: str) -> Callable[[int], PictureWish]:
    """The pictures a layout wants, given how many cloths there are."""
    width, height = PAPERS[paper]
    body = Box(0, 0, width - 2 * MARGIN, height - 2 * MARGIN - HEAD - FOOT)

    def wish(n: int) -> PictureWish:
        query_box, whole = None, WHOLE_SIDE
        if layout in GRIDS:
            box = sheet_grids.picture_box(sheet_grids.cell_size(body, GRIDS[layout]))
            if n <= MANY:  # cells beside a short query row are taller
                box = box[0], box[1] + sheet_grids.MOST_EXTRA
            query_box = sheet_grids.query_box(body, GRIDS[layout])
        elif layout == "card":
            box, query_box = sheet_cards.CARD_BOX, sheet_cards.CARD_QUERY_BOX
            whole = CARD_WHOLE_SIDE
        elif layout == "compare":
            box = sheet_cards.compare_box(body)
        elif layout == "hanger":
            box = sheet_cards.HANGER_BOX
        else:
            box, query_box = sheet_tables.PICTURE_BOX, sheet_tables.QUERY_BOX
        ppi = print_ppi(box, n)
        return PictureWish(whole_side(whole, n), box, query_box, ppi, least_ppi(ppi, n), n)

    return wish
