"""What a designer asks of a sheet: which cloths, for whom, how laid out."""

from dataclasses import dataclass

from fabricfinder.domain.search import Preference, SearchResult
from fabricfinder.sheets.profiles import PROFILES

LAYOUTS = ("card", "2x3", "3x4", "compare", "hanger", "spec", "process")
PAPERS = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}  # width and height in mm
FACTS = ("season", "customer", "prepared_by")
DEFAULT_TOP = 12


@dataclass(frozen=True, slots=True)
class Pick:
    """A cloth she has put into her basket: its id, and what she wrote beside it."""

    swatch_id: str
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class SheetRequest:
    """A sheet, as asked for.

    Attributes:
        result: the search it shows, or None for a sheet of cloths alone.
        preference: the order and weights of that search.
        picks: the cloths, in their order; empty takes the best ``top`` of the result.
        top: how many of the result when there are no picks.
        layout: one of LAYOUTS.
        paper: key of PAPERS.
        profile: key of PROFILES.
        title: own title, or "" for the usual one.
        facts: (key, text) lines of the header, keys of FACTS.
        plots: whether drawings are wanted.
        fold: of several pictures of one article and colourway only the nearest.

    Raises:
        ValueError: an unknown layout, paper or profile, or fewer than one cloth.
    """

    result: SearchResult | None = None
    preference: Preference = Preference()
    picks: tuple[Pick, ...] = ()
    top: int = DEFAULT_TOP
    layout: str = "2x3"
    paper: str = "A4"
    profile: str = "internal"
    title: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    plots: bool = False
    fold: bool = False

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS:
            raise ValueError(f"no layout {self.layout!r}")
        if self.paper not in PAPERS:
            raise ValueError(f"no paper {self.paper!r}")
        if self.profile not in PROFILES:
            raise ValueError(f"no profile {self.profile!r}")
        if self.top < 1:
            raise ValueError("a sheet has at least one cloth")
