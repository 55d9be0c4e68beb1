import pytest

from markets.models import EventKind
from markets.models.webhooks import CHOOSABLE
from markets.webhooks.services import set_new_secret
from tests.markets.webhooks.receiver import Receiver


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def make_webhook(workspace):
    """Makes a webhook that wants these kinds, by default all; `made.plain_secret` is its secret."""

    def make(url="https://crm.example/hooks", kinds=tuple(CHOOSABLE), of=workspace):
        made = of.webhooks.model(workspace=of, url=url, kinds=[EventKind(kind).value for kind in kinds])
        made.plain_secret = set_new_secret(made)
        made.save()
        return made

    return make


@pytest.fixture
def webhook(make_webhook):
    return make_webhook()
