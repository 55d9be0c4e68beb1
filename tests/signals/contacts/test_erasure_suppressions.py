"""A suppressed contact stays suppressed after an erasure, even if imported or entered again."""

import pytest

from calls.log.services import void
from campaigns.membership import enroll, remove
from markets.models import Contact, ErasedKey, Suppression, SuppressionScope
from markets.suppressions.erased_keys import ERASED_KEY_REASON
from markets.suppressions.services import lift, suppress
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from tests.factories import SuppressionFactory, call, member
from tests.forms import version_of
from tests.importing import import_people
from tests.signals.contacts.erasure_data import PERSON, columns


@pytest.mark.parametrize("rows", [["email"], ["phone"], ["external_id", "phone"], ["full_name", "email", "phone"]])
def test_who_must_not_be_called_comes_back_suppressed(campaign, zelda, rows):
    suppress(contact=zelda, by=None, reason="Asked")
    erase(contact=zelda, by=None, reason="Request 204")
    given = {**PERSON, "phone": PERSON["phone"] if "phone" in rows else "(212) 555-1000"}
    names = sorted({*rows, "phone"})

    result = import_people(
        market=campaign.market, campaign=campaign, rows=[(2, [given[n] for n in names])], columns=columns(names)
    )

    back = campaign.workspace.contacts.order_by("pk").last()
    assert (result.created, result.do_not_call) == (1, 1)
    assert not campaign.members.callable().filter(contact=back).exists()
    assert Suppression.objects.get(contact=back).reason == ERASED_KEY_REASON


def test_who_was_callable_leaves_no_hash(campaign, zelda):
    erase(contact=zelda, by=None, reason="Request 204")

    assert not ErasedKey.objects.exists()
    assert not Suppression.objects.exists()


def test_another_person_of_a_suppressed_number_stays_uncallable(campaign, zelda):
    twin = member(campaign, phone=PERSON["phone"]).contact
    SuppressionFactory(workspace=campaign.workspace, phone_e164=zelda.phone_e164)

    erase(contact=zelda, by=None, reason="Request 204")

    assert not campaign.members.callable().filter(contact=twin).exists()


@pytest.mark.parametrize("before", ["a call", "freed"])
def test_whom_only_the_number_named_is_named_for_themselves_whatever_else_was_so(campaign, zelda, before):
    """A voided call or an earlier lift does not end the suppression that an erased number leaves behind."""
    twin = member(campaign, phone=PERSON["phone"]).contact
    if before == "freed":
        lift(
            suppression=suppress(contact=twin, by=None, reason=ERASED_KEY_REASON), by=None, reason="It is her daughter"
        )
    SuppressionFactory(workspace=campaign.workspace, phone_e164=zelda.phone_e164)
    refusal = call(campaign, twin, disposition="do_not_contact") if before == "a call" else None

    erase(contact=zelda, by=None, reason="Request 204")

    assert Suppression.objects.in_force().filter(contact=twin, reason=ERASED_KEY_REASON).count() == 1
    if refusal:
        void(call=refusal, by=None, reason="Was not she")
    assert not campaign.members.callable().filter(contact=twin).exists()


@pytest.mark.parametrize("has_holder", [True, False])
def test_a_number_that_was_theirs_once_bars_nobody_for_the_number_that_they_have_now(campaign, zelda, has_holder):
    """Whether or not another contact, who stays suppressed, has the number now."""
    merge(keep=zelda, merged=member(campaign, phone="(212) 555-8000").contact, by=None, taking=["phone"])
    neighbour, holder = (member(campaign, phone=phone).contact for phone in ("(212) 555-8000", "(212) 555-8001"))
    if has_holder:
        Contact.objects.filter(pk=holder.pk).update(phone=PERSON["phone"], phone_e164="+12125557391")
    row = SuppressionFactory(workspace=campaign.workspace, phone_e164="+12125557391", reason="Zelda Quarrington’s")

    erase(contact=zelda, by=None, reason="Request 204")
    enroll(campaign=campaign, contacts=[neighbour.pk], by=None)

    callable_now = set(campaign.members.callable().values_list("contact", flat=True))
    assert (neighbour.pk in callable_now, holder.pk in callable_now) == (True, not has_holder)
    assert Suppression.objects.in_force().get() == row
    row.refresh_from_db()
    assert (row.contact, row.phone_e164) == (holder if has_holder else zelda, "")
    assert row.reason == (ERASED_KEY_REASON if has_holder else "Erased with the person")
    back = member(campaign, phone=PERSON["phone"]).contact
    assert not campaign.members.callable().filter(contact=back).exists()


def test_who_shares_the_number_of_somebody_suppressed_stays_suppressed_for_themselves(campaign, zelda):
    suppress(contact=member(campaign, phone=PERSON["phone"]).contact, by=None, reason="Asked")

    erase(contact=zelda, by=None, reason="Request 204")

    assert Suppression.objects.in_force().filter(contact=zelda).count() == 1
    back = member(campaign, email=PERSON["email"]).contact
    assert not campaign.members.callable().filter(contact=back).exists()


@pytest.mark.parametrize("where", ["edit", "repair"])
def test_a_number_typed_for_somebody_else_is_known_again(as_manager, campaign, zelda, where):
    suppress(contact=zelda, by=None, reason="Asked")
    erase(contact=zelda, by=None, reason="Request 204")
    other = member(campaign).contact

    typed = {"full_name": other.full_name, "phone": PERSON["phone"], "version": version_of(other)}
    as_manager.post(f"/w/acme/contacts/{other.pk}/{where}/", typed)

    other.refresh_from_db()
    assert other.phone_e164 == "+12125557391"
    assert not campaign.members.callable().filter(contact=other).exists()


def test_a_suppression_that_is_lifted_frees_the_keys(campaign, zelda):
    row = suppress(contact=zelda, by=None, reason="Asked")
    erase(contact=zelda, by=None, reason="Request 204")
    lift(suppression=row, by=None, reason="Asked to be called again")

    back = member(campaign, **PERSON).contact

    assert campaign.members.callable().filter(contact=back).exists()


def test_who_was_kept_out_and_freed_with_a_reason_is_not_kept_out_again(campaign, zelda):
    suppress(contact=zelda, by=None, reason="Asked")
    erase(contact=zelda, by=None, reason="Request 204")
    back = member(campaign, **PERSON).contact
    lift(suppression=Suppression.objects.get(contact=back), by=None, reason="It is her daughter")
    remove(campaign=campaign, contacts=[back.pk], by=None, reason="Wait")

    enroll(campaign=campaign, contacts=[back.pk], by=None)

    assert campaign.members.callable().filter(contact=back).exists()


def test_hashes_stand_when_the_secret_was_changed_and_the_former_one_is_kept(campaign, zelda, settings):
    suppress(contact=zelda, by=None, reason="Asked")
    erase(contact=zelda, by=None, reason="Request 204")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10

    back = member(campaign, **PERSON).contact

    assert not campaign.members.callable().filter(contact=back).exists()


def test_whoever_asked_for_themselves_alone_leaves_those_behind_the_same_switchboard_callable(campaign, zelda):
    twin = member(campaign, phone=PERSON["phone"]).contact
    suppress(contact=zelda, by=None, reason="Asked", scope=SuppressionScope.PERSON)

    erase(contact=zelda, by=None, reason="Request 204")
    remove(campaign=campaign, contacts=[twin.pk], by=None, reason="Moved")
    enroll(campaign=campaign, contacts=[twin.pk], by=None)

    assert campaign.members.callable().filter(contact=twin).exists()
    assert set(ErasedKey.objects.values_list("kind", flat=True)) == {"email", "external_id"}
