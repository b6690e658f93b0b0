"""Why a file is no picture we can read, in a designer's words."""

import os
from typing import BinaryIO

from fabricfinder.domain.errors import UnreadableImageError

# What the first bytes of a file say it is.
_OURS = {
    b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"II*\0": "TIFF", b"MM\0*": "TIFF",
    b"II+\0": "TIFF", b"MM\0+": "TIFF", b"RIFF": "WebP", b"BM": "BMP", b"GIF8": "GIF",
}  # fmt: skip
_FOREIGN = {
    b"%PDF": "a PDF document; save its page as PNG or TIFF",
    b"%!PS": "a PostScript file; save it as PNG or TIFF",
    b"8BPS": "a Photoshop document; save a copy as TIFF or PNG",
    b"PK\x03\x04": "an archive or office document; unpack it first",
    b"<svg": "a drawing (SVG); save it as PNG",
    b"\xd0\xcf\x11\xe0": "an office document, not a picture",
}
_CUT_WORDS = ("truncat", "expecting to read", "not enough", "unexpected end")


def refusal(stream: BinaryIO, error: Exception) -> UnreadableImageError:
    """Make the sentence for a file that its decoder refused.

    Args:
        stream: the open file; read from its beginning.
        error: what the decoder raised.
    """
    stream.seek(0)
    head = stream.read(4096)
    length = stream.seek(0, os.SEEK_END)
    if not head:
        return UnreadableImageError("This file is empty.")
    if any(word in str(error).lower() for word in _CUT_WORDS) or _is_short_riff(head, length):
        return UnreadableImageError(
            "This picture is cut short: part of the file is missing. Copy or scan it again."
        )
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1"):
        return _foreign("a HEIC photo; set the phone to “most compatible” or save it as JPEG")
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            return _foreign(what)
    for magic, name in _OURS.items():
        if head.startswith(magic):
            return UnreadableImageError(_of_our_kind(name, str(error)))
    if _is_text(head):
        return _foreign("text, whatever its name says")
    return UnreadableImageError("This file is not a picture this program can read.")


def _of_our_kind(name: str, error: str) -> str:
    """The sentence for a file that begins as one of ours and goes wrong after."""
    if name == "TIFF" and ("floating" in error or "identify" in error):
        return (
            "This TIFF stores its pixels in a way this program cannot read "
            "(such as floating-point); save it with 8 or 16 bits a channel."
        )
    return f"This {name} picture is damaged and cannot be opened."


def _foreign(what: str) -> UnreadableImageError:
    return UnreadableImageError(f"This is {what}.")


def _is_short_riff(head: bytes, length: int) -> bool:
    """Whether a RIFF container promises more bytes than the file has."""
    return head[:4] == b"RIFF" and int.from_bytes(head[4:8], "little") + 8 > length


def _is_text(head: bytes) -> bool:
    """Whether the first bytes read as text."""
    try:
        return head[:1024].decode("utf-8", "ignore").isprintable() or not any(
            byte < 9 or 13 < byte < 32 for byte in head
        )
    except ValueError:
        return False
