"""The cloth in a picture file: all of it, or what lies beside a scale card, seen straight."""

from dataclasses import dataclass, replace

import numpy as np

from fabricfinder.capture.measure import STRAIGHTEN_FROM_DEG, beside_card, cloth_beside
from fabricfinder.capture.scale_card import find_scale_card, is_card_likely
from fabricfinder.domain.encoder import Views
from fabricfinder.vision.decode import DecodedImage
from fabricfinder.vision.views import crop_region, load_for_encoding, views_of


@dataclass(frozen=True, slots=True, eq=False)
class Cloth:
    """The cloth in a picture: the whole as decoded, the part that is judged, its scale or None."""

    image: DecodedImage
    views: Views
    pixels: np.ndarray
    px_per_cm: float | None


def cloth_of(
    path: str, crop: tuple[float, float, float, float] | None, px_per_cm: float | None
) -> Cloth:
    """Decode and cut; where a scale card lies on the cloth, at its scale and beside it only.

    A card that lies tilted also says how to see the cloth from straight above.

    Args:
        crop: left, top, right, bottom in 0..1 of the upright picture, looked at alone.
        px_per_cm: a scale given by hand; None believes the file, then a card.

    Raises:
        UnreadableImageError: it is no picture we can read.
        QueryError: the crop is too small to judge.
    """
    image, views = load_for_encoding(path, crop, px_per_cm)
    stated = px_per_cm is None and image.px_per_cm is not None
    asked = crop is None and not stated and is_card_likely(image.rgb)
    card = find_scale_card(image.rgb) if asked else None
    if card is not None:
        height, width = image.rgb.shape[:2]
        left, top, right, bottom = beside_card(width, height, card.corners)
        by_card = card.px_per_cm * image.reduction
        if card.tilt_deg >= STRAIGHTEN_FROM_DEG:
            straight = _straightened(path, px_per_cm or by_card, (px_per_cm or by_card) / by_card)
            if straight is not None:
                return _with_source(straight, px_per_cm)
        crop = left / width, top / height, right / width, bottom / height
        image, views = load_for_encoding(path, crop, px_per_cm or by_card)
    cloth = Cloth(image, views, crop_region(image, crop), image.working_px_per_cm)
    return cloth if card is None else _with_source(cloth, px_per_cm)


def _with_source(cloth: Cloth, by_hand: float | None) -> Cloth:
    """The same, saying who states the scale of a picture with a card in it."""
    source = "card" if by_hand is None else "hand"
    return replace(cloth, image=replace(cloth.image, scale_source=source))


def _straightened(path: str, px_per_cm: float, by_hand: float) -> Cloth | None:
    """The cloth beside a tilted card from straight above; None where the card is lost again.

    Args:
        px_per_cm: of the whole picture, by which it is decoded no larger than needed.
        by_hand: how many times the card's scale a person's is; 1 where she gave none.
    """
    image, _ = load_for_encoding(path, None, px_per_cm)
    card = find_scale_card(image.rgb)
    if card is None:
        return None
    pixels, scale = cloth_beside(image.rgb, card)
    return Cloth(image, views_of(pixels, scale * by_hand), pixels, scale * by_hand)
