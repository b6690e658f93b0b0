"""Which parts of the query spoke for the match: worked out on the worker, shown as a veil."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from fabricfinder.comparing import Cloth, occlusion
from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.jobs import JobEvent
from fabricfinder.ui import wording
from fabricfinder.ui.compare_bar import SpokeBar
from fabricfinder.ui.compare_canvas import CompareCanvas
from fabricfinder.ui.desk import Steps
from fabricfinder.ui.number_words import decimal_text

if TYPE_CHECKING:
    from fabricfinder.retrieval.occlusion import OcclusionMaps

NAME = "occlusion"
LEAST = 0.005  # half a point: a smaller loss is none


class SpokeMaps(QObject):
    """Asks for the maps once for all candidates, keeps them, and shows the one of the moment.

    Attributes:
        maps: retrieval's OcclusionMaps of the cloths shown, or None.
    """

    def __init__(
        self, desk: Any, bar: SpokeBar, canvas: CompareCanvas, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._bar, self._canvas = desk, bar, canvas
        self._asked: tuple[Any, ...] = ()
        self._pinned: Cloth | None = None
        self._candidates: tuple[Cloth, ...] = ()
        self._others: tuple[Cloth, ...] = ()  # those that can be judged
        self._measure, self._place, self._job = "", 0, 0
        self.maps: OcclusionMaps | None = None
        desk.job_event.connect(self._take_event)
        bar.wanted.connect(self._want)
        bar.dimension_chosen.connect(self._show)
        bar.stop_wanted.connect(self.stop)

    def show_compared(self, pinned: Cloth, candidates: Sequence[Cloth], measure: str) -> None:
        """Other cloths are compared; maps of the same ones stay."""
        seen = lambda c: (c.key, c.crop, c.px_per_cm, id(c.known))  # noqa: E731
        asked = (seen(pinned), tuple(c.key for c in candidates), measure)
        self._pinned, self._measure = pinned, measure
        self._others = tuple(c for c in candidates if self._fits(c))
        self._candidates = tuple(candidates)
        if asked != self._asked:
            self._asked = asked
            self.stop()
            self.maps = None
            self._bar.show_map(False, "")
            self._canvas.set_veil(None)

    def show_place(self, place: int) -> None:
        """Another candidate is shown."""
        self._place = place
        self._show()

    def stop(self) -> None:
        """Work nothing out any more."""
        if self._job:
            self._desk.cancel(self._job)

    def _fits(self, other: Cloth) -> bool:
        """Whether the same encoder knows both cloths."""
        known = self._pinned.known if self._pinned else None
        if known is None or other.known is None:
            return False
        return other.known.encoder == known.encoder

    def _want(self, wanted: bool) -> None:
        if not wanted or self._pinned is None:
            self.stop()
            self._show()
            return
        if self.maps is not None:
            self._show()
        elif not self._others:
            self._bar.show_map(False, self.tr("These cloths were not looked at by one model."))
        elif not self._job:
            pinned, others, measure = self._pinned, self._others, self._measure
            self._bar.show_working(True)
            self._bar.said.setText(self.tr("Covering parts of the query and looking again…"))
            self._job = self._desk.run(
                NAME, lambda finder: _work(finder, pinned, others, measure), replaces=NAME
            )

    def _take_event(self, event: JobEvent) -> None:
        if event.name != NAME or event.job != self._job:
            return
        if event.kind == "progress":
            self._bar.show_working(True, event.progress.done, event.progress.total or 0)
        elif event.kind in ("done", "failed", "cancelled"):
            self._job = 0
            self._bar.show_working(False)
            if event.kind == "done":
                self.maps = event.value
                self._bar.button.setChecked(True)
                self._show()
            else:
                self._bar.show_map(False, event.sentence if event.kind == "failed" else "")

    def _show(self, _: int = 0) -> None:
        """Lay the veil of the candidate and dimension chosen, or lift it."""
        bar = self._bar
        wanted = bar.button.isChecked() and not self._job
        candidate = self._candidates[self._place] if self._place < len(self._candidates) else None
        if not wanted or self.maps is None or candidate not in self._others:
            self._canvas.set_veil(None)
            if not self._job:
                bar.show_map(bar.button.isChecked() and self.maps is not None, "")
            return
        row = self._others.index(candidate)
        losses, score = self.maps.losses[row, bar.column], self.maps.scores[row, bar.column]
        name = wording.dimension_names()[bar.column]
        certain = self._pinned.known.certain if self._pinned.known else frozenset()
        veil = None
        if score != score:
            words = self.tr("{name} cannot be judged here.")
        elif DIMENSIONS[bar.column] in certain:
            words = self.tr("{name} is labelled by a person: no part of the picture speaks there.")
        elif float(abs(losses).max()) < LEAST:
            words = self.tr("{name}: no part matters more than the rest.")
        else:
            veil = losses
            words = self.tr(
                "{name}: clear parts of the query spoke for this match, veiled ones did not. "
                "Without the framed part it would score {n} points less."
            )
        bar.show_map(True, words.format(name=name, n=decimal_text(100 * float(losses.max()), 1)))
        self._canvas.set_veil(veil)


def _work(finder: Any, pinned: Cloth, others: Sequence[Cloth], measure: str) -> Steps:
    """The maps, by the encoder of the open library."""
    encoder = yield from finder.load_encoder()
    own = finder.encoder or encoder
    return (yield from occlusion(pinned, others, own, measure))
