from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from markets.workspaces import subscriptions


# Mail programs post here without cookies (RFC 8058), so there can be no CSRF token. The signed token in the address
# allows nothing but this.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A GET asks first, because mail filters open links."""
    found = subscriptions.find_subscription(token)
    if found is None:
        raise Http404("No such page.")
    membership, subscription = found
    if request.method == "POST":
        subscriptions.unsubscribe(membership, subscription)
    context = {
        "workspace_name": membership.workspace.name,
        "mails": subscription.label,
        "is_done": request.method == "POST",
    }
    return render(request, "mail/unsubscribe.html", context)
