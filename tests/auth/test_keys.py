import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from bybit_ext import Bybit, InvalidInput, load_credentials
from bybit_ext.auth.keys import load_key

KEY = rsa.generate_private_key(65537, 2048)
PASSPHRASE = "open sesame"
ENCRYPTED = BestAvailableEncryption(PASSPHRASE.encode())
SIGNED = load_key(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()).sign(b"text")


def pem(
    form: PrivateFormat = PrivateFormat.PKCS8,
    encryption: serialization.KeySerializationEncryption | None = None,
) -> str:
    return KEY.private_bytes(Encoding.PEM, form, encryption or NoEncryption()).decode()


@pytest.mark.parametrize(
    ("secret", "passphrase"),
    [
        (pem(PrivateFormat.PKCS8), None),
        (pem(PrivateFormat.TraditionalOpenSSL), None),
        (pem(PrivateFormat.PKCS8, ENCRYPTED), PASSPHRASE),
        (pem(PrivateFormat.TraditionalOpenSSL, ENCRYPTED), PASSPHRASE),
        (pem().replace("\n", "\\n"), None),
        (f"\n  {pem()}  \n", None),
        (KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode() + pem(), None),
    ],
    ids=[
        "PKCS#8",
        "PKCS#1",
        "encrypted PKCS#8",
        "encrypted PKCS#1",
        "in one line",
        "with space around",
        "after the public key",
    ],
)
def test_every_form_of_an_rsa_key_signs_alike(secret: str, passphrase: str | None) -> None:
    assert load_key(secret, passphrase).sign(b"text") == SIGNED


def test_any_other_text_is_an_hmac_secret() -> None:
    # RFC 4231 has no printable key without a space; this one is from `openssl dgst -sha256 -hmac key`.
    text = b"The quick brown fox jumps over the lazy dog"
    assert load_key("key").sign(text) == "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"


PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
PUBLIC_PKCS1 = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()
EC = ec.generate_private_key(ec.SECP256R1())
ED25519 = ed25519.Ed25519PrivateKey.generate()


