"""Applicant records in: readers, progress, labels to groups, problems. No layer above sees a row."""
