"""Labels as files: a CSV, a JSON with splits by article, a COCO-style JSON; out, and in again.

Swatches are known by id, else by their path. Every format carries who, when, and from which
suggestion, so that what is read back is what was written.
"""

import csv
import hashlib
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.opinion import ANSWERS, DIMENSIONS, Opinion, in_force, read_opinion
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.vocabulary import Term, Vocabulary
from fabricfinder.domain.whole_file import whole_file

FORMATS = (".csv", ".coco.json", ".json")
SPLITS = (("test", 0.15), ("validation", 0.15), ("train", 1.0))
_FORMAT, _VERSION = "fabricfinder-labels", 1
_COLUMNS = ("path", "id", "split", "dimension", "value", "who", "at", "how", "in_force")


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file of labels says.

    Attributes:
        opinions: of swatches that are here.
        unknown: how many lines speak of swatches that are not.
        terms: words of the file that the library lacks.
    """

    opinions: tuple[Opinion, ...]
    unknown: int
    terms: tuple[Term, ...] = ()


def split_of(swatch: Swatch) -> str:
    """Which part of a training set a swatch belongs to: one article, one part, on any computer."""
    group = str(swatch.fields.get("article") or swatch.id)
    digest = hashlib.sha256(group.encode("utf-8", "surrogateescape")).digest()
    share = int.from_bytes(digest[:8], "big") / 2**64
    edge = 0.0
    for name, part in SPLITS:
        edge += part
        if share < edge:
            return name
    return SPLITS[-1][0]


def format_of(path: Path) -> str:
    """The ending that decides the format; raises FabricFinderError for another."""
    for ending in FORMATS:
        if path.name.casefold().endswith(ending):
            return ending
    raise FabricFinderError(f"{path.name} must end in .csv, .json or .coco.json.")


def write_opinions(
    path: Path, opinions: Sequence[Opinion], swatches: Sequence[Swatch], words: Vocabulary
) -> int:
    """Write opinions to a file; returns how many.

    Raises:
        FabricFinderError: its ending is no format, or it cannot be written.
    """
    kind = format_of(path)
    of = {swatch.id: swatch for swatch in swatches}
    kept = [o for o in opinions if o.swatch in of]
    forced = _forced(kept)
    if kind == ".csv":
        text = _csv_text(kept, of, forced)
    elif kind == ".json":
        text = json.dumps(_json_value(kept, of, forced, words), ensure_ascii=True, indent=1)
    else:
        text = json.dumps(_coco_value(kept, of, forced, words), ensure_ascii=True, indent=1)
    try:
        with whole_file(path) as unfinished:
            unfinished.write_text(text, "utf-8")
    except OSError as error:
        raise FabricFinderError(f"{path} cannot be written ({error.strerror}).") from error
    return len(kept)


def _forced(opinions: Iterable[Opinion]) -> set[Opinion]:
    """The opinions that are in force."""
    by: dict[tuple[str, str], list[Opinion]] = {}
    for opinion in opinions:
        if not opinion.by_model:
            by.setdefault((opinion.swatch, opinion.dimension), []).append(opinion)
    return {forced for said in by.values() if (forced := in_force(said)) is not None}


def _csv_text(
    opinions: Sequence[Opinion], of: Mapping[str, Swatch], forced: set[Opinion]
) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for o in opinions:
        swatch = of[o.swatch]
        writer.writerow([_text(swatch.path), o.swatch, split_of(swatch), o.dimension, o.value,
                         o.who, o.at, o.how(), "yes" if o in forced else ""])  # fmt: skip
    return buffer.getvalue()


def _json_value(
    opinions: Sequence[Opinion], of: Mapping[str, Swatch], forced: set[Opinion], words: Vocabulary
) -> dict[str, Any]:
    rows = [
        {"id": o.swatch, "dimension": o.dimension, "value": o.value, "who": o.who, "at": o.at,
         "how": json.loads(o.how() or "{}"), "in_force": o in forced}
        for o in opinions
    ]  # fmt: skip
    spoken_of = dict.fromkeys(o.swatch for o in opinions)
    return {
        "format": _FORMAT, "version": _VERSION, "terms": _terms_value(words),
        "splits": {name: [i for i in spoken_of if split_of(of[i]) == name] for name, _ in SPLITS},
        "swatches": {i: {"path": _text(of[i].path), "article": of[i].fields.get("article")}
                     for i in spoken_of},
        "labels": rows,
    }  # fmt: skip


def _coco_value(
    opinions: Sequence[Opinion], of: Mapping[str, Swatch], forced: set[Opinion], words: Vocabulary
) -> dict[str, Any]:
    """COCO's three lists; a label covers the whole picture, tightness is an attribute."""
    used = sorted({str(o.value) for o in opinions if isinstance(o.value, str)} - ANSWERS)
    number = {term: i + 1 for i, term in enumerate([*used, *sorted(ANSWERS), "tightness"])}
    images = {i: n + 1 for n, i in enumerate(dict.fromkeys(o.swatch for o in opinions))}
    annotations = []
    for n, o in enumerate(opinions):
        swatch = of[o.swatch]
        category = number[o.value] if isinstance(o.value, str) else number["tightness"]
        annotations.append({
            "id": n + 1, "image_id": images[o.swatch], "category_id": category,
            "bbox": [0, 0, swatch.width, swatch.height], "area": swatch.width * swatch.height,
            "iscrowd": 0, "segmentation": [],
            "attributes": {"dimension": o.dimension, "who": o.who, "at": o.at,
                           "how": json.loads(o.how() or "{}"), "in_force": o in forced,
                           **({} if isinstance(o.value, str) else {"cover": o.value})},
        })  # fmt: skip
    return {
        "info": {"description": _FORMAT, "version": str(_VERSION), "terms": _terms_value(words)},
        "images": [{"id": n, "file_name": _text(of[i].path), "width": of[i].width,
                    "height": of[i].height, "fabricfinder_id": i, "split": split_of(of[i])}
                   for i, n in images.items()],
        "categories": [{"id": n, "name": term, "supercategory": term.split("/")[0]}
                       for term, n in number.items()],
        "annotations": annotations,
    }  # fmt: skip


