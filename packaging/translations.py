"""Lists what the window says, and what of it a language does not say yet.

    .venv/bin/python packaging/translations.py zh_CN        what is missing, what is no longer said

A language is ``resources/translations/NAME.json``: ``words`` from English to the language, and ``in``
the same for one context (a class, or the first argument of ``translate``) where one English word
has two meanings. Names of cloth are in ``resources/terms.csv``.
"""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from fabricfinder.domain.models import UNTRAINED
from fabricfinder.domain.systems import SYSTEMS
from fabricfinder.retrieval.explanation import ENGLISH as EXPLANATION
from fabricfinder.sheets.words import ENGLISH as SHEET

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "fabricfinder"
FOLDER = ROOT / "resources" / "translations"
CALLS = {"tr": 0, "translate": 1, "Progress": 0}  # which argument is the text


def said() -> set[str]:
    """Every English text that is given to ``tr`` or ``translate``."""
    found = {UNTRAINED}
    for system in SYSTEMS:
        found |= {system.good_at, system.unshipped} - {""}
    found |= set(EXPLANATION.values()) | set(SHEET.values())
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text("utf-8")
        if any(f"{name}(" in source for name in CALLS):
            found |= set(_texts(ast.parse(source)))
    return found


def _texts(tree: ast.Module) -> Iterator[str]:
    """Texts of one module: of ``x.tr(…)``, ``tr(…)``, ``translate(context, …)``, ``Progress(…)``."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else (
            node.func.id if isinstance(node.func, ast.Name) else ""
        )  # fmt: skip
        place = CALLS.get(name)
        if place is None or len(node.args) <= place:
            continue
        text = node.args[place]
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value:
            yield text.value


def main() -> int:
    """Print what a language lacks and what it says in vain; 1 where something is missing."""
    name = sys.argv[1]
    path = FOLDER / f"{name}.json"
    words = json.loads(path.read_text("utf-8"))["words"] if path.exists() else {}
    known = said()
    missing, stale = sorted(known - set(words)), sorted(set(words) - known)
    for text in missing:
        print(f"missing  {text!r}")
    for text in stale:
        print(f"no longer said  {text!r}")
    print(f"{len(known) - len(missing):,} of {len(known):,} texts are in {name}.")
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
