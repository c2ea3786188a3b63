"""A person who was erased is in no ticket, and no reading of Ts-Immo brings the person back."""

import json
import time
from dataclasses import replace

import pytest
from django.apps import apps

from accounts.roles import Role
from estates.jobs.models import Job
from estates.leads.erasure.erase import KIND, erase_person
from estates.leads.erasure.places import PLACES, register_place
from estates.leads.erasure.receipts import lines
from estates.leads.erasure.traces import Traces
from estates.remotes.ts_immo_comments import Comment
from support.bundles.masking import Mask
from support.delivery.matching import is_comment
from support.erasure.blacking import BLACKED, is_same, without, without_names
from support.erasure.places import PLACES as OURS
from support.erasure.places import blacked_out, kept, kept_raw
from support.models import Attachment, Draft, Mirrored
from tests.canaries import every_row
from tests.leads.conftest import connected, draft, filed, leads_of, worked  # noqa: F401
from tests.support import making

pytestmark = pytest.mark.django_db

MAIL, ID = "JE.Beauvoisin@exemple.fr", "3f2a9c10-77aa-4e1b-9d3c-0a1b2c3d4e5f"
NUMBERS = ["06 98 76 54 32", "+33698765432", "0033 6 98 76 54 32", "+33 (0)6.98.76.54.32"]
MARIE = ("marie@exemple.fr", "06 11 22 33 44", "Marie Kermadec")
TRACES = Traces(
    mails={"je.beauvoisin@exemple.fr"},
    tails={"698765432"},
    names={"jean eric beauvoisin", "beauvoisin jean eric"},
    ids={(1, ID), (1, "1045")},
)
TOLD = ("beauvoisin", "98 76", "98.76", "698765432", ID)


@pytest.fixture
def account(agency):
    return making.connection(agency)


@pytest.fixture
def jean(agency, filed, draft):  # noqa: F811
    """A lead of Jean's, and one of Marie's."""
    leads = filed(
        agency,
        draft(ID, first_name="Jean-Éric", last_name="Beauvoisin", email=MAIL, phones=(("", NUMBERS[0]),)),
        draft("2", first_name="Marie", last_name="Kermadec", email=MARIE[0], phones=(("", MARIE[1]),)),
    )
    return next(lead for lead in leads if lead.remote_id == ID).person


@pytest.fixture
def erase(agency, member, worked):  # noqa: F811
    def do(person):
        erasure = erase_person(person, member(agency, Role.MANAGER))
        worked(Job.objects.for_agency(agency).get(kind=KIND))
        erasure.refresh_from_db()
        return erasure

    return do


def written(account, member):
    """Jean in every text of support, beside Marie."""
    agency = account.agency
    words = f"Les leads de Jean-Éric Beauvoisin ({MAIL}, {NUMBERS[0]}), {ID}, et de {', '.join(MARIE)}"
    raw = json.dumps({"subject": words, "phone": 33698765432, "data": [{"leadId": ID}], "n": 5})
    ticket = making.ticket(account, subject=words[:255], raw=raw, close_words=words, remote_id="t1")
    message = making.message(ticket, text=words, words=words, remote_id="m1")
    begun = Draft.objects.create(agency=agency, user=member, subject=words[:200], text=words)
    Draft.objects.create(agency=agency, user=member, ticket=ticket, text=words)
    Mirrored.objects.create(agency=agency, connection=account, domain=ticket.domain, words=words)
    for holder in ({"message": message}, {"draft": begun}):
        Attachment.objects.create(
            agency=agency, name=f"{MAIL} 0698765432.pdf", mime_type="application/pdf", size=1, **holder
        )
    return ticket


def held(agency) -> str:
    """All of support's tables as one text."""
    rows = [
        row
        for model in apps.get_app_config("support").get_models()
        for row in every_row(model).filter(agency=agency).values()
    ]
    return "\n".join(str(value) for row in rows for value in row.values())


def found_in(text: str) -> list[str]:
    return [trace for trace in TOLD if trace in text.casefold()]


def test_no_table_of_support_holds_the_erased(agency, account, member, jean, erase):
    ticket = written(account, member(agency))
    assert found_in(held(agency)) == ["beauvoisin", "98 76", "698765432", ID]
    erasure = erase(jean)
    assert found_in(held(agency)) == []
    assert {name: erasure.found.get(name) for name in ("tickets", "messages", "drafts", "mirrors")} == {
        "tickets": 1, "messages": 2, "drafts": 3, "mirrors": 1,
    }  # fmt: skip
    assert {"tickets", "messages to support"} <= {str(line.label) for line in lines(erasure)}
    ticket.refresh_from_db()
    raw = json.loads(ticket.raw)
    assert (raw["phone"], raw["data"], raw["n"]) == (BLACKED, [{"leadId": BLACKED}], 5)


def test_what_was_written_stays_but_for_the_person(agency, account, member, jean, erase):
    ticket = written(account, member(agency))
    erase(jean)
    text = ticket.messages.get().text
    assert text == (
        f"Les leads de {BLACKED} ({BLACKED}, {BLACKED}), {BLACKED}, "
        "et de marie@exemple.fr, 06 11 22 33 44, Marie Kermadec"
    )


