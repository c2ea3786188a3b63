"""Whatever is asked of whatever address, the answer is never an error page: every route × hostile requests.

The routes come from the resolver, so that a new one is tried without anybody thinking of it.
"""

from collections.abc import Iterator
from urllib.parse import quote_plus

import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter

from estates.remotes.errors import Unreachable
from tests import canaries
from tests.test_isolation import OF_AN_AGENCY, address

VALUES = {
    "nothing": "",
    "a NUL": "a\0b",
    "broken UTF-8": b"\xed\xa0\x80 \xff\xfe\xc3\x28",
    "a huge number": "9" * 30,
    "too many digits for int()": "9" * 4400,
    "beyond 64 bits": str(2**63),
    "not a number": "NaN",
    "an exponent": "-1e999999",
    "the first day": "0001-01-01",
    "the last day": "9999-12-31",
    "a long text": "é" * 300,
    "other languages": "<script>alert(1)</script>'\"`{{ 7 }}{% x %}' OR 1=1; -- \\ %s%(x)s\u202e\ufeff\U000e0041",
    "JSON": '{"id": "\\ud800", "rawId": 1, "type": [], "response": {}}',
    "an address": "[::/x]:99999@//\\",
    "lines": "a\r\nSet-Cookie: x=y\r\n\r\n",
}
ONLY_IN_FORMS = {"beyond 64 bits", "an exponent", "the first day", "the last day"}
ONLY_EVERYWHERE = {"nothing", "JSON", "lines"}
SHARES = 4
NAMES = (
    "query", "offer_type", "type", "sub_type", "status", "min_price", "max_price", "min_surface", "max_surface",
    "bedrooms", "bathrooms", "city", "postal_code", "region", "country", "featured", "is_project", "gone",
    "orderby", "order", "view", "cursor", "kind", "before", "actor", "action", "since", "until", "page", "name",
    "label", "role", "email", "url", "minutes", "decision", "system", "environment", "key", "insist", "language",
    "time_zone", "next", "login", "password", "password1", "password2", "code", "credential", "uid", "token",
    "verdict", "upto", "text", "for", "other", "leads", "months", "automatic", "up_to",
    "tab", "source", "portal", "category", "assignee", "estate", "erased", "seen", "state", "lead", "words",
    "address", "estate_query", "day0", "day6", "holidays", "closed", "target_minutes", "q", "o", "p", "e", "_popup",
    "_changelist_filters", "domain", "unread", "all", "follows", "subject", "site", "version", "watches", "by",
    "statuses", "types", "offers", "cities", "other_cities", "standing", "hand", "active", "plan", "part", "show",
    "format", "encoding", "connection", "scopes", "ends_at", "networks", "updated_since", "limit", "start", "minDate",
    "maxDate", "send", "events", "whole", "failed_only", "test",
    "martin-kinds", "again", "undo",
)  # fmt: skip
"""What any of our pages, and those of the libraries, read."""

