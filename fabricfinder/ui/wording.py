"""The words of the Find workspace: every score, band, belief and scale as a designer says it."""

import math
import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication

from fabricfinder.domain.bands import Band
from fabricfinder.domain.descriptor import FabricDescriptor
from fabricfinder.domain.palette import Palette, PaletteColor
from fabricfinder.domain.search import RankedSwatch, SearchResult
from fabricfinder.domain.similarity import SimilarityBreakdown
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.ui.cloth_words import coarse_name, spoken, term
from fabricfinder.ui.number_words import count_text, decimal_text, listed, named
from fabricfinder.ui.shade_names import shade_name

if TYPE_CHECKING:
    from fabricfinder.retrieval.explanation import ExplanationPart

translate = QCoreApplication.translate

# What a value reads as when there is nothing to say; unknown is never written as 0.
UNKNOWN = "–"
# ``SearchResult.extra`` may hold the query's ends per cm, where known, under this key.
QUERY_THREADS = "threads_per_cm"
# ... and the encoder's ``conformal`` thresholds under this one.
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


def scores_text(breakdown: SimilarityBreakdown | Sequence[float | None]) -> str:
    """“coarse 92, fine 88, colour 71, tightness 97”."""
    values = breakdown.as_tuple() if isinstance(breakdown, SimilarityBreakdown) else breakdown
    pairs = zip(dimension_short_names(), values, strict=True)
    return listed(f"{name.lower()} {score_text(score)}" for name, score in pairs)


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
def _phrases() -> Mapping[str, str]:
    """The templates of the explanations in her language."""
    from fabricfinder.retrieval.explanation import ENGLISH

    return {key: translate("Explanation", text) for key, text in ENGLISH.items()}


def result_sentence(result: SearchResult, row: int, taxonomy: Taxonomy) -> str:
    """One sentence why candidate ``row`` is near: “same 2/2 twill, finer, ΔE00 2.1 warmer”."""
    # Imported here because it brings OpenCV, which the window must not wait for; once there is a
    # result the worker has long imported it.
    from fabricfinder.retrieval.explanation import explain

    threads = result.extra.get(QUERY_THREADS), result.swatches[row].fields.get("ends_per_cm")
    return explain(
        result.descriptor, result.table.descriptor(row),
        SimilarityBreakdown.from_row(result.scores[row]), spoken(taxonomy),
        threads_per_cm=tuple(t if isinstance(t, float) else None for t in threads),
        phrases=_phrases(),
    )  # fmt: skip


def result_parts(
    result: SearchResult, row: int, taxonomy: Taxonomy
) -> "tuple[ExplanationPart, ...]":
    """The same dimension by dimension, in the order of DIMENSIONS."""
    from fabricfinder.retrieval.explanation import explain_parts

    breakdown = SimilarityBreakdown.from_row(result.scores[row])
    candidate = result.table.descriptor(row)
    return explain_parts(result.descriptor, candidate, breakdown, spoken(taxonomy), _phrases())


def scale_text(px_per_cm: float | None, source: str = "file") -> str:
    """The scale chip: “236 px/cm from the scan · 1 px = 0.042 mm”, or that it is unknown.

    Args:
        px_per_cm: pixels per centimetre, or None.
        source: one of ``SCALE_SOURCES``, or "library" where nobody said who says it.
    """
    if px_per_cm is None:
        return translate("Wording", "scale unknown: fine texture counts less")
    said = {
        "file": translate("Wording", "{scale} px/cm from the scan · 1 px = {mm} mm"),
        "hand": translate("Wording", "{scale} px/cm set by you · 1 px = {mm} mm"),
        "scanner": translate("Wording", "{scale} px/cm, scanned here · 1 px = {mm} mm"),
        "card": translate("Wording", "{scale} px/cm by the scale card · 1 px = {mm} mm"),
        "ruler": translate("Wording", "{scale} px/cm by your ruler · 1 px = {mm} mm"),
        "library": translate("Wording", "{scale} px/cm from the library · 1 px = {mm} mm"),
    }[source]
    return said.format(scale=f"{px_per_cm:.0f}", mm=_significant(10.0 / px_per_cm))


