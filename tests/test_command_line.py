"""The command line as its user meets it: what it prints, what it writes, how it ends."""

import csv
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import fabricfinder
from fabricfinder import eyes
from fabricfinder.__main__ import main
from fabricfinder.domain.hashcode import unpack_bits
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.encoding import OnnxEncoder
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.library import Library

ROOT = Path(__file__).resolve().parents[1]
RESULT_KEYS = [
    "rank", "id", "path", "hamming", "overall", "coarse", "fine", "color", "tightness",
]  # fmt: skip
LABEL_COLUMNS = (
    "path,fabric,design,colourway,capture,coarse_major,coarse_minor,fine,palette,ends_per_cm,"
    "picks_per_cm,warp_tex,weft_tex,tightness,repeat_mm,px_per_cm"
)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict]:
        """Its lines, each one JSON object."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Program:
    """The command line in this process, on the fake encoder; ``loads`` counts its loading."""

    capture: Callable[[], tuple[str, str]]
    loads: list[str] = field(default_factory=list)

    def __call__(self, *arguments: object) -> Ended:
        self.capture()
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as end:
            code = end.code
        return Ended(code, *self.capture())

    def done(self, *arguments: object) -> Ended:
        """Run what must end with 0."""
        ended = self(*arguments)
        assert ended.code == 0, ended.err
        return ended

    def says(self, code: int, *arguments: object) -> str:
        """Run what must end with ``code`` and one sentence on stderr, nothing on stdout."""
        ended = self(*arguments)
        assert (ended.code, ended.out) == (code, ""), ended
        assert ended.err.startswith("fabricfinder: ") and ended.err.count("\n") == 1, ended.err
        assert ended.err.rstrip().endswith((".", "?")), ended.err
        return ended.err


@pytest.fixture
def program(monkeypatch, fake_encoder, capsys) -> Program:
    """The command line on the fake encoder."""
    made = Program(capsys.readouterr)

    def load() -> object:
        made.loads.append("loaded")
        return fake_encoder

    monkeypatch.setattr("fabricfinder.eyes.may_have_graphics_card", lambda: False)
    monkeypatch.setattr("fabricfinder.encoding.load_default_encoder", load)
    return made


@pytest.fixture
def library(program, swatch_folder, tmp_path) -> Path:
    """A library of the twelve small swatches."""
    folder = tmp_path / "library"
    program.done("import", "--library", folder, swatch_folder)
    return folder


@pytest.fixture
def real_program(untrained_graph, tmp_path) -> Callable[..., subprocess.CompletedProcess]:
    """``python -m fabricfinder`` in a process of its own, on a real (untrained) network."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment |= {"FABRICFINDER_MODEL": str(untrained_graph), "HOME": str(tmp_path / "home")}
    environment.pop("QT_QPA_PLATFORM", None)

    def run(*arguments: object, **changes: object) -> subprocess.CompletedProcess:
        options = {"capture_output": True, "timeout": 200, "env": environment, "cwd": ROOT}
        command = [sys.executable, "-m", "fabricfinder", *(os.fspath(a) for a in arguments)]
        return subprocess.run(command, **(options | changes))

    return run


