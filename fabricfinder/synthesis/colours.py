"""Colours a mill would put together: trade shades and the schemes that combine them.

A designer looks at the demo library, so colours come from named dye-house shades and from
harmonies of them, with a small drift from dye lot to dye lot, and never from uniform noise.
Colours are sRGB floats (r, g, b) in 0..1.
"""

import colorsys
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

Colour = tuple[float, float, float]

SHADES: Mapping[str, str] = MappingProxyType(
    {
        "white": "f4f3ee", "optic": "fafafa", "ecru": "ece4d2", "cream": "f2e8cf",
        "stone": "cfc6b4", "sand": "d6c1a0", "oat": "ddd0b8", "silver": "c4c7c8",
        "grey": "8b8d8f", "slate": "5d6670", "charcoal": "3b3d41", "black": "1c1b1d",
        "ink": "1b2333", "navy": "1f2b4d", "indigo": "2d3f6e", "royal": "2747a1",
        "denim": "4a6a94", "sky": "a9c8e4", "ice": "d4e3ec", "powder": "b7cbdc",
        "teal": "1f6b70", "petrol": "1d4c5b", "turquoise": "3fa9ad", "aqua": "a3d6d2",
        "mint": "bfe0cb", "sage": "9caf92", "moss": "6b7340", "olive": "5c5a34",
        "bottle": "1d4433", "emerald": "1f7a55", "grass": "4f9a4b", "lime": "b5c94c",
        "khaki": "a29468", "mustard": "c99a2e", "gold": "d9b04c", "lemon": "f0df7a",
        "butter": "f3e3a6", "saffron": "e6a326", "orange": "dd7327", "rust": "a94f2a",
        "terracotta": "bf6a4b", "apricot": "efb58b", "peach": "f3cbb0", "camel": "b98d5c",
        "tan": "a97f56", "tobacco": "7d5533", "chocolate": "4b3226", "coffee": "5f4636",
        "brick": "8e3b32", "red": "b3232f", "scarlet": "cf3236", "crimson": "9c1c33",
        "burgundy": "5e1a2b", "wine": "6f2440", "coral": "e8776a", "salmon": "eca392",
        "rose": "d98a97", "blush": "eecfca", "pink": "eaa6bd", "fuchsia": "c23a7d",
        "magenta": "a12c6b", "plum": "5d2b52", "aubergine": "3d2139", "violet": "6a4a96",
        "lavender": "b9aed6", "lilac": "cdbbdc", "mauve": "a98aa3",
    }
)  # fmt: skip

NEUTRAL_LIGHT = ("white", "optic", "ecru", "cream", "stone", "oat", "sand", "silver", "ice")
NEUTRAL_DARK = ("black", "ink", "navy", "charcoal", "chocolate", "aubergine", "bottle", "petrol")
PASTEL = (
    "sky", "powder", "aqua", "mint", "lemon", "butter", "peach", "blush", "pink", "lilac",
    "lavender", "apricot", "ice",
)  # fmt: skip
EARTH = (
    "camel", "tan", "tobacco", "rust", "terracotta", "olive", "moss", "khaki", "mustard",
    "coffee", "brick", "sage",
)  # fmt: skip
STRONG = (
    "red", "scarlet", "royal", "emerald", "orange", "saffron", "fuchsia", "turquoise", "violet",
    "teal", "crimson", "gold", "grass", "coral", "indigo", "magenta", "lime",
)  # fmt: skip
DEEP = ("navy", "burgundy", "bottle", "plum", "wine", "ink", "petrol", "charcoal", "black")


def shade(name: str) -> Colour:
    """The sRGB of a named shade; raises KeyError if there is none."""
    code = SHADES[name]
    return (int(code[0:2], 16) / 255, int(code[2:4], 16) / 255, int(code[4:6], 16) / 255)


