"""The widened range of prints (variety 2): which painters a minor may take, sizes and inks."""

import numpy as np

from fabricfinder.synthesis.colours import Colour, contrast, free_colour, mix, pick, scheme
from fabricfinder.synthesis.noise import choose

Rng = np.random.Generator

_DARK = ("black", "navy", "ink", "black", "charcoal", "burgundy", "bottle", "petrol", "plum")
_PALE = ("white", "optic", "ecru", "cream", "blush", "butter", "ice", "mint", "powder", "oat")
_MIDDLE = ("red", "royal", "teal", "turquoise", "coral", "mustard", "emerald", "slate", "sky",
           "salmon", "lavender", "indigo", "camel")  # fmt: skip
_FLOWERS = ("red", "crimson", "coral", "pink", "rose", "fuchsia", "salmon", "apricot", "orange",
            "gold", "lemon", "white", "cream", "lavender", "violet", "royal", "sky", "turquoise",
            "magenta", "scarlet", "peach", "burgundy", "plum", "terracotta")  # fmt: skip
_LEAVES = ("bottle", "olive", "moss", "sage", "emerald", "grass", "teal", "khaki", "petrol")


def ground_colour(rng: Rng) -> Colour:
    """A print's ground: dark or pale as a rule, now and then bright."""
    return pick(rng, choose(rng, (_DARK, _DARK, _PALE, _PALE, _MIDDLE)))


def apart(rng: Rng, names: tuple[str, ...], ground: Colour, least: float) -> Colour:
    """A shade at least ``least`` from the ground, or the farthest of ten."""
    tries = [pick(rng, names) for _ in range(10)]
    return next((c for c in tries if contrast(c, ground) >= least),
                max(tries, key=lambda c: contrast(c, ground)))  # fmt: skip


def floral_inks(rng: Rng, n: int) -> tuple[Colour, ...]:
    """Inks in the order of ``blooms.Garden``: ground, leaves, flowers in three shades, heart.

    Args:
        rng: source of chance.
        n: 2 to 6 for a flat floral, 7, 10 or 13 for one, two or three flowers in shades.
    """
    if n < 7:
        return flat_inks(rng, n)
    ground = ground_colour(rng)
    flowers, greens = _FLOWERS, _LEAVES
    if rng.random() < 0.2:
        hue = choose(rng, (("navy", "royal", "sky", "indigo", "denim"), ("pink", "rose", "wine"),
                           ("grey", "silver", "charcoal", "white"), ("camel", "tan", "coffee")))
        flowers = greens = hue
    green = apart(rng, greens, ground, 0.12)
    inks = [ground, mix(green, (0.03, 0.05, 0.06), 0.45), green]
    while len(inks) < n - 1:
        body = apart(rng, flowers, ground, 0.22)
        deep = mix(body, choose(rng, ((0.1, 0.02, 0.08), (0.05, 0.03, 0.1), (0.3, 0.08, 0.05))),
                   float(rng.uniform(0.25, 0.6)))  # fmt: skip
        inks += [deep, body, mix(body, (1.0, 0.97, 0.92), float(rng.uniform(0.3, 0.7)))]
    inks.append(pick(rng, ("gold", "lemon", "black", "saffron", "cream", "chocolate")))
    return tuple(inks[: n - 1] + inks[-1:])


def leaf_inks(rng: Rng, n: int) -> tuple[Colour, ...]:
    """Ground, then a dark, body and light shade of each leaf colour when n is 4, 7 or 10."""
    if n not in (4, 7, 10):
        return flat_inks(rng, n)
    inks = [ground_colour(rng)]
    family = _LEAVES if rng.random() < 0.75 else _FLOWERS
    while len(inks) < n:
        body = apart(rng, family, inks[0], 0.2)
        inks += [mix(body, (0.03, 0.05, 0.06), float(rng.uniform(0.3, 0.6))), body,
                 mix(body, (1.0, 0.98, 0.9), float(rng.uniform(0.25, 0.6)))]  # fmt: skip
    return tuple(inks)


def flat_inks(rng: Rng, n: int) -> tuple[Colour, ...]:
    """n flat inks: a dark or pale ground with plain contrast, or any scheme."""
    if rng.random() < 0.45:
        return scheme(rng, n, 0.3)
    ground = ground_colour(rng)
    inks = [ground]
    light = contrast(ground, (0.0, 0.0, 0.0)) < 0.6
    names = (_PALE, _FLOWERS) if light else (_DARK, _FLOWERS + _LEAVES)
    first = rng.random() < 0.6
    while len(inks) < n:
        family = names[0] if first and len(inks) == 1 else names[1]
        inks.append(apart(rng, family, ground, 0.28) if rng.random() < 0.9 else free_colour(rng))
    return tuple(inks)


