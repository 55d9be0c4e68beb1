from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from campaigns.audience.links import decode_rule, encode_rule
from campaigns.audience.parameters import RuleInvalid
from campaigns.models import DefaultView, SavedView
from config.ui.lists.chosen_columns import COLUMNS, MOST_COLUMNS
from markets.models import User, Workspace

NOT_SAVED = {COLUMNS, "page", "view", "count", "_export", "up", "down", "csrfmiddlewaretoken"}
MOST_PARAMETERS, LONGEST_VALUE, LONGEST_NAME = 60, 4_000, 60
MOST_VIEWS = 100
"""Of a person, and of a workspace, for each list."""


def views_for(workspace: Workspace, user: User) -> QuerySet[SavedView]:
    """The user's own views and those of the workspace, with `is_default`."""
    chosen = DefaultView.objects.filter(workspace=workspace, user=user, view=OuterRef("pk"))
    visible = workspace.saved_views.filter(Q(owner=user) | Q(owner=None))
    return visible.annotate(is_default=Exists(chosen)).order_by("name", "pk")


def may_change(view: SavedView, user: User, *, can_manage: bool) -> bool:
    return view.owner_id == user.pk or (view.owner_id is None and can_manage)


def stored_query(query: QueryDict) -> dict[str, Any]:
    """Filters and order of an address, as they are stored: a rule as JSON, so that people can be erased from it."""
    stored: dict[str, Any] = {}
    for name, values in list(query.lists())[:MOST_PARAMETERS]:
        kept = [str(value).replace("\0", "")[:LONGEST_VALUE] for value in values if value]
        if kept and name not in NOT_SAVED and len(name) <= LONGEST_NAME:
            stored[name.replace("\0", "")] = kept
    if rule := stored.pop("rule", None):
        try:
            stored["rule"] = decode_rule(rule[0])
        except RuleInvalid:
            pass
    return stored


def address_query(view: SavedView, *, only_look: bool = False) -> QueryDict:
    """The query that shows a list as the view does; `only_look`: with its columns and order, without its filters."""
    query = query_of({name: value for name, value in view.query.items() if name == "sort"} if only_look else view.query)
    query.setlist(COLUMNS, [str(name) for name in view.columns])
    if not only_look:
        query["view"] = str(view.pk)
    return query


def query_of(stored: Mapping[str, Any]) -> QueryDict:
    """What `stored_query` has stored, as it stands in an address."""
    query = QueryDict(mutable=True)
    for name, value in sorted(stored.items()):
        if name == "rule":
            query["rule"] = encode_rule(value)
        else:
            query.setlist(name, [str(each) for each in value] if isinstance(value, list) else [str(value)])
    return query


@transaction.atomic
def save_view(
    *, workspace: Workspace, list_name: str, name: str, owner: User | None, query: QueryDict, by: User
) -> SavedView:
    """Saves a view, or replaces the one of that name and owner. Raises ValidationError."""
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)  # so that nobody adds the same meanwhile
    name = " ".join(name.split())
    of_list = workspace.saved_views.filter(list_name=list_name, owner=owner)
    view = of_list.filter(name__iexact=name).first()
    if view is None:
        if of_list.count() >= MOST_VIEWS:
            raise ValidationError(_("There are %(most)s views already. Delete one first.") % {"most": MOST_VIEWS})
        view = SavedView(workspace=workspace, list_name=list_name, owner=owner, created_by=by)
    view.name, view.query = name, stored_query(query)
    columns = [text.replace("\0", "") for text in query.getlist(COLUMNS)[:MOST_COLUMNS]]
    view.columns = [text for text in columns if text and len(text) <= LONGEST_VALUE]
    view.full_clean(exclude=["workspace", "owner", "created_by"])
    view.save()
    return view


@transaction.atomic
def rename_view(*, view: SavedView, name: str) -> None:
    """Raises ValidationError."""
    view.name = " ".join(name.split())
    view.full_clean(exclude=["workspace", "owner", "created_by"])
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError:  # somebody else has just created one of that name
        raise ValidationError(_("There is a view of that name already.")) from None


@transaction.atomic
def delete_view(*, view: SavedView) -> None:
    """Deletes it; lists that opened with it open as they are."""
    SavedView.objects.select_for_update().filter(workspace=view.workspace_id, pk=view.pk).first()
    view.defaults.all().delete()
    view.delete()


@transaction.atomic
def set_default(*, view: SavedView, user: User) -> None:
    """Lists of that kind open with the columns and the order of the view."""
    of_list: dict[str, Any] = {"workspace_id": view.workspace_id, "user": user, "list_name": view.list_name}
    DefaultView.objects.update_or_create(**of_list, defaults={"view": view})


def clear_default(*, workspace: Workspace, user: User, list_name: str) -> None:
    workspace.default_views.filter(user=user, list_name=list_name).delete()
