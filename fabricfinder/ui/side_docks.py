"""Panels at the window's side that share one place: each is brought to the front when asked for."""

from PySide6.QtWidgets import QDockWidget


def is_seen(dock: QDockWidget) -> bool:
    """Whether a panel is open and not behind another one's tab."""
    return dock.isVisible() and not dock.visibleRegion().isEmpty()


def bring(dock: QDockWidget) -> None:
    """Show a panel, in front of those that share its place."""
    dock.show()
    dock.raise_()


def toggle(dock: QDockWidget) -> None:
    """Bring a panel, or put away the one that is seen."""
    if is_seen(dock):
        dock.hide()
    else:
        bring(dock)
