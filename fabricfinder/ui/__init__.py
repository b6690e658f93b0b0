"""The shop window: everything the designer sees and touches; the only room with PySide6."""
