"""Every engine, blocking and not, for the same tests."""

import os
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from attrs import frozen

from bybit_ext.engines.tls import TlsSettings

from .senders import AsyncSender, Sender, SyncSender, open_sender, settings_for
from .servers import RawServer, Serve

ENGINES = ("h11", "httptools")
OpenSender = Callable[..., Sender]
OpenServer = Callable[..., RawServer]


@frozen
class Authority:
    """A certificate authority of the tests' own.

    Attributes:
        ca: it.
        file: its certificate, as PEM.
        server: proves to be `localhost` and `127.0.0.1`.
    """

    ca: trustme.CA
    file: Path
    server: ssl.SSLContext

    @property
    def trust(self) -> TlsSettings:
        return TlsSettings(ca_file=str(self.file))

    def server_for(self, name: str) -> ssl.SSLContext:
        """Return what proves to be a host."""
        return server_context(self.ca.issue_cert(name))


def server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """Return what a server proves by a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - it takes pyOpenSSL's, too
    return context


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    ca = trustme.CA()
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    return Authority(ca, file, server_context(ca.issue_cert("localhost", "127.0.0.1")))


@pytest.fixture(autouse=True)
def _no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
            monkeypatch.delenv(name)


@pytest.fixture
def open_server() -> Iterator[OpenServer]:
    """Open a server that serves each connection by a function."""
    opened: list[RawServer] = []

    def open_one(serve: Serve, tls: ssl.SSLContext | None = None) -> RawServer:
        server = RawServer(serve, tls).__enter__()
        opened.append(server)
        return server

    yield open_one
    for server in opened:
        server.__exit__(None, None, None)


def _senders(kind: str) -> Iterator[OpenSender]:
    opened: list[Sender] = []

    def open_one(url: str, **settings: Any) -> Sender:
        sender = open_sender(kind, settings_for(url, **settings))
        opened.append(sender)
        return sender

    yield open_one
    for sender in opened:
        sender.shut_down()


@pytest.fixture(params=[f"{name}-{mode}" for name in ENGINES for mode in ("sync", "async")])
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def sender(kind: str) -> Iterator[OpenSender]:
    """Open what sends by every engine in turn."""
    yield from _senders(kind)


@pytest.fixture(params=ENGINES)
def name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def sync_sender(name: str) -> Iterator[Callable[..., SyncSender]]:
    """Open what sends by every blocking engine in turn."""
    yield from _senders(f"{name}-sync")  # type: ignore[misc]


@pytest.fixture
def async_sender(name: str) -> Iterator[Callable[..., AsyncSender]]:
    """Open what sends by every engine for coroutines in turn."""
    yield from _senders(f"{name}-async")  # type: ignore[misc]
