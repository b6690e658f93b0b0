"""The words of the Find workspace: every score, band, belief and scale as a designer says it."""

import math
import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from fabricfinder.domain.bands import Band
from fabricfinder.domain.palette import Palette, PaletteColor
from fabricfinder.domain.search import RankedSwatch, SearchResult
from fabricfinder.domain.similarity import SimilarityBreakdown
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.domain.textile import CM_PER_INCH
from fabricfinder.ui.cloth_words import coarse_name, spoken, term  # noqa: F401 - wording.term is said
from fabricfinder.ui.number_words import count_text, decimal_text, in_a_row, listed, named
from fabricfinder.ui.shade_names import shade_name

if TYPE_CHECKING:
    from fabricfinder.retrieval.explanation import ExplanationPart

translate = QCoreApplication.translate

# What a value reads as when there is nothing to say; unknown is never written as 0.
UNKNOWN = "–"
# ``SearchResult.extra`` may hold the encoder's ``conformal`` thresholds under this key.
CONFORMAL = "conformal"


def dimension_names() -> tuple[str, str, str, str]:
    """The four dimensions in full, in their fixed order."""
    return (
        translate("Wording", "Coarse texture"),
        translate("Wording", "Fine texture"),
        translate("Wording", "Colour"),
        translate("Wording", "Tightness"),
    )


def dimension_short_names() -> tuple[str, str, str, str]:
    """The four dimensions in one short word each, for bars and columns."""
    return (
        translate("Wording", "Coarse"),
        translate("Wording", "Fine"),
        translate("Wording", "Colour"),
        translate("Wording", "Tightness"),
    )


def dimension_meanings() -> tuple[str, str, str, str]:
    """What each dimension looks at, one sentence each, for tooltips."""
    return (
        translate("Wording", "The pattern seen from afar: solid, stripe, plaid, figure."),
        translate("Wording", "The structure seen close up: weave or knit."),
        translate("Wording", "The colours and how much of the cloth each covers."),
        translate("Wording", "How much of the cloth its yarns cover."),
    )


def band_word(band: Band) -> str:
    """The band as she reads it: “Same quality”, “Close”, …"""
    words = {
        "identical": translate("Wording", "Same swatch"),
        "same": translate("Wording", "Same quality"),
        "close": translate("Wording", "Close"),
        "related": translate("Wording", "Related"),
        "far": translate("Wording", "Not close"),
    }
    return words[band.key]


def score_text(score: float | None) -> str:
    """A score 0..1 as a whole number 0..100, or “n/a”."""
    return translate("Wording", "n/a") if score is None else str(round(100 * score))


def scores_text(
    breakdown: SimilarityBreakdown | Sequence[float | None],
    unsure: Sequence[bool] = (False, False, False, False),
) -> str:
    """“coarse 92, fine 88 unsure, colour 71, tightness 97”; ``unsure``: which are guesses."""
    values = breakdown.as_tuple() if isinstance(breakdown, SimilarityBreakdown) else breakdown
    doubtful = translate("Wording", "{score} unsure")
    said = [
        doubtful.format(score=score_text(score)) if guess else score_text(score)
        for score, guess in zip(values, unsure, strict=True)
    ]
    pairs = zip(dimension_short_names(), said, strict=True)
    return listed(f"{name.lower()} {score}" for name, score in pairs)


def swatch_title(swatch: Swatch) -> str:
    """What to call a swatch: article and colourway where given, else its name."""
    article = str(swatch.fields.get("article", "")).strip()
    if not article:
        return shown_path(swatch.name)
    colourway = str(swatch.fields.get("colourway", "")).strip()
    title = f"{article}-{colourway}" if colourway else article
    design = str(swatch.fields.get("design", "")).strip()
    return f"{title} {design}" if design else title


def spoken_title(swatch: Swatch) -> str:
    """The title as a screen reader says it: “Article 20341-07”."""
    title = swatch_title(swatch)
    if str(swatch.fields.get("article", "")).strip():
        return translate("Wording", "Article {title}").format(title=title)
    return title


def shown_path(path: str) -> str:
    """A path fit to be shown: bytes that are not UTF-8 become the replacement mark."""
    return os.fsencode(path).decode("utf-8", "replace")


@cache
def phrases() -> Mapping[str, str]:
    """The templates of the explanations in her language."""
    from fabricfinder.retrieval.explanation import ENGLISH

    return {key: translate("Explanation", text) for key, text in ENGLISH.items()}


