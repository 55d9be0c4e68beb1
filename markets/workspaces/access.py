"""Access control (product.md, section 6). Every page of a workspace goes through `workspace_page`."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models import QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import now, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from config.db.compiled import CompiledQuery
from config.db.expressions import RowCount
from config.monitoring.context import add_to_log
from config.ui.api import Problem, problem_responses
from config.ui.lists.addresses import short_address
from config.ui.remembered_period import remember_period
from config.ui.requests import HtmxRequest, is_visit
from markets.accounts.second_factors import ask_for_second_factor, has_second_factor
from markets.audit.reading import record_entry
from markets.models import Membership, Role, User, Workspace
from markets.workspaces import api_tokens

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]
VISIT_ENDS_AFTER = timedelta(minutes=30)
VISIT_RECORDED_EVERY = timedelta(minutes=1)
NEW_FOR = timedelta(days=1)
"""How long an import that ended counts as new to somebody who was never here before."""
NOBODY = 0
"""The id of no user: ops staff need not be members."""


@dataclass(frozen=True)
class Access:
    """The workspace of a request, and the user's role there."""

    workspace: Workspace
    role: Role
    membership: Membership | None

    @property
    def can_call(self) -> bool:
        return self.role.allows(Role.CALLER)

    @property
    def can_manage(self) -> bool:
        return self.role.allows(Role.MANAGER)

    @cached_property
    def navigation(self) -> dict[str, object]:
        return navigation_counts(self)


class WorkspaceRequest(HtmxRequest):
    """Type of the request in a view behind `workspace_page`. For annotations only."""

    user: User
    access: Access


def is_ops(user: User) -> bool:
    """True for operations staff signed in with a second factor, which they always need."""
    return user.is_active and user.is_staff and has_second_factor(user)


def get_access(slug: str, user: User) -> Access:
    """Raises Http404 alike for a workspace that does not exist, does not admit the user, is being deleted, or is
    archived and the user is no manager."""
    membership = (
        Membership.objects.select_related("workspace")
        .filter(user=user, workspace__slug=slug, workspace__deleted_rows__isnull=True)
        .first()
    )
    if is_ops(user):
        kept = Workspace.objects.filter(slug=slug, deleted_rows__isnull=True)
        workspace = membership.workspace if membership else kept.first()
        if workspace:
            return Access(workspace, Role.MANAGER, membership)
    if membership is None or (membership.workspace.archived_at and membership.role != Role.MANAGER):
        raise Http404("No such workspace.")
    return Access(membership.workspace, Role(membership.role), membership)


def workspace_page(
    role: Role, methods: str = "GET", *, writes_on_get: bool = False, changes_archived: bool = False
) -> Callable[[View], View]:
    """Decorates a page of a workspace: anonymous users sign in, outsiders get 404, lower roles 403, other methods 405.

    An address with parameters that have no value redirects to the one without them. An archived workspace is only
    read: what would change it gets 403, except with `changes_archived`.
    `methods` is "GET", "POST" or "GET POST". The view receives the workspace and queries everything else through it;
    `request.access` holds the user's role. Times are parsed and shown in the workspace's time zone. A GET may be read
    from a standby, which can be a moment behind, unless `writes_on_get`.
    """
    allowed = ["HEAD", *methods.split()] if "GET" in methods else methods.split()

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, slug: str, *args: object, **kwargs: Any) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return redirect_to_login(request.get_full_path())
            add_to_log(user_id=request.user.pk)
            access = get_access(slug, request.user)
            add_to_log(workspace_id=access.workspace.pk)
            if not access.role.allows(role):
                raise PermissionDenied(
                    _(
                        "Only %(roles)s can do this, and you are a %(role)s. "
                        "Ask a manager of %(workspace)s to change your role."
                    )
                    % {"roles": role.nouns, "role": access.role.noun, "workspace": access.workspace}
                )
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            if access.workspace.archived_at and request.method not in ("GET", "HEAD") and not changes_archived:
                raise PermissionDenied(
                    _(
                        "%(workspace)s is archived, so nothing in it can be changed. "
                        "A manager can bring it back under Settings."
                    )
                    % {"workspace": access.workspace}
                )
            if access.workspace.requires_second_factor and not has_second_factor(request.user):
                return ask_for_second_factor(request, access.workspace)
            if address := short_address(cast(HtmxRequest, request)):
                return redirect(address)
            cast(WorkspaceRequest, request).access = access
            if access.membership is None and is_visit(request):
                record_entry(access.workspace, request.user)
            with override(access.workspace.zone):
                response = view(request, access.workspace, *args, **kwargs)
            remember_period(request, response, reverse("dashboard", args=[slug]))
            return response

        cast(Any, guarded).reads_from_standby = not writes_on_get
        return guarded

    return decorate


