from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection as db
from django.db import connections

from estates.leads.models import Lead, LeadPayload, State, StrayItem, Tombstone
from estates.leads.models.leads import Way
from estates.leads.saving import save, set_apart

pytestmark = pytest.mark.django_db


def test_a_lead_arrives_with_all_that_was_said(agency, connected, draft, leads_of):
    given = draft(
        "17",
        email="Jean@Example.com",
        phones=(("MOBILE", "06 12 34 56 78"), ("LANDLINE", "call me")),
        message="Je suis intéressé\n par ce bien.",
        programme="Les Jardins de l’Aube",
    )
    assert save(connected(agency), [given], Way.READ).new == 1
    (lead,) = leads_of(agency)
    assert (lead.agency, lead.source, lead.remote_id, lead.state) == (
        agency,
        "marketing_lab",
        "17",
        State.NEW,
    )
    assert (lead.name, lead.email_key, lead.phone_key) == ("Jean Dupont", "jean@example.com", "+33612345678")
    assert [phone["number"] for phone in lead.phones] == ["06 12 34 56 78", "call me"]
    assert lead.excerpt == "Je suis intéressé par ce bien."
    assert "jardins" in lead.search_text
    assert "interesse" in lead.search_text
    assert lead.payload.body == given.raw.decode()


def test_the_same_leads_twice_are_saved_once(agency, connected, draft, leads_of):
    drafts = [draft(str(number)) for number in range(30)]
    save(connected(agency), drafts, Way.READ)
    again = save(connected(agency), [*drafts, *drafts, draft("30")], Way.PULL)
    assert (again.new, again.changed, again.unchanged) == (1, 0, 30)
    assert len(leads_of(agency)) == LeadPayload.objects.count() == 31


def test_what_the_remote_changes_changes_and_what_people_did_stays(agency, connected, draft, leads_of):
    save(connected(agency), [draft("1", last_name="Dupond")], Way.READ)
    (before,) = leads_of(agency)
    Lead.objects.for_agency(agency).update(state=State.VISIT, filed_at=before.received_at)
    assert save(connected(agency), [draft("1", last_name="Dupont")], Way.READ).changed == 1
    (after,) = leads_of(agency)
    assert (after.last_name, after.state, after.received_at) == ("Dupont", State.VISIT, before.received_at)
    assert after.filed_at is None, "another name or number must be filed anew"
    assert "Dupont" in after.payload.body


def test_that_a_lead_was_pulled_is_noted_once_and_stays(agency, connected, draft, leads_of):
    pulled = datetime(2026, 11, 4, tzinfo=UTC)
    save(connected(agency), [draft("1")], Way.READ)
    assert (
        save(connected(agency), [draft("1", raw=leads_raw(draft), pulled_at=pulled)], Way.PULL).changed == 1
    )
    later = pulled + timedelta(days=1)
    save(connected(agency), [draft("1", raw=leads_raw(draft), pulled_at=later)], Way.RECOVERY)
    assert leads_of(agency)[0].pulled_at == pulled


def leads_raw(draft) -> bytes:
    return draft("1").raw


def test_two_connections_may_use_the_same_number(agency, other_agency, connected, draft, leads_of):
    for of in (agency, other_agency):
        save(connected(of), [draft("1")], Way.READ)
    assert [len(leads_of(of)) for of in (agency, other_agency)] == [1, 1]


def test_an_erased_person_does_not_come_back(agency, connected, draft, leads_of):
    connection = connected(agency)
    Tombstone.objects.create(agency=agency, connection=connection, remote_id="1")
    saved = save(connection, [draft("1"), draft("2")], Way.PULL)
    assert (saved.new, saved.erased) == (1, 1)
    assert [lead.remote_id for lead in leads_of(agency)] == ["2"]


def test_a_lead_that_the_remote_blanked_is_named_and_not_stored(agency, connected, draft, leads_of):
    save(connected(agency), [draft("1")], Way.READ)
    saved = save(connected(agency), [draft("1", is_erased=True), draft("2", is_erased=True)], Way.POLL)
    assert (saved.erased, saved.blanked) == (2, ["1"])
    assert [lead.remote_id for lead in leads_of(agency)] == ["1"]


@pytest.mark.parametrize(
    "fields",
    [
        {"last_name": "x" * 5000},
        {"message": "m" * 1_000_000},
        {"first_name": "<script>alert(1)</script>", "last_name": "=HYPERLINK(1)"},
        {"email": "pas d’adresse", "phones": (("", "rappelez-moi le soir"),)},
        {"happened_at": None},
        {"programme": "Résidence " * 100, "region": "Provence-Alpes-Côte d’Azur" * 10},
        {"raw": b'{"broken \xff\x00": 1}'},
    ],
)
def test_whatever_it_says_it_arrives(agency, connected, draft, leads_of, fields):
    given = draft("1", **fields)
    assert save(connected(agency), [given], Way.READ).new == 1
    (lead,) = leads_of(agency)
    assert lead.message == given.message
    assert lead.last_name == given.last_name[:120]
    assert "\0" not in lead.payload.body


def test_what_the_database_refuses_is_set_apart_and_the_rest_is_saved(agency, connected, draft, leads_of):
    bad = draft("2", gender="\ud800 \0", raw=b'{"id": "2"}')
    saved = save(connected(agency), [draft("1"), bad, draft("3")], Way.READ)
    assert (saved.new, saved.strays) == (2, 1)
    assert [lead.remote_id for lead in leads_of(agency)] == ["1", "3"]
    assert '"2"' in StrayItem.objects.for_agency(agency).get().body


def test_an_item_without_identity_is_kept_once(agency, connected):
    for _ in range(2):
        set_apart(connected(agency), b'{"nom": "Sans numero"}', "no usable action_id")
    stray = StrayItem.objects.for_agency(agency).get()
    assert (stray.reason, stray.body) == ("no usable action_id", '{"nom": "Sans numero"}')


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(db.vendor != "postgresql", reason="SQLite lets one write at a time")
def test_many_who_save_the_same_leads_at_once_save_them_once(agency, connected, draft):
    connection = connected(agency)
    drafts = [draft(str(number)) for number in range(200)]
    start, results = Barrier(4), []

    def work(order):
        start.wait()
        try:
            results.append(save(connection, order, Way.READ))
        finally:
            connections.close_all()

    orders = (drafts, drafts[::-1], drafts[50:], drafts[:150])
    threads = [Thread(target=work, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == 4, "one of them failed"
    assert sum(saved.new for saved in results) == 200
    assert Lead.objects.for_agency(agency).count() == LeadPayload.objects.count() == 200
