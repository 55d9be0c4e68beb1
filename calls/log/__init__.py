"""The call log: recording, amending and voiding calls, their meetings, and phone numbers found to be wrong.

Every change of a call goes through the functions exported here. Each takes one transaction, which locks the campaign
before anything else and refreshes calls.derived at its end.
"""

from calls.log.services import amend, record, record_many, void, void_many
from calls.log.validation import CallRefused, NewCall

__all__ = ["CallRefused", "NewCall", "amend", "record", "record_many", "void", "void_many"]
