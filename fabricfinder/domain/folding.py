"""Folding: the form in which words are compared, whoever typed them and however.

Case, accents and full-width forms do not matter. Scripts written without spaces (Chinese,
Japanese, Korean, Thai and their neighbours) are taken sign by sign, so that any part of a name is
found, one sign included.
"""

import re
import unicodedata

_SIGN_BY_SIGN = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3130-\u318f"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff])"
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_NOT_WORD = re.compile(r"[\W_]+")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d"})


def fold(text: str) -> str:
    """Fold text to space-separated words: no case, accents, width or punctuation.

    >>> fold("Köper_2/2 斜纹")
    'koper 2 2 斜 纹'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.encode("utf-8", "replace").decode("utf-8"))
        text = unicodedata.normalize("NFC", _ACCENTS.sub("", text))
        text = _SIGN_BY_SIGN.sub(r" \1 ", text)
    return " ".join(_NOT_WORD.sub(" ", text.casefold().translate(_LETTERS)).split())
