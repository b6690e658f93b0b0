"""The published hashing systems by name: who wrote each, where its network lives, what it is for."""

import re
from dataclasses import dataclass

from fabricfinder.domain.errors import EncoderError

DEFAULT_SYSTEM = "dvsh"
# Words kept with a library: the system she chose ("" = what it was taught, else the one that
# ships), and one whose looking at the whole library has begun and not ended.
CHOSEN_KEY, WANTED_KEY = "model", "model_wanted"
_ENCODER_ID = re.compile(r"(?P<system>[a-z][a-z0-9-]*)-(?P<bits>\d+)-[0-9a-f]{8}(/\w+)?")


@dataclass(frozen=True, slots=True)
class System:
    """One system: a way to make codes of cloth, as its paper describes it.

    Attributes:
        name: on the command line, in checkpoints and in ids of encoders.
        title: as its paper calls it.
        authors, year, paper: of its paper; "" where it is our own.
        home: ``module:class`` of its network, inside the room of torch.
        built_for: what its makers meant it for, to a designer; what it is good at is measured
            (``domain.models.standings``).
        unshipped: why no trained checkpoint of it comes with this program; "" for the usual
            reason, that it has not been trained.
    """

    name: str
    title: str
    authors: str
    year: int
    paper: str
    home: str
    built_for: str
    unshipped: str = ""

    @property
    def reference(self) -> str:
        """Its paper in one line: ``Xiang, Pan & Gao 2022, An Efficient …``."""
        return f"{self.authors} {self.year}, {self.paper}"


SYSTEMS: tuple[System, ...] = (
    System(
        "dvsh", "DVSH", "Xiang, Pan & Gao", 2022,
        "An Efficient Retrieval System Framework for Fabrics Based on Fine-Grained Similarity",
        "dvsh:DVSH",
        "Made for cloth. It has learned how alike two cloths are, not only whether they are of one "
        "kind, and judges pattern, weave and tightness while it looks.",
    ),
    System(
        "mdff-sh", "MDFF-SH", "Belalia, Belloulata & Redaoui", 2025,
        "Enhanced Image Retrieval Using Multiscale Deep Feature Fusion in Supervised Hashing",
        "mdffsh:MDFFSH",
        "Built to look at fine grain, middle and whole at once and to join what it saw, for cloth "
        "whose small and large patterns both matter.",
    ),
    System(
        "dshc", "DSHC", "Luo, Guo, Ma et al.", 2021,
        "Deep Supervised Hashing by Classification for Image Retrieval",
        "dshc:DSHC",
        "Built to sort cloth into kinds and keep the kinds far apart, for asking for all cloth of "
        "one kind, every tartan, every herringbone.",
    ),
    System(
        "dah", "DAH", "Li, Xu, Xu et al.", 2020,
        "Image Retrieval Using a Deep Attention-Based Hash",
        "dah:DAH",
        "Built small, to learn which parts of the picture to attend to, for a motif that covers "
        "only part of the cloth.",
    ),
    System(
        "tsn", "TSN", "Bhunia, Kishore, Mukherjee et al.", 2019,
        "Texture Synthesis Guided Deep Hashing for Texture Image Retrieval",
        "tsn:TSN",
        "Built on a network that continues a texture beyond the edge of the picture, for small "
        "scraps that show only a part of the repeat.",
    ),
    System(
        "dvsh-facets", "DVSH facets", "fabricfinder, after Xiang, Pan & Gao", 2026,
        "DVSH with a sub-code for each of the four dimensions",
        "facets:Facets",
        "DVSH in four parts, one each for pattern, weave, colour and tightness, so that a slider "
        "acts on the code itself.",
        "Where it was measured it found the very cloth less often than DVSH, so it is left to "
        "those who train it themselves.",
    ),
)  # fmt: skip


def system_names() -> tuple[str, ...]:
    """Every name, in the order they are listed."""
    return tuple(system.name for system in SYSTEMS)


def find_system(name: str) -> System:
    """The system of a name.

    Raises:
        EncoderError: there is none; the sentence lists the names.
    """
    for system in SYSTEMS:
        if system.name == name:
            return system
    raise EncoderError(f"There is no model “{name}”. There are: {', '.join(system_names())}.")


def system_of(encoder_id: str) -> str:
    """The name of the system an encoder is of: ``mdff-sh-64-0123abcd/fp32`` → ``mdff-sh``; else ""."""
    found = _ENCODER_ID.fullmatch(encoder_id)
    return found["system"] if found else ""


def title_and_bits(encoder_id: str) -> tuple[str, int] | None:
    """What an encoder is in words: ``dvsh-128-0123abcd/fp32`` → ``("DVSH", 128)``; None of others."""
    found = _ENCODER_ID.fullmatch(encoder_id)
    titles = {system.name: system.title for system in SYSTEMS}
    if not found or found["system"] not in titles:
        return None
    return titles[found["system"]], int(found["bits"])
