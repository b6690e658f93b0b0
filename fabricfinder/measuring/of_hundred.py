"""The plots of an evaluation as the window shows them: shares as numbers of 100, axes in plain words.

What engineers read, and what the command line writes, stays in shares.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from matplotlib.axis import Axis
from matplotlib.figure import Figure as Canvas
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FuncFormatter

# What an axis of shares says -> what it says of 100.
AXES: Mapping[str, str] = MappingProxyType({
    "recall: share of all right cloths found": "of 100 right cloths, found so far",
    "precision": "of 100 cloths shown, right",
    "NDCG@50": "order of likeness (NDCG@50), of 100",
    "sure, it says": "sure, it says, of 100",
    "right, in truth": "right, in truth, of 100",
    "share of siblings that lie below the cloth itself": "of 100 times, the cloth itself lies above",
    "share found in first place": "of 100 scraps, found in first place",
    "error (shorter is better)": "off by, of 100 points (shorter is better)",
    "share of the pictures": "of 100 pictures, the nearest is right",
    "named right, averaged over the labels": "of 100, named right, averaged over the labels",
    "mAP of the search, pattern and weave": "order of the search (mAP), of 100",
})  # fmt: skip
# Clauses that speak of shares or of intervals elsewhere -> the same as the page says it.
CLAUSES: Mapping[str, str] = MappingProxyType({
    "mean difference from the similarity of the exact labels, 0 to 1":
        "mean difference from the similarity of the exact labels",
    "95 % intervals": "with the range for 19 times in 20",
    "five seeds, 95 % intervals": "five seeds, with the range for 19 times in 20",
    "a hundred more (90 %)": "a hundred more, 9 times in 10",
})  # fmt: skip
_SHARE = re.compile(r"[01]\.\d\d")


def of_hundred(figure: Canvas) -> None:
    """Say a figure's shares as numbers of 100; axes of anything else are left as they are."""
    for axes in figure.axes:
        told = [_tell(axis) for axis in (axes.xaxis, axes.yaxis)]
        for text in axes.texts if any(told) else ():
            if isinstance(text, Annotation) and _SHARE.fullmatch(text.get_text()):
                text.set_text(_hundred(float(text.get_text())))
    for text in figure.findobj(Text):
        clauses = text.get_text().split("; ")
        if any(clause in CLAUSES for clause in clauses):
            text.set_text("; ".join(CLAUSES.get(clause, clause) for clause in clauses))


def _tell(axis: Axis) -> bool:
    """Name an axis of shares and number it to 100; returns whether it was one."""
    words = AXES.get(axis.get_label_text())
    if words is None:
        return False
    axis.set_label_text(words)
    axis.set_major_formatter(FuncFormatter(lambda share, _: _hundred(share)))
    return True


def _hundred(share: float) -> str:
    return f"{100 * share:.0f}"
