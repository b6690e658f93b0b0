"""Bringing pictures into a library: read in a pool, encode here, store in small transactions."""

import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fabricfinder.capture.cloth import cloth_of
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.density import DensityReadings, settle
from fabricfinder.domain.descriptor import Encoding, FabricDescriptor
from fabricfinder.domain.encoder import Encoder, Views
from fabricfinder.domain.errors import FabricFinderError, LibraryError, UnreadableImageError
from fabricfinder.domain.palette import Palette
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.resemblance import resembling
from fabricfinder.domain.swatch import Alike, ImportProblem, ImportReport, Labels, Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.library import Library, NewSwatch
from fabricfinder.library.labels_csv import LabelSheet, read_labels_csv
from fabricfinder.vision.density import density_readings
from fabricfinder.vision.files import file_digest, list_images, open_picture
from fabricfinder.vision.palette import extract_palette
from fabricfinder.vision.quality import check_capture
from fabricfinder.vision.thumbnail import thumbnail_jpeg

AHEAD = 3  # pictures read before they are needed: enough for two threads, little before a search
ENCODE_BATCH = 1  # a batch gains nothing on a CPU, and a search would wait for all of it
STORE_BATCH = 16
STORE_S = 1.0
PUBLISH_S = 2.0
LABEL_BATCH = 500
SHEET_NOTE = "import_labels"
WAIT_S = 0.01
LISTED_A_STEP = 200

