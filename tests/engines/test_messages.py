"""What leaves and what comes back: byte for byte, and nothing else (promise 6)."""

import pytest

from bybit_ext.engines.interface import Reply, Request
from bybit_ext.errors import InvalidInput

from .conftest import Authority, OpenSender, OpenServer
from .senders import CANCEL, KEY, READ, SIGNATURE
from .servers import Peer, answering, answering_once, chunked, reply


def test_headers_and_body_arrive_byte_for_byte(sender: OpenSender, open_server: OpenServer) -> None:
    server = open_server(answering())
    body = '{"symbol":"BTCUSDT","orderLinkId":"é—\0 \r\n\r\n"}'.encode()
    request = Request("POST", "/v5/order/cancel", (("Content-Type", "application/json"), ("Referer", "a, b;c")), body)
    sender(server.url).send(request)
    received = server.requests[0]
    assert received.line == b"POST /v5/order/cancel HTTP/1.1"
    assert received.body == body
    assert sorted(received.head.split(b"\r\n")[1:-2]) == sorted(
        [
            b"Host: 127.0.0.1:%d" % server.port,
            b"Accept-Encoding: identity",
            b"Content-Type: application/json",
            b"Referer: a, b;c",
            b"X-BAPI-API-KEY: " + KEY.encode(),
            b"X-BAPI-SIGN: " + SIGNATURE.encode(),
            b"Content-Length: %d" % len(body),
        ]
    )


def test_a_read_has_no_body_and_no_type(sender: OpenSender, open_server: OpenServer) -> None:
    server = open_server(answering())
    sending = sender(server.url)
    sending.send(CANCEL)  # on the same connection, lest anything of it stays
    sending.send(READ)
    head = server.requests[1].head.lower()
    assert head.startswith(b"get /v5/order/realtime?category=linear&symbol=btcusdt http/1.1\r\n")
    assert b"content-" not in head
    assert b"expect" not in head


def test_a_post_without_a_body_says_so(sender: OpenSender, open_server: OpenServer) -> None:
    server = open_server(answering())
    sender(server.url).send(Request("POST", "/v5/order/cancel"))
    assert server.requests[0].values(b"Content-Length") == [b"0"]
    assert server.requests[0].values(b"Content-Type") == []


def test_a_large_body_is_sent_without_asking(sender: OpenSender, open_server: OpenServer) -> None:
    server = open_server(answering())
    sender(server.url).send(Request("POST", "/v5/order/cancel-batch", (), b"x" * 2_000_000))
    assert server.requests[0].values(b"Expect") == []
    assert len(server.requests[0].body) == 2_000_000


@pytest.mark.parametrize(
    "target",
    [
        "/v5/../a/./b//c",
        '/v5?a=%41%zz&b=[]{}|^`\\"<>',
        "/v5?cursor=a%3D%2B%2F&x=+",
        "/?",
        "//host/path",
        "/v5#fragment",
        "/" + "a" * 60_000,
        "/@:!$&'()*+,;=~",
    ],
)
def test_a_target_arrives_as_it_is(sender: OpenSender, open_server: OpenServer, target: str) -> None:
    server = open_server(answering())
    sender(server.url).send(Request("GET", target))
    assert server.requests[0].line == f"GET {target} HTTP/1.1".encode()


@pytest.mark.parametrize("value", ["", "a", "a  b\tc", ";", "a;", '"quoted"', "a:b", "~" * 8000])
def test_a_header_arrives_as_it_is(sender: OpenSender, open_server: OpenServer, value: str) -> None:
    server = open_server(answering())
    sender(server.url).send(Request("GET", "/", (("X-Mine", value), ("Accept", "a/b"), ("User-Agent", "me"))))
    received = server.requests[0]
    assert received.values(b"X-Mine") == [value.encode()]
    assert received.values(b"Accept") == [b"a/b"]
    assert received.values(b"User-Agent") == [b"me"]


