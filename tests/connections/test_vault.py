import copy
import json
import pickle

import pytest
from cryptography.fernet import Fernet

from estates.connections.vault import VaultError, is_newest, rotate, seal, unseal
from estates.remotes.secret import Secret

OLD, NEW, FOREIGN = (Fernet.generate_key().decode() for _ in range(3))
KEY = "tsi_live_canary_0123456789"


@pytest.fixture(autouse=True)
def one_key(settings):
    settings.VAULT_KEYS = [OLD]


def test_what_is_sealed_comes_back_as_a_secret():
    assert unseal(seal(Secret(KEY))).reveal() == KEY


def test_ciphertext_does_not_hold_the_key_and_differs_each_time():
    first, second = seal(Secret(KEY)), seal(Secret(KEY))
    assert KEY.encode() not in first
    assert first != second


def test_postgresql_gives_bytes_as_memoryview():
    assert unseal(memoryview(seal(Secret(KEY)))).reveal() == KEY


def test_the_secret_shows_itself_in_no_way():
    secret = unseal(seal(Secret(KEY)))
    shown = f"{secret} {secret!r} {[secret]} {dir(secret)}"
    assert KEY not in shown
    for leak in (
        lambda: pickle.dumps(secret),
        lambda: json.dumps({"key": secret}),
        lambda: copy.deepcopy(secret),
    ):
        with pytest.raises(TypeError):
            leak()


@pytest.mark.parametrize("keys", [[FOREIGN], [FOREIGN, NEW]])
def test_a_wrong_key_raises_and_never_gives_the_ciphertext(settings, keys):
    sealed = seal(Secret(KEY))
    settings.VAULT_KEYS = keys
    with pytest.raises(VaultError, match="VAULT_KEYS") as caught:
        unseal(sealed)
    assert sealed.decode() not in str(caught.value)
    assert caught.value.__context__ is None
    with pytest.raises(VaultError, match="VAULT_KEYS"):
        rotate(sealed)


@pytest.mark.parametrize("damage", [b"", b"not a token", b"\x00\xff"])
def test_damaged_ciphertext_raises(damage):
    with pytest.raises(VaultError):
        unseal(damage)


@pytest.mark.parametrize("keys", [[], ["short"], ["ü" * 32], [OLD, "rubbish"]])
def test_missing_or_malformed_keys_raise_with_a_hint(settings, keys):
    settings.VAULT_KEYS = keys
    with pytest.raises(VaultError, match="newest first"):
        seal(Secret(KEY))


def test_malformed_keys_are_not_quoted(settings):
    settings.VAULT_KEYS = ["almost-a-vault-key"]
    with pytest.raises(VaultError) as caught:
        unseal(b"x")
    assert "almost-a-vault-key" not in str(caught.value)


def test_rotation_needs_the_old_key_only_until_it_is_done(settings):
    sealed = seal(Secret(KEY))
    settings.VAULT_KEYS = [NEW, OLD]
    assert unseal(sealed).reveal() == KEY
    assert not is_newest(sealed)
    rotated = rotate(sealed)
    assert is_newest(rotated)
    settings.VAULT_KEYS = [NEW]
    assert unseal(rotated).reveal() == KEY
