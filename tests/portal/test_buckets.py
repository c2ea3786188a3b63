"""Media in a bucket: how the setting names it, what it is trusted with, and what happens while it is away."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile

from estates.remotes.errors import Unreachable
from portal.env import media_storage
from portal.scrubbing import own_secrets


@pytest.mark.parametrize(
    ("given", "options"),
    [
        (
            "s3://KEY:a%2Fb%2B@s3.eu-west-3.amazonaws.com/agence.media?region=eu-west-3",
            {
                "endpoint_url": "https://s3.eu-west-3.amazonaws.com",
                "bucket_name": "agence.media",
                "region_name": "eu-west-3",
                "access_key": "KEY",
                "secret_key": "a/b+",
            },
        ),
        (
            "s3+http://minio:9000/media/",
            {"endpoint_url": "http://minio:9000", "bucket_name": "media", "region_name": "us-east-1"},
        ),
    ],
)
def test_an_address_of_a_bucket(monkeypatch, given, options):
    monkeypatch.setenv("MEDIA_STORAGE", given)
    assert media_storage() == {"BACKEND": "portal.buckets.Bucket", "OPTIONS": options}


@pytest.mark.parametrize(
    "given",
    [
        "s3://KEY:TELLTALE/+@host/bucket",
        "s3://KEY:TELLTALE@host",
        "s3://KEY:TELLTALE@/bucket",
        "s3://TELLTALE@host/bucket",
        "s3+https://KEY:TELLTALE@host/bucket",
        "s3://KEY:TELLTALE@host/bucket/folder",
    ],
)
def test_an_address_that_names_none_is_refused_and_not_repeated(monkeypatch, given):
    monkeypatch.setenv("MEDIA_STORAGE", given)
    with pytest.raises(ImproperlyConfigured, match="%2F") as refused:
        media_storage()
    assert "TELLTALE" not in str(refused.value)


def test_its_secret_is_kept_out_of_logs(bucket):
    assert {"not/a/secret", "not%2Fa%2Fsecret"} <= own_secrets()


def test_what_lies_there_is_not_written_over_and_is_nobody_else_s(bucket):
    first, second = (bucket.save("a/b.txt", ContentFile(body)) for body in (b"first", b"second"))
    assert first != second
    assert [bucket.open(name).read() for name in (first, second)] == [b"first", b"second"]
    grants = bucket.connection.ObjectAcl(bucket.bucket_name, first).grants
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]


def test_it_is_read_in_pieces_and_only_from_where_it_is_wanted(bucket, monkeypatch):
    size = 3_000_000
    bucket.save("large", ContentFile(bytes(size)))
    asked, get = [], bucket.connection.meta.client.get_object

    def heard(**where):
        asked.append(where["Range"])
        return get(**where)

    monkeypatch.setattr(bucket.connection.meta.client, "get_object", heard)
    with bucket.open("large") as file:
        assert file.size == size
        assert asked == []
        assert sum(map(len, file.chunks(65_536))) == size
        file.seek(-10, 2)
        assert file.read() == bytes(10)
    assert asked == ["bytes=0-", f"bytes={size - 10}-"]


class Ill(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.send_response(503)
        self.end_headers()


@pytest.mark.parametrize("state", ["ill", "away", "another's"])
def test_a_bucket_that_does_not_work_is_waited_for(bucket, settings, state):
    """Jobs wait for what is `Unreachable`; a file that is not there would be given up."""
    with HTTPServer(("127.0.0.1", 0), Ill) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        options = dict(settings.STORAGES["default"]["OPTIONS"])
        if state == "another's":
            options["bucket_name"] = "nobody-s"
        else:
            options["endpoint_url"] = f"http://127.0.0.1:{server.server_port if state == 'ill' else 9}"
        settings.STORAGES = {"default": {**settings.STORAGES["default"], "OPTIONS": options}}
        with pytest.raises(Unreachable, match="The media bucket"):
            bucket.save("a", ContentFile(b"a"))
        server.shutdown()
