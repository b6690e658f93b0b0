"""The language of the window: which there are, which one is asked for, and how it is put on."""

import csv
import json
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

from fabricfinder.domain.resources import resource_path
from fabricfinder.ui.letters import put_on_letters, take_off_letters
from fabricfinder.ui.number_words import formats_for
from fabricfinder.ui.sentences import SENTENCE, SentenceBook

SYSTEM, ENGLISH = "", "en"
FOLDER, TERMS = "translations", "terms.csv"
CLOTH = "Cloth"  # the context of the names of patterns, weaves and knits
QT_CATALOGUE = "qtbase_{name}.qm"


class Catalogue(QTranslator):
    """The words of a language, from English.

    Text is looked up by itself: the context counts only where a word has two meanings, so that a
    sentence is found whichever class says it.
    """

    def __init__(self, path: Path, terms: Path, parent: QObject) -> None:
        """Read a language.

        Args:
            path: ``NAME.json`` with ``words`` by English text and ``in`` by context; ``sentences``,
                ``fragments`` and ``joints`` as ``SentenceBook`` takes them.
            terms: a table of names of cloth with a column for English and for each language.

        Raises:
            OSError, ValueError, KeyError: it cannot be read, or is no such file.
        """
        super().__init__(parent)
        content = json.loads(path.read_text("utf-8"))
        self._words: dict[str, str] = dict(content["words"])
        self._in: dict[str, dict[str, str]] = dict(content["in"])
        self._in[CLOTH] = names = _names(terms, path.stem)
        self._book = SentenceBook(
            content["sentences"], content["fragments"], content["joints"], self._words | names
        )

    def isEmpty(self) -> bool:
        """Override QTranslator::isEmpty: Qt puts on no catalogue that says it is."""
        return False

    def translate(
        self, context: str, text: str, said: str | None = None, n: int = -1
    ) -> str | None:
        """Override QTranslator::translate: None, not "", for what the language does not say."""
        if context == SENTENCE:
            return self._book.say(text)
        return self._in.get(context, {}).get(text) or self._words.get(text)


def _names(terms: Path, language: str) -> dict[str, str]:
    """Names of cloth in a language by their English ones; empty where the table has no column."""
    column = language.partition("_")[0]
    with terms.open(encoding="utf-8", newline="") as file:
        return {row["en"]: row[column] for row in csv.DictReader(file) if row.get(column)}


def languages(folder: Path | None = None) -> tuple[str, ...]:
    """Names of the languages there are, English first; ``folder`` holds the catalogues."""
    folder = folder or resource_path(FOLDER)
    return (ENGLISH, *sorted(path.stem for path in folder.glob("*.json")))


def language_title(name: str) -> str:
    """What a language is called by those who speak it: ``简体中文``."""
    if name == ENGLISH:
        return "English"
    title = QLocale(name).nativeLanguageName()
    return title[:1].upper() + title[1:]


def language_for(asked: str, desktop: str, known: tuple[str, ...]) -> str:
    """The language to show.

    Args:
        asked: what she chose, or SYSTEM for the desktop's.
        desktop: the desktop's locale, ``zh_CN``.
        known: as ``languages``.

    Returns:
        one of ``known``: the very one, else one of the same language and script, else English.
    """
    if asked in known:
        return asked
    here = QLocale(desktop)
    for name in known:
        there = QLocale(name)
        if (there.language(), there.script()) == (here.language(), here.script()):
            return name
    return ENGLISH


def put_on_language(
    app: QCoreApplication, asked: str, folder: Path | None = None, desktop: str = ""
) -> str:
    """Translate whatever is made from now on, numbers and days too; returns the language it is in.

    What is on the screen already stays as it is: a choice is seen at the next start. A catalogue
    that cannot be read leaves the window in English.

    Args:
        app: owns the catalogues; those put on before are taken off.
        asked: a language's name, or SYSTEM.
        folder: where the catalogues lie; with the other resources by default.
        desktop: the desktop's locale; as Qt tells it by default.
    """
    take_off_language(app)
    folder = folder or resource_path(FOLDER)
    desktop = desktop or QLocale.system().name()
    name = language_for(asked, desktop, languages(folder))
    words = None
    if name != ENGLISH:
        try:
            words = Catalogue(folder / f"{name}.json", resource_path(TERMS), app)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            name = ENGLISH
    QLocale.setDefault(formats_for(name, desktop))
    if words is None:
        return name
    of_qt = QTranslator(app)
    qt_folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    if of_qt.load(str(qt_folder / QT_CATALOGUE.format(name=name))):
        app.installTranslator(of_qt)
    app.installTranslator(words)
    put_on_letters(app, name, desktop)
    # A Python object must not be asked for words while the interpreter goes down.
    app.aboutToQuit.connect(lambda: take_off_language(app))
    return name


def take_off_language(app: QCoreApplication) -> None:
    """Speak English from now on."""
    QLocale.setDefault(formats_for(ENGLISH, QLocale.system().name()))
    take_off_letters(app)
    for catalogue in app.findChildren(QTranslator):
        app.removeTranslator(catalogue)
        catalogue.setParent(None)
        catalogue.deleteLater()
