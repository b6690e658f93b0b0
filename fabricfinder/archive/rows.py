"""Everything that is known of a swatch as one row, for lists, CSV and spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.palette import COLOR_NAMES
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import Taxonomy, default_taxonomy
from fabricfinder.domain.trade_fields import FIELDS, TradeField
from fabricfinder.domain.units import METRIC, DisplayUnits, show_number

# Columns beside the trade fields, in front of them and behind.
IDENTITY = ("path", "view", "coarse", "fine", "tightness")
SEEN = ("pattern seen", "weave seen", "tightness seen (%)", "colours")
PICTURE = ("px per cm", "width (px)", "height (px)", "id")
SURE = 0.45  # a belief below this is no answer


def field_header(field: TradeField, units: DisplayUnits = METRIC) -> str:
    """A field's column name with its unit, as ``trade_fields.find_field`` reads it back."""
    if not field.measured:
        return field.name
    base = field.name.removesuffix("_per_cm").removesuffix("_tex")
    return f"{base} ({units.unit(field.kind).symbol})"


def header(units: DisplayUnits = METRIC) -> tuple[str, ...]:
    """The names of every column, in order."""
    return (*IDENTITY, *(field_header(field, units) for field in FIELDS), *SEEN, *PICTURE)


def rows(
    catalog: Catalog, swatches: Iterable[Swatch], units: DisplayUnits = METRIC
) -> Iterator[tuple[str | float | None, ...]]:
    """A row of each swatch under ``header``; None where nothing is known."""
    taxonomy = default_taxonomy()
    for swatch in swatches:
        said = swatch.labels
        own = (swatch.path, swatch.view or None, said.coarse, said.fine, said.tightness)
        fields = (_shown(field, swatch, units) for field in FIELDS)
        picture = (swatch.px_per_cm, swatch.width, swatch.height, swatch.id)
        yield (*own, *fields, *_seen(catalog, swatch.id, taxonomy), *picture)


def _shown(field: TradeField, swatch: Swatch, units: DisplayUnits) -> str | float | None:
    value = swatch.fields.get(field.name)
    if not field.measured or not isinstance(value, float):
        return value
    unit = units.unit(field.kind)
    return None if unit.inverse and value <= 0 else float(f"{unit.from_stored(value):.6g}")


def _seen(
    catalog: Catalog, swatch_id: str, taxonomy: Taxonomy
) -> tuple[str | None, str | None, float | None, str | None]:
    """What the model saw: pattern, weave, tightness, colours; None where it is not sure."""
    row = catalog.table_row_of.get(swatch_id)
    if row is None:
        return None, None, None, None
    table = catalog.table
    coarse, fine = (
        ids[int(belief.argmax())] if belief.size and belief.max() >= SURE else None
        for ids, belief in ((taxonomy.coarse, table.coarse[row]), (taxonomy.fine, table.fine[row]))
    )
    cover = float(table.tightness[row, 0])
    used = [(c[4], COLOR_NAMES[int(c[0])]) for c in table.palettes[row] if c[4] > 0]
    words = ", ".join(f"{name} {round(100 * share)} %" for share, name in sorted(used)[::-1])
    return coarse, fine, None if np.isnan(cover) else round(cover, 1), words or None


def as_json(catalog: Catalog, swatch: Swatch) -> dict[str, Any]:
    """One swatch as an object for machines: measures in stored units, unknown = None."""
    coarse, fine, cover, colours = _seen(catalog, swatch.id, default_taxonomy())
    said = swatch.labels
    return {
        "id": swatch.id, "path": swatch.path, "name": swatch.name, "view": swatch.view or None,
        "width_px": swatch.width, "height_px": swatch.height, "px_per_cm": swatch.px_per_cm,
        "labels": {"coarse": said.coarse, "fine": said.fine, "tightness": said.tightness},
        "fields": dict(swatch.fields),
        "seen": {"coarse": coarse, "fine": fine, "tightness": cover, "colours": colours},
    }  # fmt: skip


def as_csv(
    catalog: Catalog, swatches: Iterable[Swatch], units: DisplayUnits = METRIC
) -> Iterator[str]:
    """The lines of a CSV, its header first; each ends in a line feed."""
    yield _line(header(units))
    for row in rows(catalog, swatches, units):
        yield _line(row)


def _line(cells: Sequence[str | float | None]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(["" if c is None else _cell(c) for c in cells])
    return buffer.getvalue().encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _cell(value: str | float) -> str:
    return value if isinstance(value, str) else show_number(value, 7)


def as_lines(catalog: Catalog, swatches: Iterable[Swatch]) -> Iterator[str]:
    """A line of each swatch for a terminal: name, what it is, density, weight, file."""
    names = default_taxonomy().names
    for swatch in swatches:
        _, seen, _, _ = _seen(catalog, swatch.id, default_taxonomy())
        fine = swatch.labels.fine or seen
        fields = swatch.fields
        ends, picks = fields.get("ends_per_cm"), fields.get("picks_per_cm")
        density = f"{_brief(ends)} × {_brief(picks)} /cm" if ends or picks else "–"
        weight = fields.get("weight")
        grams = f"{_brief(weight)} g/m²" if weight else "–"
        title = " ".join(str(fields[k]) for k in ("article", "colourway") if fields.get(k))
        yield (
            f"{(title or swatch.name):<24.24}  {names.get(fine or '', fine or '–'):<18.18}"
            f"  {density:<16}  {grams:<10}  {swatch.path}"
        )


def _brief(value: str | float | None) -> str:
    return show_number(value, 3) if isinstance(value, float) else str(value or "–")
