"""Plots are pictures with words on them, light and dark, and leave nothing changed behind."""

import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from PIL import Image

from fabricfinder.evaluation import plots
from fabricfinder.evaluation.calibration import reliability
from fabricfinder.evaluation.metrics import PrecisionRecall
from fabricfinder.evaluation.report import BitsPoint, Figure


def figures(n: int) -> list[Figure]:
    return [Figure("recall@1", (i + 1) / 10, 5, 0.05, i / 10, (i + 2) / 10) for i in range(n)]


RNG = np.random.default_rng(0)
CURVE = PrecisionRecall(np.arange(1, 9), np.linspace(0.9, 0.4, 8), np.linspace(0.1, 0.8, 8))
BELIEFS = RNG.dirichlet([0.4] * 4, 300)
DRAWN = {
    "curves": lambda look: plots.precision_recall_plot({"a": CURVE, "b": CURVE}, look),
    "bits": lambda look: plots.bits_plot(
        {"a": [BitsPoint(64, 0.5, 0.4, 0.6), BitsPoint(32, 0.4)], "b": [BitsPoint(128, 0.7)]},
        0.3, 0.6, look,
    ),
    "reliability": lambda look: plots.reliability_plot(
        dict.fromkeys(("pattern", "weave"), reliability(BELIEFS, BELIEFS.argmax(axis=1))), look
    ),
    "confusion": lambda look: plots.confusion_plot(
        RNG.integers(0, 9, (5, 5)), list("abcde"), list("ssppp"), look
    ),
    "bars": lambda look: plots.bars_plot(
        figures(4), ["one", "two", "three", "a longer name"], look, title="T", subtitle="s",
        across="x", in_bar_colors=True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_a_plot_is_written_in_both_looks(name: str, tmp_path) -> None:
    settings = dict(matplotlib.rcParams)
    paths = plots.write_png(tmp_path / "new", name, DRAWN[name])
    assert [p.name for p in paths] == [f"{name}-light.png", f"{name}-dark.png"]
    brightness = []
    for path in paths:
        with Image.open(path) as image:
            assert image.format == "PNG" and min(image.size) >= 400
            pixels = np.asarray(image.convert("L"))
        brightness.append(int(np.median(pixels)))
        assert pixels.std() > 5  # something is drawn on it
    assert brightness[0] > 200 > 80 > brightness[1]
    assert dict(matplotlib.rcParams) == settings


def test_pyplot_stays_unloaded(tmp_path) -> None:
    code = (
        "import sys; from pathlib import Path; from fabricfinder.evaluation import plots; "
        "from fabricfinder.evaluation.report import BitsPoint as B; "
        f"plots.write_png(Path({str(tmp_path)!r}), 'x', "
        "lambda look: plots.bits_plot({'a': [B(64, 0.5)]}, 0.3, 0.6, look)); "
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=90)
    assert done.stdout.strip() == "False", done.stdout + done.stderr


@pytest.mark.parametrize("name", DRAWN)
def test_every_word_lies_inside_the_picture(name: str) -> None:
    canvas = DRAWN[name](plots.LOOKS["light"])
    canvas.draw_without_rendering()
    width, height = canvas.get_size_inches() * canvas.dpi
    texts = [t for t in canvas.findobj(matplotlib.text.Text) if t.get_text() and t.get_visible()]
    for axis in (a for axes in canvas.axes for a in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        for place, label in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True):
            if not low <= place <= high:  # made, never drawn
                texts.remove(label)
    assert len(texts) > 4
    for text in texts:
        box = text.get_window_extent()
        assert -1 <= box.x0 and box.x1 <= width + 1, text.get_text()
        assert -1 <= box.y0 and box.y1 <= height + 1, text.get_text()


def test_numbers_are_written_on_the_bars() -> None:
    canvas = DRAWN["bars"](plots.LOOKS["dark"])
    words = {t.get_text() for t in canvas.findobj(matplotlib.text.Text)}
    assert {"0.10", "0.20", "0.30", "0.40", "a longer name", "T", "s", "x"} <= words
