"""The words of the Label workspace."""

from PySide6.QtCore import QCoreApplication, QLocale

from fabricfinder.domain.opinion import CANT_TELL, NOT_CLOTH
from fabricfinder.domain.vocabulary import Vocabulary
from fabricfinder.labelling.queue import AGAIN, DISAGREE, LEAST_SURE, MOST_USEFUL, RANDOM, SECOND
from fabricfinder.ui.number_words import count_text

DIMENSIONS = ("coarse", "fine", "tightness")


def tr(text: str) -> str:
    """Translate in this module's context."""
    return QCoreApplication.translate("label", text)


def language() -> str:
    """The language terms are shown in: "zh" on a Chinese desktop, else "en"."""
    return QLocale().name().split("_")[0]


def dimension_word(dimension: str) -> str:
    """“Pattern”, “Weave”, “Tightness”."""
    return {"coarse": tr("Pattern"), "fine": tr("Weave"), "tightness": tr("Tightness")}[dimension]


def order_words() -> dict[str, str]:
    """Order -> what it is called, the default first."""
    return {
        MOST_USEFUL: tr("most useful first"), LEAST_SURE: tr("least sure first"),
        RANDOM: tr("at random"), DISAGREE: tr("where you and the model differ"),
        SECOND: tr("second opinions"), AGAIN: tr("what is labelled, again"),
    }  # fmt: skip


def value_text(value: str | float, words: Vocabulary) -> str:
    """A label as she reads it: “gingham”, “62 % cover”, “can't tell”."""
    if value == CANT_TELL:
        return tr("can't tell")
    if value == NOT_CLOTH:
        return tr("not cloth")
    if isinstance(value, str):
        return words.name(value, language()) if value in words.terms else value
    return tr("{n} % cover").format(n=f"{value:.0f}")


def certainty_text(certainty: float) -> str:
    """“82 %”."""
    return f"{round(100 * certainty)} %"


def group_word(group_id: str, name: str) -> str:
    """What a group of terms is called: weaves' families are this program's own words."""
    return {
        "plain": tr("plain weaves"), "twill": tr("twills"), "satin": tr("satins"),
        "fancy": tr("fancy weaves"), "pile": tr("pile"), "knit": tr("knits"),
        "nonwoven": tr("nonwovens"),
    }.get(group_id, name)  # fmt: skip


def rung_word(name: str) -> str:
    """A rung's trade name."""
    return {
        "gauze": tr("gauze"), "cheesecloth": tr("cheesecloth"), "scrim": tr("scrim"),
        "voile": tr("voile"), "muslin": tr("muslin"), "lawn": tr("lawn"),
        "sheeting": tr("sheeting"), "cambric": tr("cambric"), "calico": tr("calico"),
        "poplin": tr("poplin"),
    }.get(name, name)  # fmt: skip


def step_name(n: int, dimension: str, value: str | float, words: Vocabulary) -> str:
    """A step as the history shows it: “Label the weave: 2/2 twill (3 swatches)”."""
    text = tr("{dimension}: {value}").format(
        dimension=dimension_word(dimension), value=value_text(value, words)
    )
    return text if n == 1 else tr("{text} ({n} swatches)").format(text=text, n=count_text(n))


def pace_text(done: int, labelled: int, total: int, per_minute: float) -> str:
    """“12 in this sitting · 312 of 2,000 labelled · 14 a minute · about 2 h left”."""
    parts = [
        tr("{n} in this sitting").format(n=count_text(done)),
        tr("{n} of {total} labelled").format(n=count_text(labelled), total=count_text(total)),
    ]
    if per_minute > 0:
        parts.append(tr("{n} a minute").format(n=f"{per_minute:.0f}"))
        minutes = max(0, total - labelled) / per_minute
        if minutes >= 90:
            parts.append(tr("about {n} h left").format(n=f"{minutes / 60:.0f}"))
        elif minutes >= 1:
            parts.append(tr("about {n} min left").format(n=f"{minutes:.0f}"))
    return " · ".join(parts)
