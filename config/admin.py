"""The admin for ops staff: who gets in, and what a page of it may do. Each app registers its own pages."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, ValidationError
from django.core.paginator import InvalidPage
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.csp import CSP
from django.utils.text import capfirst
from django.views.decorators.csp import csp_override
from unfold.admin import ModelAdmin, TabularInline
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminTextInputWidget

from calls.log.validation import CallRefused
from campaigns.lifecycle import StatusConflict, StepIncomplete
from campaigns.membership import CampaignClosed
from config.ui.forms import CheckedForm, ConflictMixin
from markets.imports.jobs import JobRefused
from markets.workspaces.access import is_ops

REFUSALS = (CallRefused, CampaignClosed, JobRefused, StatusConflict, StepIncomplete, ValidationError)
NEEDS_SECOND_FACTOR = (
    "The admin is for ops staff with a second factor. Set up an authenticator app here, then open the admin again."
)

# Alpine evaluates its attributes, the theme's colours stand in a style element, related rows open in a frame.
ADMIN_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
}


def cannot_be_looked_up(value: str) -> bool:
    """Databases refuse the NUL character and numbers beyond their integers."""
    return "\0" in value or (len(value) > 18 and value.removeprefix("-").isdigit())


def answer(view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The view's answer. A value that its field cannot even show again is the fault of who sent it, not an error."""
    response = None
    try:
        response = view(request, *args, **kwargs)
        return response.render() if isinstance(response, TemplateResponse) else response
    except (ValueError, OverflowError, DataError) as error:
        if response is None and request.method != "GET":
            raise
        raise BadRequest("What was sent has a value that its field cannot have.") from error


class PortalAdminSite(UnfoldAdminSite):
    """Nobody but ops staff learns from any of its addresses what is there."""

    def __init__(self, name: str = "admin"):
        super().__init__(name)
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Leaves out the pages that other packages bring: they know none of the rules of ours."""
        if admin_class and issubclass(admin_class, OpsAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        if not hasattr(request, "is_ops"):
            request.is_ops = request.user.is_authenticated and is_ops(request.user)
        return request.is_ops

    def refusal(self, request: HttpRequest) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not (request.user.is_active and request.user.is_staff):
            raise Http404("No such page.")
        if not self.has_permission(request):
            messages.warning(request, NEEDS_SECOND_FACTOR)
            return redirect("mfa_activate_totp")
        if any(cannot_be_looked_up(value) for values in request.GET.lists() for value in values[1]):
            raise BadRequest("The address asks for something that no row can hold.")
        return None

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        inner = csp_override(ADMIN_CSP)(super().admin_view(view, cacheable))

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            refusal = self.refusal(request)
            if refusal is None:
                return answer(inner, request, *args, **kwargs)
            add_never_cache_headers(refusal)
            return refusal

        return guarded

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way in, the portal's own."""
        index = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or index)
        return self.refusal(request) or redirect(index)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_change_password")

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        try:
            return super().search(request, extra_context)
        except (InvalidPage, ValueError):
            raise Http404("No such page of results.") from None


class OpsPermissions:
    """All ops staff may see every row. Rows are never deleted; which may be written, each page says."""

    may_add = may_change = True

    def _is_ops(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._is_ops(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_ops(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_add and self._is_ops(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_change and self._is_ops(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OpsAdmin(OpsPermissions, ModelAdmin):
    """A page of the admin. `fixed_fields` are chosen when a row is made and stay."""

    form = CheckedForm
    fixed_fields: tuple[str, ...] = ("workspace",)
    list_per_page = 50
    show_full_result_count = False
    warn_unsaved_form = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, *(self.fixed_fields if obj else ()))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """No patterns: one can be broken, or take for ever."""
        return not lookup.endswith("regex") and super().lookup_allowed(lookup, value, request)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """If a concurrent write violates a constraint between the form's check and its save, shows the form again with
        the error. Django rolls the first attempt back; the second saves nothing."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            request.has_conflict = True
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[forms.Form]:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (ConflictMixin, form), {}) if getattr(request, "has_conflict", False) else form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change and any(field.name == "created_by" for field in self.opts.fields):
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def ask(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        title: str,
        act: Callable[[Any, str], object],
        reason: bool | None = True,
    ) -> HttpResponse:
        """A page that says what is about to happen and asks why. `reason`: needed, welcome (False), not asked (None).

        `act` does it, in a transaction of its own; the sentence of a refusal goes back to whoever asked.
        """
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])
        form = ReasonForm(request.POST if request.method == "POST" else None, needed=reason)
        if form.is_valid():
            try:
                act(obj, form.cleaned_data.get("reason", ""))
            except REFUSALS as refusal:
                messages.error(request, " ".join(getattr(refusal, "messages", [str(refusal)])))
            else:
                self.log_change(request, obj, title)
                messages.success(request, f"{title}: done.")
                return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "title": title,
            "subtitle": f"{capfirst(self.opts.verbose_name)} {obj}",
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, "admin/reason.html", context)


class HistoryAdmin(OpsAdmin):
    """What happened: to be read, and changed only by what the domain offers."""

    may_add = may_change = False


class HistoryInline(OpsPermissions, TabularInline):
    may_add = may_change = False
    extra = 0
    per_page = 20


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500, widget=UnfoldAdminTextInputWidget)

    def __init__(self, *args: Any, needed: bool | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if needed is None:
            del self.fields["reason"]
        else:
            self.fields["reason"].required = needed
