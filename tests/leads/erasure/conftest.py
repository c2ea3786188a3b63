"""Jean, who wants to be erased, in every place where the portal may hold somebody; and Marie, who stays."""

import json
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection as db
from django.utils import timezone

from accounts.roles import Role
from estates.catalogue.models import SavedSearch
from estates.connections.models import Connection
from estates.jobs.models import Job, Status
from estates.leads.drafts import digest_of
from estates.leads.models import Batch, Lead
from estates.leads.models.leads import Way
from estates.leads.saving import save, set_apart
from tests.canaries import every_row

JEAN = {
    "action_id": 1045,
    "prospect_nom": "Beauvoisin",
    "prospect_prenom": "Jean-Éric",
    "prospect_telephone": "06 98 76 54 32",
    "prospect_email": "JE.Beauvoisin@exemple.fr",
    "message": "Bonjour, nous cherchons un phare breton",
}
MARIE = {
    "action_id": 1046,
    "prospect_nom": "Kermadec",
    "prospect_prenom": "Marie",
    "prospect_telephone": "06 11 22 33 44",
    "prospect_email": "marie@exemple.fr",
    "message": "Je voudrais visiter la longère",
}
STRAY = {"nom": "Beauvoisin", "tel": "0698765432", "le": "2026-11-03"}
OF_JEAN = re.compile(
    r"beauvoisin|jean-?\s?[ée]ric|\bjean\b|0?6[\s.]?98[\s.]?76[\s.]?54[\s.]?32|698765432|phare|breton|u00c9ric",
    re.I,
)
OF_MARIE = ("Kermadec", "marie@exemple.fr", "longère", "+33611223344")


@pytest.fixture
def drafted(draft):
    """A contact as marketing-lab's source makes it."""

    def make(contact):
        return draft(
            str(contact["action_id"]),
            last_name=contact["prospect_nom"],
            first_name=contact["prospect_prenom"],
            email=contact["prospect_email"],
            phones=(("", contact["prospect_telephone"]),),
            message=contact["message"],
            raw=json.dumps(contact).encode(),
        )

    return make


@pytest.fixture
def manager(agency, member):
    return member(agency, Role.MANAGER)


@pytest.fixture
def lived(connected, filed, drafted, member):
    """`lived(agency)` has Jean and Marie everywhere; returns Jean's person."""

    def do(agency):
        connection, user = connected(agency), member(agency, Role.AGENT)
        answer = json.dumps([JEAN, MARIE, STRAY])
        keep(connection, answer)
        keep(connection, answer[:130])
        leads = filed(agency, drafted(JEAN), drafted(MARIE))
        set_apart(connection, json.dumps(STRAY).encode(), "no usable action_id")
        jean, marie = leads
        for lead, words in ((jean, "A rappeler : Jean-Éric, le phare"), (marie, "Visite le 3")):
            lead.events.create(actor=user, what="note", words=words)
            lead.events.create(actor=user, what="state", before="new", after="visit")
        jean.events.create(what="linked", after="Phare breton")
        failed(connection, "cannot read Jean-Éric Beauvoisin", answer.encode())
        failed(connection, "near je.beauvoisin@exemple.fr", answer[:130].encode())
        failed(connection, "near marie@exemple.fr", json.dumps([MARIE]).encode(), params={})
        Connection.objects.for_agency(agency).update(last_answer="who is 06.98.76.54.32?")
        SavedSearch.objects.create(agency=agency, user=user, name="x", query="query=jean-eric+beauvoisin")
        SavedSearch.objects.create(agency=agency, user=user, name="y", query="query=villa")
        return jean.person

    return do


def keep(connection, body) -> Batch:
    return Batch.objects.create(
        agency=connection.agency,
        connection=connection,
        operation="readContacts",
        seen_at=timezone.now(),
        digest=digest_of(body.encode()),
        body=body,
    )


def failed(connection, error, evidence, params=None) -> Job:
    job = Job.objects.create(
        agency=connection.agency,
        kind="leads.file",
        status=Status.FAILED,
        title=error,
        error=error,
        error_kind="malformed",
        evidence=evidence,
        params={"connection": connection.pk} if params is None else params,
        checkpoint={"last": error},
    )
    job.events.create(event="failed", words=error)
    return job


def everything(agency) -> str:
    """Every column of every row of every table that is the agency's or nobody's, and every file: as one text."""
    texts = []
    for model in apps.get_models():
        for row in every_row(model).values():
            if row.get("agency_id", agency.pk) == agency.pk:
                texts += [_text(value) for value in row.values()]
    with db.cursor() as cursor:
        for table in set(db.introspection.table_names(cursor)) - {
            m._meta.db_table for m in apps.get_models()
        }:
            cursor.execute(f"SELECT * FROM {db.ops.quote_name(table)}")  # noqa: S608
            texts += [_text(value) for row in cursor.fetchall() for value in row]
    for path in Path(settings.VAR_DIR).rglob("*"):
        if path.is_file() and "sqlite3" not in path.name:
            texts.append(path.read_bytes().decode("latin-1"))
    return "\n".join(texts)


def _text(value) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def pulled_again(connection, drafts) -> None:
    for way in (Way.READ, Way.PULL, Way.RECOVERY):
        save(connection, drafts, way)


def lead_of(agency, remote_id) -> Lead:
    return Lead.objects.for_agency(agency).get(remote_id=str(remote_id))
