"""What a file looks like: a draft of its programme, for the terminal, the local page and Python."""

from stepup_equity.start.draft import Draft, draft_programme
from stepup_equity.start.proposals import Choice, Proposal

__all__ = ["Choice", "Draft", "Proposal", "draft_programme"]