def short_scale_text(px_per_cm: float | None, source: str = "") -> str:
    """A scale for a table cell or a field: “236 px/cm”, or that it is unknown.

    Args:
        source: one of ``SCALE_SOURCES`` to say who says so too: “236 px/cm, by the scale card”.
    """
    if px_per_cm is None:
        return translate("Wording", "unknown")
    said = translate("Wording", "{scale} px/cm").format(scale=f"{px_per_cm:.0f}")
    return listed((said, scale_source_text(source)))


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


def belief_text(
    side: FabricDescriptor, dimension: str, taxonomy: Taxonomy,
    conformal: tuple[float, float] = (0.0, 0.0),
) -> str:  # fmt: skip
    """What one side is taken for: “plaid / gingham 82 %, quite sure”, “… labelled”.

    Where the encoder cannot rule the next likeliest out: “2/2 twill 48 %, or perhaps herringbone”;
    ``conformal`` is as ``Encoder.conformal``. Dimension is "coarse", "fine" or "tightness".
    """
    by_person = dimension in side.certain
    if dimension == "tightness":
        return tightness_text(*side.encoding.tightness, by_person)
    coarse = dimension == "coarse"
    belief = side.encoding.coarse if coarse else side.encoding.fine
    if not belief.size or np.isnan(belief).any():
        return UNKNOWN
    least = conformal[0 if coarse else 1]
    order = [int(column) for column in np.argsort(-belief, kind="stable")]
    perhaps = [c for c in order[1:] if least and belief[c] >= least] if not by_person else []
    ids = taxonomy.coarse if coarse else taxonomy.fine
    names = [
        coarse_name(ids[column], taxonomy) if coarse else term(ids[column], taxonomy)
        for column in (order[0], *perhaps)
    ]
    return _belief_text(names, float(belief[order[0]]), by_person)


def _belief_text(names: Sequence[str], probability: float, by_person: bool) -> str:
    """The likeliest name and how sure it is, or what else it may be."""
    from fabricfinder.retrieval.explanation import certainty_words

    if by_person:
        return translate("Wording", "{label}, labelled").format(label=names[0])
    said = {"label": names[0], "percent": round(100 * probability)}
    if len(names) > 1:
        more = [translate("Wording", "another")] if len(names) > 3 else []
        others = translate("Wording", " or ").join([*names[1:3], *more])
        words = translate("Wording", "{label} {percent} %, or perhaps {others}")
        return words.format(**said, others=others)
    words = translate("Wording", "{label} {percent} %, {certainty}")
    return words.format(**said, certainty=certainty_words(probability, False, _phrases()))


def tightness_text(mean: float, deviation: float, by_person: bool) -> str:
    """“68 % cover ± 4”, with who said it; the dash when unknown."""
    if math.isnan(mean):
        return UNKNOWN
    if by_person:
        return translate("Wording", "{cover} % cover, labelled").format(cover=round(mean))
    return translate("Wording", "{cover} % cover, give or take {spread}").format(
        cover=round(mean), spread=max(1, round(deviation))
    )


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


def judged_text(judged: int) -> str:
    """How much of the comparison could be made, in words; ``judged`` of the four dimensions."""
    if judged == 4:
        return translate("Wording", "All four could be compared.")
    if judged == 0:
        return translate("Wording", "Nothing could be compared.")
    return translate("Wording", "{n} of 4 could be compared; the rest count as average.").format(
        n=judged
    )


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


def result_tooltip(one: RankedSwatch, band: Band, sentence: str) -> str:
    """A result in full: title, band with its number, sentence, the four scores."""
    return "\n".join(
        (
            named(swatch_title(one.swatch), listed((band_word(band), score_text(one.overall)))),
            sentence,
            scores_text(one.breakdown),
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
