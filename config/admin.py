"""The admin for ops staff: the site, its access rules and the base classes of its pages. Each app registers its own."""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.core.paginator import InvalidPage
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csp import csp_override
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminTextInputWidget

from calls.log.validation import CallRefused
from campaigns.lifecycle.transitions import StatusConflict, TransitionIncomplete
from campaigns.membership import CampaignClosed
from config.admin_audit import RecordedAdmin
from config.admin_log import LogByIds
from config.admin_look import ADMIN_CSP
from config.admin_operations import operations
from config.admin_permissions import ARCHIVED, OpsPermissions, archived_workspace
from config.monitoring.context import add_to_log
from config.ui.forms import CheckedForm, ConflictMixin
from config.ui.optimistic_locking import VersionedForm
from markets.accounts.second_factors import lead_back
from markets.imports.jobs import JobRefused
from markets.models import User
from markets.workspaces.access import is_ops

REFUSALS = (CallRefused, CampaignClosed, JobRefused, StatusConflict, TransitionIncomplete, ValidationError)
NEEDS_SECOND_FACTOR = gettext_lazy(
    "The admin takes a second factor, so that a password alone opens nothing. Set up an authenticator app here; then "
    "you go on to the admin."
)


class Reason(Enum):
    """Whether the confirmation page of an action asks for a reason."""

    REQUIRED = auto()
    OPTIONAL = auto()
    NONE = auto()


class AdminRequest(HttpRequest):
    """What the site and its pages note on a request. For annotations only."""

    is_ops: bool
    has_conflict: bool


def ops_user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the site lets nobody else in
    return request.user


def is_impossible_value(value: str) -> bool:
    """True for what a database refuses to look up: the NUL character and numbers beyond its integers."""
    return "\0" in value or (len(value) > 18 and value.removeprefix("-").isdigit())


def is_impossible_page(name: str, value: str) -> bool:
    """True for what Unfold takes for the page of an inline, but is no number: ² is numeric."""
    return name.endswith("-page") and (is_impossible_value(value) or (value.isnumeric() and not value.isdecimal()))


def respond(
    view: Callable[..., HttpResponseBase], request: HttpRequest, *args: object, **kwargs: object
) -> HttpResponseBase:
    """Calls the view and renders its response. Raises BadRequest for a value that a field cannot hold or show again:
    it is the client's error, not a fault of the portal."""
    response = None
    try:
        response = view(request, *args, **kwargs)
        return response.render() if isinstance(response, TemplateResponse) else response
    except (ValueError, OverflowError, DataError) as error:
        if response is None and request.method != "GET":
            raise
        raise BadRequest("What was sent has a value that its field cannot have.") from error


