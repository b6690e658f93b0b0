"""The sweeper: off with the automatic collector, on with its own, only on this thread."""

import gc
import threading
import time
import weakref

import pytest
from PySide6.QtCore import QObject

from fabricfinder.ui import garbage
from fabricfinder.ui.garbage import GarbageSweeper


@pytest.fixture
def sweeper(qtbot):
    gc.collect()
    sweeper = GarbageSweeper()
    sweeper.begin()
    yield sweeper
    sweeper.end()
    gc.unfreeze()


class Knot(QObject):
    """A QObject in a reference cycle that notes where it dies."""

    died_in: list = []

    def __init__(self):
        super().__init__()
        self.me = self


def tie() -> weakref.ref:
    knot = Knot()
    weakref.finalize(knot, lambda: Knot.died_in.append(threading.get_ident()))
    return weakref.ref(knot)


def litter(n=5000):
    return [[] for _ in range(n)]


def test_the_automatic_collector_is_off_meanwhile(sweeper):
    assert not gc.isenabled()
    other = GarbageSweeper()
    other.begin()
    other.end()
    assert not gc.isenabled(), "as long as one sweeper is at work"
    sweeper.end()
    assert gc.isenabled()


def test_a_busy_thread_never_sweeps_but_the_timer_does(sweeper, qtbot):
    Knot.died_in.clear()
    knot = tie()
    kept = []
    worker = threading.Thread(target=lambda: kept.extend(litter(200_000)))
    worker.start()
    worker.join()
    assert knot() is not None, "200,000 allocations elsewhere swept nothing"
    kept.clear()
    kept = litter()
    qtbot.waitUntil(lambda: knot() is None)
    assert Knot.died_in == [threading.get_ident()]


def test_little_litter_waits(sweeper):
    gc.collect()
    assert sweeper.sweep() == "nothing"
    kept = litter()
    assert sweeper.sweep() == "young"
    del kept


def test_now_and_then_the_older_are_swept(sweeper):
    done = []
    for _ in range(garbage.MIDDLE_EVERY):
        kept = litter()
        done.append(sweeper.sweep())
        del kept
    assert done.count("middle") == 1 and done.count("young") == garbage.MIDDLE_EVERY - 1


def test_a_flood_is_a_library_and_is_set_aside(sweeper):
    library = litter(60_000)
    before = gc.get_freeze_count()
    began = time.thread_time()
    assert sweeper.sweep() == "set aside"
    assert time.thread_time() - began < 0.02
    assert gc.get_freeze_count() - before >= 60_000
    del library


def test_once_a_minute_everything(sweeper, monkeypatch):
    gc.collect()
    monkeypatch.setattr(garbage, "FULL_EVERY_S", -1.0)
    assert sweeper.sweep() == "full"
