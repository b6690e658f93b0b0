"""The process that the killing tests kill: goes on with a library's import until it is done.

    python killed_import.py LIBRARY

File number n holds cloth n, except that every tenth holds the cloth of the one before.
"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from synthetic import ENCODER, digest, new_swatch  # noqa: E402

from fabricfinder.domain.swatch import Labels  # noqa: E402
from fabricfinder.library import Library, NewSwatch  # noqa: E402

BATCH = 8


def path_of(number: int) -> str:
    """The file a number stands for."""
    return f"/cloth/drawer/swatch {number}.jpg"


def cloth_of(number: int) -> int:
    """The cloth in a file."""
    return number - 1 if number % 10 == 9 else number


def swatch_in(path: str) -> NewSwatch:
    """Reads a "file"."""
    number = int(path.rsplit(" ", 1)[1].removesuffix(".jpg"))
    labels = Labels("plaid/gingham") if number % 4 == 0 else Labels()
    return new_swatch(cloth_of(number), path=path, labels=labels)


def main() -> None:
    """Import what is pending."""
    with Library.open(Path(sys.argv[1])) as library:
        print("open", flush=True)
        pending = library.pending_import()
        for start in range(0, len(pending), BATCH):
            paths = pending[start : start + BATCH]
            library.add([swatch_in(path) for path in paths])
            library.finish_import(paths)
            if start % (10 * BATCH) == 0:
                library.set_labels({digest(0): Labels("stripe/pin", tightness=60.0)})
                library.table(ENCODER)
                library.flush_columns()


if __name__ == "__main__":
    main()
