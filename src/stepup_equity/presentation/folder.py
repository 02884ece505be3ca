"""The folder of a report: the writer of every output, under the names a report calls it by."""

from stepup_equity.output import check_folder, write_folder

__all__ = ["check_folder", "write_folder"]
