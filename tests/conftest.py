"""What nearly every test needs: two agencies, people of every role, and browsers logged in as them."""

import gc
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.core.files.storage import Storage, default_storage
from django.test import Client

from accounts.models import Agency, Membership, User
from accounts.roles import Role
from accounts.scope import across, kept
from estates.jobs.tracing import traced
from portal.env import media_storage


def pytest_collection_finish() -> None:
    """Thousands of tests stay in memory. To look at them all for garbage stops a process, and a remote in it, so long
    that clients who wait for half a second give up.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def fast_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def everything_in_sight(monkeypatch):
    """A test, and a thread of its own, looks at all agencies' rows. Requests and tasks begin with none, as always.

    Whose affair is at hand ends with the test, also where it called a view without what stands around all views.
    """
    begin, submit = threading.Thread.__init__, ThreadPoolExecutor.submit

    def of_a_test(work):
        return kept(work) if getattr(work, "__module__", "").startswith("tests.") else work

    def begin_thread(self, group=None, target=None, *args, **kwargs):
        begin(self, group, of_a_test(target), *args, **kwargs)

    monkeypatch.setattr(threading.Thread, "__init__", begin_thread)
    monkeypatch.setattr(
        ThreadPoolExecutor, "submit", lambda self, work, /, *a, **k: submit(self, of_a_test(work), *a, **k)
    )
    with across(), traced("-"):
        yield


@pytest.fixture(autouse=True)
def fresh_cache():
    """Rate limits, figures and keys of one test would be there for the next, whose agency may have the same id."""
    cache.clear()


@pytest.fixture(autouse=True)
def english(settings):
    """Tests read English; that French is complete has tests of its own."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def agency(db) -> Agency:
    return Agency.objects.create(name="Agence Martin", slug="martin")


@pytest.fixture
def other_agency(db) -> Agency:
    return Agency.objects.create(name="Riviera Patrimoine", slug="riviera")


@pytest.fixture
def member(db) -> Callable[..., User]:
    """`member(agency, Role.OWNER)` gives the agency's person of that role, made at the first call."""

    def get(of: Agency, role: Role = Role.OWNER) -> User:
        email = f"{role}@{of.slug}.example"
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(email, name=f"{role.label} {of.name}", language="en")
            Membership.objects.create(agency=of, user=user, role=role)
        return user

    return get


@pytest.fixture
def browser(member) -> Callable[..., Client]:
    """`browser(agency, Role.AGENT)` is a test client logged in as that person."""

    def get(of: Agency, role: Role = Role.OWNER) -> Client:
        client = Client()
        client.force_login(member(of, role), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return get


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Host and port of a server that speaks S3."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield "{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(s3_server, settings, monkeypatch) -> Storage:
    """The media of the test, in a bucket of its own that `MEDIA_STORAGE` names."""
    name = f"media-{secrets.token_hex(4)}"
    monkeypatch.setenv("MEDIA_STORAGE", f"s3+http://KEY:not%2Fa%2Fsecret@{s3_server}/{name}")
    settings.STORAGES = {**settings.STORAGES, "default": media_storage()}
    default_storage.connection.create_bucket(Bucket=name)
    return default_storage
