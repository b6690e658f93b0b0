"""The look of the window: three neutral palettes, one spacing scale, and the four bars' dress.

Cloth comes first, so every surface is achromatic: no chrome near a swatch carries a hue that could
shift how its colour is seen. Only the four dimensions and the two alarm tones are coloured, and
each dimension also has a pattern, so that nothing is told by colour alone (screen, print, or any
kind of colour vision). Widgets ask ``current_theme()`` when they paint; a change of theme arrives
as an ordinary ``QEvent.PaletteChange``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.ui.stylesheet import stylesheet

THEME_NAMES = ("system", "light", "dark", "grey")

# One spacing scale in logical pixels; every margin and gap is one of these.
SPACE_XS, SPACE_S, SPACE_M, SPACE_L, SPACE_XL, SPACE_XXL = 4, 8, 12, 16, 24, 40


@dataclass(frozen=True, slots=True)
class DimensionStyle:
    """How one dimension is drawn everywhere: fill and ink as ``#rrggbb``, and its pattern.

    ``pattern`` is "diagonal", "dots", "solid" or "lines": coarse is wide stripes, fine is points
    like yarn crossings, colour is plain paint, tightness is ends standing side by side.
    """

    color: str
    ink: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour the window uses, as ``#rrggbb``.

    Attributes:
        name: "light", "dark" or "grey".
        surround: behind swatches; the flattest neutral of the three steps.
        window: behind panels and bars of the window.
        panel: raised cards and sheets.
        field: text boxes and lists.
        text, muted: words, and quieter words; both at least 4.5 : 1 on every surface.
        line, strong_line: hairlines, and outlines that must be seen (3 : 1).
        select, select_text: the selected row or button.
        focus: the keyboard focus ring, 3 : 1 on every surface.
        track: the empty part of a bar.
        placeholder: a swatch whose picture is still on its way.
        warn, error, good: alarm tones, used away from cloth and always beside words.
        dimensions: the four bars, by key of DIMENSIONS.
    """

    name: str
    surround: str
    window: str
    panel: str
    field: str
    text: str
    muted: str
    line: str
    strong_line: str
    select: str
    select_text: str
    focus: str
    track: str
    placeholder: str
    warn: str
    error: str
    good: str
    dimensions: Mapping[str, DimensionStyle]

    @property
    def dark(self) -> bool:
        """Whether words are lighter than the surface they stand on."""
        return QColor(self.text).lightness() > QColor(self.panel).lightness()

    def color(self, role: str) -> QColor:
        """The QColor of one of the attributes above, by its name."""
        return QColor(getattr(self, role))


def _dimensions(**colors: tuple[str, str]) -> Mapping[str, DimensionStyle]:
    """The four styles from ``key=(fill, ink)``, each with its fixed pattern."""
    patterns = {"coarse": "diagonal", "fine": "dots", "color": "solid", "tightness": "lines"}
    return MappingProxyType({k: DimensionStyle(*colors[k], patterns[k]) for k in DIMENSIONS})


# Fills follow Okabe and Ito's colour-blind-safe set (blue, orange, purple, green), their lightness
# spread so that they also part in greyscale.
_LIGHT = Theme(
    name="light", surround="#e4e4e4", window="#ededed", panel="#f8f8f8", field="#ffffff",
    text="#1a1a1a", muted="#575757", line="#cfcfcf", strong_line="#767676",
    select="#333333", select_text="#ffffff", focus="#1a1a1a", track="#dcdcdc",
    placeholder="#d6d6d6", warn="#8a5200", error="#a8201a", good="#22693b",
    dimensions=_dimensions(
        coarse=("#1f5f8b", "#8fb8d3"), fine=("#b46a08", "#f0c98d"),
        color=("#a85583", "#6d2f52"), tightness=("#237a5d", "#a9d8c8"),
    ),
)  # fmt: skip
_DARK = Theme(
    name="dark", surround="#262626", window="#2e2e2e", panel="#383838", field="#202020",
    text="#ececec", muted="#b4b4b4", line="#494949", strong_line="#959595",
    select="#dcdcdc", select_text="#161616", focus="#f4f4f4", track="#505050",
    placeholder="#333333", warn="#e8b45a", error="#ff9187", good="#7fcf9b",
    dimensions=_dimensions(
        coarse=("#5b9fcf", "#1d4d70"), fine=("#e8a94a", "#7f5210"),
        color=("#cf86b0", "#733a5c"), tightness=("#58b795", "#1c5a45"),
    ),
)  # fmt: skip
# Colours are judged against a mid grey (ISO 3664's neutral surround, L* just under 60).
_GREY = Theme(
    name="grey", surround="#8e8e8e", window="#979797", panel="#a6a6a6", field="#b9b9b9",
    text="#080808", muted="#242424", line="#7f7f7f", strong_line="#3d3d3d",
    select="#1f1f1f", select_text="#f2f2f2", focus="#0a0a0a", track="#c2c2c2",
    placeholder="#858585", warn="#382200", error="#520904", good="#052e17",
    dimensions=_dimensions(
        coarse=("#1d4f74", "#86a8be"), fine=("#84500a", "#e0bd8a"),
        color=("#7d3a60", "#c79bb3"), tightness=("#1f6b52", "#a9cfc1"),
    ),
)  # fmt: skip
THEMES: Mapping[str, Theme] = MappingProxyType({t.name: t for t in (_LIGHT, _DARK, _GREY)})

