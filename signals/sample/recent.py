"""What changed in the last 30 days, by the index of a market, so that pages have findings to show."""

COLD_CONVERSATIONS = {0: 0.2, 3: 2.2}
"""Multiplies the odds of a conversation outside follow-ups: fewer answer in the first market, more in the fourth."""
EARLIER_PACE = {5: 0.55}
"""Multiplies the calls of the days before. What was not called then is called in the last 30 days."""
STIRRED = frozenset({0, 1})
"""Where those who are reached have become readier to move."""
