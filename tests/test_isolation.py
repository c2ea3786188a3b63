"""No page, export, job or file shows one agency's data to another: every route × every role × foreign ids.

A route or a kind of job that stands in none of the tables below fails: whoever adds one says here what its ids mean.
"""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.roles import Role
from accounts.tenancy import AgencyMissing, TenantModel
from estates.jobs.kinds import KINDS
from estates.jobs.models import Job
from estates.jobs.start import start
from estates.jobs.work import work
from estates.syndication.outgoing.addresses import token_of
from portal.guide.chapters import CHAPTERS
from tests import canaries
from tests.canaries import WORD

OF_AN_AGENCY: dict[str, dict[str, str]] = {
    "dashboard": {},
    "needs_number": {},
    "leads_picture": {},
    "estates_picture": {},
    "syndication_picture": {},
    "jobs_picture": {},
    "connections_picture": {},
    "catalogue:search": {},
    "catalogue:export": {"extension": "=xlsx"},
    "catalogue:rejected": {},
    "catalogue:save": {},
    "catalogue:rename": {"pk": "saved search"},
    "catalogue:delete": {"pk": "saved search"},
    "catalogue:removal": {"pk": "run"},
    "catalogue:sync": {"pk": "connection"},
    "catalogue:syncs": {},
    "catalogue:interval": {"pk": "connection"},
    "catalogue:detail": {"pk": "estate"},
    "catalogue:set_public_url": {"pk": "estate"},
    "catalogue:replay": {"pk": "estate"},
    "leads:index": {},
    "leads:arrivals": {},
    "leads:bulk": {},
    "leads:undo_bulk": {},
    "leads:export": {"extension": "=xlsx"},
    "leads:save": {},
    "leads:delete": {"pk": "saved view"},
    "leads:hours": {},
    "leads:detail": {"pk": "lead"},
    "leads:set_state": {"pk": "lead"},
    "leads:assign": {"pk": "lead"},
    "leads:note": {"pk": "lead"},
    "leads:candidates": {"pk": "lead"},
    "leads:link": {"pk": "lead"},
    "leads:handling": {"pk": "lead"},
    "leads:forward": {"pk": "lead"},
    "leads:claim": {"pk": "lead"},
    "leads:rules": {},
    "leads:add_rule": {},
    "leads:change_rule": {"pk": "rule"},
    "leads:move_rule": {"pk": "rule"},
    "leads:pause_rule": {"pk": "rule"},
    "leads:delete_rule": {"pk": "rule"},
    "leads:sources": {},
    "leads:source": {"pk": "source"},
    "leads:fetch": {"pk": "source"},
    "leads:mode": {"pk": "source"},
    "leads:ledger": {"pk": "source"},
    "leads:answer": {"pk": "batch"},
    "wordpress:index": {},
    "wordpress:add": {},
    "wordpress:replay": {"pk": "connection"},
    "wordpress:proof_of": {"pk": "estate"},
    "passport": {"pk": "estate"},
    "wordpress:prove": {"pk": "estate"},
    "wordpress:elsewhere": {},
    "wordpress:publication": {"pk": "site"},
    "wordpress:prove_all": {"pk": "site"},
    "wordpress:addresses": {"pk": "site"},
    "wordpress:find_addresses": {"pk": "site"},
    "wordpress:accept_addresses": {"pk": "site"},
    "wordpress:accept_address": {"pk": "proposal"},
    "wordpress:dismiss_address": {"pk": "proposal"},
    "wordpress:detail": {"pk": "site"},
    "wordpress:change": {"pk": "site"},
    "wordpress:remove": {"pk": "site"},
    "wordpress:activate": {"pk": "site"},
    "wordpress:deactivate": {"pk": "site"},
    "wordpress:again": {"pk": "site"},
    "wordpress:give_up": {"pk": "site"},
    "wordpress:look": {"pk": "site"},
    "wordpress:plugins": {"pk": "site"},
    "wordpress:look_at_plugins": {"pk": "site"},
    "wordpress:fetch_plugin": {"pk": "site", "plugin": "plugin"},
    "wordpress:download_plugin": {"pk": "site", "plugin": "plugin"},
    "leads:people": {},
    "leads:person": {"pk": "person"},
    "leads:merge": {"pk": "person"},
    "leads:split": {"pk": "person"},
    "leads:keep_apart": {"pk": "person"},
    "leads:held": {"pk": "person"},
    "leads:held_file": {"pk": "person"},
    "leads:erase": {"pk": "person"},
    "leads:undo": {"pk": "change of people"},
    "leads:erasures": {},
    "leads:erasure": {"pk": "erasure"},
    "leads:set_retention": {},
    "leads:silent": {},
    "leads:aviv": {"pk": "aviv"},
    "leads:aviv_fetch": {"pk": "aviv"},
    "leads:aviv_import": {"pk": "aviv"},
    "leads:aviv_subscribe": {"pk": "aviv"},
    "leads:aviv_want": {"pk": "subscription"},
    "leads:aviv_create": {"pk": "aviv"},
    "leads:aviv_decide": {"pk": "sent lead"},
    "jobs:index": {},
    "jobs:detail": {"pk": "job"},
    "jobs:progress": {"pk": "job"},
    "jobs:again": {"pk": "job"},
    "jobs:cancel": {"pk": "job"},
    "connections:index": {},
    "connections:add": {},
    "connections:card": {"pk": "connection"},
    "connections:rename": {"pk": "connection"},
    "connections:check": {"pk": "connection"},
    "connections:remove": {"pk": "connection"},
    "connections:replace": {"pk": "connection"},
    "connections:use": {"pk": "connection"},
    "connections:drop": {"pk": "connection"},
    "accounts:settings": {},
    "accounts:members": {},
    "accounts:leave": {},
    "accounts:change_role": {"pk": "membership"},
    "accounts:remove_member": {"pk": "membership"},
    "accounts:transfer_ownership": {"pk": "membership"},
    "accounts:invite": {},
    "accounts:resend_invitation": {"pk": "invitation"},
    "accounts:revoke_invitation": {"pk": "invitation"},
    "accounts:partner_keys": {},
    "accounts:add_partner_key": {},
    "accounts:renew_partner_key": {"pk": "partner key"},
    "accounts:revoke_partner_key": {"pk": "partner key"},
    "accounts:trail": {},
    "accounts:check_trail": {},
    "syndication:index": {},
    "syndication:rules": {"pk": "seeki"},
    "syndication:plan": {"pk": "plan"},
    "syndication:switch": {"pk": "plan"},
    "syndication:look": {"pk": "plan"},
    "syndication:listings": {"pk": "plan"},
    "syndication:listing": {"pk": "listing"},
    "syndication:hand": {"pk": "listing"},
    "syndication:send": {"pk": "listing"},
    "syndication:of_estate": {"pk": "estate"},
    "syndication:estate_hand": {"pk": "estate"},
    "syndication:feeds": {},
    "syndication:upload": {},
    "syndication:feed": {"pk": "feed"},
    "syndication:send_feed": {"pk": "feed"},
    "syndication:drop_feed": {"pk": "feed"},
    "syndication:removal": {"pk": "feed"},
    "syndication:outlets": {},
    "syndication:add_outlet": {},
    "syndication:outlet": {"pk": "outlet"},
    "syndication:renew_outlet": {"pk": "outlet"},
    "syndication:delete_outlet": {"pk": "outlet"},
    "syndication:build_outlet": {"pk": "outlet"},
    "syndication:export": {"format": "=openimmo"},
    "support:index": {},
    "support:read_all": {},
    "support:look": {},
    "support:new": {},
    "support:about": {"what": "=job", "pk": "job"},
    "support:save_draft": {},
    "support:drop_draft": {},
    "support:upload": {},
    "support:download": {"pk": "attachment"},
    "support:thumbnail": {"pk": "attachment"},
    "support:remove_file": {"pk": "draft attachment"},
    "support:send_again": {"pk": "message"},
    "support:arrived": {"pk": "message"},
    "support:detail": {"pk": "ticket"},
    "support:thread": {"pk": "ticket"},
    "support:comment": {"pk": "ticket"},
    "support:save_comment_draft": {"pk": "ticket"},
    "support:close": {"pk": "ticket"},
    "support:read": {"pk": "ticket"},
    "support:watch": {"pk": "ticket"},
    "support:resume": {"pk": "ticket"},
    "partner_webhooks:index": {},
    "partner_webhooks:add": {},
    "partner_webhooks:detail": {"pk": "webhook"},
    "partner_webhooks:change": {"pk": "webhook"},
    "partner_webhooks:renew_secret": {"pk": "webhook"},
    "partner_webhooks:switch_on": {"pk": "webhook"},
    "partner_webhooks:remove": {"pk": "webhook"},
    "partner_webhooks:test": {"pk": "webhook"},
    "partner_webhooks:replay": {"pk": "webhook"},
    "partner_webhooks:send_waiting": {"pk": "webhook"},
    "partner_webhooks:message": {"pk": "webhook message"},
    "partner_webhooks:arrival": {"pk": "webhook message"},
    "partner_webhooks:again": {"pk": "webhook message"},
}
"""The routes below `/agencies/<slug>/`: what each of their other parameters names (`=word` is the word itself)."""

