"""Steps: every change has a name and can be taken back and done again, over sittings too."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabricfinder.domain.errors import LibraryError
from fabricfinder.domain.swatch import Labels
from fabricfinder.library import Library
from fabricfinder.library.history import KEPT_STEPS


def _state(library: Library) -> Any:
    library._forget()
    table = library.table("small-64/fp32")
    return (
        library.swatches(), library.collections(), table.ids, table.fine.tolist(),
        [r.id for r in library.removed()],
    )  # fmt: skip


@pytest.fixture
def ids(library: Library, synthetic: ModuleType) -> list[str]:
    said = {"article": "A", "colourway": "1", "weight": 180.0}
    library.add([synthetic.new_swatch(n, fields=said if n < 3 else {}) for n in range(5)])
    return [synthetic.digest(n) for n in range(5)]


def test_every_kind_of_change_goes_back_and_forth(library: Library, ids: list[str]) -> None:
    deeds = {
        "Change the weight of one swatch": lambda: library.set_fields({ids[0]: {"weight": 9.0}}),
        "Give 3 swatches another article": lambda: library.set_fields(
            {i: {"article": "B"} for i in ids[:3]}
        ),
        "File a swatch": lambda: library.set_fields({ids[4]: {"article": "B", "lot": "7"}}),
        "Take an article away": lambda: library.set_fields({ids[0]: {"article": ""}}),
        "Label": lambda: library.set_labels({ids[1]: Labels("plaid/gingham", "rep", 60.0)}),
        "Take labels away": lambda: library.set_labels({ids[1]: Labels()}),
        "Views": lambda: library.set_views({ids[0]: "back", ids[1]: "detail"}),
        "Scale": lambda: library.set_scales({ids[0]: 236.2}),
        "New collection": lambda: library.make_collection("SS28"),
        "Gather": lambda: library.gather("SS28", ids[1:4]),
        "Rename": lambda: library.rename_collection("SS28", "AW28"),
        "Take out": lambda: library.take_out([ids[2], ids[3]]),
        "Ungather": lambda: library.gather("AW28", ids[1:2], take_out=True),
        "Drop": lambda: library.drop_collection("AW28"),
    }
    states = [_state(library)]
    for name, deed in deeds.items():
        with library.step(name):
            deed()
        states.append(_state(library))
    assert [s.name for s in library.history()] == list(deeds)
    for expected, name in zip(reversed(states[:-1]), reversed(list(deeds)), strict=True):
        assert library.undo().name == name
        assert _state(library) == expected
    assert library.undo() is None
    for expected, name in zip(states[1:], deeds, strict=True):
        assert library.redo().name == name
        assert _state(library) == expected
    assert library.redo() is None and library._db.rows("PRAGMA foreign_key_check") == []
    while library.undo():
        pass
    assert _state(library) == states[0]


def test_steps_are_taken_back_in_a_later_sitting(library: Library, ids: list[str]) -> None:
    with library.step("Change the finish of one swatch"):
        library.set_fields({ids[4]: {"finish": "brushed"}})
    folder = library.folder
    library.close()
    with Library.open(folder) as again:
        (step,) = again.history()
        assert (step.name, step.undone) == ("Change the finish of one swatch", False)
        assert step.at > 1_700_000_000
        again.undo()
        assert "finish" not in again.swatches()[4].fields and again.find_text("brushed") == []
    with Library.open(folder) as third:
        third.redo()
        assert third.swatches()[4].fields["finish"] == "brushed"
        assert third.find_text("brushed") == [ids[4]]


def test_a_new_step_forgets_what_was_undone(library: Library, ids: list[str]) -> None:
    for lot in ("1", "2"):
        with library.step(f"lot {lot}"):
            library.set_fields({ids[4]: {"lot": lot}})
    library.undo()
    with library.step("lot 3"):
        library.set_fields({ids[4]: {"lot": "3"}})
    assert [s.name for s in library.history()] == ["lot 1", "lot 3"] and library.redo() is None
    library.undo()
    assert library.swatches()[4].fields["lot"] == "1"


def test_a_step_that_fails_or_changes_nothing_leaves_no_trace(
    library: Library, ids: list[str]
) -> None:
    before = _state(library)
    with pytest.raises(LibraryError, match="no collection"), library.step("Broken"):
        library.set_fields({ids[0]: {"weight": 1.0}})
        library.gather("nothing of the sort", ids)
    with library.step("Nothing"):
        pass
    assert _state(library) == before and library.history() == ()
    with library.step("Outer"), library.step("Inner"):
        library.set_views({ids[0]: "back"})
    assert [s.name for s in library.history()] == ["Outer"]


def test_new_pictures_can_be_taken_back(library: Library, synthetic: ModuleType) -> None:
    new = [synthetic.new_swatch(n) for n in range(3)]
    library.add(new)
    library.note_arrival([n.swatch.id for n in new], "Add 3 pictures")
    library.undo()
    assert len(library) == 0 and library.table(synthetic.ENCODER).ids == ()
    assert [r.id for r in library.removed()] == [n.swatch.id for n in new]
    library.redo()
    assert [s.id for s in library.swatches()] == [n.swatch.id for n in new]
    assert len(library.table(synthetic.ENCODER)) == 3


def test_history_has_an_end(library: Library, ids: list[str], monkeypatch) -> None:
    monkeypatch.setattr("fabricfinder.library.history.KEPT_STEPS", 3)
    for n in range(6):
        with library.step(f"step {n}"):
            library.set_fields({ids[4]: {"lot": str(n)}})
    assert [s.name for s in library.history()] == ["step 3", "step 4", "step 5"]
    assert library._db.value("SELECT count(DISTINCT step) FROM step_row") == 3
    assert KEPT_STEPS >= 100


def test_a_read_only_library_takes_nothing_back(library: Library, ids: list[str]) -> None:
    with library.step("One"):
        library.set_fields({ids[0]: {"lot": "1"}})
    with Library.open(library.folder, read_only=True) as reader:
        assert len(reader.history()) == 1
        with pytest.raises(LibraryError, match="read only"):
            reader.undo()


fields = st.dictionaries(
    st.sampled_from(("article", "colourway", "weight", "lot", "notes")),
    st.sampled_from(("", "a", "b", "caf\udce9")), max_size=3,
)  # fmt: skip


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.dictionaries(st.integers(0, 3), fields, max_size=3), min_size=1, max_size=5))
def test_undoing_all_is_where_it_began(
    tmp_path_factory: pytest.TempPathFactory, synthetic: ModuleType, edits: list[dict]
) -> None:
    folder: Path = tmp_path_factory.mktemp("history") / "library"
    with Library.create(folder) as library:
        library.add([synthetic.new_swatch(n) for n in range(4)])
        states = [_state(library)]
        for edit in edits:
            with library.step("edit"):
                library.set_fields({synthetic.digest(n): said for n, said in edit.items()})
            states.append(_state(library))
        steps = len(library.history())
        while library.undo():
            pass
        assert _state(library) == states[0]
        assert sum(1 for _ in iter(library.redo, None)) == steps
        assert _state(library) == states[-1]
