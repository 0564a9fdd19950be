"""TLS settings, as every engine and the stream use them. Certificates are loaded at the first connection."""

import os
import ssl
from functools import cache
from pathlib import Path
from ssl import SSLContext

from attrs import field, frozen

from bybit_ext.errors import InvalidInput

ClientCert = str | tuple[str, str] | tuple[str, str, str]
"""A PEM file with certificate and key; or (certificate, key); or (certificate, key, the key's passphrase)."""


@frozen
class TlsSettings:
    """How servers prove who they are, and how this machine does.

    Attributes:
        verify: whether servers must prove who they are.
        context: a context of the caller's own, in place of all else; None for none.
        ca_file: a PEM file of the authorities to trust; None for `ca_dir`, or those that certifi ships.
        ca_dir: a folder of the authorities to trust; None for none.
        client_cert: what this machine proves who it is with; None for nothing.
    """

    verify: bool = True
    context: SSLContext | None = None
    ca_file: str | None = None
    ca_dir: str | None = None
    client_cert: tuple[str, str | None, str | None] | None = field(default=None, repr=False)

    def ssl_context(self) -> SSLContext:
        """Return the context, the same each time.

        Raises:
            InvalidInput: a file cannot be used.
        """
        if self.context is not None:
            return self.context
        # One for all clients of the process that have the same settings: loading all authorities takes 10 to 30 ms.
        return _make_context(self)

    @property
    def authorities(self) -> tuple[str | None, str | None]:
        """The file and the folder of the authorities to trust."""
        if self.ca_file or self.ca_dir:
            return self.ca_file, self.ca_dir
        import certifi

        return certifi.where(), None


def read_tls_settings(
    verify: SSLContext | bool | None,  # noqa: FBT001 - the name and the form that httpx gives it
    ca_file: str | Path | None,
    client_cert: ClientCert | None,
    *,
    trust_env: bool,
) -> TlsSettings:
    """Return the TLS settings of a client.

    Args:
        verify: a context of the caller's own; False to verify nothing.
        ca_file: a PEM file of the authorities to trust, else SSL_CERT_FILE or SSL_CERT_DIR, else those of certifi.
        client_cert: what this machine proves who it is with.
        trust_env: whether the two variables are read.

    Raises:
        InvalidInput: they exclude each other, or a file is missing.
    """
    if isinstance(verify, SSLContext):
        if ca_file or client_cert:
            raise InvalidInput("verify: an SSLContext has its own ca_file and client_cert; load them there.")
        return TlsSettings(context=verify)
    _check_file("ca_file", ca_file)
    env_file, env_dir = (
        (os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")) if trust_env else (None, None)
    )
    if ca_file:
        env_dir = None
    else:
        _check_file("SSL_CERT_FILE", env_file)
        _check_folder("SSL_CERT_DIR", env_dir)
    return TlsSettings(
        verify=verify is not False,
        ca_file=str(ca_file) if ca_file else env_file or None,
        ca_dir=env_dir or None,
        client_cert=_read_client_cert(client_cert),
    )


def _read_client_cert(client_cert: ClientCert | None) -> tuple[str, str | None, str | None] | None:
    if client_cert is None:
        return None
    parts: list[str | None] = [client_cert] if isinstance(client_cert, str) else list(client_cert)
    certificate, key, passphrase = [*parts, None, None][:3]
    if not certificate:
        raise InvalidInput("client_cert: must begin with the name of a file.")
    for path in (certificate, key):
        _check_file("client_cert", path)
    return certificate, key, passphrase


def _check_file(name: str, path: str | Path | None) -> None:
    if path and not Path(path).is_file():
        raise InvalidInput(f"{name}: there is no file {str(path)!r}.")


def _check_folder(name: str, path: str | None) -> None:
    if path and not Path(path).is_dir():
        raise InvalidInput(f"{name}: there is no folder {path!r}.")


@cache
def _make_context(settings: TlsSettings) -> SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.authorities[0], capath=settings.authorities[1])
        if not settings.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if settings.client_cert:
            certificate, key, passphrase = settings.client_cert
            context.load_cert_chain(certificate, key, passphrase or "")  # with none, OpenSSL would ask on the terminal
    except (OSError, ValueError) as error:
        names = "ca_file (SSL_CERT_FILE, SSL_CERT_DIR)" + (" or client_cert" if settings.client_cert else "")
        raise InvalidInput(f"{names}: cannot be used: {error}.") from None
    context.set_alpn_protocols(["http/1.1"])
    return context
