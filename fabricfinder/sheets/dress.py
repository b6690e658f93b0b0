"""How the four bars look on paper and in HTML: the window's light theme, Qt-free."""

from collections.abc import Mapping
from types import MappingProxyType

# dimension -> (fill, ink of its pattern, pattern): the light theme's own, which a test holds.
BAR_DRESS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "coarse": ("#1f5f8b", "#8fb8d3", "diagonal"),
        "fine": ("#b46a08", "#f0c98d", "dots"),
        "color": ("#a85583", "#6d2f52", "solid"),
        "tightness": ("#237a5d", "#a9d8c8", "lines"),
    }
)
TRACK, TEXT, MUTED, LINE, STRONG_LINE = "#dcdcdc", "#1a1a1a", "#575757", "#cfcfcf", "#767676"
