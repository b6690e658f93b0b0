"""What can be done with a result, each deed once, for menus, keys and the context menu alike."""

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication, QKeySequence, QPixmap
from PySide6.QtWidgets import QMenu

from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.ui import wording
from fabricfinder.ui.result_model import tab_separated
from fabricfinder.ui.results_page import ResultsPage
from fabricfinder.ui.swatch_mime import file_url, swatch_mime

_CONTEXT = Qt.ShortcutContext.WidgetWithChildrenShortcut


class ResultActions(QObject):
    """The actions of the results; single keys work while the results have the keyboard.

    Attributes:
        use, look, folder, copy, copy_picture, copy_path: deeds on the chosen results.
        sorts: by "overall" and each of DIMENSIONS.
        locks: by each of DIMENSIONS.
        more: deeds of the window's own, in the context menu beside these.
    """

    def __init__(self, page: ResultsPage) -> None:
        super().__init__(page)
        self._page = page
        self.more: list[QAction] = []
        self.use = self._action(self.tr("Use as query\tEnter"))
        self.look = self._action(self.tr("Look closer\tSpace"))
        self.folder = self._action(self.tr("Show in folder"))
        self.copy = self._action(self.tr("Copy"), QKeySequence.StandardKey.Copy)
        self.copy_picture = self._action(self.tr("Copy picture"))
        self.copy_path = self._action(self.tr("Copy path"))
        names = wording.dimension_names()
        self.sorts = {"overall": self._action(self.tr("Sort by overall match"), "0")}
        self.locks = {}
        for number, (key, name) in enumerate(zip(DIMENSIONS, names, strict=True), start=1):
            text = self.tr("Sort by {name}").format(name=name.lower())
            self.sorts[key] = self._action(text, str(number))
            text = self.tr("Lock {name}").format(name=name.lower())
            self.locks[key] = self._action(text, f"Shift+{number}")
        self.use.triggered.connect(page.use_current)
        self.look.triggered.connect(page.look_closer)
        self.folder.triggered.connect(self._show_in_folder)
        self.copy.triggered.connect(self._copy)
        self.copy_picture.triggered.connect(self._copy_picture)
        self.copy_path.triggered.connect(self._copy_path)
        page.current_changed.connect(self._enable)
        page.menu_wanted.connect(self.open_menu)
        self._enable(None)

    def deeds(self) -> list[QAction]:
        """The deeds on a result, in the order of the context menu."""
        return [self.use, self.look, self.folder, self.copy, self.copy_picture, self.copy_path]

    def open_menu(self, at: QPoint) -> None:
        """Open the context menu at a point of the screen."""
        menu = QMenu(self._page)
        menu.addActions([*self.deeds()[:2], *self.more])
        menu.addSeparator()
        menu.addActions(self.deeds()[2:])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _action(self, text: str, shortcut: QKeySequence.StandardKey | str = "") -> QAction:
        action = QAction(text, self)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
            action.setShortcutContext(_CONTEXT)
            self._page.places.addAction(action)
        return action

    def _enable(self, current: object) -> None:
        for action in self.deeds():
            action.setEnabled(current is not None)

    def _show_in_folder(self) -> None:
        one = self._page.current()
        if one is not None:
            folder = one.swatch.path.replace("\\", "/").rpartition("/")[0] or "/"
            QDesktopServices.openUrl(file_url(folder))

    def _copy(self) -> None:
        """Copy files, picture and text; from the table the text is its rows, for a spreadsheet."""
        swatches = self._page.chosen_swatches()
        if not swatches:
            return
        mime = swatch_mime(swatches, self._picture() if len(swatches) == 1 else None)
        if self._page.views.currentWidget() is self._page.table:
            mime.setText(tab_separated(self._page.model, self._page.chosen_places()))
        QGuiApplication.clipboard().setMimeData(mime)

    def _picture(self) -> QPixmap | None:
        """The current result's thumbnail, or as much of it as its card shows."""
        one, model = self._page.current(), self._page.model
        if one is None:
            return None
        whole = self._page.thumbnails.pixmap(one.swatch.id, 512)
        return whole or self._page.thumbnails.pixmap(one.swatch.id, model.picture_px, fill=True)

    def _copy_picture(self) -> None:
        picture = self._picture()
        if picture is not None:
            QGuiApplication.clipboard().setPixmap(picture)

    def _copy_path(self) -> None:
        paths = [wording.shown_path(s.path) for s in self._page.chosen_swatches()]
        QGuiApplication.clipboard().setText("\n".join(paths))
