"""``fabricfinder models`` and ``--model`` on the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fabricfinder.__main__ import main, parse
from fabricfinder.domain.errors import EncoderError
from fabricfinder.domain.models import SHOWN, list_models
from fabricfinder.domain.systems import SYSTEMS, system_names
from fabricfinder.measuring import key_figures
from fabricfinder.models_command import as_text

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = {"dvsh", "mdff-sh", "dshc", "dah", "tsn"}


@pytest.fixture
def program(monkeypatch, fake_encoder, capsys) -> Any:
    """The command line; dvsh ships (a fake one), dshc and dah are two others."""
    others = {"dvsh": fake_encoder}
    for seed, name in enumerate(("dshc", "dah"), 20):
        others[name] = type(fake_encoder)(seed=seed)
        others[name].id = f"{name}-64-0123abcd/fp32"

    def load(name: str, notify: object) -> Any:
        if name not in others:
            raise EncoderError(f"The model “{name}” did not come with this program.")
        return others[name]

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as end:
            code = end.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    monkeypatch.delenv("FABRICFINDER_MODEL", raising=False)
    monkeypatch.setattr("fabricfinder.commands.named_encoder", load)
    monkeypatch.setattr("fabricfinder.commands.best_encoder", lambda tell: fake_encoder)
    return run


def encoder_of(program: Any, library: Path, image: Path, *more: str) -> str:
    code, out, err = program("query", "--library", library, image, "--json", *more)
    assert code == 0, err
    row = json.loads(out)
    assert row["searched"] == 12 and row["results"][0]["path"] == str(image)
    return row["encoder"]


def test_the_list_names_every_system_without_torch() -> None:
    code = "import sys; sys.modules['torch'] = None; sys.modules['onnxruntime'] = None; " \
           "from fabricfinder.__main__ import main; raise SystemExit(main(['models', '--json']))"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60,
                          cwd=ROOT, env=os.environ | {"PYTHONUTF8": "1"})  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert rows.keys() >= PUBLISHED and tuple(rows) == system_names()
    for row in rows.values():
        assert {"name", "paper", "bits", "parameters", "checkpoint", "shipped"} <= row.keys()
        if row["shipped"]:
            assert row["bits"] % 8 == 0 and row["parameters"] > 1000 and row["reason"] == ""
            assert Path(row["checkpoint"]).is_file() and row["bytes"] > 1000
        else:
            assert row["reason"].endswith(".") and row["figures"] == {}
        for figure in row["figures"].values():
            assert figure["low"] is None or figure["low"] <= figure["value"] <= figure["high"]
    assert rows["dvsh"]["shipped"]
    best = [name for row in rows.values() for name in row["best_at"]]
    assert sorted(set(best)) == sorted(SHOWN)  # somebody is best at each of what is compared


def test_the_list_in_words(program) -> None:
    code, out, _ = program("models")
    assert code == 0 and all(out.count(f"{name}: ") == 1 for name in system_names())
    for model in list_models():
        text = as_text(model, seconds=0.0123)
        assert ("12 ms a picture" in text) and model.system.built_for in text
        assert ("Not to be chosen" in text) != model.shipped
        assert ("not measured" in text) == (model.shipped and not model.figures)


def test_a_library_gets_another_model_and_keeps_it(program, swatch_folder, tmp_path) -> None:
    library, image = tmp_path / "library", swatch_folder / "swatch-03.png"
    assert program("import", "--library", library, swatch_folder)[0] == 0
    assert encoder_of(program, library, image) == "fake-64/fp32"
    code, out, _ = program("import", "--library", library, swatch_folder, "--model", "dshc")
    assert code == 0 and "12 already here" in out
    assert encoder_of(program, library, image) == "dshc-64-0123abcd/fp32"
    assert encoder_of(program, library, image, "--model", "dah") == "dah-64-0123abcd/fp32"
    assert encoder_of(program, library, image) == "dshc-64-0123abcd/fp32"  # that was once
    assert program("import", "--library", library, swatch_folder, "--model", "dvsh")[0] == 0
    assert encoder_of(program, library, image) == "fake-64/fp32"


def test_a_new_library_begins_with_the_model_named(program, swatch_folder, tmp_path) -> None:
    library, image = tmp_path / "library", swatch_folder / "swatch-03.png"
    assert program("import", "--library", library, swatch_folder, "--model", "dah")[0] == 0
    assert encoder_of(program, library, image) == "dah-64-0123abcd/fp32"


def test_codes_are_written_by_the_model_named(program, swatch_folder, tmp_path) -> None:
    out = tmp_path / "codes.npz"
    assert program("encode", swatch_folder, "--out", out, "--model", "dah")[0] == 0
    with np.load(out, allow_pickle=False) as made:
        assert made["encoder"] == "dah-64-0123abcd/fp32"


def test_the_model_named_is_measured(program, swatch_folder, monkeypatch, tmp_path) -> None:
    asked = []
    monkeypatch.setattr(
        "fabricfinder.measuring.command.evaluate",
        lambda arguments, encoder, run, catalog=None: asked.append((encoder.id, catalog)) or 0,
    )
    assert program("evaluate", "recaptures", "--model", "dshc")[0] == 0
    library = tmp_path / "library"
    assert program("import", "--library", library, swatch_folder)[0] == 0
    code, _, err = program("evaluate", "library", "--library", library, "--model", "dah")
    assert code == 0, err
    assert [encoder for encoder, _ in asked] == ["dshc-64-0123abcd/fp32", "dah-64-0123abcd/fp32"]
    assert asked[1][1].table.encoder == "dah-64-0123abcd/fp32"


@pytest.mark.parametrize("line", [
    "import --library l --model foo x.png", "query --library l --model foo x.png",
    "encode x.png --out y.npz --model foo", "evaluate recaptures --model foo",
    "train foo --out x", "train --model foo --out x",
])  # fmt: skip
def test_a_wrong_name_is_a_sentence_with_every_name(program, line: str) -> None:
    code, out, err = program(*line.split())
    assert code == 2 and out == "" and err.count("\n") == 1
    assert "“foo”" in err and all(name in err for name in system_names())


def test_a_model_that_did_not_come_is_a_sentence(program, swatch_folder, tmp_path) -> None:
    library = tmp_path / "library"
    assert program("import", "--library", library, swatch_folder)[0] == 0
    image = swatch_folder / "swatch-03.png"
    for line in (
        ("import", "--library", library, image), ("query", "--library", library, image),
        ("encode", image, "--out", tmp_path / "x.npz"), ("evaluate", "graded"),
    ):  # fmt: skip
        code, out, err = program(*line, "--model", "tsn")
        assert (code, out) == (1, "") and "“tsn” did not come" in err and err.count("\n") == 1


def test_training_takes_its_model_either_way(program) -> None:
    for system in SYSTEMS:
        for line in (["train", system.name], ["train", "--model", system.name]):
            assert parse([*line, "--out", "x"]).method == system.name
    assert parse(["train", "dah", "--model", "dah", "--out", "x"]).method == "dah"
    for line in ("train --out x", "train dah --model dvsh --out x"):
        code, _, err = program(*line.split())
        assert code == 2 and err.count("\n") == 1


# -- what each was measured at -------------------------------------------------------------------


def test_key_figures_are_those_of_the_model_itself(tmp_path, program) -> None:
    """Of a real evaluation the model's own figures are taken, none of its rivals'."""
    table = tmp_path / "models.json"
    code, out, err = program("models", "--take", ROOT / "resources" / "figures.json",
                             "--table", table)  # fmt: skip
    assert code == 0, err
    made = json.loads((ROOT / "resources" / "figures.json").read_text("utf-8"))
    figures = json.loads(table.read_text("utf-8"))["models"][made["made"]["encoder"][:-5]]["figures"]
    assert set(figures) == set(key_figures.KEYS)
    by_protocol = {
        (report["protocol"], report["system"], figure["name"]): figure["value"]
        for report in made["reports"] for figure in report["figures"]
    }  # fmt: skip
    whole = "four dimensions, weights 1,1,1,1"
    expected = {
        "recall@1": whole, "design@1": whole, "photos P@1": whole,
        "code recall@1": "DVSH 128 bits, Hamming",
    }  # fmt: skip
    for key, system in expected.items():
        name = key_figures.KEYS[key][2]
        value = by_protocol[(figures[key]["protocol"], system, name)]
        assert figures[key]["value"] == round(value, 4)


def test_what_holds_no_such_figure_is_refused(tmp_path, program) -> None:
    saved = tmp_path / "saved.json"
    made = {"encoder": "dvsh-64-0123abcd/fp32"}
    content = {"format": "fabricfinder-evaluation", "version": 1, "made": made, "reports": []}
    saved.write_text(json.dumps(content))
    code, _, err = program("models", "--take", saved, "--table", tmp_path / "models.json")
    assert code == 1 and "none of the questions" in err
    assert not (tmp_path / "models.json").exists()
