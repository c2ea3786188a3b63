from datetime import timedelta

import pytest
from django.utils import timezone

from estates.catalogue.models import Estate
from estates.jobs.models import Job
from estates.jobs.work import work
from estates.leads.filing import start_filing
from estates.leads.models import Lead, Person
from estates.leads.models.leads import Way
from estates.leads.saving import save

pytestmark = pytest.mark.django_db


def estate(agency, connection, reference, remote_id) -> Estate:
    now = timezone.now()
    return Estate.objects.create(
        agency=agency,
        connection=connection,
        remote_id=remote_id,
        digest=b"1",
        reference=reference,
        created_at=now,
        first_seen_at=now,
        changed_at=now,
    )


def test_leads_with_one_address_are_one_person(agency, filed, draft):
    first, second, third = filed(
        agency,
        draft("1", email="jean@exemple.fr"),
        draft("2", email="JEAN@exemple.fr", last_name="Dupond"),
        draft("3", email="marie@exemple.fr"),
    )
    assert first.person_id == second.person_id != third.person_id
    assert (first.person_by, second.person_by, third.person_by) == ("", "mail", "")
    assert all(lead.filed_at for lead in (first, second, third))


def test_a_later_lead_finds_its_person_by_phone_and_across_sources(agency, connected, filed, draft):
    filed(agency, draft("1", phones=(("", "06 12 34 56 78"),)))
    leads = filed(
        agency,
        draft("a", phones=(("MOBILE", "+33612345678"),), last_name="D."),
        connection=connected(agency, "aviv", "aviv_key_0123456789"),
    )
    assert leads[0].person_id == leads[1].person_id
    assert leads[1].person_by == "phone"


def test_where_address_and_number_disagree_the_address_decides(agency, filed, draft):
    leads = filed(
        agency,
        draft("1", email="jean@exemple.fr", phones=(("", "0612345678"),)),
        draft("2", email="marie@exemple.fr"),
        draft("3", email="marie@exemple.fr", phones=(("", "0612345678"),)),
    )
    assert leads[2].person_id == leads[1].person_id != leads[0].person_id


def test_leads_without_address_and_number_are_people_of_their_own(agency, filed, draft):
    filed(agency, draft("1"), draft("2"))
    assert Person.objects.for_agency(agency).count() == 2


def test_the_same_person_at_two_agencies_are_two(agency, other_agency, filed, draft):
    (here,) = filed(agency, draft("1", email="jean@exemple.fr"))
    (there,) = filed(other_agency, draft("1", email="jean@exemple.fr"))
    assert here.person_id != there.person_id
    assert (here.person.agency, there.person.agency) == (agency, other_agency)
    assert there.person_by == ""


def test_a_change_keeps_the_person_and_hand_made_links(agency, connected, filed, draft):
    (lead,) = filed(agency, draft("1", email="jean@exemple.fr"))
    (changed,) = filed(agency, draft("1", email="jean@exemple.fr", message="Encore moi"))
    assert changed.person_id == lead.person_id
    own = Person.objects.create(agency=agency)
    filed(agency, draft("2", email="jean@exemple.fr"))
    Lead.objects.for_agency(agency).filter(remote_id="2").update(person=own, person_by="hand", filed_at=None)
    assert filed(agency, draft("3"))[1].person_id == own.pk


def test_an_estate_is_found_by_its_reference_or_id(agency, other_agency, connected, filed, draft):
    ts_immo = connected(agency, "ts_immo", "tsi_key_0123456789")
    flat = estate(agency, ts_immo, "REF-001", "uuid-1")
    house = estate(agency, ts_immo, "REF-002", "uuid-2")
    estate(other_agency, connected(other_agency, "ts_immo", "tsi_other_0123456789"), "REF-003", "uuid-3")
    leads = filed(
        agency,
        draft("1", estate_reference="REF-001"),
        draft("2", estate_reference="uuid-2"),
        draft("3", estate_reference="REF-003"),
        draft("4"),
    )
    assert [lead.estate_id for lead in leads] == [flat.pk, house.pk, None, None]
    assert [lead.estate_by for lead in leads] == ["reference", "reference", "", ""]


def test_a_reference_of_two_estates_links_neither(agency, connected, filed, draft):
    ts_immo = connected(agency, "ts_immo", "tsi_key_0123456789")
    for remote_id in ("uuid-1", "uuid-2"):
        estate(agency, ts_immo, "REF-001", remote_id)
    (lead,) = filed(agency, draft("1", estate_reference="REF-001"))
    assert (lead.estate_id, lead.estate_by) == (None, "")


def test_filing_goes_on_slice_by_slice(agency, connected, draft, leads_of, settings):
    settings.JOB_SLICE_SECONDS = 0
    save(connected(agency), [draft(str(n), email=f"p{n % 7}@exemple.fr") for n in range(450)], Way.READ)
    job = start_filing(agency)
    slices = 0
    while Job.objects.for_agency(agency).get(pk=job.pk).is_open:
        Job.objects.for_agency(agency).update(not_before=timezone.now() - timedelta(seconds=1))
        assert work(job.pk)
        slices += 1
    assert slices == 4
    assert all(lead.filed_at for lead in leads_of(agency))
    assert Person.objects.for_agency(agency).count() == 7


def test_one_filing_at_a_time(agency):
    assert start_filing(agency).pk == start_filing(agency).pk
