"""The words of the plots in her language, by the English they are drawn with."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.ui.cloth_words import term

# What the plots say, clause by clause; a test draws them all and holds this complete.
PLOT_TEXTS = (
    "Of what comes first, how much is right?",
    "right = the same pattern and the same weave",
    "the query's own fabric is left out",
    "of 100 right cloths, found so far",
    "of 100 cloths shown, right",
    "Do longer codes rank similar cloth better?",
    "NDCG@50 against the similarity of the exact labels",
    "with the range for 19 times in 20",
    "random order",
    "exact coarse labels alone",
    "order of likeness (NDCG@50), of 100",
    "bits of the code",
    "Is it as sure as it should be?",
    "on the line, “70 % sure” is right in 7 of 10",
    "the grey bars show how often each is said",
    "sure, it says, of 100",
    "right, in truth, of 100",
    "pattern",
    "weave or knit",
    "Which pattern is taken for which?",
    "each row is one true pattern",
    "a cell that stands out off the diagonal is a habitual mistake",
    "taken for",
    "is",
    "Is the cloth itself above its sibling?",
    "a new picture of a cloth",
    "a sibling differs in this alone",
    "dashed: chance",
    "another colour",
    "another weave",
    "sett off by 10 %",
    "sett off by 25 %",
    "pattern 20 % wider or narrower",
    "of 100 times, the cloth itself lies above",
    "How often does the very cloth come first?",
    "of 100 scraps, found in first place",
    "by how the cloth asked for differs from the first of its design",
    "as first made",
    "recoloured",
    "in another weave",
    "20 % wider or narrower",
    "How far is each bar from the truth?",
    "mean difference from the similarity of the exact labels",
    "dashed: always saying the mean",
    "coarse texture",
    "fine texture",
    "colour",
    "tightness",
    "off by, of 100 points (shorter is better)",
    "How often does cloth of the same label come first?",
    "its own article left out",
    "in brackets how many",
    "of 100 pictures, the nearest is right",
    "striped", "floral", "leopard", "zebra", "dotted", "argyle", "checkered",
    "What are labels worth?",
    "eleven labels on 300 photographs that were never asked about",
    "five seeds, with the range for 19 times in 20",
    "at random",
    "least sure first",
    "most useful first",
    "of 100, named right, averaged over the labels",
    "order of the search (mAP), of 100",
    "labels given",
    "How it learns from your labels",
    "on labels held back",
    "whole articles are left out",
    "the model as it came",
    "with your labels",
    "a hundred more, 9 times in 10",
    "off by, % of cover",
    "named right, of 100",
    "labels learned from",
)  # fmt: skip


def plot_words() -> Mapping[str, str]:
    """English of a plot -> hers, with the names of cloth; empty where she reads English.

    To be asked for on the window's thread; ``evaluation.plots.speak`` puts them into a figure.
    """
    taxonomy = default_taxonomy()
    words = {name: term(key, taxonomy) for key, name in taxonomy.names.items()}
    words |= {text: QCoreApplication.translate("Plot", text) for text in PLOT_TEXTS}
    return {english: said for english, said in words.items() if said != english}
