"""Exit codes of every command."""

from typing import Final

DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
CLIFFS: Final = 3
STOPPED: Final = 130