FILTERS = {
    "query": "villa", "type": "house", "city": "Nice", "postal_code": "06", "min_price": "1", "max_surface": "900",
    "bedrooms": "2", "featured": "true", "gone": "on", "orderby": "price", "order": "ASC", "view": "table",
    "cursor": "",
}  # fmt: skip
LEADS = {
    "query": "villa 06 12 34 56 78", "tab": "all", "source": "aviv", "portal": "x", "category": "x",
    "assignee": "none", "estate": "1", "since": "2026-01-01", "until": "2026-12-31", "erased": "on",
    "order": "newest", "cursor": "",
}  # fmt: skip
PLACE = {"name": "Nice", "language": "fr", "time_zone": "Europe/Paris"}
FORMS: dict[str, dict[str, str]] = {
    "catalogue:search": FILTERS,
    "catalogue:export": {"query": "villa", "orderby": "price"},
    "catalogue:save": {"name": "mine"},
    "catalogue:rename": {"name": "mine"},
    "catalogue:removal": {"decision": "confirm"},
    "catalogue:interval": {"minutes": "30"},
    "catalogue:set_public_url": {"url": "https://www.agence-martin.fr/1"},
    "wordpress:publication": {"verdict": "right", "page": "2"},
    "wordpress:addresses": {"page": "2"},
    "wordpress:accept_addresses": {"upto": "9"},
    "leads:people": {"text": "dupont"},
    "leads:merge": {"other": "1"},
    "leads:split": {"leads": "1"},
    "leads:keep_apart": {"other": "1"},
    "leads:erase": {"seen": "1"},
    "leads:erasures": {"address": "jean@exemple.fr"},
    "leads:set_retention": {"months": "12", "automatic": "on"},
    "leads:silent": {"since": "2020-01-01T00:00:00.000000+0000", "up_to": "9"},
    "leads:index": LEADS,
    "leads:arrivals": LEADS | {"seen": "1"},
    "leads:export": LEADS,
    "leads:save": {"name": "mine"},
    "leads:bulk": {"lead": "1", "state": "won"},
    "leads:undo_bulk": {"undo": "x:y:z"},
    "leads:detail": LEADS,
    "leads:set_state": {"state": "won", "seen": "new"},
    "leads:assign": {"assignee": "1"},
    "leads:note": {"words": "x"},
    "leads:candidates": {"estate_query": "villa"},
    "leads:link": {"estate": "1"},
    "leads:hours": {
        "day0": "9:00-12:30, 14:00-18:30",
        "closed": "24/12/2026 – 02/01/2027",
        "target_minutes": "60",
    },
    "leads:forward": {
        "type": "COMPANY",
        "company": "x",
        "phones": "0612345678",
        "max_budget": "1",
        "country": "FR",
    },
    "leads:add_rule": {"name": "x", "target": "turns", "people": "1", "claim_minutes": "5", "min_price": "1"},
    "leads:change_rule": {
        "name": "x",
        "target": "first",
        "people": "1",
        "fallback": "1",
        "claim_minutes": "5",
    },
    "leads:move_rule": {"to": "up"},
    "leads:mode": {"mode": "pull"},
    "syndication:rules": {"statuses": "available", "other_cities": "Nice", "min_price": "1", "version": "0"},
    "syndication:switch": {"active": "off"},
    "syndication:listings": {"standing": "live", "verdict": "ready", "query": "villa", "cursor": "x"},
    "syndication:hand": {"hand": "never"},
    "syndication:send": {"insist": "yes"},
    "syndication:estate_hand": {"hand": "never", "plan": "1"},
    "syndication:feeds": {"before": "9"},
    "syndication:feed": {"show": "apart", "query": "villa", "page": "2", "part": "outcome", "seen": "x"},
    "syndication:removal": {"decision": "lapse"},
    "syndication:add_outlet": {"name": "x", "format": "openimmo", "encoding": "utf-8", "city": "Nice"},
    "syndication:outlet": {"name": "x", "format": "openimmo", "encoding": "utf-8", "city": "Nice"},
    "syndication:export": FILTERS,
    "accounts:add_partner_key": {
        "name": "x",
        "scopes": "feeds:write",
        "ends_at": "2030-01-01",
        "networks": "192.0.2.1",
    },
    "partner_webhooks:add": {"url": "https://www.example.com/hooks", "events": "lead.created", "whole": "no"},
    "partner_webhooks:change": {
        "url": "https://www.example.com/hooks",
        "events": "lead.created",
        "whole": "yes",
        "status": "ACTIVE",
    },
    "partner_webhooks:detail": {"state": "failed", "type": "lead.created", "before": "9", "test": "1"},
    "partner_webhooks:replay": {
        "since": "2026-11-01T00:00",
        "until": "2026-11-28T00:00",
        "failed_only": "no",
    },
    "jobs:index": {"status": "open", "kind": "catalogue.sync", "before": "9"},
    "connections:add": {
        "system": "seeki",
        "environment": "production",
        "label": "x",
        "key": "seeki_live_0123456789",
        "insist": "on",
    },
    "connections:rename": {"label": "x"},
    "connections:replace": {"key": "0123456789abcdef"},
    "accounts:settings": PLACE,
    "accounts:change_role": {"role": "agent"},
    "accounts:invite": {"email": "new@example.org", "role": "agent"},
    "accounts:trail": {
        "actor": "1",
        "action": "",
        "since": "2026-01-01",
        "until": "2026-12-31",
        "before": "9",
    },
}
READ = {
    "catalogue:search",
    "catalogue:export",
    "wordpress:publication",
    "wordpress:addresses",
    "leads:index",
    "leads:arrivals",
    "leads:export",
    "leads:detail",
    "leads:candidates",
    "syndication:rules",
    "syndication:listings",
    "syndication:feeds",
    "syndication:feed",
    "syndication:export",
    "partner_webhooks:detail",
    "jobs:index",
    "accounts:trail",
}