@pytest.mark.parametrize(
    ("secret", "passphrase", "message"),
    [
        (PUBLIC, None, "is a public key"),
        (PUBLIC_PKCS1, None, "is a public key"),
        ("-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----", None, "is a certificate"),
        (EC.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode(), None, "elliptic"),
        (EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(), None, "of another kind"),
        (ED25519.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(), None, "of another kind"),
        (KEY.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode(), None, "ssh-keygen -p -m PEM"),
        (pem()[:400], None, "is cut off"),
        (pem().replace(pem().splitlines()[3], "?"), None, "^api_secret: is PEM text .* may be damaged"),
        ("-----BEGIN DH PARAMETERS-----\nabc\n-----END DH PARAMETERS-----", None, "without a private key"),
        ("abc\n-----END PRIVATE KEY-----", None, "without a private key"),
        (pem(PrivateFormat.PKCS8, ENCRYPTED), None, "passphrase: is missing"),
        (pem(PrivateFormat.TraditionalOpenSSL, ENCRYPTED), None, "passphrase: is missing"),
        (pem(PrivateFormat.PKCS8, ENCRYPTED), "wrong", "^passphrase: does not open"),
        (pem(PrivateFormat.TraditionalOpenSSL, ENCRYPTED), "wrong", "passphrase: does not open"),
        (pem(), "unneeded", "is not encrypted"),
        ("hmac", "unneeded", "is not PEM"),
        ("two words", None, "spaces"),
        ("private.pem", None, "is a file's name"),
        ("my.key", None, "is a file's name"),
        ("MIIEvQ\nIBADAN", None, "line breaks"),
        ("żółw", None, "characters"),
    ],
)
def test_a_wrong_key_is_refused_with_what_is_wrong_with_it(secret: str, passphrase: str | None, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        load_key(secret, passphrase)
    quoted = [line for line in secret.splitlines() if len(line) > 8 and not line.startswith("-----")]
    assert not [line for line in quoted if line in str(caught.value)]


def test_an_rsa_key_without_its_extra_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(InvalidInput, match=r"bybit-v5\[rsa\]"):
        load_key(pem())


def test_a_client_takes_a_passphrase() -> None:
    with Bybit("key", pem(PrivateFormat.PKCS8, ENCRYPTED), passphrase=PASSPHRASE) as bybit:
        assert bybit._caller.credentials.signing_key.sign(b"text") == SIGNED


class TestWhereKeysComeFrom:
    def test_arguments_go_before_the_environment(self) -> None:
        found = load_credentials("argument", "argument", environ={"BYBIT_API_KEY": "variable", "BYBIT_API_SECRET": "v"})
        assert found == load_credentials("argument", "argument", environ={})

    def test_the_environment_serves_both(self) -> None:
        found = load_credentials(environ={"BYBIT_API_KEY": "key", "BYBIT_API_SECRET": "secret"})
        assert found == load_credentials("key", "secret")

    def test_a_file_can_hold_the_secret(self, tmp_path: Path) -> None:
        file = tmp_path / "secret"
        file.write_text("secret\n")
        found = load_credentials(environ={"BYBIT_API_KEY": "key", "BYBIT_API_SECRET_FILE": str(file)})
        assert found == load_credentials("key", "secret")

    def test_a_file_can_hold_an_encrypted_rsa_key(self, tmp_path: Path) -> None:
        file = tmp_path / "key.pem"
        file.write_text(pem(PrivateFormat.PKCS8, ENCRYPTED))
        variables = {
            "BYBIT_API_KEY": "key",
            "BYBIT_API_SECRET_FILE": str(file),
            "BYBIT_API_SECRET_PASSPHRASE": PASSPHRASE,
        }
        assert load_credentials(environ=variables).signing_key.sign(b"text") == SIGNED

    def test_a_file_that_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        variables = {"BYBIT_API_KEY": "key", "BYBIT_API_SECRET_FILE": str(tmp_path / "missing")}
        with pytest.raises(InvalidInput, match=r"BYBIT_API_SECRET_FILE: .* cannot be read: No such file"):
            load_credentials(environ=variables)

    @pytest.mark.parametrize("secret", ["Y" * 36, "-----BEGIN PRIVATE KEY-----\nMIIEvQ", "Y" * 300])
    def test_a_secret_in_place_of_a_path_is_not_quoted(self, secret: str) -> None:
        with pytest.raises(InvalidInput, match=r"BYBIT_API_SECRET_FILE: .* must hold a path") as caught:
            load_credentials(environ={"BYBIT_API_KEY": "key", "BYBIT_API_SECRET_FILE": secret})
        assert secret[:10] not in str(caught.value)

    def test_a_file_that_is_no_text_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "der").write_bytes(b"\xff\xfe\x80")
        variables = {"BYBIT_API_KEY": "key", "BYBIT_API_SECRET_FILE": str(tmp_path / "der")}
        with pytest.raises(InvalidInput, match="it is not text"):
            load_credentials(environ=variables)

    @pytest.mark.parametrize(
        ("variables", "missing"),
        [
            ({}, r"BYBIT_API_KEY\) and its secret \(.*BYBIT_API_SECRET or BYBIT_API_SECRET_FILE"),
            ({"BYBIT_API_KEY": "key"}, r"^Missing: its secret .*BYBIT_API_SECRET"),
            ({"BYBIT_API_SECRET": "secret"}, r"^Missing: the API key .*BYBIT_API_KEY\)\."),
            ({"BYBIT_API_KEY": "", "BYBIT_API_SECRET": ""}, "BYBIT_API_KEY.* and "),
            ({"BYBIT_API_KEY": "  ", "BYBIT_API_SECRET": " \n "}, "BYBIT_API_KEY.* and "),
        ],
    )
    def test_what_is_missing_is_named(self, variables: dict[str, str], missing: str) -> None:
        with pytest.raises(InvalidInput, match=missing):
            load_credentials(environ=variables)

    @pytest.mark.parametrize("path", ["~no-such-user/x", "a\0b"])
    def test_a_path_that_is_none_is_named(self, path: str) -> None:
        with pytest.raises(InvalidInput, match=r"BYBIT_API_SECRET_FILE: .* cannot be read"):
            load_credentials(environ={"BYBIT_API_KEY": "key", "BYBIT_API_SECRET_FILE": path})

    @pytest.mark.parametrize("argument", ["api_key", "api_secret", "passphrase"])
    def test_what_is_no_text_is_named(self, argument: str) -> None:
        keys: dict[str, Any] = {"api_key": "key", "api_secret": "secret", argument: 5}
        with pytest.raises(InvalidInput, match=f"^{argument}: must be a string, not a int"):
            load_credentials(**keys, environ={})

    @pytest.mark.parametrize("content", ["", "  \n"])
    def test_an_empty_file_is_a_missing_secret(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "empty").write_text(content)
        with pytest.raises(InvalidInput, match="Missing: its secret"):
            load_credentials(environ={"BYBIT_API_KEY": "key", "BYBIT_API_SECRET_FILE": str(tmp_path / "empty")})

    def test_a_path_can_begin_at_home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / "secret").write_text("secret")
        found = load_credentials(environ={"BYBIT_API_KEY": "key", "BYBIT_API_SECRET_FILE": "~/secret"})
        assert found == load_credentials("key", "secret")

    def test_a_byte_order_mark_does_no_harm(self, tmp_path: Path) -> None:
        (tmp_path / "bom").write_text("\ufeffsecret", encoding="utf-8")
        found = load_credentials(environ={"BYBIT_API_KEY": "key", "BYBIT_API_SECRET_FILE": str(tmp_path / "bom")})
        assert found == load_credentials("key", "secret")

    def test_a_passphrase_in_the_environment_does_not_disturb_a_key_that_needs_none(self) -> None:
        variables = {"BYBIT_API_SECRET_PASSPHRASE": PASSPHRASE}
        assert load_credentials("key", "secret", environ=variables) == load_credentials("key", "secret")

    @pytest.mark.parametrize("api_key", ["two words", "line\nbreak", "ż"])
    def test_an_api_key_that_no_header_can_carry_is_refused(self, api_key: str) -> None:
        with pytest.raises(InvalidInput, match="api_key"):
            load_credentials(api_key, "secret")
