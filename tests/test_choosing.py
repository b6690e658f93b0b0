"""A library's model: chosen, looked at in the background while the old codes answer, remembered."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fabricfinder.choosing import Choice, unjudged
from fabricfinder.domain.errors import EncoderError, LibraryError
from fabricfinder.domain.lesson import FOLDER, GRAPH_NAME, LESSON_NAME, Lesson, Marks
from fabricfinder.domain.models import find_model
from fabricfinder.domain.search import Preference, Query
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.eyes import named_encoder
from fabricfinder.finder import Finder
from fabricfinder.importing import look_at
from fabricfinder.jobs import run_to_end
from fabricfinder.retrieval.explanation import explain

SEEDS = {"dshc": 8, "dah": 9}


@pytest.fixture
def models(fake_encoder: Any) -> dict[str, Any]:
    """The encoders that can be chosen, by name; what is taken out is not here any more."""
    made = {"dvsh": fake_encoder}
    for name, seed in SEEDS.items():
        made[name] = type(fake_encoder)(seed=seed)
        made[name].id = f"{name}-64-0123abcd/fp32"
    return made


@pytest.fixture
def own() -> dict[str, Any]:
    """What the library was taught, under "encoder"."""
    return {}


@pytest.fixture
def make(fake_encoder: Any, models: dict, own: dict) -> Iterator[Any]:
    """Makes finders over the same models, closed at the end."""
    finders = []

    def source(name: str) -> Any:
        if name not in models:
            raise EncoderError(f"The model “{name}” did not come with this program.")
        return models[name]

    def make() -> Finder:
        finder = Finder(
            fake_encoder, own_source=lambda folder: own.get("encoder"), model_source=source
        )
        finders.append(finder)
        return finder

    yield make
    for finder in finders:
        finder.close()


@pytest.fixture
def finder(make: Any, tmp_path: Path, swatch_folder: Path) -> Finder:
    """A finder with twelve swatches, seen with what ships."""
    finder = make()
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    run_to_end(finder.import_paths([str(swatch_folder)]))
    return finder


def asked(finder: Finder, n: int = 12) -> str:
    """Search with the first swatch's picture; which encoder answered."""
    result = run_to_end(finder.search(Query(path=finder.catalog.swatches[0].path)))
    assert len(result.table) == n and result.table.encoder == result.descriptor.encoder
    assert result.ranked(Preference(), 1)[0].swatch.id == finder.catalog.swatches[0].id
    return result.table.encoder


def reopened(finder: Finder, make: Any) -> tuple[Finder, list[str]]:
    """The library in another sitting, and what was said when it was opened."""
    folder = finder.catalog.folder
    finder.close()
    again, notices = make(), []
    run_to_end(again.open_library(folder), lambda p: notices.append(p.notice))
    return again, [notice for notice in notices if notice]


def test_the_old_codes_answer_until_the_new_are_complete(finder, models, fake_encoder) -> None:
    steps = 0
    for progress in finder.choosing.choose("dshc"):
        assert asked(finder) == fake_encoder.id
        assert progress.total in (None, 12)
        steps += 1
    assert steps > 2 and asked(finder) == models["dshc"].id
    assert finder.catalog.other_codes == 0


def test_the_choice_is_remembered_and_going_back_is_instant(finder, make, models) -> None:
    run_to_end(finder.choosing.choose("dshc"))
    again, notices = reopened(finder, make)
    assert asked(again) == models["dshc"].id and notices == []
    calls = models["dvsh"].calls
    run_to_end(again.choosing.choose("dvsh"))
    assert models["dvsh"].calls == calls  # nothing was looked at
    assert asked(again) == models["dvsh"].id
    third, notices = reopened(again, make)
    assert asked(third) == models["dvsh"].id and notices == []


def test_safe_mode_answers_with_what_ships_and_leaves_the_choice(
    finder, make, models, fake_encoder
) -> None:
    run_to_end(finder.choosing.choose("dshc"))
    safe, notices = reopened(finder, lambda: Finder(encoder_source=lambda: fake_encoder))
    try:
        assert asked(safe) == fake_encoder.id and notices == []
        again, _ = reopened(safe, make)
    finally:
        safe.close()
    assert asked(again) == models["dshc"].id


