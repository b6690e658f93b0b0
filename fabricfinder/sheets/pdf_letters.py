"""The letters behind a PDF's glyphs, so that its words are found as they were written.

Qt notes for each glyph the first letter its font draws with it: for 子 that is the radical ⼦
(U+2F26), for an Arabic letter its presentation form. A reader that searches or copies gets those.
Here each is put back to the plain letter (Unicode NFKC), in place: the file's offsets stay true.
"""

import re
import unicodedata
from pathlib import Path

# Letters that only stand for another one: CJK radicals and compatibility forms, Arabic shapes.
_STANDINS = ((0x2E80, 0x2FDF), (0xF900, 0xFAFF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFE))
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_LISTED = re.compile(rb"\[[^\]]*\]")
_SINGLE = re.compile(rb"<([0-9A-Fa-f]{4})> <\1> <[0-9A-Fa-f]{4}>")
_LETTER = re.compile(rb"<([0-9A-Fa-f]{4})>")


def spell_plainly(pdf: Path) -> None:
    """Put plain letters into the ToUnicode tables of a PDF that Qt wrote."""
    raw = pdf.read_bytes()
    plain = _RANGES.sub(lambda table: _plain_table(table[0]), raw)
    if plain != raw:
        pdf.write_bytes(plain)


def plain_letter(code: int) -> int:
    """The letter a stand-in stands for, or the letter itself; only ever one for one."""
    if not any(low <= code <= high for low, high in _STANDINS):
        return code
    plain = unicodedata.normalize("NFKC", chr(code))
    return ord(plain) if len(plain) == 1 and ord(plain) < 0x10000 else code


def _plain_table(table: bytes) -> bytes:
    """A bfrange block with its lists and its ranges of one glyph in plain letters."""
    listed = _LISTED.sub(lambda part: _LETTER.sub(_plain_hex, part[0]), table)
    return _SINGLE.sub(lambda line: line[0][:14] + _LETTER.sub(_plain_hex, line[0][14:]), listed)


def _plain_hex(letter: re.Match[bytes]) -> bytes:
    return b"<%04X>" % plain_letter(int(letter[1], 16))
