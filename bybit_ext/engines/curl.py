"""One connection by libcurl, moved forward in steps that never block; `curl_sync` and `curl_async` wait between them.

libcurl speaks TLS, HTTP and the protocols of proxies. What it would otherwise do by itself is taken from it:

    name lookup, addresses  the socket is opened by `bybit_ext.engines.sockets` and handed over, connected
    a pool of connections   each connection has an easy and a multi handle of its own; a second socket is refused, so
                            libcurl can neither send a request again nor put it on another connection
    waiting, time limits    the multi handle is driven by `socket_action`; the deadline is the driver's
    did anything leave?     PREREQFUNCTION is called just before the first byte of a request: without it nothing left
    the environment         its proxies and certificates do not count here; `EngineSettings` has those that do

When is a request signed (promise 8)? On a connection that stands, just before the step that sends it. While libcurl
still shakes hands (TLS, a proxy), the headers are set anew before every step: the signature that leaves is one step
old, some microseconds, however long the other side takes for its part.

One answer for one request (promise 5), where libcurl does not see to it: OpenSSL reads ahead, so bytes beyond an answer
wait where no watch on the socket shows them; libcurl is made to read once more, which has to bring nothing. And what
comes behind a last chunk in the same bytes is dropped without a word, so an answer in chunks ends its connection.
"""

import os
import select
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pycurl

from bybit_ext.errors import NotSent

from .hosts import Address
from .http1 import decode_body, too_large
from .interface import MAX_REPLY_SIZE, Headers, Lost, Reply, Request, Sign
from .outgoing import RequestHead, check_headers
from .proxies import Proxy
from .settings import EngineSettings
from .sockets import AddressInfo, Route, bytes_received, connect, look_up, not_reached, open_socket
from .tls import TlsSettings

_FEW_STEPS = 32  # after which the bytes on the wire are counted too: libcurl tells of no chunk extensions
_MAX_ON_WIRE = 2 * MAX_REPLY_SIZE  # bytes, with those of TLS and of chunks
_NOT_OURS = ["User-Agent:", "Accept:", "Expect:"]  # headers that libcurl would add
_LONGER = 60  # seconds that libcurl keeps an idle connection longer than the pool does, which decides

# Why an exchange failed. libcurl's own words can quote what the other side sent.
_REASONS = {
    pycurl.E_UNSUPPORTED_PROTOCOL: "what came back is not HTTP",
    pycurl.E_COULDNT_CONNECT: "the connection was closed",
    pycurl.E_FTP_WEIRD_SERVER_REPLY: "what came back is not HTTP",
    pycurl.E_PARTIAL_FILE: "the connection was closed before the answer was complete",
    pycurl.E_GOT_NOTHING: "the connection was closed before an answer came",
    pycurl.E_ABORTED_BY_CALLBACK: "its time was over",
    pycurl.E_SSL_CONNECT_ERROR: "the TLS handshake failed",
    pycurl.E_SEND_ERROR: "the connection was closed while the request left",
    pycurl.E_RECV_ERROR: "the connection was closed before the answer was complete",
    pycurl.E_BAD_CONTENT_ENCODING: "the answer is encoded in a way that was not asked for",
}
_FOR_ANOTHER_HOST = (0, 1, 62, 64)  # OpenSSL's X509_V_OK, …_UNSPECIFIED, …_HOSTNAME_MISMATCH, …_IP_ADDRESS_MISMATCH
_UNUSABLE_FILES = (pycurl.E_SSL_CERTPROBLEM, pycurl.E_SSL_CACERT_BADFILE, pycurl.E_BAD_FUNCTION_ARGUMENT)


def open_curl_socket(settings: EngineSettings, seconds: float) -> tuple[socket.socket, Sequence[AddressInfo]]:
    """Return a connected socket for a `CurlConnection`, and the server's addresses where a proxy wants to be told one.

    Raises:
        NotSent: none could be opened in time.
    """
    deadline = time.monotonic() + seconds
    address, proxy = settings.route.address, _proxy_of(settings.route)
    if proxy is None:
        return open_socket(settings.route, seconds), ()
    infos = look_up(address.host, address.port, seconds) if proxy.scheme == "socks5" else ()
    return connect(proxy.host, proxy.port, deadline - time.monotonic()), infos


def _proxy_of(route: Route) -> Proxy | None:
    """Return the proxy that libcurl has to know of. The tunnel of an http:// one is opened before libcurl begins."""
    return None if route.proxy is None or route.proxy.scheme == "http" else route.proxy