def _terms_value(words: Vocabulary) -> list[dict[str, Any]]:
    return [
        {"id": t.id, "dimension": t.dimension, "names": dict(t.names), "also": list(t.also),
         "counts_as": t.counts_as, "merged_into": t.merged_into} for t in words.own()
    ]  # fmt: skip


def read_opinions(path: Path, swatches: Sequence[Swatch], words: Vocabulary) -> Imported:
    """Read a file that ``write_opinions`` wrote, or one like it.

    Raises:
        FabricFinderError: it cannot be read, is no such file, or says something impossible; the
            sentence names the line.
    """
    kind = format_of(path)
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FabricFinderError(f"{path} cannot be read as a file of labels.") from error
    if kind == ".csv":
        rows, terms = _csv_rows(text, path.name), []
    else:
        rows, terms = _json_rows(text, path.name, coco=kind == ".coco.json")
    whole = words.with_terms(terms) if terms else words
    ids = {s.id for s in swatches}
    by_path = {_text(s.path): s.id for s in swatches}
    found, unknown = [], 0
    for where, row in rows:
        swatch_id = row.get("id") if row.get("id") in ids else by_path.get(row.get("path") or "")
        if swatch_id is None:
            unknown += 1
            continue
        found.append(_opinion(swatch_id, row, whole, f"{path.name}, {where}"))
    return Imported(tuple(found), unknown, tuple(terms))


def _opinion(swatch_id: str, row: Mapping[str, Any], words: Vocabulary, where: str) -> Opinion:
    dimension, value = row.get("dimension"), row.get("value")
    if dimension not in DIMENSIONS:
        raise FabricFinderError(f"{where}: “{dimension}” is none of coarse, fine, tightness.")
    if value not in ANSWERS:
        if dimension == "tightness":
            try:
                value = float(value)
            except (TypeError, ValueError):
                value = math.nan
            if not 0 <= value <= 100:
                raise FabricFinderError(
                    f"{where}: a tightness is a percentage from 0 to 100, not “{row.get('value')}”."
                )
        elif (known := words.find(str(value), dimension)) is None:
            raise FabricFinderError(f"{where}: “{value}” is no {dimension} term of this library.")
        else:
            value = value if value in words.terms else known
    try:
        how = row.get("how") or ""
        how = how if isinstance(how, str) else json.dumps(how)
        return read_opinion(
            swatch_id, dimension, str(row.get("who") or "file"), value, int(row.get("at") or 0), how
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise FabricFinderError(f"{where}: it cannot be understood ({error}).") from error


def _csv_rows(text: str, name: str) -> list[tuple[str, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    try:
        rows = [(f"line {reader.line_num}", row) for row in reader]
    except csv.Error as error:
        raise FabricFinderError(f"{name}, line {reader.line_num}: no table ({error}).") from error
    missing = {"dimension", "value"} - set(reader.fieldnames or ())
    if missing or not {"id", "path"} & set(reader.fieldnames or ()):
        raise FabricFinderError(
            f"{name} needs the columns dimension, value, and id or path; it is no file of labels."
        )
    return rows


def _json_rows(
    text: str, name: str, *, coco: bool
) -> tuple[list[tuple[str, dict[str, Any]]], list[Term]]:
    try:
        told = json.loads(text)
        if coco:
            rows, terms = _coco_rows(told), told.get("info", {}).get("terms", [])
        else:
            if told["format"] != _FORMAT or told["version"] > _VERSION:
                raise KeyError("format")
            paths = {i: s.get("path") for i, s in told["swatches"].items()}
            rows = [{"path": paths.get(row["id"])} | row for row in told["labels"]]
            terms = told["terms"]
        own = [
            Term(t["id"], t["dimension"], t["names"], tuple(t["also"]), t["counts_as"],
                 t["merged_into"]) for t in terms
        ]  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FabricFinderError(f"{name} is no file of labels ({error}).") from error
    return [(f"label {n + 1}", row) for n, row in enumerate(rows)], own


def _coco_rows(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    images = {image["id"]: image for image in told["images"]}
    names = {category["id"]: category["name"] for category in told["categories"]}
    rows = []
    for one in told["annotations"]:
        image, more = images[one["image_id"]], one.get("attributes", {})
        name = names[one["category_id"]]
        dimension = more.get("dimension") or ("coarse" if "/" in name else "fine")
        rows.append({
            "id": image.get("fabricfinder_id"), "path": image["file_name"], "dimension": dimension,
            "value": more.get("cover", name), "who": more.get("who"), "at": more.get("at"),
            "how": more.get("how"),
        })  # fmt: skip
    return rows


def _text(path: str) -> str:
    """A path as text of UTF-8, other bytes as escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
