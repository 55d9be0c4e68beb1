"""Signals suggested by the notes of a call. A user accepts or refuses each one; nothing is captured by itself.

An extractor, named by the setting SIGNAL_EXTRACTOR, finds signals in a text. The built-in one, `phrase_matcher`, looks
for the phrases listed in `phrases`. `services` stores, accepts and refuses suggestions; `rule_stats` counts per rule
how many were accepted.
"""

from signals.suggestions.services import accept, refuse, suggest, suggestions_of_latest_call

__all__ = ["accept", "refuse", "suggest", "suggestions_of_latest_call"]
