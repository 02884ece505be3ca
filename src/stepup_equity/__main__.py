"""``python -m stepup_equity`` is the command line."""

from stepup_equity.cli import program

program()
