"""What the page “Teach it my cloth” says, in her words."""

import math

from PySide6.QtCore import QCoreApplication

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.lesson import Lesson, Marks
from fabricfinder.domain.swatch import Labels
from fabricfinder.teaching import Standing
from fabricfinder.ui.number_words import count_text, in_a_row

translate = QCoreApplication.translate


def labelled(catalog: Catalog) -> int:
    """How many swatches she has said something of."""
    return sum(swatch.labels != Labels() for swatch in catalog.swatches)


def stock_text(catalog: Catalog) -> str:
    """How much there is to learn from."""
    n, m = len(catalog), labelled(catalog)
    swatches = (
        translate("Teach", "one swatch") if n == 1
        else translate("Teach", "{n} swatches").format(n=count_text(n))
    )  # fmt: skip
    if not m:
        return translate("Teach", "This library: {swatches}, none labelled.").format(
            swatches=swatches
        )
    return translate("Teach", "This library: {swatches}, {m} of them labelled.").format(
        swatches=swatches, m=count_text(m)
    )


def standing_text(standing: Standing) -> str:
    """Which model answers here, and what it was taught."""
    lesson = standing.lesson
    if lesson is None:
        return translate("Teach", "The model that came with the program answers here.")
    if standing.waiting:
        return translate(
            "Teach",
            "It has learned your cloth, but {n} swatches are still to be looked at again. Until "
            "then the earlier model answers.",
        ).format(n=count_text(standing.waiting))
    return translate(
        "Teach", "Here answers the model that learned from {n} of your swatches."
    ).format(n=count_text(lesson.swatches))


def outcome_text(lesson: Lesson) -> str:
    """Whether it was worth it, in one sentence."""
    if lesson.kept:
        return translate("Teach", "It finds your cloth better now.")
    return translate("Teach", "No better on the swatches held back. Nothing was changed.")


def figure_rows(lesson: Lesson) -> list[tuple[str, str]]:
    """(what was asked of the swatches held back, “61 → 78 of 100”)."""
    rows = [
        (translate("Teach", "A swatch photographed again comes first"), "recaptured"),
        (translate("Teach", "Another cloth of the same label comes first"), "label_first"),
    ]
    return [
        (words, change_text(lesson.before, lesson.after, name))
        for words, name in rows
        if not math.isnan(getattr(lesson.before, name))
    ]


def change_text(before: Marks, after: Marks, name: str) -> str:
    """“61 → 78 of 100”."""
    return translate("Teach", "{a} → {b} of 100").format(
        a=f"{100 * getattr(before, name):.0f}", b=f"{100 * getattr(after, name):.0f}"
    )


def judged_text(lesson: Lesson) -> str:
    """On how many it was judged, and what could not be read."""
    said = translate("Teach", "Judged on {n} swatches it was not taught from.").format(
        n=count_text(lesson.held_back)
    )
    if lesson.unread:
        missing = translate("Teach", "{n} originals could not be read.")
        said = in_a_row(said, missing.format(n=count_text(lesson.unread)))
    return said
