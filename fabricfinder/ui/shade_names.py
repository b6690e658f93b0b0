"""What a colour of a palette is called: the ten regions, and what a designer calls their shades."""

from PySide6.QtCore import QCoreApplication

from fabricfinder.domain.palette import COLOR_NAMES, PaletteColor

translate = QCoreApplication.translate

_NEUTRAL = frozenset({"black", "white", "grey"})


def shade_name(color: PaletteColor) -> str:
    """A colour's name in her language.

    The regions the comparison works with are wide: their orange holds cream, rust and chocolate,
    which nobody at a mill calls orange. Where a shade has a name of its own, that is said.
    """
    names = {
        "black": translate("Shades", "black"), "white": translate("Shades", "white"),
        "grey": translate("Shades", "grey"), "red": translate("Shades", "red"),
        "orange": translate("Shades", "orange"), "yellow": translate("Shades", "yellow"),
        "green": translate("Shades", "green"), "cyan": translate("Shades", "cyan"),
        "blue": translate("Shades", "blue"), "purple": translate("Shades", "purple"),
        "beige": translate("Shades", "beige"), "brown": translate("Shades", "brown"),
        "pink": translate("Shades", "pink"), "olive": translate("Shades", "olive"),
        "navy": translate("Shades", "navy"), "wine": translate("Shades", "wine"),
    }  # fmt: skip
    return names[_shade(color)]


def _shade(color: PaletteColor) -> str:
    """The English word for a shade: hue in degrees, saturation and value in 0..1 decide."""
    region = COLOR_NAMES[color.region]
    hue, saturation, value = color.hue % 360, color.saturation, color.value
    if region in _NEUTRAL:
        return region
    if 20 <= hue < 70 and saturation < 0.4 and value >= 0.6:
        return "beige"
    if (hue < 20 or hue >= 320) and saturation < 0.6 and value >= 0.7:
        return "pink"
    if (hue < 8 or hue >= 320) and value < 0.5:
        return "wine"
    if 8 <= hue < 48 and value < 0.7:
        return "brown"
    if 48 <= hue < 75 and value < 0.65:
        return "olive"
    return "navy" if 205 <= hue < 260 and value < 0.42 else region
