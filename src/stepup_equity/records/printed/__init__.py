"""Published tables: numbers of people as they are printed, read from whatever layout they come in."""

from stepup_equity.records.printed.grid import Grid, grid_of_frame, grid_of_rows
from stepup_equity.records.printed.judged import Judged, growing, judged, leave_out_sums, note_refusals
from stepup_equity.records.printed.lines import Line, Printed
from stepup_equity.records.printed.numbers import Convention, convention_of, decimal_of
from stepup_equity.records.printed.plain import header_of, is_plain, printed_of
from stepup_equity.records.printed.recognise import grid_of_file, published_grid

__all__ = [
    "Convention",
    "Grid",
    "Judged",
    "Line",
    "Printed",
    "convention_of",
    "decimal_of",
    "grid_of_file",
    "grid_of_frame",
    "grid_of_rows",
    "growing",
    "header_of",
    "is_plain",
    "judged",
    "leave_out_sums",
    "note_refusals",
    "printed_of",
    "published_grid",
]
