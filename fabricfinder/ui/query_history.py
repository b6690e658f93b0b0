"""Back and forward through queries: what was asked, how it was weighed, and the last answers."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from fabricfinder.domain.search import Preference, Query, SearchResult

KEEP_RESULTS = 6  # answers kept, newest first: stepping back to them needs no search
KEEP_VISITS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """One query and the preference it was left with; ``result`` only for the latest few.

    ``failed`` says that there was no answer to it.
    """

    query: Query
    preference: Preference
    result: SearchResult | None = None
    failed: bool = False


class QueryHistory:
    """A line of visits and a place in it, as in a browser: a new query drops what lay ahead."""

    def __init__(self) -> None:
        self._visits: list[Visit] = []
        self._at = -1
        self._left = False  # she has cleared the query; the line stays, one step back returns

    @property
    def current(self) -> Visit | None:
        """The visit she is at; None before the first query and after ``leave``."""
        return self._visits[self._at] if self._at >= 0 and not self._left else None

    @property
    def can_go_back(self) -> bool:
        """Whether there is an earlier query."""
        return self._at > 0 or (self._left and self._at >= 0)

    @property
    def can_go_forward(self) -> bool:
        """Whether she has gone back from a later query."""
        return self._at < len(self._visits) - 1

    def visit(self, query: Query, preference: Preference) -> Visit:
        """Begin a new query after the current one."""
        self._visits = self._visits[: self._at + 1][-KEEP_VISITS + 1 :]
        self._visits.append(Visit(query, preference))
        self._at = len(self._visits) - 1
        self._left = False
        return self._visits[-1]

    def leave(self) -> None:
        """Be at no query; ``back`` returns to the one left."""
        self._left = True

    def back(self) -> Visit | None:
        """Step to the earlier query and return it; None when there is none."""
        return self._step(-1) if self.can_go_back else None

    def forward(self) -> Visit | None:
        """Step to the later query and return it; None when there is none."""
        return self._step(1) if self.can_go_forward else None

    def keep_preference(self, preference: Preference) -> None:
        """Remember how the current query is weighed now."""
        self._change(lambda v: replace(v, preference=preference))

    def keep_result(self, result: SearchResult) -> None:
        """Remember the current query's answer, and let the oldest kept answer go."""
        self._change(lambda v: replace(v, result=result, failed=False))
        kept = [i for i, v in enumerate(self._visits) if v.result is not None and i != self._at]
        kept.sort(key=lambda i: abs(i - self._at))
        for i in kept[KEEP_RESULTS - 1 :]:
            self._visits[i] = replace(self._visits[i], result=None)

    def keep_failure(self) -> None:
        """Remember that the current query has no answer."""
        self._change(lambda v: replace(v, failed=True))

    def forget_results(self) -> None:
        """Drop every kept answer: the library has changed."""
        self._visits = [replace(v, result=None) for v in self._visits]

    def recent(self, n: int) -> list[Query]:
        """The last ``n`` different pictures or swatches that were answered, newest first, whole."""
        seen: dict[tuple[str, str], Query] = {}
        for visit in reversed([v for v in self._visits if not v.failed]):
            key = (visit.query.path, visit.query.swatch_id)
            seen.setdefault(key, Query(*key, exclude_self=visit.query.exclude_self))
        return list(seen.values())[:n]

    def _step(self, by: int) -> Visit:
        if not (self._left and by < 0):
            self._at += by
        self._left = False
        return self._visits[self._at]

    def _change(self, change: Callable[[Visit], Visit]) -> None:
        if self.current is not None:
            self._visits[self._at] = change(self._visits[self._at])
