"""Checkpoints read by their headers alone, and the table of what each was measured at."""

import json
import math
import re
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from fabricfinder.domain.encoder_card import EncoderCard
from fabricfinder.domain.errors import EncoderError, FabricFinderError
from fabricfinder.domain.models import (
    FIGURES_FILE,
    HEADER,
    UNTRAINED,
    KeyFigure,
    Model,
    Standing,
    find_model,
    header_of,
    keep_figures,
    list_models,
    read_checkpoint,
    standings,
)
from fabricfinder.domain.resources import resource_path
from fabricfinder.domain.systems import find_system, system_names
from fabricfinder.domain.taxonomy import default_taxonomy

FIGURE = KeyFigure(0.3125, 0.28, math.nan, 0.001, 1000, "re-captured")
TENSORS = {
    "model.conv.weight": [8, 3, 3, 3], "model.conv.bias": [8], "model.norm.weight": [8],
    "model.norm.running_mean": [8], "model.norm.running_var": [8],
    "model.norm.num_batches_tracked": [], "reference.centres": [4, 8],
}  # fmt: skip
TRAINED = 8 * 27 + 8 + 8


def write_checkpoint(
    folder: Path, method: str, bits: int = 64, *, graph: bool = True, name: str = ""
) -> EncoderCard:
    """A file with the header of a checkpoint and no weights, its graph beside it."""
    taxonomy = default_taxonomy()
    card = EncoderCard(method, bits, {}, taxonomy.version, taxonomy.coarse, taxonomy.fine,
                       id=f"{method}-{bits}-0123abcd")  # fmt: skip
    header = {"__metadata__": {"card": card.to_json()}} | {
        key: {"dtype": "F16", "shape": shape, "data_offsets": [0, 0]}
        for key, shape in TENSORS.items()
    }
    text = json.dumps(header).encode()
    path = folder / f"{name or method}-{bits}.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text)
    if graph:
        path.with_suffix(".onnx").write_bytes(b"a graph")
    return card


def by_name(folder: Path) -> dict:
    return {model.system.name: model for model in list_models(folder)}


def test_what_lies_in_a_folder_is_listed_and_what_does_not_says_why(tmp_path) -> None:
    card = write_checkpoint(tmp_path, "mdff-sh")
    write_checkpoint(tmp_path, "dshc", graph=False)
    write_checkpoint(tmp_path, "dah", name="tsn")
    (tmp_path / "dah-64.safetensors").write_bytes(b"broken")
    models = by_name(tmp_path)
    assert tuple(models) == system_names()
    here = models["mdff-sh"]
    assert here.shipped and here.card == card and here.parameters == TRAINED
    assert here.size == 7 and here.reason == "" and not here.figures
    assert here.made("mdff-sh-64-0123abcd/fp32") and not here.made("mdff-sh-64-99999999/fp32")
    assert models["dvsh"].reason == UNTRAINED and models["dvsh"].parameters is None
    assert "less often than DVSH" in models["dvsh-facets"].reason
    assert "dshc-64.onnx is missing" in models["dshc"].reason
    assert "damaged" in models["dah"].reason and models["dah"].checkpoint is not None
    assert "of “dah”" in models["tsn"].reason
    assert [name for name, model in models.items() if model.shipped] == ["mdff-sh"]


def test_the_edition_without_weights_knows_its_models_by_their_headers(tmp_path) -> None:
    card = write_checkpoint(tmp_path, "dah")
    whole = tmp_path / "dah-64.safetensors"
    header = header_of(whole)
    whole.write_bytes(header + b"weights " * 100)
    assert header_of(whole) == header
    (tmp_path / f"{whole.name}{HEADER}").write_bytes(header)
    assert by_name(tmp_path)["dah"].checkpoint == whole  # the whole is better
    whole.unlink()
    model = by_name(tmp_path)["dah"]
    assert model.shipped and model.card == card and model.parameters == TRAINED
    assert model.checkpoint.suffix == HEADER and model.graph.name == "dah-64.onnx"


def test_a_longer_name_is_not_taken_for_a_shorter_and_the_longest_code_counts(tmp_path) -> None:
    write_checkpoint(tmp_path, "dvsh-facets", 128)
    assert not by_name(tmp_path)["dvsh"].shipped and by_name(tmp_path)["dvsh-facets"].shipped
    write_checkpoint(tmp_path, "dvsh", 64)
    write_checkpoint(tmp_path, "dvsh", 128)
    assert by_name(tmp_path)["dvsh"].card.n_bits == 128


def test_a_model_that_is_not_here_is_a_sentence(tmp_path) -> None:
    write_checkpoint(tmp_path, "mdff-sh")
    assert find_model("mdff-sh", tmp_path).shipped
    with pytest.raises(EncoderError, match=r"“dah” did not come .* Here: mdff-sh\."):
        find_model("dah", tmp_path)
    with pytest.raises(EncoderError, match="There is no model “foo”"):
        find_model("foo", tmp_path)


