from datetime import timedelta

from django.utils.timezone import now

from markets.access import counts_of
from tests.factories import MarketFactory, active_campaign, call, make_it_noon


def test_what_is_put_together_once_is_asked_of_each_workspace_and_moment_anew(market):
    campaign = active_campaign(2, market=market)
    make_it_noon(campaign)
    promised = now() + timedelta(days=1)
    call(campaign, disposition="callback_requested", callback_at=promised)
    elsewhere = MarketFactory().workspace

    def callbacks(workspace, moment):
        found = counts_of.row(workspace, moment)
        asked = counts_of.ask(workspace, moment)
        assert found == asked.get()
        return [found["markets_"], found["campaigns_"], found["callbacks_"]]

    assert callbacks(market.workspace, promised - timedelta(hours=1)) == [1, 1, 0]
    assert callbacks(market.workspace, promised) == [1, 1, 1]
    assert callbacks(elsewhere, promised) == [1, 0, 0]
