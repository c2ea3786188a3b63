"""Which site a failure is about: a ticket at Ts-Immo always belongs to one."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Agency
from estates.catalogue.models import Estate
from estates.connections.models import Connection
from estates.jobs.models import Job
from estates.wordpress.models import Site
from support.models import Ticket

_SUBJECT = re.compile(r"(site|plugin|estate|ticket|connection):(\d{1,18})(?::|$)")


def sites_of(agency: Agency) -> QuerySet[Site]:
    return Site.objects.for_agency(agency).select_related("agency", "connection").order_by("domain")


def site_of_connection(connection: Connection) -> Site | None:
    """The connection's only site, or the first by its domain; other systems than Ts-Immo have none."""
    return sites_of(connection.agency).filter(connection=connection).first()


def site_of_job(job: Job) -> Site | None:
    """The site that the job's parameters or its subject name, or the first of the connection that they name."""
    named = _named(job)
    for name in ("site", "plugin", "ticket", "estate", "connection"):
        if name in named:
            return sites_of(job.agency).filter(_about(job.agency, name, named[name])).first()
    return None


def _named(job: Job) -> dict[str, int]:
    given: dict[str, Any] = job.params if isinstance(job.params, dict) else {}
    named = {name: value for name, value in given.items() if type(value) is int}
    subject = _SUBJECT.match(job.subject)
    return ({subject[1]: int(subject[2])} if subject else {}) | named


def _about(agency: Agency, name: str, pk: int) -> Q:
    if name == "plugin":
        return Q(plugins=pk)
    if name == "ticket":
        return Q(pk__in=Ticket.objects.for_agency(agency).filter(pk=pk).values("site"))
    if name == "estate":
        return Q(connection__in=Estate.objects.for_agency(agency).filter(pk=pk).values("connection"))
    return Q(pk=pk) if name == "site" else Q(connection=pk)
