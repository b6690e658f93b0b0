"""What labels were measured to bring, drawn for the window: the shipped study and her own curve."""

import json
from collections.abc import Callable, Sequence

from matplotlib.figure import Figure as Canvas

from fabricfinder.domain.resources import resource_path
from fabricfinder.evaluation.label_plots import curve_plot, labels_plot
from fabricfinder.evaluation.plots import Look

STUDY_FILE = "labelling.json"


def study_drawing() -> Callable[[Look], Canvas] | None:
    """The plot of the simulated labeller; None where its figures are not there."""
    path = resource_path(STUDY_FILE)
    if not path.is_file():
        return None
    orders = json.loads(path.read_text("utf-8"))["orders"]
    return lambda look: labels_plot(orders, look)


def curve_drawing(
    curve: Sequence[tuple[int, float]], before: float, gain: tuple[float, float], *, tightness: bool
) -> Callable[[Look], Canvas]:
    """The learning curve of one dimension of her library.

    Args:
        curve: (labels learned from, figure).
        before: the encoder alone.
        gain: 90 % interval of what a hundred more labels would bring; nan = not said.
        tightness: whether the figure is an error, which labels lower.
    """
    after = None
    if curve and gain[0] == gain[0]:
        sign = -1 if tightness else 1
        low, high = sorted(curve[-1][1] + sign * g for g in gain)
        after = (max(0.0, low), high if tightness else min(1.0, high))
    return lambda look: curve_plot(curve, before, after, tightness, look)