OF_ONE_PERSON = {"catalogue:rename", "catalogue:delete", "leads:delete"}
"""What colleagues do not share either."""

FORM = {
    "name": "x",
    "label": "x",
    "role": "owner",
    "email": "x@x.example",
    "url": "https://www.x.example/",
    "minutes": 30,
    "domain": "www.x.example",
    "key": "plg_x_0123456789",
    "version": 1,
    "insist": "yes",
    "upto": 2**31,
    "state": "won",
    "words": "x",
    "target_minutes": 30,
    "mode": "pull",
    "target": "person",
    "claim_minutes": 5,
    "to": "up",
    "type": "PERSON",
    "last_name": "x",
    "since": "2026-11-01",
    "wanted": "GONE",
    "decision": "forget",
    "hand": "never",
    "active": "no",
    "format": "openimmo",
    "encoding": "utf-8",
}

OF_A_PERSON = {"home", "agencies", "new_agency", "profile", "mails", "impersonation_stop"}
OF_A_PERSON |= {"guide:index", *(chapter.route for chapter in CHAPTERS)}
BY_TOKEN = {"invitation"}
BY_OPAQUE_ID = {"webhooks:aviv"}
"""What remote systems call: whose it is, a long random id in the address says, and a key that comes along."""
BY_SECRET_ADDRESS = {"outlets:fetch", "stop_mails"}
"""Where other portals fetch, and where mails lead: whose it is, a signature in the address says."""
BY_PARTNER_KEY = {
    "api:openapi-json",
    "api:api-root",
    "api:openimmo",
    "api:idealista",
    "api:feed",
    "api:create_lead",
    "api:job",
    "api:estates",
    "api:estate",
    "api:estate_url",
    "api:estate_replay",
    "api:estate_lead",
    "api:leads",
    "api:lead",
    "api:lead_state",
    "api:lead_notes",
    "api:sites",
    "api:site",
    "api:site_activate",
    "api:site_deactivate",
    "api:site_replay",
    "api:site_plugins",
    "api:site_plugin",
    "api:syndication",
    "api:tickets",
    "api:ticket",
    "api:open_ticket",
    "api:comment_ticket",
    "api:close_ticket",
    "api:add_attachment",
    "api:attachment",
    "api:subscriptions",
    "api:subscribe",
    "api:subscription",
    "api:change",
    "api:unsubscribe",
    "api:audit",
    "api:renew_secret",
    "api:replay",
}
"""The partner API: whose it is, the key says; see tests/portal/api/test_tenancy.py."""
OF_NOBODY = {"healthz", "readyz", "metrics", "developers:start", "developers:reference"}
"""What load balancers, Prometheus and developers ask: the answers know no agency; each has tests of its own."""
OF_OPERATORS = {"operator_mails:index", "operator_mails:detail", "operator_mails:page"}
"""Made-up data, for operators only; see tests/portal/mails."""
OF_LIBRARIES = ("account_", "mfa_", "usersessions_", "admin:", "set_language")
"""Routes of packages, which know no agency; the admin is for operators only."""

