"""The addresses of the room's pages and what is sent to them."""

from django.urls import reverse

from estates.connections.models import Connection

NEW = "tsi_live_new_9876543210_abcd"
HTMX = {"HX-Request": "true"}
READ = ["index", "card"]
PAGES = ["add", "rename", "remove", "replace"]
ACTIONS = ["check", "use", "drop"]


def url(agency, name, connection=None):
    args = [agency.slug] if name in ("index", "add") else [agency.slug, connection.pk]
    return reverse(f"connections:{name}", args=args)


def form(**changes):
    return {"system": "ts_immo", "environment": "production", "label": "Nice", "key": NEW} | changes


def stored(agency):
    return Connection.objects.for_agency(agency)
