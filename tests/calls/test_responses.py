"""Each answer comes out as what it says, sync and async alike."""

import gzip
import json
import time
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from bybit_v5.api.market import get_server_time
from bybit_v5.api.trade import cancel_order, get_orders
from bybit_v5.models import CancelByOrderId, CancelByOrderLinkId

from bybit_ext import (
    AuthenticationFailed,
    Bybit,
    BybitError,
    CancelAccepted,
    ClockError,
    Forbidden,
    InvalidInput,
    InvalidRequest,
    NotCancellable,
    NotSent,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
    RateLimit,
    RateLimited,
    Refused,
)
from bybit_ext.calls.responses import RawReply, process_response, read_reply
from bybit_ext.engines.interface import Reply
from bybit_ext.results import Evidence
from tests.conftest import API_KEY, API_SECRET, Cancel, answering

BY_ID = CancelByOrderId("linear", "BTCUSDT", "id-1")
BY_LINK_ID = CancelByOrderLinkId("linear", "BTCUSDT", "link-1")
BY_BOTH = CancelByOrderId("linear", "BTCUSDT", "id-1", order_link_id="link-1")


def raw_reply(body: bytes, status: int = 200, *, is_answer: bool = True) -> RawReply:
    return RawReply(Reply(status, {}, body, is_answer=is_answer), (API_KEY,), timestamp=5, sends=3)


class TestReply:
    def test_an_accepted_one_is_its_json_and_its_evidence(self) -> None:
        content, evidence = read_reply(raw_reply(b'{"retCode": 0, "retMsg": "OK", "result": [1]}'))
        assert content == {"retCode": 0, "retMsg": "OK", "result": [1]}
        assert evidence == Evidence(ret_code=0, ret_msg="OK", status_code=200, timestamp=5, sends=3)

    def test_what_it_echoes_is_redacted(self) -> None:
        content, _ = read_reply(raw_reply(f'{{"retCode": 0, "result": {{"note": "of {API_KEY}"}}}}'.encode()))
        assert content["result"] == {"note": "of ***"}

    @pytest.mark.parametrize(
        ("status", "body", "is_answer", "kind"),
        [
            (403, b"", True, Forbidden),
            (403, b'{"retCode": 10006}', True, Forbidden),
            (200, b'{"retCode": 10003}', False, AuthenticationFailed),
            (200, b'{"retCode": 10006}', False, RateLimited),
            (502, b"", True, OutcomeUnknown),
            (302, b"", True, OutcomeUnknown),
            (401, b"", True, AuthenticationFailed),
            (404, b"", True, OutcomeUnknown),
            (201, b'{"retCode": 0}', True, OutcomeUnknown),
            (200, b'{"retCode": 110001}', True, OrderNotFound),
            (200, b"null", True, OutcomeUnknown),
        ],
    )
    def test_any_other_is_an_error_with_its_evidence(
        self, status: int, body: bytes, kind: type[BybitError], *, is_answer: bool
    ) -> None:
        with pytest.raises(BybitError) as caught:
            read_reply(raw_reply(body, status, is_answer=is_answer))
        assert type(caught.value) is kind
        ret_code = json.loads(body)["retCode"] if b"retCode" in body else None
        assert caught.value.evidence == Evidence(ret_code=ret_code, status_code=status, timestamp=5, sends=3)

    @pytest.mark.parametrize("status", [300, 399])
    def test_every_redirect_asks_about_base_url(self, status: int) -> None:
        with pytest.raises(OutcomeUnknown, match="is a redirect, which is not followed"):
            read_reply(raw_reply(b'{"retCode": 10001}', status))

    @pytest.mark.parametrize(
        ("page", "shown"),
        [
            (b"", "an empty body."),
            (b"<p> </p>", "an empty body."),
            (b"n\0o\0", "'no'"),
            (rb"\u006eo", "'no'"),
            (b"\xffno", "'\ufffdno'"),
            (b"&lt;b&gt;n&amp;o", "'n&o'"),
            (b"<script>a > b</script> n <br/>\n o", "'n o'"),
            (b"<style type='x'>a</style>no", "'no'"),
            (b"a" * 201, f"'{'a' * 200}'"),
            (b"<i>" * 1333 + b"no", "'n'"),
            (b"<i>" * 1333 + API_KEY.encode(), "'*'"),
            (f"<b>of</b> {API_KEY.lower()}".encode(), "'of ***'"),
        ],
    )
    def test_of_a_page_its_first_words_are_shown(self, page: bytes, shown: str) -> None:
        with pytest.raises(OutcomeUnknown) as caught:
            read_reply(raw_reply(page, 502))
        assert caught.value.args == (f"The exchange failed: {shown}",)

    @pytest.mark.parametrize(
        ("time", "shown"), [("soon", ", not 'soon'"), (API_KEY, ""), (API_KEY.lower(), ""), (f"a, not {API_KEY}", "")]
    )
    def test_a_value_of_a_wrong_kind_is_shown_unless_the_answer_echoes_the_key(self, time: str, shown: str) -> None:
        body = json.dumps({"retCode": 0, "time": time}).encode()
        with pytest.raises(OutcomeUnknown) as caught:
            process_response(cancel_order, raw_reply(body))
        assert caught.value.args == (f"The exchange accepted, but in its answer time: must be int{shown}.",)

    def test_its_repr_shows_its_status_alone(self) -> None:
        assert repr(raw_reply(b"a body")) == "Reply(status=200)"