def test_other_agencies_tickets_stay(agency, other_agency, account, member, jean, erase):
    written(making.connection(other_agency), member(other_agency))
    before = held(other_agency)
    erase(jean)
    assert held(other_agency) == before


def test_a_reading_brings_nobody_back(agency, account, jean, erase):
    """What Ts-Immo still tells: in a text that was blacked out, and in one that is new."""
    told = f"Jean-Éric Beauvoisin, {MAIL}, {', '.join(NUMBERS)}, {ID}, {MARIE[0]} et {MARIE[1]}"
    ticket = making.ticket(account, subject="x")
    message = making.message(ticket, text=told)
    erase(jean)
    message.refresh_from_db()
    assert kept(agency, message.text, told) == message.text
    new = kept(agency, "", told)
    assert new.startswith("Jean-Éric Beauvoisin, █████, ")
    assert [trace for trace in found_in(new) if trace != "beauvoisin"] == []
    assert MARIE[0] in new
    assert MARIE[1] in new


def test_a_reading_of_a_tickets_json_brings_nobody_back(agency, jean, erase):
    erase(jean)
    told = json.dumps({"message": f"call {NUMBERS[1]}\n{MAIL}", "phone": 698765432, "comments": [MARIE[0]]})
    cleared = json.loads(kept_raw(agency, "", told))
    assert cleared == {
        "message": f"call {BLACKED}\n{BLACKED}", "phone": BLACKED, "comments": [MARIE[0]],
    }  # fmt: skip
    assert kept_raw(agency, f'"{BLACKED}"', told) == f'"{BLACKED}"'
    assert found_in(kept_raw(agency, "", f"not json {MAIL}")) == []


def test_who_erased_nobody_reads_what_is_told(agency, other_agency, jean, erase):
    erase(jean)
    assert kept(other_agency, "old", f"new {MAIL}") == f"new {MAIL}"
    assert kept(agency, "old", "new") == "new"
    assert kept_raw(agency, "", '{"a":  "é"}') == '{"a":  "é"}'


def test_a_message_that_was_blacked_out_on_its_way_is_known_when_it_comes_back(agency, account, jean, erase):
    """Otherwise it would count as lost, and be sent a second time."""
    sent = f"Bonjour,\nle lead {MAIL} de Jean-Éric Beauvoisin ({NUMBERS[3]}) manque."
    message = making.message(making.ticket(account), text=sent, delivery="pending")
    erase(jean)
    message.refresh_from_db()
    assert message.text != sent
    assert is_same(message.text, sent)
    assert is_same(message.text, message.text)
    assert not is_same(message.text, sent.replace("manque", "est là"))
    assert not is_same("Bonjour", sent)
    there = Comment("c-1", sent, "", "", False, None, b"")
    assert is_comment(message, there, "c-1")
    assert not is_comment(message, replace(there, text="Bonjour"), "c-1")


@pytest.mark.parametrize(
    ("text", "blacked"),
    [
        ("mail JE.Beauvoisin@exemple.fr.", "mail █████."),
        ("<je.beauvoisin@exemple.fr>", "<█████>"),
        ("?mail=je.beauvoisin%40exemple.fr&a=1", "?mail=█████&a=1"),
        ("autre.je.beauvoisin@exemple.fr", "autre.je.beauvoisin@exemple.fr"),
        *[(f"appeler {number}!", "appeler █████!") for number in NUMBERS],
        ("06 11 22 33 44 06 98 76 54 32", "06 11 22 33 44 █████"),
        ("0698765432 / 0611223344", "█████ / 0611223344"),
        ("0698765432 0698765432", "█████ █████"),
        ("06987654320611223344", "█████0611223344"),
        ("33698765432, 5 pièces", "█████, 5 pièces"),
        ('"action_id": 1045, "leadId":"9"', '"action_id": █████, "leadId":"9"'),
        ("le bien 1045", "le bien 1045"),
        (f"lead {ID}.", "lead █████."),
        ("BEAUVOISIN Jean Eric et Jean", "█████ et Jean"),
        ("Jean-Éric Beauvoisin Jean-Éric", "█████"),
        ("Beauvoisin seul", "Beauvoisin seul"),
        ("", ""),
    ],
)
def test_only_the_person_is_taken_out(text, blacked):
    assert blacked_out(text, TRACES) == blacked


def test_long_texts_take_no_long_time():
    started = time.monotonic()
    for text in ("0698765432 " * 9000, "1 " * 50_000, "a-" * 50_000, "x" * 100_000, "a@" * 50_000):
        assert "698765432" not in blacked_out(text, TRACES)
        assert len(Mask([]).words(text)) <= 1000
    assert time.monotonic() - started < 20


def test_nobody_is_found_where_nobody_is_looked_for():
    text = f"{MAIL} {NUMBERS[0]} {ID}"
    assert without(text, lambda found: False) == text
    assert without_names(text, set()) == text


def test_a_place_is_registered_once():
    before = list(PLACES)
    for place in OURS:
        register_place(place)
    assert before == PLACES
    assert [place.name for place in PLACES].count("messages") == 1
