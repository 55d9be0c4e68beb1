"""Signs in the members of every workspace and prints what a load needs to know of them, as JSON.

python -m tests.drills.load.sessions HOST
"""

import json
import os
import sys

ROWS = 200
"""How many rows of a kind are visited."""


def main(host):
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils.crypto import get_random_string

    from campaigns.models import Campaign
    from markets.models import Workspace

    # Callers call at any hour of the drill.
    Campaign.objects.active().update(calls_on_weekends=True, calls_from=0, calls_until=24)
    members = []
    for workspace in Workspace.objects.active():
        ids = {
            "active": list(workspace.campaigns.active().values_list("pk", flat=True)),
            "campaign": list(workspace.campaigns.values_list("pk", flat=True)[:ROWS]),
            "market": list(workspace.markets.values_list("pk", flat=True)[:ROWS]),
            "contact": list(workspace.calls.newest_first().values_list("contact", flat=True)[:ROWS]),
        }
        if not ids["active"]:
            continue
        for membership in workspace.memberships.exclude(role="viewer").select_related("user"):
            user, session, csrf = membership.user, SessionStore(), get_random_string(32)
            session["_auth_user_id"] = str(user.pk)
            session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
            session["_auth_user_hash"] = user.get_session_auth_hash()
            session.save()
            cookies = {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: csrf}
            base = f"/w/{workspace.slug}/"
            members.append(
                {
                    "host": host,
                    "cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
                    "csrf": csrf,
                    "ids": ids,
                    "paths": {
                        "next": f"{base}campaigns/{{active}}/next/",
                        "contact": f"{base}contacts/{{contact}}/",
                        "contacts": f"{base}contacts/",
                        "campaign": f"{base}campaigns/{{campaign}}/",
                        "members": f"{base}campaigns/{{active}}/contacts/",
                        "market": f"{base}markets/{{market}}/",
                        "dashboard": base,
                        "calls": f"{base}calls/",
                        "signals": f"{base}signals/",
                        "callbacks": f"{base}callbacks/",
                        "search": f"{base}contacts/?q={{letters}}",
                    },
                }
            )
    print(json.dumps(members))


if __name__ == "__main__":
    main(sys.argv[1])
