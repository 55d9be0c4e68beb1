"""The kinds of conditions. Each app registers its own when it is ready (its `apps.py`), so that those of the apps above
are known here without being imported."""

from campaigns.audience.condition import Condition

_kinds: dict[str, type[Condition]] = {}


def register(*kinds: type[Condition]) -> None:
    for kind in kinds:
        _kinds[kind.kind] = kind


def registered() -> dict[str, type[Condition]]:
    """By the name that it has in JSON."""
    return _kinds
