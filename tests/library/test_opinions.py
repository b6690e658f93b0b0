"""Words of people and models kept beside one another, and taken back over sittings."""

import pytest

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.opinion import CANT_TELL, Opinion, Suggestion
from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.vocabulary import new_term
from fabricfinder.library import Library


@pytest.fixture
def ids(library, synthetic):
    library.add([synthetic.new_swatch(i) for i in range(6)])
    return [s.id for s in library.swatches()]


def _labels(library, swatch_id):
    return next(s.labels for s in library.swatches() if s.id == swatch_id)


def test_a_model_never_overwrites_a_person(library, ids):
    a = ids[3]
    library.say([Opinion(a, "fine", "poplin", "Ada", 5)])
    library.say([Opinion(a, "fine", "plain", "dvsh-128", 9, by_model=True)])
    library.say([Opinion(a, "coarse", "plaid/glen", "dvsh-128", 9, by_model=True)])
    assert _labels(library, a) == Labels(fine="poplin")
    assert {(o.who, o.value) for o in library.opinions([a])} == {
        ("Ada", "poplin"), ("dvsh-128", "plain"), ("dvsh-128", "plaid/glen"),
    }  # fmt: skip


def test_two_people_are_both_kept_and_cant_tell_takes_only_her_own(library, ids):
    a = ids[3]
    library.say([Opinion(a, "fine", "poplin", "Ada", 5)])
    library.say([Opinion(a, "fine", CANT_TELL, "Bo", 6)])
    assert _labels(library, a).fine == "poplin"
    suggestion = Suggestion("dvsh-128", "plain", 0.75)
    library.say([Opinion(a, "fine", "plain", "Bo", 7, suggestion=suggestion)])
    assert _labels(library, a).fine == "plain"
    said = {o.who: o for o in library.opinions([a])}
    assert said["Bo"].accepted and said["Bo"].suggestion == suggestion and said["Ada"].at == 5
    library.say([Opinion(a, "fine", CANT_TELL, "Bo", 8)])
    assert _labels(library, a).fine is None


def test_undo_over_sittings(library, ids):
    a, folder = ids[3], library.folder
    for at, value in enumerate(("plain", "poplin", "oxford")):
        with library.step(f"Label {at}"):
            library.say([Opinion(a, "fine", value, "Ada", at)])
    library.close()
    with Library.open(folder) as again:
        for expected in ("poplin", "plain", None):
            again.undo()
            assert _labels(again, a).fine == expected
            fine = [o.value for o in again.opinions([a]) if o.dimension == "fine"]
            assert fine == ([expected] if expected else [])
        for expected in ("plain", "poplin", "oxford"):
            again.redo()
            assert _labels(again, a).fine == expected
        assert again.undo().name == "Label 2"


def test_plain_labels_leave_their_provenance(library, ids):
    library.set_labels({ids[4]: Labels(fine="felt", tightness=88.0)}, who="Ada")
    said = {(o.dimension, o.who, o.value) for o in library.opinions([ids[4]])}
    assert said == {("fine", "Ada", "felt"), ("tightness", "Ada", 88.0)}
    library.set_labels({ids[4]: Labels(fine="felt")}, who="Ada")
    assert {o.dimension for o in library.opinions([ids[4]])} == {"fine"}


def test_the_vocabulary_is_kept_and_labels_follow_a_merge(library, ids):
    own = new_term("Mill check", "coarse", "plaid/glen")
    library.set_vocabulary(library.vocabulary().extended(own))
    library.say([Opinion(ids[2], "coarse", own.id, "Ada", 1)])
    assert _labels(library, ids[2]).coarse == "plaid/glen"
    with library.step("Merge"):
        library.set_vocabulary(library.vocabulary().merged(own.id, "plaid/tartan"))
    assert _labels(library, ids[2]).coarse == "plaid/tartan"
    assert own.id in [o.value for o in library.opinions([ids[2]])]
    library.undo()
    assert _labels(library, ids[2]).coarse == "plaid/glen"
    assert library.vocabulary().resolve(own.id) == own.id
    with pytest.raises(FabricFinderError, match="no term"):
        library.say([Opinion(ids[2], "coarse", "plaid/none", "Ada", 1)])
    assert _labels(library, ids[2]).coarse == "plaid/glen"


def test_pairs_are_kept_and_taken_back(library, ids):
    library.answer_pair(ids[1], ids[2], "Ada", 3)
    with library.step("Say which is tighter"):
        library.answer_pair(ids[3], ids[1], "Ada", 4)
    assert library.pairs() == [(ids[1], ids[2]), (ids[3], ids[1])]
    library.undo()
    assert library.pairs() == [(ids[1], ids[2])]


def test_what_the_encoder_believes_is_told_apart_from_labels(library, ids, synthetic):
    coded = library.table(synthetic.ENCODER).ids
    before = library.seen_table(synthetic.ENCODER, coded)
    library.say([Opinion(coded[0], "fine", "felt", "Ada", 5)])
    merged, seen = library.table(synthetic.ENCODER), library.seen_table(synthetic.ENCODER, coded)
    assert merged.certain[0, 1] and not seen.certain.any()
    assert merged.fine[0].max() == 1 and (seen.fine == before.fine).all()
