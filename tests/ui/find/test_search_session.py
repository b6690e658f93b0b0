"""Queries, answers and the way back: what searches, what only re-orders, which answer wins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabricfinder.domain.search import Filters, Preference, Query
from fabricfinder.ui.query_history import KEEP_RESULTS, QueryHistory
from fabricfinder.ui.search_session import SearchSession

A, B, C = Query(path="/a.jpg"), Query(path="/b.jpg"), Query(swatch_id="c", exclude_self=True)


@pytest.fixture
def session(fake_desk):
    return SearchSession(fake_desk)


def ask(qtbot, desk, session, query):
    with qtbot.waitSignal(desk.search_done):
        session.ask(query)


def test_a_query_searches_once_and_a_preference_never(session, fake_desk, qtbot):
    ask(qtbot, fake_desk, session, A)
    assert session.result.query == A
    with qtbot.waitSignal(session.preference_changed):
        session.prefer(Preference(floor=0.4))
    session.prefer(Preference(floor=0.4))
    assert fake_desk.queries == [A]


def test_a_change_that_changes_nothing_does_not_search(session, fake_desk, qtbot):
    session.change(crop=None)
    assert fake_desk.queries == [], "nothing asked yet"
    ask(qtbot, fake_desk, session, A)
    session.change(crop=None, filters=Filters())
    assert fake_desk.queries == [A]
    with qtbot.waitSignal(fake_desk.search_done):
        session.set_crop((0.1, 0.1, 0.5, 0.5))
    assert fake_desk.queries[-1].crop == (0.1, 0.1, 0.5, 0.5)


def test_back_and_forward_bring_query_preference_and_answer_without_a_search(
    session, fake_desk, qtbot
):
    ask(qtbot, fake_desk, session, A)
    session.prefer(Preference(floor=0.25))
    first = session.result
    ask(qtbot, fake_desk, session, B)
    session.prefer(Preference(floor=0.75))
    session.go_back()
    assert (session.query, session.result, session.preference.floor) == (A, first, 0.25)
    session.go_forward()
    assert (session.query, session.preference.floor) == (B, 0.75)
    assert fake_desk.queries == [A, B]
    assert not session.searching


def test_an_answer_to_a_query_she_has_left_is_not_shown(session, fake_desk, qtbot):
    ask(qtbot, fake_desk, session, A)
    fake_desk.held = True
    session.ask(B)
    session.go_back()
    fake_desk.answer_now()
    assert session.result.query == A
    assert not session.searching


def test_a_partial_answer_shows_and_the_search_goes_on(session, fake_desk, new_result):
    fake_desk.held = True
    session.ask(A)
    early = new_result(query=A, complete=False)
    fake_desk.search_partial.emit(early)
    assert session.result is early
    assert session.searching
    fake_desk.search_partial.emit(new_result(query=B))
    assert session.result is early


def test_a_failure_says_why_and_leaves_no_old_answer(session, fake_desk, qtbot):
    ask(qtbot, fake_desk, session, A)
    fake_desk.sentence = "This file is empty."
    with qtbot.waitSignal(session.failed) as failed:
        session.ask(B)
    assert failed.args == ["This file is empty."]
    assert session.result is None
    assert not session.searching


def test_forgetting_starts_over(session, fake_desk, qtbot):
    ask(qtbot, fake_desk, session, A)
    session.forget()
    assert session.query is None
    assert session.result is None
    session.go_back()
    assert fake_desk.queries == [A]


@given(st.lists(st.sampled_from(["visit", "back", "forward"]), max_size=60))
def test_the_history_is_a_line_like_a_browsers(deeds):
    history, line, at, number = QueryHistory(), [], -1, 0
    for deed in deeds:
        if deed == "visit":
            number += 1
            query = Query(path=f"/{number}.jpg")
            line, at = [*line[: at + 1], query], at + 1
            history.visit(query, Preference())
        elif deed == "back" and at > 0:
            at -= 1
            assert history.back().query == line[at]
        elif deed == "forward" and at < len(line) - 1:
            at += 1
            assert history.forward().query == line[at]
        assert (history.current.query if history.current else None) == (
            line[at] if at >= 0 else None
        )
        assert history.can_go_back == (at > 0)
        assert history.can_go_forward == (at < len(line) - 1)


def test_only_the_last_few_answers_are_kept(new_result):
    history = QueryHistory()
    for i in range(KEEP_RESULTS + 4):
        query = Query(path=f"/{i}.jpg")
        history.visit(query, Preference())
        history.keep_result(new_result(query=query, n=3))
    kept = [history.current.result is not None]
    while history.can_go_back:
        kept.append(history.back().result is not None)
    assert kept == [True] * KEEP_RESULTS + [False] * 4
    history.forget_results()
    assert history.current.result is None


def test_last_asked_are_different_pictures_newest_first():
    history = QueryHistory()
    for query in (A, B, Query(path="/a.jpg", crop=(0, 0, 0.5, 0.5)), C):
        history.visit(query, Preference())
    assert history.recent(5) == [C, A, B]
    assert history.recent(1) == [C]


def test_last_asked_leaves_out_what_had_no_answer(new_result):
    history = QueryHistory()
    for query in (A, B, C):
        history.visit(query, Preference())
        if query is not A:
            history.keep_failure()
    assert history.recent(5) == [A]
    history.keep_result(new_result(query=C, n=3))
    assert history.recent(5) == [C, A], "the file came back"
