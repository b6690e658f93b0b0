"""What a profile hides is in no byte of any file: words planted everywhere, looked for everywhere."""

import base64
import io
import math
import re
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fabricfinder.composing import PictureWish, compose, make_document
from fabricfinder.domain.search import Filters, Query
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.jobs import run_to_end
from fabricfinder.sheets.content import Sheet
from fabricfinder.sheets.errors import SheetError
from fabricfinder.sheets.output import Output
from fabricfinder.sheets.request import Pick, SheetRequest
from fabricfinder.sheets.settings import filter_words
from fabricfinder.sheets.words import ENGLISH
from fabricfinder.ui.sheet_files import make_sheet_file

LEAVING = ("customer", "supplier")


def every_byte(path: Path) -> bytes:
    """A file's bytes, with what is packed inside it unpacked."""
    raw = path.read_bytes()
    found = [raw]
    if zipfile.is_zipfile(io.BytesIO(raw)):
        with zipfile.ZipFile(path) as packed:
            found += [packed.read(name) for name in packed.namelist()]
    for stream in re.finditer(rb"stream\r?\n(.*?)endstream", raw, re.DOTALL):
        try:
            found.append(zlib.decompressobj().decompress(stream[1]))
        except zlib.error:
            continue
    for packed in re.findall(rb"base64,([A-Za-z0-9+/=]+)", raw):
        found.append(base64.b64decode(packed))
    plain = b"\n".join(found)
    return plain + plain.replace(b"\0", b"")


@pytest.fixture
def planted() -> tuple[bytes, ...]:
    """The words to look for."""
    return tuple(b"ZQX" + w for w in (
        b"SUPPLIER", b"PRICE", b"DRAWER", b"NOTES", b"FILE", b"FOLDER", b"LOT", b"NEWFIELD",
        b"EXIF", b"PRIVATE", b"FILTER", b"REMARK", b"QUERY", b"LIBRARY", b"CUSTOMER",
    ))  # fmt: skip


@pytest.mark.parametrize("profile", LEAVING)
@pytest.mark.parametrize("suffix", ["html", "xlsx", "csv"])
def test_nothing_hidden_is_in_a_document(shelf, planted, tmp_path, profile, suffix) -> None:
    out = Output(tmp_path / f"sheet.{suffix}")
    run_to_end(make_document(SheetRequest(shelf.result, profile=profile, top=20), shelf.catalog, out))
    found = every_byte(out.path)
    assert [word for word in planted if word in found] == []


@pytest.mark.parametrize("profile", LEAVING)
def test_nothing_hidden_is_in_a_pdf(shelf, planted, tmp_path, qapp, profile) -> None:
    out = Output(tmp_path / "sheet.pdf")
    request = SheetRequest(shelf.result, profile=profile, layout="3x4", top=20)
    run_to_end(make_sheet_file(request, shelf.catalog, out))
    found = every_byte(out.path)
    # Letters are glyph numbers in a page's content; names, titles and metadata are words.
    assert [word for word in planted if word in found] == []
    if shutil.which("pdftotext"):
        said = subprocess.run(["pdftotext", out.path, "-"], capture_output=True, check=True).stdout
        assert b"Glen 1032-00" in said
        assert b"ZQX" not in said


def test_the_looking_finds_what_is_there(shelf, planted, tmp_path) -> None:
    """The internal sheet holds the words: the search for them is no blind one."""
    out = Output(tmp_path / "sheet.xlsx")
    run_to_end(make_document(SheetRequest(shelf.result, top=20), shelf.catalog, out))
    found = every_byte(out.path)
    missing = [word for word in planted if word not in found]
    assert missing == [b"ZQXEXIF"]  # no picture's metadata goes anywhere, inside the house either


def words_of(sheet: Sheet) -> str:
    """Everything a sheet says, in one text, pictures aside."""
    return "\n".join((
        sheet.title, *(text for _, text in sheet.facts),
        *(text for _, text in (sheet.query.settings if sheet.query else ())),
        *(value.text for entry in sheet.entries for value in entry.values),
        *(entry.title + entry.note for entry in sheet.entries),
    ))  # fmt: skip


@pytest.mark.parametrize("profile", LEAVING)
def test_a_sheet_that_leaves_never_knew_what_it_hides(sheet_for: Callable, profile: str) -> None:
    assert "ZQX" not in words_of(sheet_for(profile=profile, top=20))


def known_by(shelf, encoder: str) -> dict:
    """A search whose query was seen by an encoder, as a request's result."""
    return {"result": replace(shelf.result, descriptor=replace(shelf.result.descriptor,
                                                               encoder=encoder))}  # fmt: skip


