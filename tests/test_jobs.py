"""Checks the job runner: order, urgency, cancelling, pausing, failures."""

from collections.abc import Callable, Generator

import pytest

from fabricfinder.domain.errors import QueryError
from fabricfinder.domain.progress import Progress
from fabricfinder.jobs import BACKGROUND, NORMAL, URGENT, JobEvent, JobRunner, run_to_end


def counting(n: int, log: list[str], name: str) -> Callable[[], Generator]:
    """An operation of n steps that writes down what happens to it."""

    def operation() -> Generator[Progress, None, str]:
        log.append(f"{name} begins")
        try:
            for step in range(n):
                log.append(f"{name} {step}")
                yield Progress(name, step, n)
        finally:
            log.append(f"{name} ends")
        return f"value of {name}"

    return operation


def drain(runner: JobRunner) -> list[JobEvent]:
    """Step until idle."""
    events: list[JobEvent] = []
    for _ in range(1000):
        if runner.idle:
            return events
        events += runner.step()
    raise AssertionError("the runner never came to rest")


def kinds(events: list[JobEvent], job: int) -> list[str]:
    return [event.kind for event in events if event.job == job]


def test_one_job_runs_through_with_progress_and_value():
    runner, log = JobRunner(), []
    job = runner.submit("count", counting(3, log, "a"))
    assert log == [] and not runner.idle and runner.names() == ["count"]
    events = drain(runner)
    assert kinds(events, job) == ["started", "progress", "progress", "progress", "done"]
    assert [e.progress.done for e in events if e.kind == "progress"] == [0, 1, 2]
    assert events[-1].value == "value of a"
    assert runner.names() == [] and runner.step() == []


def test_an_urgent_job_overtakes_between_two_steps():
    runner, log = JobRunner(), []
    runner.submit("import", counting(3, log, "import"), priority=NORMAL)
    runner.step()
    runner.submit("search", counting(2, log, "search"), priority=URGENT)
    drain(runner)
    assert log == [
        "import begins", "import 0", "search begins", "search 0", "search 1", "search ends",
        "import 1", "import 2", "import ends",
    ]  # fmt: skip


def test_equal_urgency_runs_in_order_of_arrival_and_background_last():
    runner, log = JobRunner(), []
    runner.submit("c", counting(1, log, "c"), priority=BACKGROUND)
    runner.submit("a", counting(1, log, "a"))
    runner.submit("b", counting(1, log, "b"))
    drain(runner)
    assert [line for line in log if line.endswith("begins")] == ["a begins", "b begins", "c begins"]


def test_a_newer_job_replaces_the_older_of_that_name_only():
    runner, log = JobRunner(), []
    import_ = runner.submit("import", counting(1, log, "import"), priority=BACKGROUND)
    old = runner.submit("search", counting(9, log, "old"))
    runner.step()
    new = runner.submit("search", counting(1, log, "new"), replaces="search")
    assert log[-1] == "old ends"  # closed at once, clean-up included
    events = drain(runner)
    assert kinds(events, old) == ["cancelled"]
    assert kinds(events, new)[-1] == kinds(events, import_)[-1] == "done"


def test_cancel_before_the_first_step_never_starts_it():
    runner, log = JobRunner(), []
    job = runner.submit("a", counting(1, log, "a"))
    runner.cancel(job)
    assert kinds(drain(runner), job) == ["cancelled"] and log == []
    runner.cancel(job)  # a second time, and of a number that never was: nothing
    runner.cancel(99)
    assert runner.idle


def test_cancel_all_closes_every_operation():
    runner, log = JobRunner(), []
    jobs = [runner.submit(name, counting(5, log, name)) for name in "ab"]
    runner.step()
    runner.cancel_all()
    events = drain(runner)
    assert all(kinds(events, job)[-1] == "cancelled" for job in jobs)
    assert "a ends" in log and "b begins" not in log


def test_a_paused_job_holds_and_goes_on():
    runner, log = JobRunner(), []
    job = runner.submit("a", counting(2, log, "a"))
    runner.step()
    runner.set_paused(job, True)
    assert runner.idle and runner.step() == []
    other = runner.submit("b", counting(1, log, "b"))
    assert kinds(drain(runner), other)[-1] == "done"
    runner.set_paused(job, False)
    assert kinds(drain(runner), job)[-1] == "done"
    runner.set_paused(job, True)  # it is gone: nothing to hold


def test_a_failure_the_user_can_mend_carries_its_sentence():
    def broken() -> Generator[Progress, None, None]:
        yield Progress("a")
        raise QueryError("This crop is too small.")

    runner = JobRunner()
    job = runner.submit("search", broken)
    last = drain(runner)[-1]
    assert (last.job, last.kind, last.sentence, last.trace) == (
        job, "failed", "This crop is too small.", "",
    )  # fmt: skip
    assert runner.idle


def test_a_bug_carries_its_traceback_and_the_runner_lives_on():
    def broken() -> Generator[Progress, None, None]:
        yield Progress("a")
        raise KeyError("where")

    runner, log = JobRunner(), []
    runner.submit("broken", broken)
    after = runner.submit("after", counting(1, log, "after"))
    events = drain(runner)
    failed = next(event for event in events if event.kind == "failed")
    assert "KeyError" in failed.sentence
    assert "in broken" in failed.trace and "KeyError: 'where'" in failed.trace
    assert kinds(events, after)[-1] == "done"


def test_a_start_that_fails_is_a_failure_of_the_job():
    def start() -> Generator:
        raise QueryError("Open a library first.")

    runner = JobRunner()
    job = runner.submit("search", start)
    assert kinds(drain(runner), job) == ["started", "failed"]


def test_a_clean_up_that_fails_does_not_harm_who_cancels():
    def stubborn() -> Generator[Progress, None, None]:
        try:
            yield Progress("a")
        finally:
            raise OSError("the disk is full")

    runner, log = JobRunner(), []
    old = runner.submit("search", stubborn)
    runner.step()
    new = runner.submit("search", counting(1, log, "new"), replaces="search")
    events = drain(runner)
    assert kinds(events, old) == ["failed"] and kinds(events, new)[-1] == "done"
    assert "OSError: the disk is full" in next(e for e in events if e.job == old).trace


def test_run_to_end_returns_the_value_and_shows_every_step():
    log, seen = [], []
    assert run_to_end(counting(3, log, "a")(), seen.append) == "value of a"
    assert [progress.done for progress in seen] == [0, 1, 2]


def test_run_to_end_closes_the_operation_when_the_watcher_fails():
    log: list[str] = []

    def watch(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_to_end(counting(3, log, "a")(), watch)
    assert log[-1] == "a ends"
