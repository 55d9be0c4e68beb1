"""Columns of lists of people that say where each of them stands. See signals.contacts.standing."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from config.ui.lists.columns import CellColumn, Column, FetchedColumn
from markets.models import Workspace
from signals.contacts.standing import describe

STANDING_COLUMNS = ("last_outcome", "last_call", "movement", "next_step", "owner", "in_campaigns")


def standing_columns(contact: str = "") -> tuple[Column, ...]:
    """In the order of STANDING_COLUMNS. `contact` is the relation from a row to the person."""
    path = f"{contact}__standing" if contact else "standing"
    column = partial(FetchedColumn, fetch=describe_members if contact else describe)
    return (
        column("cells/text.html", accessor=f"{path}__last_outcome", verbose_name=_("Last outcome")),
        column("cells/moment.html", accessor=f"{path}__last_call_at", verbose_name=_("Last call")),
        column(
            "contacts/cells/movement.html",
            accessor=f"{path}__movement",
            text=f"{path}__movement_text",
            verbose_name=_("Movement State"),
        ),
        column("contacts/cells/step.html", accessor=path, text=f"{path}__step_text", verbose_name=_("Next step")),
        column("cells/text.html", accessor=f"{path}__owner", verbose_name=_("Assigned to")),
        column("contacts/cells/campaigns.html", accessor=path, text=f"{path}__campaigns", verbose_name=_("Campaigns")),
    )


def edit_column(contact: str) -> CellColumn:
    """A link that edits firm, title and number in the row. `contact` is the path to the person's id."""
    return CellColumn(
        "contacts/cells/edit.html", accessor=contact, verbose_name=_("Edit"), orderable=False, exclude_from_export=True
    )


def describe_members(members: Sequence[Any], workspace: Workspace) -> None:
    describe([member.contact for member in members], workspace)
