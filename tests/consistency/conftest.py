"""Folders that the tests here share."""

from .folders import told

__all__ = ["told"]
