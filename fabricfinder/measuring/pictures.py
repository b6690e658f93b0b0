"""Pictures seen through the app's own eyes and ranked by its own search, baselines beside them.

Pictures go through the same decoding, views, encoder and search as in the window; the classic
baselines see the same decoded pictures.
"""

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fabricfinder.domain.descriptor import DescriptorTable, FabricDescriptor
from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import Preference, Query, SearchResult
from fabricfinder.domain.similarity import Weights
from fabricfinder.domain.swatch import Swatch
from fabricfinder.evaluation.baselines import hsv_histogram, lbp_histogram
from fabricfinder.evaluation.gist import handcrafted
from fabricfinder.importing import look_at
from fabricfinder.jobs import run_to_end
from fabricfinder.retrieval.scan import search as scan
from fabricfinder.vision.decode import decode

Steps = Generator[Progress, None, Any]
BATCH = 8
BASELINE_SIDE = 512
HANDCRAFTED_SIDE = 256
EVEN = "four dimensions, weights 1,1,1,1"
TEXTURE = "coarse and fine only, weights 1,1,0,0"
COLOR_FREE = "colour freed, weights 1,1,0,1"
ROWS = ((EVEN, Weights()), (TEXTURE, Weights(1, 1, 0, 0)), (COLOR_FREE, Weights(1, 1, 0, 1)))
CODE_ONLY = "code alone (Hamming distance)"


@dataclass(frozen=True, eq=False)
class Seen:
    """What is made of n pictures.

    Attributes:
        descriptors: by the encoder, n of them.
        px_per_cm: float (n,), the scale the file tells; nan = unknown.
        hsv, lbp: histograms, (n, 128) and (n, 54).
    """

    descriptors: tuple[FabricDescriptor, ...]
    px_per_cm: np.ndarray
    hsv: np.ndarray
    lbp: np.ndarray

    def __len__(self) -> int:
        return len(self.descriptors)

    @property
    def codes(self) -> np.ndarray:
        """Packed codes, uint8 (n, n_bits/8)."""
        return np.stack(
            [np.frombuffer(d.encoding.code.packed, np.uint8) for d in self.descriptors]
        )

    @property
    def relaxed(self) -> np.ndarray:
        """Codes before binarising, float32 (n, n_bits)."""
        return np.stack([d.encoding.relaxed for d in self.descriptors])

    def beliefs(self, name: str) -> np.ndarray:
        """``coarse`` (n, minors), ``fine`` (n, classes) or ``tightness`` (n, 2), float64."""
        return np.array([getattr(d.encoding, name) for d in self.descriptors], np.float64)

    @property
    def unfamiliarity(self) -> np.ndarray:
        """Float (n,); 1 and above is unfamiliar."""
        return np.array([d.encoding.unfamiliarity for d in self.descriptors])


def look_at_all(encoder: Encoder, paths: Sequence[Path], *, baselines: bool = True) -> Steps:
    """Describe pictures as an import does; returns Seen.

    Args:
        baselines: also take histograms (else their columns have no width).

    Raises:
        UnreadableImageError: one of them is no picture.
    """

    def see(path: Path) -> tuple:
        look = look_at(str(path))
        if not baselines:
            return look, np.zeros(0), np.zeros(0)
        rgb = decode(str(path), max_side=BASELINE_SIDE).rgb
        return look, hsv_histogram(rgb), lbp_histogram(rgb)

    descriptors: list[FabricDescriptor] = []
    scales: list[float] = []
    hsv, lbp = [], []
    with ThreadPoolExecutor(2) as pool:
        for start in range(0, len(paths), BATCH):
            seen = list(pool.map(see, paths[start : start + BATCH]))
            encodings = encoder.encode([look.views for look, _, _ in seen])
            for (look, histogram, pattern), encoding in zip(seen, encodings, strict=True):
                descriptors.append(look.described(encoder.id, encoding))
                scales.append(look.px_per_cm or np.nan)
                hsv.append(histogram)
                lbp.append(pattern)
            yield Progress("Looking at the cloth", len(descriptors), len(paths), "pictures")
    return Seen(tuple(descriptors), np.array(scales), np.stack(hsv), np.stack(lbp))


def handcrafted_of(paths: Sequence[Path]) -> Steps:
    """Colour moments, LBP and GIST of pictures; returns float32 (n, 575).

    Raises:
        UnreadableImageError: one of them is no picture.
    """
    rows: list[np.ndarray] = []
    with ThreadPoolExecutor(2) as pool:
        for start in range(0, len(paths), BATCH):
            rows += pool.map(
                lambda path: handcrafted(decode(str(path), max_side=HANDCRAFTED_SIDE).rgb),
                paths[start : start + BATCH],
            )
            yield Progress("Hand-made descriptors", len(rows), len(paths), "pictures")
    return np.stack(rows)


def numbers(n: int) -> list[str]:
    """Ids that sort as the rows do."""
    return [f"{i:08}" for i in range(n)]


class Searches:
    """The app's search of every query in one library, each run once.

    Attributes:
        scores: by the names of ROWS and CODE_ONLY, float32 (q, n), larger is nearer.
        dimensions: the four bars, float32 (q, n, 4), nan = n/a.
    """

    def __init__(
        self, encoder: Encoder, queries: Sequence[FabricDescriptor], table: DescriptorTable
    ) -> None:
        self._encoder = encoder
        self._queries = queries
        self._table = table
        self._swatches = tuple(Swatch(i, i, i, 1, 1) for i in table.ids)
        n = (len(queries), len(table))
        self.scores = {name: np.empty(n, np.float32) for name in (*(r[0] for r in ROWS), CODE_ONLY)}
        self.dimensions = np.empty((*n, 4), np.float32)

    def run(self) -> Steps:
        """Search every query; fills ``scores`` and ``dimensions``."""
        for i, query in enumerate(self._queries):
            result: SearchResult = run_to_end(
                scan(query, self._swatches, self._table, Query(), blend=self._encoder.blend,
                     layout=self._encoder.code_layout,
                     exhaustive_up_to=len(self._table))
            )  # fmt: skip
            for name, weights in ROWS:
                self.scores[name][i] = result.overall(Preference(weights).effective_weights)
            self.scores[CODE_ONLY][i] = -result.hamming
            self.dimensions[i] = result.scores
            yield Progress("Searching", i + 1, len(self._queries), "queries")
