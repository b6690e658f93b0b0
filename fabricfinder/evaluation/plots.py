"""Plots of an evaluation as PNG, light and dark, in the window's look; matplotlib without pyplot.

Every plot is a ``Figure`` of its own on an Agg canvas, so nothing global changes and threads do not
meet. Series differ by line style and marker as well as by colour.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import get_font_names
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

from fabricfinder.evaluation.calibration import ReliabilityBin
from fabricfinder.evaluation.metrics import PrecisionRecall
from fabricfinder.evaluation.report import BitsPoint, Figure

DPI = 144
TITLE, TEXT, SMALL = 14, 11, 9


@dataclass(frozen=True, slots=True)
class Look:
    """One theme: surface, words, lines, and the fills of the series, as ``#rrggbb``."""

    surface: str
    text: str
    muted: str
    line: str
    track: str
    series: tuple[str, ...]
    bars: tuple[str, ...]


# The window's own values (ui.theme); fills after Okabe and Ito, safe for every colour vision.
LOOKS: Mapping[str, Look] = MappingProxyType({
    "light": Look(
        "#f8f8f8", "#1a1a1a", "#575757", "#cfcfcf", "#dcdcdc",
        ("#1a1a1a", "#1f5f8b", "#b46a08", "#a85583", "#237a5d", "#767676", "#5b9fcf", "#7f5210"),
        ("#1f5f8b", "#b46a08", "#a85583", "#237a5d"),
    ),
    "dark": Look(
        "#2e2e2e", "#ececec", "#b4b4b4", "#595959", "#505050",
        ("#f4f4f4", "#5b9fcf", "#e8a94a", "#cf86b0", "#58b795", "#a8a8a8", "#9cc8e8", "#c9a25a"),
        ("#5b9fcf", "#e8a94a", "#cf86b0", "#58b795"),
    ),
})  # fmt: skip
_DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 2)), (0, (7, 2)), (0, (3, 3)))
_MARKERS = "osD^vPX*"
_HATCHES = ("//", "..", "", "||")
_LATIN = "DejaVu Sans"  # comes with matplotlib
# Of Windows, macOS and Linux; the names of the first face of each file, which alone is read.
_CHINESE = (
    "Microsoft YaHei", "PingFang SC", "PingFang HK", "Hiragino Sans GB", "Heiti TC", "STHeiti",
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Micro Hei",
    "Droid Sans Fallback", "SimHei",
)  # fmt: skip
_COUNTED = re.compile(r"(.+) (\([\d,]+\))")


def _canvas(
    look: Look, width: float, height: float, title: str, subtitle: str = "", panels: int = 1
) -> tuple[Canvas, list[Axes]]:
    """An empty figure in inches with its title at the top left, and its panels side by side."""
    figure = Canvas(figsize=(width, height), dpi=DPI, facecolor=look.surface)
    FigureCanvasAgg(figure)
    top = 1 - (0.95 if panels == 1 else 1.25) / height
    figure.text(0.45 / width, 1 - 0.38 / height, title, color=look.text, fontsize=TITLE,
                fontweight="bold", va="center")  # fmt: skip
    figure.text(0.45 / width, 1 - 0.68 / height, subtitle, color=look.muted, fontsize=SMALL + 1,
                va="center")  # fmt: skip
    grid = figure.add_gridspec(1, panels, left=0.85 / width, right=1 - 0.35 / width,
                               bottom=0.75 / height, top=top, wspace=0.28)  # fmt: skip
    axes = [figure.add_subplot(grid[0, i]) for i in range(panels)]
    for axis in axes:
        _dress(axis, look)
    return figure, axes


def _dress(axis: Axes, look: Look) -> None:
    """Quiet frame, readable ticks."""
    axis.set_facecolor(look.surface)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    for side in ("bottom", "left"):
        axis.spines[side].set_color(look.muted)
    axis.tick_params(colors=look.text, labelsize=SMALL + 1, length=3)
    axis.grid(True, color=look.line, linewidth=0.6)
    axis.set_axisbelow(True)


def _name_axes(axis: Axes, look: Look, across: str, up: str) -> None:
    axis.set_xlabel(across, color=look.text, fontsize=TEXT)
    axis.set_ylabel(up, color=look.text, fontsize=TEXT)


def _legend(axis: Axes, look: Look, place: str = "best") -> None:
    axis.legend(loc=place, fontsize=SMALL + 1, frameon=True, facecolor=look.surface,
                edgecolor=look.line, labelcolor=look.text, handlelength=3.2)  # fmt: skip


