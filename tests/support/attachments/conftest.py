"""An agency whose agent is writing a ticket, with the storage in a folder of its own."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEntry, Membership
from accounts.roles import Role
from support.drafting import draft_of
from support.models import Attachment
from tests.support.attachments.making import picture


@pytest.fixture(autouse=True)
def storage(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def agent(agency, member):
    return member(agency, Role.AGENT)


@pytest.fixture
def draft(agency, agent):
    return draft_of(Membership.objects.select_related("agency", "user").get(agency=agency, user=agent))


@pytest.fixture
def send(agency, browser):
    """`send("a.png", b"…")` is the answer to an agent's upload."""

    def post(name, content, role=Role.AGENT, **more):
        file = SimpleUploadedFile(name, content)
        return browser(agency, role).post(url("upload", agency), {"file": file, **more})

    return post


@pytest.fixture
def attachment(agency, send):
    """A picture in the agent's draft."""
    assert send("capture.png", picture()).status_code == 201
    return Attachment.objects.for_agency(agency).get()


def url(name, agency, *pk):
    return reverse(f"support:{name}", args=[agency.slug, *pk])


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def files(storage) -> set[str]:
    """Everything that lies below the storage's folder."""
    return {str(path.relative_to(storage)) for path in storage.rglob("*") if path.is_file()}


def trail(agency, action) -> list[str]:
    entries = AuditEntry.objects.for_agency(agency).filter(action=f"attachment.{action}")
    return list(entries.order_by("number").values_list("subject", flat=True))