class TestAccepted:
    @pytest.mark.parametrize("ret_msg", ["OK", "success", "SUCCESS", ""])
    @pytest.mark.parametrize("result", [{}, None, ...], ids=["result={}", "result=null", "no result"])
    @pytest.mark.parametrize(
        "more", [{"retExtInfo": {}, "time": 1}, {"retExtInfo": []}, {"retExtInfo": [1, None]}, {"retExtInfo": None}, {}]
    )
    def test_every_envelope_seen_is_accepted_with_the_ids_of_the_request(
        self, cancel: Cancel, ret_msg: str, result: Any, more: dict[str, Any]
    ) -> None:
        body = {"retCode": 0, "retMsg": ret_msg, **more, **({} if result is ... else {"result": result})}
        accepted = cancel(BY_ID, transport=answering(json=body))
        assert (accepted.order_id, accepted.order_link_id) == ("id-1", None)

    @pytest.mark.parametrize(
        ("order", "result", "ids"),
        [
            (BY_ID, {"orderId": "id-1", "orderLinkId": ""}, ("id-1", None)),
            (BY_ID, {"orderId": "id-1", "orderLinkId": "link-9"}, ("id-1", "link-9")),
            (BY_LINK_ID, {"orderId": "id-9", "orderLinkId": "link-1"}, ("id-9", "link-1")),
            (BY_LINK_ID, {"orderId": "id-9"}, ("id-9", "link-1")),
            (BY_LINK_ID, {}, (None, "link-1")),
            # The exchange ignores a link id beside an order id, so it may belong to another order.
            (BY_BOTH, {}, ("id-1", None)),
        ],
    )
    def test_the_ids_are_those_that_are_certain(
        self, cancel: Cancel, order: CancelByOrderId, result: dict[str, str], ids: tuple[str | None, str | None]
    ) -> None:
        accepted = cancel(order, transport=answering(json={"retCode": 0, "result": result}))
        assert (accepted.order_id, accepted.order_link_id) == ids

    def test_everything_the_answer_tells_is_there(self, cancel: Cancel) -> None:
        headers = {
            "Traceid": "trace",
            "Timenow": "5",
            "X-Bapi-Limit": "10",
            "X-Bapi-Limit-Status": "9",
            "X-Bapi-Limit-Reset-Timestamp": "1672217377164",
        }
        body = {"retCode": 0, "retMsg": "OK", "result": {"orderId": "id-1", "orderLinkId": "2"}, "time": 1672217377164}
        assert cancel(BY_ID, transport=answering(json=body, headers=headers)) == CancelAccepted(
            order_id="id-1",
            order_link_id="2",
            trace_id="trace",
            rate_limit=RateLimit(limit=10, remaining=9, reset_at=1672217377164),
            server_time=1672217377164,
        )

    def test_the_time_is_taken_from_the_header_when_the_body_has_none(self, cancel: Cancel) -> None:
        transport = answering(json={"retCode": 0}, headers={"Timenow": "5"})
        assert cancel(BY_ID, transport=transport).server_time == 5

    def test_headers_that_are_not_there_are_no_rate_limit(self, cancel: Cancel) -> None:
        assert cancel(BY_ID, transport=answering(json={"retCode": 0})).rate_limit is None

    def test_a_number_may_have_18_digits(self, cancel: Cancel) -> None:
        accepted = cancel(BY_ID, transport=answering(json={"retCode": 0}, headers={"X-Bapi-Limit": "9" * 18}))
        assert accepted.rate_limit == RateLimit(limit=10**18 - 1)

    @pytest.mark.parametrize("limit", ["", "many", "-1", "٣", "9" * 19, "9" * 5000])
    def test_a_header_that_is_no_number_is_left_out(self, cancel: Cancel, limit: str) -> None:
        headers = [(b"X-Bapi-Limit", limit.encode()), (b"X-Bapi-Limit-Status", b"3")]
        accepted = cancel(BY_ID, transport=answering(json={"retCode": 0}, headers=headers))
        assert accepted.rate_limit == RateLimit(limit=None, remaining=3, reset_at=None)

    def test_fields_that_the_document_does_not_know_do_no_harm(self, cancel: Cancel) -> None:
        body = {"retCode": 0, "result": {"orderId": "id-1", "new": [1]}, "newer": {"a": None}}
        assert cancel(BY_ID, transport=answering(json=body)).order_id == "id-1"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_only_python_takes_for_json_is_no_answer(cancel: Cancel, number: str) -> None:
    with pytest.raises(OutcomeUnknown, match="is not an answer"):
        cancel(BY_ID, transport=answering(content=f'{{"retCode": 0, "new": {number}}}'.encode()))


