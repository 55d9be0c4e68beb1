"""The groups of contacts (firms, seniorities, cities) that breakdowns show by name; the rest is shown together."""

from collections.abc import Mapping

MAX_GROUPS = 8


def largest_groups(counts: Mapping[str, int]) -> list[str]:
    """The names with the highest counts, ties in alphabetical order. The blank name is not a group."""
    return sorted((name for name in counts if name), key=lambda name: (-counts[name], name))[:MAX_GROUPS]
