"""An API key with its signing key, and where the two come from."""

import os
from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from bybit_ext.errors import InvalidInput

from .keys import SigningKey, load_key
from .redaction import LocalsCleared

API_KEY = "BYBIT_API_KEY"
API_SECRET = "BYBIT_API_SECRET"  # noqa: S105 - the variable's name
API_SECRET_FILE = "BYBIT_API_SECRET_FILE"  # noqa: S105
API_SECRET_PASSPHRASE = "BYBIT_API_SECRET_PASSPHRASE"  # noqa: S105


def _validate_api_key(_: object, __: object, api_key: str) -> None:
    if not api_key or not api_key.isascii() or not api_key.isprintable() or " " in api_key:
        raise InvalidInput("api_key: is empty or has characters that no API key of Bybit's has.")


@frozen
class Credentials:
    """An API key and what signs for it. Neither shows in its repr.

    Attributes:
        api_key: the key's name at the exchange.
        signing_key: what signs: see `bybit_ext.auth.keys.load_key`.
    """

    api_key: str = field(repr=False, validator=_validate_api_key)
    signing_key: SigningKey = field(repr=False)


def load_credentials(
    api_key: str | None = None,
    api_secret: str | None = None,
    passphrase: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Credentials:
    """Take the keys from the arguments, else from the environment.

    Args:
        api_key: the API key, else BYBIT_API_KEY.
        api_secret: its secret, or its RSA private key as PEM; else BYBIT_API_SECRET, else the content of the file that
            BYBIT_API_SECRET_FILE names.
        passphrase: of an encrypted RSA key, else BYBIT_API_SECRET_PASSPHRASE.
        environ: where the variables are looked up.

    Raises:
        InvalidInput: one of them is missing or cannot be used; the message names the argument and the variable.

    Source: https://bybit-exchange.github.io/docs/v5/guide#authentication
    """
    try:
        with LocalsCleared():
            return _load_credentials(api_key, api_secret, passphrase, environ)
    finally:
        del api_key, api_secret, passphrase, environ  # a traceback keeps the local variables of this frame too


def _load_credentials(
    api_key: str | None, api_secret: str | None, passphrase: str | None, environ: Mapping[str, str]
) -> Credentials:
    given: dict[str, object] = {"api_key": api_key, "api_secret": api_secret, "passphrase": passphrase}
    for name, value in given.items():
        if not isinstance(value, str | None):
            raise InvalidInput(f"{name}: must be a string, not a {type(value).__name__}.")
    api_key = (api_key or environ.get(API_KEY) or "").strip()
    api_secret = (api_secret or environ.get(API_SECRET) or "").strip() or _read_secret_file(
        environ.get(API_SECRET_FILE)
    )
    missing = [
        *([] if api_key else [f"the API key (api_key= or {API_KEY})"]),
        *([] if api_secret else [f"its secret (api_secret=, {API_SECRET} or {API_SECRET_FILE})"]),
    ]
    if missing:
        raise InvalidInput(f"Missing: {' and '.join(missing)}.")
    if not passphrase and "ENCRYPTED" in api_secret:
        passphrase = environ.get(API_SECRET_PASSPHRASE)
    return Credentials(api_key, load_key(api_secret, passphrase or None))


def _read_secret_file(path: str | None) -> str:
    if not path:
        return ""
    try:
        return Path(path).expanduser().read_text(encoding="utf-8-sig").strip()
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text, or not a path"
    # Not the path itself: people put the secret there in its place.
    raise InvalidInput(
        f"{API_SECRET_FILE}: the file that it names cannot be read: {reason}. It must hold a path; the secret itself "
        f"belongs into {API_SECRET}."
    )