def test_a_choice_that_was_stopped_goes_on_where_it_was(finder, make, models, fake_encoder) -> None:
    operation = finder.choosing.choose("dshc")
    while not finder._library.encoder_counts().get(models["dshc"].id):
        next(operation)
    operation.close()
    assert asked(finder) == fake_encoder.id
    again, notices = reopened(finder, make)
    assert notices == ["Looking at this library with another model was not finished: see Models."]
    standing: Choice = run_to_end(again.choosing.standing())
    assert (standing.chosen, standing.wanted) == ("", "dshc")
    assert standing.answering == fake_encoder.id
    assert 0 < standing.coded[models["dshc"].id] < standing.coded[fake_encoder.id] == 12
    done: list[int] = []
    run_to_end(again.choosing.choose("dshc"), lambda p: done.append(p.total or 0))
    assert max(done) == 12 - standing.coded[models["dshc"].id]  # only what was left
    assert asked(again) == models["dshc"].id
    standing = run_to_end(again.choosing.standing())
    assert (standing.chosen, standing.wanted) == ("dshc", "")


def test_what_was_wanted_can_be_given_up(finder, make, fake_encoder) -> None:
    operation = finder.choosing.choose("dah")
    for _ in range(4):
        next(operation)
    operation.close()
    run_to_end(finder.choosing.give_up())
    again, notices = reopened(finder, make)
    assert notices == [] and asked(again) == fake_encoder.id


def test_cloth_added_while_it_is_looked_at_again_is_looked_at_too(
    finder, models, swatch_folder, fake_encoder
) -> None:
    operation = finder.choosing.choose("dshc")
    while not finder._library.encoder_counts().get(models["dshc"].id):
        next(operation)
    (swatch_folder / "more").mkdir()
    for i in range(3):
        picture = Image.open(swatch_folder / f"swatch-{i:02}.png")
        picture.rotate(90).save(swatch_folder / "more" / f"{i}.png")
    run_to_end(finder.import_paths([str(swatch_folder / "more")]))
    assert asked(finder, 15) == fake_encoder.id
    run_to_end(operation)
    assert asked(finder, 15) == models["dshc"].id


def test_a_model_that_is_gone_leaves_the_library_usable(finder, make, models, fake_encoder) -> None:
    run_to_end(finder.choosing.choose("dshc"))
    gone = models.pop("dshc")
    again, notices = reopened(finder, make)
    assert asked(again) == fake_encoder.id  # its codes were kept
    assert len(notices) == 1 and "“dshc”" in notices[0]
    models["dshc"] = gone
    third, notices = reopened(again, make)
    assert asked(third) == gone.id and notices == []


def test_wrong_names_and_libraries_that_cannot_be_written_are_sentences(
    finder, make, models
) -> None:
    with pytest.raises(EncoderError, match="There are: dvsh"):
        run_to_end(finder.choosing.choose("dvhs"))
    with pytest.raises(EncoderError, match="did not come"):
        run_to_end(finder.choosing.choose("tsn"))
    assert run_to_end(finder.choosing.standing()).wanted == ""
    run_to_end(finder.choosing.choose("dshc"))
    folder = finder.catalog.folder
    finder.close()
    reader = make()
    run_to_end(reader.open_library(folder, read_only=True))
    assert asked(reader) == models["dshc"].id
    with pytest.raises(LibraryError, match="read only"):
        run_to_end(reader.choosing.choose("dvsh"))
    run_to_end(reader.choosing.use("dvsh"))  # all looked at already
    assert asked(reader) == models["dvsh"].id
    with pytest.raises(LibraryError, match="read only"):
        run_to_end(reader.choosing.use("dah"))
    assert asked(reader) == models["dvsh"].id
    with pytest.raises(EncoderError, match="not here"):
        run_to_end(Finder(models["dvsh"]).choosing.use("dvsh"))


def test_using_a_model_once_is_not_a_choice(finder, make, models, fake_encoder) -> None:
    run_to_end(finder.choosing.use("dah"))
    assert asked(finder) == models["dah"].id
    again, notices = reopened(finder, make)
    assert asked(again) == fake_encoder.id and notices == []


def test_what_the_library_was_taught_and_a_choice_take_turns(
    finder, make, models, own, fake_encoder
) -> None:
    taught = own["encoder"] = type(fake_encoder)(seed=4)
    taught.id = "dvsh-64-aaaaaaaa/fp32"
    run_to_end(finder.choosing.choose("dshc"))
    run_to_end(finder.teaching.take_up())
    assert asked(finder) == taught.id
    counts = finder._library.encoder_counts()
    assert counts == {fake_encoder.id: 12, models["dshc"].id: 12, taught.id: 12}
    again, _ = reopened(finder, make)
    assert asked(again) == taught.id  # the lesson came last
    run_to_end(again.choosing.choose("dshc"))
    third, _ = reopened(again, make)
    assert asked(third) == models["dshc"].id  # now the choice did
    run_to_end(third.teaching.go_back())
    assert asked(third) == fake_encoder.id
    assert third._library.encoder_counts()[models["dshc"].id] == 12  # codes of a choice are kept


