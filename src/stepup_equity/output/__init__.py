"""Files and folders written: whole or not at all, and never over what is somebody's."""

from stepup_equity.output.faults import faults_in_words
from stepup_equity.output.files import check_file, write_file
from stepup_equity.output.folders import MADE_BY, Target, check_folder, write_folder
from stepup_equity.output.room import room_beside
from stepup_equity.output.tables import csv_bytes

__all__ = [
    "MADE_BY",
    "Target",
    "check_file",
    "check_folder",
    "csv_bytes",
    "faults_in_words",
    "room_beside",
    "write_file",
    "write_folder",
]
