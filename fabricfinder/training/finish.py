"""After the loop: calibrate beliefs, choose the blend, remember ordinary cloth, write the files."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from fabricfinder.domain.encoder_card import EncoderCard
from fabricfinder.domain.hashcode import pack_bits
from fabricfinder.domain.palette_regions import palette_from_rgb
from fabricfinder.domain.similarity import (
    Weights,
    coarse_similarity,
    fine_similarity,
    overall_similarity,
    tightness_similarity,
)
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.evaluation.calibration import fit_temperature, softmax
from fabricfinder.hashing.base import HashingMethod
from fabricfinder.hashing.checkpoint import load_checkpoint, new_card, save_checkpoint
from fabricfinder.hashing.export import export_onnx
from fabricfinder.hashing.familiarity import fit_familiarity
from fabricfinder.retrieval.hamming import asymmetric_similarity
from fabricfinder.retrieval.palette_transport import palette_similarity
from fabricfinder.training.batches import CAPTURES, photograph_batch
from fabricfinder.training.cloth import ClothSet
from fabricfinder.training.loop import figures, look

BLENDS = tuple(round(0.1 * i, 1) for i in range(11))
TEXTURE = Weights(1, 1, 0, 0)


def calibrate(card: EncoderCard, seen: dict[str, np.ndarray]) -> EncoderCard:
    """Temperatures of both heads and the scale of the tightness deviation, on validation cloth."""
    known = seen["known"] > 0.5
    coarse = fit_temperature(seen["coarse_logits"], seen["coarse"].astype(int))
    fine = fit_temperature(seen["fine_logits"], seen["fine"].astype(int))
    mean, log_variance = seen["tightness"][known].T
    error = seen["tightness_true"][known] / 100 - mean
    scale = math.sqrt(float(np.mean(error**2 / np.exp(log_variance))))
    return replace(
        card, coarse_temperature=coarse, fine_temperature=fine, tightness_sd_scale=scale
    )


def blend_curves(
    card: EncoderCard, seen: dict[str, np.ndarray], palettes: np.ndarray
) -> tuple[list[float], list[float]]:
    """Validation figures at each of BLENDS: recall@1 of the re-captured cloth with all four
    dimensions, and mAP of the same minor with colour and tightness freed.

    Args:
        palettes: float32 (n, 10, 5), the palette seen in each capture.
    """
    taxonomy = default_taxonomy()
    coarse = softmax(seen["coarse_logits"], card.coarse_temperature).astype(np.float32)
    fine = softmax(seen["fine_logits"], card.fine_temperature).astype(np.float32)
    deviation = np.exp(0.5 * seen["tightness"][:, 1]) * card.tightness_sd_scale
    tight = np.stack([seen["tightness"][:, 0], deviation], 1).astype(np.float32) * 100
    codes = pack_bits(seen["bits"].astype(np.uint8))
    queries, gallery = np.arange(1, len(coarse), CAPTURES), np.arange(0, len(coarse), CAPTURES)
    recall, precision = np.zeros(len(BLENDS)), np.zeros(len(BLENDS))
    for place, q in enumerate(queries):
        scores = np.stack(
            [
                coarse_similarity(coarse[q], coarse[gallery], taxonomy),
                fine_similarity(fine[q], fine[gallery]),
                palette_similarity(palettes[q], palettes[gallery]),
                tightness_similarity(tight[q], tight[gallery]),
            ],
            axis=1,
        )
        code = asymmetric_similarity(seen["u"][q], codes[gallery])
        medians = np.median(scores, axis=0)
        whole = overall_similarity(scores, Weights(), medians)
        texture = overall_similarity(scores, TEXTURE, medians)
        same = seen["coarse"][gallery] == seen["coarse"][q]
        same[place] = False
        for i, blend in enumerate(BLENDS):
            recall[i] += np.argmax((1 - blend) * whole + blend * code) == place
            if same.any():
                mixed = (1 - blend) * texture + blend * code
                mixed[place] = -1
                hits = same[np.argsort(-mixed, kind="stable")]
                ranks = np.flatnonzero(hits) + 1
                precision[i] += np.mean(np.arange(1, len(ranks) + 1) / ranks)
    return (recall / len(queries)).tolist(), (precision / len(queries)).tolist()


def least_blend(figures_at: list[float], slack: float = 0.005) -> float:
    """The smallest of BLENDS within half a point of the best.

    The four dimensions are what the designer sees and steers, so the code is given no more weight
    than it earns.
    """
    good = [b for b, value in zip(BLENDS, figures_at, strict=True) if value >= max(figures_at) - slack]
    return min(good)


def macro_palettes(cloth: ClothSet, held: np.ndarray, seed: int) -> np.ndarray:
    """Palettes of exactly the captures that ``look`` takes with this seed, (n, 10, 5)."""
    rng = np.random.default_rng(seed)
    palettes = []
    for start in range(0, len(held), 32):
        batch = photograph_batch(cloth, held[start : start + 32], rng)
        for view in batch.macro.permute(0, 2, 3, 1).numpy():
            palettes.append(palette_from_rgb(view.reshape(-1, 3)).to_array())
    return np.stack(palettes)


def finish(
    model: HashingMethod,
    cloth: ClothSet,
    rows: np.ndarray,
    held: np.ndarray,
    out: Path,
    made: dict[str, object],
    tell: Callable[[str], None],
) -> Path:
    """Write ``out/<method>-<bits>.safetensors`` and the graph ``.onnx`` beside it.

    Args:
        made: command, seed, images_seen, minutes: how the model came to be.
        tell: receives a line for each thing found out.
    """
    validation_seed = 77
    seen = look(model, cloth, held, validation_seed)
    card = calibrate(replace(new_card(model), **made), seen)
    recall, precision = blend_curves(card, seen, macro_palettes(cloth, held, validation_seed))
    blend = (least_blend(recall), least_blend(precision))
    tell(f"recall@1 by blend: {[round(v, 3) for v in recall]}")
    tell(f"same-minor mAP by blend: {[round(v, 3) for v in precision]}")
    card = replace(card, blend=blend, figures=figures(seen))
    sample = rows[np.random.default_rng(5).permutation(len(rows))[:2000]]
    training = look(model, cloth, sample, validation_seed + 1)
    features = (torch.from_numpy(training["r"]), torch.from_numpy(seen["r"]))
    familiarity = fit_familiarity(*features, relaxed=torch.from_numpy(seen["u"]))
    path = out / f"{card.method}-{card.n_bits}.safetensors"
    save_checkpoint(model, card, path, familiarity)
    export_onnx(load_checkpoint(path), path.with_suffix(".onnx"))
    tell(f"temperatures {card.coarse_temperature:.2f}, {card.fine_temperature:.2f}; blend {blend}")
    return path


