"""After an erasure the person is in no table, file, log or export, also when the remote hands them over again."""

import json
import logging

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from estates.jobs.models import Job, Status
from estates.leads.erasure.erase import KIND, erase_person
from estates.leads.erasure.items import without_the_erased
from estates.leads.filing import start_filing
from estates.leads.models import (
    Batch,
    Erasure,
    ErasureTrace,
    Forwarding,
    Lead,
    LeadEvent,
    Person,
    SentBuyer,
    StrayItem,
    Tombstone,
)
from estates.leads.models.leads import Way
from estates.leads.people.changes import merge, split
from estates.leads.saving import save, set_apart
from tests import canaries
from tests.leads.erasure.conftest import (
    JEAN,
    MARIE,
    OF_JEAN,
    OF_MARIE,
    STRAY,
    everything,
    keep,
    lead_of,
    pulled_again,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def erased(agency, lived, worked, manager, caplog):
    caplog.set_level(logging.DEBUG)
    person = lived(agency)
    lead = lead_of(agency, JEAN["action_id"])
    Forwarding.objects.create(
        agency=agency,
        lead=lead,
        connection=lead.connection,
        buyer={"lastname": lead.last_name, "mail": lead.email},
        words=f"no {lead.last_name}",
        asked_at=lead.received_at,
    )
    assert OF_JEAN.search(everything(agency))
    erasure = erase_person(person, manager)
    worked(Job.objects.for_agency(agency).get(kind=KIND))
    erasure.refresh_from_db()
    return erasure


def test_nothing_of_the_person_is_left_anywhere(agency, erased, caplog):
    assert OF_JEAN.findall(everything(agency)) == []
    assert OF_JEAN.findall(caplog.text) == []


def test_everybody_else_is_intact(agency, erased):
    held = everything(agency)
    assert [word for word in OF_MARIE if word not in held] == []
    marie = lead_of(agency, MARIE["action_id"])
    assert (marie.erased_at, marie.name, marie.phone) == (None, "Marie Kermadec", "+33611223344")
    assert [event.words for event in marie.events.all()] == ["Visite le 3", ""]
    batch = Batch.objects.for_agency(agency).earliest("pk")
    assert json.loads(batch.body) == [{"erased": True}, MARIE, {"erased": True}]
    job = Job.objects.for_agency(agency).get(error="near marie@exemple.fr")
    assert json.loads(bytes(job.evidence)) == [MARIE]


def test_three_more_pulls_bring_nothing_back(agency, connected, drafted, filed, erased, caplog):
    connection, answer = connected(agency), json.dumps([JEAN, MARIE, STRAY])
    for _ in range(3):
        pulled_again(connection, [drafted(JEAN), drafted(MARIE)])
        keep(connection, without_the_erased(connection, answer))
        set_apart(connection, json.dumps(STRAY).encode(), "no usable action_id")
        filed(agency)
    assert OF_JEAN.findall(everything(agency)) == []
    assert OF_JEAN.findall(caplog.text) == []
    assert Lead.objects.for_agency(agency).count() == 2
    assert json.loads(Batch.objects.for_agency(agency).latest("pk").body)[1] == MARIE


def test_what_stays_is_the_bare_fact_of_an_enquiry(agency, erased):
    lead = lead_of(agency, JEAN["action_id"])
    assert (lead.source, lead.happened_at is not None, lead.person, lead.phones) == (
        "marketing_lab",
        True,
        None,
        [],
    )
    assert lead.erased_at
    assert lead.filed_at
    assert lead.payload.body == ""
    assert [(event.what, event.words, event.after) for event in lead.events.all()] == [
        ("note", "", ""),
        ("state", "", "visit"),
        ("linked", "", ""),
    ]
    assert Person.objects.for_agency(agency).count() == 1


def test_the_receipt_counts_what_was_blanked_and_names_nobody(agency, erased, manager):
    assert (erased.leads, erased.people, erased.asked_by, bool(erased.finished_at)) == (1, 1, manager, True)
    assert erased.found == {
        "leads": 1, "payloads": 1, "events": 2, "forwardings": 1,
        "answers": 3, "items": 1, "jobs": 2, "connections": 1, "searches": 1,
    }  # fmt: skip
    assert not ErasureTrace.objects.exists()
    assert Tombstone.objects.for_agency(agency).get().remote_id == "1045"


def test_the_trail_says_that_it_was_done_and_not_to_whom(agency, erased):
    entry = AuditEntry.objects.for_agency(agency).get(action="person.erased")
    assert entry.subject.startswith("#")
    assert entry.detail == {"receipt": erased.number, "leads": 1}


def test_the_leads_are_blank_before_any_worker_comes(agency, lived, manager):
    """Whoever looks right after the click finds nothing, and what is still looked for lies sealed."""
    erase_person(lived(agency), manager)
    assert lead_of(agency, JEAN["action_id"]).name == ""
    assert not LeadEvent.objects.filter(lead__remote_id="1045").exclude(words="").exists()
    trace = ErasureTrace.objects.get()
    assert not OF_JEAN.search(bytes(trace.ciphertext).decode("latin-1"))
    assert OF_JEAN.search(Batch.objects.for_agency(agency).earliest("pk").body)


def test_the_same_person_at_another_agency_stays(agency, other_agency, lived, worked, manager):
    person, _ = lived(agency), lived(other_agency)
    before = canaries.dump(other_agency)
    erase_person(person, manager)
    worked(Job.objects.for_agency(agency).get(kind=KIND))
    assert canaries.dump(other_agency) == before
    assert not OF_JEAN.search(str(canaries.dump(agency)))


def test_a_worker_that_dies_anywhere_leaves_nothing_out(agency, lived, manager, settings, worked):
    """Each slice is one step here; what was found is counted once although every step may be the last."""
    person = lived(agency)
    settings.JOB_SLICE_SECONDS = 0
    erasure = erase_person(person, manager)
    job = worked(Job.objects.for_agency(agency).get(kind=KIND))
    erasure.refresh_from_db()
    assert erasure.found["answers"] == 3
    assert not OF_JEAN.search(everything(agency))
    Job.objects.for_agency(agency).filter(pk=job.pk).update(status=Status.QUEUED, checkpoint={})
    worked(job)
    erasure.refresh_from_db()
    assert erasure.found["answers"] == 3


def test_who_writes_again_is_somebody_new(agency, connected, drafted, filed, erased):
    filed(agency, drafted(JEAN | {"action_id": 2000}))
    lead = lead_of(agency, 2000)
    assert lead.name == "Jean-Éric Beauvoisin"
    assert lead.person_id
    body = json.dumps([JEAN | {"action_id": 2000}])
    assert without_the_erased(connected(agency), body) == body


def test_a_reading_under_way_cannot_write_the_person_back(agency, connected, drafted, erased):
    saved = save(connected(agency), [drafted(JEAN | {"message": "changed"})], Way.READ)
    assert (saved.erased, saved.changed) == (1, 0)
    start_filing(agency)
    assert lead_of(agency, 1045).message == ""


def test_stray_items_of_the_person_keep_their_place_only(agency, erased):
    stray = StrayItem.objects.for_agency(agency).get()
    assert (stray.body, bool(stray.digest)) == ("", True)


def test_merged_people_are_erased_as_one_and_their_handles_go(agency, filed, draft, manager, worked):
    leads = filed(agency, draft("1", email="jean@exemple.fr"), draft("2", last_name="Autre"))
    merge(leads[0].person, leads[1].person, manager)
    erasure = erase_person(leads[0].person, manager)
    assert (erasure.leads, erasure.people) == (2, 1)
    assert not Person.objects.for_agency(agency).exists()
    assert Erasure.objects.for_agency(agency).count() == 1


def test_what_tells_about_the_property_stays_unless_a_person_is_in_it(agency, filed, draft, manager):
    told = {
        "programme": "Les Jardins",
        "region": "chez Jean Dupont",
        "portal": "SLG-FRA",
        "category": "je@exemple.fr",
    }
    (lead,) = filed(agency, draft("1", email="je@exemple.fr", gender="M", language="fr", **told))
    erase_person(lead.person, manager)
    lead = lead_of(agency, 1)
    assert (lead.programme, lead.region, lead.portal, lead.category) == ("Les Jardins", "", "SLG-FRA", "")
    assert (lead.gender, lead.language, lead.digest) == ("", "", "")


def test_items_of_a_namesake_and_of_who_shares_the_phone_stay(
    agency, connected, filed, draft, manager, worked
):
    """A household has one number: what only that number tells may be the other's."""
    phones = (("", "06 98 76 54 32"),)
    leads = filed(agency, draft("1", phones=phones), draft("2", first_name="Marie", phones=phones))
    split(leads[0].person, [leads[1].pk], manager)
    set_apart(connected(agency), b'{"tel": "0698765432"}', "no usable action_id")
    set_apart(connected(agency), b'{"nom": "Jean Dupont", "tel": "0611111111"}', "no usable action_id")
    erase_person(leads[0].person, manager)
    worked(Job.objects.for_agency(agency).get(kind=KIND))
    assert "" not in StrayItem.objects.for_agency(agency).values_list("body", flat=True)
    assert lead_of(agency, 2).phone == "+33698765432"


def test_a_partners_buyer_on_the_way_is_blanked_and_not_sent(agency, lived, worked, manager, connected):
    """By number, or by the name alone; a stream that is a mail address goes too. Who else is in line stays."""
    said = {
        "jean-1": {"phones": [{"number": "06 98 76 54 32", "type": "mobile"}]},
        "JE.Beauvoisin@exemple.fr": {"lastname": "x"},
        "jean-3": {"firstname": "Jean-Éric", "lastname": "Beauvoisin"},
        "marie": {"mail": "marie@exemple.fr"},
    }
    for stream, buyer in said.items():
        SentBuyer.objects.create(
            agency=agency,
            connection=connected(agency),
            stream_id=stream,
            digest="d",
            buyer={"streamId": stream} | buyer,
            asked_at=timezone.now(),
        )
    erasure = erase_person(lived(agency), manager)
    worked(Job.objects.for_agency(agency).get(kind=KIND))
    erasure.refresh_from_db()
    assert erasure.found["buyers"] == 3
    rows = SentBuyer.objects.for_agency(agency).order_by("pk")
    second = rows[1]
    assert list(rows.values_list("stream_id", "digest", "buyer")) == [
        ("jean-1", "", {}),
        (f"erased-{second.pk}", "", {}),
        ("jean-3", "", {}),
        ("marie", "d", {"streamId": "marie", "mail": "marie@exemple.fr"}),
    ]