_state = {"theme": _LIGHT, "asked": "light"}


def current_theme() -> Theme:
    """The theme in use; light until ``apply_theme`` was called."""
    return _state["theme"]


def asked_theme() -> str:
    """What was last asked of ``apply_theme``: one of THEME_NAMES."""
    return _state["asked"]


def apply_theme(app: QApplication, name: str = "system") -> Theme:
    """Dress the whole application and return the theme used.

    Args:
        app: the application.
        name: one of THEME_NAMES; "system" is dark where the desktop is, else light, and follows
            the desktop afterwards (see ``SystemThemeWatcher``).

    Raises:
        ValueError: no such theme.
    """
    if name not in THEME_NAMES:
        raise ValueError(f"no theme called {name!r}")
    theme = _system_theme(app) if name == "system" else THEMES[name]
    _state.update(theme=theme, asked=name)
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    app.setPalette(_palette(theme))
    app.setStyleSheet(stylesheet(theme))
    return theme


def _system_theme(app: QApplication) -> Theme:
    dark = app.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return _DARK if dark else _LIGHT


class SystemThemeWatcher(QObject):
    """Re-dresses the application when the desktop turns light or dark and she follows it."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        app.styleHints().colorSchemeChanged.connect(self.follow)

    def follow(self) -> None:
        """Apply the desktop's scheme, if "system" is what was asked."""
        if asked_theme() == "system":
            apply_theme(self._app, "system")


def scaled_font(factor: float, *, bold: bool = False) -> QFont:
    """The application's font, ``factor`` times its size: .9 small, 1.15 heading, 1.6 title."""
    font = QFont(QApplication.font())
    font.setPointSizeF(max(6.5, font.pointSizeF() * factor))
    font.setBold(bold)
    return font


def _palette(theme: Theme) -> QPalette:
    """The QPalette of a theme, its disabled group included."""
    role = QPalette.ColorRole
    pairs = {
        role.Window: theme.window, role.WindowText: theme.text, role.Base: theme.field,
        role.AlternateBase: theme.panel, role.Text: theme.text, role.Button: theme.panel,
        role.ButtonText: theme.text, role.BrightText: theme.error,
        role.Highlight: theme.select, role.HighlightedText: theme.select_text,
        role.ToolTipBase: theme.field, role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted, role.Link: theme.text, role.LinkVisited: theme.muted,
        role.Light: theme.field, role.Midlight: theme.panel, role.Mid: theme.line,
        role.Dark: theme.strong_line, role.Shadow: theme.strong_line, role.Accent: theme.select,
    }  # fmt: skip
    palette = QPalette()
    for key, value in pairs.items():
        palette.setColor(key, QColor(value))
    faded = _mix(theme.text, theme.window, 0.5)
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, faded)
    return palette


def _mix(first: str, second: str, share: float) -> QColor:
    """A colour ``share`` of the way from first to second."""
    a, b = QColor(first), QColor(second)
    parts = zip(a.getRgb()[:3], b.getRgb()[:3], strict=True)
    return QColor(*(round(x + (y - x) * share) for x, y in parts))