def test_a_customer_is_told_scale_and_date_and_nothing_of_the_machine(shelf, sheet_for) -> None:
    asked = known_by(shelf, "dvsh-128-0123abcd/fp32")
    query = sheet_for(profile="customer", **asked).query
    assert [label for label, _ in query.settings] == ["Scale", "Date"]
    assert dict(query.settings)["Scale"] == "203 dpi (80 px/cm)"
    assert query.exact == ()


def test_the_house_is_told_the_model_in_words_and_its_exact_name_in_tables(
    shelf, sheet_for, tmp_path
) -> None:
    asked = known_by(shelf, "dvsh-128-0123abcd/fp32")
    query = sheet_for(**asked).query
    said = dict(query.settings)
    assert said["Model"] == "DVSH, 128 bits" and said["Colours compared"] == "by HSV"
    assert said["Searched"] == "11 of 11 swatches"
    assert dict(query.exact)["Model, its exact name"] == "dvsh-128-0123abcd/fp32"
    for suffix, there in (("html", False), ("xlsx", True)):
        for profile in ("internal", "customer"):
            out = Output(tmp_path / f"{profile}.{suffix}")
            request = SheetRequest(profile=profile, top=3, **asked)
            run_to_end(make_document(request, shelf.catalog, out))
            assert (b"0123abcd" in every_byte(out.path)) is (there and profile == "internal")
            assert (b"emd_hsv" in every_byte(out.path)) is (there and profile == "internal")


def test_every_condition_of_a_search_is_said_in_the_house() -> None:
    filters = Filters(
        ranges=frozenset({("weight", 180.0, 220.0), ("ends_per_cm", 24.0, math.inf)}),
        labelled=False, scale_known=True, fields=frozenset({("season", "SS28")}), text="rose",
    )  # fmt: skip
    assert filter_words(filters, default_taxonomy(), ENGLISH) == [
        "Season: SS28", "Ends from 24 /cm", "Weight 180–220 g/m²", "not labelled yet",
        "scale known", "“rose”",
    ]  # fmt: skip


def test_private_cloth_is_left_out_of_a_basket_too(shelf, sheet_for) -> None:
    picks = tuple(Pick(s.id, f"note {i}") for i, s in enumerate(shelf.catalog.swatches))
    inside, outside = (sheet_for(picks=picks, profile=p) for p in ("internal", "customer"))
    assert len(inside.entries) == len(shelf.catalog.swatches)
    assert len(outside.entries) == len(inside.entries) - 1
    assert [e.note for e in outside.entries] == [f"note {i}" for i in range(len(outside.entries))]


def test_a_private_query_takes_its_whole_block_with_it(shelf, sheet_for) -> None:
    private = shelf.catalog.swatches[-1]
    result = replace(shelf.result, query=Query(swatch_id=private.id))
    assert sheet_for(result=result, profile="customer").query is None
    assert sheet_for(result=result, profile="internal").query.title.startswith("ZQXPRIVATE")


def test_a_mill_gets_the_specification_and_no_match(sheet_for) -> None:
    sheet = sheet_for(profile="supplier")
    assert sheet.query is None
    assert all(e.overall is None and e.scores == (None,) * 4 and not e.sentence
               for e in sheet.entries)  # fmt: skip
    assert sheet.entries[0].value("ends_per_cm").number == 26.0


def test_a_mill_is_not_told_for_whom(sheet_for) -> None:
    facts = (("season", "SS28"), ("customer", "Ana & Co"), ("prepared_by", "Lea"))
    said = {p: dict(sheet_for(facts=facts, profile=p).facts)
            for p in ("internal", "customer", "supplier")}  # fmt: skip
    assert said["internal"]["Customer"] == said["customer"]["Customer"] == "Ana & Co"
    assert said["supplier"] == {"Season": "SS28", "Prepared by": "Lea"}


def test_a_swatch_without_an_article_is_called_by_its_record_outside(shelf, sheet_for) -> None:
    bare = replace(shelf.catalog.swatches[0], fields={}, name="ZQXFILE-0")
    catalog = replace(shelf.catalog, swatches=(bare, *shelf.catalog.swatches[1:]))
    request = SheetRequest(picks=(Pick(bare.id),), profile="customer")
    sheet = run_to_end(compose(request, catalog, lambda n: PictureWish(0, None)))
    assert sheet.entries[0].title == f"Swatch {bare.id[:8]}"


def test_an_empty_sheet_is_refused_in_a_sentence(shelf, sheet_for) -> None:
    private = shelf.catalog.swatches[-1]
    with pytest.raises(SheetError, match="nothing to put on this sheet"):
        sheet_for(picks=(Pick(private.id),), profile="customer")