def precision_recall_plot(curves: Mapping[str, PrecisionRecall], look: Look) -> Canvas:
    """Precision against recall, one line a system; the first is drawn strongest."""
    figure, (axis,) = _canvas(
        look, 8.6, 5.6, "Of what comes first, how much is right?",
        "right = the same pattern and the same weave; the query's own fabric is left out",
    )  # fmt: skip
    for i, (name, curve) in enumerate(curves.items()):
        axis.plot(curve.recall, curve.precision, color=look.series[i % 8], label=name,
                  linestyle=_DASHES[i % 8], marker=_MARKERS[i % 8], markersize=5,
                  markevery=(i * 3, max(1, len(curve.at) // 6)),
                  linewidth=2.6 if i == 0 else 1.6, zorder=3 if i == 0 else 2)  # fmt: skip
    axis.set_xlim(left=0)
    axis.set_ylim(0, 1)
    _name_axes(axis, look, "recall: share of all right cloths found", "precision")
    _legend(axis, look)
    return figure


def lines_plot(
    lines: Mapping[str, tuple[Sequence[float], Sequence[float]]], words: tuple[str, str, str, str],
    look: Look,
) -> Canvas:  # fmt: skip
    """A share against a count on a logarithmic axis, one line a system; the first is strongest.

    Args:
        lines: by system, x (> 0, the same for all) and y in [0, 1].
        words: title, subtitle, what x is, what y is.
    """
    title, subtitle, across, up = words
    figure, (axis,) = _canvas(look, 8.6, 5.6, title, subtitle)
    for i, (name, (x, y)) in enumerate(lines.items()):
        axis.plot(x, y, color=look.series[i % 8], label=name, linestyle=_DASHES[i % 8],
                  marker=_MARKERS[i % 8], linewidth=2.6 if i == 0 else 1.6)  # fmt: skip
        axis.set_xscale("log", base=2)
        axis.set_xticks(list(x), [f"{v:g}" for v in x], minor=False)
    axis.minorticks_off()
    axis.set_ylim(bottom=0)
    _name_axes(axis, look, across, up)
    _legend(axis, look)
    return figure


def bits_plot(
    systems: Mapping[str, Sequence[BitsPoint]], floor: float, coarse: float, look: Look
) -> Canvas:
    """NDCG@50 against code length; chance and coarse labels as level lines.

    Args:
        floor, coarse: NDCG@50 of a random order and of exact coarse labels alone.
    """
    figure, (axis,) = _canvas(
        look, 8.6, 5.6, "Do longer codes rank similar cloth better?",
        "NDCG@50 against the similarity of the exact labels; 95 % intervals",
    )  # fmt: skip
    lengths = sorted({point.bits for points in systems.values() for point in points})
    for i, (name, points) in enumerate(systems.items()):
        points = sorted(points, key=lambda p: p.bits)
        x = [np.log2(p.bits) + 0.03 * (i - len(systems) / 2) for p in points]
        y = [p.value for p in points]
        spread = np.array([[p.value - p.low, p.high - p.value] for p in points]).T
        axis.errorbar(x, y, yerr=np.maximum(np.nan_to_num(spread), 0), color=look.series[i % 8],
                      label=name, linestyle=_DASHES[i % 8], marker=_MARKERS[i % 8], markersize=6,
                      capsize=3, linewidth=2.6 if i == 0 else 1.6)  # fmt: skip
    for value, words in ((floor, "random order"), (coarse, "exact coarse labels alone")):
        axis.axhline(value, color=look.muted, linewidth=1.2, linestyle=(0, (2, 2)))
        axis.annotate(words, (1, value), xycoords=("axes fraction", "data"), ha="right",
                      xytext=(0, 4), textcoords="offset points", color=look.muted,
                      fontsize=SMALL + 1)  # fmt: skip
    axis.set_xticks([np.log2(b) for b in lengths], [str(b) for b in lengths])
    _name_axes(axis, look, "bits of the code", "NDCG@50")
    _legend(axis, look)
    return figure


def reliability_plot(heads: Mapping[str, Sequence[ReliabilityBin]], look: Look) -> Canvas:
    """Said against true: one panel a head, with how many predictions each bin holds."""
    figure, axes = _canvas(
        look, 4.9 * len(heads) + 0.6, 5.6, "Is it as sure as it should be?",
        "on the line, “70 % sure” is right in 7 of 10; the grey bars show how often each is said",
        panels=len(heads),
    )  # fmt: skip
    for axis, (name, bins) in zip(axes, heads.items(), strict=True):
        total = max(1, sum(b.n for b in bins))
        edges = [b.low for b in bins]
        width = bins[0].high - bins[0].low
        axis.bar(edges, [b.n / total for b in bins], width=width * 0.9, align="edge",
                 color=look.track, zorder=1)  # fmt: skip
        axis.plot([0, 1], [0, 1], color=look.muted, linewidth=1.2, linestyle="--", zorder=2)
        held = [b for b in bins if b.n]
        axis.plot([b.confidence for b in held], [b.accuracy for b in held], color=look.bars[0],
                   marker="o", markersize=6, linewidth=2, zorder=3, clip_on=False)  # fmt: skip
        axis.set_xlim(0, 1)
        axis.set_ylim(0, 1)
        axis.set_title(name, color=look.text, fontsize=TEXT, loc="left")
        _name_axes(axis, look, "sure, it says", "right, in truth")
    return figure


def confusion_plot(
    table: np.ndarray, names: Sequence[str], majors: Sequence[str], look: Look
) -> Canvas:
    """Which pattern is taken for which: rows sum to 1, majors parted by lines.

    Args:
        table: counts (m, m), rows true, columns believed.
        names: what to call each row.
        majors: the major of each row; equal neighbours form one block.
    """
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    side = max(7.0, 0.2 * len(names) + 4.0)
    figure, (axis,) = _canvas(
        look, side, side, "Which pattern is taken for which?",
        "each row is one true pattern; a cell that stands out off the diagonal is a habitual mistake",
    )  # fmt: skip
    axis.set_position([2.9 / side, 2.9 / side, 1 - 3.2 / side, 1 - 3.9 / side])
    paint = LinearSegmentedColormap.from_list("ink", [look.surface, look.bars[0], look.text])
    axis.imshow(share, cmap=paint, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    places = range(len(names))
    axis.set_xticks(places, names, rotation=90, fontsize=SMALL)
    axis.set_yticks(places, names, fontsize=SMALL)
    axis.grid(False)
    for i in range(1, len(names)):
        if majors[i] != majors[i - 1]:
            axis.axhline(i - 0.5, color=look.muted, linewidth=1)
            axis.axvline(i - 0.5, color=look.muted, linewidth=1)
    _name_axes(axis, look, "taken for", "is")
    return figure


def bars_plot(
    figures: Sequence[Figure], names: Sequence[str], look: Look, *, title: str, subtitle: str,
    across: str, in_bar_colors: bool = False,
) -> Canvas:  # fmt: skip
    """Figures as lying bars with intervals, values written out, and their floors as ticks.

    Args:
        names: what to call each.
        in_bar_colors: four figures in the colours and patterns of the window's bars.
    """
    figure, (axis,) = _canvas(look, 8.6, 1.9 + 0.55 * len(figures), title, subtitle)
    width, height = figure.get_size_inches()
    longest = max(len(name) for name in names)
    left = (0.5 + 0.085 * longest) / width
    axis.set_position([left, 0.75 / height, 1 - left - 0.9 / width, 1 - 1.75 / height])
    longest_bar = float(np.nanmax([(f.value, f.high, f.floor) for f in figures]))
    for i, found in enumerate(figures):
        color = look.bars[i % 4] if in_bar_colors else look.bars[0]
        axis.barh(i, found.value, height=0.55, color=color, edgecolor=look.surface, linewidth=0,
                  hatch=_HATCHES[i % 4] if in_bar_colors else None)  # fmt: skip
        reach = found.value
        if not np.isnan(found.floor):
            for color, wide, style in ((look.surface, 4, "-"), (look.text, 2, (0, (2, 1)))):
                axis.plot([found.floor] * 2, [i - 0.38, i + 0.38], color=color, linewidth=wide,
                          linestyle=style)  # fmt: skip
        if not np.isnan(found.low):
            reach = found.high
            for color, wide in ((look.surface, 4.5), (look.text, 1.6)):
                axis.plot([found.low, found.high], [i, i], color=color, linewidth=wide,
                          marker="|", markersize=9, markeredgewidth=wide)  # fmt: skip
        if 0 <= found.floor - reach < 0.1 * longest_bar:  # the number would stand on the tick
            reach = found.floor
        axis.annotate(f"{found.value:.2f}", (reach, i), xytext=(7, 0), va="center",
                      textcoords="offset points", color=look.text, fontsize=TEXT)  # fmt: skip
    axis.set_yticks(range(len(names)), names, fontsize=TEXT)
    axis.invert_yaxis()
    axis.set_xlim(left=0)
    axis.grid(False, axis="y")
    axis.set_xlabel(across, color=look.text, fontsize=TEXT)
    return figure


def speak(figure: Canvas, words: Mapping[str, str]) -> None:
    """Say a figure in another language; it stays English where no font here has its letters.

    Args:
        words: from English to the language: whole texts, or their clauses between semicolons.
    """
    fonts = [name for name in _CHINESE if name in get_font_names()][:1]
    if not words or not fonts:
        return
    family = [_LATIN, *fonts]
    for text in figure.findobj(Text):
        text.set_text(_spoken(text.get_text(), words))
        text.set_fontfamily(family)
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_tick_params(labelfontfamily=family)
            if isinstance(axis.get_major_locator(), FixedLocator):  # the ticks have names
                axis.set_ticklabels([_spoken(t.get_text(), words) for t in axis.get_ticklabels()])


def _spoken(text: str, words: Mapping[str, str]) -> str:
    """A text of a figure, “glen check (79)”, in another language, as far as it is known."""
    if text in words:
        return words[text]
    if counted := _COUNTED.fullmatch(text):
        return f"{words.get(counted[1], counted[1])} {counted[2]}"
    clauses = text.split("; ")
    return "；".join(words.get(c, c) for c in clauses) if clauses[0] in words else text


def write_png(
    folder: Path, name: str, draw: Callable[[Look], Canvas], looks: Sequence[str] = tuple(LOOKS)
) -> list[Path]:
    """Draw in every look and write ``name-light.png`` and ``name-dark.png``; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for look in looks:
        path = folder / f"{name}-{look}.png"
        draw(LOOKS[look]).savefig(path, dpi=DPI, facecolor=LOOKS[look].surface)
        paths.append(path)
    return paths