def test_an_empty_id_in_a_query_is_not_sent() -> None:
    with (
        Bybit(API_KEY, API_SECRET, transport=answering(status=500)) as bybit,
        pytest.raises(InvalidInput, match="orderId: must not be empty"),
    ):
        bybit.call(get_orders, category="linear", symbol="BTCUSDT", order_id="")


@pytest.mark.parametrize("no_list", ["", {}, 0, None, False])
def test_what_is_no_list_of_orders_is_no_empty_one(no_list: Any) -> None:
    transport = answering(json={"retCode": 0, "result": {"list": no_list}})
    with (
        Bybit(API_KEY, API_SECRET, transport=transport, max_sends=1) as bybit,
        pytest.raises(OutcomeUnknown) as caught,
    ):
        bybit.call(get_orders, category="linear", symbol="BTCUSDT")
    assert caught.value.ret_code == 0


CODES: dict[type[BybitError], tuple[int, ...]] = {
    InvalidRequest: (10001, 10017, 10404, 170105, 170121, 170130, 170201),
    ClockError: (10002, -1),
    AuthenticationFailed: (10003, 10004, 10005, 10007, 10010, 33004, -2015),
    Forbidden: (10008, 10009, 10020, 10024, 10027, 10028, 10029, 10032, 110097, 110100, 110132, 170209, 170227),
    RateLimited: (10006, 10018, 10403, 10429, 20003, 170222, 30035),
    OrderNotFound: (110001, 110019, 110032, 170143, 170213),
    OrderClosed: (110008, 110010, 170139, 170142, 170190),
    NotCancellable: (
        *(40004, 110035, 110063, 110066, 110074, 110079, 110095, 110115),
        *(170144, 170145, 170150, 170191, 170212),
    ),
    OutcomeUnknown: (10000, 10014, 10016, 10019, 20006, 429, 170001, 170007, 170032, 170146, 170147, 170234),
    Refused: (1, 99999999),
}


