"""What the page “Models” says: figures, speed and size of each model as a designer reads them."""

from PySide6.QtCore import QCoreApplication

from fabricfinder.domain.lesson import Lesson
from fabricfinder.domain.models import KeyFigure, Model, Standing
from fabricfinder.domain.systems import find_system, system_of
from fabricfinder.ui.how_well_words import hundred
from fabricfinder.ui.job_book import duration
from fabricfinder.ui.number_words import count_text, decimal_text, in_a_row, listed
from fabricfinder.ui.sentences import retold

translate = QCoreApplication.translate

MEGABYTE = 1_000_000
MILLION = 1_000_000


def figure_words() -> tuple[tuple[str, str, str], ...]:
    """(key, in a few words, in a sentence) of each of ``domain.models.SHOWN``, in order."""
    return (
        (
            "recall@1", translate("Models", "Finds the very cloth"),
            translate(
                "Models",
                "Of 100 scraps of cloth that lies in the drawer, so many are found in first place;"
                " the drawer is full of the same designs in other colours, weaves and setts.",
            ),
        ),
        (
            "design@1", translate("Models", "Finds its design"),
            translate(
                "Models",
                "Of 100 scraps, so many times the first cloth is of the same design, in whatever"
                " colour, weave or sett.",
            ),
        ),
        (
            "skill@50", translate("Models", "Order of likeness"),
            translate(
                "Models",
                "How well the first fifty lie in the order of true likeness, from 0, a shuffled"
                " drawer, to 100, the perfect order.",
            ),
        ),
        (
            "photos P@1", translate("Models", "Same kind, photographs"),
            translate(
                "Models",
                "Of 100 real photographs, so many times the nearest other one is of the same kind,"
                " as people named them.",
            ),
        ),
        (
            "pattern", translate("Models", "Names the pattern"),
            translate("Models", "Of 100 cloths, the pattern is named rightly so many times."),
        ),
        (
            "weave seen", translate("Models", "Weave, where yarns show"),
            translate(
                "Models",
                "Of 100 cloths whose yarns can be seen, weave or knit is named rightly so many"
                " times. “How well does it find?” counts all cloth too.",
            ),
        ),
    )  # fmt: skip


def shown_figures(model: Model) -> list[tuple[str, str, KeyFigure]]:
    """(few words, sentence, figure) of what was measured."""
    return [
        (words, sentence, model.figures[key])
        for key, words, sentence in figure_words()
        if key in model.figures
    ]


def not_measured() -> str:
    """That there are no figures."""
    return translate("Models", "How well it finds has not been measured.")


def size_text(model: Model) -> str:
    """“6.7 MB · fingerprint of 128 bits”."""
    if model.card is None:
        return ""
    return translate("Models", "{size} MB · fingerprint of {bits} bits").format(
        size=decimal_text(model.size / MEGABYTE, 1), bits=model.card.n_bits
    )


def speed_text(seconds: float | None) -> str:
    """“about 20 pictures a second on this computer”, or that it was not measured."""
    if seconds is None:
        return translate("Models", "not measured on this computer")
    rate = 1 / max(seconds, 1e-4)
    said = f"{rate:.0f}" if rate >= 10 else decimal_text(rate, 1)
    return translate("Models", "about {n} pictures a second on this computer").format(n=said)


def effort_text(waiting: int, total: int, seconds: float | None) -> str:
    """What choosing a model would take: nothing, or looking at so much cloth again."""
    if not total:
        return ""
    if not waiting:
        return translate("Models", "It has looked at all your cloth already and answers at once.")
    n = count_text(waiting)
    if waiting < total:
        said = translate("Models", "{n} of {total} swatches are still to be looked at.").format(
            n=n, total=count_text(total)
        )
    else:
        said = translate("Models", "It would look at your {n} swatches first.").format(n=n)
    if seconds is None:
        return said
    takes = translate("Models", "That takes {time} or more; you can go on searching.")
    return in_a_row(said, takes.format(time=duration(waiting * seconds)))


def about_text(model: Model, standing: Standing) -> str:
    """What the model was built for, and what it was measured to be good at."""
    return in_a_row(translate("Models", model.system.built_for), standing_text(standing))


def standing_text(standing: Standing) -> str:
    """What it is best at, by the words over its marks; "" where nothing was compared."""
    words = {key: f"“{few}”" for key, few, _ in figure_words()}
    if standing.best and not standing.level and not standing.behind:
        return translate(
            "Models", "Measured here, it is the best of all in everything that was asked."
        )
    said = [
        text.format(list=listed(words[key] for key in keys))
        for text, keys in (
            (translate("Models", "Measured here, the best of all at: {list}."), standing.best),
            (translate("Models", "Not clearly behind the best at: {list}."), standing.level),
        )
        if keys
    ]
    if not said and standing.behind:
        said = [translate(
            "Models", "Measured here, another finds better in everything that was asked."
        )]  # fmt: skip
    return in_a_row(*said)


def reason_text(model: Model) -> str:
    """Why it cannot be chosen."""
    return translate("Models", "Not here. {reason}").format(
        reason=retold(model.reason)
    )


def wanted_text(name: str) -> str:
    """That looking at the library with a model was not finished."""
    return translate("Models", "Looking at your cloth with {name} was not finished.").format(
        name=find_system(name).title
    )


def looking_text(name: str) -> str:
    """That the library is being looked at with a model."""
    return translate("Models", "Looking at your cloth with {name}").format(
        name=find_system(name).title
    )


def lesson_text(lesson: Lesson) -> str:
    """What the library's own model is."""
    return translate(
        "Models",
        "Learned from {n} of your own swatches, on this computer. On {held} others, photographed"
        " again, it finds {after} of 100 in first place; before it had learned, {before}.",
    ).format(
        n=count_text(lesson.swatches), held=count_text(lesson.held_back),
        after=hundred(lesson.after.recaptured), before=hundred(lesson.before.recaptured),
    )  # fmt: skip


def engineers_rows(model: Model) -> list[tuple[str, str]]:
    """(what, value) for engineers: paper, parameters, checkpoint, how it was made and measured."""
    rows = [(translate("Models", "Paper"), model.system.reference)]
    card = model.card
    if card is not None and model.parameters is not None and model.checkpoint is not None:
        rows += [
            (
                translate("Models", "Parameters"),
                translate("Models", "{n} million").format(
                    n=decimal_text(model.parameters / MILLION, 2)
                ),
            ),
            (translate("Models", "Checkpoint"), f"{model.checkpoint.name} · {card.id}"),
        ]
        if card.command:
            rows.append((translate("Models", "Trained by"), _trained(model)))
    if model.command:
        rows.append((translate("Models", "Measured by"), model.command))
    return rows


def _trained(model: Model) -> str:
    """The command, and how much it saw in what time."""
    card = model.card
    assert card is not None
    if not card.images_seen:
        return card.command
    return translate("Models", "{command} · {n} pictures seen in {time}, seed {seed}").format(
        command=card.command, n=count_text(card.images_seen), time=duration(60 * card.minutes),
        seed=card.seed,
    )  # fmt: skip


def answering_name(encoder: str, models: tuple[Model, ...]) -> str:
    """What to call the model whose codes answer: “DVSH”, “DVSH, taught”, or "" where unknown."""
    for model in models:
        if model.made(encoder):
            return model.system.title
    name = system_of(encoder)
    if name not in (model.system.name for model in models):
        return ""
    return translate("Models", "{name}, your own").format(name=find_system(name).title)
