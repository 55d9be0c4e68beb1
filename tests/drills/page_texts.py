"""Writes what each page and each export of a workspace says to a manager, at one moment, so that two installations can
be compared:

    python -m tests.drills.page_texts SLUG FILE 2026-11-30T12:00:00+00:00
"""

import json
import os
import sys
from datetime import datetime
from pathlib import Path

import time_machine

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"


def main(slug, file, moment):
    import django

    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment(debug=False)
    from markets.models import User, Workspace
    from tests.workspace_copies import Reader, files_of, first_ids

    workspace = Workspace.objects.get(slug=slug)
    first = workspace.memberships.filter(role="manager").select_related("user").order_by("user__email").first()
    texts = []
    with time_machine.travel(datetime.fromisoformat(moment), tick=False):
        reader = Reader(workspace, first.user)
        for visit in reader.pages():
            text = reader.text(visit)
            texts.append((visit.label, text))
            texts += [(each.label, reader.text(each)) for each in files_of(visit, text)]
    users = dict(User.objects.values_list("email", "pk"))
    Path(file).write_text(json.dumps({"first": first_ids(workspace), "users": users, "texts": texts}))


if __name__ == "__main__":
    main(*sys.argv[1:])
