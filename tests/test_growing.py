"""Growing a swatch, from a file to a marked file, with a small network and real pictures."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from fabricfinder import growing
from fabricfinder.__main__ import main
from fabricfinder.domain.errors import EncoderError, FabricFinderError, UnreadableImageError
from fabricfinder.domain.grown import (
    GROWTH_CHECKPOINT,
    GROWTH_GRAPH,
    IMAGINED_WORDS,
    GrownSwatch,
    stretched,
)
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.resources import resource_path
from fabricfinder.growing import grow_swatch
from fabricfinder.jobs import run_to_end
from fabricfinder.vision.imagined import marked, save_marked


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny generator that nobody trained: it goes by the costs of the repeats."""
    from fabricfinder.hashing.growth import Generator, GrowthConfig
    from fabricfinder.hashing.growth_file import export_growth, save_growth

    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("growth") / "tiny.safetensors"
    save_growth(Generator(GrowthConfig((2, 2, 2, 2, 2, 2, 2), 2)).eval(), {}, path)
    export_growth(path, path.with_suffix(".onnx"))
    return path.with_suffix(".onnx")


@pytest.fixture
def swatch(tmp_path: Path) -> Path:
    """A tartan of 20 px repeat, 300 × 220 px at 60 px/cm."""
    tile = np.random.default_rng(1).integers(0, 256, (20, 20, 3)).astype(np.uint8)
    path = tmp_path / "tartan.png"
    dpi = (152.4, 152.4)
    Image.fromarray(np.tile(tile, (11, 15, 1))).save(path, dpi=dpi)
    return path


def test_a_repeating_cloth_goes_on_as_it_would(swatch: Path, graph: Path) -> None:
    steps = grow_swatch(str(swatch), graph=graph)
    seen: list[Progress] = []
    grown = run_to_end(steps, seen.append)
    assert isinstance(grown, GrownSwatch) and grown.repeats
    assert grown.rgb.shape == (440, 600, 3)
    left, top, right, bottom = grown.true_box
    true = np.asarray(Image.open(swatch).convert("RGB"))
    assert np.array_equal(grown.rgb[top:bottom, left:right], true)
    # The same tartan all around: row 0 of the result is 110 rows above the picture's.
    wanted = np.tile(true[:20, :20], (30, 40, 1))[-top % 20 :][:440, -left % 20 :][:, :600]
    close = np.abs(grown.rgb.astype(int) - wanted).mean()
    assert close < 12
    done = [p.done for p in seen if p.total]
    assert done == sorted(done) and done[-1] == 440 == seen[-1].total


def test_the_network_that_ships_grows_cloth_and_says_how_it_was_made(swatch: Path) -> None:
    from fabricfinder.encoding.grower import Grower
    from fabricfinder.hashing.growth_file import load_growth

    made = Grower(resource_path(GROWTH_GRAPH)).made
    assert made == load_growth(resource_path(GROWTH_CHECKPOINT)).made
    assert str(made["command"]).startswith("fabricfinder train tsn --stage 1")
    assert made["images_seen"] > 0 and made["style"]
    files = [resource_path(name) for name in (GROWTH_GRAPH, GROWTH_CHECKPOINT)]
    assert sum(file.stat().st_size for file in files) < 4e6
    grown = run_to_end(grow_swatch(swatch))
    true = np.asarray(Image.open(swatch).convert("RGB"))
    left, top, _, _ = grown.true_box
    wanted = np.tile(true[:20, :20], (30, 40, 1))[-top % 20 :][:440, -left % 20 :][:, :600]
    assert grown.repeats and np.abs(grown.rgb.astype(int) - wanted).mean() < 12


def test_the_middle_is_true_to_the_pixel_whatever_the_size(tmp_path: Path, graph: Path) -> None:
    for size in ((33, 47), (129, 40)):
        true = np.random.default_rng(0).integers(0, 256, (*size, 3)).astype(np.uint8)
        path = tmp_path / "noise.png"
        Image.fromarray(true).save(path)
        grown = run_to_end(grow_swatch(path, graph=graph))
        left, top, right, bottom = grown.true_box
        assert grown.rgb.shape == (2 * size[0], 2 * size[1], 3)
        assert np.array_equal(grown.rgb[top:bottom, left:right], true)


def test_large_pictures_are_reduced_and_it_is_said(tmp_path: Path, graph: Path) -> None:
    path = tmp_path / "large.png"
    Image.fromarray(np.full((200, 300, 3), 90, np.uint8)).save(path, dpi=(254, 254))
    grown = run_to_end(grow_swatch(path, graph=graph, max_side=150))
    assert grown.rgb.shape == (200, 300, 3)
    assert any("reduced to 150 × 100" in note for note in grown.notes)
    assert (grown.rgb[50:150, 75:225] == 90).all()


def test_stopping_leaves_nothing(swatch: Path, graph: Path, tmp_path: Path) -> None:
    steps = grow_swatch(swatch, graph=graph)
    next(steps)
    next(steps)
    steps.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["tartan.png"]


