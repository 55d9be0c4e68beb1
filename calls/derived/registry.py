"""What apps above this one derive from calls. Each registers it when it is ready (its `apps.py`), so that it is kept up
to date here without being imported."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from markets.models import Workspace


@dataclass(frozen=True)
class DerivedData:
    refresh: Callable[[int, Collection[int]], None]
    """Brings it up to date for these contacts of the workspace, whose calls were changed, voided or moved. The
    transaction holds the locks of their campaigns."""
    differences: Callable[[Workspace], Iterable[str]]
    """A sentence for each stored value that a recount finds to be wrong."""
    wrong_contacts: Callable[[Workspace], set[int]]
    """The contacts that `refresh` would correct something for."""


_registered: list[DerivedData] = []


def register(derived: DerivedData) -> None:
    _registered.append(derived)


def registered() -> list[DerivedData]:
    return _registered
