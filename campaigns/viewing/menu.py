from dataclasses import dataclass

from django.http import QueryDict

from campaigns.models import SavedView
from campaigns.viewing.services import address_query, may_change, views_for
from config.ui.forms import as_id
from config.ui.lists.addresses import address_of, set_parameters
from markets.models import Workspace
from markets.workspaces.access import WorkspaceRequest


@dataclass(frozen=True)
class ViewLink:
    view: SavedView
    url: str


@dataclass(frozen=True)
class ViewMenu:
    """The views of a list: those that can be opened, and the one that is open."""

    list_name: str
    links: list[ViewLink]
    open: SavedView | None
    can_change_open: bool
    query: str
    """What saving a view stores: the query of the list as it is shown."""
    redirect: str = ""
    """Where a list without any parameters leads: to the columns and order of the user's default."""

    @property
    def own(self) -> list[ViewLink]:
        return [link for link in self.links if link.view.owner_id]

    @property
    def shared(self) -> list[ViewLink]:
        return [link for link in self.links if not link.view.owner_id]


def view_menu(request: WorkspaceRequest, workspace: Workspace, list_name: str) -> ViewMenu:
    """In one statement."""
    views = list(views_for(workspace, request.user).filter(list_name=list_name))
    links = [ViewLink(view, address_of(request.path, address_query(view))) for view in views]
    key = as_id(request.GET.get("view", ""))
    opened = next((view for view in views if view.pk == key), None)
    default = next((view for view in views if view.is_default), None)  # type: ignore[attr-defined]
    can_change = opened is not None and may_change(opened, request.user, can_manage=request.access.can_manage)
    query: QueryDict = set_parameters(request.GET)
    leads_on = default and request.method == "GET" and not request.GET and not request.htmx
    look = address_query(default, only_look=True) if default and leads_on else None
    return ViewMenu(
        list_name, links, opened, can_change, query.urlencode(), address_of(request.path, look) if look else ""
    )
