"""The accounts of operations staff, made by whoever has access to the server."""

from dataclasses import dataclass

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from markets.contacts.normalization import fold
from markets.models import AuditAction, User
from markets.workspaces.audit import record_event
from markets.workspaces.invitations import create_user


@dataclass(frozen=True)
class Operator:
    """An account of operations staff. `password_path` is the path of a link with which its password can be set once,
    if it has none."""

    user: User
    is_new: bool
    is_promoted: bool = False
    password_path: str = ""


@transaction.atomic
def create_operator(*, email: str, password: str = "", may_promote: bool = False, wants_link: bool = False) -> Operator:
    """Creates an account with a verified address that may do everything in the admin, after setting up a second factor.

    Without `password` the account gets a link to choose one. An existing operator is left alone, and with `wants_link`
    gets a new link. Another existing account becomes an operator with `may_promote`. Raises ValidationError.
    """
    email = fold(email)
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationError({"email": f"“{email}” is not an email address."}) from None
    user = User.objects.select_for_update().filter(email=email).first()
    is_new, is_promoted = user is None, False
    if user is None:
        if password:
            validate_password(password, User(email=email))
        user = create_user(email=email, password=password or None, is_staff=True, is_superuser=True)
    elif not (user.is_staff and user.is_superuser and user.is_active):
        if not may_promote:
            raise ValidationError(
                {"email": f"{email} has an account that is not an operator's. Give --promote to make it one."}
            )
        user.is_staff = user.is_superuser = user.is_active = is_promoted = True
        user.save(update_fields=["is_staff", "is_superuser", "is_active"])
    if is_new or is_promoted:
        record_event(
            workspace=None,
            user=None,
            action=AuditAction.OPERATOR_CREATED,
            subject=user,
            summary="Made an account of operations staff on the server",
        )
    needs_link = wants_link or (is_new and not password)
    return Operator(user, is_new, is_promoted, password_path(user) if needs_link else "")


def password_path(user: User) -> str:
    """The path of a page that sets the user's password, once and within PASSWORD_RESET_TIMEOUT."""
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])
