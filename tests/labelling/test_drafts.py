"""Weaves told by a draft: what they are called, from a grid and from real WIF files."""

import numpy as np
import pytest

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.opinion import Opinion, read_opinion
from fabricfinder.domain.weave_record import weave_record_from
from fabricfinder.labelling.drafts import known_weave, weave_of_file
from fabricfinder.synthesis.drafts import draft_of
from fabricfinder.synthesis.weaves import satin, steep_twill, twill
from fabricfinder.synthesis.wif import save_draft

PLAIN = np.array([[1, 0], [0, 1]], bool)


@pytest.mark.parametrize(
    ("lift", "fine", "notation", "face"),
    [
        (PLAIN, "plain", "1/1", "balanced"),
        (twill(2, 2, "Z"), "twill-2-2", "2/2 Z", "balanced"),
        (twill(2, 2, "S"), "twill-2-2", "2/2 S", "balanced"),
        (twill(2, 1, "Z"), "twill-2-1", "2/1 Z", "warp"),
        (twill(3, 1, "S"), "twill-3-1", "3/1 S", "warp"),
        (satin(5, 2), "satin-5", "4/1 step 3", "warp"),
        (~satin(5, 2), "sateen", "1/4 step 3", "weft"),
        (satin(8, 3), "satin-8", "7/1 step 5", "warp"),
    ],
)
def test_regular_weaves_are_named_and_read(lift, fine, notation, face):
    tiled = np.tile(lift, (3, 2))  # a draft shows more than one repeat
    record = known_weave(tiled)
    assert (record.fine, record.notation, record.face) == (fine, notation, face)
    assert record.repeat == lift.shape and record.rows.count("/") == len(lift) - 1
    told = read_opinion("s", "fine", "ann", fine, 3,
                        Opinion("s", "fine", fine, "ann", 3, weave=record).how())  # fmt: skip
    assert told.weave == record == weave_record_from(record.to_json())


def test_directions_agree_with_how_the_line_climbs():
    z = known_weave(twill(1, 3, "Z"))
    assert z.direction == "Z" and z.step == 1
    rows = [r.index("1") for r in z.rows.split("/")]
    assert (np.diff(rows) % 4 == 3).all()  # down the cloth the mark goes left: it climbs right
    assert known_weave(steep_twill((3, 2), 2)).direction == ""


def test_a_thread_that_floats_free_is_no_cloth():
    floating = twill(2, 2).copy()
    floating[:, 1] = True
    with pytest.raises(FabricFinderError, match="end floats free"):
        known_weave(floating)
    with pytest.raises(FabricFinderError, match="floats free"):
        known_weave(np.zeros((4, 4), bool))


def test_wif_files_in_and_a_malformed_one_gets_a_sentence(tmp_path):
    path = tmp_path / "twill.wif"
    save_draft(draft_of(np.tile(twill(3, 1, "Z"), (4, 4)), "mill"), path)
    record, repeat = weave_of_file(path)
    assert (record.fine, record.notation) == ("twill-3-1", "3/1 Z") and repeat.shape == (4, 4)
    path.write_text(path.read_text().replace("[THREADING]", "[THREADNG").replace("=1", "=one"))
    with pytest.raises(FabricFinderError, match="not a weaving draft"):
        weave_of_file(path)