def test_what_cannot_be_grown_gets_a_sentence(tmp_path: Path, graph: Path) -> None:
    path = tmp_path / "line.png"
    Image.new("RGB", (600, 40)).save(path)
    with pytest.raises(UnreadableImageError, match="too narrow"):
        run_to_end(grow_swatch(path, graph=graph))
    path.write_bytes(b"hello")
    with pytest.raises(UnreadableImageError):
        run_to_end(grow_swatch(path, graph=graph))
    Image.new("RGB", (64, 64)).save(path)
    with pytest.raises(EncoderError, match="There is no"):
        run_to_end(grow_swatch(path, graph=tmp_path / "none.onnx"))
    damaged = tmp_path / "damaged.onnx"
    content = bytearray(graph.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(EncoderError):
        run_to_end(grow_swatch(path, graph=damaged))
    encoder = resource_path("dvsh-128.onnx")
    with pytest.raises(EncoderError, match="no network that grows cloth"):
        run_to_end(grow_swatch(path, graph=encoder))


@pytest.fixture
def small() -> GrownSwatch:
    rgb = np.full((300, 500, 3), (120, 60, 30), np.uint8)
    return GrownSwatch(rgb, (125, 75, 375, 225), 60.0, 0.1, True)


def test_the_mark_is_at_the_edge_and_around_the_true_cloth(small: GrownSwatch) -> None:
    seen = marked(small)
    left, top, right, bottom = small.true_box
    assert np.array_equal(seen[top:bottom, left:right], small.rgb[top:bottom, left:right])
    for edge in (seen[0], seen[-1], seen[:, 0], seen[:, -1]):
        assert set(np.unique(edge)) == {0, 255}
    frame = seen[top - 2 : top, left:right]
    assert (frame != small.rgb[0, 0]).any() and (frame == small.rgb[0, 0]).any()  # dashes
    plate = seen[-40:-8, 8:200]
    assert (plate == 0).all(-1).any() and (plate > 200).all(-1).any()  # words


def test_the_mark_can_say_it_in_other_letters(small: GrownSwatch) -> None:
    ink = np.zeros((90, 900), np.uint8)
    ink[30:60, 100:800] = 255  # one stroke
    seen = marked(small, ink)
    rows, columns = np.nonzero((seen != marked(small)).any(-1))
    band = 6
    assert rows.min() > 300 - 5 * band and columns.max() < 250  # the plate and nothing else
    plate = seen[rows.min() : rows.max() + 1, band:columns.max() + 1]
    assert (plate > 240).all(-1).sum() > 100 and (plate < 20).all(-1).sum() > 100


@pytest.mark.parametrize("ending", [".png", ".jpg", ".TIF"])
def test_the_file_says_it_too(small: GrownSwatch, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"grown{ending}"
    save_marked(small, path)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    content = path.read_bytes()
    assert b"compositeWithTrainedAlgorithmicMedia" in content
    assert IMAGINED_WORDS.encode() in content
    with Image.open(path) as image:
        assert image.size == (500, 300)
        assert image.info["dpi"][0] == pytest.approx(152.4, abs=0.6)


def test_files_that_cannot_be_written_get_a_sentence(small: GrownSwatch, tmp_path: Path) -> None:
    with pytest.raises(FabricFinderError, match="should end in"):
        save_marked(small, tmp_path / "grown.gif")
    with pytest.raises(FabricFinderError, match="There is no folder"):
        save_marked(small, tmp_path / "nowhere" / "grown.png")


def test_stretching_is_linear_between_centres() -> None:
    maps = np.random.default_rng(0).random((3, 4, 2))
    whole = stretched(maps, 7, 9)
    for y in range(7):
        for x in range(9):
            at_y = min(max((y + 0.5) * 3 / 7 - 0.5, 0), 2)
            at_x = min(max((x + 0.5) * 4 / 9 - 0.5, 0), 3)
            i, j = int(at_y), int(at_x)
            k, m = min(i + 1, 2), min(j + 1, 3)
            fy, fx = at_y - i, at_x - j
            upper = maps[i, j] * (1 - fx) + maps[i, m] * fx
            lower = maps[k, j] * (1 - fx) + maps[k, m] * fx
            assert np.allclose(whole[y, x], upper * (1 - fy) + lower * fy, atol=1e-5)
    assert np.array_equal(stretched(maps, 7, 9, slice(2, 5)), whole[2:5])


@pytest.fixture
def with_graph(graph: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shipped = resource_path(GROWTH_GRAPH)
    monkeypatch.setattr(growing, "resource_path", lambda name: graph)
    yield
    assert shipped.name == GROWTH_GRAPH


@pytest.mark.usefixtures("with_graph")
def test_the_command_writes_a_marked_picture(
    swatch: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "grown.jpg"
    assert main(["grow", str(swatch), "--out", str(out)]) == 0
    assert "600 × 440 px, marked as imagined" in capsys.readouterr().out
    with Image.open(out) as image:
        assert image.size == (600, 440)
    assert main(["grow", str(swatch), "--out", str(swatch)]) == 1
    assert "would replace its own picture" in capsys.readouterr().err
    assert main(["grow", str(tmp_path / "none.png"), "--out", str(out)]) == 1
    assert main(["grow", str(swatch), "--out", str(tmp_path / "grown.gif")]) == 1
    assert "should end in" in capsys.readouterr().err
