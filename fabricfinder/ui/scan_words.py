"""What the scan dialog says, apart from its widgets."""

from PySide6.QtCore import QCoreApplication

from fabricfinder.capture.scanner import Abilities, ScanSettings
from fabricfinder.capture.scanning import Scanned, is_from_feeder, scan_megapixels
from fabricfinder.domain.progress import Progress
from fabricfinder.ui.number_words import count_text, decimal_text, in_a_row
from fabricfinder.ui.sentences import retold
from fabricfinder.vision.scale import CM_PER_INCH, MIN_YARN_DPI

translate = QCoreApplication.translate

USUAL_DPI = (75.0, 150.0, 300.0, 600.0, 1200.0, 2400.0)
COUNTING_DPI = 300.0


def offered_dpi(abilities: Abilities) -> tuple[float, ...]:
    """Resolutions to choose from, ascending: those it lists, or the usual ones in its range."""
    if abilities.dpi and not abilities.dpi_range:
        return tuple(sorted(abilities.dpi))
    return tuple(dpi for dpi in USUAL_DPI if abilities.offers(dpi))


def source_title(abilities: Abilities, source: str) -> str:
    """A source in a word she knows, the scanner's own word kept where it says more."""
    if is_from_feeder(abilities, source):
        return translate("Scan", "Feeder")
    if source.lower() in ("flatbed", "platen", "normal", ""):
        return translate("Scan", "Glass")
    return source


def scale_sentence(settings: ScanSettings, abilities: Abilities) -> str:
    """What the resolution is good for, and how large the scan will be."""
    mm = 10 * CM_PER_INCH / settings.dpi
    parts = [translate("Scan", "1 px = {mm} mm").format(mm=f"{mm:.2g}")]
    megapixels = scan_megapixels(settings, abilities)
    if megapixels is not None:
        parts.append(translate("Scan", "{n} megapixels a page").format(n=f"{megapixels:.0f}"
                     if megapixels >= 10 else decimal_text(megapixels, 1)))  # fmt: skip
    if settings.dpi < MIN_YARN_DPI:
        parts.append(translate("Scan", "too coarse to judge the weave"))
    elif settings.dpi < COUNTING_DPI:
        parts.append(translate("Scan", "threads are counted from 300 dpi"))
    return " · ".join(parts)


def frames_sentence(has_preview: bool, n: int, from_feeder: bool) -> str:
    """How the scan will be cut."""
    if from_feeder:
        return translate("Scan", "Each page is cut into the swatches found on it.")
    if not has_preview:
        return translate("Scan", "Press Preview to see what is found before you scan.")
    if not n:
        return translate("Scan", "No swatch was found: the page stays whole. Draw a frame around "
                         "each, if there are some.")  # fmt: skip
    found = translate("Scan", "One swatch is framed.") if n == 1 else translate(
        "Scan", "{n} swatches are framed.").format(n=n)  # fmt: skip
    return in_a_row(found, translate(
        "Scan", "Drag a frame or its corners to correct it, turn it by its knob, draw one where one "
        "is missing. Delete takes the chosen one away."))  # fmt: skip


def progress_sentence(progress: Progress, pages: int) -> tuple[str, int | None]:
    """Where a scan is, and the percentage of its page, or None where that is not known."""
    if progress.unit == "% of a page":
        page, part = divmod(progress.done, 100)
        said = translate("Scan", "Scanning page {n} · {p} %").format(n=page + 1, p=part)
        return said, part
    if progress.unit == "kB":
        said = translate("Scan", "Scanning page {n} · {size} MB").format(
            n=pages + 1, size=decimal_text(progress.done / 1000, 1))  # fmt: skip
        return said, None
    if progress.unit == "pieces" and progress.total:
        said = translate("Scan", "Cutting out swatch {n} of {total}").format(
            n=min(progress.done + 1, progress.total), total=progress.total)  # fmt: skip
        return said, 100 * progress.done // progress.total
    return translate("Progress", progress.phase), None


def outcome_sentence(done: Scanned) -> str:
    """What came of a scan, and what is to be done about what ended it."""
    pages = _counted(done.pages, translate("Scan", "One page"), translate("Scan", "{n} pages"))
    said = translate("Scan", "{pages} scanned").format(pages=pages)
    if done.swatches:
        pieces = _counted(done.swatches, translate("Scan", "one swatch"),
                          translate("Scan", "{n} swatches"))  # fmt: skip
        said = translate("Scan", "{pages} scanned, {pieces} cut out").format(
            pages=pages, pieces=pieces)  # fmt: skip
    said += ". " + translate("Scan", "They are on their way into the library.")
    return f"{retold(done.problem)} {said}" if done.problem else said


def kept_sentence(sentence: str, pages: int) -> str:
    """Why a scan ended, and that the whole pages before it are kept."""
    if not pages:
        return sentence
    kept = _counted(pages, translate("Scan", "The page before it is kept."),
                    translate("Scan", "The {n} pages before it are kept."))  # fmt: skip
    return f"{sentence} {kept}"


def _counted(n: int, one: str, many: str) -> str:
    return one if n == 1 else many.format(n=count_text(n))
