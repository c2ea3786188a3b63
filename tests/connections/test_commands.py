import io

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from accounts.models import Agency, AuditEntry
from estates.connections.models import Connection, ConnectionKey, State
from estates.connections.store import store_key
from estates.connections.vault import is_newest, seal, unseal
from estates.remotes.secret import Secret
from tests.connections.conftest import KEY

pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(name, *args, typed="", monkeypatch=None):
    out, err = io.StringIO(), io.StringIO()
    if monkeypatch:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    call_command(name, *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


# connect


def test_a_piped_key_is_checked_and_stored(agency, remote, monkeypatch):
    out, _err = run("connect", "martin", "ts_immo", typed=f"{KEY}\n", monkeypatch=monkeypatch)
    connection = Connection.objects.for_agency(agency).get()
    assert (connection.label, connection.state) == ("Agence Martin", State.WORKING)
    assert unseal(connection.keys.get().ciphertext).reveal() == KEY
    assert out == "Ts-Immo · Agence Martin: Working\n"
    assert AuditEntry.objects.for_agency(agency).get().actor is None


def test_on_a_terminal_the_key_is_typed_unseen(agency, remote, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: KEY)
    run("connect", "martin", "ts_immo", "--label", "Lyon")
    assert Connection.objects.for_agency(agency).get().label == "Lyon"


def test_a_refused_key_fails_with_the_remotes_words(agency, remote, monkeypatch):
    remote.refuses()
    with pytest.raises(CommandError, match=r"Nothing was stored.*Invalid or missing API key") as caught:
        run("connect", "martin", "ts_immo", typed=KEY, monkeypatch=monkeypatch)
    assert KEY not in str(caught.value)
    assert not Connection.objects.for_agency(agency).exists()
    out, _err = run("connect", "martin", "ts_immo", "--insist", typed=KEY, monkeypatch=monkeypatch)
    assert out.endswith(": Failing\n")


@pytest.mark.parametrize(
    ("args", "typed", "reason"),
    [
        (["nobody", "ts_immo"], KEY, "no agency 'nobody'"),
        (["martin", "ts_immo"], "", "key: Paste the key here"),
        (["martin", "ts_immo"], "two words", "key: A key has no spaces"),
        (["martin", "ts_immo", "--environment", "sandbox"], KEY, "environment: Ts-Immo has no sandbox"),
        (["martin", "seeki"], "seeki_test_0123", "key: This is a key for the environment"),
        (["martin", "ts_immo", "--label", "x" * 81], KEY, "label: "),
        (["martin", "teleport"], KEY, "invalid choice"),
        (["martin", "ts_immo", "--environment", "moon"], KEY, "invalid choice"),
    ],
)
def test_what_connect_refuses(agency, remote, monkeypatch, args, typed, reason):
    with pytest.raises(CommandError, match=reason):
        run("connect", *args, typed=typed, monkeypatch=monkeypatch)
    assert remote.keys == []
    assert not Connection.objects.for_agency(agency).exists()


def test_the_default_label_fits_however_long_the_agencys_name(agency, remote, monkeypatch):
    Agency.objects.update(name="x" * 120)
    run("connect", "martin", "ts_immo", typed=KEY, monkeypatch=monkeypatch)
    assert Connection.objects.for_agency(agency).get().label == "x" * 80


def test_a_taken_label_is_refused(agency, connection, remote, monkeypatch):
    with pytest.raises(CommandError, match="label already"):
        run("connect", "martin", "ts_immo", "--label", "Lyon", typed=KEY, monkeypatch=monkeypatch)


# rotate_vault


@pytest.fixture
def stored(agency, owner, connection):
    given = {"system": "ts_immo", "environment": "production", "verdict": None}
    for label in ("Nice", "Paris"):
        store_key(agency, owner, label=label, secret=Secret(KEY), **given)
    return ConnectionKey.objects.order_by("pk")


@pytest.fixture
def newest(settings):
    key = Fernet.generate_key().decode()
    settings.VAULT_KEYS = [key, *settings.VAULT_KEYS]
    return key


def test_rotation_reaches_every_key_and_may_be_repeated(settings, stored, newest):
    ConnectionKey.objects.filter(pk=stored[1].pk).update(standing="pending")
    assert run("rotate_vault")[0].startswith("3 re-encrypted, 0 already")
    assert run("rotate_vault")[0].startswith("0 re-encrypted, 3 already")
    settings.VAULT_KEYS = [newest]
    assert {unseal(key.ciphertext).reveal() for key in stored.all()} == {KEY}


def test_rotation_of_an_empty_vault(db, newest):
    assert run("rotate_vault")[0].startswith("0 re-encrypted")


def test_a_key_that_cannot_be_read_is_named_and_the_others_go_on(settings, stored, newest):
    foreign = seal_elsewhere(settings)
    ConnectionKey.objects.filter(pk=stored[1].pk).update(ciphertext=foreign)
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("rotate_vault", stdout=out, stderr=err)
    assert out.getvalue().startswith("2 re-encrypted, 0 already under the newest key, 1 unreadable")
    assert "martin: Ts-Immo · Nice" in err.getvalue()
    assert KEY not in out.getvalue() + err.getvalue()
    assert [is_newest(key.ciphertext) for key in stored.all()] == [True, False, True]
    assert bytes(stored.all()[1].ciphertext) == foreign


def test_without_vault_keys_nothing_is_touched(settings, stored):
    before = [bytes(key.ciphertext) for key in stored.all()]
    settings.VAULT_KEYS = []
    with pytest.raises(CommandError):
        run("rotate_vault")
    assert [bytes(key.ciphertext) for key in stored.all()] == before


def test_a_terminal_sees_a_bar(stored, newest):
    out = Terminal()
    call_command("rotate_vault", stdout=out)
    assert "1/3" in out.getvalue()
    assert "█" * 30 + " 3/3\n" in out.getvalue()
    assert "3 re-encrypted" in out.getvalue()


def seal_elsewhere(settings):
    """A key sealed by a vault whose key is lost."""
    ours = settings.VAULT_KEYS
    settings.VAULT_KEYS = [Fernet.generate_key().decode()]
    sealed = seal(Secret(KEY))
    settings.VAULT_KEYS = ours
    return sealed


def test_second_factors_move_to_the_newest_key_too(settings, stored, django_user_model):
    person = django_user_model.objects.create_user("two@factors.example")
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(person, secret)
    before = Authenticator.objects.get().data["secret"]
    assert secret not in before
    newest = Fernet.generate_key().decode()
    settings.VAULT_KEYS = [newest, *settings.VAULT_KEYS]
    assert "1 second factors re-encrypted" in run("rotate_vault")[0]
    assert Authenticator.objects.get().data["secret"] != before
    settings.VAULT_KEYS = [newest]
    now = next(totp.yield_hotp_counters_from_time())
    code = totp.format_hotp_value(totp.hotp_value(secret, now))
    assert Authenticator.objects.get().wrap().validate_code(code)
