"""Proxies: their settings, tunnels, forwarding, and what becomes of a request that they refuse."""

import re
import select
import socket
import ssl
import time
from base64 import b64encode
from typing import Any

import pytest

from bybit_ext.engines.hosts import Address, parse_base_url
from bybit_ext.engines.interface import Lost, Reply
from bybit_ext.engines.proxies import Proxy, find_proxy, parse_proxy
from bybit_ext.engines.sockets import Route, open_socket
from bybit_ext.errors import InvalidInput, NotSent

from .conftest import Authority, OpenSender, OpenServer
from .senders import CANCEL, KEY, SIGNATURE
from .servers import Peer, RawServer, answering, reply

USER = ("us:er".replace(":", ""), "p@ss w/rd:é")
USERINFO = "user:p%40ss%20w%2Frd%3A%C3%A9"
BASIC = b"Basic " + b64encode(":".join(USER).encode())


def pass_on(peer: Peer, host: str, port: int) -> None:
    """Pass bytes on in both directions, until one side ends. In one thread: a TLS socket is no good for two."""
    with socket.create_connection((host, port), timeout=10) as other:
        targets = {peer.socket: other, other: peer.socket}
        while True:
            has_more = isinstance(peer.socket, ssl.SSLSocket) and peer.socket.pending()
            for source in [peer.socket] if has_more else select.select(list(targets), [], [], 10)[0]:
                data = source.recv(65_536)
                if not data:
                    return
                targets[source].sendall(data)


def tunnel(peer: Peer) -> None:
    """Serve CONNECT."""
    asked = peer.read_request()
    if asked:
        host, port = asked.line.split()[1].decode().rsplit(":", 1)
        peer.send(b"HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n")
        pass_on(peer, host.strip("[]"), int(port))


def forward(peer: Peer) -> None:
    """Answer in place of the server."""
    answering(reply(b'{"retCode":0}', "Via: proxy"))(peer)


# ---- through a tunnel


@pytest.mark.parametrize("userinfo", ["", f"{USERINFO}@"], ids=["anybody", "user"])
def test_a_tunnel_leads_to_the_server(
    sender: OpenSender, open_server: OpenServer, authority: Authority, userinfo: str
) -> None:
    server, proxy = open_server(answering(), authority.server), open_server(tunnel)
    sending = sender(server.url, tls=authority.trust, proxy=f"http://{userinfo}127.0.0.1:{proxy.port}")
    for _ in range(3):
        assert sending.send().status == 200
    assert (proxy.opened, server.opened, len(server.requests)) == (1, 1, 3)
    asked = proxy.requests[0]
    assert asked.line == b"CONNECT localhost:%d HTTP/1.1" % server.port
    assert asked.values(b"Proxy-Authorization") == ([BASIC] if userinfo else [])
    assert KEY.encode() not in asked.head
    assert SIGNATURE.encode() not in asked.head
    assert server.requests[0].line == b"POST /v5/order/cancel HTTP/1.1"
    assert server.requests[0].values(b"Proxy-Authorization") == []


def test_a_tunnel_may_have_little_time(sender: OpenSender, open_server: OpenServer, authority: Authority) -> None:
    server, proxy = open_server(answering(), authority.server), open_server(tunnel)
    sending = sender(server.url, tls=authority.trust, proxy=f"http://127.0.0.1:{proxy.port}")
    # A busy machine may take longer than this once, but not each time.
    assert any(isinstance(sending.attempt(seconds=0.9, fresh=True), Reply) for _ in range(20))


def test_an_ipv6_server_is_named_in_brackets() -> None:
    asked: list[bytes] = []

    def serve(peer: Peer) -> None:
        request = peer.read_request()
        assert request
        asked.append(request.line)

    with RawServer(serve) as proxy:
        route = Route(parse_base_url("https://[::1]:8443"), parse_proxy(f"http://127.0.0.1:{proxy.port}"))
        with pytest.raises(NotSent):
            open_socket(route, 2.0)
    assert asked == [b"CONNECT [::1]:8443 HTTP/1.1"]


