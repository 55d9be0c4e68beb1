"""Records calls and uploads files until it is killed, and says of each when it was acknowledged.

    python -m tests.drills.recording [CALLS]

A line is “call KEY TIME” or “file NAME TIME”. Before the first of them it makes a campaign.
"""

import os
import sys
import time
from itertools import count
from uuid import uuid4

PEOPLE = 6
FILE_EVERY, KEEP_FILES = 25, 3


def main():
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from django.utils.timezone import now

    from calls.log.services import record
    from calls.log.validation import NewCall
    from markets.imports.files.uploads import discard
    from tests.factories import MarketFactory, WorkspaceFactory, active_campaign, import_draft

    most = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    market = MarketFactory(workspace=WorkspaceFactory(slug=f"drill-{uuid4().hex[:8]}"))
    campaign = active_campaign(PEOPLE, market=market, workspace=market.workspace)
    people = [member.contact for member in campaign.members.select_related("contact")]
    drafts = []
    for number in count():
        key = uuid4()
        disposition = ["no_answer", "voicemail", "gatekeeper", "not_interested"][number % 4]
        new = NewCall(
            contact=people[number % PEOPLE],
            disposition=disposition,
            started_at=now(),
            notes=str(key),
            request_key=key,
        )
        record(campaign=campaign, new=new)
        print("call", key, time.time(), flush=True)
        if number % FILE_EVERY == 0:
            draft = import_draft(market.workspace, "Email", f"ann{number}@f.example")
            print("file", draft.file.name, time.time(), flush=True)
            drafts.append(draft)
            if len(drafts) > KEEP_FILES:
                discard(job=drafts.pop(0), by=None)
        if number + 1 == most:
            return


if __name__ == "__main__":
    main()
