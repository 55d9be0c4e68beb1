from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from markets.models import Invitation, User
from markets.workspaces.invitations import INVITATION_UNUSABLE, SESSION_KEY, accept, pending_invitation


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page that the link of an invitation opens: shows the invitation and lets new users sign up."""
    invited = get_object_or_404(Invitation.objects.select_related("workspace", "invited_by").with_token(token))
    dashboard = reverse("dashboard", args=[invited.workspace.slug])
    user = request.user
    if isinstance(user, User) and invited.accepted_at and invited.workspace.memberships.filter(user=user).exists():
        return redirect(dashboard)
    if request.method == "HEAD":
        return HttpResponse()
    request.session[SESSION_KEY] = token  # for sign-up on another page, whose URL must not contain the token
    problem, status = "", 200
    if not pending_invitation(request):
        del request.session[SESSION_KEY]
        problem, status = str(INVITATION_UNUSABLE), 410
    elif isinstance(user, User) and user.email.casefold() != invited.email.casefold():
        problem = _("This invitation is for %(invited)s, and you are signed in as %(user)s. Sign out to use it.") % {
            "invited": invited.email,
            "user": user.email,
        }
    elif isinstance(user, User) and request.method == "POST":
        try:
            accept(invitation=invited, user=user)
            request.session.pop(SESSION_KEY, None)
            return redirect(dashboard)
        except ValidationError as error:
            problem, status = str(error.message), 410
    context = {
        "invitation": None if status == 410 else invited,
        "problem": problem,
        "has_account": User.objects.filter(email__iexact=invited.email).exists(),
        "here": request.path,
        "dashboard": dashboard,
    }
    return render(request, "account/invitation.html", context, status=status)