OF_A_JOB = {
    "catalogue.sync": {"connection": "connection"},
    "catalogue.set_public_url": {"estate": "estate", "url": "=https://www.agence-martin.example/"},
    "catalogue.replay": {"estate": "estate"},
    "wordpress.activate": {"site": "site"},
    "wordpress.deactivate": {"site": "site"},
    "wordpress.look": {"site": "site"},
    "wordpress.replay_all": {"connection": "connection"},
    "leads.file": {},
    "leads.notify": {},
    "leads.digest": {"day": "=2026-11-03"},
    "leads.forward": {"forwarding": "forwarding", "version": "=1"},
    "leads.send_buyer": {"buyer": "buyer", "version": "=1"},
    "leads.fetch_marketing_lab": {"connection": "connection"},
    "leads.fetch_aviv": {"connection": "aviv"},
    "leads.hear_aviv": {"connection": "aviv"},
    "leads.create_aviv": {"sent_lead": "sent lead"},
    "leads.subscribe_aviv": {"subscription": "subscription"},
    "leads.import_aviv": {"connection": "aviv", "since": "=2026-11-01"},
    "wordpress.prove": {"estate": "estate"},
    "wordpress.find_addresses": {"site": "site"},
    "wordpress.plugins": {"site": "site"},
    "wordpress.fetch_plugin": {"plugin": "plugin"},
    "leads.erase": {"erasure": "erasure"},
    "connections.check": {"connection": "connection", "key": "key"},
    "connections.mail": {"connection": "connection"},
    "support.send": {"ticket": "ticket"},
    "support.mirror": {"connection": "connection", "domain": "=www.x.example"},
    "support.notify": {},
    "syndication.look": {"plan": "plan"},
    "syndication.pictures": {"plan": "plan"},
    "syndication.send": {"plan": "plan"},
    "syndication.poll": {"plan": "plan"},
    "syndication.examine": {"feed": "feed"},
    "syndication.send_feed": {"feed": "feed", "due_only": "=1"},
    "syndication.build": {"outlet": "outlet"},
    "webhooks.deliver": {"subscription": "webhook"},
    "webhooks.mail": {"subscription": "webhook", "what": "=warning"},
    "wordpress.ending_mail": {"site": "site", "ends": "=2026-11-30"},
}
"""The kinds of jobs: what their parameters name."""


