"""The recipes: v1 never changes, v2 holds every class, and nothing it is fitted on is asked."""

import hashlib

import pytest

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.synthesis.benchmark import (
    RECIPES,
    benchmark_plan,
    dump_recipe,
    load_recipe,
    training_fabrics,
)
from fabricfinder.synthesis.fabric import Fabric


def digest(plan: list[tuple[int, str, Fabric]]) -> str:
    """What a plan says of its cloths, as a short digest."""
    lines = [
        f"{family} {kind} {f.id} {f.coarse} {f.fine} {f.ends_per_cm} {f.picks_per_cm} "
        f"{f.seed} {f.colours}"
        for family, kind, f in plan
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def test_v1_is_what_it_was() -> None:
    plan = benchmark_plan(load_recipe())
    assert len(plan) == 1000
    assert digest(plan) == "f0c49685d9db789b"


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_survives_its_file(name: str, tmp_path) -> None:
    recipe = load_recipe(name)
    (tmp_path / "again.json").write_text(dump_recipe(recipe))
    assert load_recipe(tmp_path / "again.json") == recipe
    (tmp_path / "again.json").write_text("{}")
    with pytest.raises(FabricFinderError, match="not a benchmark recipe"):
        load_recipe(tmp_path / "again.json")


def test_v2_holds_every_class_with_hard_siblings() -> None:
    recipe, taxonomy = load_recipe("v2"), default_taxonomy()
    plan = benchmark_plan(recipe)
    assert len(plan) == recipe.gallery == 2000
    assert len({f.id for _, _, f in plan}) == 2000
    bases = [f for _, kind, f in plan if kind == "base"]
    assert len(bases) == 250
    for minor in taxonomy.coarse:
        assert sum(f.coarse == minor for f in bases) >= 2, minor
    for fine in taxonomy.fine:
        assert sum(f.fine == fine for f in bases) >= 2, fine
    by_family: dict[int, set[str]] = {}
    for family, kind, _ in plan:
        by_family.setdefault(family, set()).add(kind)
    wanted = {"base", "colour-1", "colour-2", "weave", "sett-10", "sett-25"}
    assert all(wanted < kinds and len(kinds) == 8 for kinds in by_family.values())


def test_beyond_is_photographed_in_bands_that_training_never_draws() -> None:
    beyond, trained = load_recipe("v2-beyond"), load_recipe("v2")
    for band in ("blur_px", "noise", "vignette", "field_cm"):
        assert getattr(beyond.settings, band)[0] >= getattr(trained.settings, band)[1], band
    assert beyond.settings.jpeg[1] <= trained.settings.jpeg[0]
    assert beyond.seed != trained.seed and len(benchmark_plan(beyond)) == beyond.gallery


@pytest.mark.parametrize("name", RECIPES)
def test_what_is_fitted_on_is_never_asked(name: str) -> None:
    recipe = load_recipe(name)
    asked = {(f.seed, f.coarse, f.fine) for _, _, f in benchmark_plan(recipe)}
    fitted = training_fabrics(recipe, 60)
    assert len({f.id for f in fitted}) == 60
    assert not asked & {(f.seed, f.coarse, f.fine) for f in fitted}
    assert not {f.seed for f in fitted} & {seed for seed, _, _ in asked}
