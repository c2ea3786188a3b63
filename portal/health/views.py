"""What load balancers and supervisors ask. Neither answer names an agency, an address or an error's own words."""

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from accounts.models import Agency
from portal.health.conditions import conditions
from portal.health.due import oldest_due

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nobody: a database that is away is no reason to start the portal again."""
    return HttpResponse("ok", content_type="text/plain", headers=HEADERS)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 as long as pages can be read, with what does not work besides; 503 where they cannot.

    `degraded` maps the name of what does not work to a sentence. Whoever only routes traffic looks at the status.
    """
    if not reading_works():
        return JsonResponse(
            {"status": "down", "degraded": {"database": "does not answer"}}, status=503, headers=HEADERS
        )
    found = conditions()
    said = {
        "status": "degraded" if found else "ok",
        "degraded": found,
        "oldest_due_job_seconds": oldest_due(),
    }
    return JsonResponse(said, headers=HEADERS)


def reading_works() -> bool:
    """Whether a table of ours can be read, on a connection that is opened anew where it must be."""
    try:
        Agency.objects.exists()
    except Error:
        connection.close()
        return False
    return True
