"""People who really log in, mails that are read, and a way around the trail's guard for those who tamper."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.people import create_person
from tests.owning import owning

PASSWORD = "correct horse battery"


@pytest.fixture
def person(db) -> Callable[..., User]:
    """`person("ana@example.org")` can log in with PASSWORD."""

    def make(email: str = "ana@example.org", name: str = "Ana") -> User:
        return create_person(email, name, PASSWORD, language="en")

    return make


@pytest.fixture
def logged_in() -> Callable[[User], Client]:
    """A browser in which the person has come in through the login page."""

    def come_in(user: User, password: str = PASSWORD) -> Client:
        client = Client()
        answer = client.post("/account/login/", {"login": user.email, "password": password})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return come_in


def confirm_access(client: Client, password: str = PASSWORD) -> Client:
    """Types the password again, as the pages that change how one logs in ask for."""
    assert client.post("/account/reauthenticate/", {"password": password}).status_code == 302
    return client


def check_page(answer):
    """Ours to look at, and nothing in it that a policy without inline code would stop."""
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "passerelle.css" in page
    assert page.count("<h1") == 1
    assert re.search(r"<title>\s*\S.*Passerelle</title>", page, re.DOTALL)
    assert not re.search(r"""<[^>]*\s(style|on[a-z]+)=["']""", page)
    assert "javascript:" not in page
    for attributes in re.findall(r"<script([^>]*)>", page):
        assert "src=" in attributes or 'type="application/json"' in attributes, attributes
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "style-src 'self';" in f"{policy};"
    for control in re.findall(r"<(?:input|select|textarea)[^>]*>", page):
        assert re.search(r'type="(hidden|checkbox|radio)"|class="[^"]*form-(control|select)', control), (
            control
        )


def link_in(message: mail.EmailMessage) -> str:
    """The path of the first link of a mail."""
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", str(message.body))
    assert found, message.body
    return found.group(1)


def tamper(sql: str, *values: object) -> None:
    """Changes the trail's rows as somebody with the database's own password could."""
    with owning() as cursor:
        if connection.vendor == "postgresql":
            # Rows written in this transaction still wait for their foreign keys to be checked.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER append_only")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS append_only")
        cursor.execute(sql, values)
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE accounts_auditentry ENABLE TRIGGER append_only")
