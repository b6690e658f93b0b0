"""What stands on a sheet: plain values, ready to be painted, written or read aloud.

A profile has done its work before any of these exist: what it hides is not in them, so no writer
can let it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Scores = tuple[float | None, float | None, float | None, float | None]


@dataclass(frozen=True, slots=True, eq=False)
class SheetPicture:
    """A picture made for one sheet: pixels only, none of its file's metadata.

    Attributes:
        jpeg: the bytes.
        width, height: in pixels.
        px_per_mm: scale of *these* pixels, or None when it is not known.
    """

    jpeg: bytes
    width: int
    height: int
    px_per_mm: float | None = None

    @property
    def size_mm(self) -> tuple[float, float] | None:
        """Width and height of the cloth in mm, or None when the scale is not known."""
        if self.px_per_mm is None:
            return None
        return self.width / self.px_per_mm, self.height / self.px_per_mm


@dataclass(frozen=True, slots=True)
class SheetValue:
    """One fact of a cloth.

    Attributes:
        key: the trade field, or weave, pattern, tightness, scale, file.
        label: what it is called.
        text: as it is read, with its unit.
        number: the same as a number in ``unit``, or None for words.
        unit: "", or as in ``TRADE_FIELDS``.
    """

    key: str
    label: str
    text: str
    number: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ColorLine:
    """How a candidate's main colour differs from the query's, both formulas named.

    ``lab`` and ``query_lab`` are CIELAB D65; ``delta_l``, ``delta_c`` and ``delta_h`` are
    candidate less query. ``words`` says the same without numbers.
    """

    lab: tuple[float, float, float]
    query_lab: tuple[float, float, float]
    delta_e_2000: float
    delta_e_cmc: float
    delta_l: float
    delta_c: float
    delta_h: float
    words: str


@dataclass(frozen=True, slots=True)
class Shade:
    """A colour of a palette: 8-bit sRGB, its name, its share of the cloth 0..1."""

    rgb: tuple[int, int, int]
    name: str
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class SheetEntry:
    """One cloth on the sheet.

    Attributes:
        number: its place on the sheet, from 1.
        record: the text of its QR code, or "".
        title: what it is called; unique on a sheet only as far as the archive's names are.
        values: its facts, in the order they are read.
        whole: the whole picture; ``true``: its middle at print resolution, for printing 1:1.
        overall: ranking score 0..1, None when the sheet has no query.
        band: the band's word, "" without a query.
        scores: the four dimensions, None = cannot be judged; ``unsure``: which are guesses.
        sentence: why it was found.
        color: its main colour against the query's, or None.
        palette: its colours, largest first.
        note: what the designer wrote for this sheet.
    """

    number: int
    record: str
    title: str
    values: tuple[SheetValue, ...] = ()
    whole: SheetPicture | None = None
    true: SheetPicture | None = None
    overall: float | None = None
    band: str = ""
    scores: Scores = (None, None, None, None)
    unsure: tuple[bool, bool, bool, bool] = (False, False, False, False)
    sentence: str = ""
    color: ColorLine | None = None
    palette: tuple[Shade, ...] = ()
    note: str = ""

    def value(self, key: str) -> SheetValue | None:
        """The fact of this key, or None."""
        return next((value for value in self.values if value.key == key), None)


@dataclass(frozen=True, slots=True, eq=False)
class SheetQuery:
    """The query, and all that is needed to ask it again.

    Attributes:
        title: what it is called.
        settings: (label, text) lines: scale and date; inside the house also weights, locks,
            filters, how many were searched, model.
        values: its facts where it is a swatch of the library.
        exact: (label, text) lines with the exact names of model and colour measure, for tables.
    """

    title: str
    settings: tuple[tuple[str, str], ...]
    whole: SheetPicture | None = None
    true: SheetPicture | None = None
    palette: tuple[Shade, ...] = ()
    values: tuple[SheetValue, ...] = ()
    exact: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SpecLine:
    """One line of a starting spec: a range, never a bare number.

    Attributes:
        key, label: what it is.
        text: "26 to 28 /cm", "2/1 twill (3 of 4), plain (1 of 4)".
        low, high: the range as numbers, or None for words.
        unit: of the numbers.
        n: how many cloths it rests on.
        sources: their titles.
    """

    key: str
    label: str
    text: str
    low: float | None
    high: float | None
    unit: str
    n: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetPlot:
    """A drawing of the sheet.

    Attributes:
        png: the marks, without a word.
        width_mm, height_mm: its size on paper.
        caption: what it shows.
        labels: words beside its rows, which share its height evenly; () for none.
        x_label, y_label: what its axes measure, or "".
    """

    png: bytes
    width_mm: float
    height_mm: float
    caption: str
    labels: tuple[str, ...] = ()
    x_label: str = ""
    y_label: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A whole sheet.

    Attributes:
        title: stands on top and in the file's metadata.
        profile: key of PROFILES.
        date: ISO, of the day it was made.
        words: every phrase of the sheet in its language, by key of ``words.ENGLISH``.
        query: the query block, or None.
        entries: the cloths in their order.
        facts: (label, text) lines of the header: season, customer, prepared by, library.
        spec: a starting spec from the best matches, empty when none carries one.
        plots: drawings.
    """

    title: str
    profile: str
    date: str
    words: Mapping[str, str]
    query: SheetQuery | None = None
    entries: tuple[SheetEntry, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    spec: tuple[SpecLine, ...] = ()
    plots: tuple[SheetPlot, ...] = ()