class CurlConnection:
    """A connection over a socket that is connected. It takes the socket over.

    Args:
        settings: how the server is reached.
        opened: the socket.
        infos: the server's addresses, if a proxy is told one; empty if not.

    Attributes:
        fd: libcurl's file descriptor; negative while there is none.
    """

    def __init__(self, settings: EngineSettings, opened: socket.socket, infos: Sequence[AddressInfo]) -> None:
        self._settings = settings
        self._head = RequestHead(settings.route)
        self._opened = opened
        self._is_handed_over = False
        self._stands = not settings.route.address.is_secure and not _proxy_of(settings.route)
        self._has_left = self._can_have_next = False
        self._interest: dict[int, int] = {}
        self._line = ("", "")
        self._headers: Headers = ()
        self._header_lines: list[str] = []
        self._received_head = bytearray()
        self._body: list[bytes] = []
        self._size = self._steps = self._received_before = 0
        self._request = Request("GET", "/")
        self._sign: Sign = tuple
        self._deadline = 0.0
        self.fd = -1
        self._easy = pycurl.Curl()
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, 1)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._note_interest)
        for option, value in _options(settings, infos).items():
            self._easy.setopt(option, value)
        self._easy.setopt(pycurl.OPENSOCKETFUNCTION, self._hand_over)
        self._easy.setopt(pycurl.SOCKOPTFUNCTION, _is_connected)
        self._easy.setopt(pycurl.PREREQFUNCTION, self._leave)
        self._easy.setopt(pycurl.HEADERFUNCTION, self._received_head.extend)
        self._easy.setopt(pycurl.WRITEFUNCTION, self._take)

    # ---- what libcurl calls

    def _hand_over(self, *_: object) -> socket.socket | int:
        is_first, self._is_handed_over = not self._is_handed_over, True
        return self._opened if is_first else pycurl.SOCKET_BAD

    def _note_interest(self, interest: int, fd: int, *_: object) -> None:
        self._interest[fd] = interest

    def _leave(self, *_: object) -> int:
        if self._has_left or time.monotonic() >= self._deadline:
            return pycurl.PREREQFUNC_ABORT
        self._has_left = self._stands = True
        self._received_head.clear()  # those of a proxy that opened a tunnel
        return pycurl.PREREQFUNC_OK

    def _take(self, data: bytes) -> int | None:
        self._size += len(data)
        if self._size > MAX_REPLY_SIZE:
            return 0
        self._body.append(data)
        return None

    # ---- one exchange

    def begin(self, request: Request, sign: Sign, deadline: float) -> None:
        """Begin an exchange, which goes on with the first step.

        Args:
            request: what is sent.
            sign: returns the headers that sign it.
            deadline: monotonic time from which on it must not leave any more.

        Raises:
            InvalidInput: HTTP cannot carry it.
        """
        self._request, self._sign, self._deadline = request, sign, deadline
        self._has_left = False
        self._size = self._steps = 0
        self._received_head.clear()
        self._body.clear()
        easy = self._easy
        line = (request.method, self._head.target(request))
        if line != self._line:
            easy.setopt(pycurl.CUSTOMREQUEST, line[0])
            easy.setopt(pycurl.REQUEST_TARGET, line[1])
            self._line = line
        if request.body or request.method == "POST":
            easy.setopt(pycurl.POSTFIELDS, request.body)
        else:
            easy.setopt(pycurl.HTTPGET, 1)
        self._set_headers()
        self._multi.add_handle(easy)

    def _set_headers(self) -> None:
        headers = self._head.headers(self._request)
        if headers is not self._headers:
            self._headers, self._header_lines = headers, _lines(headers) + _NOT_OURS
            if not any(name.lower() == "content-type" for name, _ in headers):
                self._header_lines.append("Content-Type:")
        self._easy.setopt(pycurl.HTTPHEADER, self._header_lines + _lines(check_headers(self._sign())))

    def step(self, ready: int) -> bool:
        """Go on as far as that is possible without waiting. Return whether the exchange is over.

        Args:
            ready: what the socket is ready for, as a mask of `pycurl.CSELECT_…`; 0 if it is time that has passed.

        Raises:
            NotSent: it cannot go on, and nothing left this machine.
            Lost: it cannot go on, or the answer is too large.
        """
        if not self._stands and ready:
            self._set_headers()
        try:
            _, running = self._multi.socket_action(self.fd if ready else pycurl.SOCKET_TIMEOUT, ready)
        except pycurl.error as error:
            raise self.give_up(f"libcurl's multi handle failed with {error.args[0]}") from None
        if not running:
            return True
        if self.fd < 0:
            self._find_fd()
        self._check_size()
        return False

    def _check_size(self) -> None:
        """Check the size of an answer that takes several steps.

        Raises:
            Lost: it is too large.
        """
        self._steps += 1
        if self._steps == _FEW_STEPS:
            self._received_before = bytes_received(self.fd)
        is_long = self._steps > _FEW_STEPS and bytes_received(self.fd) - self._received_before > _MAX_ON_WIRE
        if is_long or self._size + len(self._received_head) > MAX_REPLY_SIZE:
            raise too_large()

    def _find_fd(self) -> None:
        """Find the duplicate that pycurl made of the socket, among the files that libcurl watches."""
        for fd in self._interest:
            with suppress(OSError):  # libcurl has closed it
                if os.path.sameopenfile(fd, self._opened.fileno()):
                    self._use(fd)
        if self.fd < 0:
            raise self.give_up("libcurl did not take the socket")

    def _use(self, fd: int) -> None:
        self.fd = fd
        self._opened.close()  # pycurl has made a duplicate of it, which programs that are started must not inherit
        if fd >= 0:
            os.set_inheritable(fd, False)

    @property
    def wants_to_write(self) -> bool:
        """Whether the next step needs a socket that takes bytes, not one that has some."""
        return bool(self._interest.get(self.fd, 0) & pycurl.POLL_OUT)

    @property
    def patience(self) -> float | None:
        """Seconds after which a step is due even if the socket is not ready; None if none is."""
        left = self._multi.timeout()
        return None if left < 0 else left / 1000

    def wait(self, seconds: float) -> int:
        """Wait until the socket is ready. Return for what, as a mask of `pycurl.CSELECT_…`; 0 if the time is over."""
        writing = self.wants_to_write
        if not hasattr(select, "poll"):  # Windows
            readable, writable, _ = select.select([self.fd], [self.fd] if writing else [], [], seconds)
            return (pycurl.CSELECT_IN if readable else 0) | (pycurl.CSELECT_OUT if writable else 0)
        poll = select.poll()
        poll.register(self.fd, select.POLLIN | select.POLLOUT if writing else select.POLLIN)
        ready = 0
        for _, events in poll.poll(seconds * 1000):
            ready |= pycurl.CSELECT_OUT if events & select.POLLOUT else 0
            ready |= pycurl.CSELECT_IN if events & ~select.POLLOUT else 0  # an end and an error are read, too
        return ready

    def finish(self) -> Reply:
        """Return the reply of an exchange that is over.

        Raises:
            NotSent: nothing left this machine.
            Lost: something may have.
        """
        _, _, failed = self._multi.info_read()
        active = self._easy.getinfo(pycurl.ACTIVESOCKET)  # negative if libcurl has closed the connection
        if active != self.fd:
            self._use(active)
        self._can_have_next = self.fd >= 0 and self._is_drained()
        self._multi.remove_handle(self._easy)
        if failed:
            raise self._failure(failed[0][1])
        head = _read_head(self._received_head.decode("latin-1"))
        if head is None:
            raise Lost("the connection was closed in the head of the answer")
        status, headers = head
        if "transfer-encoding" in headers:
            self._can_have_next = False  # libcurl drops what it has read beyond the last chunk, and says nothing of it
        return Reply(status, headers, decode_body(headers, b"".join(self._body)))

    def _is_drained(self) -> bool:
        """Return whether nothing beyond the answer has been read ahead by TLS."""
        route, proxy = self._settings.route, _proxy_of(self._settings.route)
        if proxy and not route.has_tunnel:
            return False  # libcurl does not use a connection to a forwarding https:// proxy again
        if not route.address.is_secure and not (proxy and proxy.scheme == "https"):
            return True
        self._easy.setopt(pycurl.CONNECT_ONLY, 1)  # without it, libcurl does not read outside of an exchange
        try:
            self._easy.recv(1)
        except BlockingIOError:
            return True
        except pycurl.error:
            pass
        finally:
            self._easy.setopt(pycurl.CONNECT_ONLY, 0)
        return False

    def start_next(self) -> bool:
        """Return whether the connection can have another request."""
        return self._can_have_next

    def give_up(self, reason: str) -> NotSent | Lost:
        """Return the error of an exchange that ends without a reply.

        Args:
            reason: why, in words.
        """
        if self._has_left:
            return Lost(reason)
        if self._stands:
            return NotSent(f"The request did not leave ({reason}).")
        return not_reached(self._settings.route.address.host, reason)

    def _failure(self, code: int) -> NotSent | Lost:
        if code == pycurl.E_WRITE_ERROR and self._size > MAX_REPLY_SIZE:
            return too_large()
        if code in _UNUSABLE_FILES:
            self._settings.tls.ssl_context()  # says which file it is, and why
        if code == pycurl.E_PEER_FAILED_VERIFICATION:
            is_for_another = self._easy.getinfo(pycurl.SSL_VERIFYRESULT) in _FOR_ANOTHER_HOST
            return self.give_up(f"the certificate is not {'for this host' if is_for_another else 'trusted'}")
        status = self._easy.getinfo(pycurl.HTTP_CONNECTCODE)
        if not self._stands and status:
            return self.give_up(f"the proxy answered {status}")
        return self.give_up(_REASONS.get(code) or f"libcurl error {code}: {pycurl.easy_strerror(code)}")

    def close(self) -> None:
        """Close the connection. Closing twice is safe."""
        self.fd = -1
        if self._easy in self._multi:
            self._multi.remove_handle(self._easy)
        self._multi.close()
        self._easy.close()
        self._opened.close()

    def forget(self) -> None:
        """Close a forked child's copy of the connection, without a word to the server.

        libcurl's number for it stays taken: it closes that number one day, and must not close another file.
        """
        if self.fd >= 0:
            with Path(os.devnull).open("rb") as nothing:
                os.dup2(nothing.fileno(), self.fd, inheritable=False)


