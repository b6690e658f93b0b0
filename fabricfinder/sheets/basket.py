"""A basket as text, so that a library can keep it: swatch ids in their order, each with a note."""

import json
from collections.abc import Iterable

from fabricfinder.sheets.request import Pick

KEY = "basket"  # under which a library keeps it


def basket_to_text(picks: Iterable[Pick]) -> str:
    """JSON: a list of [id, note].

    >>> basket_to_text([Pick("ab", "for Ana")])
    '[["ab", "for Ana"]]'
    """
    return json.dumps([[pick.swatch_id, pick.note] for pick in picks], ensure_ascii=False)


def basket_from_text(text: str) -> tuple[Pick, ...]:
    """The picks ``basket_to_text`` wrote; anything else is an empty basket."""
    try:
        rows = json.loads(text or "[]")
        return tuple(Pick(str(swatch_id), str(note)) for swatch_id, note in rows)
    except (ValueError, TypeError):
        return ()
