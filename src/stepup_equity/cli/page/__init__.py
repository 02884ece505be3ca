"""The page on this machine: the same way through a draft as at the terminal, for a browser."""
