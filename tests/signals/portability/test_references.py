from markets.models import Contact, Market, User
from signals.portability.references import (
    IDS_IN_JSON,
    models_by_name,
    renumber_mentions,
)

KNOWN = [Contact, Market, User]


def by_a_thousand(model, key):
    """Another thousand for each model, so that a wrong one is seen."""
    return key + 1000 * (1 + KNOWN.index(model) if model in KNOWN else 9)


def renumbered(path, value):
    return IDS_IN_JSON[path](value, by_a_thousand)


def test_a_rule_names_other_markets_and_keeps_its_texts():
    rule = {"match": "all", "conditions": [{"kind": "market", "markets": [7]}, {"kind": "firm", "values": ["7"]}]}

    assert renumbered("campaigns.Audience.rule", rule) == {
        "match": "all",
        "conditions": [{"kind": "market", "markets": [2007]}, {"kind": "firm", "values": ["7"]}],
    }


def test_a_saved_view_names_ids_as_texts_and_users_may_be_words():
    query = {"market": ["7"], "assigned": ["me"], "caller": ["7"], "q": ["7"]}

    assert renumbered("campaigns.SavedView.query", query) == {
        **{"market": ["2007"], "assigned": ["me"], "caller": ["3007"]},
        "q": ["7"],
    }


def test_a_report_names_people_in_rows_in_keys_and_in_sentences():
    document = {
        "members": [7],
        "people": {"7": {"name": "Ann 7"}},
        "interest": {"rows": [{"person": 7}]},
        "summary": {"sentences": ["{person:7} said 7 things"]},
        "coverage": {"groups": [{"people": 7}]},
    }

    assert renumbered("campaigns.CampaignReport.document", document) == {
        "members": [1007],
        "people": {"1007": {"name": "Ann 7"}},
        "interest": {"rows": [{"person": 1007}]},
        "summary": {"sentences": ["{person:1007} said 7 things"]},
        "coverage": {"groups": [{"people": 7}]},
    }


def test_details_of_an_event_tell_counts_from_ids():
    details = {"calls": 7, "callbacks": [7], "user": 7, "filters": {"market": 7}, "people": 7, "campaigns": 7}

    assert renumbered("markets.AuditEvent.details", details) == {
        **{"calls": 7, "callbacks": [9007], "user": 3007},
        **{"filters": {"market": 2007}, "people": 7, "campaigns": 7},
    }


def test_mentions_of_an_event_name_other_rows():
    summary = "Merged [contact 7] into [market 7] and [nothing 7]"

    assert (
        renumber_mentions(summary, by_a_thousand, models_by_name())
        == "Merged [contact 1007] into [market 2007] and [nothing 7]"
    )
