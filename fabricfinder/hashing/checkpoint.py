"""A file that rebuilds its encoder by itself: weights, card and reference, as safetensors.

The weights lie in float16 (batch statistics and biases in float32); loading gives exactly the
numbers that were saved, so a graph exported from a checkpoint computes what the checkpoint does.
"""

import hashlib
import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from fabricfinder.domain.encoder_card import EncoderCard, card_from_json
from fabricfinder.domain.errors import EncoderError
from fabricfinder.domain.taxonomy import Taxonomy, default_taxonomy
from fabricfinder.hashing.base import HashingMethod
from fabricfinder.hashing.familiarity import Familiarity
from fabricfinder.hashing.methods import HASHING_METHODS

MODEL = "model."
REFERENCE = "reference."


class Checkpoint(NamedTuple):
    """A trained method in evaluation mode, its card and its reference of ordinary cloth."""

    model: HashingMethod
    card: EncoderCard
    familiarity: Familiarity | None


def new_card(model: HashingMethod, taxonomy: Taxonomy | None = None) -> EncoderCard:
    """A card for a model: method, configuration and vocabularies; fill the rest by ``replace``."""
    taxonomy = taxonomy or default_taxonomy()
    return EncoderCard(
        model.name,
        model.n_bits,
        json.loads(json.dumps(asdict(model.config))),
        taxonomy.version,
        taxonomy.coarse,
        taxonomy.fine,
        code_layout=model.code_layout,
    )


def save_checkpoint(
    model: HashingMethod, card: EncoderCard, path: Path, familiarity: Familiarity | None = None
) -> EncoderCard:
    """Write a checkpoint in one step and return its card, now with its id.

    The model itself keeps its float32 weights; ``load_checkpoint`` gives the rounded ones.

    Raises:
        ValueError: a weight is not finite in float16.
        OSError: the file cannot be written.
    """
    tensors = {MODEL + name: stored(value) for name, value in model.state_dict().items()}
    if familiarity is not None:
        tensors[REFERENCE + "centres"] = stored(familiarity.centres)
        for name in ("scale", "doubt"):
            tensors[REFERENCE + name] = getattr(familiarity, name).detach().float().reshape(())
    bad = [name for name, value in tensors.items() if not torch.isfinite(value).all()]
    if bad:
        raise ValueError(f"{bad[0]} is not finite; this model is not worth keeping")
    card = replace(card, id=f"{card.method}-{card.n_bits}-{_digest(tensors, card)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    save_file(tensors, unfinished, {"card": card.to_json()})
    os.replace(unfinished, path)
    return card


def load_checkpoint(path: Path) -> Checkpoint:
    """Rebuild a model from its file alone.

    Raises:
        EncoderError: missing, damaged, of another program, or from a newer version.
    """
    name = path.name
    try:
        with safe_open(path, "pt") as file:
            card = card_from_json((file.metadata() or {}).get("card"), name)
            tensors = {key: file.get_tensor(key) for key in file.keys()}
    except FileNotFoundError as error:
        raise EncoderError(f"There is no encoder at {path}.") from error
    except (OSError, SafetensorError) as error:
        raise EncoderError(f"{name} is damaged or is not an encoder ({error}).") from error
    if card.id != f"{card.method}-{card.n_bits}-{_digest(tensors, card)}":
        raise EncoderError(f"{name} is damaged: its weights are not the ones its card names.")
    if card.method not in HASHING_METHODS:
        raise EncoderError(
            f"{name} holds a “{card.method}” encoder, which this program does not know; "
            "it may be from a newer fabricfinder."
        )
    method = HASHING_METHODS[card.method]
    try:
        model = method.from_config(card.config)
        state = {
            key.removeprefix(MODEL): value.float() if value.is_floating_point() else value
            for key, value in tensors.items()
            if key.startswith(MODEL)
        }
        model.load_state_dict(state)
    except (TypeError, ValueError, RuntimeError) as error:
        raise EncoderError(f"{name} does not fit the network its card describes.") from error
    familiarity = None
    if all(REFERENCE + name in tensors for name in Familiarity._fields):
        familiarity = Familiarity(
            *(tensors[REFERENCE + name].float() for name in Familiarity._fields)
        )
    return Checkpoint(model.eval(), card, familiarity)


def stored(value: Tensor) -> Tensor:
    """A tensor as it lies in the file: matrices and kernels in float16, the rest as they are."""
    value = value.detach().cpu().contiguous()
    return value.half() if value.is_floating_point() and value.ndim > 1 else value


def _digest(tensors: dict[str, Tensor], card: EncoderCard) -> str:
    """Eight hex digits of everything that decides what is stored of a swatch."""
    digest = hashlib.sha256(json.dumps(card.calibration(), sort_keys=True).encode())
    digest.update(json.dumps(card.config, sort_keys=True).encode())
    for name in sorted(tensors):
        value = tensors[name]
        digest.update(f"{name}{value.dtype}{tuple(value.shape)}".encode())
        digest.update(value.numpy().tobytes())
    return digest.hexdigest()[:8]
