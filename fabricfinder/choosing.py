"""Which system's eyes a library is seen with: chosen for it, kept with it, changed in the background."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fabricfinder.domain.descriptor import Encoding
from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.errors import EncoderError, LibraryError
from fabricfinder.domain.lesson import Lesson, own_lesson
from fabricfinder.domain.models import own_graph
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.systems import CHOSEN_KEY, WANTED_KEY, find_system

if TYPE_CHECKING:
    from fabricfinder.library import Library

Steps = Generator[Progress, None, Any]
Source = Callable[[str], Encoder]


@dataclass(frozen=True, slots=True)
class Choice:
    """How a library stands with the models.

    Attributes:
        chosen: name of the system chosen for it; "" = what it was taught, else what ships.
        wanted: a system whose looking at the library has begun and not ended, or "".
        answering: id of the encoder whose codes answer.
        coded: how many swatches each encoder has looked at, by its id.
        lesson: what the library was taught, or None.
        taught: id of the encoder that was taught, "" where there is none.
    """

    chosen: str
    wanted: str
    answering: str
    coded: Mapping[str, int]
    lesson: Lesson | None = None
    taught: str = ""


def unjudged(encoding: Encoding) -> str:
    """What a model says nothing of, in a sentence; "" where it judges everything."""
    judged = {
        "pattern": encoding.coarse, "weave": encoding.fine, "tightness": encoding.tightness,
    }  # fmt: skip
    missing = [word for word, belief in judged.items() if np.isnan(belief).all()]
    if not missing:
        return ""
    words = " and ".join([", ".join(missing[:-1]), missing[-1]] if missing[:-1] else missing)
    return f"This model does not judge {words}; those bars are n/a and what it sees is compared whole."


class Choosing:
    """The choice of a model for the open library; made by the Finder, which owns library and encoders."""

    def __init__(
        self,
        library: Callable[[], "Library"],
        encoders: Callable[[], tuple[Encoder, Encoder]],
        code_all: Callable[[Encoder], Steps],
        fallback: Callable[["Library", Encoder], tuple[Encoder, str]],
        source: Source | None = None,
    ) -> None:
        """Tie the parts together.

        Args:
            library: gives the open one, or raises when there is none.
            encoders: the one that answers, and the one that ships.
            code_all: codes the library with an encoder and then lets it answer.
            fallback: the encoder of a library for which none was chosen, and a sentence or "".
            source: loads a system's encoder by name.
        """
        self._library, self._encoders = library, encoders
        self._code_all, self._fallback, self._source = code_all, fallback, source

    def fitting(self, library: "Library", shipped: Encoder) -> tuple[Encoder, str]:
        """The encoder whose codes answer for a library, and a quiet sentence or ""."""
        name = library.meta_get(CHOSEN_KEY) or ""
        if not name or own_graph() or self._source is None:  # safe mode knows one model only
            encoder, notice = self._fallback(library, shipped)
        else:
            try:
                encoder, notice = self._load(name, shipped), ""
            except EncoderError:
                encoder, _ = self._fallback(library, shipped)
                notice = (
                    f"This library was looked at with the model “{name}”, which is not here; "
                    "another one answers. Choose under Models."
                )
        wanted = library.meta_get(WANTED_KEY) or ""
        if wanted and wanted != name and not notice:
            notice = "Looking at this library with another model was not finished: see Models."
        return encoder, notice

    def standing(self) -> Steps:
        """How the open library stands; returns a Choice."""
        yield Progress("Looking up")
        library = self._library()
        answering, _ = self._encoders()
        lesson = own_lesson(library.folder)
        taught = lesson.taught if lesson is not None else ""
        return Choice(
            library.meta_get(CHOSEN_KEY) or "", library.meta_get(WANTED_KEY) or "", answering.id,
            library.encoder_counts(), lesson, taught,
        )  # fmt: skip

    def choose(self, name: str) -> Steps:
        """Look at every swatch with a system, let it answer from then on, and keep that.

        Until all is done the codes of before answer; a cancel loses nothing, and the next time
        only what was left undone is done. Returns the Encoder.

        Raises:
            EncoderError: no such system, or it did not come with this program.
            LibraryError: the library cannot be written.
        """
        library = self._library()
        if library.read_only:
            raise LibraryError("This library is open to read only, so nothing can be changed in it.")
        yield Progress("Loading the model")
        encoder = self._load(name, self._encoders()[1])
        library.meta_set(WANTED_KEY, name)
        yield from self._code_all(encoder)
        library.meta_set(CHOSEN_KEY, name)
        library.meta_set(WANTED_KEY, "")
        return encoder

    def give_up(self) -> Steps:
        """Forget that another model was wanted; what it has looked at stays."""
        yield Progress("Saving")
        self._library().meta_set(WANTED_KEY, "")

    def use(self, name: str) -> Steps:
        """Let a system answer until the library is closed, without keeping the choice.

        Swatches it has not looked at are looked at first. Returns the Encoder.

        Raises:
            EncoderError: no such system, or it did not come with this program.
            LibraryError: there is something to look at, and the library cannot be written.
        """
        yield Progress("Loading the model")
        encoder = self._load(name, self._encoders()[1])
        yield from self._code_all(encoder)
        return encoder

    def _load(self, name: str, shipped: Encoder) -> Encoder:
        """A system's encoder; the one that is loaded already where it is that."""
        find_system(name)
        if self._source is None:
            raise EncoderError(f"The model “{name}” is not here.")
        encoder = self._source(name)
        return shipped if shipped.id == encoder.id else encoder