def _read_head(text: str) -> tuple[int, dict[str, str]] | None:
    """Return status and headers of the answer that is not an interim one (1xx); None if its head is not complete."""
    *heads, _ = text.replace("\r\n", "\n").split("\n\n")  # trailers come behind, if there are any
    for head in heads:
        status_line, *lines = head.split("\n")
        status = status_line.partition(" ")[2][:3]
        if not status.startswith("1"):
            headers: dict[str, str] = {}
            for line in lines:
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            return int(status), headers
    return None


def _lines(headers: Headers) -> list[str]:
    return [f"{name}: {value}" if value else f"{name};" for name, value in headers]  # libcurl's way to say: empty


def _is_connected(*_: object) -> int:
    return pycurl.SOCKOPT_ALREADY_CONNECTED


def _options(settings: EngineSettings, infos: Sequence[AddressInfo]) -> dict[int, object]:
    """Return what is the same for all exchanges of a connection."""
    address, proxy = settings.route.address, _proxy_of(settings.route)
    known_names = _known_name(address, [str(info[4][0]) for info in infos])
    options: dict[int, object] = {
        pycurl.URL: f"{address.scheme}://{address.host_and_port}/",
        pycurl.NOSIGNAL: 1,
        pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
        pycurl.FOLLOWLOCATION: 0,
        pycurl.MAXAGE_CONN: int(settings.keepalive) + _LONGER,
        pycurl.PROXY: "",
        pycurl.NOPROXY: "",
    }
    if address.is_secure:
        options |= _tls_options(settings.tls)
    if proxy:
        known_names += _known_name(proxy, [])
        options |= _proxy_options(proxy, settings.tls, has_tunnel=settings.route.has_tunnel)
    return {**options, pycurl.RESOLVE: known_names}


