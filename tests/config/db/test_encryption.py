"""What the database holds encrypted."""

import pytest
from cryptography.fernet import Fernet, InvalidToken

from config.db.encryption import UnreadableSecretError, decrypt, encrypt, is_current, key_fingerprint

ONE, TWO = "1" * 40, "2" * 40


@pytest.fixture
def keys(settings):
    def use(*texts, secret_key="s" * 50, fallbacks=()):
        settings.ENCRYPTION_KEYS, settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = texts, secret_key, fallbacks

    use(ONE)
    return use


def test_a_text_comes_back_and_is_never_stored_twice_alike(keys):
    stored = encrypt("JBSWY3DPEHPK3PXP")

    assert decrypt(stored) == "JBSWY3DPEHPK3PXP"
    assert "JBSWY3DP" not in stored
    assert encrypt("JBSWY3DPEHPK3PXP") != stored


def test_a_text_from_before_is_read_as_it_is(keys):
    assert decrypt("JBSWY3DPEHPK3PXP") == "JBSWY3DPEHPK3PXP"
    assert not is_current("JBSWY3DPEHPK3PXP")


def test_a_former_key_reads_and_the_first_writes(keys):
    stored = encrypt("secret")
    keys(TWO, ONE)

    assert decrypt(stored) == "secret"
    assert not is_current(stored)
    assert is_current(encrypt("secret"))


def test_without_keys_of_its_own_it_follows_the_secret_key(keys):
    keys(secret_key="a" * 50)
    stored = encrypt("secret")

    keys(secret_key="b" * 50, fallbacks=["a" * 50])
    assert decrypt(stored) == "secret"
    keys(ONE, secret_key="a" * 50)
    assert decrypt(stored) == "secret"


@pytest.mark.parametrize("stored", ["other key", "fernet:", "fernet:gAAAAAnonsense", "flipped"])
def test_what_no_key_reads_says_what_to_do(keys, stored):
    if stored == "other key":
        stored = encrypt("secret")
        keys(TWO)
    elif stored == "flipped":
        stored = encrypt("secret")[:-4] + "AAA="

    with pytest.raises(UnreadableSecretError, match="restore the former key in ENCRYPTION_KEYS"):
        decrypt(stored if stored.startswith("fernet:") else f"fernet:{stored}")


def test_the_key_is_not_the_setting_itself_and_its_fingerprint_gives_nothing_away(keys):
    text = Fernet.generate_key().decode()
    keys(text)

    with pytest.raises(InvalidToken):
        Fernet(text).decrypt(encrypt("secret").removeprefix("fernet:"))
    assert len(key_fingerprint()) == 8
    assert key_fingerprint() not in text