def result_sentence(result: SearchResult, row: int, taxonomy: Taxonomy) -> str:
    """One sentence why candidate ``row`` is near: “same 2/2 twill, ΔE00 2.1 warmer”."""
    # Imported here because it brings OpenCV, which the window must not wait for; once there is a
    # result the worker has long imported it.
    from fabricfinder.retrieval.explanation import explain

    breakdown = SimilarityBreakdown.from_row(result.scores[row])
    candidate = result.candidate(row)
    return explain(result.descriptor, candidate, breakdown, spoken(taxonomy), phrases=phrases())


def result_parts(
    result: SearchResult, row: int, taxonomy: Taxonomy
) -> "tuple[ExplanationPart, ...]":
    """The same dimension by dimension, in the order of DIMENSIONS."""
    from fabricfinder.retrieval.explanation import explain_parts

    breakdown = SimilarityBreakdown.from_row(result.scores[row])
    candidate = result.candidate(row)
    return explain_parts(result.descriptor, candidate, breakdown, spoken(taxonomy), phrases())


def scale_text(px_per_cm: float | None, source: str = "") -> str:
    """The scale chip: as ``short_scale_text``, and what it means that it is unknown."""
    if px_per_cm is None:
        return translate("Wording", "scale unknown: fine texture counts less")
    return short_scale_text(px_per_cm, source)


def short_scale_text(px_per_cm: float | None, source: str = "") -> str:
    """A scale for a table cell or a field: “600 dpi (236 px/cm)”, or that it is unknown.

    Args:
        px_per_cm: pixels per centimetre, or None.
        source: one of ``SCALE_SOURCES`` to say who says so too: “…, stated in the file”.
    """
    if px_per_cm is None:
        return translate("Wording", "unknown")
    said = translate("Wording", "{dpi} dpi ({scale} px/cm)").format(
        dpi=f"{px_per_cm * CM_PER_INCH:.0f}", scale=f"{px_per_cm:.0f}"
    )
    return listed((said, scale_source_text(source)))


def pixel_text(px_per_cm: float) -> str:
    """What a pixel is of the cloth: “1 px = 0.042 mm of cloth”."""
    return translate("Wording", "1 px = {mm} mm of cloth").format(
        mm=_significant(10.0 / px_per_cm)
    )


def scale_source_text(source: str) -> str:
    """Who says a scale, in words; "" where that is not known."""
    return {
        "": "",
        "file": translate("Wording", "stated in the file"),
        "scanner": translate("Wording", "scanned here"),
        "card": translate("Wording", "by the scale card"),
        "ruler": translate("Wording", "by your ruler"),
        "hand": translate("Wording", "typed by you"),
    }[source]


def _significant(value: float) -> str:
    """Two significant digits without an exponent: 0.042, 0.25, 1.3."""
    digits = max(0, 1 - math.floor(math.log10(value)))
    return decimal_text(value, min(digits, 6))


def cover_band_text(word: str, low: float, high: float) -> str:
    """A band of cover: “loose, 40–60 %”."""
    words = {
        "open": translate("Wording", "open"),
        "loose": translate("Wording", "loose"),
        "medium": translate("Wording", "medium"),
        "firm": translate("Wording", "firm"),
        "tight": translate("Wording", "tight"),
    }
    return listed((words.get(word, word), f"{low:.0f}–{high:.0f} %"))


def judged_text(breakdown: SimilarityBreakdown, unsure: Sequence[bool]) -> str:
    """How many of the four could be judged, what an outlined bar means and what n/a does.

    Args:
        breakdown: the four scores.
        unsure: which of them are guesses; those count as not judged.
    """
    if not breakdown.judged:
        return translate("Wording", "Nothing could be compared.")
    n = breakdown.judged - sum(unsure)
    if n == 4:
        return translate("Wording", "All four could be judged.")
    said = [translate("Wording", "{n} of 4 could be judged.").format(n=n)]
    if any(unsure):
        said.append(translate("Wording", "An outlined bar is unsure."))
    if breakdown.judged < 4:
        said.append(translate("Wording", "What is n/a counts as average."))
    return in_a_row(*said)


def alike_text(alike: float, share: float) -> str:
    """“84 · counts 38 %”: the likeness of the codes, and its share of the overall match."""
    said = translate("Wording", "{score} · counts {share} %")
    return said.format(score=score_text(alike), share=round(100 * share))


