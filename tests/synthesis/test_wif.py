"""Checks weaving drafts: read, woven, written and read again; faults told in a sentence."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from fabricfinder.__main__ import main
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.synthesis.drafts import draft_of, one_repeat, period, weave_of
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.sampling import sample_fabric
from fabricfinder.synthesis.structure import lift_window
from fabricfinder.synthesis.weaves import WEAVES, twill, weaves_of
from fabricfinder.synthesis.wif import (
    draft_of_fabric,
    fabric_from_wif,
    load_draft,
    weave_from_wif,
    weave_to_wif,
)

HEAD = "[WIF]\nVersion=1.1\n[WEAVING]\nShafts=4\nTreadles=4\nRising Shed={rising}\n"
COLOURS = (
    "[COLOR PALETTE]\nRange=0,999\n[COLOR TABLE]\n1=999,999,999\n2=0,0,999\n"
    "[WARP]\nThreads=8\nColor=1\nUnits={units}\nSpacing={spacing}\nThickness={thick}\n"
    "[WEFT]\nThreads=4\nColor=2\nUnits={units}\nSpacing={spacing}\n"
)
TWILL = (
    "[THREADING]\n1=1\n2=2\n3=3\n4=4\n5=1\n6=2\n7=3\n8=4\n"
    "[TIEUP]\n1=1,2\n2=2,3\n3=3,4\n4=1,4\n[TREADLING]\n1=1\n2=2\n3=3\n4=4\n"
)


def written(path: Path, *, rising: str = "true", units: str = "centimeters",
            spacing: float = 0.05, thick: float = 0.04, body: str = TWILL) -> Path:  # fmt: skip
    """A WIF file of a 2/2 twill."""
    table = COLOURS.format(units=units, spacing=spacing, thick=thick)
    path.write_text(HEAD.format(rising=rising) + table + body, "utf-8")
    return path


def test_a_draft_is_read_and_named(tmp_path: Path) -> None:
    draft = load_draft(written(tmp_path / "twill.wif"))
    assert draft.shafts == 4 and len(draft.tie_up) == 4 and draft.name == "twill"
    assert draft.threading[:2] == (frozenset({1}), frozenset({2}))
    assert draft.ends_per_cm == pytest.approx(20) and draft.warp_mm == pytest.approx(0.4)
    weave = weave_from_wif(tmp_path / "twill.wif")
    assert weave.fine == "twill-2-2" and weave.shape == (4, 4)
    cloth = fabric_from_wif(tmp_path / "twill.wif")
    assert cloth.colours == ((1.0, 1.0, 1.0), (0.0, 0.0, 1.0))
    assert cloth.coarse == "solid/chambray"
    assert cloth.warp_yarn.tex == pytest.approx((0.4 / 0.037) ** 2)
    assert cloth.tightness == pytest.approx(80 + 75 - 60, abs=0.01)


def test_end_one_is_drawn_at_the_right(tmp_path: Path) -> None:
    lift = load_draft(written(tmp_path / "t.wif")).lift()
    # Pick 1 lifts shafts 1 and 2: the two ends at the right.
    assert lift[0].tolist() == [False, False, True, True] * 2
    naive = np.zeros((4, 8), bool)
    for pick, raised in enumerate(((1, 2), (2, 3), (3, 4), (1, 4))):
        for end in range(8):
            naive[pick, 7 - end] = (end % 4) + 1 in raised
    assert np.array_equal(lift, naive)


def test_a_sinking_shed_and_a_liftplan(tmp_path: Path) -> None:
    rising = load_draft(written(tmp_path / "a.wif")).lift()
    sinking = load_draft(written(tmp_path / "b.wif", rising="false")).lift()
    assert np.array_equal(sinking, ~rising)
    plan = TWILL.split("[TIEUP]")[0] + "[LIFTPLAN]\n1=1,2\n2=2,3\n3=3,4\n4=1,4\n"
    lifted = load_draft(written(tmp_path / "c.wif", body=plan))
    assert lifted.tie_up == () and np.array_equal(lifted.lift(), rising)


@pytest.mark.parametrize(
    ("units", "spacing", "per_cm"),
    [("Decipoints", 14.173, 20.0), ("inches", 0.0196850, 20.0), ("Centimeters", 0.05, 20.0)],
)
def test_units_of_length(tmp_path: Path, units: str, spacing: float, per_cm: float) -> None:
    draft = load_draft(written(tmp_path / "u.wif", units=units, spacing=spacing, thick=spacing))
    assert draft.ends_per_cm == pytest.approx(per_cm, rel=1e-3)


def test_a_draft_without_colours_or_sett(tmp_path: Path) -> None:
    path = tmp_path / "bare.wif"
    path.write_text(HEAD.format(rising="true") + TWILL, "utf-8")
    cloth = fabric_from_wif(path)
    assert (cloth.ends_per_cm, cloth.picks_per_cm) == (20.0, 20.0)
    assert len(cloth.colours) == 2 and cloth.coarse == "solid/chambray"


@pytest.mark.parametrize("variety", [1, 2])
def test_written_and_read_again_is_the_same_cloth(tmp_path: Path, variety: int) -> None:
    path = tmp_path / "cloth.wif"
    for seed in range(14):
        cloth = sample_fabric(generator(17, seed), variety=variety)
        draft = draft_of_fabric(cloth)
        weave_to_wif(cloth, path)
        again = load_draft(path)
        assert (again.threading, again.tie_up, again.treadling) == (
            draft.threading, draft.tie_up, draft.treadling)  # fmt: skip
        assert (again.warp, again.weft) == (draft.warp, draft.weft)
        back = fabric_from_wif(path)
        picks, ends = len(draft.weft), len(draft.warp)
        woven = [lift_window(c, 0, 0, picks, ends) for c in (back, cloth)]
        assert np.array_equal(*woven)
        assert back.ends_per_cm == pytest.approx(cloth.ends_per_cm, rel=1e-3)
        assert back.tightness == pytest.approx(cloth.tightness, abs=0.2)
        for plan, other in ((back.warp, cloth.warp), (back.weft, cloth.weft)):
            seen = [back.colours[plan.threads[k % plan.repeat]] for k in range(20)]
            meant = [cloth.colours[other.threads[k % other.repeat]] for k in range(20)]
            assert np.allclose(seen, meant, atol=0.5 / 255 + 1e-9)


def test_knits_have_no_draft(tmp_path: Path) -> None:
    cloth = sample_fabric(generator(1), "solid/plain")
    knitted = replace(cloth, knit=object())  # type: ignore[arg-type]
    with pytest.raises(FabricFinderError, match="Only woven cloth"):
        weave_to_wif(knitted, tmp_path / "k.wif")
    with pytest.raises(FabricFinderError, match="cannot be written"):
        weave_to_wif(cloth, tmp_path / "missing" / "k.wif")


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "[WIF]\n", "[WIF]\n[THREADING]\n1=one\n", "[WIF]\n[THREADING]\n1=1\n",
        HEAD + TWILL.replace("1=1,2", "x=1,2"), HEAD + TWILL.replace("8=4", "99999999=4"),
        HEAD + TWILL.replace("[TIEUP]\n1=1,2", "[TIEUP]\n1=1,99999999"),
        HEAD + TWILL.replace("1=1\n2=2", "-3=1\n2=2"), HEAD + TWILL.replace("4=4\n5", "4=-4\n5"),
        HEAD + TWILL.replace("[TREADLING]\n1=1", "[TREADLING]\n1=77"),
        HEAD + "[COLOR TABLE]\n1=1,2\n" + TWILL, HEAD + "[COLOR TABLE]\n1=1,2,3\n" + TWILL,
        HEAD + COLOURS.replace("1=999,999,999", "1=9999,0,0") + TWILL,
        HEAD + COLOURS.replace("Color=1", "Color=7") + TWILL, "[WIF]\n=\n[[[\n" + TWILL,
        HEAD + COLOURS.replace("0,999\n[", "0,0\n[") + TWILL,
    ],
)  # fmt: skip
def test_faults_are_told_in_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.wif"
    path.write_text(
        text.format(rising="true", units="cm", spacing=0.05, thick=0.05), "utf-8"
    )
    with pytest.raises(FabricFinderError) as told:
        fabric_from_wif(path)
    assert "bad.wif" in str(told.value) and "\n" not in str(told.value)


def test_no_file_and_strange_bytes(tmp_path: Path) -> None:
    with pytest.raises(FabricFinderError, match="cannot be read"):
        load_draft(tmp_path / "none.wif")
    (tmp_path / "b.wif").write_bytes(bytes(range(256)) * 40)
    with pytest.raises(FabricFinderError):
        load_draft(tmp_path / "b.wif")


@settings(max_examples=40, deadline=None)
@example(cut=5, extra="0")  # a [WIF] that is not alone on its line
@example(cut=0, extra="W[")
@given(cut=st.integers(0, 400), extra=st.text(alphabet="=[],0129-\nWIF", max_size=12))
def test_a_torn_file_is_a_draft_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, cut: int, extra: str
) -> None:
    whole = HEAD.format(rising="true") + TWILL
    path = tmp_path_factory.mktemp("torn") / "torn.wif"
    path.write_text(whole[:cut] + extra + whole[cut + 1 :], "utf-8")
    try:
        assert fabric_from_wif(path).weave.lift.size
    except FabricFinderError as told:
        assert "torn.wif" in str(told)


@settings(max_examples=40, deadline=None)
@given(
    lift=st.integers(1, 9).flatmap(lambda h: st.integers(1, 9).flatmap(
        lambda w: st.lists(st.booleans(), min_size=h * w, max_size=h * w).map(
            lambda v: np.array(v).reshape(h, w)))))  # fmt: skip
def test_a_draft_of_any_lift_weaves_it(lift: np.ndarray) -> None:
    draft = draft_of(lift)
    assert np.array_equal(draft.lift(), lift) if lift.any() else not draft.lift().any()
    assert len(draft.tie_up) == len(np.unique(lift, axis=0))


def test_repeats_and_names() -> None:
    assert period(np.array([1, 2, 1, 2, 1])) == 2
    assert period(np.array([1, 2, 3])) == 3
    cloth = np.tile(twill(2, 1), (4, 5))[:, :-1]
    assert one_repeat(cloth).shape == (3, 3)
    assert weave_of(cloth, 3).fine == "twill-2-1"
    for weave in WEAVES:
        found = weave_of(np.tile(weave.lift, (2, 2)), 8)
        same = {"poplin": "plain", weave.fine: weave.fine}
        if max(weave.shape) <= 24:
            assert found.fine == same.get(weave.fine, weave.fine) or np.array_equal(
                found.lift, one_repeat(weave.lift))  # fmt: skip
    assert weave_of(weaves_of("satin-5")[0].lift, 5).fine == "satin-5"
    odd = generator(2).random((40, 40)) < 0.5
    assert weave_of(odd, 30).fine == "dobby" and weave_of(odd, 40).fine == "jacquard"


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = written(tmp_path / "t.wif")
    picture = tmp_path / "new" / "t.png"
    asked = ["synthesize", "--wif", str(draft), "--out", str(picture), "--px-per-cm", "100"]
    assert main(asked) == 0
    with Image.open(picture) as image:
        assert image.size == (384, 384)
        assert image.info["dpi"][0] == pytest.approx(254, abs=0.1)
    assert "2/2 twill" in capsys.readouterr().out
    assert main(["synthesize", "--wif", str(draft), "--out", str(tmp_path / "t.jpg")]) == 1
    assert "PNG" in capsys.readouterr().err
    out = tmp_path / "set"
    assert main(["synthesize", "--out", str(out), "--fabrics", "2", "--captures", "1",
                 "--save-wif"]) == 0  # fmt: skip
    assert {p.stem for p in (out / "drafts").iterdir()} == {"f000000", "f000001"}
    for wrong in (["--out", "x"], ["--wif", "a", "--fabrics", "1", "--out", "x"],
                  ["--wif", "a", "--out", "x", "--px-per-cm", "0"],
                  ["--wif", "a", "--out", "x", "--save-wif"]):  # fmt: skip
        with pytest.raises(SystemExit) as stopped:
            main(["synthesize", *wrong])
        assert stopped.value.code == 2
