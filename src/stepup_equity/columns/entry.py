"""An entry of the register of columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "whole number", "number", "true or false"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of result frames.

    Attributes
    ----------
    name : str
        In the frame; where one file uses the name for something else, ``file.name``.
    type : str
        ``text``, ``whole number``, ``number`` or ``true or false``; a number is empty where there is none.
    meaning : str
        For the reader of a data file.
    """

    name: str
    type: Type
    meaning: str