Steps = Generator[Progress, None, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the eyes alone make of a picture: no learning yet.

    Attributes:
        digest: of the file's bytes.
        views, palette: for the encoder and the colour bar.
        width, height: of the full picture; px_per_cm: its scale or None; scale_source: who says so.
        threads: what can be read of the thread count before the weave is known.
        thumbnail: JPEG bytes (empty for a query).
        notes: quiet sentences about the picture.
        hopeless: there is no cloth to be seen in it, only a colour (a query only).
    """

    digest: str
    views: Views
    palette: Palette
    width: int
    height: int
    px_per_cm: float | None
    threads: DensityReadings
    thumbnail: bytes = b""
    notes: tuple[str, ...] = ()
    hopeless: bool = False
    scale_source: str = ""

    def described(self, encoder: str, encoding: Encoding) -> FabricDescriptor:
        """The descriptor of what was seen, its threads counted by the weave it is taken for."""
        density, _ = settle(self.threads, encoding.fine, default_taxonomy())
        return FabricDescriptor(encoder, encoding, self.palette, density=density)


def look_at(
    path: str,
    crop: tuple[float, float, float, float] | None = None,
    px_per_cm: float | None = None,
    *,
    with_thumbnail: bool = False,
) -> Look:
    """Read one picture: digest, views, palette, size, scale; runs in a pool.

    Args:
        px_per_cm: a scale given by hand, in px/cm of the full picture; None believes the file,
            and where that says nothing a scale card in the picture.

    Raises:
        UnreadableImageError: it is no picture we can read.
        QueryError: the crop is too small to judge.
    """
    digest = file_digest(path)
    cloth = cloth_of(path, crop, px_per_cm)
    image, pixels = cloth.image, cloth.pixels
    palette = extract_palette(pixels)
    size, scale = (image.full_width, image.full_height), image.px_per_cm
    threads = density_readings(pixels, cloth.px_per_cm)
    made = Look(digest, cloth.views, palette, *size, scale, threads, notes=image.notes,
                scale_source=image.scale_source)  # fmt: skip
    if with_thumbnail:
        return replace(made, thumbnail=thumbnail_jpeg(image.rgb))
    quality = check_capture(pixels, round(min(pixels.shape[:2]) * image.reduction))
    return replace(
        made, notes=image.notes + quality.sentences, hopeless=quality.is_hopeless
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """One file read in the pool: what was seen, or why it could not be."""

    path: str
    size: int = 0
    mtime_ns: int = 0
    look: Look | None = None
    reason: str = ""


class Importing:
    """One import, from listing to the last transaction.

    A file is in the journal from the moment it is listed until it is stored or has its reason, so
    that an import killed at any moment goes on where it was.
    """

    def __init__(
        self,
        library: Library,
        encoder: Encoder,
        pool: ThreadPoolExecutor,
        publish: Callable[[], Catalog],
    ) -> None:
        self._library = library
        self._encoder = encoder
        self._pool = pool
        self._publish = publish
        self._sheet: LabelSheet | None = None
        self._lost_sheet: tuple[str, ...] = ()
        self._read: list[_Read] = []
        self._new: list[NewSwatch] = []
        self._finished: list[str] = []
        self._problems: list[ImportProblem] = []
        self._arrived: list[str] = []
        self._here: list[tuple[str, str]] = []  # files whose bytes were here, and as which swatch
        self._skipped = self._labelled = 0
        self._resuming = library.pending_count() > 0
        self._stored_at = self._published_at = time.monotonic()
        self._publish_cost = 0.0

    def run(self, paths: Sequence[str], labels_csv: str = "") -> Steps:
        """Import files and folders; returns an ImportReport."""
        if labels_csv:
            self._sheet = read_labels_csv(Path(labels_csv), default_taxonomy())
        fresh = yield from self._unseen(list_images(paths))
        if not fresh and not self._skipped:
            raise UnreadableImageError(
                "There are no pictures there that fabricfinder can read "
                "(JPEG, PNG, TIFF, WebP, BMP)."
            )
        if labels_csv:  # with the journal, so that going on after a kill knows it too
            self._library.meta_set(SHEET_NOTE, os.path.abspath(labels_csv))
        self._library.queue_import(fresh)
        return (yield from self._import(fresh))

    def run_pending(self) -> Steps:
        """Go on with the files an earlier import did not reach; returns an ImportReport.

        The sheet of labels that import was given is read again.
        """
        if noted := self._library.meta_get(SHEET_NOTE):
            try:
                self._sheet = read_labels_csv(Path(noted), default_taxonomy())
            except FabricFinderError as error:
                self._lost_sheet = (f"The labels of this import were not applied: {error}",)
        fresh = yield from self._unseen(self._library.pending_import())
        return (yield from self._import(fresh))

    def _unseen(self, paths: Iterable[str]) -> Steps:
        """Go through a listing; returns the files that were not imported before."""
        fresh = []
        yield Progress("Looking for pictures", unit="pictures")
        for listed, path in enumerate(paths, start=1):
            if not self._was_seen(path):
                fresh.append(path)
            if listed % LISTED_A_STEP == 0:
                yield Progress("Looking for pictures", listed, unit="pictures")
        return fresh

    def _was_seen(self, path: str) -> bool:
        """Whether a file was imported before, told by path, size and time: nothing is read."""
        try:
            stat = os.stat(path)
            known = self._library.seen(path, stat.st_size, stat.st_mtime_ns)
        except OSError:
            return False
        if known is None:
            return False
        self._skipped += 1
        self._here.append((path, known))
        if self._resuming:
            self._finished.append(path)
        return True

    def _import(self, paths: Sequence[str]) -> Steps:
        waiting: deque[Future[_Read]] = deque()
        ahead = iter(paths)
        done, total = self._skipped, self._skipped + len(paths)
        try:
            while True:
                while len(waiting) < AHEAD and (path := next(ahead, None)) is not None:
                    waiting.append(self._pool.submit(_read, path))
                if not waiting:
                    break
                if wait([waiting[0]], timeout=WAIT_S).not_done:
                    yield Progress("Looking at the cloth", done, total)
                    continue
                self._take(waiting.popleft().result())
                done += 1
                if len(self._read) >= ENCODE_BATCH:
                    self._encode()
                yield Progress("Looking at the cloth", done, total)
                if self._store_due():
                    self._store()
                    yield Progress("Index", done, total, partial=self._share())
            self._encode()
            self._store()
            yield from self._label_sheet()
            alike = yield from self._compare()
            if self._library.meta_get(SHEET_NOTE) and not self._library.pending_count():
                self._library.meta_set(SHEET_NOTE, "")
        finally:
            for future in waiting:
                future.cancel()
        return ImportReport(
            len(self._arrived), len(self._here), tuple(self._problems), self._labelled,
            self._notices(), tuple(self._arrived), tuple(self._here), alike,
        )  # fmt: skip

    def _compare(self) -> Steps:
        """Which of the new pictures seem to show cloth that was here; returns Alikes.

        Not those of which a sheet has said which article they are.
        """
        filed = {s.id for s in self._library.swatches() if s.fields.get("article")}
        new = [i for i in self._arrived if i not in filed]
        found: list[Alike] = []
        if not new:
            return ()
        table = self._library.table(self._encoder.id)
        for done, alike in enumerate(resembling(table, new)):
            if alike is not None:
                found.append(alike)
            if done % 64 == 0:
                yield Progress("Comparing", done, len(new))
        return tuple(found)

    def _take(self, read: _Read) -> None:
        """Note a problem, or keep the picture for the next batch."""
        if read.look is None:
            problem = ImportProblem(read.path, read.reason)
            self._problems.append(problem)
            self._library.add_problem(problem)
            self._finished.append(read.path)
        else:
            self._read.append(read)

    def _encode(self) -> None:
        """Encode what was read; a picture whose bytes are already here only gains a location."""
        here, coming = self._library.known(), {new.swatch.id for new in self._new}
        fresh: dict[str, Look] = {}
        for read in self._read:
            assert read.look is not None
            if read.look.digest not in here and read.look.digest not in coming:
                fresh.setdefault(read.look.digest, read.look)
        looks = list(fresh.values())
        encodings = self._encoder.encode([look.views for look in looks]) if looks else []
        described = {
            look.digest: look.described(self._encoder.id, encoding)
            for look, encoding in zip(looks, encodings, strict=True)
        }
        for read in self._read:  # of two files of the same bytes, the first names the swatch
            descriptor = described.pop(read.look.digest, None)
            if descriptor is None:
                self._here.append((read.path, read.look.digest))
            self._new.append(self._as_new(read, descriptor))
        self._arrived += fresh
        self._read.clear()

    def _as_new(self, read: _Read, descriptor: FabricDescriptor | None) -> NewSwatch:
        look = read.look
        assert look is not None
        swatch = Swatch(
            look.digest, read.path, Path(read.path).stem, look.width, look.height, look.px_per_cm,
            scale_source=look.scale_source,
        )
        if self._sheet is not None:
            row = self._sheet.row_for(read.path)
            if row is not None:
                labels, fields = row
                name = str(fields.get("article") or swatch.name)
                swatch = replace(swatch, labels=labels, fields=fields, name=name)
        return NewSwatch(swatch, look.thumbnail, descriptor, read.mtime_ns, read.size)

    def _store_due(self) -> bool:
        return len(self._new) >= STORE_BATCH or time.monotonic() - self._stored_at > STORE_S

    def _store(self) -> None:
        """One transaction for the pictures, then the journal lets go of them."""
        if self._new:
            self._library.add(self._new)
            self._finished += [new.swatch.path for new in self._new]
            self._new = []
        if self._finished:
            self._library.finish_import(self._finished)
            self._finished = []
        self._stored_at = time.monotonic()

    def _share(self) -> Catalog | None:
        """A new snapshot now and then; the larger the library, the rarer."""
        now = time.monotonic()
        if now - self._published_at < max(PUBLISH_S, 20 * self._publish_cost):
            return None
        catalog = self._publish()
        self._published_at = time.monotonic()
        self._publish_cost = self._published_at - now
        return catalog

    def _notices(self) -> tuple[str, ...]:
        """What the sheet of labels got wrong, and its rows that mean no picture here."""
        if self._sheet is None:
            return self._lost_sheet
        return self._sheet.problems + self._sheet.unmatched(
            swatch.path for swatch in self._library.swatches()
        )

    def _label_sheet(self) -> Iterator[Progress]:
        """Labels and fields of a sheet also reach swatches that were already here."""
        if self._sheet is None:
            return
        swatches = self._library.swatches()
        for start in range(0, len(swatches), LABEL_BATCH):
            labels: dict[str, Labels] = {}
            fields: dict[str, Any] = {}
            for swatch in swatches[start : start + LABEL_BATCH]:
                row = self._sheet.row_for(swatch.path)
                if row is not None:
                    labels[swatch.id], fields[swatch.id] = row
            self._library.set_labels(labels, merge=True)
            self._library.set_fields(fields)
            self._labelled += len(labels)
            yield Progress("Labels", start, len(swatches))


def _read(path: str) -> _Read:
    """Read one file in the pool; never raises for a bad file."""
    try:
        with open_picture(path) as stream:
            stat = os.fstat(stream.fileno())
        look = look_at(path, with_thumbnail=True)
        return _Read(path, stat.st_size, stat.st_mtime_ns, look)
    except LibraryError:
        raise
    except FabricFinderError as error:
        return _Read(path, reason=str(error))
    except OSError as error:
        return _Read(path, reason=f"The file could not be read ({error.strerror or error}).")
