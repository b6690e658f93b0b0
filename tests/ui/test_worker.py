"""The worker's thread: order, cancel, pause, throttling, errors, closing."""

import threading
import time
from dataclasses import replace

import pytest

from fabricfinder.domain.errors import LibraryError, QueryError
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import Query
from fabricfinder.ui.desk import Desk
from fabricfinder.ui.worker import ENCODER_JOB


def open_in(desk, qtbot, catalog):
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(catalog.folder)


def collect(desk, kinds=("started", "progress", "done", "failed", "cancelled")):
    events = []
    desk.job_event.connect(lambda e: events.append(e) if e.kind in kinds else None)
    return events


def test_nothing_of_the_finder_runs_on_the_window_thread(desk, finder, catalog, qtbot):
    open_in(desk, qtbot, catalog)
    with qtbot.waitSignal(desk.import_done):
        desk.import_paths(["/cloth"])
    assert len(finder.threads) == 1
    assert threading.get_ident() not in finder.threads


def test_encoder_wakes_first_as_job_0(finder, catalog, qtbot):
    desk = Desk(lambda: finder)
    events = collect(desk, ("done",))
    desk.open_library(catalog.folder)  # a wish made before the worker starts is kept
    with qtbot.waitSignal(desk.library_opened):
        desk.start()
    assert [(e.name, e.job) for e in events][0] == ("encoder", ENCODER_JOB)
    assert [name for name, _ in finder.calls] == ["load_encoder", "open_library"]
    assert desk.encoder is finder.encoder
    assert desk.close()


def test_answers_arrive_on_the_window_thread(desk, catalog, qtbot):
    where = []
    desk.catalog_changed.connect(lambda c: where.append(threading.get_ident()))
    open_in(desk, qtbot, catalog)
    assert where == [threading.get_ident()]


def test_a_search_overtakes_an_import(desk, finder, catalog, qtbot):
    finder.step_s = 0.01
    open_in(desk, qtbot, catalog)
    done = []
    desk.import_done.connect(lambda r: done.append("import"))
    desk.search_done.connect(lambda r: done.append("search"))
    desk.import_paths(["/cloth"])
    qtbot.waitUntil(lambda: ("import_paths", ("/cloth",)) in finder.calls)
    with qtbot.waitSignal(desk.import_done):
        desk.search(Query(path="/q.jpg"))
    assert done == ["search", "import"]


def test_a_newer_search_silences_the_older(desk, finder, catalog, qtbot):
    open_in(desk, qtbot, catalog)
    results = []
    desk.search_done.connect(results.append)
    first = desk.search(Query(path="/first.jpg"))
    with qtbot.waitSignal(desk.search_done):
        second = desk.search(Query(path="/second.jpg"))
    qtbot.wait(30)
    assert second > first
    assert [r.query.path for r in results] == ["/second.jpg"]


def test_partial_results_come_before_the_whole(desk, catalog, qtbot):
    open_in(desk, qtbot, catalog)
    order = []
    desk.search_started.connect(lambda n: order.append("started"))
    desk.search_partial.connect(lambda r: order.append("partial"))
    desk.search_done.connect(lambda r: order.append("done"))
    with qtbot.waitSignal(desk.search_done):
        desk.search(Query(path="/q.jpg"))
    assert order == ["started", "partial", "done"]


def test_a_search_that_fails_says_why(desk, finder, catalog, qtbot):
    open_in(desk, qtbot, catalog)
    finder.search_error = QueryError("The crop is too small.")
    with qtbot.waitSignal(desk.search_failed) as failed:
        desk.search(Query(path="/q.jpg"))
    assert failed.args == ["The crop is too small."]


def test_a_refused_library_keeps_its_error(desk, finder, catalog, qtbot):
    finder.refusal = LibraryError("Open by Ana on STUDIO-2 since 09:12.")
    with qtbot.waitSignal(desk.library_refused) as refused:
        desk.open_library(catalog.folder)
    refusal = refused.args[0]
    assert refusal.folder == catalog.folder
    assert refusal.sentence == "Open by Ana on STUDIO-2 since 09:12."
    assert refusal.error is finder.refusal


def test_a_bug_in_an_operation_keeps_its_traceback_and_the_worker_goes_on(
    desk, finder, catalog, qtbot
):
    open_in(desk, qtbot, catalog)

    def broken(query):
        yield Progress("Looking")
        raise ZeroDivisionError("a bug")

    sound, finder.search = finder.search, broken
    events = collect(desk, ("failed",))
    with qtbot.waitSignal(desk.search_failed):
        desk.search(Query(path="/q.jpg"))
    assert "ZeroDivisionError" in events[0].trace and events[0].value is None
    finder.search = sound
    with qtbot.waitSignal(desk.search_done):
        desk.search(Query(path="/q.jpg"))


