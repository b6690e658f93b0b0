"""Whatever is done to a library in whatever order, it equals a few dictionaries."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from fabricfinder.domain.swatch import Labels, Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.library import Library

TAXONOMY = default_taxonomy()
ENCODERS = ("small-64/fp32", "better-64/int8")
numbers = st.integers(0, 11)
labels = st.builds(
    Labels,
    st.none() | st.sampled_from(TAXONOMY.coarse),
    st.none() | st.sampled_from([*TAXONOMY.fine[:4], "a weave of tomorrow"]),
    st.none() | st.floats(0, 100),
)
texts = st.text(st.characters(exclude_categories=()), min_size=1, max_size=12)
fields = st.dictionaries(
    st.sampled_from(("lot", "notes", "weight", "supplier")),
    texts | st.just("") | st.floats(allow_nan=False), max_size=3,
)  # fmt: skip


class Model(RuleBasedStateMachine):
    """A library and the dictionaries it must equal; rules are deeds, invariants compare."""

    synthetic: ClassVar[ModuleType]

    def __init__(self) -> None:
        super().__init__()
        self.scratch = Path(tempfile.mkdtemp())
        self.library = Library.create(self.scratch / "library")
        self.swatches: dict[str, Swatch] = {}
        self.coded: dict[str, dict[str, int]] = {encoder: {} for encoder in ENCODERS}

    def teardown(self) -> None:
        self.library.close()
        shutil.rmtree(self.scratch)

    @rule(batch=st.lists(st.tuples(numbers, st.sampled_from((*ENCODERS, None)))), said=labels)
    def add(self, batch: list[tuple[int, str | None]], said: Labels) -> None:
        self.library.add(
            [self.synthetic.new_swatch(n, encoder=encoder, labels=said) for n, encoder in batch]
        )
        for number, encoder in batch:
            digest = self.synthetic.digest(number)
            swatch = self.synthetic.new_swatch(number, labels=said).swatch
            if digest in self.swatches:
                self._merge(digest, said)
            else:
                self.swatches[digest] = swatch
            if encoder:
                self.coded[encoder].setdefault(digest, number)

    def _merge(self, digest: str, said: Labels) -> None:
        old = self.swatches[digest].labels
        self._put(digest, labels=Labels(
            old.coarse if said.coarse is None else said.coarse,
            old.fine if said.fine is None else said.fine,
            old.tightness if said.tightness is None else said.tightness,
        ))  # fmt: skip

    def _put(self, digest: str, **changes: object) -> None:
        self.swatches[digest] = replace(self.swatches[digest], **changes)  # type: ignore

    @rule(number=numbers, said=labels, merge=st.booleans())
    def label(self, number: int, said: Labels, merge: bool) -> None:
        digest = self.synthetic.digest(number)
        if digest not in self.swatches:
            with pytest.raises(KeyError):
                self.library.set_labels({digest: said}, merge=merge)
            return
        self.library.set_labels({digest: said}, merge=merge)
        self._merge(digest, said) if merge else self._put(digest, labels=said)

    @rule(number=numbers, values=fields)
    def field(self, number: int, values: dict[str, str | float]) -> None:
        digest = self.synthetic.digest(number)
        if digest in self.swatches:
            self.library.set_fields({digest: values})
            merged = {**self.swatches[digest].fields, **values}
            self._put(digest, fields={k: v for k, v in merged.items() if v != ""})

    @rule(pairs=st.lists(st.tuples(numbers, numbers), max_size=4),
          encoder=st.sampled_from(ENCODERS))  # fmt: skip
    def code(self, pairs: list[tuple[int, int]], encoder: str) -> None:
        pairs = [(n, like) for n, like in pairs if self.synthetic.digest(n) in self.swatches]
        self.library.put_descriptors(
            [(self.synthetic.digest(n), self.synthetic.descriptor(like, encoder)) for n, like in pairs]
        )
        self.coded[encoder].update({self.synthetic.digest(n): like for n, like in pairs})

    @rule(encoder=st.sampled_from(ENCODERS))
    def drop(self, encoder: str) -> None:
        self.library.drop_encoder(encoder)
        self.coded[encoder] = {}

    @rule()
    def flush(self) -> None:
        self.library.flush_columns()

    @rule()
    def reopen(self) -> None:
        self.library.close()
        self.library = Library.open(self.library.folder)

    @rule()
    def look_beside(self) -> None:
        with Library.open(self.library.folder, read_only=True) as reader:
            self._compare(reader)

    @invariant()
    def equal(self) -> None:
        self._compare(self.library)

    def _compare(self, library: Library) -> None:
        assert library.swatches() == tuple(self.swatches.values())
        assert set(library.known()) == set(self.swatches)
        counts = {encoder: len(rows) for encoder, rows in self.coded.items() if rows}
        assert {e: n for e, n in library.encoder_counts().items() if n} == counts
        for encoder in ENCODERS:
            self._compare_table(library, encoder)
        for word, kind in (("img", "name"), ("gingham", "label")):
            found = set(library.find_text(word))
            assert found == {d for d, s in self.swatches.items()
                             if kind == "name" or _says(s, word)}, word  # fmt: skip

    def _compare_table(self, library: Library, encoder: str) -> None:
        table, coded = library.table(encoder), self.coded[encoder]
        ids = [digest for digest in self.swatches if digest in coded]
        assert list(table.ids) == ids
        missing = [digest for digest in self.swatches if digest not in coded]
        assert library.ids_without(encoder) == missing
        for row, digest in enumerate(ids):
            said = self.swatches[digest].labels
            model = self.synthetic.descriptor(coded[digest], encoder).encoding
            assert table.codes[row].tobytes() == model.code.packed
            _compare_belief(table.coarse[row], model.coarse, said.coarse, TAXONOMY.coarse_index)
            _compare_belief(table.fine[row], model.fine, said.fine, TAXONOMY.fine_index)
            sure = said.tightness is not None
            expected = (said.tightness, 0) if sure else model.tightness
            np.testing.assert_array_equal(table.tightness[row], np.array(expected, np.float32))
            assert table.certain[row].tolist() == [
                said.coarse is not None, said.fine in TAXONOMY.fine_index, sure
            ]  # fmt: skip


def _says(swatch: Swatch, word: str) -> bool:
    values = [v for v in swatch.fields.values() if isinstance(v, str)]
    return swatch.labels.coarse == f"plaid/{word}" or any(word in v.casefold() for v in values)


def _compare_belief(
    stored: np.ndarray, model: np.ndarray, said: str | None, columns: dict[str, int]
) -> None:
    if said in columns:
        assert stored.sum() == stored[columns[said]] == 1
    else:
        np.testing.assert_array_equal(stored, model.astype(np.float16).astype(np.float32))


def test_any_order_of_deeds_equals_the_model(synthetic: ModuleType) -> None:
    Model.synthetic = synthetic
    run_state_machine_as_test(
        Model,
        settings=settings(
            max_examples=25, stateful_step_count=14, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
