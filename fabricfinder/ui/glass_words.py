"""What the measuring page says of clicks, drags, captures and colours."""

import math

from PySide6.QtCore import QCoreApplication

from fabricfinder.domain.density import YarnDensity
from fabricfinder.ui.glass_marks import ENDS, Stretch, ThreadMarks, agreement
from fabricfinder.ui.number_words import decimal_text, in_a_row, listed, named

translate = QCoreApplication.translate


def count_text(
    tool: str, marks: ThreadMarks, px_per_cm: float | None, density: YarnDensity
) -> str:
    """“12 ends over 5.1 mm: 21.6 ± 0.9 per cm. Measured 21.9 ± 0.4: they agree.”"""
    name = translate("Glass", "ends") if tool == ENDS else translate("Glass", "picks")
    n = len(marks.at)
    if px_per_cm is None:
        return translate("Glass", "{n} {name} clicked. The scale is not known: lay the ruler on "
                         "something of known length first.").format(n=n, name=name)  # fmt: skip
    counted, within = marks.per_cm(px_per_cm), marks.within(px_per_cm)
    if counted is None or within is None:
        click = translate("Glass", "Click one thread after the other, {name} across the glass.")
        return in_a_row(click.format(name=name), measured_text(tool, density))
    said = translate("Glass", "{n} {name} over {mm} mm: {count} ± {within} per cm.").format(
        n=n, name=name, mm=decimal_text(marks.span * 10 / px_per_cm, 1),
        count=decimal_text(counted, 1),
        within=decimal_text(max(0.1, within), 1),
    )  # fmt: skip
    agrees = agreement(counted, within, density, tool)
    if agrees is None:
        return in_a_row(said, measured_text(tool, density))
    verdict = translate("Glass", "they agree.") if agrees else translate(
        "Glass", "they do not agree.")  # fmt: skip
    return in_a_row(said, named(measured_text(tool, density).rstrip(".。"), verdict))


def measured_text(tool: str, density: YarnDensity) -> str:
    """“Measured 21.9 ± 0.4.”, or that nothing was measured."""
    value = density.ends if tool == ENDS else density.picks
    within = density.ends_within if tool == ENDS else density.picks_within
    if not value > 0:
        return translate("Glass", "The picture alone did not tell a count.")
    off = f" ± {decimal_text(within, 1)}" if math.isfinite(within) and within > 0 else ""
    return translate("Glass", "Measured in the picture: {n} per cm.").format(
        n=f"{decimal_text(value, 1)}{off}")  # fmt: skip


def repeat_text(
    stretch: Stretch | None, px_per_cm: float | None,
    found_mm: tuple[float | None, float | None] | None,
) -> str:  # fmt: skip
    """“24.1 mm across × 18.0 mm down. Found by itself: 24.0 × 18.1 mm.”"""
    parts = []
    if stretch is None:
        parts.append(translate("Glass", "Drag from a point of the pattern to where it comes again."))
    elif (sides := stretch.sides_mm(px_per_cm)) is not None:
        parts.append(translate("Glass", "{w} mm across × {h} mm down.").format(
            w=decimal_text(sides[0], 1), h=decimal_text(sides[1], 1)))  # fmt: skip
    else:
        parts.append(translate("Glass", "{w} × {h} px; the scale is not known.").format(
            w=f"{abs(stretch.dx):.0f}", h=f"{abs(stretch.dy):.0f}"))  # fmt: skip
    if found_mm is not None and any(found_mm):
        across, down = (decimal_text(mm, 1) if mm else "–" for mm in found_mm)
        parts.append(translate("Glass", "Found by itself: {w} × {h} mm.").format(w=across, h=down))
    return in_a_row(*parts)


def ruler_text(stretch: Stretch | None, px_per_cm: float | None) -> str:
    """“312 px, 26.4 mm.”, or how to lay it."""
    if stretch is None:
        return translate("Glass", "Drag along something whose length you know: a ruler, a coin, "
                         "a centimetre of graph paper.")  # fmt: skip
    said = translate("Glass", "{n} px").format(n=f"{stretch.length:.0f}")
    mm = stretch.length_mm(px_per_cm)
    long = "" if mm is None else translate("Glass", "{mm} mm").format(mm=decimal_text(mm, 1))
    return translate("Wording", "{words}.").format(words=listed((said, long)))


def target_text(before: float, after: float, used: int) -> str:
    """What a colour target tells, before and after."""
    return translate(
        "Glass", "Colour target found. The photo is ΔE00 {before} away from its published colours; "
        "corrected, {after} (mean of {n} patches, each judged by a correction fitted without it)."
    ).format(before=decimal_text(before, 1), after=decimal_text(after, 1), n=used)  # fmt: skip


def grey_text(before: float, after: float) -> str:
    """What a grey card tells, before and after."""
    return translate(
        "Glass", "The grey card is C*ab {before} away from neutral; balanced, {after}."
    ).format(before=decimal_text(before, 1), after=decimal_text(after, 1))