def test_cancel_closes_the_operation_and_says_so(desk, finder, catalog, qtbot):
    open_in(desk, qtbot, catalog)
    finder.gate.clear()
    events = collect(desk, ("cancelled", "done"))
    job = desk.import_paths(["/cloth"])
    qtbot.waitUntil(lambda: ("import_paths", ("/cloth",)) in finder.calls)
    desk.cancel(job)
    qtbot.waitUntil(lambda: [e.job for e in events if e.kind == "cancelled"] == [job])
    assert finder.closed == ["import"]


def test_pause_holds_a_job_and_resume_finishes_it(desk, finder, catalog, qtbot):
    finder.step_s = 0.002
    open_in(desk, qtbot, catalog)
    done = collect(desk, ("done",))
    job = desk.import_paths(["/cloth"])
    desk.pause(job, True)
    qtbot.wait(200)
    assert not [e for e in done if e.job == job]
    with qtbot.waitSignal(desk.import_done):
        desk.pause(job, False)


def test_opening_another_library_stops_the_import(desk, finder, catalog, tmp_path, qtbot):
    other = replace(catalog, folder=tmp_path / "other", name="other")
    finder.known[other.folder] = other
    open_in(desk, qtbot, catalog)
    finder.gate.clear()
    desk.import_paths(["/cloth"])
    qtbot.waitUntil(lambda: ("import_paths", ("/cloth",)) in finder.calls)
    open_in(desk, qtbot, other)
    assert finder.closed == ["import"]
    assert desk.catalog.name == "other"


def test_a_flood_of_progress_is_thinned_but_phases_and_the_end_arrive(
    desk, finder, catalog, qtbot
):
    open_in(desk, qtbot, catalog)

    def flood(paths, *, labels_csv=""):
        for phase in ("Reading", "Looking at the cloth"):
            for i in range(3000):
                yield Progress(phase, i, 3000)
        return None

    finder.import_paths = flood
    events = collect(desk)
    job = desk.import_paths(["/cloth"])
    qtbot.waitUntil(lambda: any(e.kind == "done" and e.job == job for e in events))
    progress = [e for e in events if e.kind == "progress" and e.job == job]
    assert {e.progress.phase for e in progress} == {"Reading", "Looking at the cloth"}
    assert len(progress) < 200


def test_a_waiting_operation_does_not_spin(desk, finder, catalog, qtbot):
    open_in(desk, qtbot, catalog)
    steps = [0]

    def waiting(paths, *, labels_csv=""):
        while not finder.gate.is_set():
            steps[0] += 1
            yield Progress("Reading", 1, 2)

    finder.import_paths = waiting
    finder.gate.clear()
    desk.import_paths(["/cloth"])
    qtbot.wait(300)
    finder.gate.set()
    assert 5 < steps[0] < 150  # 0-ms stepping would make tens of thousands


def test_closing_during_an_import_ends_at_a_safe_point_and_closes_the_finder(
    qtbot, finder, catalog
):
    desk = Desk(lambda: finder)
    desk.start()
    open_in(desk, qtbot, catalog)
    finder.step_s = 0.02
    desk.import_paths(["/cloth"])
    qtbot.waitUntil(lambda: ("import_paths", ("/cloth",)) in finder.calls)
    began = time.monotonic()
    assert desk.close()
    assert time.monotonic() - began < 2
    assert finder.closed == ["import"] and finder.shut
    assert desk.close()  # twice is harmless


@pytest.mark.parametrize("n", [1, 5])
def test_text_search_answers_with_the_text_asked(desk, catalog, qtbot, n):
    open_in(desk, qtbot, catalog)
    with qtbot.waitSignal(desk.text_found) as found:
        desk.find_text(f"swatch-{n:05}")
    assert found.args == [f"swatch-{n:05}", (catalog.swatches[n].id,)]


def test_notices_of_an_operation_reach_the_window(desk, finder, catalog, qtbot):
    open_in(desk, qtbot, catalog)

    def telling(query):
        yield Progress("Looking", notice="Working on the processor.")
        raise QueryError("Nothing there.")

    finder.search = telling
    with qtbot.waitSignal(desk.notice) as notice:
        desk.search(Query(path="/q.jpg"))
    assert notice.args == ["Working on the processor."]


def test_a_finder_that_cannot_be_made_is_told_and_logged(qtbot, caplog):
    def broken():
        raise ImportError("libGL.so.1: cannot open shared object file")

    desk = Desk(broken)
    with qtbot.waitSignal(desk.encoder_changed):
        desk.start()
    assert desk.encoder is None and "went wrong" in desk.encoder_sentence
    assert "libGL.so.1" in caplog.text
    with qtbot.waitSignal(desk.search_failed):
        desk.search(Query(path="/q.jpg"))
    assert desk.close()