def luminance(colour: Sequence[float]) -> float:
    """Relative luminance 0..1 of an sRGB colour (gamma taken as 2.2)."""
    r, g, b = (max(0.0, c) ** 2.2 for c in colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """The sRGB colour ``share`` of the way from a to b."""
    return tuple(x + (y - x) * share for x, y in zip(a, b, strict=True))  # type: ignore


def vary(rng: np.random.Generator, colour: Colour, amount: float = 0.02) -> Colour:
    """A dye-lot neighbour of a colour: hue, saturation and value each drift a little."""
    h, s, v = colorsys.rgb_to_hsv(*colour)
    dh, ds, dv = (float(d) for d in rng.normal(0, amount, 3))
    s = min(1.0, max(0.0, s + ds * (0.3 + s)))
    return colorsys.hsv_to_rgb((h + dh * 0.7) % 1.0, s, min(0.985, max(0.04, v + dv * 1.5)))


def free_colour(rng: np.random.Generator) -> Colour:
    """Any dyeable colour: every hue, saturation and depth, but brilliance only by half."""
    h = float(rng.random())
    v = 0.1 + 0.87 * float(rng.beta(1.6, 1.1))
    s = float(rng.beta(1.4, 1.6)) * (0.95 - 1.1 * max(0.0, v - 0.6))
    return colorsys.hsv_to_rgb(h, s, v)


def pick(rng: np.random.Generator, names: Sequence[str]) -> Colour:
    """One of the named shades, a dye lot off."""
    return vary(rng, shade(names[int(rng.integers(len(names)))]))


def contrast(a: Colour, b: Colour) -> float:
    """How far two colours lie apart to the eye, about 0 to 1.5 (lightness counts most)."""
    light = abs(luminance(a) ** (1 / 3) - luminance(b) ** (1 / 3))
    return light + 0.35 * float(np.abs(np.subtract(a, b)).max())


def any_colour(rng: np.random.Generator) -> Colour:
    """A shade from any family, now and then off the card altogether."""
    if rng.random() < 0.25:
        return free_colour(rng)
    return pick(rng, tuple(SHADES))


def scheme(rng: np.random.Generator, n: int, min_contrast: float = 0.16) -> tuple[Colour, ...]:
    """n colours that belong together; the first is the ground.

    Args:
        rng: source of chance.
        n: how many, at least 1.
        min_contrast: each other colour stands at least this far from the ground.
    """
    roll = rng.random()
    families: tuple[tuple[str, ...], tuple[str, ...]]
    if roll < 0.30:
        families = (NEUTRAL_LIGHT, DEEP + STRONG + EARTH)
    elif roll < 0.50:
        families = (NEUTRAL_DARK + DEEP, NEUTRAL_LIGHT + PASTEL + STRONG)
    elif roll < 0.62:
        families = (EARTH, EARTH + NEUTRAL_LIGHT + NEUTRAL_DARK)
    elif roll < 0.72:
        families = (PASTEL, NEUTRAL_LIGHT + PASTEL + DEEP)
    elif roll < 0.84:
        families = (STRONG, NEUTRAL_LIGHT + NEUTRAL_DARK + STRONG)
    elif roll < 0.92:
        return _tonal(rng, n, min_contrast)
    else:
        families = (tuple(SHADES), tuple(SHADES))
    ground = pick(rng, families[0]) if rng.random() > 0.1 else free_colour(rng)
    colours = [ground]
    tries = 0
    while len(colours) < n:
        candidate = pick(rng, families[1]) if rng.random() > 0.1 else free_colour(rng)
        tries += 1
        near = min(contrast(candidate, c) for c in colours[1:]) if len(colours) > 1 else 1.0
        wanted = min_contrast * 0.9**tries
        if contrast(candidate, ground) >= wanted and near >= wanted * 0.5:
            colours.append(candidate)
            tries = 0
    return tuple(colours)


def _tonal(rng: np.random.Generator, n: int, min_contrast: float) -> tuple[Colour, ...]:
    """Shades of one hue, the ground at one end of the scale."""
    hue = float(rng.random())
    sat = float(rng.uniform(0.15, 0.85))
    low, high = 0.18, 0.95
    values = np.linspace(high, low, max(n, 2))[:n] if rng.random() < 0.5 else (
        np.linspace(low, high, max(n, 2))[:n]
    )
    out = []
    for v in values:
        s = sat * (1.15 - v) + 0.05 + min_contrast * 0.1
        s = min(s, 1.0 - 0.55 * max(0.0, float(v) - 0.55) / 0.4)
        out.append(colorsys.hsv_to_rgb((hue + rng.normal(0, 0.015)) % 1, s, float(v)))
    return tuple(out)


def colour_code(colours: tuple[Colour, ...]) -> str:
    """A colourway's name: its colours in hex, the first three."""
    return "-".join("".join(f"{round(c * 255):02x}" for c in colour) for colour in colours[:3])


def partner(rng: np.random.Generator, colour: Colour, low: float, high: float) -> Colour:
    """A colour between two contrasts from another."""
    best = colour
    for _ in range(60):
        other = any_colour(rng) if high > 1 else vary(rng, colour, 0.09)
        if low <= contrast(colour, other) <= high:
            return other
        best = other
    return best


def far_from(rng: np.random.Generator, names: tuple[str, ...], others: tuple[Colour, ...]) -> Colour:
    """A shade that stands apart from others (the best of twelve tries)."""
    tries = [pick(rng, names) for _ in range(12)]
    return max(tries, key=lambda c: min(contrast(c, o) for o in others) + 0.25 * rng.random())
