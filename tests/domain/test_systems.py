"""The list of systems: names, sentences, and which system an encoder's id is of."""

import pytest

from fabricfinder.domain.errors import EncoderError
from fabricfinder.domain.systems import (
    DEFAULT_SYSTEM,
    SYSTEMS,
    find_system,
    system_names,
    system_of,
    title_and_bits,
)


def test_every_published_system_is_listed_once_with_all_that_is_said_of_it() -> None:
    names = system_names()
    assert names == tuple(dict.fromkeys(names))
    assert {"dvsh", "mdff-sh", "dshc", "dah", "tsn"} <= set(names) and DEFAULT_SYSTEM in names
    for system in SYSTEMS:
        assert find_system(system.name) is system
        assert str(system.year) in system.reference and system.authors in system.reference
        assert system.built_for.endswith(".") and "—" not in system.built_for
        module, _, network = system.home.partition(":")
        assert module.isidentifier() and network.isidentifier()


def test_a_wrong_name_is_a_sentence_that_lists_the_names() -> None:
    with pytest.raises(EncoderError) as caught:
        find_system("dvhs")
    assert all(name in str(caught.value) for name in system_names())


@pytest.mark.parametrize(("encoder", "system"), [
    ("dvsh-128-f8f70fd6/fp32", "dvsh"), ("dvsh-facets-128-0123abcd/int8", "dvsh-facets"),
    ("mdff-sh-64-0123abcd", "mdff-sh"), ("fake-64/fp32", ""), ("", ""), ("dvsh-128-XYZ", ""),
])  # fmt: skip
def test_an_encoder_says_which_system_it_is_of(encoder: str, system: str) -> None:
    assert system_of(encoder) == system


def test_an_encoder_is_said_in_words() -> None:
    assert title_and_bits("dvsh-128-f8f70fd6/fp32") == ("DVSH", 128)
    assert title_and_bits("dvsh-facets-64-0123abcd") == ("DVSH facets", 64)
    assert title_and_bits("gone-128-f8f70fd6/fp32") is None
    assert title_and_bits("fake-64/fp32") is None