UNSENDABLE = [
    Request("GET", "/", (("X-Mine", "a\r\nX-Other: b"),)),
    Request("GET", "/", (("X-Mine", "a\nb"),)),
    Request("GET", "/", (("X-Mine", "a\nX-Other:b"),)),
    Request("GET", "/", (("X-Mine", "a\nX-Other\0b"),)),
    Request("GET", "/", (("X-Mine\0a\nX-Other", "b"),)),
    Request("GET", "/", (("X-Mine", "a\0b"),)),
    Request("GET", "/", (("X-Mine", "é"),)),
    Request("GET", "/", (("X-Mine", " a"),)),
    Request("GET", "/", (("X-Mine", "a "),)),
    Request("GET", "/", (("X-Mine", " "),)),
    Request("GET", "/", (("X Mine", "a"),)),
    Request("GET", "/", (("X:Mine", "a"),)),
    Request("GET", "/", (("", "a"),)),
    Request("GET", "/", (("é", "a"),)),
    Request("GET", "/a b"),
    Request("GET", "/a\r\nX-Other: b"),
    Request("GET", "/é"),
    Request("GET", ""),
    Request("G T", "/"),
    Request("", "/"),
    Request("GET\r\n", "/"),
]


@pytest.mark.parametrize("request_", UNSENDABLE)
def test_what_http_cannot_carry_is_refused(sender: OpenSender, open_server: OpenServer, request_: Request) -> None:
    server = open_server(answering())
    sending = sender(server.url)
    for _ in range(2):
        assert isinstance(sending.attempt(request_), InvalidInput)
        sending.send(READ)
    assert [one.line.split()[0] for one in server.requests] == [b"GET", b"GET"]


def test_a_signature_that_http_cannot_carry_is_not_shown(sender: OpenSender, open_server: OpenServer) -> None:
    sent = sender(open_server(answering()).url).attempt(sign=lambda: (("X-BAPI-SIGN", f"{SIGNATURE}\n"),))
    assert isinstance(sent, InvalidInput)
    assert SIGNATURE not in f"{sent!r} {sent.__context__!r} {sent.__cause__!r}"


def test_a_signature_that_fails_is_raised_and_nothing_leaves(
    sender: OpenSender, open_server: OpenServer, authority: Authority
) -> None:
    def sign() -> tuple[()]:
        raise InvalidInput("clock: raised OSError.")

    for server in (open_server(answering()), open_server(answering(), authority.server)):
        sending = sender(server.url, tls=authority.trust)
        assert "clock" in str(sending.attempt(sign=sign))
        sending.send()
        assert "clock" in str(sending.attempt(sign=sign))
        sending.send()
        assert len(server.requests) == 2


# ---- answers


def test_headers_and_body_come_back_byte_for_byte(sender: OpenSender, open_server: OpenServer) -> None:
    body = bytes(range(256)) * 4
    lines = ["Traceid: 2f0c", "Timenow:1672217377164", "X-Padded:   a b  ", "X-Empty:", "X-Latin: \xe9", "X-Colon: a:b"]
    server = open_server(answering(reply(body, *lines)))
    answer = sender(server.url).send()
    assert answer.status == 200
    assert answer.body == body
    assert dict(answer.headers) == {
        "content-length": "1024",
        "traceid": "2f0c",
        "timenow": "1672217377164",
        "x-padded": "a b",
        "x-empty": "",
        "x-latin": "\xe9",
        "x-colon": "a:b",
    }


def test_chunks_are_put_together(sender: OpenSender, open_server: OpenServer) -> None:
    data = chunked(b'{"ret', b'Code"', b":0}") + b"0\r\nX-Trailer: a\r\n\r\n"
    answer = sender(open_server(answering(data)).url).send()
    assert answer.body == b'{"retCode":0}'
    assert "x-trailer" not in answer.headers


