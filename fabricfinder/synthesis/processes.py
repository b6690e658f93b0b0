"""Drawing in several processes, in order; the bytes do not depend on how many."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Task = TypeVar("Task")
Made = TypeVar("Made")


def in_processes(
    make: Callable[[Task], Made], tasks: Sequence[Task], workers: int, chunk: int
) -> Iterator[Made]:
    """Do tasks in order, here (``workers`` 1) or in others; leaving early cancels the rest.

    Args:
        make: a module's function, so that a fresh process can import it.
        chunk: tasks handed over at a time.
    """
    try:
        pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn")) if workers > 1 else None
    except OSError:  # this system lends no semaphores, as a container without shared memory
        pool = None
    if pool is None:
        yield from map(make, tasks)
        return
    with pool:
        try:
            yield from pool.map(make, tasks, chunksize=chunk)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
