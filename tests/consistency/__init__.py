"""Every output of a folder says the same: one question, one answer."""
