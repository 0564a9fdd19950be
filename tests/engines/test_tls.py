"""TLS: who is trusted, and by which settings."""

import datetime as dt
import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import certifi
import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from bybit_ext.engines import sockets
from bybit_ext.engines.interface import Lost, Reply
from bybit_ext.engines.tls import TlsSettings, read_tls_settings
from bybit_ext.errors import InvalidInput, NotSent

from .conftest import Authority, OpenSender, OpenServer, server_context
from .servers import answering


def test_an_unknown_authority_is_not_trusted(sender: OpenSender, open_server: OpenServer, authority: Authority) -> None:
    server = open_server(answering(), authority.server)
    for tls in (TlsSettings(), TlsSettings(ca_dir=str(authority.file.parent))):
        sent = sender(server.url, tls=tls).attempt()
        assert isinstance(sent, NotSent)
        assert "localhost" in str(sent)
    assert server.requests == []


def test_another_hosts_certificate_is_not_trusted(
    sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    server = open_server(answering(), authority.server_for("api.bybit.com"))
    sent = sender(server.url, tls=authority.trust).attempt()
    assert isinstance(sent, NotSent)
    assert "not for this host" in str(sent) or "Hostname mismatch" in str(sent)
    assert server.requests == []


def test_a_certificate_that_has_expired_is_not_trusted(
    sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    context = server_context(authority.ca.issue_cert("localhost", not_after=yesterday))
    assert isinstance(sender(open_server(answering(), context).url, tls=authority.trust).attempt(), NotSent)


def test_verify_off_trusts_anybody(sender: OpenSender, open_server: OpenServer) -> None:
    server = open_server(answering(), server_context(trustme.CA().issue_cert("elsewhere.example")))
    assert sender(server.url, tls=TlsSettings(verify=False)).send().status == 200


def test_an_ip_address_is_verified(sender: OpenSender, open_server: OpenServer, authority: Authority) -> None:
    server = open_server(answering(), authority.server)
    url = f"https://127.0.0.1:{server.port}"
    assert sender(url, tls=authority.trust).send().status == 200
    other = open_server(answering(), authority.server_for("127.0.0.2"))
    assert isinstance(sender(f"https://127.0.0.1:{other.port}", tls=authority.trust).attempt(), NotSent)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl names the files of such a folder")
def test_a_folder_of_authorities_is_trusted(
    sender: OpenSender, open_server: OpenServer, authority: Authority, tmp_path: Path
) -> None:
    openssl = subprocess.run(
        ["openssl", "x509", "-hash", "-noout", "-in", str(authority.file)], capture_output=True, text=True, check=True
    )
    (tmp_path / f"{openssl.stdout.strip()}.0").write_bytes(authority.file.read_bytes())
    server = open_server(answering(), authority.server)
    assert sender(server.url, tls=TlsSettings(ca_dir=str(tmp_path))).send().status == 200


def test_old_versions_are_refused(sender: OpenSender, open_server: OpenServer, authority: Authority) -> None:
    old = authority.server_for("localhost")
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    assert isinstance(sender(open_server(answering(), old).url, tls=authority.trust).attempt(), NotSent)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_today_s_versions_are_spoken(
    sender: OpenSender, open_server: OpenServer, authority: Authority, version: ssl.TLSVersion
) -> None:
    context = authority.server_for("localhost")
    context.minimum_version = context.maximum_version = version
    server = open_server(answering(), context)
    sending = sender(server.url, tls=authority.trust)
    assert [sending.send().status for _ in range(3)] == [200] * 3
    assert server.opened == 1


def test_a_name_may_end_with_a_dot(
    sender: OpenSender, open_server: OpenServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = authority.server_for("exchange.example")
    asked: list[str | None] = []
    context.sni_callback = lambda _, name, __: asked.append(name)
    server = open_server(answering(), context)

    def getaddrinfo(*_: object, **__: object) -> list[sockets.AddressInfo]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]

    monkeypatch.setattr(sockets, "getaddrinfo", getaddrinfo)
    assert sender("https://exchange.example.", tls=authority.trust).send().status == 200
    assert server.requests[0].values(b"Host") == [b"exchange.example."]
    assert asked == ["exchange.example"]  # RFC 6066, section 3: without the dot


# ---- the client's own certificate


@pytest.fixture
def strict_server(authority: Authority) -> ssl.SSLContext:
    """Want a certificate of the client."""
    context = authority.server_for("localhost")
    context.load_verify_locations(authority.file)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.fixture
def client_files(authority: Authority, tmp_path: Path) -> tuple[str, str]:
    """Return the client's certificate and key."""
    issued = authority.ca.issue_cert("client@example.com")
    certificate, key = tmp_path / "client.pem", tmp_path / "client.key"
    issued.cert_chain_pems[0].write_to_path(str(certificate))
    issued.private_key_pem.write_to_path(str(key))
    return str(certificate), str(key)


def _encrypt(key: str, passphrase: bytes) -> str:
    private = load_pem_private_key(Path(key).read_bytes(), None)
    encrypted = Path(key).with_suffix(".encrypted")
    encrypted.write_bytes(
        private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(passphrase))
    )
    return str(encrypted)


@pytest.mark.parametrize("form", ["two files", "one file", "passphrase"])
def test_a_client_certificate_is_shown(
    sender: OpenSender,
    open_server: OpenServer,
    authority: Authority,
    strict_server: ssl.SSLContext,
    client_files: tuple[str, str],
    form: str,
) -> None:
    certificate, key = client_files
    both = Path(certificate).with_name("both.pem")
    both.write_text(Path(key).read_text() + Path(certificate).read_text())
    given = {
        "two files": (certificate, key, None),
        "one file": (str(both), None, None),
        "passphrase": (certificate, _encrypt(key, b"open sesame"), "open sesame"),
    }[form]
    tls = TlsSettings(ca_file=str(authority.file), client_cert=given)
    assert sender(open_server(answering(), strict_server).url, tls=tls).send().status == 200


def test_without_a_client_certificate_there_is_no_answer(
    sender: OpenSender, open_server: OpenServer, authority: Authority, strict_server: ssl.SSLContext
) -> None:
    server = open_server(answering(), strict_server)
    assert isinstance(sender(server.url, tls=authority.trust).attempt(), NotSent | Lost)
    assert server.requests == []


@pytest.mark.parametrize("passphrase", [None, "wrong"])
def test_a_key_that_cannot_be_read_is_invalid_and_nobody_is_asked(
    sender: OpenSender,
    open_server: OpenServer,
    authority: Authority,
    client_files: tuple[str, str],
    passphrase: str | None,
) -> None:
    certificate, key = client_files
    client_cert = (certificate, _encrypt(key, b"open sesame"), passphrase)
    tls = TlsSettings(ca_file=str(authority.file), client_cert=client_cert)
    sent = sender(open_server(answering(), authority.server).url, tls=tls).attempt(seconds=2.0)
    assert isinstance(sent, InvalidInput)
    assert "client_cert" in str(sent)


def test_files_that_hold_no_certificates_are_invalid(
    sender: OpenSender, open_server: OpenServer, authority: Authority, tmp_path: Path
) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("nonsense")
    server = open_server(answering(), authority.server)
    for tls in (
        TlsSettings(ca_file=str(nonsense)),
        TlsSettings(ca_file=str(authority.file), client_cert=(str(nonsense), None, None)),
        TlsSettings(ca_file=str(tmp_path / "missing.pem")),
    ):
        assert isinstance(sender(server.url, tls=tls).attempt(), InvalidInput)


# ---- settings


def test_a_context_of_the_callers_own_is_taken(
    sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    context = ssl.create_default_context(cafile=str(authority.file))
    server = open_server(answering(), authority.server)
    assert isinstance(sender(server.url, tls=TlsSettings(context=context)).attempt(), Reply)


def test_the_variables_say_whom_to_trust(
    sender: OpenSender, open_server: OpenServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    server = open_server(answering(), authority.server)
    tls = read_tls_settings(None, None, None, trust_env=True)
    assert sender(server.url, tls=tls).send().status == 200
    tls = read_tls_settings(None, None, None, trust_env=False)
    assert isinstance(sender(server.url, tls=tls).attempt(), NotSent)


def test_a_given_file_goes_before_the_variables(
    monkeypatch: pytest.MonkeyPatch, authority: Authority, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "missing"))
    tls = read_tls_settings(None, authority.file, None, trust_env=True)
    assert tls.authorities == (str(authority.file), None)


def test_without_a_file_certifi_says_whom_to_trust() -> None:
    assert read_tls_settings(None, None, None, trust_env=True).authorities == (certifi.where(), None)


def test_a_folder_of_the_variables_is_trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert read_tls_settings(None, None, None, trust_env=True).authorities == (None, str(tmp_path))
    assert read_tls_settings(None, None, None, trust_env=False).authorities == (certifi.where(), None)


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_a_variable_that_names_nothing_is_invalid(
    monkeypatch: pytest.MonkeyPatch, variable: str, tmp_path: Path
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "missing"))
    with pytest.raises(InvalidInput, match=f"^{variable}: "):
        read_tls_settings(None, None, None, trust_env=True)


def test_a_missing_file_is_invalid(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")
    with pytest.raises(InvalidInput, match="ca_file"):
        read_tls_settings(None, missing, None, trust_env=False)
    for client_cert in (missing, (missing, missing), (str(__file__), missing)):
        with pytest.raises(InvalidInput, match=r"^client_cert: "):
            read_tls_settings(None, None, client_cert, trust_env=False)
    with pytest.raises(InvalidInput, match="client_cert"):
        read_tls_settings(None, None, "", trust_env=False)


def test_a_context_has_its_own_files(authority: Authority) -> None:
    with pytest.raises(InvalidInput, match="SSLContext"):
        read_tls_settings(ssl.create_default_context(), authority.file, None, trust_env=True)


def test_the_settings_do_not_show_the_passphrase() -> None:
    assert "sesame" not in repr(TlsSettings(client_cert=("a", "b", "sesame")))