REFUSALS = {
    "407": reply(b"who?", "Proxy-Authenticate: Basic realm=x", status="407 Proxy Authentication Required"),
    "502": reply(b"", status="502 Bad Gateway"),
    "300": reply(b"", status="300 Multiple Choices"),
    "302": reply(b"", "Location: http://127.0.0.1:1/", status="302 Found"),
    "101": b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    "no HTTP": b"\x05\xff" * 40 + b"\r\n\r\n",
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\n",
    "too much": b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000,
    "a long head": b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 400_000,
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_tunnel_that_is_refused_is_not_sent(
    sender: OpenSender, open_server: OpenServer, authority: Authority, refusal: str
) -> None:
    server = open_server(answering(), authority.server)

    def serve(peer: Peer) -> None:
        peer.read_request()
        peer.send(REFUSALS[refusal])

    proxy = open_server(serve)
    sending = sender(server.url, tls=authority.trust, proxy=f"http://localhost:{proxy.port}")
    sent = sending.attempt(seconds=2.0)
    assert isinstance(sent, NotSent)
    assert "proxy" in str(sent)
    if (refusal.isdigit() and refusal != "101") or refusal == "too much":
        assert refusal in str(sent)
    assert server.opened == 0
    assert proxy.opened == 1


def test_a_proxy_that_is_silent_is_not_sent_in_time(
    sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    def serve(peer: Peer) -> None:
        peer.socket.recv(65_536)
        peer.drip(b"HTTP/1.1 200 " + b"a" * 200)

    proxy = open_server(serve)
    sending = sender("https://localhost:1", tls=authority.trust, proxy=f"http://127.0.0.1:{proxy.port}")
    assert isinstance(sending.attempt(seconds=0.4), NotSent)


def test_a_proxy_that_floods_is_not_sent_in_time(sender: OpenSender, open_server: OpenServer) -> None:
    def serve(peer: Peer) -> None:
        peer.read_request()
        for _ in range(20_000):
            peer.send(b"HTTP/1.1 100 Continue\r\n\r\n"[:5])
            time.sleep(0.0005)

    sending = sender("https://localhost:1", proxy=f"http://127.0.0.1:{open_server(serve).port}")
    assert isinstance(sending.attempt(seconds=0.3), NotSent)


def test_a_proxy_that_cannot_be_reached_is_not_sent(sender: OpenSender) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    sent = sender("https://localhost:1", proxy=f"http://{USERINFO}@127.0.0.1:{port}").attempt()
    assert isinstance(sent, NotSent)
    assert "p@ss" not in str(sent)


# ---- forwarded


def test_requests_in_clear_text_are_forwarded(sender: OpenSender, open_server: OpenServer) -> None:
    proxy = open_server(forward)
    sending = sender("http://exchange.localhost:8080", proxy=f"http://{USERINFO}@127.0.0.1:{proxy.port}")
    for _ in range(2):
        assert sending.send().headers["via"] == "proxy"
    assert proxy.opened == 1
    received = proxy.requests[1]
    assert received.line == b"POST http://exchange.localhost:8080/v5/order/cancel HTTP/1.1"
    assert received.values(b"Host") == [b"exchange.localhost:8080"]
    assert received.values(b"Proxy-Authorization") == [BASIC]
    assert received.values(b"X-BAPI-API-KEY") == [KEY.encode()]
    assert received.body == CANCEL.body


def test_a_proxy_that_refuses_to_forward_has_answered(sender: OpenSender, open_server: OpenServer) -> None:
    proxy = open_server(answering(REFUSALS["407"]))
    sending = sender("http://exchange.localhost:8080", proxy=f"http://127.0.0.1:{proxy.port}")
    assert sending.send().status == 407


# ---- settings

SECURE, CLEAR = parse_base_url("https://api.bybit.com"), parse_base_url("http://127.0.0.1")


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://proxy", Proxy("proxy", 80)),
        ("HTTP://Proxy:3128/", Proxy("proxy", 3128)),
        ("http://[::1]:3128", Proxy("::1", 3128)),
        (f"http://{USERINFO}@proxy:3128", Proxy("proxy", 3128, USER)),
        ("http://user@proxy", Proxy("proxy", 80, ("user", ""))),
    ],
)
def test_a_proxy_is_read_from_its_url(url: str, proxy: Proxy) -> None:
    assert parse_proxy(url) == proxy


