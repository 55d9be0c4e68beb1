"""Records calls of the campaign “Spring” in the workspace “bench” one by one. Prints statements and times as JSON.

bench_calls runs this in a process of its own.
"""

import json
import os
import statistics
import sys
import time

import django


def main(count: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils.timezone import now

    from calls.log.validation import NewCall
    from campaigns.lifecycle.transitions import change_status
    from campaigns.models import Campaign
    from signals.capture.services import NewSignal, record_with_signals

    campaign = Campaign.objects.select_related("workspace").get(workspace__slug="bench", name="Spring")
    if campaign.status == "draft":
        change_status(campaign=campaign, to="active", by=None)
    people = [member.contact for member in campaign.members.select_related("contact").order_by("pk")[:count]]
    connection.cursor().execute("CREATE TABLE IF NOT EXISTS bare_call (LIKE calls_call INCLUDING ALL)")
    times, bare, statements = [], [], {True: 0, False: 0}
    for number, contact in enumerate(people):
        is_talk = number % 3 == 0
        new = NewCall(
            contact=contact, started_at=now(), disposition="future_potential" if is_talk else "no_answer", notes="Rang"
        )
        heard = [NewSignal(type="movement_state", value="Exploring")] if is_talk else []
        with CaptureQueriesContext(connection) as queries:
            begun = time.perf_counter()
            call = record_with_signals(campaign=campaign, new=new, signals=heard)
            times.append((time.perf_counter() - begun) * 1000)
        statements[is_talk] = max(statements[is_talk], sum("BEGIN" not in each["sql"] for each in queries))
        begun = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bare_call SELECT * FROM calls_call WHERE id = %s", [call.pk])
        bare.append((time.perf_counter() - begun) * 1000)

    def at(values: list[float], share: int) -> float:
        return statistics.quantiles(values, n=100)[share - 1]

    print(
        json.dumps(
            {
                "statements": statements[False],
                "statements_with_signal": statements[True],
                **{f"p{share}": at(times, share) for share in (50, 95)},
                **{f"bare_p{share}": at(bare, share) for share in (50, 95)},
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
