"""Filing: which article and colourway a picture belongs to, and the fields they share.

A value is kept once for all pictures it is true of. What a picture says against its article or
colourway stays its own, and counts before theirs; so nothing that was ever said is lost.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from fabricfinder.domain.trade_fields import ARTICLE, FIELD, PICTURE
from fabricfinder.library.database import Database, from_stored, to_stored

Fields = dict[str, str | float]
_FILED = ("article", "colourway")
_CHUNK = 500
_MOST_LISTED = 5_000

TABLES = (
    # `code` is the article's number as she writes it; a colourway without a code is "".
    """CREATE TABLE article (row INTEGER PRIMARY KEY, code NOT NULL UNIQUE)""",
    """CREATE TABLE colourway (
        row INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES article(row), code NOT NULL,
        UNIQUE (article, code))""",
    # A field all pictures of an article (colourway 0) or of one colourway share.
    """CREATE TABLE spec (
        article INTEGER NOT NULL REFERENCES article(row), colourway INTEGER NOT NULL,
        name TEXT NOT NULL, value NOT NULL, PRIMARY KEY (article, colourway, name))
        WITHOUT ROWID""",
)


def level_of(name: str) -> str:
    """Whose a field is; one nobody knows is the picture's own."""
    return FIELD[name].level if name in FIELD else PICTURE


def code_text(code: str | float) -> str:
    """An article's code as text; spreadsheets make numbers of them."""
    return code if isinstance(code, str) else f"{code:g}"


def write_fields(database: Database, said: Mapping[int, Mapping[str, str | float]]) -> None:
    """Write trade fields for each row number; other fields stay, an empty text removes one.

    “article” and “colourway” file the picture under them. Call it inside a transaction.

    Raises:
        ValueError: a number is nan.
    """
    _refile(database, said)
    kept, dropped = [], []
    for row, values in said.items():
        for name, value in values.items():
            if name in _FILED:
                continue
            if isinstance(value, str):
                stored = to_stored(value) if value else None
            elif math.isnan(value):
                raise ValueError(f"{name} is not a number; leave out what is unknown")
            else:
                stored = float(value)
            (dropped if stored is None else kept).append((row, name, stored))
    database.write_many("INSERT OR REPLACE INTO field VALUES (?, ?, ?)", kept)
    if kept or dropped:
        filed = _filed(database, said)
        _drop(database, [(row, name) for row, name, _ in dropped], filed)
        _lift(database, {(*filed[row], name) for row, name, _ in kept if row in filed})


