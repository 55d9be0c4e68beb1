"""What load balancers and Prometheus ask: /livez, /readyz and /metrics.

They ask by the address of a machine and over plain HTTP, which the portal refuses to everybody else. So these answers
come before all other middleware. They are not logged and not counted.
"""

import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from config.db.replicas import STANDBY
from config.db.replicas.standby import standby
from config.monitoring.metrics import process_registry
from markets.operations.gauges import state_registry
from markets.operations.health import health

logger = logging.getLogger(__name__)


class ProbeMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response
        self.probes = {"/livez": live, "/readyz": self.ready, "/metrics": metrics}
        self.reported: dict[str, str] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        probe = self.probes.get(request.path_info.removesuffix("/"))
        if probe is None or (probe is metrics and not settings.METRICS_TOKEN):
            return self.get_response(request)
        response = probe(request) if request.method in ("GET", "HEAD") else HttpResponseNotAllowed(["GET", "HEAD"])
        response["Cache-Control"] = "no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def ready(self, request: HttpRequest) -> HttpResponse:
        """200 or 503 with the name of each check. `?exclude=worker,disk` leaves checks out. Why one failed is said to
        those with the token, and logged when it changes."""
        failures = dict(health.failures())
        self._report(failures)
        for name in request.GET.get("exclude", "").split(","):
            failures.pop(name, None)
        is_trusted = settings.IS_LOCAL or has_token(request)
        checks = {
            name: {"status": "failed", **({"reason": reason} if is_trusted else {})} if reason else {"status": "ok"}
            for name, reason in failures.items()
        }
        is_ready = not any(failures.values())
        answer: dict[str, object] = {"status": "ok" if is_ready else "failed", "checks": checks}
        if STANDBY in settings.DATABASES:  # without it the primary answers: that is no reason to send nobody here
            answer["standby"] = standby.description()
        return JsonResponse(answer, status=200 if is_ready else 503)

    def _report(self, failures: dict[str, str]) -> None:
        found = {name: reason for name, reason in failures.items() if reason}
        if found.keys() != self.reported.keys():
            if found:
                logger.warning("Not ready: %s", "; ".join(f"{name}: {reason}" for name, reason in found.items()))
            else:
                logger.info("Ready again.")
        self.reported = found


def live(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


def metrics(request: HttpRequest) -> HttpResponse:
    if not has_token(request):
        return HttpResponse("Send the token of METRICS_TOKEN.\n", status=401, headers={"WWW-Authenticate": "Bearer"})
    text = generate_latest(process_registry()) + generate_latest(state_registry())
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    expected = f"Bearer {settings.METRICS_TOKEN}"
    return bool(settings.METRICS_TOKEN) and secrets.compare_digest(given.encode(), expected.encode())
