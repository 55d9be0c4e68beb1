"""Everything stored that follows from calls: counts by day and hour, member summaries, fulfilled callbacks and wrong
numbers.

Every change of a call refreshes them in its own transaction, always by counting again from the calls: adding and
subtracting would drift. Apps above register what they derive from calls (calls.derived.registry), so that it is
refreshed, checked and rebuilt with the rest.
"""

from calls.derived.consistency import check, rebuild, recount_all
from calls.derived.updates import refresh, refresh_contact, refresh_for_new_calls

__all__ = ["check", "rebuild", "recount_all", "refresh", "refresh_contact", "refresh_for_new_calls"]