def _filed(database: Database, rows: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Row number -> (article, colourway) rows, for the pictures that are filed."""
    found: dict[int, tuple[int, int]] = {}
    numbers = list(rows)
    for start in range(0, len(numbers), _CHUNK):
        listed = ",".join(map(str, numbers[start : start + _CHUNK]))
        for row, article, colourway in database.rows(
            "SELECT swatch.row, article, colourway.row FROM swatch JOIN colourway"
            f" ON colourway.row = swatch.colourway WHERE swatch.row IN ({listed})"
        ):
            found[row] = (article, colourway)
    return found


def _owner(level: str, article: int, colourway: int) -> tuple[str, int, int]:
    """SQL that picks a field's owner's pictures, and the spec's key for it."""
    if level == ARTICLE:
        return f"SELECT row FROM colourway WHERE article = {article}", article, 0
    return f"{colourway}", article, colourway


def _drop(
    database: Database, dropped: Sequence[tuple[int, str]], filed: Mapping[int, tuple[int, int]]
) -> None:
    """Take values away: the picture's own where it has one, else the one it shares."""
    for row, name in dropped:
        key = (row, name)
        own = database.value("SELECT 1 FROM field WHERE swatch = ? AND name = ?", key)
        if own:
            database.write("DELETE FROM field WHERE swatch = ? AND name = ?", key)
        elif row in filed:
            database.write(
                "DELETE FROM spec WHERE article = ? AND colourway IN (0, ?) AND name = ?",
                (*filed[row], name),
            )


def _lift(database: Database, owners: Iterable[tuple[int, int, str]]) -> None:
    """Keep a value once where every picture it is true of agrees; (article, colourway, field)."""
    for article, colourway, name in sorted(set(owners)):
        level = level_of(name)
        if level == PICTURE:
            continue
        members, *key = _owner(level, article, colourway)
        own = database.rows(
            "SELECT swatch.row, value FROM swatch LEFT JOIN field"
            f" ON field.swatch = swatch.row AND field.name = ? WHERE colourway IN ({members})",
            (name,),
        )
        where = "article = ? AND colourway = ? AND name = ?"
        shared = database.value(f"SELECT value FROM spec WHERE {where}", (*key, name))
        said = {value for _, value in own if value is not None}
        silent = any(value is None for _, value in own)
        if len(said) == 1 and (shared is None or not silent):
            (shared,) = said
            database.write("INSERT OR REPLACE INTO spec VALUES (?, ?, ?, ?)", (*key, name, shared))
        elif not silent:
            database.write(f"DELETE FROM spec WHERE {where}", (*key, name))
            continue
        same = [(row, name) for row, value in own if value is not None and value == shared]
        database.write_many("DELETE FROM field WHERE swatch = ? AND name = ?", same)


def lift_all(database: Database) -> None:
    """File every picture whose fields name an article, and share what can be; for a migration."""
    said: dict[int, Fields] = {}
    for row, name, value in database.rows(
        "SELECT swatch, name, value FROM field WHERE name IN ('article', 'colourway')"
    ):
        said.setdefault(row, {})[name] = from_stored(value)
    said = {row: codes for row, codes in said.items() if codes.get("article")}
    database.write_many(
        "DELETE FROM field WHERE swatch = ? AND name IN ('article', 'colourway')",
        [(row,) for row in said],
    )
    _refile(database, said)
    filed = _filed(database, said)
    names = database.rows("SELECT swatch, name FROM field")
    _lift(database, {(*filed[row], name) for row, name in names if row in filed})


def _refile(database: Database, said: Mapping[int, Mapping[str, str | float]]) -> None:
    """File pictures under the articles and colourways they are said to belong to."""
    moving = {row: v for row, v in said.items() if any(name in v for name in _FILED)}
    if not moving:
        return
    codes = _codes(database, moving)
    goal: dict[int, tuple[str, str]] = {}
    for row, values in moving.items():
        article, colourway = codes[row]
        article = code_text(values.get("article", article))
        goal[row] = article, code_text(values.get("colourway", colourway))
    _rename_whole(database, goal)
    filed = _filed(database, goal)
    for row, (article, colourway) in goal.items():
        if article:
            _put(database, row, (article, colourway), filed.get(row))
        else:
            _take_out(database, row, colourway, filed.get(row))
    _prune(database, {article for article, _ in filed.values()})


def _codes(database: Database, rows: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Row number -> the codes it is filed under, "" where it is not."""
    codes = {}
    for row in rows:
        found = database.rows(
            "SELECT article.code, colourway.code FROM swatch JOIN colourway"
            " ON colourway.row = swatch.colourway JOIN article ON article.row = article"
            " WHERE swatch.row = ?",
            (row,),
        )
        loose = "SELECT value FROM field WHERE swatch = ? AND name = 'colourway'"
        own = "" if found else from_stored(database.value(loose, (row,), ""))
        codes[row] = tuple(map(from_stored, found[0])) if found else ("", code_text(own))
    return codes


def _rename_whole(database: Database, goal: Mapping[int, tuple[str, str]]) -> None:
    """Where all pictures of an article get one new code, it is the article that is renamed."""
    coming: dict[int, dict[str, int]] = {}
    for row, (article, _) in _filed(database, goal).items():
        names = coming.setdefault(article, {})
        names[goal[row][0]] = names.get(goal[row][0], 0) + 1
    for article, names in coming.items():
        all_of_it = database.value(
            "SELECT count(*) FROM swatch WHERE colourway IN"
            " (SELECT row FROM colourway WHERE article = ?)",
            (article,),
        )
        code = to_stored(next(iter(names)))
        taken = database.value("SELECT 1 FROM article WHERE code = ?", (code,))
        if len(names) == 1 and code and not taken and sum(names.values()) == all_of_it:
            database.write("UPDATE article SET code = ? WHERE row = ?", (code, article))


def _put(
    database: Database, row: int, codes: tuple[str, str], before: tuple[int, int] | None
) -> None:
    """File one picture; an article or colourway made for it begins with what it shared before."""
    code, colour = map(to_stored, codes)
    article = database.value("SELECT row FROM article WHERE code = ?", (code,))
    copied: list[tuple[int, int, int, int]] = []
    if article is None:
        database.write("INSERT INTO article(code) VALUES (?)", (code,))
        article = database.value("SELECT row FROM article WHERE code = ?", (code,))
        if before:
            copied.append((article, 0, before[0], 0))
    key = (article, colour)
    colourway = database.value("SELECT row FROM colourway WHERE article = ? AND code = ?", key)
    if colourway is None:
        database.write("INSERT INTO colourway(article, code) VALUES (?, ?)", key)
        colourway = database.value("SELECT row FROM colourway WHERE article = ? AND code = ?", key)
        if before:
            copied.append((article, colourway, *before))
    database.write_many(
        "INSERT OR IGNORE INTO spec SELECT ?, ?, name, value FROM spec"
        " WHERE article = ? AND colourway = ?",
        copied,
    )
    database.write("UPDATE swatch SET colourway = ? WHERE row = ?", (colourway, row))
    database.write("DELETE FROM field WHERE swatch = ? AND name IN ('article', 'colourway')", (row,))


def _take_out(
    database: Database, row: int, colourway: str, before: tuple[int, int] | None
) -> None:
    """A picture of no article any more keeps what it shared as its own."""
    if before:
        for shared in (before[1], 0):  # what the colourway says counts before the article
            database.write(
                "INSERT OR IGNORE INTO field SELECT ?, name, value FROM spec"
                " WHERE article = ? AND colourway = ?",
                (row, before[0], shared),
            )
    database.write("UPDATE swatch SET colourway = NULL WHERE row = ?", (row,))
    database.write("DELETE FROM field WHERE swatch = ? AND name = 'colourway'", (row,))
    if colourway:
        value = to_stored(colourway)
        database.write("INSERT INTO field VALUES (?, 'colourway', ?)", (row, value))


def _prune(database: Database, articles: Iterable[int]) -> None:
    """Drop colourways and articles that no picture is filed under any more."""
    for article in articles:
        for (row,) in database.rows(
            "SELECT row FROM colourway AS one WHERE article = ?"
            " AND NOT EXISTS (SELECT 1 FROM swatch WHERE swatch.colourway = one.row)",
            (article,),
        ):
            database.write("DELETE FROM spec WHERE article = ? AND colourway = ?", (article, row))
            database.write("DELETE FROM colourway WHERE row = ?", (row,))
        if not database.value("SELECT 1 FROM colourway WHERE article = ?", (article,)):
            database.write("DELETE FROM spec WHERE article = ?", (article,))
            database.write("DELETE FROM article WHERE row = ?", (article,))


def read_shared(
    database: Database, colourways: Sequence[int] | None = None
) -> dict[int, Fields]:
    """Colourway row -> its codes, and the fields all its pictures share.

    Args:
        colourways: only these; None = all.
    """
    where = _within(colourways)
    specs: dict[int, Fields] = {}
    own: dict[tuple[int, int], Fields] = {}
    articles = _within(colourways, "article IN (SELECT article FROM colourway WHERE row IN ({}))")
    for article, colourway, fields in _specs(database, articles):
        if colourway:
            own[article, colourway] = fields
        else:
            specs[article] = fields
    shared = {}
    nothing: Fields = {}
    for row, article, code, colour in database.rows(
        "SELECT colourway.row, article, article.code, colourway.code FROM colourway"
        f" JOIN article ON article.row = article{where}"
    ):
        fields: Fields = {"article": from_stored(code)}
        if colour != "":
            fields["colourway"] = from_stored(colour)
        fields.update(specs.get(article, nothing))
        fields.update(own.get((article, row), nothing))
        shared[row] = fields
    return shared


def _specs(database: Database, where: str) -> Iterator[tuple[int, int, Fields]]:
    """(article, colourway or 0, fields they share); where all is read, gathered by SQLite.

    A million rows take twice as long one by one, and so do a hundred thousand calls of a parser:
    all the objects are parsed as one list. JSON holds no bytes, so values that are not Unicode are
    read the plain way.
    """
    odd = database.value("SELECT 1 FROM spec WHERE typeof(value) = 'blob' LIMIT 1")
    if not where and not odd:
        rows = database.rows(
            "SELECT article, colourway, json_group_object(name, value) FROM spec"
            " GROUP BY article, colourway"
        )
        parsed = json.loads(f"[{','.join([text for _, _, text in rows])}]")
        for (article, colourway, _), fields in zip(rows, parsed, strict=True):
            yield article, colourway, fields
        return
    gathered: dict[tuple[int, int], Fields] = {}
    for article, colourway, name, value in database.rows(
        f"SELECT article, colourway, name, value FROM spec{where}"
    ):
        gathered.setdefault((article, colourway), {})[name] = from_stored(value)
    for key, fields in gathered.items():
        yield *key, fields


def _within(rows: Sequence[int] | None, condition: str = "colourway.row IN ({})") -> str:
    if rows is None or len(rows) > _MOST_LISTED:  # so many that reading all is quicker
        return ""
    return " WHERE " + condition.format(",".join(map(str, rows)))

