"""What Prometheus reads."""

from hmac import compare_digest
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from accounts.scope import across
from portal.metrics.waiting import Waiting

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

_waiting = Waiting()


class AllProcesses(Collector):
    """What the processes of this machine counted, the ones that have ended included."""

    def collect(self):  # type: ignore[no-untyped-def]  # a generator of the library's own, untyped classes
        files = [str(path) for path in Path(settings.METRICS_DIR).glob("*/*.db")]
        return MultiProcessCollector.merge(files)


@require_safe
@across()
def metrics(request: HttpRequest) -> HttpResponse:
    """404 where there is no key to it, 401 for a wrong one. Nothing in it names an agency."""
    if not settings.METRICS_KEY:
        return HttpResponse(status=404, headers=HEADERS)
    given = request.headers.get("Authorization", "").encode()
    if not compare_digest(given, f"Bearer {settings.METRICS_KEY}".encode()):
        return HttpResponse(status=401, headers={**HEADERS, "WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(AllProcesses() if settings.METRICS_DIR else REGISTRY)
    registry.register(_waiting)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST, headers=HEADERS)
