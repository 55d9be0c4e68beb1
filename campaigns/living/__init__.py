"""The living audience of ongoing coverage: every night its rule proposes who joins and who leaves, and a manager
decides. Nothing changes by itself."""

from campaigns.living.decisions import Decided, decide
from campaigns.living.proposals import (
    Waiting,
    close_proposal,
    due_campaigns,
    open_changes,
    propose,
    propose_if_due,
    waiting_in,
)
from campaigns.living.services import CannotLive, set_living

__all__ = [
    "CannotLive",
    "Decided",
    "Waiting",
    "close_proposal",
    "decide",
    "due_campaigns",
    "open_changes",
    "propose",
    "propose_if_due",
    "set_living",
    "waiting_in",
]
