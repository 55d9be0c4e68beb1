"""Logs of dialers as they were exported, through the command. The only option is what a word means."""

import pytest

from calls.models import Call
from tests.commands import run_command, run_failing
from tests.factories import member
from tests.files import csv_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def words(campaign):
    for number in range(1, 5):
        member(campaign, full_name=f"P{number}", phone=f"+1212555010{number}", email=f"p{number}@x.example")
    return ["--workspace", campaign.workspace.slug, "--campaign", campaign.name, "--historical"]


def calls_made():
    calls = Call.objects.order_by("started_at").select_related("contact")
    return [(each.contact.full_name, f"{each.started_at:%H:%M}", each.talk_seconds, each.disposition) for each in calls]


def test_a_log_of_asterisk_without_a_header_is_recognised(tmp_path, words):
    end = "SIP/trunk,2026-03-02 {0}:00,,2026-03-02 {0}:40,{1},{2},{3},DOCUMENTATION,177{1}.1,"
    lines = [
        ",300,{},internal,Mia <300>,SIP/300,SIP/trunk,Dial,".format(f"212555010{number}") + end.format(*rest)
        for number, rest in ((1, ("10:00", 40, 31, "ANSWERED")), (2, ("10:05", 25, 0, "NO ANSWER")))
    ]
    log = csv_file(tmp_path, *lines, name="Master.csv")

    message, out = run_failing("import_calls", log, *words)
    assert "Recognised: Asterisk Master.csv" in out
    assert message == "1 row was refused; the others are in."
    run_command("import_calls", log, *words, "--result", "ANSWERED=Future Potential")
    run_command("import_calls", log, *words)

    assert calls_made() == [("P1", "15:00", 31, "future_potential"), ("P2", "15:05", 0, "no_answer")]


def test_a_tag_decides_what_an_answered_call_came_to(tmp_path, words):
    header = "line,datetime (UTC),direction,from,to,answered,user,duration (total),duration (in call),tags,call_id"
    rows = [
        f"NY,2026-03-02 15:0{number}:00,outbound,+12125559090,+1212555010{number},{answered},Mia,80,70,{tags},7{number}"
        for number, answered, tags in ((1, "No", "Later"), (2, "Yes", "Meeting set"), (3, "Yes", '"VIP, Meeting set"'))
    ]
    undecided = "NY,2026-03-02 15:04:00,outbound,+12125559090,+12125550104,Yes,Mia,80,70,,74"

    _, out = run_failing("import_calls", csv_file(tmp_path, header, *rows, undecided), *words)

    assert [disposition for *_, disposition in calls_made()] == ["no_answer", "meeting_booked", "meeting_booked"]
    assert "(outcome_unknown): “Yes” is not a disposition" in out
    assert '--result "WORD=Not Interested"' in out


def test_both_exports_of_vicidial_are_the_same_calls(tmp_path, words):
    short = "call_date\tphone_number_dialed\tstatus\tfull_name\tcampaign_id\tvendor_lead_code\tlength_in_sec\tlead_id"
    row = "2026-03-02 10:00:00\t2125550101\tPDROP\tAuto\tNYC\t\t0\t31"
    run_command("import_calls", csv_file(tmp_path, short, row, name="short.txt"), *words)

    long = csv_file(tmp_path, f"{short}\tuniqueid", f"{row}\t177.9", name="long.txt")
    run_command("import_calls", long, *words)

    assert calls_made() == [("P1", "15:00", 0, "no_answer")]