class TestRefused:
    @pytest.mark.parametrize(
        ("ret_code", "kind"), [(ret_code, kind) for kind, ret_codes in CODES.items() for ret_code in ret_codes]
    )
    def test_each_code_is_the_error_that_its_group_promises(
        self, cancel: Cancel, ret_code: int, kind: type[BybitError]
    ) -> None:
        body: dict[str, Any] = {"retCode": ret_code, "retMsg": "why", "result": {}, "retExtInfo": {}, "time": 1}
        with pytest.raises(BybitError) as caught:
            cancel(BY_ID, transport=answering(json=body))
        assert type(caught.value) is kind
        assert caught.value.ret_code == ret_code
        says = "could not say what became of the request" if kind is OutcomeUnknown else "refused"
        assert caught.value.args[0] == f"The exchange {says}."

    @pytest.mark.parametrize(
        ("ret_code", "kind"),
        [
            (10001, AuthenticationFailed),
            (10002, ClockError),
            (10003, AuthenticationFailed),
            (10006, RateLimited),
            (10008, Forbidden),
            (10016, AuthenticationFailed),
            (4711, AuthenticationFailed),
        ],
    )
    def test_a_refused_log_in_says_nothing_of_the_request(self, ret_code: int, kind: type[BybitError]) -> None:
        body = json.dumps({"retCode": ret_code, "retMsg": "no"}).encode()
        with pytest.raises(BybitError, match="refused the log-in") as caught:
            process_response(cancel_order, RawReply(Reply(200, {}, body, is_answer=False), sends=0))
        assert type(caught.value) is kind
        assert caught.value.ret_code == ret_code

    @pytest.mark.parametrize("result", [{}, None, [], "x", ...])
    @pytest.mark.parametrize("message", ["why", "", None, 5, ...])
    def test_no_form_of_the_rest_hides_a_refusal(self, cancel: Cancel, result: Any, message: Any) -> None:
        fields = {"retCode": 110001, "retMsg": message, "result": result}
        body = {name: value for name, value in fields.items() if value is not ...}
        with pytest.raises(OrderNotFound):
            cancel(BY_ID, transport=answering(json=body))

    def test_a_refusal_carries_its_evidence(self, cancel: Cancel) -> None:
        headers = {"Traceid": "trace", "X-Bapi-Limit": "10"}
        body = {"retCode": 110001, "retMsg": "order not exists", "time": 7}
        with pytest.raises(OrderNotFound) as caught:
            cancel(BY_ID, transport=answering(json=body, headers=headers))
        error = caught.value
        assert (error.ret_code, error.ret_msg, error.status_code) == (110001, "order not exists", 200)
        assert (error.trace_id, error.rate_limit, error.sends) == ("trace", RateLimit(limit=10), 1)
        assert error.evidence.server_time == 7

    def test_a_message_says_what_was_refused_and_what_to_do(self, cancel: Cancel) -> None:
        with pytest.raises(OrderNotFound) as caught:
            cancel(BY_ID, transport=answering(json={"retCode": 110001, "retMsg": "order not exists"}))
        known = "[retCode 110001, retMsg 'order not exists', HTTP 200]"
        assert str(caught.value) == f"The exchange refused. {known} {OrderNotFound.advice}"
        assert "Query it before placing it again" in OrderNotFound.advice
        assert repr(caught.value) == f"OrderNotFound({str(caught.value)!r})"

    @pytest.mark.parametrize("status", [400, 401, 404, 429])
    def test_a_code_counts_whatever_the_status_below_500(self, cancel: Cancel, status: int) -> None:
        with pytest.raises(AuthenticationFailed) as caught:
            cancel(BY_ID, transport=answering(status, json={"retCode": 10003}))
        assert caught.value.status_code == status

    @pytest.mark.parametrize(
        "content",
        [
            {"html": "<html><head><style>p {}</style></head><body><h1>access too frequent</h1></body></html>"},
            {"json": {"retCode": 10006, "retMsg": "access too frequent"}},
            {"text": "access too frequent"},
        ],
        ids=["HTML", "JSON", "text"],
    )
    def test_403_is_forbidden_and_shows_the_gist(self, cancel: Cancel, content: dict[str, Any]) -> None:
        with pytest.raises(Forbidden, match="access too frequent") as caught:
            cancel(BY_ID, transport=answering(403, **content))
        assert "json" in content or caught.value.args[0].endswith(": 'access too frequent'")
        assert "ten minutes" in str(caught.value)

    @pytest.mark.parametrize(
        ("page", "reason"),
        [
            ("access too frequent", "this IP address for too many requests"),
            ("Too many visits", "this IP address for too many requests"),
            ("<h1>IP rate limit</h1>", "this IP address for too many requests"),
            ("The Amazon distribution is configured to block access from your country.", "it seems for the place"),
            ("Not for your REGION", "it seems for the place"),
            ("Services are not available at your location", "it seems for the place"),
            ("Generated by cloudfront (CloudFront)", "it seems for the place"),
            ("<title>ERROR: The request could not be satisfied</title>", "it seems for the place"),
            ("no", "for a limit or for the place"),
        ],
    )
    def test_a_403_tells_a_limit_from_a_blocked_place(self, cancel: Cancel, page: str, reason: str) -> None:
        with pytest.raises(Forbidden, match=reason):
            cancel(BY_ID, transport=answering(403, text=page))

    def test_an_empty_403_is_forbidden(self, cancel: Cancel) -> None:
        with pytest.raises(Forbidden, match="an empty body"):
            cancel(BY_ID, transport=answering(403))


