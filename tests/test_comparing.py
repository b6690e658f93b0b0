"""Two cloths side by side: their facts, and what spoke, beside a naive recomputation."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fabricfinder.comparing import (
    compare,
    looker,
    occlusion,
    query_cloth,
    scores_of,
    swatch_cloth,
)
from fabricfinder.domain.search import Filters, Query
from fabricfinder.domain.similarity import coarse_similarity, fine_similarity
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.retrieval.occlusion import CELLS, SPAN
from fabricfinder.retrieval.palette_transport import palette_similarity
from fabricfinder.sheets.words import ENGLISH
from fabricfinder.vision.decode import decode
from fabricfinder.vision.palette import extract_palette
from fabricfinder.vision.views import load_for_encoding, views_of


@pytest.fixture
def finder(fake_encoder, swatch_folder, tmp_path):
    """A library of twelve cloths."""
    finder = Finder(fake_encoder)
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    run_to_end(finder.import_paths([str(swatch_folder)]))
    yield finder
    finder.close()


def test_the_map_is_a_second_look_at_the_covered_cloth(
    finder, fake_encoder, swatch_folder
) -> None:
    path = swatch_folder / "swatch-03.png"
    result = run_to_end(finder.search(Query(path=str(path))))
    cloth = query_cloth(result, finder.catalog, ENGLISH)
    others = [swatch_cloth(s, finder.catalog, ENGLISH) for s in finder.catalog.swatches[4:6]]
    maps = run_to_end(occlusion(cloth, others, fake_encoder))
    rows = [result.swatches.index(other.swatch) for other in others]
    np.testing.assert_allclose(maps.scores, result.scores[rows], atol=1e-5)

    # The corner cell lies in one part only, so its loss is one second look, done here by hand.
    rgb = decode(str(path)).rgb
    side = round(len(rgb) * SPAN / CELLS)
    covered = rgb.copy()
    covered[-side:, -side:] = np.rint(rgb.reshape(-1, 3).mean(axis=0)).astype(np.uint8)
    seen = fake_encoder.encode([views_of(covered)])[0]
    whole = fake_encoder.encode([views_of(rgb)])[0]
    taxonomy = default_taxonomy()
    for k, other in enumerate(others):
        believed = other.known.encoding
        before = coarse_similarity(whole.coarse, believed.coarse[None], taxonomy)[0]
        after = coarse_similarity(seen.coarse, believed.coarse[None], taxonomy)[0]
        assert maps.losses[k, 0, -1, -1] == pytest.approx(before - after, abs=1e-4)
        before = fine_similarity(whole.fine, believed.fine[None])[0]
        after = fine_similarity(seen.fine, believed.fine[None])[0]
        assert maps.losses[k, 1, -1, -1] == pytest.approx(before - after, abs=1e-4)


def test_a_covered_part_is_left_out_of_the_palette(fake_encoder, tmp_path) -> None:
    """Left half red, right half blue: without the right half the cloth is red."""
    rgb = np.zeros((160, 160, 3), np.uint8)
    rgb[:, :80], rgb[:, 80:] = (200, 20, 20), (20, 20, 200)
    Image.fromarray(rgb).save(tmp_path / "two.png")
    image, _ = load_for_encoding(tmp_path / "two.png")
    look = looker(image, None, fake_encoder, None, default_taxonomy())
    assert look(None).palette == extract_palette(rgb)
    red = look((0.5, 0.0, 1.0, 1.0)).palette
    assert [c.name for c in red.colors] == ["red"]
    alone = palette_similarity(red.to_array(), extract_palette(rgb[:, :80]).to_array()[None])
    assert alone[0] == pytest.approx(1.0, abs=1e-3)


def test_what_a_person_has_labelled_is_not_seen_in_the_picture(finder, fake_encoder) -> None:
    swatches = finder.catalog.swatches
    first, other = (swatch_cloth(s, finder.catalog, ENGLISH) for s in swatches[:2])
    said = replace(first, known=replace(first.known, certain=frozenset({"fine"})))
    maps = run_to_end(occlusion(said, [other], fake_encoder))
    assert np.abs(maps.losses[0, 1]).max() == 0 and np.abs(maps.losses[0, 0]).max() > 0


def test_a_crop_is_its_own_whole_and_a_query_has_its_facts(finder, swatch_folder) -> None:
    crop = (0.0, 0.25, 0.5, 0.75)
    query = Query(path=str(swatch_folder / "swatch-05.png"), crop=crop, px_per_cm=120.0)
    result = run_to_end(finder.search(query))
    cloth = query_cloth(result, finder.catalog, ENGLISH)
    assert (cloth.width, cloth.height, cloth.px_per_cm) == (160, 160, 120.0)
    assert cloth.title == "swatch-05.png" and Path(cloth.path).name == "swatch-05.png"
    assert {v.key for v in cloth.values} >= {"tightness", "scale"}
    maps = run_to_end(occlusion(cloth, [swatch_cloth(finder.catalog.swatches[0], finder.catalog,
                                                     ENGLISH)], finder.encoder))  # fmt: skip
    row = result.swatches.index(finder.catalog.swatches[0])
    np.testing.assert_allclose(maps.scores[0], result.scores[row], atol=1e-5)


def test_a_swatch_left_out_by_a_condition_still_has_its_scores(finder, swatch_folder) -> None:
    path = str(swatch_folder / "swatch-02.png")
    ids = [s.id for s in finder.catalog.swatches[:4]]
    everything = run_to_end(finder.search(Query(path=path)))
    nothing = run_to_end(finder.search(Query(path=path, filters=Filters(text="no such words"))))
    assert nothing.swatches == ()
    full, scored = (scores_of(r, finder.catalog, ids) for r in (everything, nothing))
    assert full.keys() == scored.keys() == set(ids)
    for swatch_id in ids:
        assert scored[swatch_id] == pytest.approx(full[swatch_id], abs=1e-5)
        swatch = finder.catalog.find(swatch_id)
        query = query_cloth(everything, finder.catalog, ENGLISH)
        found = compare(query, swatch_cloth(swatch, finder.catalog, ENGLISH), ENGLISH)
        assert found.scores == pytest.approx(full[swatch_id], abs=1e-5)
        colors = query.known.palette.colors
        assert found.flows.sum(axis=1) == pytest.approx([c.share for c in colors], abs=1e-3)
        assert found.color.delta_e_cmc >= 0 and found.sentence


def test_stated_threads_are_compared_and_are_facts_once(finder) -> None:
    one, other = (
        replace(s, fields={"ends_per_cm": ends, "picks_per_cm": 24.0})
        for s, ends in zip(finder.catalog.swatches[:2], (25.0, 31.0), strict=True)
    )
    pinned, candidate = (swatch_cloth(s, finder.catalog, ENGLISH) for s in (one, other))
    found = compare(pinned, candidate, ENGLISH)
    assert "finer" in found.sentence.split(", ")
    bare = compare(replace(pinned, swatch=None), candidate, ENGLISH)
    assert "finer" not in bare.sentence and bare.scores[3] != found.scores[3]
    query = replace(pinned, known=pinned.known.with_stated_threads(one.fields))
    keys = [row.key for row in compare(query, candidate, ENGLISH).differences]
    assert "ends_per_cm" in keys and "counted_across" not in keys


def test_facts_and_sentence_call_weaves_as_the_taxonomy_does(finder, swatch_folder) -> None:
    """Under another language's names every name that is stated is one of them."""
    usual = default_taxonomy()
    called = replace(usual, names={key: f"[{name}]" for key, name in usual.names.items()})
    first, other = finder.catalog.swatches[:2]
    told = [
        replace(swatch_cloth(s, finder.catalog, ENGLISH).known, certain=frozenset({"fine"}))
        for s in (first, other)
    ]
    cloths = [
        replace(swatch_cloth(s, finder.catalog, ENGLISH, called), known=known)
        for s, known in zip((first, other), told, strict=True)
    ]
    found = compare(*cloths, ENGLISH, scores=(None, 0.9, None, None), taxonomy=called)
    assert found.sentence.startswith(("same [", "["))
    result = run_to_end(finder.search(Query(path=str(swatch_folder / "swatch-02.png"))))
    result = replace(result, descriptor=replace(result.descriptor, certain=frozenset({"fine"})))
    query = query_cloth(result, finder.catalog, ENGLISH, called)
    (weave,) = [v.text for v in query.values if v.key == "weave"]
    assert weave.startswith("[")
