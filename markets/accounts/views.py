from copy import copy

from allauth.usersessions.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from config.ui.forms import posted_text
from markets.accounts.forms import NameForm
from markets.accounts.sessions import live_sessions
from markets.audit.sign_ins import record_sessions_ended
from markets.models import User


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_name(request: HttpRequest) -> HttpResponse:
    """First and last name, which every page shows for the user, and the language of pages and mails."""
    assert isinstance(request.user, User)
    named = copy(request.user)  # a form in error must not change the name in the sidebar
    form = NameForm(request.POST or None, instance=named)
    if form.is_valid():
        form.save()
        if named.language:
            translation.activate(named.language)
        messages.success(request, _("Saved. Colleagues see you as %(name)s.") % {"name": named})
        return redirect("account_name")
    return render(request, "account/name.html", {"form": form})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Where the user is signed in. A POST ends the session that it names, or all others."""
    assert isinstance(request.user, User)
    sessions = live_sessions(request.user)
    if request.method == "POST":
        chosen = posted_text(request.POST, "session")
        ending = [each for each in sessions if str(each.pk) == chosen and not each.is_current()]
        if chosen == "others":
            ending = [each for each in sessions if not each.is_current()]
        with transaction.atomic():
            get_adapter().end_sessions(ending)
            if ending:
                record_sessions_ended(request, request.user, len(ending))
        messages.success(request, _ended(len(ending)))
        return redirect("account_sessions")
    return render(request, "account/sessions.html", {"sessions": sessions})


def _ended(count: int) -> str:
    if count == 0:
        return _("That session had ended already.")
    return _("Signed out there.") if count == 1 else _("Signed out of %(count)s sessions.") % {"count": count}