def workspace_api(view: View) -> View:
    """Decorates an API endpoint of one workspace: POST with a token in the header “Authorization: Bearer ...”.

    Without a valid token every method gets the same 401, whether or not the workspace exists. With one, other methods
    get 405 and too many requests a minute 429. The view receives the workspace and queries everything through it.
    """

    # CSRF protection is not needed: no cookie is read here, and a browser never sends this header on its own, so
    # another site cannot make requests in a user's name.
    @csrf_exempt
    @never_cache
    @problem_responses
    @wraps(view)
    def guarded(request: HttpRequest, slug: str, *args: object, **kwargs: Any) -> HttpResponseBase:
        token = api_tokens.token_from_header(slug, request.headers.get("Authorization", ""))
        if token is None:
            detail = "Send the header “Authorization: Bearer …” with a token of this workspace that is not revoked."
            raise Problem(401, detail, {"WWW-Authenticate": 'Bearer realm="Client Portal"'})
        if request.method != "POST":
            raise Problem(405, f"{request.method} does nothing here; send a POST.", {"Allow": "POST"})
        if wait := api_tokens.throttle(token):
            detail = (
                f"More than {api_tokens.MAX_REQUESTS_PER_MINUTE} requests a minute; send the next in {wait} seconds."
            )
            raise Problem(429, detail, {"Retry-After": str(wait)})
        add_to_log(workspace_id=token.workspace.pk)
        api_tokens.record_use(token)
        with override(token.workspace.zone), translation.override("en"):
            return view(request, token.workspace, *args, **kwargs)

    cast(Any, guarded).is_opened_by_token = True
    return guarded


def record_visit(request: HttpRequest, membership: Membership) -> None:
    """Records when the previous visit ended, so that a page can show what is new since.

    Writes at most once a minute, to keep frequent requests from waiting for the disk. A database that does not take the
    write, such as a read-only standby, does not fail the page.
    """
    moment = now()
    if membership.workspace.archived_at:
        return
    if membership.last_seen_at and moment - membership.last_seen_at < VISIT_RECORDED_EVERY:
        return
    if membership.last_seen_at is None or moment - membership.last_seen_at > VISIT_ENDS_AFTER:
        membership.previous_visit_at = membership.last_seen_at
    membership.last_seen_at = moment
    if not is_visit(request):
        return
    try:
        with transaction.atomic():
            membership.save(update_fields=["previous_visit_at", "last_seen_at"])
    except DatabaseError as error:
        logger.warning("The visit of membership %s was not recorded: %s", membership.pk, error)


def page_context(request: HttpRequest) -> dict[str, object]:
    """Context of the layout of every workspace page. The counts are queried only if a template shows them."""
    access: Access | None = getattr(request, "access", None) or account_access(request)
    if access is None:
        return {}
    return {
        "access": access,
        "workspace": access.workspace,
        "navigation": lambda: access.navigation,
        "queue_url": lambda: queue_url(access),
    }


def account_access(request: HttpRequest) -> Access | None:
    """For the pages of one's account: the workspace that the user opened last, if they may still see it."""
    match = request.resolver_match
    if not (match and match.route.startswith("accounts/") and isinstance(request.user, User)):
        return None
    memberships = Membership.objects.filter(user=request.user, workspace__archived_at=None, last_seen_at__isnull=False)
    latest = memberships.select_related("workspace").order_by("-last_seen_at").first()
    if latest is None or (latest.workspace.requires_second_factor and not has_second_factor(request.user)):
        return None
    return Access(latest.workspace, Role(latest.role), latest)


def queue_url(access: Access) -> str:
    """The list of call queues; if there is only one, a caller's next contact in it, and for viewers that queue."""
    slug, counts = access.workspace.slug, access.navigation
    if counts["queues"] != 1:
        return reverse("queue", args=[slug])
    return reverse("campaigns:next" if access.can_call else "campaigns:queue", args=[slug, counts["only_queue"]])


def navigation_counts(access: Access) -> dict[str, object]:
    """The counts of the navigation in one statement; `only_queue` is the id of the first Active campaign.

    `imports` counts the user's imports that ended since their last visit, and `notifications` all that waits for them.
    """
    user = access.membership.user_id if access.membership else NOBODY
    last_visit = (access.membership and access.membership.previous_visit_at) or now() - NEW_FOR
    compiled = _navigation_counts.get(access.workspace.pk, user, now(), access.workspace.today(), last_visit)
    counts = {name.removesuffix("_"): count for name, count in compiled.items()}
    callbacks = counts["callbacks"] if access.can_call else 0
    return counts | {"notifications": counts["mentions"] + counts["imports"] + callbacks}


@CompiledQuery
def _navigation_counts(
    workspace_id: int, user_id: int, moment: datetime, today: date, last_visit: datetime
) -> QuerySet[Workspace, Any]:
    """An annotation may not have the name of a relation, hence the suffix."""
    workspace = Workspace(pk=workspace_id)
    active = workspace.campaigns.active()
    return Workspace.objects.filter(pk=workspace_id).values(
        workspaces_=RowCount(Workspace.objects.for_user(user_id)),
        markets_=RowCount(workspace.markets.all()),
        campaigns_=RowCount(workspace.campaigns.all()),
        queues_=RowCount(active),
        only_queue_=Subquery(active.order_by("pk").values("pk")[:1]),
        callbacks_=RowCount(workspace.campaign_contacts.callback_due(moment)),
        repairs_=RowCount(workspace.contacts.to_repair()),
        tasks_=RowCount(workspace.tasks.filter(owner=user_id, done_at=None, due_on__lte=today)),
        imports_=RowCount(workspace.imports.filter(created_by=user_id, finished_at__gt=last_visit)),
        mentions_=RowCount(workspace.mentions.filter(user=user_id, seen_at=None, note__deleted_at=None)),
    )
