"""The search: one way to find rows by a text, whatever they are and in whichever list.

`matching` narrows rows to those in which every word is found, `ranked` puts the best first,
and `people_found` is a condition for rules that are kept. What can be searched is
registered (markets.search.sources).
"""

from markets.search.matching import matching, people_found
from markets.search.ranking import ranked

__all__ = ["matching", "people_found", "ranked"]
