"""The vocabularies of coarse and fine texture: versioned, read from ``resources/taxonomy.json``.

A coarse label is a *minor* written ``major/minor`` (``plaid/gingham``); a fine label is a weave or
knit (``twill-2-2``). Ids are stable across versions and are what every file stores; names are
what the designer reads.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.resources import resource_path

FORMAT_VERSION = 1


@dataclass(frozen=True)
class Taxonomy:
    """The ordered vocabularies; positions are the columns of every belief array.

    Attributes:
        majors: the four coarse majors, by id.
        coarse: every minor id, ``major/minor``, in file order.
        fine: every weave and knit id, in file order.
        names: display name of every major, minor and fine id.
        constructions: fine id -> ``woven``, ``knit`` or ``nonwoven``.
        families: fine id -> weave family (``twill``).
    """

    version: int
    majors: tuple[str, ...]
    coarse: tuple[str, ...]
    fine: tuple[str, ...]
    names: dict[str, str]
    constructions: dict[str, str]
    families: dict[str, str]

    @cached_property
    def coarse_index(self) -> dict[str, int]:
        """Minor id -> column."""
        return {name: i for i, name in enumerate(self.coarse)}

    @cached_property
    def fine_index(self) -> dict[str, int]:
        """Fine id -> column."""
        return {name: i for i, name in enumerate(self.fine)}

    @cached_property
    def major_of(self) -> np.ndarray:
        """Column of the major of each minor, int64 (n_coarse,)."""
        return np.array([self.majors.index(c.split("/")[0]) for c in self.coarse])

    @cached_property
    def major_matrix(self) -> np.ndarray:
        """0/1 float32 (n_coarse, n_majors): ``belief @ major_matrix`` gives the majors' belief."""
        matrix = np.zeros((len(self.coarse), len(self.majors)), np.float32)
        matrix[np.arange(len(self.coarse)), self.major_of] = 1
        return matrix

    @cached_property
    def is_other(self) -> np.ndarray:
        """True for each ``major/other`` minor, bool (n_coarse,)."""
        return np.array([c.endswith("/other") for c in self.coarse])

    @cached_property
    def is_knit(self) -> np.ndarray:
        """True for each knit, bool (n_fine,)."""
        return np.array([self.constructions[f] == "knit" for f in self.fine])

    @cached_property
    def is_woven(self) -> np.ndarray:
        """True for each weave, bool (n_fine,); a nonwoven is neither knit nor woven."""
        return np.array([self.constructions[f] == "woven" for f in self.fine])

    @cached_property
    def weave_kinds(self) -> tuple[tuple[str, str], ...]:
        """Every (construction, family) that a weave or knit belongs to, in alphabetical order."""
        return tuple(sorted({(self.constructions[f], self.families[f]) for f in self.fine}))

    @cached_property
    def weave_kind_matrix(self) -> np.ndarray:
        """0/1 float32 (n_fine, n_kinds): ``belief @ weave_kind_matrix`` is the kinds' belief."""
        kinds = [(self.constructions[f], self.families[f]) for f in self.fine]
        return np.array([[kind == k for k in self.weave_kinds] for kind in kinds], np.float32)

    @cached_property
    def coarse_table(self) -> np.ndarray:
        """Coarse similarity of each pair of minors (n_coarse, n_coarse) in {0, .5, 1}.

        1 for the same minor, .5 for the same major, 0 otherwise; ``other`` matches ``other``
        only at .5 (DVSH §3.1, and its gap settled so that "other" is no evidence of sameness).
        """
        same_major = self.major_of[:, None] == self.major_of[None, :]
        table = np.where(same_major, 0.5, 0.0).astype(np.float32)
        named = np.flatnonzero(~self.is_other)
        table[named, named] = 1.0
        return table

    def coarse_id(self, word: str) -> str:
        """Return the minor id for an id, a display name, or a bare major (its ``other``).

        Raises:
            FabricFinderError: the word is in no vocabulary; the sentence lists near ones.
        """
        return _find(word, self.coarse, self.names, {m: f"{m}/other" for m in self.majors}, "coarse")

    def fine_id(self, word: str) -> str:
        """Return the fine id for an id or a display name; raises FabricFinderError if unknown."""
        return _find(word, self.fine, self.names, {}, "fine")


def _find(
    word: str, ids: Sequence[str], names: dict[str, str], extra: dict[str, str], kind: str
) -> str:
    """Match ``word`` to an id: exact id, then name, then the part after the slash, then extra."""
    key = word.strip().casefold()
    for candidate in ids:
        if key in (candidate, names[candidate].casefold()):
            return candidate
    if key in extra:
        return extra[key]
    tails = [c for c in ids if c.split("/")[-1] == key]
    if len(tails) == 1:
        return tails[0]
    import difflib

    close = difflib.get_close_matches(key, [*ids, *extra], n=3, cutoff=0.4)
    hint = f" Did you mean {', '.join(close)}?" if close else ""
    raise FabricFinderError(f"“{word}” is not a {kind} texture this program knows.{hint}")


def load_taxonomy(path: Path) -> Taxonomy:
    """Read a taxonomy file.

    Raises:
        FabricFinderError: not a taxonomy, or of a newer format than this program reads.
    """
    try:
        raw = json.loads(path.read_text("utf-8"))
        if raw["format"] != "fabricfinder-taxonomy":
            raise KeyError("format")
        if raw["version"] > FORMAT_VERSION:
            raise FabricFinderError(f"{path} is from a newer fabricfinder; update the program.")
        rows = [*raw["majors"], *raw["coarse"], *raw["fine"]]
        return Taxonomy(
            version=raw["version"],
            majors=tuple(m["id"] for m in raw["majors"]),
            coarse=tuple(c["id"] for c in raw["coarse"]),
            fine=tuple(f["id"] for f in raw["fine"]),
            names={row["id"]: row["name"] for row in rows if "/" not in row["id"]}
            | {row["id"]: row["name"] for row in raw["coarse"]},
            constructions={f["id"]: f["construction"] for f in raw["fine"]},
            families={f["id"]: f["family"] for f in raw["fine"]},
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FabricFinderError(f"{path} is not a taxonomy file ({error}).") from error


@cache
def default_taxonomy() -> Taxonomy:
    """The taxonomy that ships with the program (science: WFID's four majors, widened)."""
    return load_taxonomy(resource_path("taxonomy.json"))
