"""What goes into a bundle and what stays out: flavours, files that ship, libraries left to the system."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

LAB = ("torch", "torchvision", "safetensors", "onnx", "triton", "nvidia", "sympy", "networkx")
NEVER = (
    "tkinter", "_tkinter", "turtle", "IPython", "pytest", "hypothesis", "setuptools", "pip",
    "readline", "curses", "_curses", "dbm.gnu", "_gdbm", "test", "unittest.mock", "lib2to3",
    "pydoc_data", "matplotlib.tests", "numpy.tests", "numpy.f2py", "cv2.gapi", "PIL._avif",
    "PIL.AvifImagePlugin", "PIL.ImageTk", "PIL._imagingtk",
)  # fmt: skip
"""Not needed; ``readline`` and ``_gdbm`` would also bring GPL libraries along."""


TORCHS = ("unittest.mock", "pydoc_data")
"""What torch imports of these all the same."""


@dataclass(frozen=True, slots=True)
class Flavour:
    """One edition of the program.

    Attributes:
        name: ``standard`` or ``studio``.
        extra: of pyproject.toml, installed beside the program; "" for none.
        excludes: modules that are never bundled.
        suffixes_out: files of ``resources`` that are left out, by their last letters.
        limit_mb: what it may measure unpacked; None where nothing is promised.
    """

    name: str
    extra: str
    excludes: tuple[str, ...]
    suffixes_out: tuple[str, ...] = ()
    limit_mb: float | None = None

    def leaves_out(self, module: str) -> bool:
        """Whether a module, by its dotted name, is among what is never bundled, or inside it."""
        return any(module == out or module.startswith(f"{out}.") for out in self.excludes)


FLAVOURS = {
    "standard": Flavour(
        "standard", "", NEVER + LAB + ("fabricfinder.hashing", "fabricfinder.training"),
        (".safetensors", ".log.jsonl"), 450.0,
    ),
    "studio": Flavour(
        "studio", "train",
        tuple(name for name in NEVER if name not in TORCHS) + ("torch.utils.tensorboard",),
    ),
}  # fmt: skip

# Pictures of the README are not for the program; those of the guide are.
RESOURCE_FOLDERS = ("", "translations", "guide", "icons")

# Qt's plugins bring modules along that nothing here uses.
_QT_UNUSED = re.compile(
    r"(Qt6?|lib)?(Qt6)?(WebEngine|Quick|Qml|VirtualKeyboard|Pdf|3D|Designer|Charts|DataVis|Sensors"
    r"|WebChannel|WebSockets|Positioning|Bluetooth|Nfc|RemoteObjects|SpatialAudio|Sql|Test)",
)
_PLUGINS_UNUSED = ("platforminputcontexts/libqtvirtualkeyboard", "imageformats/libqpdf", "qmltooling",
                   "sqldrivers", "designer", "sceneparsers", "assetimporters", "geometryloaders",
                   "renderers", "webview", "egldeviceintegrations", "networkinformation", "plugins/tls",
                   "plugins/generic", "platforms/libqeglfs", "platforms/libqlinuxfb",
                   "platforms/libqvnc", "platforms/libqvkkhrdisplay", "platforms/libqminimal",
                   "libQt6EglFS", "QtMultimediaWidgets", "libQt6MultimediaWidgets", "QtDBus.abi3",
                   "QtConcurrent.abi3", "imageformats/libqsvg", "iconengines", "libQt6Svg",
                   "imageformats/libqicns", "imageformats/libqtga", "imageformats/libqwbmp")  # fmt: skip

# Plots speak DejaVu Sans; the other fonts are for other tastes, the pictures for matplotlib's window.
_PLOT_UNUSED = re.compile(
    r"mpl-data/(sample_data|images|plot_directive|fonts/(afm|pdfcorefonts|ttf/(STIX|cm|DejaVuSerif|DejaVuSansMono|DejaVuSans-(Bold)?Ob)))"
)

# On Linux these come with the system: a desktop has them in the version that suits its drivers,
# fonts and sound server. Everything else under /usr/lib is listed in the .deb's Depends.
_SYSTEM = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")
# Python itself needs these, of one exact version; none is under the GPL.
_PYTHONS = re.compile(
    r"lib(ssl|crypto|sqlite3|ffi|lzma|bz2|z|expat|uuid|mpdec|python[\d.]+)\.so|lib(ssl|crypto)-"
)


def is_unwanted(target: str, source: str) -> bool:
    """Whether a collected file stays out.

    Args:
        target: where it would lie in the bundle.
        source: where it was found.
    """
    posix = PurePosixPath(target.replace("\\", "/"))
    text = str(posix)
    if "PySide6" in text and (
        _QT_UNUSED.match(posix.name) or any(part in text for part in _PLUGINS_UNUSED)
    ):
        return True
    if "PySide6" in text and posix.suffix == ".qm":  # only the languages the program speaks
        return not re.match(r"(qtbase|qt)_(zh_CN|en)", posix.name)
    if _PLOT_UNUSED.search(text) or "/tests/" in text:
        return True
    on_system = sys.platform.startswith("linux") and source.startswith(_SYSTEM)
    return on_system and not _PYTHONS.match(posix.name)


def resource_files(root: Path, flavour: Flavour) -> Iterator[tuple[Path, str]]:
    """Files that ship and the folder of the bundle each goes to."""
    resources = root / "resources"
    for path in sorted(resources.rglob("*")):
        inside = path.relative_to(resources)
        top = inside.parts[0] if len(inside.parts) > 1 else ""
        if path.is_file() and top in RESOURCE_FOLDERS and not path.name.endswith(
            flavour.suffixes_out or ("\0",)
        ):
            yield path, str(PurePosixPath("resources", *inside.parent.parts))


def version() -> str:
    """The version of the program, read from its one place."""
    text = (Path(__file__).resolve().parents[1] / "fabricfinder" / "__init__.py").read_text()
    found = re.search(r'__version__ = "([^"]+)"', text)
    assert found is not None
    return found[1]