VERBS = ("HEAD", "OPTIONS", "PUT", "DELETE", "PROPFIND")
HEADERS = {
    "a form in UTF-16": {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-16"},
    "no boundary": {"CONTENT_TYPE": "multipart/form-data"},
    "escapes in cookies": {"HTTP_COOKIE": 'csrftoken="\\000"; django_language="\\000"; messages="\\000\\377"'},
    "htmx": {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://[::/", "HTTP_HX_TRIGGER": "\xff{"},
    "languages": {"HTTP_ACCEPT_LANGUAGE": "fr;q=x, " + "a-" * 300},
    "a forged host": {"HTTP_HOST": "evil.example\\@x", "HTTP_X_FORWARDED_FOR": "x, y"},
    "a referrer": {"HTTP_REFERER": "http://[::/", "HTTP_ORIGIN": "null"},
    "a range": {"HTTP_RANGE": "bytes=99999999999999999999-", "HTTP_IF_MODIFIED_SINCE": "never"},
}  # fmt: skip
PATHS = (
    "/%00", "/agencies/%00/", "/agencies/%ff%fe/", "/agencies/a%00b/", "/agencies/../../etc/passwd",
    "/agencies/martin/estates/99999999999999999999999999/", f"/agencies/martin/jobs/{'9' * 5000}/",
    "/invitations/%ed%a0%80/", "/invitations/%00/", f"/invitations/{'x' * 9000}/", "/account/confirm-email/%00/",
    "/account/password/reset/key/1-%00/", f"/account/password/reset/key/{'z' * 13}-x/", "/static/%00", "/static/../x",
    "//evil.example/agencies/", "/agencies/martin//estates/", "/admin/r/99999999999999999999/x/",
    "/admin/jobs/job/99999999999999999999999/change/", "/admin/jobs/job/%00/change/", "/admin/jobs/job/_00/change/",
)  # fmt: skip


def encoded(values: dict[str, str | bytes]) -> str:
    return "&".join(f"{name}={quote_plus(value)}" for name, value in values.items())


def others(patterns=None, prefix: str = "") -> Iterator[str]:
    """The addresses of all routes that belong to no agency, their parameters filled with something."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from others(pattern.url_patterns, inner)
        elif (
            isinstance(pattern, URLPattern) and pattern.name and f"{prefix}{pattern.name}" not in OF_AN_AGENCY
        ):
            words = {
                name: 1 if isinstance(converter, IntConverter) else "x"
                for name, converter in pattern.pattern.converters.items()
            }
            for arguments in ({"kwargs": words}, {"args": ["x", "x"]}, {"args": [1]}, {"args": ["x"]}):
                try:
                    yield reverse(f"{prefix}{pattern.name}", **arguments)
                    break
                except NoReverseMatch:
                    continue


@pytest.fixture
def rows(agency) -> dict:
    return canaries.fill(agency, "OWNWORD")


@pytest.fixture
def hostile(rows, monkeypatch) -> Client:
    """The agency's owner, who is an operator too, so that every page opens; the remote is never there."""
    monkeypatch.setattr("estates.remotes.base.RemoteClient.call", unreachable)
    owner = rows["owner"]
    owner.is_staff = owner.is_superuser = True
    owner.save()
    client = Client(raise_request_exception=False)
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def unreachable(*arguments, **options):
    raise Unreachable("nobody is there")


def broken(client: Client, verb: str, path: str, query: str = "", data: str = "", **headers) -> list[str]:
    """A line about the request if its answer is an error page or none at all. What it changed is undone."""
    headers.setdefault("CONTENT_TYPE", "application/x-www-form-urlencoded")
    kind, cookies = headers.pop("CONTENT_TYPE"), client.cookies.copy()
    with transaction.atomic():
        answer = client.generic(verb, path, data, kind, QUERY_STRING=query, CONTENT_TYPE=kind, **headers)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    client.cookies = cookies
    if answer.status_code < 500:
        return []
    error = answer.exc_info[1] if answer.exc_info else None
    return [f"{verb} {path[:80]} {answer.status_code} {type(error).__name__} {str(error)[:150]}"]


@pytest.fixture
def everywhere(agency, rows) -> list[str]:
    ours = [address(name, agency.slug, rows) for name in OF_AN_AGENCY]
    found = {*ours, reverse("invitation", args=[rows["token"]]), *others()}
    return sorted(path for path in found if not path.startswith("/admin/"))


@pytest.fixture
def open_to_strangers(everywhere, hostile) -> list[str]:
    """All but the pages that only send to the login."""
    login = reverse("account_login")
    answers = {path: Client().get(path) for path in everywhere}
    found = [path for path, answer in answers.items() if login not in answer.get("Location", "")]
    assert login in found
    # The partner API sends nobody there: it answers 401, and is tried with all the others.
    pages = {path for path in everywhere if not path.startswith("/api/")}
    assert len(pages & set(found)) < len(pages) / 2
    return found


@pytest.mark.parametrize("kind", [kind for kind in VALUES if kind not in ONLY_IN_FORMS])
def test_no_value_breaks_a_page(kind, hostile, everywhere):
    """Every parameter that any page reads has the value, in every page's form, and in every other page's address.

    What is left out of an address in one case is there in the next.
    """
    asked = encoded(dict.fromkeys(NAMES, VALUES[kind]))
    turn = list(VALUES).index(kind)
    found = []
    for number, path in enumerate(everywhere):
        found += broken(hostile, "POST", path, data=asked)
        if (number + turn) % 2:
            found += broken(hostile, "GET", path, query=asked)
    assert found == []


@pytest.mark.parametrize("share", range(SHARES))
def test_no_single_value_breaks_a_form_that_is_well_filled_otherwise(share, hostile, agency, rows):
    """Every field meets half of the values here, and the others on the same form meet the other half."""
    fields = [(route, filled, name) for route, filled in FORMS.items() for name in filled]
    kinds = [kind for kind in VALUES if kind not in ONLY_EVERYWHERE]
    found = []
    for number, (route, filled, name) in enumerate(fields):
        if number % SHARES != share:
            continue
        path = address(route, agency.slug, rows)
        for kind in kinds[number // SHARES % 2 :: 2]:
            asked = encoded(filled | {name: VALUES[kind]})
            verb = "GET" if route in READ else "POST"
            parts = {"query": asked} if verb == "GET" else {"data": asked}
            found += [f"{name}: {line}" for line in broken(hostile, verb, path, **parts)]
    assert found == []


def test_no_value_breaks_a_page_for_strangers(open_to_strangers):
    stranger = Client(raise_request_exception=False)
    found = []
    for value in VALUES.values():
        asked = encoded(dict.fromkeys(NAMES, value))
        for path in open_to_strangers:
            lines = broken(stranger, "GET", path, query=asked) + broken(stranger, "POST", path, data=asked)
            found += [f"{value[:20]!r}: {line}" for line in lines]
    assert found == []


@pytest.mark.parametrize("value", ["a\0b", "9" * 30, "NaN", "[::/x]:99999@//\\", "0001-01-01"])
def test_no_value_breaks_a_list_of_the_admin(value, hostile):
    """Only operators come here, to some sixty pages that are all Django's."""
    asked = encoded(dict.fromkeys(("q", "p", "agency__id__exact", "agency", "_changelist_filters"), value))
    lists = [path for path in others() if path.startswith("/admin/") and path.count("/") == 4]
    assert len(lists) > 10
    assert [line for path in lists for line in broken(hostile, "GET", path, query=asked)] == []


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS.keys())
def test_no_header_breaks_a_page(headers, hostile, everywhere):
    part = '--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n\\ud800\r\n'
    form = "".join(part % name for name in NAMES) + "--x--\r\n"
    found = []
    for path in everywhere[::3]:
        found += broken(hostile, "GET", path, query="query=%5Cud800&next=%5Cud800&cursor=a", **headers)
        found += broken(hostile, "POST", path, data=form, **headers)
    assert found == []


def test_no_verb_breaks_a_page(hostile, everywhere):
    found = [line for path in everywhere for verb in VERBS for line in broken(hostile, verb, path)]
    assert found == []


@pytest.mark.parametrize("path", PATHS)
def test_no_path_is_an_error_page(path, hostile):
    assert broken(hostile, "GET", path) == []
    assert broken(hostile, "POST", path) == []


def test_forms_that_are_too_much_are_refused(hostile, everywhere):
    """Too large, too many fields, one name a thousand times, texts of 100 kB, and parts that lead nowhere."""
    long = encoded(
        dict.fromkeys(("name", "label", "email", "url", "login", "password", "key"), "a1@." * 25_000)
    )
    bodies = [
        "name=" + "x" * 3_000_000,
        "a&" * 20_000,
        "name=x&" * 900,
        "%" * 1000,
        "=" * 1000,
        "\0" * 1000,
        long,
    ]
    found = [
        line for path in everywhere for data in bodies for line in broken(hostile, "POST", path, data=data)
    ]
    assert found == []


def test_without_its_token_no_form_is_taken(hostile, everywhere, agency, rows):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = hostile.cookies
    before = canaries.dump(agency)
    for path in everywhere:
        # Machines have no token: they show a key.
        if path.startswith("/api/"):
            refused: tuple[int, ...] = (401, 404, 405)
        else:
            refused = (401,) if path.startswith("/webhooks/") else (302, 403, 404, 405)
        assert strict.post(path, {"csrfmiddlewaretoken": "\0"}).status_code in refused, path
    assert canaries.dump(agency) == before
