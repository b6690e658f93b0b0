"""Work shared among processes, in order, and done here where the system lends none."""

import operator

import pytest

from fabricfinder.synthesis import processes


@pytest.mark.parametrize("workers", [1, 2])
def test_answers_come_in_order(workers: int) -> None:
    tasks = list(range(7))
    assert list(processes.in_processes(operator.neg, tasks, workers, 2)) == [-k for k in tasks]


def test_a_system_without_semaphores_works_alone(monkeypatch) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(processes, "ProcessPoolExecutor", refuses)
    assert list(processes.in_processes(operator.neg, [1, 2], 2, 1)) == [-1, -2]
