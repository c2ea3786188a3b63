"""What support is told of a failure: everything that helps, nothing secret, nobody from a lead."""

import base64
import json
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from estates.connections.models import ConnectionKey, State
from estates.connections.vault import seal
from estates.jobs.models import Status
from estates.leads.models import ErasureTrace, WebhookKey, WebhookSubscription
from estates.leads.models.erasures import Erasure
from estates.remotes.secret import Secret
from estates.wordpress.models import SitePlugin
from support.bundles.failures import failure_of
from support.bundles.masking import Mask, mask_of
from support.bundles.text import bundle_of
from tests.support import making
from tests.support.making import KEY, PLUGIN_KEY

pytestmark = pytest.mark.django_db

PENDING_KEY = "tsi_next_Zx3cv6Bn1Ml0"
HOOK_KEY = "hook-9d8e-Listening-44"
CREDENTIALS = {"client_id": "cid-1", "client_secret": "Sh0rt-aviv-Secr3t", "intermediary_id": "int-1"}
OTHERS_KEY = "tsi_live_Riviera0011223"
LEFT_OVER = "4f6e2c91ab03d7"


@pytest.fixture
def agency(agency):
    agency.language = "en"
    agency.save()
    return agency


@pytest.fixture
def account(agency):
    return making.connection(agency)


@pytest.fixture
def site(account):
    return making.site(account, state="refused", words="Invalid plugin key", answered_at=timezone.now())


@pytest.fixture
def keys(agency, account, site):
    """A key of every kind that the agency can store."""
    ConnectionKey.objects.create(
        connection=account, standing="pending", ciphertext=seal(Secret(PENDING_KEY)), last_four="1Ml0"
    )
    aviv = making.connection(agency, "aviv", json.dumps(CREDENTIALS))
    hook = WebhookSubscription.objects.create(agency=agency, connection=aviv, opaque="x")
    WebhookKey.objects.create(subscription=hook, ciphertext=seal(Secret(HOOK_KEY)))
    return [KEY, PLUGIN_KEY, PENDING_KEY, CREDENTIALS["client_secret"], HOOK_KEY]


def told(agency, what, pk) -> str:
    bundle = bundle_of(agency, failure_of(agency, what, pk))
    return f"{bundle.subject}\n{bundle.greeting}\n{bundle.text}"


def test_a_failed_job_is_told_with_all_that_helps(agency, account, site, settings):
    SitePlugin.objects.create(
        agency=agency,
        site=site,
        remote_id="1",
        name="ts-immo-sync",
        version="2.1.0",
        first_seen=timezone.now(),
        listed_at=timezone.now(),
    )
    job = making.failed(
        agency,
        title=str(account),
        params={"connection": account.pk},
        attempts=8,
        error="Bad gateway 502",
        error_kind="unreachable",
        request_id="ab12cd34ef56",
        evidence=b"<html>evidence</html>",
        finished_at=datetime(2026, 7, 3, 12, 5, tzinfo=UTC),
    )
    bundle = bundle_of(agency, failure_of(agency, "job", job.pk))
    assert bundle.subject == f"{job.label} · Ts-Immo · Siège"
    assert bundle.text.splitlines() == [
        f"What failed: {job.label} · Ts-Immo · Siège",
        "When: July 3, 2026, 2:05 p.m. (Europe/Paris, UTC+0200)",
        "Tried: 8 times",
        "What went wrong: The remote system could not be reached.",
        "In its own words: “Bad gateway 502”",
        "Website: www.agence-martin.example, Refused",
        "Plugins of the website: ts-immo-sync 2.1.0",
        "Id of the request: ab12cd34ef56",
        f"Sent from: Passerelle {settings.VERSION}, Agence Martin",
    ]


def test_the_version_is_that_of_the_project(settings):
    written = (settings.BASE_DIR / "pyproject.toml").read_text()
    assert f'version = "{settings.VERSION}"' in written


def test_it_speaks_the_agencys_language_whoever_asks(agency, account):
    job = making.failed(agency, finished_at=datetime(2026, 7, 3, 12, 5, tzinfo=UTC))
    agency.language = "fr"
    assert "juillet 2026" in told(agency, "job", job.pk)