class TestOutcomeUnknown:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"null",
            b"[]",
            b'"OK"',
            b"0",
            b"{}",
            b"<html>OK</html>",
            b'{"retCode": 0',
            b'{"retMsg": "OK", "result": {"orderId": "id-1"}}',
            b'{"retCode": "0", "retMsg": "OK"}',
            b'{"retCode": null, "retMsg": "OK"}',
            b'{"retCode": false, "retMsg": "OK"}',
            b'{"retCode": 0.5}',
            b'{"retCode": NaN}',
            b'{"retCode": [0]}',
            b'{"retCode": "110001"}',
            b'[{"retCode": 0}]',
            b"\xff\xfe\x00",
            b"[" * 100_000,
            b'{"retCode": ' + b"1" * 5000 + b"}",
        ],
    )
    @pytest.mark.parametrize("status", [200, 201, 204, 301, 400, 401, 404, 429, 500, 502, 503])
    def test_an_answer_without_an_integer_code_is_neither_success_nor_refusal(
        self, cancel: Cancel, status: int, body: bytes
    ) -> None:
        # But for 401: the exchange documents it for a wrong key, and sends it without JSON.
        with pytest.raises(AuthenticationFailed if status == 401 else OutcomeUnknown) as caught:
            cancel(BY_ID, transport=answering(status, content=body))
        assert caught.value.status_code == status
        assert caught.value.sends == 1

    @pytest.mark.parametrize("earlier", [{"status": 502}, {"json": {"retCode": 10016}}])
    def test_a_401_after_an_unknown_outcome_is_unknown(self, cancel: Cancel, earlier: dict[str, Any]) -> None:
        answers = iter([httpx.Response(**{"status_code": earlier.pop("status", 200), **earlier}), httpx.Response(401)])
        with pytest.raises(OutcomeUnknown, match="What came last: AuthenticationFailed") as caught:
            cancel(BY_ID, transport=httpx.MockTransport(lambda _: next(answers)), deadline=5)
        assert (caught.value.status_code, caught.value.sends) == (401, 2)

    @pytest.mark.parametrize("ret_code", [0, 10001, 110001])
    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_no_code_makes_a_failing_server_certain(self, cancel: Cancel, status: int, ret_code: int) -> None:
        with pytest.raises(OutcomeUnknown):
            cancel(BY_ID, transport=answering(status, json={"retCode": ret_code}))

    @pytest.mark.parametrize("status", [201, 202, 302, 400, 401, 403, 404, 429])
    def test_a_success_with_another_status_is_none(self, cancel: Cancel, status: int) -> None:
        with pytest.raises(OutcomeUnknown) as caught:
            cancel(BY_ID, transport=answering(status, json={"retCode": 0, "result": {}}))
        assert caught.value.status_code == status

    @pytest.mark.parametrize(
        ("wrong", "named"),
        [
            ({"result": []}, "result"),
            ({"result": "ok"}, "result: must be None or OrderIds, not 'ok'"),
            ({"result": {"orderId": 5}}, "result.order_id"),
            ({"time": "now"}, "time"),
            ({"time": 1.5}, "time: must be int, not 1.5"),
            ({"retMsg": 5}, "ret_msg"),
            ({"retExtInfo": "x"}, "ret_ext_info"),
        ],
    )
    def test_an_accepted_answer_of_an_undocumented_form_is_no_success(
        self, cancel: Cancel, wrong: dict[str, Any], named: str
    ) -> None:
        with pytest.raises(OutcomeUnknown, match=f"in its answer {named}"):
            cancel(BY_ID, transport=answering(json={"retCode": 0, **wrong}))

    @pytest.mark.parametrize(
        ("status", "says"),
        [
            (404, "What came back is not an answer, it has no retCode: 'no' Is base_url right?"),
            (400, "What came back is not an answer, it has no retCode: 'no'"),
            (302, "What came back is a redirect, which is not followed: is base_url right?"),
        ],
    )
    def test_what_a_wrong_host_answers_asks_about_base_url(self, cancel: Cancel, status: int, says: str) -> None:
        with pytest.raises(OutcomeUnknown) as caught:
            cancel(BY_ID, transport=answering(status, text="no", headers={"Location": "https://elsewhere.example"}))
        assert caught.value.args[0] == says
        assert caught.value.status_code == status

    def test_an_accepted_read_without_its_result_is_no_answer(self) -> None:
        with (
            Bybit(API_KEY, API_SECRET, max_sends=1, transport=answering(json={"retCode": 0})) as bybit,
            pytest.raises(OutcomeUnknown, match="documented form") as caught,
        ):
            bybit.call(get_server_time)
        assert caught.value.status_code == 200

    def test_an_answer_on_which_the_generated_parser_fails_is_no_answer(self) -> None:
        def fail(**_: object) -> None:
            raise KeyError("result")

        operation: Any = SimpleNamespace(_get_kwargs=get_server_time._get_kwargs, _parse_response=fail)
        with (
            Bybit(API_KEY, API_SECRET, max_sends=1, transport=answering(json={"retCode": 0})) as bybit,
            pytest.raises(OutcomeUnknown, match="documented form"),
        ):
            bybit.call(operation)

    def test_what_is_wrong_deep_in_an_answer_is_named(self) -> None:
        order = {"symbol": "BTCUSDT", "orderId": "1", "orderLinkId": "", "price": 5}
        fields = dict.fromkeys(["orderStatus", "qty", "cumExecQty", "createdTime", "updatedTime"], "1") | order
        transport = answering(json={"retCode": 0, "result": {"list": [fields]}})
        with (
            Bybit(API_KEY, API_SECRET, max_sends=1, transport=transport) as bybit,
            pytest.raises(OutcomeUnknown, match=r"result\.list_\[0\]\.price: must be None or str, not 5"),
        ):
            bybit.call(get_orders, category="linear", symbol="BTCUSDT")

    def test_a_whole_number_written_with_a_fraction_is_an_integer(self, cancel: Cancel) -> None:
        accepted = cancel(BY_ID, transport=answering(content=b'{"retCode": 0.0, "time": 1672217377164.0}'))
        assert accepted.server_time == 1672217377164

    def test_a_body_that_cannot_be_decoded_is_no_answer(self, cancel: Cancel) -> None:
        content = gzip.compress(json.dumps({"retCode": 0}).encode())[:-10] + b"0123456789"
        with pytest.raises(OutcomeUnknown):
            cancel(BY_ID, transport=answering(content=content, headers={"Content-Encoding": "gzip"}))

    @pytest.mark.parametrize(
        ("order", "ids"),
        [
            (BY_ID, {"orderId": "another"}),
            (BY_BOTH, {"orderId": "another", "orderLinkId": "link-1"}),
            (BY_LINK_ID, {"orderId": "id-9", "orderLinkId": "another"}),
        ],
    )
    def test_an_answer_about_another_order_is_no_acceptance_of_this_one(
        self, cancel: Cancel, order: Any, ids: dict[str, str]
    ) -> None:
        with pytest.raises(OutcomeUnknown, match="about another order, 'another'") as caught:
            cancel(order, transport=answering(json={"retCode": 0, "result": ids}))
        assert caught.value.status_code == 200

    def test_an_acceptance_that_cannot_be_read_is_not_sent_again(self, cancel: Cancel) -> None:
        with pytest.raises(OutcomeUnknown) as caught:
            cancel(BY_ID, transport=answering(json={"retCode": 0, "result": []}), deadline=5)
        assert caught.value.sends == 1

    @pytest.mark.parametrize("charset", ["utf-16", "base64", "idna", "rot13", "nonsense"])
    @pytest.mark.parametrize("status", [403, 502])
    def test_a_strange_charset_does_no_harm(self, cancel: Cancel, charset: str, status: int) -> None:
        headers = {"Content-Type": f"text/html; charset={charset}"}
        with pytest.raises(BybitError, match="busy"):
            cancel(BY_ID, transport=answering(status, content=b"busy", headers=headers))

    @pytest.mark.parametrize("content", [b"<" * 1_000_000, b"<script" * 200_000, b"<!--" * 200_000])
    def test_a_hostile_page_does_not_hold_the_client_up(self, cancel: Cancel, content: bytes) -> None:
        started = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            cancel(BY_ID, transport=answering(502, content=content))
        assert time.monotonic() - started < 2

    @pytest.mark.parametrize("told", [1e308, 10**20, -5, 0])
    def test_an_absurd_time_is_not_taken(self, cancel: Cancel, told: float) -> None:
        with pytest.raises(ClockError) as caught:
            cancel(BY_ID, transport=answering(json={"retCode": 10002, "time": told}), deadline=5)
        assert caught.value.evidence.server_time is None
        assert caught.value.sends == 1

    def test_any_time_before_the_year_5138_is_taken(self, cancel: Cancel) -> None:
        for told in (1, 10**14 - 1):
            assert cancel(BY_ID, transport=answering(json={"retCode": 0, "time": told})).server_time == told
        assert cancel(BY_ID, transport=answering(json={"retCode": 0, "time": 10**14})).server_time is None

    @pytest.mark.parametrize("error", [RuntimeError("odd"), OSError("odd"), ValueError("odd")])
    def test_whatever_a_transport_raises_is_an_error_of_the_tree(self, cancel: Cancel, error: Exception) -> None:
        def fail(_: httpx.Request) -> httpx.Response:
            raise error

        with pytest.raises(OutcomeUnknown, match=f"{type(error).__name__}: odd"):
            cancel(BY_ID, transport=httpx.MockTransport(fail))

    @pytest.mark.parametrize(
        "failure",
        [
            httpx.ReadTimeout,
            httpx.WriteTimeout,
            httpx.ReadError,
            httpx.WriteError,
            httpx.CloseError,
            httpx.RemoteProtocolError,
        ],
    )
    def test_a_send_without_an_answer_is_unknown(self, cancel: Cancel, failure: type[httpx.TransportError]) -> None:
        def fail(request: httpx.Request) -> httpx.Response:
            raise failure("why", request=request)

        with pytest.raises(OutcomeUnknown, match=failure.__name__) as caught:
            cancel(BY_ID, transport=httpx.MockTransport(fail))
        assert caught.value.sends == 1
        quotes = issubclass(failure, httpx.ProtocolError)  # its words can be an echo
        assert ("why" in str(caught.value)) is not quotes
        assert caught.value.__cause__ is caught.value.__context__ is None  # httpx's errors keep the signed request

    def test_a_failure_without_words_is_told_by_its_name(self, cancel: Cancel) -> None:
        def fail(request: httpx.Request) -> httpx.Response:
            raise httpx.ReadTimeout("", request=request)

        with pytest.raises(OutcomeUnknown, match=r"\(api\.bybit\.com: ReadTimeout\)\."):
            cancel(BY_ID, transport=httpx.MockTransport(fail))