@pytest.mark.parametrize("size", [1, 7, 64])
def test_an_answer_may_come_in_pieces(
    sender: OpenSender, open_server: OpenServer, authority: Authority, size: int
) -> None:
    data = b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + reply(b"x" * 200, "Traceid: 2f0c")

    def serve(peer: Peer) -> None:
        while peer.read_request():
            for start in range(0, len(data), size):
                peer.send(data[start : start + size])

    for server in (open_server(serve), open_server(serve, authority.server)):
        sending = sender(server.url, tls=authority.trust)
        for _ in range(2):
            answer = sending.send()
            assert answer.body == b"x" * 200
            assert answer.headers["traceid"] == "2f0c"
        assert server.opened == 1


def test_interim_answers_are_passed_over(sender: OpenSender, open_server: OpenServer) -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nTraceid: interim\r\n\r\n"
    answer = sender(open_server(answering(interim + reply(b"{}", status="201 Created"))).url).send()
    assert answer.status == 201
    assert answer.body == b"{}"
    assert "traceid" not in answer.headers


@pytest.mark.parametrize("status", ["200", "204 No Content", "304 Not Modified", "401 ", "404 Not Found", "599 \xe9"])
def test_a_status_comes_back(sender: OpenSender, open_server: OpenServer, status: str) -> None:
    body = b"" if status[:3] in ("204", "304") else b"x"
    server = open_server(answering(reply(body, status=status)))
    answer = sender(server.url).send()
    assert (answer.status, answer.body) == (int(status[:3]), body)


def test_a_body_that_looks_like_a_head_stays_a_body(sender: OpenSender, open_server: OpenServer) -> None:
    body = b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"
    answer = sender(open_server(answering(reply(body))).url).send()
    assert (answer.status, answer.body) == (200, body)


def test_a_header_that_looks_like_a_status_line_stays_a_header(sender: OpenSender, open_server: OpenServer) -> None:
    data = b"HTTP/1.1 200 OK\r\nHTTP/1.1 100 Continue: a\r\nContent-Length: 2\r\n\r\n{}"
    answer = sender(open_server(answering_once(data)).url).attempt()
    assert not isinstance(answer, Reply) or (answer.status, answer.body) == (200, b"{}")


# ---- nothing of its own


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_no_redirect_is_followed(sender: OpenSender, open_server: OpenServer, status: str) -> None:
    other = open_server(answering())
    server = open_server(answering(reply(b"", f"Location: {other.url}/there", status=status)))
    assert sender(server.url).send().status == int(status[:3])
    assert (len(server.requests), other.opened) == (1, 0)


@pytest.mark.parametrize("status", ["401 Unauthorized", "407 Proxy Authentication Required", "417 Expectation Failed"])
def test_no_request_is_made_again(sender: OpenSender, open_server: OpenServer, status: str) -> None:
    headers = ("WWW-Authenticate: Basic", "Proxy-Authenticate: Basic", "Retry-After: 0")
    server = open_server(answering(reply(b"", *headers, status=status)))
    assert sender(server.url).send().status == int(status[:3])
    assert len(server.requests) == 1


def test_no_cookie_is_kept(sender: OpenSender, open_server: OpenServer) -> None:
    server = open_server(answering(reply(b"", "Set-Cookie: a=b; Path=/", 'Alt-Svc: h2=":1"')))
    sending = sender(server.url)
    for fresh in (False, False, True):
        sending.send(fresh=fresh)
    assert [one.values(b"Cookie") for one in server.requests] == [[], [], []]


def test_no_settings_of_other_programs_are_read(
    sender: OpenSender,
    open_server: OpenServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Neither passwords for the host, nor proxies: those that count were read before."""
    home = tmp_path_factory.mktemp("home")
    (home / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    server = open_server(answering())
    sender(server.url).send(READ)
    assert server.requests[0].values(b"Authorization") == []
    assert server.requests[0].values(b"User-Agent") == []


def test_a_reply_does_not_show_what_came_back(sender: OpenSender, open_server: OpenServer) -> None:
    answer = sender(open_server(answering(reply(KEY.encode(), f"X-Echo: {SIGNATURE}"))).url).send()
    assert repr(answer) == "Reply(status=200)"
