"""Every command of the window with its words and keys: one table, from which menus are built."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget


LISTED_AS = "listed_as"


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its key in the table, words, shortcut and deed.

    ``shortcut`` is a portable key sequence ("Ctrl+O") or "". A command that can be on and off
    is ``checkable``.
    """

    key: str
    text: str
    shortcut: str
    deed: Callable[..., object]
    checkable: bool = False


@dataclass(frozen=True, slots=True)
class MenuPlan:
    """A menu: its title and its commands or a page's own actions, None for a line between them."""

    title: str
    commands: Sequence[Command | QAction | None]


def build_menus(
    bar: QMenuBar, plans: Sequence[MenuPlan], owner: QWidget
) -> tuple[dict[str, QAction], list[QMenu]]:
    """Fill a menu bar.

    Returns:
        the actions by key, and the menus in order.
    """
    actions: dict[str, QAction] = {}
    menus: list[QMenu] = []
    for plan in plans:
        menu = QMenu(plan.title, bar)
        bar.addMenu(menu)
        menus.append(menu)
        for command in plan.commands:
            if command is None:
                menu.addSeparator()
                continue
            if isinstance(command, QAction):
                menu.addAction(command)
                continue
            action = QAction(command.text, owner)
            action.setObjectName(command.key)
            action.setCheckable(command.checkable)
            if command.shortcut:
                action.setShortcut(QKeySequence(command.shortcut))
            action.triggered.connect(command.deed)
            menu.addAction(action)
            actions[command.key] = action
    return actions, menus


def spoken_keys(menus: Sequence[QMenu]) -> list[tuple[str, str, str]]:
    """(menu, command, keys) of every action with a shortcut, submenus left out.

    An action whose text changes with what it would do is listed by its property LISTED_AS.
    """
    rows = []
    for menu in menus:
        for action in menu.actions():
            if action.isSeparator() or action.menu() is not None:
                continue
            # An action without a key of its own may name one after a tab: a view's own key.
            text, _, named = (action.property(LISTED_AS) or action.text()).partition("\t")
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) or named
            if keys:
                rows.append((menu.title().replace("&", ""), text.replace("&", ""), keys))
    return rows
