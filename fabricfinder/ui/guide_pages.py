"""The pages of the guide: which there are, what they say, and on which of them words stand."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

INDEX, ENGLISH = "index", "en"
SNIPPET = 48  # letters before and after what was looked for
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)]*)\)")
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]*)\)")
_MARKS = re.compile(r"[*`|#>]+|-{3,}|^ *(?:-|\d+\.) ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents: the page's key, its title, and the heading it stands under."""

    key: str
    title: str
    group: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A page on which all the words stand.

    Attributes:
        key, title: the page.
        times: how often they stand there.
        snippet: what stands around the first of them.
    """

    key: str
    title: str
    times: int
    snippet: str


class GuideBook:
    """The guide in one language; a page that a language lacks is there in English."""

    def __init__(self, folder: Path, language: str) -> None:
        """``folder`` holds a folder of Markdown for each language."""
        self.folder, self.language = folder, language

    def path(self, key: str) -> Path:
        """Where a page lies; an unknown key is the index."""
        for language in (self.language, ENGLISH):
            path = self.folder / language / f"{key}.md"
            if path.is_file():
                return path
        return self.folder / ENGLISH / f"{INDEX}.md"

    def text(self, key: str) -> str:
        """A page as Markdown."""
        return self.path(key).read_text("utf-8")

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The contents in order, as the index links them; the index itself is not among them."""
        found, group = [], ""
        for line in self.text(INDEX).splitlines():
            if line.startswith("## "):
                group = line.removeprefix("## ").strip()
            for title, target in _LINK.findall(line):
                if target.endswith(".md"):
                    found.append(Entry(target.removesuffix(".md"), title, group))
        return tuple(found)

    def find(self, words: str) -> tuple[Hit, ...]:
        """Pages on which every word stands, those with most of them first; no words, no pages."""
        wanted = words.casefold().split()
        if not wanted:
            return ()
        hits = []
        for entry in self.entries:
            text = self._plain[entry.key]
            folded = text.casefold()
            if all(word in folded for word in wanted):
                times = sum(folded.count(word) for word in wanted)
                below = text.removeprefix(entry.title).strip()
                hits.append(Hit(entry.key, entry.title, times, _around(below, wanted)))
        return tuple(sorted(hits, key=lambda hit: -hit.times))

    @cached_property
    def _plain(self) -> dict[str, str]:
        return {entry.key: plain_text(self.text(entry.key)) for entry in self.entries}


def plain_text(markdown: str) -> str:
    """Markdown without its marks, pictures by what they show, on one line."""
    text = _LINK.sub(r"\1", _PICTURE.sub(r"\1", markdown))
    return re.sub(r" (?=[.,:;)])", "", " ".join(_MARKS.sub(" ", text).split()))


def with_captions(markdown: str) -> str:
    """The same with what each picture shows in a paragraph of its own below it."""
    return _PICTURE.sub(r"\g<0>\n\n\1", markdown)


def _around(text: str, words: list[str]) -> str:
    """What stands around the first of the words, with dots where it is cut."""
    folded = text.casefold()
    places = [folded.find(word) for word in words]
    at = min((place for place in places if place >= 0), default=0)
    start = text.find(" ", max(0, at - SNIPPET), at) + 1 if at > SNIPPET else 0
    end = text.rfind(" ", at, at + SNIPPET) if at + SNIPPET < len(text) else len(text)
    end = end if end > at else at + SNIPPET  # some languages have no spaces
    start = start or max(0, at - SNIPPET)
    return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"