def _known_name(target: Address | Proxy, addresses: list[str]) -> list[str]:
    """Return what keeps libcurl from looking a name up.

    The socket is connected already: an address is only a word here, but for a proxy that is told one.
    """
    if ":" in target.host:
        return []  # an IPv6 address is no name
    return [f"{target.host}:{target.port}:{','.join(addresses or ['127.0.0.1'])}"]


def _tls_options(tls: TlsSettings) -> dict[int, object]:
    file, folder = tls.authorities
    options: dict[int, object] = {
        pycurl.SSLVERSION: pycurl.SSLVERSION_TLSv1_2,
        pycurl.SSL_VERIFYPEER: int(tls.verify),
        pycurl.SSL_VERIFYHOST: 2 if tls.verify else 0,
        pycurl.CAINFO: file and os.fsencode(file),  # None too: libcurl has one of its own, which need not exist
        pycurl.CAPATH: folder and os.fsencode(folder),
    }
    if tls.client_cert:
        certificate, key, passphrase = tls.client_cert
        options |= {
            pycurl.SSLCERT: os.fsencode(certificate),
            pycurl.SSLKEY: os.fsencode(key or certificate),
            pycurl.KEYPASSWD: (passphrase or "").encode(
                errors="surrogateescape"
            ),  # with none, OpenSSL would ask on the terminal
        }
    return options


def _proxy_options(proxy: Proxy, tls: TlsSettings, *, has_tunnel: bool) -> dict[int, object]:
    file, folder = tls.authorities
    options: dict[int, object] = {
        pycurl.PROXY: f"{proxy.scheme}://{proxy.host_and_port}",
        pycurl.PROXY_SSLVERSION: pycurl.SSLVERSION_TLSv1_2,
        pycurl.PROXY_SSL_VERIFYPEER: int(tls.verify),
        pycurl.PROXY_SSL_VERIFYHOST: 2 if tls.verify else 0,
        pycurl.PROXY_CAINFO: file and os.fsencode(file),
        pycurl.PROXY_CAPATH: folder and os.fsencode(folder),
    }
    if proxy.credentials and has_tunnel:  # else they are in the head of every request
        user, password = proxy.credentials
        options |= {pycurl.PROXYUSERNAME: user.encode(), pycurl.PROXYPASSWORD: password.encode()}
    return options