def routes(patterns=None, prefix: str = "") -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from routes(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name or pattern.pattern}"


def address(name: str, slug: str, rows: dict) -> str:
    words = {
        parameter: meaning[1:] if meaning.startswith("=") else rows[meaning].pk
        for parameter, meaning in OF_AN_AGENCY[name].items()
    }
    return reverse(name, kwargs={"slug": slug, **words})


def body(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    headers = " ".join(f"{key}: {value}" for key, value in response.items())
    return headers + content.decode("utf-8", "replace")


@pytest.fixture
def rows(other_agency) -> dict:
    return canaries.fill(other_agency, WORD)


@pytest.fixture
def own(agency) -> dict:
    return canaries.fill(agency, "OWNWORD")


@pytest.fixture
def warm(rows, other_agency) -> None:
    """The other agency's people have just looked at everything: what is cached is theirs."""
    client = Client()
    client.force_login(rows["owner"], backend="allauth.account.auth_backends.AuthenticationBackend")
    seen = "".join(body(client.get(address(name, other_agency.slug, rows))) for name in OF_AN_AGENCY)
    assert seen.count(WORD) > 50, "the canaries must be on the pages of their own agency"


def test_every_route_is_known():
    known = OF_AN_AGENCY.keys() | OF_A_PERSON | BY_TOKEN | BY_OPAQUE_ID | BY_SECRET_ADDRESS | BY_PARTNER_KEY
    known |= OF_NOBODY | OF_OPERATORS
    unknown = [name for name in routes() if name not in known and not name.startswith(OF_LIBRARIES)]
    assert unknown == []
    assert known - set(routes()) == set(), "these routes are gone"


def test_every_kind_of_job_is_known():
    import django.apps

    assert django.apps.apps.ready
    assert {kind for kind in KINDS if not kind.startswith("test.")} == OF_A_JOB.keys()


def test_every_model_of_a_tenant_has_its_canary(rows, other_agency):
    for table, found in canaries.dump(other_agency).items():
        assert found, f"{table} has no row in tests/canaries.py"
    without = {"catalogue.MirrorPlan", "catalogue.SyncRun", "wordpress.PluginLook", "support.Following"}
    without |= {f"leads.{name}" for name in ("LeadSource", "OfficeHours", "Person", "Pull", "KeptApart")}
    without |= {f"leads.{name}" for name in ("Retention", "PersonChange", "LeadOffer", "Digest")}
    without |= {"leads.Notice", "support.Notice", "accounts.PartnerKeyDay", "accounts.MailChoice"}
    keys = {"connections.ConnectionKey", "wordpress.SiteKey"}
    keys |= {"leads.HashKey", "leads.ErasureTrace", "leads.WebhookKey", "webhooks.SubscriptionSecret"}
    for table in canaries.dump(other_agency).keys() - without:
        text = str(canaries.dump(other_agency)[table]).lower()
        assert WORD.lower() in text or table in keys, f"{table} carries no canary"


@pytest.mark.parametrize("role", Role)
def test_another_agency_does_not_exist(role, agency, other_agency, rows, warm, browser):
    """404 for whatever lies below a foreign agency's address, whoever asks, and however."""
    before, client = canaries.dump(other_agency), browser(agency, role)
    wrong = []
    for name in OF_AN_AGENCY:
        foreign = address(name, other_agency.slug, rows)
        for answer in (client.get(foreign), client.post(foreign, FORM)):
            if answer.status_code not in (404, 405) or WORD in body(answer):
                wrong.append((name, answer.status_code))
    assert wrong == []
    assert canaries.dump(other_agency) == before


@pytest.mark.parametrize("role", Role)
def test_foreign_ids_do_not_exist_at_home(role, agency, other_agency, rows, own, warm, browser):
    before, client = canaries.dump(other_agency), browser(agency, role)
    wrong = []
    for name in (name for name, words in OF_AN_AGENCY.items() if "pk" in words):
        smuggled = address(name, agency.slug, rows)
        answers = [client.get(smuggled), client.post(smuggled, FORM)]
        codes = {answer.status_code for answer in answers}
        may_look = role is Role.OWNER
        if (
            codes - {403, 404, 405}
            or (may_look and 404 not in codes)
            or any(WORD in body(a) for a in answers)
        ):
            wrong.append((name, codes))
    assert wrong == []
    assert canaries.dump(other_agency) == before


@pytest.mark.parametrize("role", Role)
def test_pages_at_home_show_nothing_foreign(role, agency, rows, own, warm, browser):
    client, wrong = browser(agency, role), []
    for name in OF_AN_AGENCY:
        answer = client.get(address(name, agency.slug, own))
        allowed = (404, 405) if name in OF_ONE_PERSON else (200, 302, 403, 405)
        if answer.status_code not in allowed or WORD.lower() in body(answer).lower():
            wrong.append((name, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("name", sorted(OF_A_PERSON))
def test_personal_pages_show_nothing_foreign(name, agency, rows, warm, browser):
    for role in Role:
        assert WORD not in body(browser(agency, role).get(reverse(name), follow=True))


@pytest.mark.parametrize("name", sorted(BY_OPAQUE_ID))
def test_an_opaque_address_takes_nothing_without_its_own_key(name, agency, other_agency, rows, own, browser):
    """Neither people of any agency, nor whoever has another agency's key, nor who guesses."""
    before = canaries.dump(other_agency)
    theirs = reverse(name, kwargs={"opaque": rows["subscription"].opaque})
    clients = [Client(), *(browser(agency, role) for role in Role)]
    for client in clients:
        for key in ({}, {"HTTP_X_API_KEY": "whk-OWNWORD"}, {"HTTP_AUTHORIZATION": "Bearer x"}):
            answers = [client.post(theirs, b"{}", "application/json", **key)]
            answers.append(
                client.post(reverse(name, kwargs={"opaque": "unknown"}), b"{}", "application/json", **key)
            )
            assert {(a.status_code, a.content, tuple(a.items())) for a in answers} == {
                (401, b"", tuple(answers[0].items()))
            }
        assert client.get(theirs).status_code == 405
    assert canaries.dump(other_agency) == before


def test_a_secret_address_opens_nothing_but_its_own(agency, other_agency, rows, own, browser):
    """A token with another address's signature is as unknown as any; who is logged in makes no difference."""
    theirs, ours = token_of(rows["outlet"]), token_of(own["outlet"])
    forged = theirs[: len(theirs) // 2] + ours[len(ours) // 2 :]
    for client in (Client(), browser(agency), browser(other_agency)):
        for token in (forged, theirs[:-1], "unknown"):
            answer = client.get(reverse("outlets:fetch", args=[token, "openimmo.xml"]))
            assert answer.status_code == 404
            assert WORD not in body(answer)
        whole = client.get(reverse("outlets:fetch", args=[ours, "openimmo.xml"]))
        assert WORD.lower() not in body(whole).lower()


def test_strangers_are_sent_to_the_login(agency, own, client):
    wrong = []
    for name in OF_AN_AGENCY:
        answer = client.get(address(name, agency.slug, own))
        to_login = answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
        if not to_login and answer.status_code != 405:
            wrong.append((name, answer.status_code))
    assert wrong == []


def test_the_admin_is_not_for_staff_of_an_agency(agency, rows, browser):
    for role in Role:
        for page in ("admin:index", "admin:accounts_agency_changelist", "admin:jobs_job_changelist"):
            answer = browser(agency, role).get(reverse(page))
            assert answer.status_code == 302
            assert answer["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("kind", OF_A_JOB)
def test_a_job_with_foreign_ids_touches_nothing_foreign(kind, agency, other_agency, rows, monkeypatch):
    """A forged or mistaken parameter ends the job; no remote is called with the other agency's key."""
    key = rows["connection"].keys.get(standing="live")
    params = {
        parameter: meaning[1:] if meaning.startswith("=") else (key if meaning == "key" else rows[meaning]).pk
        for parameter, meaning in OF_A_JOB[kind].items()
    }
    called: list[str] = []
    monkeypatch.setattr(
        "estates.remotes.base.RemoteClient.call", lambda self, operation, *a, **k: called.append(operation)
    )
    monkeypatch.setattr(
        "estates.remotes.base.RemoteClient.download",
        lambda self, operation, *a, **k: called.append(operation),
    )
    before = canaries.dump(other_agency)
    job = start(agency, kind, params=params)
    assert work(job.pk)
    assert called == []
    assert canaries.dump(other_agency) == before
    assert WORD not in str(Job.objects.for_agency(agency).values().get(pk=job.pk))


def test_managers_of_tenants_refuse_to_list_without_an_agency():
    for model in canaries.tenant_models():
        if issubclass(model, TenantModel):
            with pytest.raises(AgencyMissing):
                model.objects.all()
