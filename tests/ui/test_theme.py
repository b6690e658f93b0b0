"""The looks: contrast, patterns, and the bars' pixels."""

import itertools

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.ui.bars import dimension_brush, paint_bar
from fabricfinder.ui.theme import (
    THEMES,
    SystemThemeWatcher,
    apply_theme,
    asked_theme,
    current_theme,
)

SURFACES = ("surround", "window", "panel", "field")


def luminance(color: str) -> float:
    """WCAG 2.1 relative luminance, written out on its own."""
    parts = []
    for i in (1, 3, 5):
        c = int(color[i : i + 2], 16) / 255
        parts.append(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(autouse=True)
def light_again(qapp):
    yield
    apply_theme(qapp, "light")


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.name)
@pytest.mark.parametrize("surface", SURFACES)
def test_words_can_be_read_on_every_surface(theme, surface):
    for role in ("text", "muted", "warn", "error", "good"):
        assert contrast(getattr(theme, role), getattr(theme, surface)) >= 4.5, role
    for role in ("focus", "strong_line"):
        assert contrast(getattr(theme, role), getattr(theme, surface)) >= 3.0, role


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.name)
def test_surfaces_near_cloth_carry_no_hue(theme):
    for role in (*SURFACES, "line", "strong_line", "select", "focus", "track", "placeholder"):
        color = QColor(getattr(theme, role))
        assert color.red() == color.green() == color.blue(), role


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.name)
def test_four_dimensions_differ_in_colour_and_in_pattern(theme):
    styles = [theme.dimensions[d] for d in DIMENSIONS]
    assert len({s.color for s in styles}) == 4
    assert len({s.pattern for s in styles}) == 4
    for style in styles:
        assert contrast(style.color, theme.track) >= 2.6, "a bar must show on its track"


def test_the_same_dimension_has_the_same_pattern_in_every_theme():
    for name in DIMENSIONS:
        assert len({t.dimensions[name].pattern for t in THEMES.values()}) == 1


def tile(dimension, theme) -> bytes:
    image = dimension_brush(dimension, theme).textureImage().convertToFormat(
        QImage.Format.Format_Grayscale8
    )
    return bytes(image.constBits())


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.name)
def test_bars_part_in_greyscale_print_by_pattern_alone(qapp, theme):
    # Each tile as a set of grey levels against its own lightest one: the pattern without its tone.
    shapes = {}
    for name in DIMENSIONS:
        raw = tile(name, theme)
        middle = (min(raw) + max(raw)) / 2
        shapes[name] = (len(raw), tuple(v > middle for v in raw))
    for a, b in itertools.combinations(DIMENSIONS, 2):
        assert shapes[a] != shapes[b], (a, b)


def painted(score, dimension="color", width=100) -> QImage:
    image = QImage(width, 6, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.magenta)
    painter = QPainter(image)
    paint_bar(painter, QRectF(0, 0, width, 6), dimension, score, theme=THEMES["light"])
    painter.end()
    return image


@pytest.mark.parametrize(("score", "filled"), [(0.0, 0), (0.25, 25), (0.5, 50), (1.0, 100)])
def test_a_bar_is_as_long_as_its_score(qapp, score, filled):
    image = painted(score)
    fill = QColor(THEMES["light"].dimensions["color"].color)
    assert sum(image.pixelColor(x, 3) == fill for x in range(100)) == filled


@pytest.mark.parametrize("score", [-3.0, 7.0])
def test_a_score_out_of_range_stays_within_the_bar(qapp, score):
    image = painted(score)
    assert image.pixelColor(99, 3) != QColor(Qt.GlobalColor.magenta)


def test_unknown_does_not_look_like_zero(qapp):
    assert painted(None) != painted(0.0)
    track = QColor(THEMES["light"].track)
    assert all(painted(None).pixelColor(x, 0) != track for x in range(100))


@pytest.mark.parametrize("name", ["light", "dark", "grey"])
def test_applying_a_theme_dresses_the_application(qapp, name):
    theme = apply_theme(qapp, name)
    assert current_theme() is theme is THEMES[name]
    assert asked_theme() == name
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(theme.window)
    assert theme.panel in qapp.styleSheet()
    assert QApplication.style().name() == "fusion" or qapp.styleSheet()


def test_widgets_hear_of_a_change(qapp, qtbot):
    class Listener(QWidget):
        heard = 0

        def changeEvent(self, event):
            if event.type() == event.Type.PaletteChange:
                Listener.heard += 1

    widget = Listener()
    qtbot.addWidget(widget)
    widget.show()
    apply_theme(qapp, "light")
    Listener.heard = 0
    apply_theme(qapp, "dark")
    assert Listener.heard


def test_system_follows_the_desktop_and_a_choice_does_not(qapp, monkeypatch):
    scheme = {"now": Qt.ColorScheme.Dark}

    class Hints:
        def colorScheme(self):
            return scheme["now"]

    watcher = SystemThemeWatcher(qapp)
    monkeypatch.setattr(type(qapp), "styleHints", lambda self: Hints(), raising=False)
    assert apply_theme(qapp, "system").name == "dark"
    scheme["now"] = Qt.ColorScheme.Light
    watcher.follow()
    assert current_theme().name == "light"
    apply_theme(qapp, "grey")
    watcher.follow()
    assert current_theme().name == "grey"


def test_an_unknown_theme_is_refused(qapp):
    with pytest.raises(ValueError, match="no theme"):
        apply_theme(qapp, "sepia")
