"""After every so many answers the heads are fitted anew, and what is asked is sorted anew."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fabricfinder.jobs import BACKGROUND, JobEvent
from fabricfinder.ui.label_words import dimension_word, tr
from fabricfinder.ui.number_words import count_text, decimal_text, in_a_row

if TYPE_CHECKING:
    from fabricfinder.labelling.judging import Judged
    from fabricfinder.labelling.refitting import Refit
    from fabricfinder.ui.desk import Desk
    from fabricfinder.ui.label_page import LabelPage

LEARN = "label-learn"
LEARN_EVERY = 25
BETTER, WORSE, OPEN = "better", "worse", "open"


class LabelLearning(QObject):
    """Counts answers and has them learned from.

    Signals:
        learned: a Refit, whenever there is one.
    """

    learned = Signal(object)

    def __init__(self, desk: "Desk", page: "LabelPage", parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._page = desk, page
        self._new: dict[str, int] = {}
        self._job = 0
        desk.job_event.connect(self._take_event)

    def answered(self, dimension: str, n: int) -> None:
        """So many answers more in a dimension, or less when a step was taken back."""
        self._new[dimension] = max(0, self._new.get(dimension, 0) + n)
        self._go_on()

    def _go_on(self) -> None:
        """Learn what has enough new answers; what is being learned is let finish first."""
        ready = [name for name, n in self._new.items() if n >= LEARN_EVERY]
        if ready and not self.busy:
            self.learn(ready[0])

    def learn(self, dimension: str) -> None:
        """Fit a dimension's head now, in the background."""
        self._new[dimension] = 0
        order = self._page.bar.order_key
        self._job = self._desk.submit(
            LEARN, lambda f: f.labels.learn(dimension, order), BACKGROUND, replaces=LEARN
        )

    @property
    def busy(self) -> bool:
        """Whether it is learning."""
        return self._job != 0

    def _take_event(self, event: JobEvent) -> None:
        if event.name != LEARN or event.kind not in ("done", "failed", "cancelled"):
            return
        if event.job == self._job:
            self._job = 0
        if event.kind == "done":
            self._take(event)
        elif event.kind == "failed":
            self._page.status.emit(event.sentence)
        self._go_on()

    def _take(self, event: JobEvent) -> None:
        refit, queue = event.value
        if queue is not None:
            self._page.sort_anew(queue)
        self._page.status.emit(learned_text(refit))
        self.learned.emit(refit)


def learned_text(refit: "Refit") -> str:
    """What came of a fit in one quiet sentence."""
    name = dimension_word(refit.dimension)
    if refit.judged is None:
        return tr("{name}: too few labels to learn from yet.").format(name=name)
    if not refit.kept:
        return tr("{name}: {n} labels taught nothing that holds yet; the model's word counts.").format(
            name=name, n=count_text(refit.labels)
        )
    return tr("{name}: learned from {n} labels. {gain}").format(
        name=name, n=count_text(refit.labels), gain=gain_text(refit.judged)
    )


def gain_text(judged: "Judged") -> str:
    """“Of 100 labels held back 62 are named right, 48 before.”"""
    if judged.dimension == "tightness":
        return tr("On labels held back it is off by {after} % of cover, {before} before.").format(
            after=decimal_text(judged.after, 1), before=decimal_text(judged.before, 1)
        )
    return tr("Of 100 labels held back {after} are named right, {before} before.").format(
        after=f"{100 * judged.after:.0f}", before=f"{100 * judged.before:.0f}"
    )


def surety_text(judged: "Judged", *, used: bool) -> str:
    """The gain's interval and the verdict; where it is not ``used``, what counts instead."""
    low, high, places = _difference(judged)
    said = tr("The difference lies between {low} and {high}, 9 times in 10; {n} articles were asked.")
    words = said.format(
        low=_signed(low, places), high=_signed(high, places), n=count_text(judged.articles)
    )
    if used:
        verdicts = {
            BETTER: tr("That is better."), WORSE: tr("That is worse."),
            OPEN: tr("These labels cannot tell better from worse."),
        }  # fmt: skip
    else:
        verdicts = {
            BETTER: tr("But it judges its own sureness worse, so the model's own word counts."),
            WORSE: tr("That is worse, so the model's own word counts."),
            OPEN: tr("That cannot tell better from worse, so the model's own word counts."),
        }  # fmt: skip
    return in_a_row(words, verdicts[verdict(judged)])


def verdict(judged: "Judged") -> str:
    """BETTER or WORSE where the whole interval, as it is said, tells so; else OPEN."""
    low, high, _ = _difference(judged)
    good = -1 if judged.dimension == "tightness" else 1  # an error: less of it is better
    if low > 0 or high < 0:
        return BETTER if low * good > 0 else WORSE
    return OPEN


def _difference(judged: "Judged") -> tuple[float, float, int]:
    """The ends of the gain as they are said, of 100 or in percent of cover, and their decimals."""
    scale, places = (1, 1) if judged.dimension == "tightness" else (100, 0)
    return round(judged.low * scale, places), round(judged.high * scale, places), places


def _signed(value: float, places: int) -> str:
    """“−51”, “+3”, “0”."""
    return decimal_text(value, places, signed=True) if value else "0"


def next_text(judged: "Judged") -> str:
    """What the next hundred labels are likely to bring."""
    if judged.next_low != judged.next_low:
        return tr("With fewer than 60 labels nobody can say what the next hundred would bring.")
    if judged.dimension == "tightness":
        low, high, unit = judged.next_low, judged.next_high, tr("% of cover nearer")
    else:
        low, high, unit = 100 * judged.next_low, 100 * judged.next_high, tr("of 100 more right")
    if high < 0.5:
        return tr("The next hundred labels are likely to change little.")
    return tr("The next hundred labels are likely to bring {low} to {high} {unit}.").format(
        low=f"{max(0.0, low):.0f}", high=f"{high:.0f}", unit=unit
    )
