"""The house's rules, held by a machine: who may import whom, no cycles, budgets, docstrings."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "fabricfinder"

# Each room, and the rooms its modules may import (function-level imports included).
MAY_IMPORT = {
    "domain": set(),
    "vision": {"domain"},
    "synthesis": {"domain"},
    "capture": {"vision", "domain"},
    "encoding": {"domain"},
    "hashing": {"domain"},
    "evaluation": {"domain"},
    "library": {"domain"},
    "retrieval": {"domain"},
    "sheets": {"retrieval", "domain"},
    "composing": {"sheets", "vision", "domain"},
    "comparing": {"composing", "sheets", "retrieval", "vision", "domain"},
    # library: a lesson is taught from the swatches and labels of one, which it only reads;
    # labelling: or from a file of labels.
    "training": {
        "hashing", "synthesis", "evaluation", "labelling", "library", "retrieval", "vision", "domain",
        "terminal",
    },
    "jobs": {"domain"},
    "terminal": {"jobs", "domain"},
    # capture: a scale card in a photograph says its scale.
    "importing": {"capture", "library", "vision", "domain"},
    "archive": {"jobs", "library", "retrieval", "vision", "domain"},
    # synthesis: every term and rung is asked for as a picture, drawn on the worker.
    "labelling": {"library", "synthesis", "domain"},
    "growing": {"encoding", "vision", "domain"},
    "grow_command": {"growing", "terminal", "vision", "domain"},
    "recoding": {"importing", "jobs", "library", "domain"},
    "teaching": {"domain"},
    "choosing": {"domain"},
    "teach": {"commands", "teaching", "terminal", "domain"},
    "finder": {
        "archive", "choosing", "importing", "jobs", "labelling", "library", "recoding", "retrieval",
        "teaching", "vision", "domain",
    },
    "demo": {"synthesis", "finder", "jobs", "domain"},
    # The whole way, the window included, tried once.
    "checking": {
        "demo", "encoding", "finder", "growing", "hashing", "importing", "jobs", "sheets",
        "synthesis", "teaching", "training", "ui", "vision", "domain",
    },
    "measuring": {
        "evaluation", "importing", "jobs", "retrieval", "synthesis", "vision", "domain",
    },
    # vision: the one path by which any picture is decoded, previews included.
    "eyes": {"encoding", "hashing", "domain"},
    # capture: scanners, cameras and watched folders, on a thread of their own.
    "ui": {
        "archive", "capture", "choosing", "comparing", "composing", "sheets", "jobs", "finder", "demo", "eyes",
        "growing", "labelling", "measuring", "retrieval", "teaching", "vision", "domain",
    },
    "commands": {
        "archive", "checking", "composing", "demo", "domain", "evaluation", "eyes", "finder",
        "importing", "jobs", "measuring", "sheets", "synthesis", "terminal", "ui", "vision",
    },
    "label_commands": {"commands", "labelling", "terminal", "domain"},
    "models_command": {"commands", "eyes", "measuring", "terminal", "domain"},
    "capture_commands": {"capture", "commands", "eyes", "finder", "terminal", "vision", "domain"},
    "__main__": {
        "capture_commands", "commands", "grow_command", "lab_commands", "label_commands",
        "models_command", "teach", "ui", "domain",
    },
    "lab_commands": {"models_command", "training", "domain"},
    "__init__": set(),
}  # fmt: skip

# Third-party packages, and the only rooms that may import them.
ONLY_IN = {
    "torch": {"hashing", "training"},
    "torchvision": {"hashing", "training"},
    "safetensors": {"hashing"},
    "onnx": {"hashing"},
    "onnxruntime": {"encoding"},
    "sqlite3": {"library"},
    "PySide6": {"ui"},
    "cv2": {"vision", "synthesis", "retrieval", "evaluation", "training", "sheets", "capture"},
    "PIL": {"vision", "synthesis"},
    "xlsxwriter": {"sheets"},
    "openpyxl": {"library"},
    "dtx_to_wif": {"synthesis"},
    "matplotlib": {"sheets", "evaluation", "measuring"},
}
DOMAIN_THIRD_PARTY = {"numpy"}

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_METHODS = 28  # own and Qt overrides together


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else path.stem


def imported_names(path: Path) -> set[str]:
    """Full dotted names of everything a module imports, at any depth, but for type checking."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    names: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_every_module_belongs_to_a_room() -> None:
    assert {room_of(p) for p in modules()} <= set(MAY_IMPORT)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_walk_one_way(path: Path) -> None:
    room = room_of(path)
    for name in imported_names(path):
        parts = name.split(".")
        if parts[0] == "fabricfinder" and len(parts) > 1 and parts[1] not in ("__version__", room):
            assert parts[1] in MAY_IMPORT[room], f"{room} may not import {name}"
        elif parts[0] in ONLY_IN:
            assert room in ONLY_IN[parts[0]], f"{parts[0]} does not belong in {room}"
        elif room == "domain" and parts[0] != "fabricfinder":
            assert parts[0] in sys.stdlib_module_names | DOMAIN_THIRD_PARTY, name


def test_no_import_cycles() -> None:
    known = {".".join(("fabricfinder", *p.relative_to(PACKAGE).with_suffix("").parts)): p for p in modules()}
    graph: dict[str, set[str]] = {}
    for module, path in known.items():
        tree = ast.parse(path.read_text("utf-8"))
        # Only what runs when the module is loaded: a function's own import cannot close a cycle.
        top = ast.Module([n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)], [])
        names = set()
        for node in top.body:
            if isinstance(node, ast.ImportFrom):
                names |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
            elif isinstance(node, ast.Import):
                names |= {a.name for a in node.names}
        graph[module] = {n for n in names if n in known and n != module}
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail, module))
        if module not in done:
            for other in graph[module]:
                visit(other, (*trail, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_budgets_and_docstrings(path: Path) -> None:
    source = path.read_text("utf-8")
    tree = ast.parse(source)
    assert len(source.splitlines()) <= MAX_FILE_LINES
    is_empty = not tree.body
    assert is_empty or ast.get_docstring(tree), "a module opens with one true sentence"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < MAX_FUNCTION_LINES, f"{node.name} is too long"
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} does not say what it is"
            methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
            plain = [m for m in methods if not m.decorator_list]
            assert len(plain) <= MAX_METHODS, f"{node.name} has {len(plain)} methods"


def test_the_window_opens_without_heavy_imports() -> None:
    """Importing the window brings in neither torch nor onnxruntime: it paints before they load."""
    code = (
        "import sys, fabricfinder.ui.app; "
        "print([m for m in ('torch', 'onnxruntime', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_the_program_runs_without_torch() -> None:
    """Every command but train works where torch is not installed."""
    code = (
        "import sys; sys.modules['torch'] = None; "
        "import fabricfinder.commands, fabricfinder.__main__, fabricfinder.ui.app, fabricfinder.demo"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
