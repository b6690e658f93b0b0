"""Drawings for who would rather look than read: scores and palettes side by side, the archive map.

matplotlib draws the marks; every word stands beside them as text, so that any script prints right
and can be searched. Fills and hatches are those of the four bars: a grey print tells them apart.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.color import hsv_to_rgb
from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.domain.textile import tex_to_nm
from fabricfinder.sheets.content import Shade, Sheet, SheetPlot
from fabricfinder.sheets.dress import BAR_DRESS, LINE, MUTED, STRONG_LINE, TEXT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MM_PER_INCH = 25.4
DPI = 300
WIDTH_MM = 118.0
BARS_ROW_MM, PALETTE_ROW_MM = 8.5, 6.5
MAP_MM = (150.0, 95.0)
MOST_ROWS = 12
_HATCHES = {"diagonal": "////", "dots": "....", "solid": "", "lines": "||||"}


@dataclass(frozen=True, slots=True, eq=False)
class MapPoints:
    """The archive's cloths whose tightness and yarns are known.

    Attributes:
        ids: their swatches.
        tightness: percent, (n,).
        fineness: metric count of the yarns, mean of warp and weft, Nm, (n,).
        rgb: uint8 (n, 3), the main colour of each.
    """

    ids: tuple[str, ...]
    tightness: np.ndarray
    fineness: np.ndarray
    rgb: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)


def map_points(catalog: Catalog) -> MapPoints:
    """Where each swatch stands on the archive map; those that cannot stand anywhere are left out."""
    ids, tightness, fineness, colors = [], [], [], []
    for row, swatch in enumerate(catalog.coded):
        counts = [swatch.fields.get(name) for name in ("warp_tex", "weft_tex")]
        counts = [tex for tex in counts if isinstance(tex, float | int) and tex > 0]
        cover = float(catalog.table.tightness[row, 0])
        if not counts or not np.isfinite(cover):
            continue
        ids.append(swatch.id)
        tightness.append(cover)
        fineness.append(tex_to_nm(sum(counts) / len(counts)))
        colors.append(_main_color(catalog.table.palettes[row]))
    rgb = np.array(colors, np.uint8).reshape(len(ids), 3)
    return MapPoints(tuple(ids), np.array(tightness), np.array(fineness), rgb)


def _main_color(palette: np.ndarray) -> tuple[int, int, int]:
    """sRGB of the colour that covers most; mid grey where no palette is known."""
    best = palette[int(palette[:, 4].argmax())]
    if best[4] <= 0:
        return (128, 128, 128)
    return tuple(int(round(v * 255)) for v in hsv_to_rgb(best[None, 1:4].astype(float))[0])


def sheet_plots(sheet: Sheet, points: MapPoints | None = None) -> tuple[SheetPlot, ...]:
    """The drawings of a sheet: scores, palettes, and the map where its points may be shown."""
    found = []
    if sheet.query is not None:
        found.append(scores_plot(sheet))
    if any(entry.palette for entry in sheet.entries):
        found.append(palettes_plot(sheet))
    if points is not None and len(points):
        found.append(map_plot(sheet, points))
    return tuple(found)


def scores_plot(sheet: Sheet) -> SheetPlot:
    """The four dimensions of the first cloths, a group of four bars each."""
    entries = sheet.entries[:MOST_ROWS]
    figure = _figure(WIDTH_MM, BARS_ROW_MM * len(entries))
    axes = _bare_axes(figure, (0, 1), len(entries))
    for row, entry in enumerate(entries):
        for place, (name, score) in enumerate(zip(DIMENSIONS, entry.scores, strict=True)):
            y = row + 0.2 + 0.2 * place
            if score is None:
                axes.plot([0, 1], [y, y], color=STRONG_LINE, linewidth=0.5, linestyle=(0, (4, 3)))
                continue
            fill, ink, pattern = BAR_DRESS[name]
            if entry.unsure[place]:  # a guess is an outline
                axes.barh(y, score, height=0.16, fill=False, edgecolor=fill, linewidth=0.6)
                continue
            axes.barh(y, score, height=0.16, color=fill, edgecolor=ink, linewidth=0,
                      hatch=_HATCHES[pattern])  # fmt: skip
    for x in (0.25, 0.5, 0.75, 1.0):
        axes.axvline(x, color=LINE, linewidth=0.4, zorder=0)
    labels = tuple(f"{entry.number}  {entry.title}" for entry in entries)
    size = WIDTH_MM, BARS_ROW_MM * len(entries)
    return SheetPlot(_png(figure), *size, sheet.words["plot_bars"], labels)


def palettes_plot(sheet: Sheet) -> SheetPlot:
    """The palettes of query and cloths under one another, each colour as wide as its share."""
    rows: list[tuple[str, tuple[Shade, ...]]] = []
    if sheet.query is not None:
        rows.append((sheet.query.title, sheet.query.palette))
    rows += [(f"{e.number}  {e.title}", e.palette) for e in sheet.entries[:MOST_ROWS]]
    figure = _figure(WIDTH_MM, PALETTE_ROW_MM * len(rows))
    axes = _bare_axes(figure, (0, 1), len(rows))
    for row, (_, palette) in enumerate(rows):
        left = 0.0
        for shade in palette:
            color = tuple(v / 255 for v in shade.rgb)
            axes.barh(row + 0.5, shade.share, left=left, height=0.72, color=color)
            left += shade.share
        axes.barh(row + 0.5, left, height=0.72, fill=False, edgecolor=STRONG_LINE, linewidth=0.4)
    labels = tuple(label for label, _ in rows)
    size = WIDTH_MM, PALETTE_ROW_MM * len(rows)
    return SheetPlot(_png(figure), *size, sheet.words["plot_palettes"], labels)


def map_plot(sheet: Sheet, points: MapPoints) -> SheetPlot:
    """Every cloth of the archive as a point of its colour; those of the sheet are ringed."""
    figure = _figure(*MAP_MM)
    axes = figure.add_axes((0.07, 0.09, 0.91, 0.89))
    axes.scatter(points.tightness, points.fineness, c=points.rgb / 255, s=7, linewidths=0.2,
                 edgecolors=STRONG_LINE)  # fmt: skip
    place = {swatch_id: n for n, swatch_id in enumerate(points.ids)}
    for entry in sheet.entries:
        n = place.get(entry.record.rpartition("/")[2])
        if n is not None:
            x, y = points.tightness[n], points.fineness[n]
            axes.scatter([x], [y], s=42, facecolors="none", edgecolors=TEXT, linewidths=0.9)
            axes.annotate(str(entry.number), (x, y), xytext=(4, 3), textcoords="offset points",
                          fontsize=6, color=TEXT)  # fmt: skip
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=6, colors=MUTED, width=0.4, length=2)
    words = sheet.words
    n = words["map_points"].format(n=f"{len(points):,}")
    caption = f"{words['plot_map']} · {n}"
    return SheetPlot(_png(figure), *MAP_MM, caption, (), words["map_x"], words["map_y"])


def _figure(width_mm: float, height_mm: float) -> "Figure":
    """An empty white figure with the off-screen painter: no window system, no global state."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), dpi=DPI)
    FigureCanvasAgg(figure)
    return figure


def _bare_axes(figure: "Figure", across: Sequence[float], rows: int) -> object:
    """Axes that fill the figure, the first row on top, without ticks or frame."""
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(across[0], across[1] * 1.004)
    axes.set_ylim(rows, 0)
    axes.set_axis_off()
    return axes


def _png(figure: "Figure") -> bytes:
    """The figure as PNG without metadata."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()
