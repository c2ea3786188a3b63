"""The partner API, version 1: its operations and its errors."""

from __future__ import annotations

from django.views.decorators.http import require_safe

from portal.api import (
    attachments,
    errors,
    estate_leads,
    estates,
    feeds,
    jobs,
    lead_handling,
    lead_reading,
    leads,
    site_files,
    site_plugins,
    site_switching,
    sites,
    syndication,
    ticket_writing,
    tickets,
    webhooks,
)
from portal.api.document import Documented
from portal.api.parsing import TextParser

api = Documented(
    title="Passerelle",
    version="1",
    urls_namespace="api",
    docs_url=None,
    docs_decorator=require_safe,
    parser=TextParser(),
)
ELSEWHERE = (
    *(lead_reading, lead_handling),
    estate_leads,
    *(site_switching, site_plugins, site_files),
    *(ticket_writing, attachments),
)
"""They hang their operations on the routers of leads, estates, sites and tickets."""
errors.add_handlers(api)
api.add_router("/estates", estates.router)
api.add_router("/feeds", feeds.router)
api.add_router("/leads", leads.router)
api.add_router("/jobs", jobs.router)
api.add_router("/sites", sites.router)
api.add_router("/support", tickets.router)
api.add_router("/syndication", syndication.router)
api.add_router("/webhook", webhooks.router)
