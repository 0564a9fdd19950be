"""What the sandbox's private stream does as the exchange's would, seen by a plain WebSocket client."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from bybit_v5.models import Order
from websockets.asyncio.client import ClientConnection, connect

from bybit_ext import load_credentials
from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import (StreamFaults)

NOW = 1_700_000_000_000


@pytest.fixture
def exchange() -> Iterator[Sandbox]:
    with Sandbox(cancel_delay=0.0, clock=lambda: NOW) as sandbox:
        yield sandbox


def connected(exchange: Sandbox, act: Callable[[ClientConnection], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with connect(exchange.stream_url, proxy=None) as socket, asyncio.timeout(5):
            return await act(socket)

    return asyncio.run(run())


async def ask(socket: ClientConnection, request: Any) -> dict[str, Any]:
    await socket.send(request if isinstance(request, str) else json.dumps(request))
    answer: dict[str, Any] = json.loads(await socket.recv())
    return answer


def talk(exchange: Sandbox, *requests: Any) -> list[dict[str, Any]]:
    """Return the answers to some requests."""

    async def act(socket: ClientConnection) -> list[dict[str, Any]]:
        return [await ask(socket, request) for request in requests]

    answers: list[dict[str, Any]] = connected(exchange, act)
    return answers


def hear(exchange: Sandbox, topics: list[str], act: Callable[[], object], count: int) -> list[dict[str, Any]]:
    """Return the first messages that come after a subscription."""

    async def listen(socket: ClientConnection) -> list[dict[str, Any]]:
        await ask(socket, auth(exchange))
        await ask(socket, {"op": "subscribe", "args": topics})
        act()
        return [json.loads(await socket.recv()) for _ in range(count)]

    messages: list[dict[str, Any]] = connected(exchange, listen)
    return messages


def auth(exchange: Sandbox, *, expires: int = NOW + 1, secret: str | None = None) -> dict[str, Any]:
    key = load_credentials(exchange.api_key, secret or exchange.api_secret).signing_key
    return {"op": "auth", "args": [exchange.api_key, expires, key.sign(f"GET/realtime{expires}".encode())]}


def subscribe(*topics: Any) -> dict[str, Any]:
    return {"op": "subscribe", "args": [*topics]}


def said(answer: dict[str, Any]) -> tuple[bool, str, str]:
    return answer["success"], answer["op"], answer["ret_msg"]


def test_a_ping_is_answered_with_the_time(exchange: Sandbox) -> None:
    (answer,) = talk(exchange, {"op": "ping"})
    assert (answer["op"], answer["args"]) == ("pong", [str(NOW)])


def test_every_answer_names_the_connection(exchange: Sandbox) -> None:
    answers = talk(exchange, {"op": "ping"}, auth(exchange), subscribe("order"), {"op": "unknown"})
    (first,) = {answer["conn_id"] for answer in answers}
    (other,) = talk(exchange, {"op": "ping"})
    assert first != other["conn_id"]


def test_an_answer_repeats_the_id_of_its_request(exchange: Sandbox) -> None:
    with_id, without = talk(exchange, auth(exchange) | {"req_id": "7"}, {"op": "ping"})
    assert with_id["req_id"] == "7"
    assert "req_id" not in without


def test_a_log_in_and_a_subscription_are_agreed_to(exchange: Sandbox) -> None:
    logged_in, subscribed = talk(exchange, auth(exchange), subscribe("order"))
    assert said(logged_in) == (True, "auth", "")
    assert said(subscribed) == (True, "subscribe", "")


@pytest.mark.parametrize(
    ("request_", "op", "why"),
    [
        ({"op": "auth"}, "auth", "Params Error"),
        ({"op": "auth", "args": ["a", "b"]}, "auth", "Params Error"),
        ({"op": "auth", "args": ["unknown", 1, "x"]}, "auth", "API key is invalid."),
        ({"op": "subscribe", "args": ["order"]}, "subscribe", "Request not authorized"),
        ({"op": "unknown"}, "unknown", "unknown op"),
        ({"op": ["auth"]}, "['auth']", "unknown op"),
        ({}, "None", "unknown op"),
        ("[]", "", "the request is no JSON object"),
        ("no JSON", "", "the request is no JSON object"),
        ("[" * 100_000, "", "the request is no JSON object"),
    ],
)
def test_what_is_wrong_is_refused(exchange: Sandbox, request_: Any, op: str, why: str) -> None:
    (answer,) = talk(exchange, request_)
    assert said(answer) == (False, op, why)


@pytest.mark.parametrize("expires", [NOW, NOW - 1, "soon", "²", -1])
def test_a_log_in_that_is_over_is_refused(exchange: Sandbox, expires: Any) -> None:
    (answer,) = talk(exchange, auth(exchange, expires=expires))
    assert said(answer) == (False, "auth", "Params Error: expires is over")


def test_a_wrong_signature_is_echoed_as_the_exchange_does(exchange: Sandbox) -> None:
    request = auth(exchange, secret="wrong")
    (answer,) = talk(exchange, request)
    assert said(answer) == (
        False,
        "auth",
        f"error sign! api_key[{exchange.api_key}] sign[{request['args'][2]}]",
    )


def test_a_refused_log_in_ends_the_connection(exchange: Sandbox) -> None:
    async def act(socket: ClientConnection) -> None:
        await ask(socket, {"op": "auth"})
        await socket.wait_closed()

    connected(exchange, act)


def test_a_log_in_is_refused_if_a_test_wants_it(exchange: Sandbox) -> None:
    exchange.faults.stream = StreamFaults(refuse_auth=True)
    (answer,) = talk(exchange, auth(exchange))
    assert said(answer) == (False, "auth", "API key is invalid.")


@pytest.mark.parametrize("topics", [[], ["wallet"], ["order", "wallet"], "order", [1], {"order": 1}, 1, None])
def test_topics_that_do_not_exist_are_refused(exchange: Sandbox, topics: Any) -> None:
    _, answer = talk(exchange, auth(exchange), {"op": "subscribe", "args": topics})
    assert said(answer) == (False, "subscribe", f"Invalid topic {topics if isinstance(topics, list) else []}")


@pytest.mark.parametrize(
    "requests", [[subscribe("order", "order.spot")], [subscribe("order.spot"), subscribe("order")]]
)
def test_all_orders_and_those_of_a_category_do_not_go_together(exchange: Sandbox, requests: list[Any]) -> None:
    answer = talk(exchange, auth(exchange), *requests)[-1]
    assert said(answer)[:2] == (False, "subscribe")
    assert "at once" in answer["ret_msg"]


def place_both(exchange: Sandbox) -> list[Order]:
    return [exchange.place("linear", "BTCUSDT"), exchange.place("spot", "XRPUSDT")]


def test_a_message_tells_the_order_its_topic_and_the_time(exchange: Sandbox) -> None:
    orders: list[Order] = []
    messages = hear(exchange, ["order"], lambda: orders.extend(place_both(exchange)), 2)
    assert [(message["topic"], message["creationTime"]) for message in messages] == [("order", NOW)] * 2
    assert [message["data"] for message in messages] == [[order.to_dict()] for order in orders]
    assert len({message["id"] for message in messages}) == 2


def test_several_categories_come_each_by_its_topic(exchange: Sandbox) -> None:
    messages = hear(exchange, ["order.spot", "order.linear"], lambda: place_both(exchange), 2)
    assert [message["topic"] for message in messages] == ["order.linear", "order.spot"]


def test_a_later_subscription_adds_to_those_before(exchange: Sandbox) -> None:
    async def act(socket: ClientConnection) -> list[str]:
        for request in (auth(exchange), subscribe("order.spot"), subscribe("order.linear")):
            await ask(socket, request)
        place_both(exchange)
        return [json.loads(await socket.recv())["topic"] for _ in range(2)]

    assert connected(exchange, act) == ["order.linear", "order.spot"]


def test_a_category_that_is_not_asked_for_is_not_told(exchange: Sandbox) -> None:
    (message,) = hear(exchange, ["order.spot"], lambda: place_both(exchange), 1)
    assert message["topic"] == "order.spot"


def test_a_lost_race_is_told_as_a_fill_and_once_more_as_a_refused_cancel(exchange: Sandbox) -> None:
    def act() -> None:
        exchange.lose_race(exchange.place("linear", "BTCUSDT").order_id)

    told = [message["data"][0] for message in hear(exchange, ["order"], act, 3)]
    assert [(one["orderStatus"], one["cancelType"], one["rejectReason"]) for one in told] == [
        ("New", "UNKNOWN", "EC_NoError"),
        ("Filled", "UNKNOWN", "EC_NoError"),
        ("Filled", "CancelByUser", "EC_OrigClOrdIDDoesNotExist"),
    ]


def test_a_message_comes_late_if_a_test_wants_it(exchange: Sandbox) -> None:
    exchange.faults.stream = StreamFaults(delay=0.2)
    loop_times: list[float] = []

    async def act(socket: ClientConnection) -> None:
        await ask(socket, auth(exchange))
        await ask(socket, subscribe("order"))
        loop_times.append(asyncio.get_running_loop().time())
        place_both(exchange)
        await socket.recv()
        loop_times.append(asyncio.get_running_loop().time())

    connected(exchange, act)
    assert loop_times[1] - loop_times[0] >= 0.19


def test_a_message_comes_twice_if_a_test_wants_it(exchange: Sandbox) -> None:
    exchange.faults.stream = StreamFaults(duplicate=True)
    messages = hear(exchange, ["order"], lambda: place_both(exchange), 4)
    assert [message["data"][0]["symbol"] for message in messages] == ["BTCUSDT", "BTCUSDT", "XRPUSDT", "XRPUSDT"]


def test_a_message_is_overtaken_if_a_test_wants_it(exchange: Sandbox) -> None:
    exchange.faults.stream = StreamFaults(out_of_order=True)

    def act() -> None:
        place_both(exchange)
        exchange.place("inverse", "BTCUSD")

    messages = hear(exchange, ["order"], act, 3)
    assert [message["data"][0]["symbol"] for message in messages] == ["XRPUSDT", "BTCUSDT", "BTCUSD"]


def test_a_message_that_nothing_overtakes_comes_soon(exchange: Sandbox) -> None:
    exchange.faults.stream = StreamFaults(out_of_order=True)
    started = time.monotonic()
    hear(exchange, ["order"], lambda: exchange.place("linear", "BTCUSDT"), 1)
    assert time.monotonic() - started < 1


def test_a_silent_stream_tells_nothing_and_does_not_answer_a_ping(exchange: Sandbox) -> None:
    async def act(socket: ClientConnection) -> str:
        await ask(socket, auth(exchange))
        await ask(socket, subscribe("order"))
        exchange.faults.stream = StreamFaults(silent=True)
        place_both(exchange)
        await socket.send(json.dumps({"op": "ping"}))
        return str((await ask(socket, {"op": "unknown"}))["ret_msg"])

    assert connected(exchange, act) == "unknown op"


def test_a_dropped_stream_is_disconnected_and_no_longer_counted(exchange: Sandbox) -> None:
    stream = exchange._app.state.stream

    async def act(socket: ClientConnection) -> tuple[int, int]:
        await ask(socket, auth(exchange))
        before = stream.subscriptions
        await ask(socket, subscribe("order"))
        after = stream.subscriptions
        exchange.drop_streams()
        await socket.wait_closed()
        return before, after

    assert connected(exchange, act) == (0, 1)
    assert stream.subscriptions == 0


def test_a_client_that_leaves_is_no_longer_counted_nor_told(exchange: Sandbox) -> None:
    talk(exchange, auth(exchange), subscribe("order"))
    end = time.monotonic() + 5
    while exchange._listeners:
        assert time.monotonic() < end
        time.sleep(0.005)
    place_both(exchange)
    assert exchange._app.state.stream.subscriptions == 0


def test_a_stream_that_nobody_has_opened_can_be_dropped(exchange: Sandbox) -> None:
    exchange.drop_streams()
