"""The card of an encoder: everything beside the weights that makes its codes mean something.

It travels inside the checkpoint and inside the exported graph, so that either file rebuilds its
encoder by itself.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from fabricfinder.domain.encoder import MICRO_PX_PER_CM, N_MICRO, VIEW_PX, Blend, CodeLayout
from fabricfinder.domain.errors import EncoderError
from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.domain.taxonomy import Taxonomy

FORMAT = "fabricfinder-encoder"
FORMAT_VERSION = 1
CARD_KEY = "fabricfinder_card"
SEAL_KEY = "fabricfinder_seal"
BLANK_SEAL = "0" * 64


@dataclass(frozen=True, slots=True, eq=True)
class EncoderCard:
    """What an encoder is, how it was made and how its numbers are to be read.

    Attributes:
        method: name of the hashing method (``dvsh``).
        n_bits: length of the code.
        config: the method's configuration, as plain JSON values.
        taxonomy_version, coarse, fine: the vocabularies the beliefs' columns follow.
        id: ``method-bits-digest``; "" until the weights are saved. The precision is appended by
            whoever runs it.
        view_px, n_micro, micro_px_per_cm: the views it must be shown.
        command, seed, images_seen, minutes: how it was trained.
        blend: two weights of code similarity in the ranking score and its stretch, as
            ``Encoder.blend``; encoders of before the stretch tell two numbers.
        coarse_temperature, fine_temperature: logits are divided by these before the softmax.
        tightness_sd_scale: factor on the tightness head's standard deviation.
        figures: what it scored on validation cloth, by name.
        code_layout: as ``Encoder.code_layout``.
        conformal_coarse, conformal_fine: the least belief of a class that cannot be ruled out:
            the classes above it hold the true one for 90 % of validation cloth; 0 = not measured.
    """

    method: str
    n_bits: int
    config: dict[str, Any]
    taxonomy_version: int
    coarse: tuple[str, ...]
    fine: tuple[str, ...]
    id: str = ""
    view_px: int = VIEW_PX
    n_micro: int = N_MICRO
    micro_px_per_cm: float = MICRO_PX_PER_CM
    command: str = ""
    seed: int = 0
    images_seen: int = 0
    minutes: float = 0.0
    blend: Blend = (0.5, 0.5)
    coarse_temperature: float = 1.0
    fine_temperature: float = 1.0
    tightness_sd_scale: float = 1.0
    figures: dict[str, float] = field(default_factory=dict)
    code_layout: CodeLayout = ()
    conformal_coarse: float = 0.0
    conformal_fine: float = 0.0

    def __post_init__(self) -> None:
        if min(self.coarse_temperature, self.fine_temperature, self.tightness_sd_scale) <= 0:
            raise ValueError("temperatures and the scale of the deviation must be positive")
        if len(self.blend) not in (2, 3) or not all(0 <= share <= 1 for share in self.blend[:2]):
            raise ValueError(f"blend is two shares and a stretch, not {self.blend}")
        if len(self.blend) == 3 and self.blend[2] < 1:
            raise ValueError(f"a code is stretched by 1 or more, not by {self.blend[2]}")
        if not all(0 <= least < 1 for least in self.conformal):
            raise ValueError(f"conformal thresholds are beliefs, not {self.conformal}")
        ends = [0, *(stop for _, _, stop in self.code_layout)]
        if self.code_layout and (
            [start for _, start, _ in self.code_layout] != ends[:-1]
            or tuple(name for name, _, _ in self.code_layout) != DIMENSIONS
            or ends[-1] != self.n_bits or ends != sorted(set(ends)) or any(e % 8 for e in ends)
        ):  # fmt: skip
            raise ValueError(f"{self.code_layout} does not split {self.n_bits} bits into bytes")
        if self.n_bits <= 0 or self.n_bits % 8:
            raise ValueError(f"{self.n_bits} bits do not fill bytes")

    @property
    def scale_input(self) -> str:
        """Name of the input that tells the scale: ``scale``, or ``scale_known`` for one flag.

        Encoders of before the scale was told say nothing of it in their configuration.
        """
        trunk = self.config.get("backbone", self.config)
        return "scale" if trunk.get("scale_inputs", 1) == 4 else "scale_known"

    @property
    def conformal(self) -> tuple[float, float]:
        """Thresholds of coarse and fine, as ``Encoder.conformal``."""
        return self.conformal_coarse, self.conformal_fine

    def calibration(self) -> dict[str, float]:
        """The numbers that, like the weights, decide what is stored of a swatch."""
        return {
            "coarse_temperature": self.coarse_temperature,
            "fine_temperature": self.fine_temperature,
            "tightness_sd_scale": self.tightness_sd_scale,
        }

    def to_json(self) -> str:
        """The card as one JSON object; the inverse of ``card_from_json``."""
        marks = {"format": FORMAT, "version": FORMAT_VERSION}
        return json.dumps(marks | asdict(self), ensure_ascii=False)

    def check_taxonomy(self, taxonomy: Taxonomy) -> None:
        """Raise EncoderError unless the beliefs' columns are this taxonomy's."""
        if self.coarse != taxonomy.coarse or self.fine != taxonomy.fine:
            raise EncoderError(
                f"The encoder “{self.id}” was trained on other texture names than this program "
                "uses; install the encoder that came with it."
            )


def card_from_json(text: str | None, source: str) -> EncoderCard:
    """Read a card; ``source`` names the file in the sentences.

    Raises:
        EncoderError: no card, of another program, of a newer version, or damaged.
    """
    if not text:
        raise EncoderError(f"{source} is not an encoder of this program.")
    try:
        raw = json.loads(text)
        if raw.pop("format") != FORMAT:
            raise EncoderError(f"{source} is not an encoder of this program.")
        if raw.pop("version") > FORMAT_VERSION:
            raise EncoderError(f"{source} is from a newer fabricfinder; update the program.")
        known = {f.name for f in fields(EncoderCard)}
        if set(raw) - known:
            raise KeyError(min(set(raw) - known))
        lists = {name: tuple(raw[name]) for name in ("coarse", "fine", "blend")}
        layout = tuple(tuple(part) for part in raw.get("code_layout", ()))
        return EncoderCard(**raw | lists | {"code_layout": layout})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EncoderError(f"The card of {source} is damaged ({error}).") from error


def seal_of(content: bytes, seal: str) -> str:
    """SHA-256 of a file's bytes read with the seal it carries blanked; 64 hex digits.

    A graph carries its own seal, so that one flipped bit in a weight is found out when it is
    loaded instead of in every code it makes.
    """
    if len(seal) == len(BLANK_SEAL):
        content = content.replace(seal.encode(), BLANK_SEAL.encode())
    return hashlib.sha256(content).hexdigest()