def pair_inks(rng: Rng, n: int) -> tuple[Colour, ...]:
    """Inks of plain strong contrast: black and white, navy and white, red and black...

    Beyond two: what belongs with the ground.
    """
    if n > 2 or rng.random() < 0.3:
        return flat_inks(rng, n)
    dark = pick(rng, ("black", "navy", "black", "ink", "red", "royal", "bottle", "burgundy",
                      "charcoal", "teal", "chocolate", "crimson"))  # fmt: skip
    light = pick(rng, ("white", "optic", "ecru", "cream", "white", "sky", "blush", "sand"))
    if rng.random() < 0.15:
        dark, light = pick(rng, ("black", "ink")), pick(rng, ("red", "mustard", "royal", "camel"))
    return (dark, light) if rng.random() < 0.5 else (light, dark)


def check_inks(rng: Rng, n: int) -> tuple[Colour, ...]:
    """A check's light, mid and dark tone of one colour (the mid is the two woven together)."""
    light, dark = pair_inks(rng, 2)
    return (light, dark) if n == 2 else (light, mix(light, dark, 0.5), dark)


def coat_inks(rng: Rng, n: int) -> tuple[Colour, ...]:
    """A leopard's: ground, its second shade, heart, mark; snow and fashion colours as well."""
    roll = rng.random()
    if roll < 0.62:
        ground = pick(rng, ("camel", "sand", "oat", "tan", "gold", "cream", "apricot", "stone"))
        heart = mix(ground, pick(rng, ("tobacco", "rust", "coffee", "tan")),
                    float(rng.uniform(0.35, 1)))  # fmt: skip
        mark = pick(rng, ("black", "black", "black", "chocolate", "coffee"))
    elif roll < 0.8:
        ground = pick(rng, ("white", "silver", "ice", "grey", "ecru", "optic"))
        heart = mix(ground, pick(rng, ("grey", "slate", "charcoal")), float(rng.uniform(0.3, 0.8)))
        mark = pick(rng, ("black", "charcoal", "ink"))
    else:
        ground, mark = pair_inks(rng, 2)
        heart = mix(ground, pick(rng, _FLOWERS), float(rng.uniform(0.3, 1)))
    second = mix(ground, heart, float(rng.uniform(0.25, 0.7)))
    return {2: (ground, mark), 3: (ground, heart, mark)}.get(n, (ground, second, heart, mark))


def hide_inks(rng: Rng, n: int) -> tuple[Colour, ...]:
    """A zebra's: black and off-white mostly; tiger and fashion colours."""
    roll = rng.random()
    if roll < 0.6:
        pair = (pick(rng, ("white", "optic", "cream", "ecru", "silver")),
                pick(rng, ("black", "black", "ink", "charcoal", "chocolate")))  # fmt: skip
    elif roll < 0.75:
        pair = (pick(rng, ("orange", "camel", "gold", "sand")), pick(rng, ("black", "chocolate")))
    else:
        pair = pair_inks(rng, 2)
    pair = pair if rng.random() < 0.6 else pair[::-1]
    return pair if n == 2 else (*pair, mix(*pair, float(rng.uniform(0.3, 0.6))))


def argyle_inks(rng: Rng, n: int) -> tuple[Colour, ...]:
    """Ground, diamonds, line; with 6 or more the second half heathers the first."""
    if n < 6:
        return flat_inks(rng, n) if rng.random() < 0.7 else scheme(rng, n, 0.2)
    half = flat_inks(rng, n // 2)
    mate = pick(rng, ("white", "grey", "black", "oat", "charcoal"))
    return (*half, *(mix(c, mate, float(rng.uniform(0.1, 0.35))) for c in half))


def close_inks(rng: Rng, n: int) -> tuple[Colour, ...]:
    """Shades of one colour that lie near each other, as washes and space dyes do."""
    base = apart(rng, (*_DARK, *_MIDDLE, *_PALE), (0.5, 0.5, 0.5), 0.0)
    other = pick(rng, _PALE + _DARK)
    return tuple(mix(base, other, 0.45 * k / max(1, n - 1)) for k in range(n))


def line_inks(rng: Rng, n: int) -> tuple[Colour, ...]:
    """Toile's: one colour on natural cloth or the reverse, its half tone third."""
    pale = pick(rng, ("ecru", "cream", "white", "oat", "butter", "ice", "blush"))
    deep = pick(rng, ("burgundy", "indigo", "navy", "bottle", "chocolate", "crimson", "black",
                      "plum", "teal", "slate", "rose", "denim"))  # fmt: skip
    pair = (pale, deep) if rng.random() < 0.8 else (deep, pale)
    return (pair[0], mix(*pair, 0.5), pair[1])[:: 1 if n > 2 else 2]
