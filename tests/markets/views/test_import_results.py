"""What a dialer's words for results mean: said in the browser, kept with the columns, and shown."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls.models import Call
from markets.models import ImportPreset
from tests.uploads import import_file, initial_fields, map_and_check, upload, url


def log(campaign, *results, header="Call ID,Email,Start,Result"):
    contact = campaign.members.first().contact
    day = now() - timedelta(days=30)
    rows = [f"c{n},{contact.email},{day:%Y-%m-%d} 09:{n:02},{result}" for n, result in enumerate(results)]
    return "\n".join([header, *rows, ""])


def test_words_of_a_dialer_mean_what_a_manager_says_they_do(as_manager, campaign):
    text = log(campaign, "SALE", "Xfer", "B", "No Answer", "CALLBK")

    job = import_file(
        as_manager, text, kind="calls", campaign=campaign.pk, results="sale = Meeting Booked\n\nXFER=gatekeeper"
    )

    assert (job.created, job.rejected) == (5, 0), [str(each) for each in job.rejections.all()]
    assert job.options["results"] == {"sale": "meeting_booked", "XFER": "gatekeeper"}
    found = Call.objects.order_by("dialer_call_id").values_list("disposition", flat=True)
    assert list(found) == ["meeting_booked", "gatekeeper", "no_answer", "no_answer", "callback_requested"]
    assert "sale = Meeting Booked, XFER = Gatekeeper" in as_manager.get(url("detail", job.pk)).content.decode()


def test_words_stay_known_for_files_with_the_same_columns(as_manager, campaign):
    import_file(as_manager, log(campaign, "SALE"), kind="calls", campaign=campaign.pk, results="SALE = Meeting Booked")

    again = as_manager.get(url("map", upload(as_manager, log(campaign, "SALE", "SALE"), kind="calls").pk))
    others = upload(as_manager, log(campaign, "SALE", header="Call ID,Phone,Start,Result"), kind="calls")

    assert again.context["form"]["results"].value() == "SALE = Meeting Booked"
    assert not again.context["form"].unknown
    page = as_manager.get(url("map", others.pk))
    assert page.context["form"]["results"].value() == ""
    assert list(page.context["form"].unknown.values()) == ["SALE"]


def test_what_is_said_for_one_file_is_what_its_page_shows_again(as_manager, campaign):
    job = upload(as_manager, log(campaign, "SALE"), kind="calls")
    map_and_check(as_manager, job, campaign=campaign.pk, results="SALE = Voicemail")
    other = upload(as_manager, log(campaign, "SALE", "SALE"), kind="calls")
    map_and_check(as_manager, other, campaign=campaign.pk, results="")

    assert as_manager.get(url("map", job.pk)).context["form"]["results"].value() == "SALE = Voicemail"
    assert as_manager.get(url("map", other.pk)).context["form"]["results"].value() == ""
    assert ImportPreset.objects.get().options["results"] == {}


def test_results_that_mean_nothing_yet_are_asked_for_each_once(as_manager, campaign):
    job = upload(as_manager, log(campaign, "SALE", "", "Xfer", "sale", "SALE", "N", "Voicemail"), kind="calls")

    page = as_manager.get(url("map", job.pk))

    assert page.context["form"].unknown == {"result-sale": "SALE", "result-xfer": "Xfer"}
    assert "“SALE” means" in page.content.decode()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("SALE", ["Line 1: “SALE” does not say what a result means; write it like “SALE = Meeting Booked”."]),
        ("= Voicemail", ["Line 1: “= Voicemail” does not say what a result means"]),
        ("-- = Voicemail", ["Line 1: “-- = Voicemail” does not say what a result means"]),
        ("SALE =", ["Line 1: “” is not a disposition. Use one of: No Answer, Voicemail"]),
        ("SALE = Sold", ["Line 1: “Sold” is not a disposition"]),
        ("A1 = Voicemail\n\nB1: x\nC1 = Hm", ["Line 3: “B1: x” does not say", "Line 4: “Hm” is not a disposition"]),
        ("SALE = Voicemail\nsale! = Gatekeeper", ["Line 2: “sale!” is in line 1 already; leave one of them out."]),
        ("SALE = a\x00b", ["Null characters are not allowed."]),
        ("x" * 5001, ["at most 5000 characters"]),
    ],
)
def test_lines_that_say_nothing_are_refused_each_with_a_sentence(as_manager, campaign, text, sentences):
    job = upload(as_manager, log(campaign, "SALE"), kind="calls")
    page = as_manager.get(url("map", job.pk))

    answer = as_manager.post(url("map", job.pk), initial_fields(page) | {"campaign": campaign.pk, "results": text})

    errors = answer.context["form"].errors["results"]
    assert len(errors) == len(sentences)
    assert all(sentence in error for sentence, error in zip(sentences, errors, strict=True)), errors
    job.refresh_from_db()
    assert (job.state, job.options) == ("draft", {})


def test_files_of_people_are_not_asked_about_results(as_manager, market):
    page = as_manager.get(url("map", upload(as_manager).pk))

    assert "results" not in page.context["form"].fields
    assert not page.context["form"].unknown
