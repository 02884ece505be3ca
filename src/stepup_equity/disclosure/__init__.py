"""What may be published: policies, protected tables, the audit, and the ledger of what has been released."""

from stepup_equity.disclosure.audit import Audit, audit
from stepup_equity.disclosure.ledger import Ledger
from stepup_equity.disclosure.policy import PRESETS, Policy, Symbols, policy_of
from stepup_equity.disclosure.printed import Measure, PrintedTable
from stepup_equity.disclosure.protect import protect
from stepup_equity.disclosure.release import Release

__all__ = [
    "PRESETS",
    "Audit",
    "Ledger",
    "Measure",
    "Policy",
    "PrintedTable",
    "Release",
    "Symbols",
    "audit",
    "policy_of",
    "protect",
]
