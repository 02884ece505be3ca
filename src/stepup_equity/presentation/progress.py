"""How far long work has got: told to whoever asks, shown in a notebook, silent elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable


class Steps:
    """Counts parts of the work.

    Parameters
    ----------
    title : str
        What is being done.
    progress : callable, optional
        Called with the number of parts done. Without it, a notebook shows a bar; scripts and pipes nothing.
    """

    def __init__(self, title: str, progress: Callable[[int], None] | None = None) -> None:
        self._tell = progress if progress is not None else _bar(title)
        self._done = 0

    def __call__(self) -> None:
        """One more part is done."""
        self._done += 1
        if self._tell is not None:
            self._tell(self._done)


def _bar(title: str) -> Callable[[int], None] | None:
    """A line in the notebook that counts up, or None where this is not a notebook."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if not hasattr(shell, "kernel"):
        return None
    line = Markup("<p><label>{}: <progress></progress> {} parts done</label></p>")
    handle = ipython.display.display(ipython.display.HTML(line.format(title, 0)), display_id=True)

    def tell(done: int) -> None:
        handle.update(ipython.display.HTML(line.format(title, done)))

    return tell