class PortalAdminSite(UnfoldAdminSite):
    """Gives away to nobody but ops staff which of its addresses exist."""

    def __init__(self, name: str = "admin"):
        super().__init__(name)
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Ignores the pages that other packages register, because they do not follow the portal's rules."""
        if admin_class and issubclass(admin_class, OpsAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        page = self.admin_view(partial(operations, self))
        return [path("operations/", page, name="operations"), *super().get_urls()]

    def has_permission(self, request: HttpRequest) -> bool:
        ours = cast(AdminRequest, request)
        if not hasattr(request, "is_ops"):
            ours.is_ops = isinstance(request.user, User) and is_ops(request.user)
            add_to_log(user_id=request.user.pk)
        return ours.is_ops

    def refusal(self, request: HttpRequest) -> HttpResponse | None:
        """The response for a request that may not go on; None for ops staff."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_staff:
            raise Http404("No such page.")
        if not self.has_permission(request):
            lead_back(request, _("the admin"))
            messages.warning(request, str(NEEDS_SECOND_FACTOR))
            return redirect("mfa_activate_totp")
        if any(is_impossible_value(value) for _, values in request.GET.lists() for value in values):
            raise BadRequest("The address asks for something that no row can hold.")
        if any(is_impossible_page(name, value) for name, values in request.POST.lists() for value in values):
            raise BadRequest("There is no such page.")
        return None

    def admin_view[V: Callable[..., HttpResponseBase]](self, view: V, cacheable: bool = False) -> V:
        inner = csp_override(ADMIN_CSP)(super().admin_view(view, cacheable))

        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            refusal = self.refusal(request)
            if refusal is None:
                return respond(inner, request, *args, **kwargs)
            add_never_cache_headers(refusal)
            return refusal

        return cast(V, guarded)

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Redirects to the portal's own sign-in, which is the only one."""
        index = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or index)
        return self.refusal(request) or redirect(index)

    def logout(  # type: ignore[override] # any response will do
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return redirect("account_logout")

    def password_change(  # type: ignore[override] # any response will do
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(  # type: ignore[override] # any response will do
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def search(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        try:
            return super().search(request, extra_context)
        except (InvalidPage, ValueError):
            raise Http404("No such page of results.") from None


class OpsAdmin(OpsPermissions, RecordedAdmin, LogByIds, ModelAdmin):
    """The base class of every page. `fixed_fields` are chosen when a row is added and cannot be changed later."""

    form: "type[forms.ModelForm[Any]]" = CheckedForm
    change_form_before_template = "admin/conflicts.html"  # type: ignore[assignment] # Unfold's default is None
    change_form_outer_before_template = "admin/archived.html"  # type: ignore[assignment] # Unfold's default is None
    actions_detail: tuple[str, ...] = ()  # type: ignore[assignment] # Unfold's default has the type of no actions
    archived_actions: tuple[str, ...] = ()
    """Those of the actions that an archived workspace allows, too."""
    fixed_fields: tuple[str, ...] = ("workspace",)
    list_per_page = 50
    show_full_result_count = False
    warn_unsaved_form = True

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        return (*self.readonly_fields, *(self.fixed_fields if obj else ()))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuses regular expressions: one can be invalid, or take for ever."""
        return not lookup.endswith("regex") and super().lookup_allowed(lookup, value, request)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """If a concurrent write violates a constraint between the form's check and its save, shows the form again with
        the error. Django rolls the first attempt back; the second saves nothing."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            cast(AdminRequest, request).has_conflict = True
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: object = None, change: bool = False, **kwargs: Any) -> type[Any]:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (ConflictMixin, form), {}) if getattr(request, "has_conflict", False) else form

    def get_actions_detail(self, request: HttpRequest, object_id: int | str) -> list[Any]:
        actions = super().get_actions_detail(request, object_id)
        if not archived_workspace(self.get_object(request, str(object_id))):
            return actions
        return [each for each in actions if each.action_name in self._names_in_archived()]

    def _names_in_archived(self) -> set[str]:
        return {f"{self.opts.app_label}_{self.opts.model_name}_{name}" for name in self.archived_actions}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Responds with 409 if somebody else changed the row in the meantime."""
        if workspace := archived_workspace(kwargs.get("obj")):
            context["archived"] = ARCHIVED % {"workspace": workspace}
        response = super().render_change_form(request, context, *args, **kwargs)
        response.status_code = getattr(context["adminform"].form, "status_code", response.status_code)
        return response

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if isinstance(form, VersionedForm):
            form.report_merge(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change and any(field.name == "created_by" for field in self.opts.fields):
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def confirm(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        title: str,
        action: Callable[[Any, str], object],
        reason: Reason = Reason.REQUIRED,
    ) -> HttpResponse:
        """The page that confirms an action on one row and asks for the reason.

        `action` gets the row and the reason, and opens its own transaction. The page shows the message of a refusal.
        Raises PermissionDenied in an archived workspace, except for `archived_actions`.
        """
        row = self.get_object(request, unquote(object_id))
        if row is None:
            parts = {"name": self.opts.verbose_name, "key": unquote(object_id)}
            messages.warning(request, _("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?") % parts)
            return redirect("admin:index")
        workspace = archived_workspace(row)
        if workspace and (
            not request.resolver_match or request.resolver_match.url_name not in self._names_in_archived()
        ):
            raise PermissionDenied(ARCHIVED % {"workspace": workspace})
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        form = ReasonForm(request.POST if request.method == "POST" else None, reason=reason)
        if form.is_valid():
            try:
                action(row, form.cleaned_data.get("reason", ""))
            except REFUSALS as refusal:
                messages.error(request, " ".join(getattr(refusal, "messages", [str(refusal)])))
            else:
                self.log_change(request, row, title)
                messages.success(request, _("%(action)s: done.") % {"action": title})
                return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": row,
            "title": title,
            "subtitle": f"{capfirst(self.opts.verbose_name)} {row}",
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, "admin/reason.html", context)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=UnfoldAdminTextInputWidget)

    def __init__(self, data: Mapping[str, object] | None, *, reason: Reason):
        super().__init__(data)
        if reason == Reason.NONE:
            del self.fields["reason"]
        else:
            self.fields["reason"].required = reason == Reason.REQUIRED
