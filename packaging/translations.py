"""Lists what the window says, and what of it a language does not say yet.

    .venv/bin/python packaging/translations.py zh_CN        what is missing, what is no longer said

A language is ``resources/translations/NAME.json``: ``words`` from English to the language, and
``in`` the same for one context (a class, or the first argument of ``translate``) where one English
word has two meanings; ``sentences`` from the templates of sentences said below the window, with
``{0}``, ``{1}`` for what is filled in; ``fragments`` for words that are filled into those;
``joints`` for what stands between two sentences or clauses. Names of cloth are in
``resources/terms.csv``.
"""

import ast
import builtins
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from fabricfinder.domain.composition import FIBRES
from fabricfinder.domain.models import UNTRAINED
from fabricfinder.domain.systems import SYSTEMS
from fabricfinder.domain.units import UNITS
from fabricfinder.retrieval.explanation import ENGLISH as EXPLANATION
from fabricfinder.sheets.words import ENGLISH as SHEET
from fabricfinder.ui.plot_words import PLOT_TEXTS

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "fabricfinder"
FOLDER = ROOT / "resources" / "translations"
CALLS = {"tr": 0, "translate": 1, "Progress": 0, "_waiting": 1}  # which argument is the text
# Modules whose sentences are read on the command line only, by those who measure or train, or that
# only draw (a sheet's words are in SHEET, a card is printed in English).
ELSEWHERE = re.compile(
    r"(ui|evaluation|checking)/|training/(?!teach|originals)"
    r"|hashing/(dshc_codes|style|export|trunks)"
    r"|measuring/(?!own_library)|synthesis/(benchmark|draft_pictures)|sheets/(words|table)"
    r"|capture/card_drawing|domain/systems|.*command|.*__main__|demo\.py|teach\.py|terminal\.py"
)
SENTENCE = re.compile(r"[.!?…](\{\d+\})*$")  # its end; a hint may follow
WORD = re.compile(r"[^\W\d_]{2,}")
FIELD = re.compile(r"\{\d+\}")


def said() -> set[str]:
    """Every English text that is given to ``tr`` or ``translate``."""
    found = {UNTRAINED, *(names[0] for names in FIBRES.values())}
    found |= {unit.symbol for units in UNITS.values() for unit in units}
    for system in SYSTEMS:
        found |= {system.built_for, system.unshipped} - {""}
    found |= set(EXPLANATION.values()) | set(SHEET.values()) | set(PLOT_TEXTS)
    for tree in _trees(PACKAGE.rglob("*.py")):
        found |= set(_texts(tree))
    return found


def sentences() -> set[str]:
    """Templates of every sentence that the rooms below the window may hand to it.

    These are all texts below the window that end as a sentence does, and whatever an error that
    she can mend is raised with.
    """
    known = said()
    paths = (p for p in PACKAGE.rglob("*.py") if not ELSEWHERE.match(_place(p)))
    return {text for tree in _trees(paths) for text in _sentences(tree)} - known


def _place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _trees(paths: Iterator[Path]) -> Iterator[ast.Module]:
    return (ast.parse(path.read_text("utf-8")) for path in paths)


def _texts(tree: ast.Module) -> Iterator[str]:
    """Texts of one module: of ``x.tr(…)``, ``tr(…)``, ``translate(context, …)``, ``Progress(…)``.

    A text may have a name: ``PHASE = "Growing"``.
    """
    named = {
        target.id: node.value for node in tree.body if isinstance(node, ast.Assign)
        for target in node.targets if isinstance(target, ast.Name)
    }  # fmt: skip
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        place = CALLS.get(_name(node))
        if place is None or len(node.args) <= place:
            continue
        text = node.args[place]
        text = named.get(text.id) if isinstance(text, ast.Name) else text
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value:
            yield text.value


def _sentences(tree: ast.Module) -> Iterator[str]:
    """Templates of one module, docstrings left out."""
    raised = {
        id(text) for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node).endswith("Error")
        and not hasattr(builtins, _name(node)) for text in node.args[:1]
    }  # fmt: skip
    aside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    aside |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
              for part in node.values}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in aside:
            text = _template(node).strip()
            whole = len(WORD.findall(FIELD.sub("", text))) > 1 and " " in text
            if whole and (id(node) in raised or SENTENCE.search(text)) and not _is_query(text):
                yield text


def _template(node: ast.Constant | ast.JoinedStr) -> str:
    """The text with ``{0}``, ``{1}`` for what is filled in; "" for a constant that is no text."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    text, n = "", 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += part.value
        else:
            text, n = f"{text}{{{n}}}", n + 1
    return text


def _is_query(text: str) -> bool:
    """Whether it is said to a database."""
    return text.split()[0].isupper() and len(text.split()[0]) > 3 or text.endswith(" ?")


def _name(node: ast.Call) -> str:
    """What is called: ``tr`` of ``self.tr(…)``."""
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def main() -> int:
    """Print what a language lacks and what it says in vain; 1 where something is missing."""
    name = sys.argv[1]
    path = FOLDER / f"{name}.json"
    content = json.loads(path.read_text("utf-8")) if path.exists() else {}
    lacking = 0
    for part, known in (("words", said()), ("sentences", sentences())):
        mine = set(content.get(part, {}))
        for text in sorted(known - mine):
            print(f"missing in {part}  {text!r}")
        for text in sorted(mine - known):
            print(f"no longer among the {part}  {text!r}")
        print(f"{len(known & mine):,} of {len(known):,} {part} are in {name}.")
        lacking += len(known - mine)
    return 1 if lacking else 0


if __name__ == "__main__":
    raise SystemExit(main())
