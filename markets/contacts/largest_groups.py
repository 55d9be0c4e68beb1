"""The largest groups of people: so many firms, levels of seniority or cities are shown by name."""

from collections.abc import Mapping

MAX_GROUPS = 8


def largest_groups(people: Mapping[str, int]) -> list[str]:
    """The names with most people, given how many each has; nobody is of a group without a name. The order is total."""
    return sorted((name for name in people if name), key=lambda name: (-people[name], name))[:MAX_GROUPS]