@pytest.mark.parametrize("content", [
    b"", b"\0" * 7, struct.pack("<Q", 1 << 60), struct.pack("<Q", 4) + b"[1]]",
    struct.pack("<Q", 2) + b"{}", struct.pack("<Q", 8) + b'{"a": 1}',
])  # fmt: skip
def test_what_is_no_checkpoint_is_a_sentence(content: bytes, tmp_path) -> None:
    path = tmp_path / "dvsh-64.safetensors"
    path.write_bytes(content)
    with pytest.raises(EncoderError, match="dvsh-64.safetensors"):
        read_checkpoint(path)
    with pytest.raises(EncoderError, match="no encoder at"):
        read_checkpoint(tmp_path / "gone.safetensors")


def test_figures_are_kept_beside_each_other_and_belong_to_one_checkpoint(tmp_path) -> None:
    table = tmp_path / FIGURES_FILE
    card = write_checkpoint(tmp_path, "mdff-sh")
    keep_figures(table, f"{card.id}/fp32", {"recall@1": FIGURE}, "evaluate recaptures")
    other = replace(FIGURE, value=0.5)
    keep_figures(table, "dah-64-99999999/fp32", {"recall@1": other}, "evaluate all")
    keep_figures(table, card.id, {"photos mAP": other}, "evaluate photos")
    model = by_name(tmp_path)["mdff-sh"]
    assert set(model.figures) == {"recall@1", "photos mAP"}
    assert model.figures["recall@1"].value == 0.3125 and model.figures["recall@1"].n == 1000
    assert math.isnan(model.figures["recall@1"].high)
    assert model.command == "evaluate recaptures && evaluate photos"
    write_checkpoint(tmp_path, "dah")  # of other weights than those measured
    assert by_name(tmp_path)["dah"].figures == {}


def test_a_table_that_cannot_be_read_says_nothing_and_one_that_cannot_be_written_is_told(
    tmp_path,
) -> None:
    write_checkpoint(tmp_path, "mdff-sh")
    for text in ("", "{}", '{"format": "fabricfinder-models", "version": 9, "models": {}}',
                 '{"format": "fabricfinder-models", "version": 1, "models": {"a": 1}}'):  # fmt: skip
        (tmp_path / FIGURES_FILE).write_text(text)
        assert by_name(tmp_path)["mdff-sh"].figures == {}
    with pytest.raises(FabricFinderError, match="cannot be written"):
        keep_figures(tmp_path / "no" / "table.json", "a", {"recall@1": FIGURE}, "")


def test_what_ships_is_whole_and_small() -> None:
    """Every checkpoint in resources can be chosen; 40 MB of checkpoints at most."""
    folder = resource_path("")
    kinds = (".safetensors", f".safetensors{HEADER}", ".onnx")
    files = {file for kind in kinds for file in folder.glob(f"*{kind}")}
    named = re.compile(rf"({'|'.join(system_names())})-\d+\..+")
    models = [model for model in list_models() if model.shipped]
    used = {file for model in models for file in (model.checkpoint, model.graph)}
    assert {file for file in files if named.fullmatch(file.name)} == used
    whole = [file for file in files if file.suffix != ".onnx"]
    assert sum(file.stat().st_size for file in whole) <= 40_000_000
    papers = {model.system.name for model in models if model.checkpoint.suffix != HEADER}
    assert papers == set(system_names()) - {"dvsh-facets"}  # ours, which its graph is enough for
    assert by_name(folder)["dvsh"].shipped


def measured(name: str, **figures: tuple[float, float, float]) -> Model:
    kept = {k: KeyFigure(*v, 0.0, 100, "asked") for k, v in figures.items()}
    taxonomy = default_taxonomy()
    card = EncoderCard(name, 64, {}, taxonomy.version, taxonomy.coarse, taxonomy.fine)
    return Model(find_system(name), card, figures=kept)


def test_where_a_model_stands_is_what_was_measured() -> None:
    nan = math.nan
    models = (
        measured("dvsh", find=(0.5, 0.4, 0.6), order=(0.3, nan, nan), alone=(1, 1, 1)),
        measured("dah", find=(0.4, 0.3, 0.5), order=(0.2, nan, nan)),
        measured("tsn", find=(0.2, 0.1, 0.3), order=(0.1, 0.0, 0.35)),
        replace(measured("dshc", find=(0.9, 0.8, 1.0)), reason="damaged"),
    )
    assert standings(models, ("find", "order", "alone", "unknown")) == {
        "dvsh": Standing(best=("find", "order")),
        "dah": Standing(level=("find",), behind=("order",)),
        "tsn": Standing(level=("order",), behind=("find",)),
    }
