"""The same list of estates by REST framework, with cursor paging: without keys, limits, middleware or payloads."""

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()
settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
settings.ALLOWED_HOSTS = ["*"]

from rest_framework.generics import ListAPIView  # noqa: E402
from rest_framework.pagination import CursorPagination  # noqa: E402
from rest_framework.renderers import JSONRenderer  # noqa: E402
from rest_framework.serializers import ModelSerializer  # noqa: E402

from estates.catalogue.models import Estate  # noqa: E402

AGENCY = int(os.environ["BENCH_AGENCY"])


class EstateSerializer(ModelSerializer):
    class Meta:
        model = Estate
        exclude = ("agency", "connection", "digest", "search_text", "missed")


class Newest(CursorPagination):
    page_size, ordering = 50, ("-created_at", "-id")


class Estates(ListAPIView):
    authentication_classes = permission_classes = throttle_classes = ()
    renderer_classes = (JSONRenderer,)
    pagination_class, serializer_class = Newest, EstateSerializer
    queryset = Estate.objects.across_agencies().filter(agency=AGENCY, gone_at=None).defer("search_text")


urlpatterns = [path("estates", Estates.as_view())]
application = get_wsgi_application()