def test_standing_tells_of_a_lesson(finder, own, fake_encoder) -> None:
    place = finder.catalog.folder / FOLDER / "x"
    place.mkdir(parents=True)
    (place / GRAPH_NAME).touch()
    lesson = Lesson(True, 18, 6, 4, 0, Marks(0.5), Marks(0.75), 1.5, "base", "dvsh-64-aaaaaaaa")
    (place / LESSON_NAME).write_text(lesson.to_json())
    (place.parent / "current").write_text("x")
    standing = run_to_end(finder.choosing.standing())
    assert standing.lesson.swatches == 18 and standing.taught == "dvsh-64-aaaaaaaa"


def test_a_graph_of_ones_own_goes_before_the_choice(finder, make, monkeypatch, fake_encoder) -> None:
    run_to_end(finder.choosing.choose("dshc"))
    monkeypatch.setenv("FABRICFINDER_MODEL", "own.onnx")
    again, _ = reopened(finder, make)
    assert asked(again) == fake_encoder.id


def test_each_model_ranks_by_its_own_blend(finder, models) -> None:
    models["dshc"].blend = (1.0, 1.0)
    models["dah"].blend = (0.0, 0.0)
    query = Query(path=finder.catalog.swatches[0].path)
    for name in ("dshc", "dah"):
        run_to_end(finder.choosing.choose(name))
        assert run_to_end(finder.search(query)).blend == models[name].blend


def test_the_eyes_load_what_ships_by_name(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("fabricfinder.eyes.may_have_graphics_card", lambda: False)
    model = find_model("dvsh")
    encoder = named_encoder("dvsh", print)
    assert model.made(encoder.id)
    assert named_encoder(str(model.graph), print).id == encoder.id
    with pytest.raises(EncoderError, match="There are: dvsh"):
        named_encoder("dvhs", print)
    with pytest.raises(EncoderError, match="no encoder at"):
        named_encoder(str(tmp_path / "gone.onnx"), print)


def test_a_checkpoint_beside_a_foreign_graph_is_refused(
    untrained_graph, monkeypatch, tmp_path
) -> None:
    monkeypatch.setattr("fabricfinder.eyes.may_have_graphics_card", lambda: False)
    monkeypatch.setattr("fabricfinder.domain.models.resource_path", lambda name: tmp_path / name)
    shipped = find_model("dvsh", Path(__file__).resolve().parents[1] / "resources")
    (tmp_path / "dvsh-128.safetensors").write_bytes(shipped.checkpoint.read_bytes())
    (tmp_path / "dvsh-128.onnx").write_bytes(untrained_graph.read_bytes())
    with pytest.raises(EncoderError, match="are of two models"):
        named_encoder("dvsh", print)


def test_a_model_without_beliefs_is_compared_by_its_code(
    finder, models, make, swatch_folder
) -> None:
    """Bars it cannot fill are n/a, said once, and the nearest cloth is still the nearest."""
    encode = models["dah"].encode

    def by_code_alone(views: list) -> list:
        nan = float("nan")
        return [
            replace(e, coarse=np.full_like(e.coarse, nan), fine=np.full_like(e.fine, nan),
                    tightness=(nan, nan))
            for e in encode(views)
        ]  # fmt: skip

    models["dah"].encode = by_code_alone
    run_to_end(finder.choosing.choose("dah"))
    finder, _ = reopened(finder, make)
    result = run_to_end(finder.search(Query(path=str(swatch_folder / "swatch-05.png"))))
    best, second = result.ranked(Preference(), 2)
    assert best.swatch.name == "swatch-05" and best.hamming == 0 < second.hamming
    assert best.breakdown.as_tuple() == (None, None, 1.0, None)
    taxonomy = default_taxonomy()
    table = finder.catalog.table
    said = explain(result.descriptor, table.descriptor(0), second.breakdown, taxonomy)
    assert isinstance(said, str)
    assert [note for note in result.notes if "does not judge" in note] == [
        "This model does not judge pattern, weave and tightness; those bars are n/a and what it "
        "sees is compared whole."
    ]
    assert not any("count on looks" in note for note in result.notes)


def test_what_is_not_judged_is_named(fake_encoder, swatch_folder) -> None:
    (encoding,) = fake_encoder.encode([look_at(str(swatch_folder / "swatch-01.png")).views])
    assert unjudged(encoding) == ""
    assert "judge tightness;" in unjudged(replace(encoding, tightness=(float("nan"),) * 2))