def palette_text(palette: Palette) -> str:
    """“blue 62 %, white 30 %, red 8 %”, largest first."""
    return listed(f"{shade_name(c)} {round(100 * c.share)} %" for c in palette.colors)


def color_text(color: PaletteColor) -> str:
    """One colour in full: “blue 62 %, #1d3f7a”."""
    red, green, blue = color.rgb
    share = round(100 * color.share)
    return listed((f"{shade_name(color)} {share} %", f"#{red:02x}{green:02x}{blue:02x}"))


def color_names() -> tuple[str, ...]:
    """The ten colour regions by name, in the palette's order."""
    return (
        translate("Wording", "black"), translate("Wording", "white"),
        translate("Wording", "grey"), translate("Wording", "red"),
        translate("Wording", "orange"), translate("Wording", "yellow"),
        translate("Wording", "green"), translate("Wording", "cyan"),
        translate("Wording", "blue"), translate("Wording", "purple"),
    )  # fmt: skip


def searched_text(result: SearchResult, n_now: int, n_waiting: int) -> str:
    """What was searched: “Searching 12,400 of 41,207” while an import runs, else the whole.

    Args:
        result: the answer.
        n_now: swatches that can be searched by now.
        n_waiting: swatches and files an import has still to look at.
    """
    n, total = count_text(result.n_searched), count_text(n_now + n_waiting)
    if n_waiting:
        return translate("Wording", "Searching {n} of {total}").format(n=n, total=total)
    if result.query.filters.active:
        return translate("Wording", "searched {n} of {total}, filtered").format(n=n, total=total)
    if n_now > result.n_library:
        return translate("Wording", "searched {n} of {total}").format(n=n, total=total)
    return translate("Wording", "searched all {n}").format(n=n)


def column_titles() -> tuple[str, ...]:
    """Titles of the results table, in the order of ``result_order.Column``."""
    return (
        translate("Wording", "No."), translate("Wording", "Swatch"), translate("Wording", "Name"),
        translate("Wording", "Match"), translate("Wording", "Overall"), *dimension_short_names(),
        translate("Wording", "Weave"), translate("Wording", "Pattern"),
        translate("Wording", "Cover %"), translate("Wording", "Scale"),
        translate("Wording", "File"),
    )  # fmt: skip


def file_name(path: str) -> str:
    """The last part of a path, fit to be shown."""
    return shown_path(path.replace("\\", "/").rpartition("/")[2])


def answered_text(result: SearchResult) -> str:
    """“41,207 swatches searched in 0.4 s”, for the status bar."""
    return translate("Wording", "{n} swatches searched in {seconds} s").format(
        n=count_text(result.n_searched), seconds=decimal_text(result.seconds, 1)
    )


def result_tooltip(
    one: RankedSwatch, band: Band, sentence: str, unsure: Sequence[bool]
) -> str:
    """A result in full: title, band with its number, sentence, the four scores."""
    return "\n".join(
        (
            named(swatch_title(one.swatch), listed((band_word(band), score_text(one.overall)))),
            sentence,
            scores_text(one.breakdown, unsure),
        )
    )


def band_line(band: Band, overall: float, rank: int) -> str:
    """“Same quality, 92 · No. 3”."""
    return translate("Wording", "{band}, {score} · No. {rank}").format(
        band=band_word(band), score=score_text(overall), rank=count_text(rank)
    )


def as_sentence(words: str) -> str:
    """Words as a sentence of their own: “Same 2/2 twill, finer.”"""
    if not words:
        return ""
    return translate("Wording", "{words}.").format(words=f"{words[:1].upper()}{words[1:]}")


def size_text(width: int, height: int, px_per_cm: float | None) -> str:
    """“2400 × 1600 px, 10.2 × 6.8 cm”; the centimetres only when the scale is known."""
    pixels = translate("Wording", "{width} × {height} px").format(width=width, height=height)
    if px_per_cm is None:
        return pixels
    return translate("Wording", "{pixels}, {width} × {height} cm").format(
        pixels=pixels, width=decimal_text(width / px_per_cm, 1),
        height=decimal_text(height / px_per_cm, 1),
    )


def breakable(path: str) -> str:
    """A path that may wrap after each separator (with zero-width spaces)."""
    return path.replace("/", "/\u200b").replace("\\", "\\\u200b").replace("_", "_\u200b")