@pytest.mark.parametrize(
    "url",
    [
        "",
        "proxy:3128",
        "ftp://proxy",
        "http://",
        "http://:3128",
        "http://proxy:0",
        "http://proxy:-1",
        "http://proxy:99999",
        "http://proxy:abc",
        "http://pro xy",
        "http://proxy\n",
        "http://[::1",
        "http://user:s3cret@",
        "http://user:s3cret@pro\txy",
        "http://user:s3cret%00@proxy",
        "http://user:s3cret@xn--",
        "http://user:s3cret@a..b",
        "http://user:s3cret@proxy?x",
        "http://user:s3cret@proxy/path",
    ],
)
def test_what_is_no_proxy_is_refused_without_a_quote(url: str) -> None:
    with pytest.raises(InvalidInput, match="must be like") as caught:
        parse_proxy(url)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["https", "socks4", "socks5", "socks5h"])
def test_a_proxy_that_is_not_spoken_is_an_error_that_says_what_speaks_it(scheme: str) -> None:
    hint = re.escape("speaks them: trust_env=False, transport=httpx.HTTPTransport(proxy=...).")
    with pytest.raises(InvalidInput, match=f"not {scheme}:// ones.*{hint}") as caught:
        parse_proxy(f"{scheme}://user:s3cret@proxy")
    assert "s3cret" not in str(caught.value)


def test_a_proxy_that_is_no_text_is_refused() -> None:
    not_text: Any = 8080
    with pytest.raises(InvalidInput, match=r"^proxy: must be a string, not a int\."):
        parse_proxy(not_text)


def test_a_proxy_does_not_show_its_password() -> None:
    assert re.search("p@ss|user|p%40", repr(parse_proxy(f"http://{USERINFO}@proxy:3128"))) is None


@pytest.mark.parametrize(
    ("variables", "address", "host"),
    [
        ({}, SECURE, None),
        ({"HTTPS_PROXY": "http://a"}, SECURE, "a"),
        ({"https_proxy": "http://a"}, SECURE, "a"),
        ({"HTTPS_PROXY": "http://a"}, CLEAR, None),
        ({"HTTP_PROXY": "http://a"}, CLEAR, "a"),
        ({"HTTP_PROXY": "http://a"}, SECURE, None),
        ({"ALL_PROXY": "http://a"}, SECURE, "a"),
        ({"ALL_PROXY": "http://a", "HTTPS_PROXY": "http://b"}, SECURE, "b"),
        ({"HTTPS_PROXY": "a:3128"}, SECURE, "a"),
        ({"HTTPS_PROXY": "http://a", "NO_PROXY": "bybit.com"}, SECURE, None),
        ({"HTTPS_PROXY": "http://a", "NO_PROXY": "other.com"}, SECURE, "a"),
        ({"HTTPS_PROXY": "http://a", "NO_PROXY": "*"}, SECURE, None),
        ({"HTTPS_PROXY": ""}, SECURE, None),
    ],
)
def test_the_environment_says_which_proxy(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], address: Address, host: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    proxy = find_proxy(address)
    assert (proxy and proxy.host) == host


def test_a_bad_variable_is_refused_without_a_quote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "ftp://user:s3cret@a")
    with pytest.raises(InvalidInput, match=r"^HTTPS_PROXY, HTTP_PROXY or ALL_PROXY: ") as caught:
        find_proxy(SECURE)
    assert "s3cret" not in str(caught.value)


def test_the_environments_proxy_is_used(
    sender: OpenSender, open_server: OpenServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, proxy = open_server(answering(), authority.server), open_server(tunnel)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    found = find_proxy(parse_base_url(server.url))
    assert found
    sending = sender(server.url, tls=authority.trust, proxy=f"http://{found.host}:{found.port}")
    assert isinstance(sending.attempt(), Reply)
    assert not isinstance(sending.attempt(), Lost)
    assert proxy.opened == 1
