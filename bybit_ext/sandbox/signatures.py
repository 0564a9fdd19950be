"""The exchange's side of signing: does a signature belong to these bytes and this key?

This does not use bybit_ext.auth: a mistake there must not confirm itself here.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable

Verify = Callable[[bytes, str], bool]
"""Returns whether a signature belongs to these bytes."""


def verifier(secret: str) -> Verify:
    """Return what verifies the signatures of a key.

    Args:
        secret: what its account registered: an HMAC secret, or an RSA public key as PEM.

    Raises:
        TypeError: it is a public key of another kind.
    """
    return _rsa_verifier(secret) if secret.startswith("-----BEGIN") else _hmac_verifier(secret)


def _hmac_verifier(secret: str) -> Verify:
    def verify(text: bytes, signature: str) -> bool:
        wanted = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
        return hmac.compare_digest(wanted.encode(), signature.encode())

    return verify


def _rsa_verifier(public_key: str) -> Verify:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key = load_pem_public_key(public_key.encode())
    if not isinstance(key, RSAPublicKey):
        raise TypeError("public_key: must be an RSA key")

    def verify(text: bytes, signature: str) -> bool:
        try:
            key.verify(base64.b64decode(signature, validate=True), text, PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True

    return verify
