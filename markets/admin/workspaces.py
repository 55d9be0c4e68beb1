"""Workspaces, users, memberships and invitations."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from calls.derived import recount_all
from config.admin import OpsAdmin, Reason, ops_user
from config.admin_history import HistoryAdmin, HistoryInline
from config.db.timeouts.statements import without_statement_timeout
from config.ui.forms import CheckedForm
from markets.lifecycle.archive import archive, bring_back
from markets.models import Invitation, Membership, Role, User, Workspace
from markets.workspaces import invitations


class MembershipInline(HistoryInline):
    """Adds members. Roles are changed and members removed on a membership's own page, which keeps the last manager."""

    model = Membership
    may_add = True
    show_change_link = True
    fields = ("workspace", "user", "role", "last_seen_at")
    readonly_fields = ("last_seen_at",)
    autocomplete_fields = ("workspace", "user")


@admin.register(Workspace)
class WorkspaceAdmin(OpsAdmin):
    list_display = ("name", "slug", "timezone", "phone_region", "archived_at")
    list_filter = (("archived_at", admin.EmptyFieldListFilter), "timezone", "phone_region")
    search_fields = ("name", "slug")
    ordering = ("name", "id")
    fields = (
        *("name", "slug", "timezone", "phone_region", "notes_kept_months", "uncalled_kept_months"),
        *("archived_at", "created_at"),
    )
    readonly_fields = ("archived_at", "created_at")
    fixed_fields = ()
    inlines = (MembershipInline,)
    actions_detail = archived_actions = ("archive", "bring_back")

    @action(description=_("Archive"), url_path="archive")
    def archive(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._step(request, object_id, gettext("Archive the workspace"), archive)

    @action(description=_("Bring back"), url_path="bring-back")
    def bring_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._step(request, object_id, gettext("Bring the workspace back"), bring_back)

    def _step(self, request: HttpRequest, object_id: str, title: str, step: Callable[..., None]) -> HttpResponse:
        def take(workspace: Workspace, reason: str) -> None:
            step(workspace=workspace, by=ops_user(request))

        return self.confirm(request, object_id, title=title, action=take, reason=Reason.NONE)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "timezone" in form.changed_data:
            list(obj.campaigns.order_by("pk").select_for_update())  # no call may be counted by the old days meanwhile
            with without_statement_timeout():
                recount_all(obj)
            messages.info(
                request, gettext("Every day was counted again by the clock of %(zone)s.") % {"zone": obj.timezone}
            )


class EmailForm(forms.ModelForm):  # type: ignore[type-arg] # not generic at run time
    """Stores the address in lower case and checks that no other user signs in with it."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().casefold()
        if EmailAddress.objects.filter(email__iexact=email).exclude(user=self.instance.pk).exists():
            raise ValidationError(gettext("Somebody else signs in with %(email)s.") % {"email": email})
        return email


class NewUserForm(EmailForm, UserCreationForm):
    class Meta:
        model = User
        fields = ("email", "first_name", "last_name")


class UserForm(EmailForm, UserChangeForm):
    class Meta:
        model = User
        fields = ("email", "password", "first_name", "last_name", "language", "is_active", "is_staff", "is_superuser")
        field_classes: dict[str, object] = {}


@admin.register(User)
class UserAdmin(DjangoUserAdmin, OpsAdmin):  # type: ignore[misc,type-arg] # not generic at run time
    """Users are deactivated, never deleted. Only superusers decide who is staff."""

    form, add_form, change_password_form = UserForm, NewUserForm, AdminPasswordChangeForm
    list_display = ("email", "first_name", "last_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "memberships__role")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("email",)
    date_hierarchy = "date_joined"
    fixed_fields = ()
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined", "second_factor")
    fieldsets = (
        (None, {"fields": ("email", "password", "first_name", "last_name", "language")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser", "second_factor")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (  # type: ignore[assignment] # Unfold's default has the type of no fieldsets
        (
            None,
            {
                "fields": ("email", "first_name", "last_name", "usable_password", "password1", "password2"),
                "description": _("Without a password they choose one through “Forgot your password?”."),
            },
        ),
    )
    inlines = (MembershipInline,)
    actions_detail = ("reset_second_factor",)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        is_allowed = super().has_change_permission(request, obj)
        return is_allowed and (ops_user(request).is_superuser or not (isinstance(obj, User) and obj.is_staff))

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        fields = super().get_readonly_fields(request, obj)
        return fields if ops_user(request).is_superuser else (*fields, "is_staff", "is_superuser")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            invitations.mark_email_verified(obj)

    @admin.display(description=_("second factor"), boolean=True)
    def second_factor(self, user: User) -> bool:
        return Authenticator.objects.filter(user=user).exists()

    @action(description=_("Reset second factor"), url_path="reset-second-factor")
    def reset_second_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def delete_authenticators(user: User, reason: str) -> None:
            if not self.has_change_permission(request, user):
                raise PermissionDenied
            Authenticator.objects.filter(user=user).delete()

        return self.confirm(
            request,
            object_id,
            title=gettext("Reset the second factor"),
            action=delete_authenticators,
            reason=Reason.NONE,
        )


class MembershipForm(CheckedForm):
    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        if self.instance.pk:
            invitations.check_manager_remains(
                Membership.objects.get(pk=self.instance.pk), stays_manager=role == Role.MANAGER
            )
        return role


@admin.register(Membership)
class MembershipAdmin(OpsAdmin):
    form = MembershipForm
    list_display = ("user", "workspace", "role", "last_seen_at")
    list_filter = ("role", "workspace")
    search_fields = ("user__email", "user__first_name", "user__last_name", "workspace__name")
    list_select_related = ("user", "workspace")
    ordering = ("workspace", "user__email", "id")
    autocomplete_fields = ("workspace", "user")
    fields = ("workspace", "user", "role", "wants_weekly_mail", "mailed_week", "created_at", "last_seen_at")
    readonly_fields = ("mailed_week", "created_at", "last_seen_at")
    fixed_fields = ("workspace", "user")
    may_delete = True

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        try:
            with transaction.atomic():
                for membership in objs:
                    invitations.check_manager_remains(membership, stays_manager=False)
        except ValidationError as error:
            return [str(each) for each in objs], {"memberships": len(objs)}, set(), [error.message]
        return [str(each) for each in objs], {"memberships": len(objs)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        invitations.remove_member(membership=obj, by=ops_user(request))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "role" in form.changed_data:
            invitations.change_role(membership=obj, role=obj.role, by=ops_user(request))


class InvitationForm(CheckedForm):
    def clean(self) -> dict[str, object]:
        super().clean()
        data = self.cleaned_data
        if "workspace" in data and "email" in data:
            invitations.check_can_be_invited(data["workspace"], data["email"])
        return data

    def validate_constraints(self) -> None:
        """Does nothing: `clean` makes the domain's check instead, which allows replacing an expired invitation."""


@admin.register(Invitation)
class InvitationAdmin(HistoryAdmin):
    form = InvitationForm
    may_add = True
    list_display = ("email", "workspace", "role", "invited_by", "created_at", "expires_at", "accepted_at", "revoked_at")
    list_filter = (
        "workspace",
        "role",
        ("accepted_at", admin.EmptyFieldListFilter),
        ("revoked_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("email", "workspace__name")
    list_select_related = ("workspace", "invited_by")
    ordering = ("-created_at", "-id")
    date_hierarchy = "created_at"
    autocomplete_fields = ("workspace",)
    actions_detail = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        chosen = ("workspace", "email", "role")
        return (*chosen, "invited_by", "created_at", "expires_at", "accepted_at", "revoked_at") if obj else chosen

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        invitation, path = invitations.invite(
            workspace=obj.workspace, email=obj.email, role=obj.role, by=ops_user(request)
        )
        obj.pk = invitation.pk
        url = request.build_absolute_uri(path)
        transaction.on_commit(lambda: invitations.send_invitation(invitation, url), robust=True)
        sentence = gettext("The link, which is shown only now and goes to %(email)s by mail: %(url)s")
        messages.warning(request, sentence % {"email": invitation.email, "url": url})

    @action(description=_("Revoke"), url_path="revoke")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def revoke_invitation(invitation: Invitation, reason: str) -> None:
            invitations.revoke(invitation=invitation, by=ops_user(request))

        return self.confirm(
            request, object_id, title=gettext("Revoke the invitation"), action=revoke_invitation, reason=Reason.NONE
        )
