"""A thousand hostile uploads through the view: what is kept of them is harmless, and nothing breaks."""

import re
import unicodedata
import zipfile
from collections import Counter

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT
from PIL import Image

from accounts.roles import Role
from support.attachments.kinds import KINDS
from support.models import Attachment
from tests.support.attachments.conftest import body, files, url
from tests.support.attachments.hostile import uploads

SEED = 20261128


def form(name: str, content: bytes) -> bytes:
    """As a client would send it that no browser is: the name stands there unescaped but for quotes."""
    raw = name.replace("\\", "\\\\").replace('"', '\\"').encode("utf-8", "surrogatepass")
    head = b'Content-Disposition: form-data; name="file"; filename="' + raw + b'"\r\n'
    return (
        b"--%s\r\n%sContent-Type: image/png\r\n\r\n" % (BOUNDARY.encode(), head)
        + content
        + b"\r\n--%s--\r\n" % BOUNDARY.encode()
    )


@pytest.fixture
def client(agency, browser, settings):
    settings.SUPPORT_TICKET_FILES = 10_000
    client = browser(agency, Role.AGENT)
    client.raise_request_exception = False
    return client


def test_a_thousand_hostile_uploads(client, agency, storage):
    target, answers, wrong = url("upload", agency), Counter(), []
    for kind, (name, content, is_harmful) in uploads(SEED, 1000):
        answer = client.generic("POST", target, form(name, content), MULTIPART_CONTENT)
        answers[answer.status_code] += 1
        if answer.status_code not in (201, 400, 422) or (is_harmful and answer.status_code == 201):
            wrong.append(f"{kind} {name[:40]!r}: {answer.status_code}")
    assert wrong == []
    assert answers[201] > 100
    assert answers[422] > 500
    kept = Attachment.objects.for_agency(agency)
    assert kept.count() == answers[201]
    named = {place for row in kept for place in (row.stored_as, row.thumbnail_as) if place}
    assert files(storage) == named
    place = re.compile(rf"support/{agency.pk}/[0-9a-f]{{32}}\.[a-z0-9]{{3,4}}")
    assert all(place.fullmatch(name) for name in named)
    assert {path.name for path in storage.parent.iterdir()} == {storage.name}
    for row in kept:
        check_row(row)
        check_bytes(row, storage)
        check_served(client, agency, row)


def check_row(row):
    ending = row.name.rpartition(".")[2]
    assert KINDS[ending].mime_type == row.mime_type
    assert row.stored_as.endswith(f".{ending}")
    assert len(row.name) <= 150
    assert not row.name.startswith(".")
    assert not set('/\\:*?"<>|') & set(row.name)
    assert not any(unicodedata.category(sign).startswith("C") for sign in row.name)


def check_bytes(row, storage):
    path = storage / row.stored_as
    content = path.read_bytes()
    assert len(content) == row.size
    if row.mime_type.startswith("image/"):
        assert not zipfile.is_zipfile(path)
        assert b"<script" not in content
        assert b"Jean Secret" not in content
        with Image.open(path) as painted, Image.open(storage / row.thumbnail_as) as small:
            painted.load()
            assert painted.size == (row.width, row.height)
            assert not painted.getexif()
            assert not {"exif", "xmp", "icc_profile", "comment"} & painted.info.keys()
            assert max(small.size) <= 320
    else:
        assert row.thumbnail_as == ""


def check_served(client, agency, row):
    answer = client.get(url("download", agency, row.pk))
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert len(body(answer)) == row.size
