"""Plots of what labels are worth: accuracy and retrieval against how many there are."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure as Canvas

from fabricfinder.evaluation.plots import _DASHES, _MARKERS, Look, _canvas, _legend, _name_axes

ORDER_NAMES = {
    "random": "at random", "least-sure": "least sure first", "most-useful": "most useful first",
}  # fmt: skip


def labels_plot(found: Mapping[str, Sequence[Mapping[str, object]]], look: Look) -> Canvas:
    """Macro accuracy on the left, mAP of other pictures on the right, one line an order.

    Args:
        found: order -> rows with ``labels`` and, under ``macro`` and ``mAP texture``, mean, low
            and high.
        look: the theme.
    """
    figure, axes = _canvas(
        look, 10.6, 4.9, "What are labels worth?",
        "eleven labels on 300 photographs that were never asked about; five seeds, 95 % intervals",
        panels=2,
    )  # fmt: skip
    names = (("macro", "named right, averaged over the labels"),
             ("mAP texture", "mAP of the search, pattern and weave"))  # fmt: skip
    for axis, (key, up) in zip(axes, names, strict=True):
        for i, (order, rows) in enumerate(found.items()):
            at = [row["labels"] for row in rows]
            mean, low, high = zip(*(row[key] for row in rows), strict=True)
            color = look.bars[i % 4]
            axis.fill_between(at, low, high, color=color, alpha=0.16, linewidth=0)
            axis.plot(at, mean, color=color, label=ORDER_NAMES.get(order, order),
                      linestyle=_DASHES[i], marker=_MARKERS[i], markersize=5, linewidth=1.9)  # fmt: skip
        axis.set_xlim(left=0)
        _name_axes(axis, look, "labels given", up)
    _legend(axes[0], look, "lower right")
    return figure


def curve_plot(
    curve: Sequence[tuple[int, float]], before: float, after: tuple[float, float] | None,
    tightness: bool, look: Look,
) -> Canvas:  # fmt: skip
    """One dimension's learning curve on labels held back, and a hundred labels on.

    Args:
        curve: (labels learned from, figure), fewest first.
        before: the encoder alone, in the figure's unit.
        after: 90 % interval of the figure with a hundred more labels, or None.
        tightness: whether the figure is an error in percent of cover, else a share.
        look: the theme.
    """
    scale = 1 if tightness else 100
    figure, (axis,) = _canvas(
        look, 5.8, 3.9, "How it learns from your labels",
        "on labels held back; whole articles are left out",
    )  # fmt: skip
    at, mean = [n for n, _ in curve], [f * scale for _, f in curve]
    axis.axhline(before * scale, color=look.muted, linestyle="--", linewidth=1.4,
                 label="the model as it came")  # fmt: skip
    axis.plot(at, mean, color=look.bars[0], marker="o", linewidth=2, label="with your labels")
    if after is not None and at:
        ahead = at[-1] + 100
        low, high = (v * scale for v in after)
        axis.plot([at[-1], ahead], [mean[-1], (low + high) / 2], color=look.bars[0], linestyle=":",
                  linewidth=1.6)  # fmt: skip
        axis.errorbar([ahead], [(low + high) / 2], yerr=[[(high - low) / 2]] * 2, fmt="D",
                      color=look.bars[1], capsize=5, label="a hundred more (90 %)")  # fmt: skip
    axis.set_xlim(left=0)
    axis.set_ylim(bottom=0)
    up = "off by, % of cover" if tightness else "named right, of 100"
    _name_axes(axis, look, "labels learned from", up)
    _legend(axis, look, "lower right")
    return figure
