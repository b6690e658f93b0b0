"""The phrases of every sentence that says why a cloth was found, and short names of textures."""

from collections.abc import Mapping
from types import MappingProxyType

from fabricfinder.domain.taxonomy import Taxonomy

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "join": ", ",
        "nothing": "nothing in it could be compared",
        "probably": "probably {words}",
        "same_weave": "same {name}",
        "probably_same_weave": "probably the same {name}",
        "same_family": "also a {family}",
        "woven_plain": "plain weave", "woven_twill": "twill weave", "woven_satin": "satin weave",
        "woven_crepe": "crepe weave", "woven_dobby": "dobby weave", "woven_leno": "leno weave",
        "woven_double": "double weave", "woven_honeycomb": "honeycomb weave",
        "woven_jacquard": "jacquard weave", "woven_pile": "pile weave",
        "woven_seersucker": "seersucker weave", "knit_cable": "cable knit",
        "knit_fleece": "fleece knit", "knit_jacquard": "jacquard knit", "knit_rib": "rib knit",
        "knit_jersey": "jersey knit", "knit_warp-knit": "warp knit",
        "other_weave": "{name} instead of {other}",
        "weave_unsure": "weave unsure",
        "textures_unsure": "weave and pattern unsure",
        "weave_unknown": "weave not known",
        "same_pattern": "{name} too",
        "also_solid": "also solid", "also_stripe": "also striped", "also_plaid": "also a plaid",
        "also_pattern": "also patterned", "another_motif": "another motif",
        "other_pattern": "{name} instead of {other}",
        "pattern_unsure": "pattern unsure",
        "pattern_unknown": "pattern not known",
        "finer": "finer", "coarser": "coarser", "same_sett": "same sett",
        "other_sett": "another sett",
        "same_sett_counted": "same sett, {new} threads/cm",
        "other_sett_counted": "sett {new} against {old} threads/cm",
        "finer_counted": "finer: {new} against {old} threads/cm",
        "coarser_counted": "coarser: {new} against {old} threads/cm",
        "threads_unknown": "threads not known",
        "same_color": "same colour",
        "same_ground": "same ground colour, other accents",
        "same_colors": "same colours in other shares",
        "ground_measured": "ground ΔE00 {delta_e} {direction}, other accents",
        "color_measured": "ΔE00 {delta_e} {direction}",
        "color_shifted": "{direction}",
        "color_much": "much {direction}",
        "other_color": "{name} instead of {other}",
        "color_unknown": "colour not known",
        "tighter": "{n} points tighter", "looser": "{n} points looser", "about": "about {words}",
        "same_tightness": "same tightness",
        "tightness_unsure": "tightness unsure", "tightness_unknown": "tightness not known",
        "knit_and_woven": "knit and woven: tightness does not compare",
        "by_person": "labelled", "sure": "sure", "quite_sure": "quite sure",
        "perhaps": "probably", "unsure": "unsure", "unknown": "not known", "measured": "measured",
        "spread": "give or take {percent} %",
        "lighter": "lighter", "darker": "darker", "brighter": "brighter", "duller": "duller",
        "redder": "redder", "greener": "greener", "yellower": "yellower", "bluer": "bluer",
        "warmer": "warmer", "cooler": "cooler",
        "black": "black", "white": "white", "grey": "grey", "red": "red", "orange": "orange",
        "yellow": "yellow", "green": "green", "cyan": "cyan", "blue": "blue", "purple": "purple",
    }
)  # fmt: skip


def pattern_name(minor: str, taxonomy: Taxonomy) -> str:
    """What a minor is called in a sentence; ``plaid/other`` is a plaid."""
    major, _, tail = minor.partition("/")
    return taxonomy.names[major] if tail == "other" else short_name(taxonomy.names[minor])


def short_name(name: str) -> str:
    """The first synonym of a display name, with the noun the last one carries.

    >>> short_name("glen / Prince of Wales check")
    'glen check'
    """
    first, *synonyms = name.split(" / ")
    noun = synonyms[-1].rsplit(" ", 1)[-1] if synonyms else ""
    wants = noun in ("stripe", "check") and noun not in first
    return f"{first} {noun}" if wants else first
