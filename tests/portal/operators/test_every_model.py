"""Every table of the project in the admin: it is there, it opens, it gives nothing away, and it stays fast."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import label_for_field
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Agency, PartnerKey, User
from estates.webhooks.models import Subscription
from estates.wordpress.models import SitePace
from tests import canaries
from tests.canaries import every_row

WITHOUT_PAGE = {
    "connections.ConnectionKey": "ciphertext; what may be shown of it stands with the connection",
    "webhooks.SubscriptionSecret": "ciphertext",
    "wordpress.SiteKey": "ciphertext",
    "leads.HashKey": "ciphertext",
    "leads.WebhookKey": "ciphertext",
    "leads.ErasureTrace": "ciphertext of who was erased",
    "leads.KeyLease": "named by what is derived from a key",
    "leads.ErasedKey": "hashes of who was erased",
    "leads.LeadPayload": "what a person wrote, as it came",
    "leads.LeadEvent": "what the agency's people wrote about a person",
    "catalogue.EstatePayload": "megabytes of JSON, which the estate's own page shows in words",
    "support.Draft": "what somebody has not said yet",
    "jobs.Pulse": "one row, shown on the page of operations",
    "account.EmailConfirmation": "keys; allauth signs its links instead of storing any",
    "auth.Permission": "declared by the code",
    "contenttypes.ContentType": "declared by the code",
    "sessions.Session": "whoever reads a session's key is in it",
}
"""The tables that operators deliberately do not open, and why."""

SECRET = {
    "token_hash", "password", "session_key", "ciphertext", "claim", "opaque", "data",
}  # fmt: skip
"""Columns whose values stand on no page."""
PRIVATE = {
    "leads.Lead": ("first_name", "last_name", "email", "phone", "message", "excerpt", "search_text"),
    "leads.Batch": ("body",),
    "leads.StrayItem": ("body",),
    "leads.LeadPayload": ("body",),
    "leads.LeadEvent": ("words",),
    "support.Draft": ("subject", "text"),
    "webhooks.Delivery": ("body",),
}
"""Columns that are the agency's and its buyers' own: operators see that there is something, not what."""
WORDS_OF_OTHERS = "OTHERSPRIVATE9"


@pytest.fixture
def filled(db, operator, admin_browser):
    """One row of everything; rows of libraries too."""

    def fill(slug: str) -> Agency:
        agency = Agency.objects.create(name=f"Agence {slug}", slug=slug)
        owner = canaries.fill(agency, slug.upper())["owner"]
        EmailAddress.objects.create(user=owner, email=owner.email, verified=True)
        Authenticator.objects.create(user=owner, type="totp", data={"secret": f"seed-of-{slug}"})
        UserSession.objects.create(
            user=owner, ip="127.0.0.1", session_key=f"session-of-{slug}", user_agent="x"
        )
        LogEntry.objects.create(
            user=operator,
            content_type=ContentType.objects.get_for_model(User),
            object_id=str(owner.pk),
            object_repr=str(owner),
            action_flag=CHANGE,
            change_message=f"changed {slug}",
        )
        Group.objects.create(name=f"Helpers {slug}")
        SitePace.objects.create(host=f"www.{slug}.example", next_at=timezone.now())
        return agency

    return fill


def registered() -> list[type[models.Model]]:
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


def url(model: type[models.Model], page: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def inlined() -> set[type[models.Model]]:
    return {inline.model for one in admin.site._registry.values() for inline in one.inlines}


def every_page(browser) -> dict[str, str]:
    pages = {}
    for model in registered():
        addresses = [url(model, "changelist"), *(url(model, "change", row.pk) for row in every_row(model))]
        for address in addresses:
            answer = browser.get(address)
            assert answer.status_code == 200, address
            pages[address] = answer.content.decode()
    return pages


def test_every_table_has_a_place_or_a_reason():
    known = {model._meta.label for model in [*registered(), *inlined()]} | WITHOUT_PAGE.keys()
    assert {model._meta.label for model in apps.get_models()} - known == set()
    assert WITHOUT_PAGE.keys() & {model._meta.label for model in registered()} == set()
    assert WITHOUT_PAGE.keys() - {model._meta.label for model in apps.get_models()} == set()


def test_every_list_and_page_opens_has_rows_and_gives_no_secret_away(filled, admin_browser):
    filled("alpha")
    for label, columns in PRIVATE.items():
        every_row(apps.get_model(label)).update(**dict.fromkeys(columns, WORDS_OF_OTHERS))
    # An address is not shown whole; a hash of the canary's word is other columns' hash too.
    every_row(Subscription).update(url=f"https://hooks.example/{WORDS_OF_OTHERS}")
    every_row(PartnerKey).update(token_hash="hash-of-alpha")
    secrets = {
        str(value)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name in SECRET or (isinstance(field, models.BinaryField) and field.name != "evidence")
        for value in every_row(model).values_list(field.name, flat=True)
        if value
    }
    secrets |= {"seed-of-alpha", "session-of-alpha", "opaque-ALPHA", WORDS_OF_OTHERS}
    assert len(secrets) > 20
    without = [model._meta.label for model in registered() if not every_row(model).exists()]
    assert without == [], "nothing is looked at here"
    found = [
        (address, secret[:40])
        for address, page in every_page(admin_browser).items()
        for secret in secrets
        if secret in page
    ]
    assert found == []


def test_every_list_takes_a_search_and_finds_an_agencys_rows_by_its_name(filled, admin_browser):
    alpha, omega = filled("alpha"), filled("omega")
    wrong = []
    for model in registered():
        answer = admin_browser.get(url(model, "changelist"), {"q": "nothing-like-it"})
        if answer.status_code != 200:
            wrong.append((model._meta.label, answer.status_code))
        elif hasattr(admin.site._registry[model], "owner_path"):
            page = admin_browser.get(url(model, "changelist"), {"q": omega.slug}).content.decode()
            table = page.partition('id="result_list"')[2].partition("</table>")[0]
            if str(omega) not in table or f">{alpha}<" in table:
                wrong.append((model._meta.label, "not found by its agency"))
    assert wrong == []


def test_no_list_asks_the_database_more_for_more_rows(filled, admin_browser):
    filled("alpha")
    for model in registered():
        admin_browser.get(url(model, "changelist"))  # content types and permissions are kept from now on
    before = {model: asked(admin_browser, model) for model in registered()}
    filled("omega")
    filled("third")
    grown = {
        model._meta.label: (before[model], after)
        for model in registered()
        if (after := asked(admin_browser, model)) > before[model]
    }
    assert grown == {}


def asked(browser, model) -> int:
    with CaptureQueriesContext(connection) as queries:
        browser.get(url(model, "changelist"))
    return len(queries)


def test_nothing_is_added_and_what_agencies_or_remotes_own_is_not_changed(filled, admin_browser):
    filled("alpha")
    may = {}
    for model in registered():
        row = every_row(model).first()
        may[model._meta.label] = [
            name
            for name, answer in (
                ("add", admin_browser.get(url(model, "add"))),
                ("delete", admin_browser.get(url(model, "delete", row.pk))),
                ("change", admin_browser.post(url(model, "change", row.pk), {})),
            )
            if answer.status_code != 403
        ]
    assert {label: verbs for label, verbs in may.items() if verbs} == {
        "accounts.User": ["change"],
        "auth.Group": ["add", "delete", "change"],
        "mfa.Authenticator": ["delete"],
    }


@pytest.mark.parametrize(
    "label", ["jobs.Job", "webhooks.Delivery", "connections.Connection", "support.Message"]
)
def test_whoever_may_only_look_has_no_actions(filled, helper, label):
    filled("alpha")
    model = apps.get_model(label)
    app, name = label.lower().split(".")
    looking = helper(f"{app}.view_{name}")
    page = looking.get(url(model, "changelist")).content.decode()
    assert 'id="result_list"' in page
    assert 'name="action"' not in page


ALIKE = {
    "ID", "SHA-256", "Administration", "Catalogue", "Sessions", "Sites", "Support", "Webhooks", "action", "code",
    "description", "format", "intention", "invitation", "invitations", "latitude", "longitude", "message",
    "messages", "mode", "page", "phase", "plan", "position", "programme", "programmes", "site", "sites", "source",
    "surface", "ticket", "tickets", "total", "trace", "type", "verdict", "version", "webhook", "webhooks",
}  # fmt: skip
"""Words that are the same in French."""


def words_of_the_admin() -> list[str]:
    """What the admin calls its rooms, its models, their fields and its columns, in the language at hand."""
    words = []
    for model in registered():
        of, page = model._meta, admin.site._registry[model]
        words += [of.app_config.verbose_name, of.verbose_name, of.verbose_name_plural]
        words += [field.verbose_name for field in of.concrete_fields]
        words += [label_for_field(column, model, page) for column in page.get_list_display(None)]
    return [str(word) for word in words]


def test_the_admin_speaks_french():
    english = words_of_the_admin()
    with translation.override("fr"):
        french = words_of_the_admin()
    assert {word for word, said in zip(english, french, strict=True) if word == said} - ALIKE == set()