@pytest.mark.parametrize("spelling", [
    "{}", "key={}", "Bearer {}", '{{"X-TS-IMMO-KEY": "{}"}}', "https://x.example/?key={}&a=1", "not “{}”!",
])  # fmt: skip
def test_no_stored_key_of_any_kind_is_told(agency, account, site, keys, spelling):
    for key in keys:
        words = f"Refused: {spelling.format(key)} was not accepted"
        job = making.failed(agency, title=f"sync {key}", error=words, params={"connection": account.pk})
        type(site).objects.for_agency(agency).update(words=words)
        type(account).objects.for_agency(agency).filter(pk=account.pk).update(
            state=State.REFUSED, last_outcome="unauthorised", last_answer=words, label=f"L {key}"
        )
        for what, pk in (("job", job.pk), ("site", site.pk), ("connection", account.pk)):
            text = told(agency, what, pk)
            pieces = {key[at : at + 8] for at in range(9, len(key) - 7)}
            assert key not in text
            assert [piece for piece in pieces if piece in text] == []
            assert "Refused: " in text


def test_keys_are_found_encoded_and_with_what_nobody_sees_in_them(agency, account, keys):
    for key in keys:
        hidden = f"{key[:5]}\u200b{key[5:]}"
        for form in (base64.b64encode(key.encode()).decode(), key.encode().hex(), hidden):
            job = making.failed(agency, error=f"saw {form} here")
            text = told(agency, "job", job.pk)
            assert form not in text
            assert key not in text
            assert "here" in text


@pytest.mark.parametrize("words", [
    f"Authorization: Bearer {LEFT_OVER}", f"api_key={LEFT_OVER}", f'"token": "{LEFT_OVER}"',
    f"X-TS-IMMO-KEY: {LEFT_OVER}", f"https://user:{LEFT_OVER}@x.example/", f"password = '{LEFT_OVER}'",
    f"see {LEFT_OVER * 2}", f"see {LEFT_OVER}-{LEFT_OVER}", "key=" + LEFT_OVER + "&domain=x",
])  # fmt: skip
def test_what_looks_like_a_key_is_not_told_either(words):
    """An old key that was replaced, or one of the remote's own."""
    assert LEFT_OVER not in Mask([]).words(words)


@pytest.mark.parametrize("words", [
    "Invalid API key: unknown domain", "Property REF-001 was not found (404)", "Ends 2026-12-31 09:30:00",
    "max_properties is 500", "GET /v1/plugins/plugins/12/download failed", "Bad gateway",
])  # fmt: skip
def test_plain_words_stay(words):
    assert Mask([]).words(words) == words


@pytest.mark.parametrize("words", [
    "no jean.dupont@exemple.fr here", "mail=jean.dupont%40exemple.fr", "06 98 76 54 32", "+33698765432",
    "+33 (0)6.98.76.54.32",
    "0698765432", "tel:06-98-76-54-32", "call 33 6 98 76 54 32", "<jean.dupont@exemple.fr>",
])  # fmt: skip
def test_addresses_and_numbers_of_people_are_not_told(words):
    text = Mask([]).words(words)
    assert "dupont" not in text
    assert "76" not in text


def test_words_are_cut_and_on_one_line():
    text = Mask([]).words("Zeile\n\u202eeins\x00 " + "mot " * 5000)
    assert len(text) == 1000
    assert text.startswith("Zeile eins mot")
    assert text.endswith("…")


@pytest.mark.parametrize(
    "kind", ["leads.forward", "leads.file", "leads.fetch_mlab", "leads.of_a_room_to_come"]
)
def test_of_work_on_leads_only_the_kind_of_error_is_told(agency, account, kind):
    person = "Jean-Éric Beauvoisin je@exemple.fr 06 98 76 54 32"
    job = making.failed(
        agency,
        kind=kind,
        title=person,
        subject=person,
        error=f"refused {person}",
        evidence=person.encode(),
        params={"connection": account.pk, "name": person},
        checkpoint={"last": person},
    )
    job.events.create(event="failed", words=person)
    text = told(agency, "job", job.pk)
    assert "The remote system refused this." in text
    for part in ("Jean", "Beauvoisin", "je@", "98 76", "own words"):
        assert part not in text


