"""Links as managers share them: one to a market's page, one to a report. Nobody keeps their tokens."""

from datetime import timedelta

from markets.models import User, Workspace
from signals.report.shape import SECTIONS
from signals.sharing.links import share
from signals.sharing.market_document import MARKET_SECTIONS


def share_some(workspace: Workspace, by: User) -> None:
    until = workspace.today() + timedelta(days=30)
    market = workspace.markets.order_by("pk").first()
    report = workspace.campaign_reports.select_related("campaign").order_by("pk").first()
    if market:
        share(thing=market, by=by, label="Harbour Partners", expires_on=until, sections=MARKET_SECTIONS)
    if report:
        sections = [name for name in SECTIONS if name != "next"]
        share(thing=report, by=by, label="Practice head", expires_on=until, sections=sections)
