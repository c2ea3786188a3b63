"""Erasing, merging, reading and filing at the same moment: PostgreSQL lets them, SQLite one after the other."""

from threading import Barrier, Thread

import pytest
from django.db import connection as db
from django.db import connections

from accounts.roles import Role
from estates.leads.erasure.erase import Changed, erase_person
from estates.leads.models import Erasure, Lead, PersonChange
from estates.leads.models.leads import Way
from estates.leads.people.changes import NotNow, merge
from estates.leads.saving import save

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(db.vendor != "postgresql", reason="SQLite lets one write at a time"),
]


def at_once(*deeds) -> list:
    """What each of the deeds returned or raised, all begun at the same moment."""
    start, results = Barrier(len(deeds)), [None] * len(deeds)

    def do(place, deed):
        start.wait()
        try:
            results[place] = deed()
        except (Changed, NotNow) as refusal:
            results[place] = refusal
        finally:
            connections.close_all()

    threads = [Thread(target=do, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_of_many_who_erase_one_does(agency, filed, draft, member):
    person, actor = filed(agency, draft("1", email="jean@exemple.fr"))[0].person, member(agency, Role.MANAGER)
    results = at_once(*[lambda: erase_person(person, actor)] * 4)
    assert sorted(type(result).__name__ for result in results) == ["Changed"] * 3 + ["Erasure"]
    assert Erasure.objects.for_agency(agency).count() == 1


def test_two_who_merge_crosswise_make_one_person(agency, filed, draft, member):
    one, two = [lead.person for lead in filed(agency, draft("1", email="a@b.fr"), draft("2", email="c@d.fr"))]
    actor = member(agency, Role.AGENT)
    results = at_once(lambda: merge(one, two, actor), lambda: merge(two, one, actor))
    assert [type(result) for result in results].count(NotNow) == 1
    assert PersonChange.objects.for_agency(agency).count() == 1
    assert len(set(Lead.objects.for_agency(agency).values_list("person_id", flat=True))) == 1


def test_reading_while_erasing_leaves_nothing(agency, connected, filed, draft, member):
    connection, actor = connected(agency), member(agency, Role.MANAGER)
    person = filed(agency, *[draft(str(n), email="jean@exemple.fr") for n in range(40)])[0].person
    again = [draft(str(n), email="jean@exemple.fr", message="encore") for n in range(40)]
    at_once(
        lambda: erase_person(person, actor),
        *[lambda: save(connection, again, Way.PULL), lambda: save(connection, again[::-1], Way.READ)] * 2,
    )
    left = Lead.objects.for_agency(agency).exclude(email="", last_name="", message="", search_text="")
    assert not left.exists()
    assert Lead.objects.for_agency(agency).filter(erased_at=None).count() == 0


def test_filing_while_merging_loses_no_link(agency, connected, filed, draft, member):
    one, two = [lead.person for lead in filed(agency, draft("1", email="a@b.fr"), draft("2", email="c@d.fr"))]
    save(connected(agency), [draft(str(n), email="c@d.fr") for n in range(10, 40)], Way.PULL)
    at_once(lambda: merge(one, two, member(agency, Role.AGENT)), lambda: filed(agency))
    known = set(Lead.objects.for_agency(agency).values_list("person_id", flat=True))
    assert known <= {one.pk, two.pk}
    assert None not in known