class TestNotSent:
    @pytest.mark.parametrize(
        "failure",
        [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol],
    )
    def test_a_failure_before_the_first_byte_is_not_sent(
        self, cancel: Cancel, failure: type[httpx.TransportError]
    ) -> None:
        def fail(request: httpx.Request) -> httpx.Response:
            raise failure("why", request=request)

        with pytest.raises(NotSent, match=f"{failure.__name__}: why") as caught:
            cancel(BY_ID, transport=httpx.MockTransport(fail))
        assert caught.value.sends == 0

    def test_a_refused_connection_is_not_sent(self, cancel: Cancel) -> None:
        with pytest.raises(NotSent):
            cancel(BY_ID, base_url="http://127.0.0.1:1")

    def test_a_host_that_does_not_exist_is_not_sent(self, cancel: Cancel) -> None:
        with pytest.raises(NotSent):
            cancel(BY_ID, base_url="http://host.invalid")

    @pytest.mark.parametrize(
        ("order", "named"),
        [
            (CancelByOrderId("linear", "BTCUSDT", None), r"body.order_id: must be str, not None"),  # type: ignore[arg-type]
            (CancelByOrderId("linear", 5, "id-1"), "body.symbol: must be str, not 5"),  # type: ignore[arg-type]
            (CancelByOrderId("futures", "BTCUSDT", "id-1"), "body.category: must be .*not 'futures'"),  # type: ignore[arg-type]
            (CancelByOrderId("linear", "BTCUSDT", "x" * 99 + "\ud800"), "cancel_order: "),
            ({"category": "linear"}, "body: must be CancelByOrderId or .* not a dict"),
            (None, "body: must be CancelByOrderId or .* not None"),
        ],
    )
    def test_an_order_that_is_none_is_refused_before_it_is_sent(self, cancel: Cancel, order: Any, named: str) -> None:
        def fail(_: httpx.Request) -> httpx.Response:
            raise AssertionError("it was sent")

        with pytest.raises(InvalidInput, match=named):
            cancel(order, transport=httpx.MockTransport(fail))

    def test_an_additional_property_that_json_cannot_hold_is_refused(self, cancel: Cancel) -> None:
        order = CancelByOrderId("linear", "BTCUSDT", "id-1")
        order["new"] = object()
        with pytest.raises(InvalidInput, match="cancel_order: "):
            cancel(order, transport=answering(json={"retCode": 0}))

    @pytest.mark.parametrize(
        ("order", "named"),
        [
            (CancelByOrderId("linear", "BTCUSDT", ""), "body.orderId: must not be empty"),
            (CancelByOrderLinkId("linear", "BTCUSDT", ""), "body.orderLinkId: must not be empty"),
            (CancelByOrderId("linear", "BTCUSDT", "1", order_link_id=""), "body.orderLinkId: must not be empty"),
        ],
    )
    def test_an_empty_id_is_refused_before_it_is_sent(self, cancel: Cancel, order: Any, named: str) -> None:
        with pytest.raises(InvalidInput, match=named):
            cancel(order, transport=answering(json={"retCode": 0}))

    def test_an_additional_property_may_be_empty(self, cancel: Cancel) -> None:
        order = CancelByOrderId("linear", "BTCUSDT", "id-1")
        order["new"] = ""
        assert cancel(order, transport=answering(json={"retCode": 0})).order_id == "id-1"

    @pytest.mark.parametrize(
        ("order", "name"),
        [
            (CancelByOrderId("linear", "BTCUSDT", "1"), "orderFilter"),
            (CancelByOrderLinkId("spot", "BTCUSDT", "1"), "orderFilter"),
        ],
    )
    def test_what_the_types_forbid_cannot_be_added_behind_their_back(
        self, cancel: Cancel, order: Any, name: str
    ) -> None:
        order[name] = "tpslOrder"
        with pytest.raises(InvalidInput, match=f"body.{name}: is not for {type(order).__name__}"):
            cancel(order, transport=answering(json={"retCode": 0}))

    @pytest.mark.parametrize(
        "operation", [5, None, cancel_order.sync, SimpleNamespace(_get_kwargs=cancel_order._get_kwargs)]
    )
    def test_what_is_no_operation_is_refused(self, operation: Any) -> None:
        with (
            Bybit(API_KEY, API_SECRET, transport=answering()) as bybit,
            pytest.raises(InvalidInput, match="must be a generated module"),
        ):
            bybit.call(operation)

    def test_an_operation_that_is_no_module_has_no_name(self) -> None:
        operation: Any = SimpleNamespace(_get_kwargs=get_server_time._get_kwargs, _parse_response=None)
        with (
            Bybit(API_KEY, API_SECRET, transport=answering()) as bybit,
            pytest.raises(InvalidInput, match=r"^operation: it got an unexpected"),
        ):
            bybit.call(operation, symbl="X")

    def test_an_argument_that_does_not_exist_is_named(self) -> None:
        with (
            Bybit(API_KEY, API_SECRET, transport=answering()) as bybit,
            pytest.raises(InvalidInput, match=r"get_server_time: it got an unexpected keyword argument 'symbl'"),
        ):
            bybit.call(get_server_time, symbl="X")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]

    @pytest.mark.parametrize("symbol", ["A" * 70_000, "\ud800"])
    def test_a_query_that_no_url_can_hold_is_refused(self, symbol: str) -> None:
        with (
            Bybit(API_KEY, API_SECRET, transport=answering()) as bybit,
            pytest.raises(InvalidInput, match="get_orders: "),
        ):
            bybit.call(get_orders, category="linear", symbol=symbol)

    def test_a_property_that_is_nested_too_deep_is_refused(self, cancel: Cancel) -> None:
        deep: list[Any] = []
        for _ in range(100_000):
            deep = [deep]
        order = CancelByOrderId("linear", "BTCUSDT", "id-1")
        order["new"] = deep
        with pytest.raises(InvalidInput):
            cancel(order, transport=answering(json={"retCode": 0}))
        while deep:  # so that it is not taken down all at once
            deep = deep[0]

    def test_a_long_wrong_value_is_not_shown_whole(self, cancel: Cancel) -> None:
        order = CancelByOrderId("f" * 10_000, "BTCUSDT", "id-1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        with pytest.raises(InvalidInput) as caught:
            cancel(order, transport=answering(json={"retCode": 0}))
        assert len(str(caught.value)) < 300

    @pytest.mark.parametrize(
        ("symbol", "shown"), [({}, "a dict"), (10**39, "1" + "0" * 39), (10**40, "1" + "0" * 39 + "…"), (None, "None")]
    )
    def test_the_beginning_of_a_wrong_value_is_shown(self, cancel: Cancel, symbol: Any, shown: str) -> None:
        with pytest.raises(InvalidInput, match=rf"must be str, not {shown}\."):
            cancel(CancelByOrderId("linear", symbol, "id-1"), transport=answering(json={"retCode": 0}))

    def test_what_http_cannot_carry_is_refused_and_not_tried_again(self, cancel: Cancel) -> None:
        tries: list[int] = []

        def fail(request: httpx.Request) -> httpx.Response:
            tries.append(1)
            raise httpx.LocalProtocolError("illegal", request=request)

        with pytest.raises(InvalidInput, match="cannot be sent"):
            cancel(BY_ID, transport=httpx.MockTransport(fail), deadline=2)
        assert len(tries) == 1

    def test_a_clock_that_does_not_return_whole_ms_is_refused(self, cancel: Cancel) -> None:
        with pytest.raises(InvalidInput, match="clock: must return whole ms"):
            cancel(BY_ID, transport=answering(json={"retCode": 0}), clock=lambda: 1.5)

    def test_an_argument_that_is_missing_is_refused(self) -> None:
        with (
            Bybit(API_KEY, API_SECRET, transport=answering()) as bybit,
            pytest.raises(InvalidInput, match="body"),
        ):
            bybit.call(cancel_order)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
