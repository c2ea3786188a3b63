"""Where AVIV calls. Its address is no secret alone: the key that comes along is checked too."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from estates.leads.aviv.receiving import receive


@csrf_exempt
@require_POST
def aviv(request: HttpRequest, opaque: str) -> HttpResponse:
    return receive(request, opaque)
