"""The two kinds of Bybit key, told apart by the text of the secret.

A system-generated key signs with HMAC-SHA256. A self-generated one signs with RSA: its secret is a private key, as PEM.
Source: https://bybit-exchange.github.io/docs/v5/guide#authentication
"""

import base64
import hmac
import re
from typing import TYPE_CHECKING, Protocol

from attrs import field, frozen

from bybit_ext.errors import InvalidInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


class SigningKey(Protocol):
    """Signs bytes for Bybit."""

    def sign(self, text: bytes) -> str:
        """Return the signature, as it stands in the header."""
        ...


@frozen
class HmacKey:
    """A system-generated key: HMAC-SHA256, as lower-case hex."""

    _secret: bytes = field(repr=False)

    def sign(self, text: bytes) -> str:
        """Return the signature, as it stands in the header."""
        return hmac.digest(self._secret, text, "sha256").hex()


@frozen
class RsaKey:
    """A self-generated key: RSA PKCS#1 v1.5 with SHA-256, as base64."""

    _private_key: "RSAPrivateKey" = field(repr=False)

    def sign(self, text: bytes) -> str:
        """Return the signature, as it stands in the header."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        return base64.b64encode(self._private_key.sign(text, PKCS1v15(), SHA256())).decode()


_LABEL = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
_READABLE = ("PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY")
_PUBLIC = "is a public key; that one belongs on Bybit's site, the private key that was made with it belongs here"
_UNREADABLE = {
    "PUBLIC KEY": _PUBLIC,
    "RSA PUBLIC KEY": _PUBLIC,
    "CERTIFICATE": "is a certificate, not a private key",
    "EC PRIVATE KEY": "is an elliptic-curve key; Bybit takes RSA keys",
    "OPENSSH PRIVATE KEY": "is an OpenSSH key; `ssh-keygen -p -m PEM -f FILE` rewrites it as PEM",
}


def load_key(secret: str, passphrase: str | None = None) -> SigningKey:
    r"""Make a key of its secret's text: RSA if it is PEM (`\n` may be written out, in one line), else HMAC.

    Raises:
        InvalidInput: the text is no key that Bybit takes; the message says what is wrong with it, never what it is.
    """
    if "-----" in secret:
        return _load_rsa_key(secret.replace("\\n", "\n").strip(), passphrase)
    if passphrase is not None:
        raise InvalidInput("passphrase: is for an encrypted PEM key, but api_secret is not PEM text.")
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise InvalidInput("api_secret: has spaces, line breaks or other characters that no secret of Bybit's has.")
    if secret.endswith((".pem", ".key")):
        raise InvalidInput("api_secret: is a file's name; BYBIT_API_SECRET_FILE takes one.")
    return HmacKey(secret.encode())


def _load_rsa_key(pem: str, passphrase: str | None) -> RsaKey:
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as error:
        raise InvalidInput("api_secret: is an RSA key, which needs: pip install 'bybit-v5[rsa]'.") from error

    _validate_pem(pem, passphrase)
    try:
        key = load_pem_private_key(pem.encode(), passphrase.encode() if passphrase is not None else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # `from None`: the library's message may quote the key's text.
        what = "passphrase: does not open this key, or api_secret" if passphrase is not None else "api_secret:"
        raise InvalidInput(f"{what} is PEM text that cannot be read as a private key; it may be damaged.") from None
    if not isinstance(key, RSAPrivateKey):
        raise InvalidInput("api_secret: is a private key of another kind; Bybit takes RSA keys.")
    return RsaKey(key)


def _validate_pem(pem: str, passphrase: str | None) -> None:
    """Find what can be told from outside the key: its label, its end, whether it is encrypted."""
    labels = _LABEL.findall(pem)
    label = next((label for label in labels if label in _READABLE), None)
    if not label:
        problems = [_UNREADABLE[label] for label in labels if label in _UNREADABLE]
        raise InvalidInput(f"api_secret: {next(iter(problems), 'is PEM text without a private key in it')}.")
    if f"-----END {label}-----" not in pem:
        raise InvalidInput(f"api_secret: is cut off; the line -----END {label}----- is missing.")
    encrypted = label.startswith("ENCRYPTED") or "Proc-Type: 4,ENCRYPTED" in pem
    if encrypted and passphrase is None:
        raise InvalidInput("passphrase: is missing, and api_secret is an encrypted key (BYBIT_API_SECRET_PASSPHRASE).")
    if passphrase is not None and not encrypted:
        raise InvalidInput("passphrase: was given, but api_secret is not encrypted.")
