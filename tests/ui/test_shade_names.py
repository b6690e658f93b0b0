"""What palette colours are called: words a mill uses, never the paper's wide regions."""

import colorsys

import pytest

from fabricfinder.domain.palette import COLOR_NAMES, Palette, PaletteColor
from fabricfinder.ui import wording
from fabricfinder.ui.shade_names import shade_name


def color(rgb: str, region: str, share: float = 1.0) -> PaletteColor:
    parts = [int(rgb[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    hue, saturation, value = colorsys.rgb_to_hsv(*parts)
    return PaletteColor(COLOR_NAMES.index(region), 360 * hue, saturation, value, share)


@pytest.mark.parametrize(
    ("rgb", "region", "said"),
    [
        ("d9cba8", "orange", "beige"), ("f3e9d2", "orange", "beige"), ("a05a3c", "red", "brown"),
        ("5b3a1e", "orange", "brown"), ("e8a0b4", "red", "pink"), ("6a2346", "red", "wine"),
        ("d97706", "orange", "orange"),
        ("c2261f", "red", "red"), ("8a1420", "red", "red"), ("6b6a2f", "yellow", "olive"),
        ("1b2a4e", "blue", "navy"), ("2f6fd0", "blue", "blue"), ("e8d24a", "yellow", "yellow"),
        ("2e7d32", "green", "green"), ("7fd0c4", "cyan", "cyan"), ("6a2c83", "purple", "purple"),
        ("101010", "black", "black"), ("f5f3ef", "white", "white"), ("8b8a84", "grey", "grey"),
    ],
)  # fmt: skip
def test_shades_are_called_what_a_mill_calls_them(rgb, region, said):
    assert shade_name(color(rgb, region)) == said


def test_palettes_are_read_out_in_these_words():
    palette = Palette((color("d9cba8", "orange", 0.7), color("1b2a4e", "blue", 0.3)))
    assert wording.palette_text(palette) == "beige 70 %, navy 30 %"
    assert wording.color_text(palette.colors[1]) == "navy 30 %, #1b2a4e"


def test_every_colour_has_a_name():
    for region in range(len(COLOR_NAMES)):
        for hue in range(0, 360, 7):
            for saturation in (0.0, 0.3, 0.5, 1.0):
                for value in (0.0, 0.3, 0.5, 0.8, 1.0):
                    assert shade_name(PaletteColor(region, hue, saturation, value, 1.0))
