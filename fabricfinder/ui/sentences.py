"""Sentences said below the window, in her language: found again by the shape they were written in.

The rooms below the window write plain English: an error's ``str``, a note, a reason that a library
keeps. Such a sentence is matched here with its template, what was filled in is taken out, said in
her language where it has words for it, and filled into the language's own template. So nothing
below knows of languages, and a sentence that was stored years ago in English is still understood.
``packaging/translations.py`` collects the templates from the source; a test holds them complete.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from fabricfinder.jobs import JobEvent

SENTENCE = "Sentence"  # the context in which the catalogue looks for templates
PLACE = re.compile(r"\{(\d+)(:d)?\}")
_SENTENCES = re.compile(r"(?<=[.!?])( )(?=\S)")
_CLAUSES = re.compile(r"(?<=\S)(: |; |, )")
_DEPTH = 8  # a hint in a reason in a cell in a line in a sentence, and some
_KEPT = 4096


def retold(sentence: str) -> str:
    """A sentence from below the window, as she reads it; as it is where her language lacks it."""
    plain = sentence.encode("utf-8", "replace").decode()  # a path may be no Unicode
    return QCoreApplication.translate(SENTENCE, plain) if plain else ""


def heard(event: JobEvent) -> JobEvent:
    """What happened to a job, its sentences as she reads them."""
    if event.sentence:
        event = replace(event, sentence=retold(event.sentence))
    if event.progress is not None and event.progress.notice:
        event = replace(
            event, progress=replace(event.progress, notice=retold(event.progress.notice))
        )
    return event


class SentenceBook:
    """The templates of a language."""

    def __init__(
        self, templates: Mapping[str, str], fragments: Mapping[str, str],
        joints: Mapping[str, str], names: Mapping[str, str],
    ) -> None:  # fmt: skip
        """Compile the templates.

        Args:
            templates: English, what is filled in as ``{0}``, ``{1}``, to the language's own.
            fragments: the same of what is filled in, or stands between commas; ``{0:d}`` is filled
                with a number only.
            joints: what parts two sentences or clauses, " ", ": ", "; " and ", ".
            names: words of the window and of cloth, which may be filled in too.
        """
        self._whole = {**names, **fragments, **templates}
        self._shapes = _shapes(templates)
        self._inner = (*self._shapes, *_shapes(fragments))
        self._joints = joints
        self._known: dict[str, str | None] = {}

    def say(self, sentence: str) -> str | None:
        """A sentence in the language; None where nothing of it is known."""
        if sentence not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[sentence] = self._say(sentence.strip(), 0)
        return self._known[sentence]

    def _say(self, text: str, depth: int) -> str | None:
        """The whole by its template, else sentence by sentence, else clause by clause."""
        if text in self._whole or depth > _DEPTH:
            return self._whole.get(text)
        for shape, template in self._inner if depth else self._shapes:
            if found := shape.fullmatch(text):
                said = [self._say(v.strip(), depth + 1) or v for v in found.groups()]
                return PLACE.sub(lambda place, said=said: said[int(place[1])], template)
        for between in (_SENTENCES, _CLAUSES):
            parts = between.split(text, 1)
            if len(parts) > 1:
                return self._joined(*parts, depth + 1)
        return None

    def _joined(self, head: str, joint: str, rest: str, depth: int) -> str | None:
        """What stands before a joint and what after; None where neither is known."""
        said, more = self._say(head, depth), self._say(rest, depth)
        if said is None and more is None:
            return None
        return (said or head) + self._joints.get(joint, joint) + (more or rest)


def _shapes(templates: Mapping[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """(what a sentence of it looks like, the language's own), what says most by itself first."""
    shaped = [text for text in templates if PLACE.search(text)]
    shaped.sort(key=lambda text: -sum(map(str.isalpha, PLACE.sub("", text))))
    return tuple((_shape(text), templates[text]) for text in shaped)


def _shape(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\d+(?::d)?\})", template)
    parts[::2] = map(re.escape, parts[::2])
    parts[1::2] = [r"([\d.,]+)" if part.endswith(":d}") else "(.*?)" for part in parts[1::2]]
    return re.compile("".join(parts), re.DOTALL)
