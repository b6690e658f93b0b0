"""Coding a whole library with one encoder, while the codes of another go on answering."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.progress import Progress
from fabricfinder.importing import Look, look_at
from fabricfinder.jobs import until_done
from fabricfinder.library import Library

Steps = Generator[Progress, None, Any]
BATCH = 8


def recode(library: Library, encoder: Encoder, pool: ThreadPoolExecutor) -> Steps:
    """Code every swatch this encoder has not seen; codes of any other stay.

    Stored batch by batch, so that what a cancel leaves undone is all that is left to do. Swatches
    whose original is gone or cannot be read are passed over.

    Raises:
        LibraryError: the library cannot be written.
    """
    tried: set[str] = set()
    while waiting := [i for i in library.ids_without(encoder.id) if i not in tried]:
        tried.update(waiting)  # what is added meanwhile is looked at in another round
        yield from _recode(library, encoder, pool, waiting)


def _recode(
    library: Library, encoder: Encoder, pool: ThreadPoolExecutor, waiting: list[str]
) -> Steps:
    """Code some swatches."""
    total = len(waiting)
    swatches = {s.id: s for s in library.swatches()}
    for start in range(0, total, BATCH):
        chunk = [swatches[i] for i in waiting[start : start + BATCH] if i in swatches]
        futures = [pool.submit(_look_or_none, s.path, s.px_per_cm) for s in chunk]
        yield from until_done(futures, Progress("Looking at the cloth", start, total))
        looks = [(s, f.result()) for s, f in zip(chunk, futures, strict=True)]
        seen = [(s, look) for s, look in looks if look is not None]
        encodings = encoder.encode([look.views for _, look in seen]) if seen else []
        library.put_descriptors(
            [
                (s.id, look.described(encoder.id, encoding))
                for (s, look), encoding in zip(seen, encodings, strict=True)
            ]
        )
        yield Progress("Looking at the cloth", min(start + BATCH, total), total)


def _look_or_none(path: str, px_per_cm: float | None) -> Look | None:
    """Look at a library swatch again; None when its file is gone or unreadable now."""
    try:
        return look_at(path, None, px_per_cm)
    except FabricFinderError:
        return None
