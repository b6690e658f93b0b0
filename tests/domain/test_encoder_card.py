"""The encoder's card and seal, and the arrays that pass in and out of every engine."""

import json
from dataclasses import replace

import numpy as np
import pytest

from fabricfinder.domain.encoder import Views
from fabricfinder.domain.encoder_arrays import encodings_of, scale_inputs, stack_views
from fabricfinder.domain.encoder_card import BLANK_SEAL, EncoderCard, card_from_json, seal_of
from fabricfinder.domain.errors import EncoderError
from fabricfinder.domain.taxonomy import default_taxonomy

TAXONOMY = default_taxonomy()
CARD = EncoderCard(
    "dvsh", 128, {"latent": 256, "backbone": {"width": 16}}, 1, TAXONOMY.coarse, TAXONOMY.fine,
    id="dvsh-128-0123abcd", command="train “dvsh”", blend=(0.1, 0.9), figures={"recall@1": 0.5},
)  # fmt: skip


def test_card_survives_json() -> None:
    assert card_from_json(CARD.to_json(), "x") == CARD


@pytest.mark.parametrize("text", [None, "", '{"format": "other", "version": 1}'])
def test_foreign_cards_say_so(text: str | None) -> None:
    with pytest.raises(EncoderError, match="x.onnx is not an encoder of this program"):
        card_from_json(text, "x.onnx")


def test_newer_cards_say_so_whatever_else_they_hold() -> None:
    raw = json.loads(CARD.to_json()) | {"version": 2, "sparkle": 3}
    with pytest.raises(EncoderError, match="newer"):
        card_from_json(json.dumps(raw), "x")


@pytest.mark.parametrize(
    "change",
    [{"n_bits": 13}, {"blend": [2, 0]}, {"blend": [0.5]}, {"fine_temperature": 0.0},
     {"sparkle": 1}, {"coarse": None}, {"format": None}],
)  # fmt: skip
def test_damaged_cards_say_so(change: dict) -> None:
    raw = json.loads(CARD.to_json()) | change
    with pytest.raises(EncoderError, match="x"):
        card_from_json(json.dumps(raw), "x")


@pytest.mark.parametrize("text", ["{", "[]", "3", '{"format": "fabricfinder-encoder"}'])
def test_text_that_is_no_card_says_so(text: str) -> None:
    with pytest.raises(EncoderError, match="card of x is damaged"):
        card_from_json(text, "x")


def test_another_taxonomy_is_refused() -> None:
    CARD.check_taxonomy(TAXONOMY)
    with pytest.raises(EncoderError, match="other texture names"):
        replace(CARD, fine=CARD.fine[::-1]).check_taxonomy(TAXONOMY)


def test_seal_is_the_same_before_and_after_it_is_set_and_sees_every_bit() -> None:
    content = b"weights" + BLANK_SEAL.encode() + b"more"
    seal = seal_of(content, BLANK_SEAL)
    sealed = content.replace(BLANK_SEAL.encode(), seal.encode())
    assert seal_of(sealed, seal) == seal
    for place in (0, 6, len(sealed) - 1):
        flipped = bytearray(sealed)
        flipped[place] ^= 1
        assert seal_of(bytes(flipped), seal) != seal
    assert seal_of(content, "") != ""


def test_views_are_stacked_in_order() -> None:
    rng = np.random.default_rng(0)
    card = replace(CARD, view_px=4, n_micro=2)
    views = [
        Views(rng.integers(0, 256, (4, 4, 3), np.uint8),
              rng.integers(0, 256, (2, 4, 4, 3), np.uint8), i == 1) for i in range(3)
    ]  # fmt: skip
    arrays = stack_views(views, card)
    assert all(np.array_equal(arrays["macro"][i], v.macro) for i, v in enumerate(views))
    assert all(np.array_equal(arrays["micro"][i], v.micro) for i, v in enumerate(views))
    assert arrays["scale_known"].tolist() == [[0.0], [1.0], [0.0]]
    assert arrays["scale_known"].dtype == np.float32 and "scale" not in arrays
    told = stack_views(views, replace(card, config={"backbone": {"scale_inputs": 4}}))
    assert told["scale"].tolist() == [scale_inputs(view).tolist() for view in views]
    assert told["scale"].dtype == np.float32 and "scale_known" not in told
    with pytest.raises(ValueError, match="4 px"):
        stack_views([Views(views[0].macro, views[0].micro[:1], True)], card)


def test_answers_become_encodings() -> None:
    bits = np.array([[1, 0, 0, 0, 0, 0, 0, 1], [0] * 8], np.uint8)
    answers = {
        "bits": bits, "relaxed": bits * 2.0 - 1, "coarse": np.eye(2), "fine": np.eye(2),
        "tightness": np.array([[60.0, 5.0], [70.0, 6.0]]), "unfamiliarity": np.array([0.1, np.nan]),
    }  # fmt: skip
    first, second = encodings_of(answers)
    assert first.code.packed == b"\x81" and second.code.packed == b"\x00"
    assert first.tightness == (60.0, 5.0) and first.unfamiliarity == 0.1
    assert np.isnan(second.unfamiliarity) and second.fine.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("known", "macro", "micro", "told"),
    [
        (False, None, None, [0, 0, 0, 0]),
        (True, 16.0, 160.0, [1, 0, 1, 0]),
        (True, 64.0, 160.0, [1, 2, 1, 0]),
        (False, 2.0, 20.0, [1, -3, 0, -3]),
        (True, 1e5, 160.0, [1, 4, 1, 0]),
        (False, 0.01, 0.1, [1, -4, 0, -4]),
    ],
)
def test_a_network_is_told_the_scale_in_octaves(
    known: bool, macro: float | None, micro: float | None, told: list[float]
) -> None:
    pixels = np.zeros((1, 1, 3), np.uint8)
    assert scale_inputs(Views(pixels, pixels[None], known, macro, micro)).tolist() == told
