"""The book of jobs: rates, times, words; and the panel and strip that show them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester

from fabricfinder.domain.progress import Progress
from fabricfinder.domain.swatch import ImportProblem
from fabricfinder.jobs import JobEvent
from fabricfinder.ui.job_book import JobBook, JobLine, duration, progress_text
from fabricfinder.ui.jobs_panel import JobsPanel, JobsStrip
from fabricfinder.ui.problem_model import ProblemModel


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def book(clock):
    return JobBook(clock=clock)


def run(book, clock, counts, phase="Looking at the cloth", job=1, name="import", total=2000):
    for seconds, done in counts:
        clock.now = 100.0 + seconds
        book.take(JobEvent(job, name, "progress", Progress(phase, done, total)))


def line(book, job=1):
    return next(line for line in book.lines() if line.job == job)


def test_rate_and_time_left(book, clock):
    run(book, clock, [(0, 0), (1, 30), (2, 62), (4, 120)])
    assert line(book).rate == pytest.approx(30, rel=0.1)
    assert line(book).left_s == pytest.approx((2000 - 120) / 30, rel=0.1)


def test_the_rate_follows_a_change_of_speed(book, clock):
    run(book, clock, [(t, 10 * t) for t in range(60)])
    assert line(book).rate == pytest.approx(10, rel=0.05)
    run(book, clock, [(60 + t, 600 + 100 * t) for t in range(12)])
    assert line(book).rate == pytest.approx(100, rel=0.15)


def test_a_new_phase_is_measured_anew(book, clock):
    run(book, clock, [(0, 0), (1, 500)])
    run(book, clock, [(2, 0)], phase="Index")
    assert line(book).rate == 0 and line(book).left_s is None


def test_a_pause_says_so_and_promises_nothing(book, clock):
    run(book, clock, [(0, 0), (2, 60)])
    book.set_paused(1, True)
    assert line(book).left_s is None
    assert progress_text(line(book)) == "Paused · 60 of 2,000"
    clock.now += 500
    book.set_paused(1, False)
    run(book, clock, [(503, 61), (504, 91)])
    assert line(book).rate == pytest.approx(30, rel=0.1), "the pause itself does not count"


def test_words(book, clock):
    run(book, clock, [(0, 0), (10, 310)])
    text = progress_text(line(book))
    assert text == "Looking at the cloth · 310 of 2,000 · 31 a second · about 55 s left"


def test_short_jobs_are_not_shown_but_their_failures_are(book):
    book.take(JobEvent(7, "label", "started"))
    assert not book.lines()
    book.take(JobEvent(7, "label", "failed", sentence="The disk is full."))
    assert [x.sentence for x in book.failures()] == ["The disk is full."]


def test_a_search_without_an_answer_is_told_where_it_was_asked_only(book):
    book.take(JobEvent(7, "search", "started"))
    book.take(JobEvent(7, "search", "failed", sentence="This file is empty."))
    assert not book.failures() and not book.lines()
    book.take(JobEvent(8, "search", "started"))
    book.take(JobEvent(8, "search", "failed", sentence="Something broke.", trace="Traceback"))
    assert [x.trace for x in book.failures()] == ["Traceback"]


def test_opening_is_shown_only_while_it_lasts(book):
    book.take(JobEvent(7, "open", "started"))
    assert [x.name for x in book.active()] == ["open"]
    book.take(JobEvent(7, "open", "done"))
    assert not book.lines()


def test_endings_are_kept_and_cleared(book, clock):
    run(book, clock, [(0, 1)])
    book.take(JobEvent(1, "import", "cancelled"))
    assert not book.active() and line(book).state == "cancelled"
    book.clear_ended()
    assert not book.lines()


def test_the_book_does_not_grow_for_ever(book):
    for job in range(500):
        book.take(JobEvent(job, "import", "done"))
    assert len(book.lines()) <= 51


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (42, "42 s"), (120, "2 min"), (3000, "50 min"), (7500, "2 h 5 min")],
)
def test_durations_in_round_words(seconds, text):
    assert duration(seconds) == text


def test_a_failure_says_its_sentence():
    line = JobLine(1, "import", state="failed", sentence="Disk full.")
    assert progress_text(line) == "Disk full."


def test_the_panel_pauses_continues_and_stops(book, clock, qtbot):
    panel = JobsPanel(book)
    qtbot.addWidget(panel)
    panel.show()
    run(book, clock, [(0, 0), (2, 60)])
    row = panel.row(1)
    with qtbot.waitSignal(panel.pause) as paused:
        qtbot.mouseClick(row.pause_button, Qt.MouseButton.LeftButton)
    assert paused.args == [1, True]
    book.set_paused(1, True)
    assert row.pause_button.text() == "Continue"
    with qtbot.waitSignal(panel.pause) as paused:
        qtbot.mouseClick(row.pause_button, Qt.MouseButton.LeftButton)
    assert paused.args == [1, False]
    with qtbot.waitSignal(panel.stop) as stopped:
        qtbot.keyClick(row.stop_button, Qt.Key.Key_Space)
    assert stopped.args == [1]
    book.take(JobEvent(1, "import", "done"))
    assert row.pause_button.isHidden() and row.stop_button.isHidden()


def test_rows_have_a_name_for_the_screen_reader(book, clock, qtbot):
    panel = JobsPanel(book)
    qtbot.addWidget(panel)
    run(book, clock, [(0, 0), (2, 60)])
    assert panel.row(1).accessibleName().startswith("Adding to the library: Looking at the cloth")


def test_problems_can_be_copied_and_tried_again(book, qtbot):
    panel = JobsPanel(book)
    qtbot.addWidget(panel)
    panel.show()
    problems = (
        ImportProblem("/cloth/a.jpg", "The file is empty."),
        ImportProblem("/cloth/b.png", "It is a text file."),
    )
    panel.show_problems(problems)
    qtbot.mouseClick(panel.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == (
        "/cloth/a.jpg\tThe file is empty.\n/cloth/b.png\tIt is a text file."
    )
    with qtbot.waitSignal(panel.retry) as retry:
        qtbot.mouseClick(panel.retry_button, Qt.MouseButton.LeftButton)
    assert retry.args == [["/cloth/a.jpg", "/cloth/b.png"]]
    panel.show_problems(())
    assert panel.retry_button.isHidden()


def test_the_problem_table_is_a_sound_model(qtbot):
    model = ProblemModel()
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    model.show((ImportProblem("/cloth/\udce9toffe.jpg", "The file is empty."),))
    assert model.index(0, 0).data() == "\ufffdtoffe.jpg"
    assert model.index(0, 1).data() == "The file is empty."
    model.show(())
    assert model.rowCount() == 0
    del tester


def test_the_strip_shows_long_jobs_only(book, clock, qtbot):
    strip = JobsStrip(book)
    qtbot.addWidget(strip)
    strip.show()
    run(book, clock, [(0, 0)])
    assert strip.stop_button.isHidden(), "not for a job that is over in a blink"
    qtbot.waitUntil(lambda: strip.stop_button.isVisible())
    assert strip.jobs_button.text() == "Jobs (1)"
    with qtbot.waitSignal(strip.stop) as stopped:
        qtbot.mouseClick(strip.stop_button, Qt.MouseButton.LeftButton)
    assert stopped.args == [1]
    book.take(JobEvent(1, "import", "failed", sentence="Disk full."))
    assert strip.stop_button.isHidden()
    assert strip.jobs_button.text() == "Jobs · 1 failed"
