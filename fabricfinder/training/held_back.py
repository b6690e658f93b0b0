"""How well the part of a library that was held back is found, before a lesson and after it."""

import numpy as np
import torch

from fabricfinder.domain.encoder_card import EncoderCard
from fabricfinder.domain.lesson import Marks
from fabricfinder.evaluation.calibration import softmax
from fabricfinder.evaluation.metrics import average_precision, hit_at, precision_at
from fabricfinder.hashing.base import HashingMethod, ViewBatch
from fabricfinder.training.batches import CAPTURES
from fabricfinder.training.cloth import Believed
from fabricfinder.training.finish import scored
from fabricfinder.training.loop import look
from fabricfinder.training.originals import OwnCloth

BATCH = 16
JUDGED_AMONG = 300  # other swatches of the library, beside those held back
ASKED, MOST_ROUNDS = 300, 5  # photographs taken again; of a small part more of each
LEAST_ASKED = 8  # labelled swatches with a fellow, for a figure by labels


@torch.no_grad()
def see_plain(model: HashingMethod, own: OwnCloth, rows: np.ndarray) -> dict[str, np.ndarray]:
    """What a model makes of pictures as the app shows them, by the names ``look`` gives."""
    model.eval()
    gathered: dict[str, list[np.ndarray]] = {}
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        macro = torch.from_numpy(np.ascontiguousarray(own.macro[some])).permute(0, 3, 1, 2)
        micro = torch.from_numpy(np.ascontiguousarray(own.micro[some])).permute(0, 1, 4, 2, 3)
        output = model(ViewBatch(macro, micro, torch.from_numpy(own.scale[some])))
        values = {"bits": model.bits(output)} | {
            name: getattr(output, name)
            for name in ("r", "u", "coarse_logits", "fine_logits", "tightness")
        }
        for name, value in values.items():
            gathered.setdefault(name, []).append(value.float().numpy())
    seen = {name: np.concatenate(parts) for name, parts in gathered.items()}
    labels = {"coarse": own.cloth.coarse[rows], "fine": own.cloth.fine[rows]}
    return seen | labels | {"palettes": own.cloth.palettes[rows]}


def believe(
    model: HashingMethod, card: EncoderCard, own: OwnCloth, rows: np.ndarray, seed: int
) -> Believed:
    """What a model believes of all of a library, the looks at ``rows`` averaged with captures.

    Several looks at one cloth, averaged, are a better teacher than one.
    """
    everything = np.arange(len(own))
    seen = see_plain(model, own, everything)
    beliefs = _beliefs(card, seen)
    if len(rows):
        taken = _beliefs(card, look(model, own.cloth, rows, seed))
        for whole, part in zip(beliefs, taken, strict=True):
            two = part.reshape(len(rows), CAPTURES, -1).sum(axis=1)
            whole[rows] = (whole[rows] + two) / (1 + CAPTURES)
    return Believed(*(b.astype(np.float32) for b in beliefs))


def _beliefs(card: EncoderCard, seen: dict[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    mean, log_variance = seen["tightness"].T
    deviation = np.exp(0.5 * log_variance) * card.tightness_sd_scale
    return (
        softmax(seen["coarse_logits"], card.coarse_temperature),
        softmax(seen["fine_logits"], card.fine_temperature),
        np.stack([mean, deviation], 1) * 100,
    )


def judge(
    model: HashingMethod, card: EncoderCard, own: OwnCloth, held: np.ndarray, seed: int
) -> Marks:
    """Find the held-back part: photographed again, among all cloth, and in itself by label."""
    others = np.setdiff1d(np.arange(len(own)), held)
    around = np.random.default_rng(JUDGED_AMONG).permutation(others)[:JUDGED_AMONG]
    plain, beside = see_plain(model, own, held), see_plain(model, own, around)
    rounds = int(np.clip(np.ceil(ASKED / (CAPTURES * len(held))), 1, MOST_ROUNDS))
    asked = np.tile(held, rounds)
    again = look(model, own.cloth, asked, seed)
    codes = np.concatenate([plain["bits"], beside["bits"]])
    fabric = own.cloth.fabrics(np.concatenate([held, around]))
    mine = np.repeat(own.cloth.fabrics(asked), CAPTURES)
    agreement = (again["bits"] * 2 - 1) @ (codes * 2 - 1).T
    hits = [hit_at(row, fabric == one, 1) for row, one in zip(agreement, mine, strict=True)]
    return Marks(float(np.mean(hits)), *_by_label(card, plain, own.group[held]))


def _by_label(
    card: EncoderCard, plain: dict[str, np.ndarray], group: np.ndarray
) -> tuple[float, float]:
    """Precision of the first and mean average precision, of patterns and of weaves together.

    Ranked as the app does with colour and tightness freed; the query's own group is left out. nan
    where too few labels have a fellow.
    """
    everything = np.arange(len(group))
    blend = card.blend[1]
    first, whole = [], []
    for i, parts in enumerate(scored(card, plain, everything, everything)):
        mixed = (1 - blend) * parts.texture + blend * parts.code_free
        others = group != group[i]
        for labels in (plain["coarse"], plain["fine"]):
            relevant = labels[others] == labels[i]
            if labels[i] >= 0 and relevant.any():
                first.append(precision_at(mixed[others], relevant, 1))
                whole.append(average_precision(mixed[others], relevant))
    if len(whole) < LEAST_ASKED:
        return float("nan"), float("nan")
    return float(np.mean(first)), float(np.mean(whole))
