"""`Idempotency-Key`: done once, answered alike."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import IdempotentCall
from estates.connections.models import System
from estates.leads.models import SentLead
from portal.api.once import KEPT, LONGEST, forget_old
from tests.portal.api.conftest import LEAD

URL = "/api/v1/leads"


def post(client, name="one", body=LEAD, url=URL):
    return client.post(url, body, content_type="application/json", headers={"Idempotency-Key": name})


def leads(agency):
    return SentLead.objects.for_agency(agency).count()


def test_the_second_answer_is_the_first(agency, aviv, partner):
    client = partner(agency)
    first, second = post(client), post(client)
    assert (first.status_code, first.content) == (second.status_code, second.content) == (202, first.content)
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert leads(agency) == 1


def test_another_name_is_another_call(agency, aviv, partner):
    client = partner(agency)
    assert [post(client, name).status_code for name in ("one", "two")] == [202, 202]
    assert leads(agency) == 2


@pytest.mark.parametrize("change", [{"body": LEAD | {"message": "other"}}, {"url": f"{URL}?connection=1"}])
def test_another_body_under_the_same_name(agency, aviv, partner, change):
    client = partner(agency)
    post(client)
    answer = post(client, **change)
    assert answer.status_code == 422
    assert leads(agency) == 1


def test_names_of_one_key_are_not_those_of_another(agency, aviv, partner):
    assert [post(partner(agency)).status_code for _ in range(2)] == [202, 202]
    assert leads(agency) == 2


def test_after_a_day_the_name_is_free(agency, aviv, partner):
    client = partner(agency)
    post(client)
    with time_machine.travel(timezone.now() + KEPT + timedelta(seconds=1)):
        assert "Idempotency-Replayed" not in post(client)
    assert leads(agency) == 2


def test_while_the_first_is_in_flight(agency, aviv, partner):
    client = partner(agency)
    post(client)
    SentLead.objects.for_agency(agency).delete()
    IdempotentCall.objects.for_agency(agency).update(answered_at=None, began_at=timezone.now())
    answer = post(client)
    assert (answer.status_code, answer["Retry-After"]) == (409, "5")
    assert leads(agency) == 0


def test_a_call_that_was_cut_off_is_taken_up(agency, aviv, partner):
    """A worker killed in the middle leaves the name in flight and no effect: the next one has it, once."""
    client = partner(agency)
    post(client)
    SentLead.objects.for_agency(agency).delete()
    began = timezone.now() - LONGEST - timedelta(seconds=1)
    IdempotentCall.objects.for_agency(agency).update(answered_at=None, began_at=began)
    assert post(client).status_code == 202
    assert post(client)["Idempotency-Replayed"] == "true"
    assert leads(agency) == 1


def test_a_slow_call_that_was_taken_over_has_no_effect(agency, aviv, partner, monkeypatch):
    from portal.api import leads as room

    create = room.create

    def overtaken(*args):
        made = create(*args)
        IdempotentCall.objects.for_agency(agency).update(began_at=timezone.now() + timedelta(seconds=1))
        return made

    monkeypatch.setattr(room, "create", overtaken)
    assert post(partner(agency)).status_code == 409
    assert leads(agency) == 0


def test_a_refusal_leaves_the_name_free(agency, partner, connected):
    client = partner(agency)
    connected(agency, System.AVIV)
    assert post(client, body=LEAD | {"email": "nobody"}).status_code == 422
    assert not IdempotentCall.objects.for_agency(agency).exists()
    assert post(client).status_code == 202


@pytest.mark.parametrize("name", ["", "two words", "x" * 256, "é"])
def test_malformed_names(agency, aviv, partner, name):
    assert post(partner(agency), name).status_code == 400
    assert leads(agency) == 0


@pytest.mark.django_db(transaction=True)
def test_twenty_threads_on_one_name(agency, aviv, partner):
    token = partner(agency).token

    def call(_number):
        try:
            return post(Client(headers={"X-API-Key": token})).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        codes = list(pool.map(call, range(20)))
    assert leads(agency) == 1
    assert 202 in codes
    assert set(codes) <= {202, 409}


def test_answers_are_forgotten_after_a_day(agency, aviv, partner):
    client = partner(agency)
    post(client)
    assert forget_old() == 0
    with time_machine.travel(timezone.now() + KEPT + timedelta(seconds=1)):
        post(client, "two")
        assert forget_old() == 1
    assert IdempotentCall.objects.for_agency(agency).get().name == "two"
