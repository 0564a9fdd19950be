"""Odd requests of several clients at once while orders live and die: the sandbox answers each, and stays consistent."""

import random
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed

from bybit_ext.sandbox import Sandbox
from bybit_ext.sandbox.faults import delay_event, drop_event, lag_response, repeat_event, respond_with_page
from tests.sandbox.wire import StreamClient, Wire, statuses_of

ROUNDS = 60  # of each client
SYMBOLS: dict[Any, str] = {
    "linear": "BTCUSDT",
    "inverse": "BTCUSD",
    "spot": "BTCUSDT",
    "option": "BTC-28FEB25-89000-C",
}
PARAMETERS: dict[str, list[str]] = {
    "symbol": ["BTCUSDT", "BTCUSD", "", "btc"],
    "baseCoin": ["BTC", "b"],
    "settleCoin": ["USDT", "USDC", "BTC"],
    "orderId": ["x", "\0", "é&%"],
    "orderLinkId": ["a", "b c+"],
    "openOnly": ["0", "1", "2", "3", "1.0", "x"],
    "orderFilter": ["Order", "StopOrder", "OcoOrder", "order"],
    "orderStatus": ["Filled", "New", "Unheard"],
    "limit": ["1", "50", "51", "5.0", "1e1", "NaN", "-1"],
    "cursor": ["x", "page_args%3Dx%26", "%"],
    "startTime": ["0", "9" * 40, "-1"],
    "endTime": ["1", "1700000000000"],
    "unheard": ["1", ""],
}
BODIES = [
    b"",
    b"[" * 2000,
    b"\xff",
    b"null",
    rb'{"category": "linear", "symbol": "BTCUSDT", "orderLinkId": "\ud800"}',
    rb'{"category": "spot", "symbol": "BTCUSDT", "orderId": null, "orderLinkId": "a", "orderFilter": "StopOrder"}',
    b'{"category": "linear", "symbol": "BTCUSDT", "orderId": "1", "orderFilter": "Order"}',
    b'{"category": 1e999, "symbol": {}, "orderId": []}',
]
MESSAGES = [
    "",
    "[]",
    "{",
    "5",
    '{"op": {}}',
    '{"op": "subscribe", "args": [["order"]]}',
    '{"op": "ping", "req_id": [1]}',
]
RAW = [
    b"\0" * 100,
    b"POST /v5/order/cancel HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
    b"GET /v5/market/time HTTP/1.1\r\nHost: x\r\n\r\n" * 3,
    b"POST /v5/order/cancel HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /v5/private HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
]


def live_and_die(exchange: Sandbox, chance: random.Random) -> None:
    category = chance.choice([*SYMBOLS])
    order = exchange.place(category, SYMBOLS[category], qty="3")
    exchange.faults.on_event(order.order_id, [drop_event(), delay_event(0.01), repeat_event(2, interval=0.01)])
    act: Callable[[], object] = chance.choice(
        [
            lambda: exchange.fill(order.order_id),
            lambda: exchange.fill(order.order_id, "0.5"),
            lambda: exchange.end(order.order_id, "Rejected"),
            lambda: exchange.lose_race(order.order_id),
            lambda: exchange.repeat_last_event(order.order_id, 3),
            exchange.restart,
        ]
    )
    act()


def read(exchange: Sandbox, chance: random.Random) -> None:
    with Wire(exchange) as wire:
        for _ in range(3):
            chosen = chance.sample([*PARAMETERS], chance.randint(0, 4))
            query = {
                "category": chance.choice([*SYMBOLS]),
                **{name: chance.choice(PARAMETERS[name]) for name in chosen},
            }
            answer = wire.get(chance.choice(["/v5/order/realtime", "/v5/order/history"]), query)
            assert answer["retCode"] in (0, 10001), answer


def cancel(exchange: Sandbox, chance: random.Random) -> None:
    body = chance.choice(BODIES)
    headers = {"Content-Type": "application/json"}
    with Wire(exchange) as wire:
        request = httpx.Request("POST", f"{exchange.url}/v5/order/cancel", content=body, headers=headers)
        answer = wire.send(wire.sign(request)).json()
    assert answer["retCode"] in (10001, 110001, 170213), answer


def stream(exchange: Sandbox, chance: random.Random) -> None:
    try:
        with StreamClient(exchange) as client:
            client.open()
            client.socket.send(chance.choice(MESSAGES))
            client.receive()
    except ConnectionClosed:  # by a restart
        pass


def send_raw(exchange: Sandbox, chance: random.Random) -> None:
    port = int(exchange.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(chance.choice(RAW))


def test_sandbox_answers_odd_requests_of_many_clients(exchange: Sandbox) -> None:
    def run(act: Callable[[Sandbox, random.Random], None], seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(ROUNDS):
            act(exchange, chance)

    acts = (live_and_die, live_and_die, read, read, cancel, stream, send_raw)
    with ThreadPoolExecutor(len(acts)) as pool:
        for client in [pool.submit(run, act, seed) for seed, act in enumerate(acts)]:
            client.result(60)
    assert_lists_agree_with_the_truth(exchange)


def assert_lists_agree_with_the_truth(exchange: Sandbox) -> None:
    exchange.faults.clear()
    orders = exchange.orders()
    assert len(orders) == 2 * ROUNDS
    with Wire(exchange) as wire:
        for order in orders:
            name = {"category": order.category, "symbol": order.symbol, "orderId": order.order_id}
            shown = statuses_of(wire.realtime(**name)) + statuses_of(wire.history(**name))
            assert {*shown} == {order.order_status}


def test_random_faults_leave_every_cancel_either_done_or_not(exchange: Sandbox) -> None:
    exchange.faults.at_random([respond_with_page(502), respond_with_page(502, carry_out=True)], rate=0.5, seed=1)
    exchange.faults.at_random([lag_response(60.0)], rate=0.5, seed=2, of="reads")
    orders = [exchange.place("linear", "BTCUSDT") for _ in range(40)]
    with Wire(exchange) as wire:
        statuses = [wire.send(wire.cancel_request(order)).status_code for order in orders]
        lacking = [wire.realtime(category="linear", symbol="BTCUSDT", orderId=orders[0].order_id) for _ in range(20)]
    ended = [exchange.order(order.order_id).order_status for order in orders]
    assert {*zip(statuses, ended, strict=True)} == {(200, "Cancelled"), (502, "Cancelled"), (502, "New")}
    assert {len(statuses_of(answer)) for answer in lacking} == {0, 1}
