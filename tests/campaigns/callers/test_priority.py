"""The rule that says who is called first."""

from django.urls import reverse

from tests.factories import WorkspaceFactory

RULE = {"version": 1, "match": "all", "conditions": [{"kind": "number"}]}


def test_the_form_shows_the_audience_of_the_workspace_that_has_the_rule(as_manager, workspace, campaign):
    WorkspaceFactory().audiences.create(name="Another firm's", rule=RULE)
    ours = workspace.audiences.create(name="Ours", rule=RULE)
    campaign.priority_rule = RULE
    campaign.save()

    page = as_manager.get(reverse("campaigns:callers", args=["acme", campaign.pk]))

    assert page.context["priority"].initial == {"audience": ours.pk}
