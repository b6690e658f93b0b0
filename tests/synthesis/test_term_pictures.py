"""Examples of every term: drawn once, kept, and there for every word the vocabulary ships."""

import numpy as np
import pytest

from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.synthesis import term_pictures
from fabricfinder.synthesis.term_pictures import draw_terms, picture_keys, term_file, term_picture


def test_there_is_an_example_fabric_for_every_term() -> None:
    taxonomy = default_taxonomy()
    lacking = [m for m in taxonomy.coarse if term_pictures._coarse_example(m) is None]
    lacking += [f for f in taxonomy.fine if term_pictures._fine_example(f) is None]
    assert lacking == []
    for minor in taxonomy.coarse:
        assert term_pictures._coarse_example(minor).coarse == minor
    for fine in set(taxonomy.fine) - set(term_pictures._SHOWN_BY):
        assert term_pictures._fine_example(fine).fine == fine
    assert len(picture_keys()) == 10 + len(taxonomy.coarse) + len(taxonomy.fine)


@pytest.mark.parametrize("key", ["rung-0", "plaid/gingham", "twill-2-2", "rib-1-1", "corduroy"])
def test_a_picture_shows_something_and_is_the_same_every_time(key: str) -> None:
    picture = term_picture(key, 48)
    assert picture.shape == (48, 48, 3) and picture.dtype == np.uint8 and picture.std() > 4
    assert np.array_equal(picture, term_picture(key, 48))


def test_pictures_are_kept_and_drawn_only_once(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(term_pictures, "picture_keys", lambda: ("rung-9", "solid/plain"))
    told = [p.partial for p in draw_terms(tmp_path / "terms", 32)]
    assert [key for key, _ in told] == ["rung-9", "solid/plain"]
    assert all(path == term_file(tmp_path / "terms", key) for key, path in told)
    before = {path: path.stat().st_mtime_ns for _, path in told}
    again = [p.partial for p in draw_terms(tmp_path / "terms", 32)]
    assert again == told and {p: p.stat().st_mtime_ns for _, p in again} == before
    assert not list((tmp_path / "terms").glob("*.tmp"))
