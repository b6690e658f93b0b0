"""What the Find workspace says when there are no results to show: each state in one function."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication

from fabricfinder.domain.search import Filters, Preference, Query, SearchResult
from fabricfinder.domain.similarity import DIMENSIONS, SimilarityBreakdown
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.ui import wording
from fabricfinder.ui.conditions import conditions
from fabricfinder.ui.result_order import kept_without, nearest_by_dimension
from fabricfinder.ui.state_page import Remedy, Shelf
from fabricfinder.ui.swatch_shelf import ShelfItem

translate = QCoreApplication.translate

# Keys of remedies that are neither a Preference nor Filters.
AGAIN, FOLDER, WHOLE, RECODE, CHOOSE = "again", "folder", "whole", "recode", "choose"


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What the state page shows: headline, sentence, buttons, swatches to pick."""

    headline: str
    sentence: str = ""
    remedies: tuple[Remedy, ...] = ()
    shelves: tuple[Shelf, ...] = ()


def no_library() -> State:
    """No library is open."""
    return State(translate("States", "No library is open."))


def empty_library() -> State:
    """The library holds nothing yet."""
    return State(
        translate("States", "Nothing to search yet."),
        translate(
            "States", "Drop a folder of swatches on the window. The originals stay where they are."
        ),
        (Remedy("", translate("States", "Choose a folder…"), FOLDER),),
    )


def empty_query(
    beside: Sequence[ShelfItem], recent: Sequence[ShelfItem], picks: Sequence[ShelfItem]
) -> State:
    """Nothing has been asked.

    Args:
        beside: the swatch that lies beside a demo library, if any.
        recent: what was asked before.
        picks: some swatches of the library.
    """
    return State(
        translate("States", "What are you looking for?"),
        translate("States", "Drop a swatch, paste one with Ctrl+V, or pick one below."),
        (),
        (
            Shelf(translate("States", "A customer's scrap, to try it"), tuple(beside)),
            Shelf(translate("States", "Last asked"), tuple(recent)),
            Shelf(translate("States", "From this library"), tuple(picks)),
        ),
    )


def first_search() -> State:
    """The first answer is on its way."""
    return State(translate("States", "Looking at the cloth…"))


def failure(
    sentence: str, query: Query | None, *, must_recode: bool = False, refused: bool = False
) -> State:
    """The search had no answer; the sentence says why.

    Args:
        sentence: why.
        query: what was asked.
        must_recode: nothing in the library can be searched before it is looked at again.
        refused: the picture asked with cannot serve; to search with it again would end the same.
    """
    remedies = [Remedy("", translate("States", "Search again"), AGAIN)]
    if must_recode:
        remedies = [Remedy("", translate("States", "Look again at my cloth"), RECODE)]
    elif refused and query is not None and query.path:
        remedies = [Remedy("", translate("States", "Choose another picture…"), CHOOSE)]
    if query is not None and query.crop is not None:
        remedies.insert(0, Remedy("", translate("States", "Take the whole picture"), WHOLE))
    return State(translate("States", "No answer to this one."), sentence, tuple(remedies))


def nothing_left(
    result: SearchResult,
    preference: Preference,
    n_with: Callable[[Filters], int],
    taxonomy: Taxonomy,
) -> State:
    """An answer with nothing in it: which condition emptied it, each with a button that lifts it.

    Args:
        result: the answer.
        preference: how it is weighed.
        n_with: how many swatches some filters leave to search.
        taxonomy: names of the conditions.
    """
    nearest = Shelf(translate("States", "Nearest by each of the four"), tuple(_nearest(result)))
    if result.swatches:
        return State(
            translate("States", "Nothing is left."),
            translate("States", "{n} were found, but not one meets all of this:").format(
                n=wording.count_text(len(result.swatches))
            ),
            tuple(_lifted(result, preference)), (nearest,),
        )  # fmt: skip
    if result.query.filters.active:
        return State(
            translate("States", "Nothing to search among."),
            translate("States", "Not one of {n} swatches meets all of this:").format(
                n=wording.count_text(result.n_library)
            ),
            tuple(_lifted_filters(result.query.filters, n_with, taxonomy)),
        )  # fmt: skip
    sentence = translate("States", "This library holds no other swatch.")
    if not result.n_library:
        sentence = translate("States", "This library holds no swatch yet.")
    folder = Remedy("", translate("States", "Choose a folder…"), FOLDER)
    return State(translate("States", "Nothing to compare with."), sentence, (folder,))


def _lifted(result: SearchResult, preference: Preference) -> list[Remedy]:
    """A remedy for each lock and the floor that helps alone, and one for all of them."""
    names = dict(zip(DIMENSIONS, wording.dimension_names(), strict=True))
    remedies = []
    for key, n in kept_without(result, preference).items():
        if not n:
            continue
        sentence = translate("States", "{n} would be shown").format(n=wording.count_text(n))
        if key == "floor":
            text = translate("States", "Show what is below {floor} too").format(
                floor=round(100 * preference.floor)
            )
            remedies.append(Remedy(sentence, text, replace(preference, floor=0.0)))
        else:
            text = translate("States", "Unlock {name}").format(name=names[key].lower())
            unlocked = replace(preference, locked=preference.locked - {key})
            remedies.append(Remedy(sentence, text, unlocked))
    if len(remedies) != 1:
        n = wording.count_text(len(result.swatches))
        sentence = translate("States", "{n} would be shown").format(n=n)
        every = replace(preference, locked=frozenset(), floor=0.0)
        remedies.append(Remedy(sentence, translate("States", "Lift all"), every))
    return remedies


def _lifted_filters(
    filters: Filters, n_with: Callable[[Filters], int], taxonomy: Taxonomy
) -> list[Remedy]:
    """A remedy for each condition that helps alone, and one for all of them."""
    remedies = []
    for condition in conditions(filters, taxonomy):
        n = n_with(condition.without)
        if not n:
            continue
        said = wording.count_text(n)
        sentence = translate("States", "{n} would be searched").format(n=said)
        text = translate("States", "Without “{text}”").format(text=condition.text)
        remedies.append(Remedy(sentence, text, condition.without))
    if len(remedies) != 1:
        n = wording.count_text(n_with(Filters()))
        sentence = translate("States", "{n} would be searched").format(n=n)
        remedies.append(Remedy(sentence, translate("States", "Clear all"), Filters()))
    return remedies


def _nearest(result: SearchResult) -> list[ShelfItem]:
    """The nearest swatch in each dimension, with its score there."""
    names = dict(zip(DIMENSIONS, wording.dimension_names(), strict=True))
    items = []
    for key, row in nearest_by_dimension(result).items():
        scores = SimilarityBreakdown.from_row(result.scores[row]).as_tuple()
        caption = f"{names[key]} {wording.score_text(scores[DIMENSIONS.index(key)])}"
        query = Query(swatch_id=result.swatches[row].id, exclude_self=True)
        items.append(ShelfItem(query, caption))
    return items
