"""Which scanners there are, and opening one by its name."""

import sys
from dataclasses import dataclass

from fabricfinder.capture.discovery import announced_scanners
from fabricfinder.capture.errors import ScannerError
from fabricfinder.capture.escl import EsclScanner
from fabricfinder.capture.sane import SaneScanner, is_here, list_sane
from fabricfinder.capture.scanner import FoundScanner, Scanner

# Roads to a scanner that are not built yet, by the system they belong to.
_NOT_YET = {
    "win32": "Scanners on Windows' own road (WIA) cannot be used yet.",
    "darwin": "Scanners on macOS's own road (ImageCaptureCore) cannot be used yet.",
}
BY_ADDRESS = (
    "A network scanner (eSCL, AirScan) that is not listed is used by its address, as "
    "http://192.168.1.20/eSCL."
)


@dataclass(frozen=True, slots=True)
class Listing:
    """The scanners found, and sentences about where none could be looked for."""

    found: tuple[FoundScanner, ...]
    notes: tuple[str, ...]


def list_scanners(system: str = sys.platform) -> Listing:
    """Look for scanners, those that announce themselves in the network among them.

    Asking may take seconds.

    Args:
        system: as ``sys.platform``.
    """
    notes = [_NOT_YET[system]] if system in _NOT_YET else []
    found: list[FoundScanner] = []
    if system not in _NOT_YET:
        if is_here():
            try:
                found = list_sane()
            except ScannerError as error:
                notes.append(str(error))
        else:
            notes.append("SANE is not on this computer; its package sane-utils brings it.")
    found += announced_scanners()
    return Listing(tuple(found), (*notes, BY_ADDRESS))


def open_scanner(name: str) -> Scanner:
    """A scanner by its name in the list, its SANE name, or its network address.

    Raises:
        ScannerError: the address is none.
    """
    kind, _, rest = name.partition(":")
    if kind == "escl":
        return EsclScanner(rest)
    if kind in ("http", "https"):
        return EsclScanner(name)
    return SaneScanner(rest if kind == "sane" else name)