def digest_of(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()


# -- usage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "dance", "query", "query --library x", "import --library x", "import x.png",
        "query --library x y --top 0", "query --library x y --top many",
        "query --library x y --rank beauty", "query --library x y --colour",
        "query --library x y --weights 1,1,1", "query --library x y --weights 1,1,1,1,1",
        "query --library x y --weights 0,0,0,0", "query --library x y --weights=-1,1,1,1",
        "query --library x y --weights nan,1,1,1", "query --library x y --weights inf,1,1,1",
        "query --library x y --weights a,b,c,d", "query --library x y --weights ,,,",
        "encode x.png", "encode --out x.npz", "synthesize --out x", "synthesize --fabrics 3",
        "synthesize --out x --fabrics 0", "synthesize --out x --fabrics 2 --captures -1",
        "synthesize --out x --fabrics 2 --seed -1", "synthesize --out x --fabrics 2 --seed 1.5",
        "train", "train perceptron --out x", "train dvsh", "train dvsh --out x --bits 100",
        "evaluate", "evaluate photos", "evaluate weather", "self-check now", "demo --colour",
    ],
)  # fmt: skip
def test_wrong_usage_is_one_sentence_and_2(program, line, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    program.says(2, *line.split())
    assert program.loads == [] and list(tmp_path.iterdir()) == []


def test_help_and_version(program) -> None:
    assert "COMMAND" in program.done("--help").out
    for command in ("demo", "import", "query", "encode", "synthesize", "train", "evaluate",
                    "self-check"):  # fmt: skip
        assert command in program.done("--help").out
        assert "usage: fabricfinder " + command in program.done(command, "--help").out
    assert program.done("--version").out.startswith("fabricfinder ")


# -- import --------------------------------------------------------------------------------------


def test_import_counts_and_importing_again_does_nothing(program, swatch_folder, tmp_path) -> None:
    folder = tmp_path / "library"
    first = program.done("import", "--library", folder, swatch_folder)
    assert first.out == "12 imported, 0 already here, 0 could not be read.\n"
    assert first.err == ""
    again = program.done("import", "--library", folder, swatch_folder)
    assert again.out == "0 imported, 12 already here, 0 could not be read.\n"
    by_file = program.done("import", "--library", folder / "library.fflib", swatch_folder)
    assert "12 already here" in by_file.out


def test_import_reports_bad_files_and_goes_on(program, swatch_folder, tmp_path) -> None:
    (swatch_folder / "empty.jpg").write_bytes(b"")
    (swatch_folder / "letter.png").write_text("Dear Sir, enclosed please find")
    ended = program.done(
        "import", "--library", tmp_path / "library", swatch_folder, tmp_path / "gone.jpg"
    )
    assert ended.out == "12 imported, 0 already here, 3 could not be read.\n"
    lines = ended.err.splitlines()
    assert [Path(line.split(": ")[1]).name for line in lines] == [
        "empty.jpg", "letter.png", "gone.jpg",
    ]  # fmt: skip
    assert all(line.endswith(".") for line in lines)


def test_progress_never_passes_its_total_and_importing_again_writes_nothing(
    fake_encoder, swatch_folder, tmp_path
) -> None:
    for i in range(5):
        copy = (swatch_folder / f"swatch-{i:02}.png").read_bytes()
        (swatch_folder / f"copy-{i}.png").write_bytes(copy)
    finder = Finder(fake_encoder)
    seen: list[Progress] = []
    try:
        run_to_end(finder.open_library(tmp_path / "library", create=True))
        run_to_end(finder.import_paths([str(swatch_folder)]), seen.append)
        looked = [p.done for p in seen if p.phase == "Looking at the cloth"]
        assert looked == sorted(looked) and looked[-1] == 17
        assert {p.total for p in seen if p.phase == "Looking at the cloth"} == {17}
        queued: list[object] = []
        finder._library.queue_import = queued.extend
        report = run_to_end(finder.import_paths([str(swatch_folder)]))
        assert (report.imported, report.already_here, queued) == (0, 17, [])
    finally:
        finder.close()


def test_of_files_with_the_same_bytes_the_first_names_the_swatch(
    program, swatch_folder, tmp_path
) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for name in ("a.png", "b.png", "c.png", "z/a.png"):
        (pictures / name).parent.mkdir(exist_ok=True)
        (pictures / name).write_bytes((swatch_folder / "swatch-01.png").read_bytes())
    folder = tmp_path / "library"
    assert program.done("import", "--library", folder, pictures).out.startswith(
        "1 imported, 3 already here"
    )
    row = program.done("query", "--library", folder, "--json", pictures / "c.png").rows[0]
    assert [r["path"] for r in row["results"]] == [str(pictures / "a.png")]


def test_import_with_nothing_to_import_is_1(program, tmp_path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "notes.txt").write_text("no pictures here")
    assert "no pictures" in program.says(1, "import", "--library", tmp_path / "one", bare)
    ended = program("import", "--library", tmp_path / "two", tmp_path / "gone")
    assert ended.code == 1 and "gone" in ended.err and "not there" in ended.err


def test_import_refuses_a_folder_of_other_things(program, swatch_folder) -> None:
    before = sorted(swatch_folder.iterdir())
    said = program.says(1, "import", "--library", swatch_folder, swatch_folder)
    assert "not empty" in said and sorted(swatch_folder.iterdir()) == before


def test_a_library_in_use_is_searched_but_not_written(program, library, swatch_folder) -> None:
    with Library.open(library):
        said = program.says(1, "import", "--library", library, swatch_folder)
        assert "read only" in said
        program.done("query", "--library", library, swatch_folder / "swatch-00.png")


def test_names_that_are_not_utf8(program, tmp_path, fake_encoder) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    strange = os.fsdecode(os.fsencode(pictures) + b"/caf\xe9-\xff.png")
    try:
        Image.new("RGB", (64, 64), (200, 30, 60)).save(strange)
    except OSError:
        pytest.skip("this disk takes UTF-8 names only")
    Image.new("RGB", (64, 64), (20, 130, 60)).save(pictures / "绸缎.png")
    broken = os.fsdecode(os.fsencode(pictures) + b"/br\xf6ken.png")
    Path(broken).write_bytes(b"x")
    folder = tmp_path / "library"
    ended = program.done("import", "--library", folder, pictures)
    assert ended.out.startswith("2 imported") and "br\ufffdken.png" in ended.err
    row = program.done("query", "--library", folder, strange, "--json").rows[0]
    assert row["query"] == strange and row["results"][0]["path"] == strange
    assert "caf\ufffd" in program.done("query", "--library", folder, strange).out
    out = os.fsdecode(os.fsencode(tmp_path) + b"/c\xf6des.npz")
    program.done("encode", pictures, "--out", out)
    with np.load(out) as made:
        assert set(made["paths"].tolist()) == {strange, str(pictures / "绸缎.png")}
        assert made["failed"].tolist() == [broken]


def test_progress_is_one_line_of_a_terminal_and_is_wiped(
    program, swatch_folder, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    clock = iter(np.arange(0, 1e4, 0.25))
    slow = SimpleNamespace(monotonic=lambda: next(clock))
    monkeypatch.setattr("fabricfinder.terminal.time", slow)
    err = program.done("import", "--library", tmp_path / "library", swatch_folder).err
    assert " of 12 swatches · " in err and "/s · " in err and " s left" in err
    assert "\n" not in err and err.endswith("\r" + " " * 79 + "\r")


# -- import --labels -----------------------------------------------------------------------------


def labels_in(library: Path) -> dict[str, tuple[Labels, dict]]:
    """What the library knows of each swatch, by the stem of its file."""
    with Library.open(library) as opened:
        return {Path(s.path).stem: (s.labels, dict(s.fields)) for s in opened.swatches()}


def test_labels_as_a_spreadsheet_writes_them(program, library, swatch_folder, tmp_path) -> None:
    sheet = tmp_path / "export.csv"
    sheet.write_text(
        "path;coarse;fine;tightness;supplier;ends_per_cm\n"
        "swatch-00.png;houndstooth;twill-2-2;62,5;Biella & Co;24,5\n"
        "swatch-01.png;;;;Lyon;\n"
    )
    ended = program.done("import", "--library", library, "--labels", sheet, swatch_folder)
    assert "semicolons" in ended.err and ended.err.count("\n") == 1
    known = labels_in(library)
    assert known["swatch-00"] == (
        Labels("plaid/houndstooth", "twill-2-2", 62.5),
        {"supplier": "Biella & Co", "ends_per_cm": 24.5},
    )
    assert known["swatch-01"] == (Labels(), {"supplier": "Lyon"})


def test_labels_in_gb18030(program, library, swatch_folder, tmp_path) -> None:
    sheet = tmp_path / "样品.csv"
    sheet.write_bytes(
        "path,coarse,supplier,notes\nswatch-02.png,gingham,上海丝绸公司,春季样品\n".encode("gb18030")
    )
    ended = program.done("import", "--library", library, "--labels", sheet, swatch_folder)
    assert "GB18030" in ended.err and ended.err.count("\n") == 1
    labels, fields = labels_in(library)["swatch-02"]
    assert labels.coarse == "plaid/gingham" and fields["supplier"] == "上海丝绸公司"


def test_labels_that_cannot_be_read_are_told_and_the_rest_counts(
    program, library, swatch_folder, tmp_path
) -> None:
    sheet = tmp_path / "labels.csv"
    sheet.write_text(
        "path,coarse,fine,tightness,mood\n"
        "swatch-03.png,gingham,hopsack-of-doom,140,happy\n"
        "nowhere.png,gingham,,,\n"
        ",gingham,,,\n"
    )
    ended = program.done("import", "--library", library, "--labels", sheet, swatch_folder)
    told = ended.err.splitlines()
    for words in ("“mood”", "hopsack-of-doom", "140", "nowhere.png", "no path"):
        assert sum(words in line for line in told) == 1, (words, told)
    assert all(line.startswith("fabricfinder: ") and line.endswith((".", "?")) for line in told)
    assert labels_in(library)["swatch-03"] == (Labels(coarse="plaid/gingham"), {})


def test_empty_cells_leave_what_a_person_said(program, library, swatch_folder, tmp_path) -> None:
    with Library.open(library) as opened:
        swatch = next(s for s in opened.swatches() if s.name == "swatch-04")
        opened.set_labels({swatch.id: Labels("plaid/tartan", "twill-2-2", 70.0)})
    sheet = tmp_path / "labels.csv"
    sheet.write_text("path,coarse,fine,supplier\nswatch-04.png,gingham,,Como\n")
    program.done("import", "--library", library, "--labels", sheet, swatch_folder)
    labels, fields = labels_in(library)["swatch-04"]
    assert labels == Labels("plaid/gingham", "twill-2-2", 70.0) and fields == {"supplier": "Como"}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("gone.csv", None, "cannot be read"),
        ("pathless.csv", b"picture_of,coarse\nx.png,gingham\n", "no column"),
        ("empty.csv", b"", "empty"),
        ("picture.csv", b"path,coarse\n\x00\x01", "table"),
    ],
)
def test_a_sheet_that_is_none_is_a_sentence_and_1(
    program, library, swatch_folder, tmp_path, name, content, words
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    said = program.says(
        1, "import", "--library", library, "--labels", tmp_path / name, swatch_folder
    )
    assert name in said and words in said


# -- query ---------------------------------------------------------------------------------------


def test_query_json_is_exactly_as_promised(
    program, library, swatch_folder, monkeypatch, fake_encoder
) -> None:
    monkeypatch.chdir(swatch_folder)
    ended = program.done("query", "--library", library, "--json", "swatch-05.png")
    assert ended.err == "" and ended.out.count("\n") == 1
    row = ended.rows[0]
    assert list(row) == ["query", "encoder", "searched", "seconds", "results"]
    assert row["query"] == "swatch-05.png" and row["encoder"] == fake_encoder.id
    assert row["searched"] == 12 and 0 < row["seconds"] < 60
    assert len(row["results"]) == 10
    for rank, result in enumerate(row["results"], start=1):
        assert list(result) == RESULT_KEYS and result["rank"] == rank
        assert os.path.isabs(result["path"]) and Path(result["path"]).parent == swatch_folder
        assert result["id"] == digest_of(Path(result["path"]))
        assert type(result["hamming"]) is int and 0 <= result["hamming"] <= 64
        assert 0 <= result["overall"] <= 1
        for name in RESULT_KEYS[5:]:
            assert result[name] is None or 0 <= result[name] <= 1
    first = row["results"][0]
    assert first["path"] == str(swatch_folder / "swatch-05.png") and first["hamming"] == 0


def test_scores_that_cannot_be_judged_are_null(
    program, swatch_folder, tmp_path, fake_encoder, monkeypatch
) -> None:
    from dataclasses import replace

    one = fake_encoder._one
    nan = float("nan")
    monkeypatch.setattr(fake_encoder, "_one", lambda v: replace(one(v), tightness=(nan, nan)))
    folder = tmp_path / "blind"
    program.done("import", "--library", folder, swatch_folder)
    ended = program.done("query", "--library", folder, "--json", swatch_folder / "swatch-01.png")
    results = ended.rows[0]["results"]
    assert {r["tightness"] for r in results} == {None} and "NaN" not in ended.out
    table = program.done("query", "--library", folder, swatch_folder / "swatch-01.png").out
    assert "n/a" in table


@pytest.mark.parametrize("weights", [None, "1,1,0,0", "0,0,2.5,0", "0.1,3,0,7"])
def test_the_order_is_total_score_then_distance_then_id(
    program, library, swatch_folder, weights
) -> None:
    for seed in range(12):  # copies of one look, so that scores and distances tie
        source = Image.open(swatch_folder / f"swatch-{seed % 3:02}.png")
        source.save(swatch_folder / f"tie-{seed:02}.bmp")
    program.done("import", "--library", library, swatch_folder)
    extra = ["--weights", weights] if weights else []
    images = sorted(swatch_folder.glob("swatch-0*.png"))
    ended = program.done("query", "--library", library, "--json", "--top", 99, *extra, *images)
    for row in ended.rows:
        order = [(-r["overall"], r["hamming"], r["id"]) for r in row["results"]]
        assert order == sorted(order) and len({r["id"] for r in row["results"]}) == len(order)


def test_rank_hamming_orders_by_distance_then_id(program, library, swatch_folder) -> None:
    image = swatch_folder / "swatch-07.png"
    ended = program.done("query", "--library", library, "--json", "--rank", "hamming", image)
    order = [(r["hamming"], r["id"]) for r in ended.rows[0]["results"]]
    assert order == sorted(order) and order[0][0] == 0


def test_weights_change_the_order_and_a_single_one_follows_its_score(
    program, library, swatch_folder, monkeypatch, fake_encoder
) -> None:
    monkeypatch.setattr(fake_encoder, "blend", (0.0, 0.0))
    image = swatch_folder / "swatch-02.png"
    for place, name in enumerate(("coarse", "fine", "color", "tightness")):
        weights = ",".join("1" if i == place else "0" for i in range(4))
        ended = program.done("query", "--library", library, "--json", "--weights", weights, image)
        for r in ended.rows[0]["results"]:
            assert r[name] is None or abs(r["overall"] - r[name]) <= 1e-6


def test_top_above_the_size_gives_all(program, library, swatch_folder) -> None:
    image = swatch_folder / "swatch-00.png"
    rows = program.done("query", "--library", library, "--json", "--top", 5000, image).rows
    assert len(rows[0]["results"]) == 12
    rows = program.done("query", "--library", library, "--json", "--top", 3, image).rows
    assert [r["rank"] for r in rows[0]["results"]] == [1, 2, 3]


def test_exclude_self_leaves_the_same_bytes_out(program, library, swatch_folder, tmp_path) -> None:
    source = swatch_folder / "swatch-06.png"
    copy = tmp_path / "copy.png"
    copy.write_bytes(source.read_bytes())
    for image in (source, copy):
        row = program.done(
            "query", "--library", library, "--json", "--exclude-self", "--top", 99, image
        ).rows[0]
        assert row["searched"] == 11 and len(row["results"]) == 11
        assert digest_of(source) not in {r["id"] for r in row["results"]}


def test_an_unreadable_query_is_a_line_and_the_rest_go_on(
    program, library, swatch_folder, tmp_path
) -> None:
    broken, gone = tmp_path / "broken.jpg", tmp_path / "gone.jpg"
    broken.write_bytes(b"\xff\xd8\xff nothing more")
    good = [swatch_folder / "swatch-00.png", swatch_folder / "swatch-01.png"]
    ended = program.done(
        "query", "--library", library, "--json", good[0], broken, gone, tmp_path, good[1]
    )
    rows = ended.rows
    assert [row["query"] for row in rows] == [
        str(p) for p in (good[0], broken, gone, tmp_path, good[1])
    ]
    assert all(list(row) == ["query", "error"] and row["error"].endswith(".") for row in rows[1:4])
    assert all("results" in rows[i] for i in (0, 4)) and ended.err == ""
    plain = program.done("query", "--library", library, good[0], broken)
    assert plain.err.count("\n") == 1 and "broken.jpg" in plain.err


def test_only_unreadable_queries_are_1(program, library, tmp_path) -> None:
    ended = program("query", "--library", library, "--json", tmp_path / "gone.jpg")
    assert ended.code == 1 and list(ended.rows[0]) == ["query", "error"]
    assert "gone.jpg" in program.says(1, "query", "--library", library, tmp_path / "gone.jpg")


def test_many_images_load_the_model_once(program, library, swatch_folder) -> None:
    program.loads.clear()
    images = sorted(swatch_folder.glob("*.png"))
    assert len(program.done("query", "--library", library, "--json", *images).rows) == 12
    assert program.loads == ["loaded"]


def test_the_table_shows_bars_and_names(program, library, swatch_folder) -> None:
    image = swatch_folder / "swatch-03.png"
    out = program.done("query", "--library", library, "--top", 2, image).out
    assert "12 searched" in out and "overall" in out
    assert out.splitlines()[-2].endswith(str(image))


@pytest.mark.parametrize("place", ["nowhere", "a/b/c", "file.txt"])
def test_query_never_makes_a_library(program, swatch_folder, tmp_path, place) -> None:
    (tmp_path / "file.txt").write_text("x")
    before = sorted(p for p in tmp_path.rglob("*"))
    said = program.says(
        1, "query", "--library", tmp_path / place, swatch_folder / "swatch-00.png", "--json"
    )
    assert "no library" in said
    assert sorted(p for p in tmp_path.rglob("*")) == before


def test_an_empty_folder_is_no_library_and_stays_empty(program, swatch_folder, tmp_path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    program.says(1, "query", "--library", bare, swatch_folder / "swatch-00.png")
    assert list(bare.iterdir()) == []


def test_an_empty_library_gives_an_empty_answer(program, swatch_folder, tmp_path) -> None:
    Library.create(tmp_path / "empty").close()
    ended = program.done("query", "--library", tmp_path / "empty", "--json",
                         swatch_folder / "swatch-00.png")  # fmt: skip
    assert ended.rows[0]["results"] == [] and ended.rows[0]["searched"] == 0


def test_a_library_of_another_model_is_refused_with_a_sentence(
    program, library, swatch_folder, fake_encoder, monkeypatch
) -> None:
    monkeypatch.setattr(fake_encoder, "id", "fake-64-changed/fp32")
    ended = program("query", "--library", library, "--json", swatch_folder / "swatch-00.png")
    assert ended.code == 1 and "looked at again" in ended.rows[0]["error"]


def test_a_missing_model_is_a_sentence(swatch_folder, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("FABRICFINDER_MODEL", str(tmp_path / "gone.onnx"))
    program = Program(capsys.readouterr)
    said = program.says(1, "import", "--library", tmp_path / "library", swatch_folder)
    assert "no encoder" in said
    (tmp_path / "gone.onnx").write_bytes(b"this is no graph")
    assert "damaged" in program.says(
        1, "encode", swatch_folder, "--out", tmp_path / "codes.npz"
    )


def test_a_graph_of_ones_own_is_used_whatever_the_machine(untrained_graph, monkeypatch) -> None:
    monkeypatch.setenv("FABRICFINDER_MODEL", str(untrained_graph))
    monkeypatch.setattr(eyes, "may_have_graphics_card", lambda: True)
    card = OnnxEncoder(untrained_graph).card
    assert eyes.best_encoder(print).id == f"{card.id}/fp32"


# -- encode --------------------------------------------------------------------------------------


def test_encode_writes_codes_and_beliefs(program, swatch_folder, tmp_path, fake_encoder) -> None:
    (swatch_folder / "empty.jpg").write_bytes(b"")
    out = tmp_path / "codes.npz"
    ended = program.done("encode", swatch_folder, tmp_path / "gone.png", "--out", out)
    assert ended.out.startswith("12 encoded, 2 could not be read") and ended.err.count("\n") == 2
    taxonomy = default_taxonomy()
    with np.load(out, allow_pickle=False) as made:
        paths = made["paths"].tolist()
        assert paths == [str(swatch_folder / f"swatch-{i:02}.png") for i in range(12)]
        assert made["failed"].tolist() == [
            str(swatch_folder / "empty.jpg"), str(tmp_path / "gone.png"),
        ]  # fmt: skip
        assert len(made["reasons"]) == 2 and all(r.endswith(".") for r in made["reasons"].tolist())
        assert int(made["n_bits"]) == 64 and str(made["encoder"]) == fake_encoder.id
        codes = made["codes"]
        assert codes.shape == (12, 8) and codes.dtype == np.uint8
        assert made["relaxed"].shape == (12, 64)
        np.testing.assert_array_equal(unpack_bits(codes), made["relaxed"] >= 0)
        big_endian = np.packbits(made["relaxed"] >= 0, axis=1, bitorder="big")
        np.testing.assert_array_equal(codes, big_endian)
        for name in ("coarse", "fine"):
            names = getattr(taxonomy, name)
            assert made[name].shape == (12, len(names))
            assert made[f"{name}_names"].tolist() == list(names)
            np.testing.assert_allclose(made[name].sum(axis=1), 1, atol=1e-5)
        assert made["tightness"].shape == (12, 2)
    assert program.loads == ["loaded"]


def test_encode_says_the_same_codes_as_the_library(
    program, library, swatch_folder, tmp_path
) -> None:
    out = tmp_path / "codes.npz"
    program.done("encode", swatch_folder, "--out", out)
    with Library.open(library) as opened, np.load(out) as made:
        table = opened.table(str(made["encoder"]))
        stored = {s.path: table.codes[i] for i, s in enumerate(opened.swatches())}
        for path, code in zip(made["paths"].tolist(), made["codes"], strict=True):
            np.testing.assert_array_equal(stored[path], code)


def test_encode_writes_to_the_very_name_and_says_when_it_cannot(
    program, swatch_folder, tmp_path
) -> None:
    program.done("encode", swatch_folder / "swatch-00.png", "--out", tmp_path / "codes")
    assert (tmp_path / "codes").is_file() and not (tmp_path / "codes.npz").exists()
    assert "no folder" in program.says(
        1, "encode", swatch_folder, "--out", tmp_path / "gone" / "codes.npz"
    )
    assert "cannot be written" in program.says(1, "encode", swatch_folder, "--out", tmp_path)
    ended = program("encode", tmp_path / "gone.png", "--out", tmp_path / "none.npz")
    assert ended.code == 1 and "nothing was written" in ended.err
    assert not (tmp_path / "none.npz").exists()


# -- synthesize ----------------------------------------------------------------------------------


def test_synthesize_writes_exact_labels_and_the_same_bytes_again(program, tmp_path) -> None:
    one, two, other = (tmp_path / name for name in ("one", "two", "other"))
    for out, seed in ((one, 5), (two, 5), (other, 6)):
        program.done("synthesize", "--out", out, "--fabrics", 3, "--captures", 2, "--seed", seed)
    text = (one / "labels.csv").read_text("utf-8")
    assert text.splitlines()[0] == LABEL_COLUMNS
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 6 and len({r["fabric"] for r in rows}) == 3
    assert [r["capture"] for r in rows] == ["0", "1"] * 3
    taxonomy = default_taxonomy()
    for row in rows:
        assert row["coarse_minor"] in taxonomy.coarse and row["fine"] in taxonomy.fine
        assert row["coarse_minor"].startswith(row["coarse_major"] + "/")
        assert 0 < float(row["tightness"]) <= 100 and float(row["px_per_cm"]) > 0
        for name in ("ends_per_cm", "picks_per_cm", "warp_tex", "weft_tex"):
            assert float(row[name]) > 0
        with Image.open(one / row["path"]) as picture:
            assert min(picture.size) >= 128
    files = sorted(p.relative_to(one) for p in one.rglob("*") if p.is_file())
    assert len(files) == 7
    assert all((one / f).read_bytes() == (two / f).read_bytes() for f in files)
    assert text != (other / "labels.csv").read_text("utf-8")


def test_synthesize_says_when_it_cannot_write(program, tmp_path) -> None:
    (tmp_path / "file").write_text("x")
    said = program.says(1, "synthesize", "--out", tmp_path / "file" / "x", "--fabrics", 1)
    assert "cannot be written" in said


# -- evaluate, train, demo, the window -------------------------------------------------------------


@pytest.fixture
def photographs(swatch_folder) -> Path:
    """The small swatches as labelled photographs, two labels."""
    rows = [f"swatch-{i:02}.png,{'check' if i % 2 else 'stripe'}" for i in range(12)]
    (swatch_folder / "labels.csv").write_text("path,label\n" + "\n".join(rows) + "\n")
    return swatch_folder


def test_evaluate_photos_prints_figures_with_n_floor_and_interval(program, photographs) -> None:
    ended = program.done("evaluate", "photos", "--photos", photographs, "--json")
    reports = ended.rows
    assert len(reports) >= 4  # two rows of ours, and the floors everybody should beat
    for report in reports:
        names = {figure["name"] for figure in report["figures"]}
        assert {"P@1", "mAP"} <= names
        for figure in report["figures"]:
            assert figure["n"] == 12 and 0 <= figure["floor"] <= 1
            assert figure["low"] <= figure["value"] <= figure["high"]
    assert len({report["system"] for report in reports}) == len(reports)
    text = program.done("evaluate", "photos", "--photos", photographs).out
    assert "P@1" in text and "random" in text and all(r["system"] in text for r in reports)


def test_evaluate_photos_without_labels_is_a_sentence(program, swatch_folder) -> None:
    said = program.says(1, "evaluate", "photos", "--photos", swatch_folder)
    assert "labels.csv" in said


def test_evaluate_recaptures_reads_rendered_captures(program, tmp_path) -> None:
    folder = tmp_path / "cloth"
    program.done("synthesize", "--out", folder, "--fabrics", 4, "--captures", 2)
    reports = program.done("evaluate", "recaptures", "--folder", folder, "--json").rows
    assert {"recall@1"} <= {f["name"] for f in reports[0]["figures"]}
    assert reports[0]["figures"][0]["n"] == 4


def test_training_without_torch_says_what_to_install(program, monkeypatch, tmp_path) -> None:
    for name in [m for m in sys.modules if m.startswith("fabricfinder.training")]:
        monkeypatch.delitem(sys.modules, name)
    if hasattr(fabricfinder, "training"):  # the room that is imported anew goes away again
        monkeypatch.delattr(fabricfinder, "training")
    monkeypatch.setitem(sys.modules, "torch", None)
    said = program.says(1, "train", "dvsh", "--out", tmp_path / "out")
    assert "train" in said and "pip install" in said


@pytest.fixture
def without_display(monkeypatch) -> None:
    """A machine without a display."""
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform in ("win32", "darwin"):
        pytest.skip("there is always a display here")


def test_the_window_without_a_display_is_a_sentence(program, without_display, tmp_path) -> None:
    assert "no display" in program.says(1)
    assert "no display" in program.says(1, "--library", tmp_path)


@pytest.fixture
def small_demo(monkeypatch) -> None:
    """The demo with 48 fabrics photographed once, in place of 300 photographed three times."""
    from fabricfinder import demo

    write = demo.write_demo
    monkeypatch.setattr(demo, "write_demo", lambda out, **_: write(out, n=48, captures=1))


def test_demo_without_a_display_says_so_and_proves_the_main_job(
    program, without_display, small_demo, tmp_path, qapp
) -> None:
    folder = tmp_path / "demo"
    picture = tmp_path / "window.png"
    ended = program.done("demo", "--folder", folder, "--screenshot", picture)
    lines = ended.out.splitlines()
    assert "no display" in lines[0]
    assert any("48 swatches" in line for line in lines)
    assert any(line.startswith("Nearest to ") for line in lines)
    assert str(picture.resolve()) in lines[-1]
    with Image.open(picture) as shown:
        assert shown.size[0] >= 1000
        assert len(shown.convert("RGB").quantize(64).getcolors()) > 20  # a window, not a blank


# -- the real thing in a process of its own ----------------------------------------------------


def test_the_installed_program_end_to_end(real_program, swatch_folder, tmp_path) -> None:
    library = tmp_path / "library"
    ended = real_program("import", "--library", library, swatch_folder)
    assert ended.returncode == 0 and ended.stdout.startswith(b"12 imported"), ended.stderr
    asked = swatch_folder / "swatch-08.png"
    ended = real_program("query", "--library", library, "--json", asked, tmp_path / "gone.png")
    assert (ended.returncode, ended.stderr) == (0, b"")
    first, second = map(json.loads, ended.stdout.splitlines())
    assert first["results"][0]["path"] == str(asked) and first["results"][0]["hamming"] == 0
    assert list(second) == ["query", "error"]
    ended = real_program("encode", swatch_folder, "--out", tmp_path / "codes.npz")
    assert ended.returncode == 0
    with np.load(tmp_path / "codes.npz", allow_pickle=False) as made:
        assert made["codes"].shape == (12, 16) and int(made["n_bits"]) == 128
        # Each block of 4 bits is one row of the codebook; where one node holds more than half of
        # its block, every relaxed bit leans the way the code says.
        bits = unpack_bits(made["codes"])
        sure = np.abs(made["relaxed"]) > 0.5
        assert sure.any() and ((made["relaxed"] > 0) == bits)[sure].mean() > 0.95


def test_exit_codes_of_the_installed_program(real_program, swatch_folder, tmp_path) -> None:
    for code, arguments in (
        (2, ["query"]),
        (1, ["query", "--library", tmp_path / "gone", swatch_folder / "swatch-00.png"]),
        (1, []),
    ):
        ended = real_program(*arguments)
        assert (ended.returncode, ended.stdout) == (code, b"")
        assert ended.stderr.startswith(b"fabricfinder: ") and ended.stderr.count(b"\n") == 1


def test_a_reader_that_leaves_early_ends_it_quietly(real_program, swatch_folder, tmp_path) -> None:
    library = tmp_path / "library"
    assert real_program("import", "--library", library, swatch_folder).returncode == 0
    read, write = os.pipe()
    os.close(read)
    images = sorted(swatch_folder.glob("*.png"))
    ended = real_program("query", "--library", library, "--json", *images,
                         capture_output=False, stdout=write, stderr=subprocess.PIPE)  # fmt: skip
    os.close(write)
    assert ended.returncode == 1 and ended.stderr == b""


def shipped_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the model that ships with the program, which must be there."""
    from fabricfinder.encoding import onnx_encoder

    assert (ROOT / "resources" / "dvsh-128.onnx").is_file()
    monkeypatch.delenv("FABRICFINDER_MODEL", raising=False)
    monkeypatch.setattr("fabricfinder.eyes.may_have_graphics_card", lambda: False)
    monkeypatch.setattr(
        "fabricfinder.encoding.load_default_encoder", onnx_encoder.load_default_encoder
    )


def test_the_shipped_model_is_there_and_finds(swatch_folder, tmp_path, monkeypatch, capsys) -> None:
    shipped_model(monkeypatch)
    program = Program(capsys.readouterr)
    library = tmp_path / "library"
    program.done("import", "--library", library, swatch_folder)
    image = swatch_folder / "swatch-05.png"
    row = program.done("query", "--library", library, "--json", image).rows[0]
    assert row["encoder"].startswith("dvsh-128-") and row["encoder"].endswith("/fp32")
    assert Path(row["results"][0]["path"]).name == "swatch-05.png"