@pytest.mark.parametrize(("outcome", "is_told"), [
    ("unauthorised", True), ("unreachable", True), ("throttled", True), ("refused", False), ("malformed", False),
])  # fmt: skip
def test_answers_that_may_quote_a_lead_are_not_told_of_a_connection(agency, account, outcome, is_told):
    account.state, account.last_outcome, account.last_answer = (
        State.FAILING,
        outcome,
        "sorry, Jean Beauvoisin",
    )
    account.save()
    text = told(agency, "connection", account.pk)
    assert ("Beauvoisin" in text) is is_told
    assert account.get_last_outcome_display() in text


def test_a_key_that_cannot_be_read_keeps_all_words_back(agency, account, site):
    """What cannot be looked for cannot be masked."""
    ConnectionKey.objects.filter(connection=account).update(ciphertext=b"of another vault")
    job = making.failed(agency, title=f"about {KEY}", error=f"refused {KEY}", params={"site": site.pk})
    text = told(agency, "job", job.pk)
    assert KEY not in text
    assert "words are left out" in text
    assert "www.agence-martin.example" in text


def test_keys_of_other_agencies_and_traces_of_erasures_are_no_part_of_the_mask(agency, other_agency, keys):
    making.connection(other_agency, key=OTHERS_KEY)
    erasure = Erasure.objects.create(agency=agency, number="1", reason="request")
    ErasureTrace.objects.create(erasure=erasure, ciphertext=seal(Secret("bWVzc2FnZQ")))
    mask = mask_of(agency)
    assert mask.keys("Riviera0 bWVzc2FnZQ") == "Riviera0 bWVzc2FnZQ"
    assert mask.keys(KEY) == "[key removed]"


def test_a_site_whose_answer_never_came_is_told_with_its_last_job(agency, site):
    type(site).objects.for_agency(agency).update(state="deactivating")
    making.failed(
        agency,
        kind="wordpress.deactivate",
        subject=f"site:{site.pk}",
        attempts=8,
        error="timed out",
        request_id="req-1",
    )
    text = told(agency, "site", site.pk)
    for part in ("Being deactivated", "nobody is asking any more", "Tried: 8 times", "timed out", "req-1"):
        assert part in text


def test_what_works_or_is_under_way_is_no_failure(agency, account, site):
    done = making.failed(agency, status=Status.DONE)
    assert failure_of(agency, "job", done.pk) is None
    assert failure_of(agency, "connection", account.pk) is None
    type(site).objects.for_agency(agency).update(state="activating")
    making.failed(agency, kind="wordpress.activate", subject=f"site:{site.pk}", status=Status.QUEUED)
    assert failure_of(agency, "site", site.pk) is None
    type(site).objects.for_agency(agency).update(state="active")
    assert failure_of(agency, "site", site.pk) is None


def test_the_site_is_the_one_that_the_work_was_about(agency, account, site):
    second = making.site(account, "zz.example")
    plugin = SitePlugin.objects.create(
        agency=agency, site=second, remote_id="1", first_seen=timezone.now(), listed_at=timezone.now()
    )
    ticket = making.ticket(account, site=second)
    lab = making.connection(agency, "marketing_lab")
    wanted = [
        ({"site": second.pk}, "", second),
        ({"plugin": plugin.pk}, "", second),
        ({"ticket": ticket.pk}, "", second),
        ({}, f"site:{second.pk}", second),
        ({"connection": account.pk}, "", site),
        ({}, f"connection:{account.pk}:key:3", site),
        ({"connection": lab.pk}, "", None),
        ({}, "", None),
        ({"site": str(second.pk)}, "notices", None),
    ]
    for params, subject, expected in wanted:
        job = making.failed(agency, params=params, subject=subject)
        assert failure_of(agency, "job", job.pk).site == expected
        job.delete()


def test_ids_in_a_job_never_lead_to_another_agencys_site(agency, other_agency, site):
    job = making.failed(other_agency, params={"site": site.pk, "connection": site.connection_id})
    assert failure_of(other_agency, "job", job.pk).site is None
