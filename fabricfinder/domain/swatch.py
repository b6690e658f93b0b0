"""A swatch: a photograph or scan of cloth, identified by the digest of its bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Who says how large the cloth in a picture is: the resolution in the file, this program's own
# scan, a scale card beside the cloth, a ruler laid on the picture, a number that was typed.
SCALE_SOURCES = ("file", "scanner", "card", "ruler", "hand")


@dataclass(frozen=True, slots=True)
class Labels:
    """What a person has said of a swatch; None = nothing. Tightness in percent, 0..100."""

    coarse: str | None = None
    fine: str | None = None
    tightness: float | None = None


@dataclass(frozen=True, slots=True)
class Swatch:
    """One picture of cloth in the library.

    Attributes:
        id: hex content digest of the file's bytes; moving the file does not change it.
        path: absolute path as imported (names that are not UTF-8 are surrogate-escaped).
        name: what to call it: article if given, else the file's stem.
        width, height: pixels after the EXIF turn.
        px_per_cm: physical scale, or None when unknown (unknown is not zero).
        labels: a person's labels.
        fields: trade fields in force, those of its article and colourway among them; values as
            text, or float in stored units.
        view: what it shows of its article, one of ``trade_fields.VIEWS``; "" = not said.
        own: fields in which this picture says other than its article or colourway.
        scale_source: who says ``px_per_cm``, one of ``SCALE_SOURCES``; "" = not known.
    """

    id: str
    path: str
    name: str
    width: int
    height: int
    px_per_cm: float | None = None
    labels: Labels = Labels()
    fields: Mapping[str, str | float] = field(default_factory=dict)
    view: str = ""
    own: frozenset[str] = frozenset()
    scale_source: str = ""


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """One file that could not be imported and the reason in words."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Alike:
    """A new picture that seems to show the cloth of an earlier one.

    Attributes:
        swatch, earlier: ids of both.
        likeness: of their codes, 0..1.
    """

    swatch: str
    earlier: str
    likeness: float


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: counts, and a line for each file that could not be read.

    Attributes:
        imported, already_here, labelled: how many.
        problems: what could not be read, and why.
        notices: quiet sentences.
        new: ids of the swatches that came, in order of arrival.
        here: path and swatch id of each file whose bytes were here already.
        alike: new pictures of cloth that seems to be here.
    """

    imported: int = 0
    already_here: int = 0
    problems: tuple[ImportProblem, ...] = ()
    labelled: int = 0
    notices: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    here: tuple[tuple[str, str], ...] = ()
    alike: tuple[Alike, ...] = ()
