"""What the board offers and its heading says, from where a sitting stands."""

from fabricfinder.labelling.choices import KEYS, Group, groups_of
from fabricfinder.ui.label_choices import Choice
from fabricfinder.ui.label_sitting import Sitting
from fabricfinder.ui.label_words import group_word, language, rung_word, tr, value_text

GROUP_KEYS = "qwertyu"
RUNG_KEYS = "1234567890"


def heading(sitting: Sitting, group_id: str) -> str:
    """The question over the board; ``group_id`` is the group that was chosen, or ""."""
    if sitting.queue.dimension == "tightness":
        return tr("Which is as tight?  1 is open gauze, 0 tight poplin")
    if not group_id:
        return tr("Which kind?")
    group = _group(sitting, group_id)
    name = group_word(group.id, group.name)
    return tr("{group}: which?   Esc goes back").format(group=name.capitalize())


def spread_heading(n: int, value: str | float, sitting: Sitting) -> str:
    """What confirming n look-alikes would do."""
    return tr("{n} look-alikes as {value}?   ⏎ those with ✓   Esc none").format(
        n=n, value=value_text(value, sitting.queue.vocabulary)
    )


def choices(sitting: Sitting, group_id: str, *, one: bool) -> list[Choice]:
    """The answers to show.

    Args:
        sitting: where she is.
        group_id: the group she has chosen, or "" for the groups themselves.
        one: whether one swatch is asked, whose beliefs and answer are shown.
    """
    asked = sitting.current if one else None
    said = sitting.said(sitting.at) if one else None
    if sitting.queue.dimension == "tightness":
        return [
            Choice(cover, key, f"{rung_word(name)} {cover:.0f} %", f"rung-{at}", chosen=said == cover)
            for at, (key, (name, cover)) in enumerate(
                zip(RUNG_KEYS, sitting.queue.rungs, strict=False)
            )
        ]
    beliefs = {g.value: g.certainty for g in asked.ghosts} if asked else {}
    return _terms(sitting, group_id, beliefs, said) if group_id else _groups(sitting, beliefs, said)


def _groups(
    sitting: Sitting, beliefs: dict[str | float, float], said: str | float | None
) -> list[Choice]:
    words = sitting.queue.vocabulary
    own = words.resolve(said) if isinstance(said, str) and said in words.terms else ""
    return [
        Choice(g.id, key, group_word(g.id, g.name), g.example,
               sum(beliefs.get(t.id, 0.0) for t in g.terms), own in {t.id for t in g.terms}, True)
        for key, g in zip(GROUP_KEYS, _all_groups(sitting), strict=False)
    ]  # fmt: skip


def _terms(
    sitting: Sitting, group_id: str, beliefs: dict[str | float, float], said: str | float | None
) -> list[Choice]:
    words, terms = sitting.queue.vocabulary, _group(sitting, group_id).terms
    keys = [*KEYS, *[""] * len(terms)]
    return [
        Choice(t.id, key, t.name(language()), words.shipped(t.id), beliefs.get(t.id), said == t.id)
        for key, t in zip(keys, terms, strict=False)
    ]


def _all_groups(sitting: Sitting) -> tuple[Group, ...]:
    return groups_of(sitting.queue.vocabulary, sitting.queue.dimension, language())


def _group(sitting: Sitting, group_id: str) -> Group:
    return next(g for g in _all_groups(sitting) if g.id == group_id)
