"""The raw reply that results and errors carry: as it came, without secrets, and no more of it than is worth keeping."""

import json
import pickle
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from bybit_ext import BybitError, CancelAccepted, Evidence, OutcomeUnknown, RedactedReply
from bybit_ext.calls.responses import RawReply, read_reply
from bybit_ext.engines.interface import Reply

KEY = "AbCd+Ef/12=="
LIMIT = 2**16


def redacted(body: bytes, headers: dict[str, str] | None = None, status: int = 200) -> RedactedReply:
    """Return what is kept of a reply, however it is processed."""
    try:
        _, evidence = read_reply(RawReply(Reply(status, headers or {}, body), (KEY,)))
    except BybitError as error:
        evidence = error.evidence
    assert evidence.reply is not None
    return evidence.reply


BODIES = {
    "accepted": b'{"retCode": 0,  "retMsg": "OK", "result": {"nextPageCursor": "a%3D&b\\u0041\\/"}}',
    "refused": b'{"retCode":110001,"retMsg":"order not exists or too late to cancel","result":{}}',
    "a page": "<html>&lt;é%20</html>".encode(),
    "nothing": b"",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_without_a_secret_is_kept_to_the_letter(body: bytes) -> None:
    kept = redacted(body)
    assert (kept.body, kept.is_whole, kept.status_code) == (body.decode(), True, 200)


def test_what_is_not_utf_8_is_shown_as_such() -> None:
    assert redacted(b"\xff<", status=502).body == "\ufffd<"


def as_escapes(text: str) -> str:
    return "".join(f"\\u{ord(letter):04X}" for letter in text)


def as_entities(text: str) -> str:
    return "".join(f"&#x{ord(letter):x};" for letter in text)


def as_percents(text: str) -> str:
    return "".join(f"%{ord(letter):02x}" for letter in text)


WRITINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in upper case": str.upper,
    "in lower case": str.lower,
    "quoted": quote,
    "as PHP writes JSON": lambda text: text.replace("/", r"\/"),
    "in escapes of JSON": as_escapes,
    "in entities": as_entities,
    "in percents": as_percents,
}


@pytest.mark.parametrize("template", ['{"retCode": 0, "x": "%s"}', '{"retCode": 10004, "%s": 1}', "no %s", "%s"])
@pytest.mark.parametrize("write", WRITINGS.values(), ids=WRITINGS)
def test_an_echo_is_redacted_however_it_is_written(write: Callable[[str], str], template: str) -> None:
    written = write(KEY)
    kept = redacted(template.replace("%s", written).encode()).body
    assert "***" in kept
    assert KEY.lower() not in kept.lower()
    assert written.lower() not in kept.lower()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le"])
def test_an_echo_in_another_encoding_is_redacted(encoding: str) -> None:
    kept = redacted(f"no {KEY}".encode(encoding)).body
    assert "***" in kept
    assert KEY not in kept.replace("\0", "")


@pytest.mark.parametrize("field", ["orderId", "orderLinkId"])
def test_an_id_that_is_the_key_is_redacted_in_the_body_alone(field: str) -> None:
    content, evidence = read_reply(RawReply(Reply(200, {}, f'{{"retCode": 0, "{field}": "{KEY}"}}'.encode()), (KEY,)))
    assert content[field] == KEY
    assert KEY not in (evidence.reply or redacted(b"")).body


def test_headers_that_tell_something_are_kept_without_secrets() -> None:
    headers = {"traceid": f"t-{KEY}", "retry-after": "5", "set-cookie": "a=b", "x-echo": KEY, "server": "x" * 5000}
    kept = redacted(b"{}", headers).headers
    assert kept == {"traceid": "t-***", "retry-after": "5", "server": "x" * 200}


@pytest.mark.parametrize(("size", "is_whole"), [(LIMIT, True), (LIMIT + 1, False), (2**20, False)])
def test_of_a_long_body_the_beginning_is_kept(size: int, is_whole: bool) -> None:  # noqa: FBT001
    kept = redacted(b"x" * size, status=502)
    assert kept.is_whole is is_whole
    assert len(kept.body) == (size if is_whole else LIMIT - 1024)


@pytest.mark.parametrize("write", WRITINGS.values(), ids=WRITINGS)
def test_no_part_of_a_secret_shows_where_a_body_is_cut(write: Callable[[str], str]) -> None:
    written = write(KEY)
    for shift in range(1, len(written)):
        body = "-" * (LIMIT - shift) + written
        assert set(redacted(body.encode(), status=502).body) == {"-"}


def test_neither_a_repr_nor_a_comparison_minds_the_body() -> None:
    kept = redacted(b'{"retCode": 0, "x": "something"}')
    for one in (Evidence(reply=kept), CancelAccepted("1", None, reply=kept)):
        assert "something" not in repr(one)
    assert "something" not in repr(kept)
    assert CancelAccepted("1", None, reply=kept) == CancelAccepted("1", None)
    assert hash(CancelAccepted("1", None, reply=kept)) == hash(CancelAccepted("1", None))


def test_it_survives_pickling() -> None:
    error = OutcomeUnknown("no", Evidence(reply=redacted(b'{"retCode": 10016}', {"traceid": "abc"})))
    copy: Any = pickle.loads(pickle.dumps(error))
    assert copy.reply == error.reply


def test_it_is_json_itself() -> None:
    told = redacted(b'{"retCode": 0}', {"traceid": "abc"}).to_dict()
    assert json.loads(json.dumps(told)) == {
        "status_code": 200,
        "headers": {"traceid": "abc"},
        "body": '{"retCode": 0}',
        "is_whole": True,
    }
