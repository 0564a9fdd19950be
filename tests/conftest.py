"""What the tests share: an exchange on a real port, and one way to call both clients."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings

from bybit_ext import AsyncBybit, Bybit, CancelAccepted, CancelOrderRequest, CancelOutcome
from bybit_ext.sandbox import Sandbox

# Fixed seeds: a run of the tests says the same twice.
settings.register_profile(
    "fixed", derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck), max_examples=100
)
# What scripts/conformance runs: other cases each time, and more of them.
settings.register_profile("long", settings.get_profile("fixed"), derandomize=False, max_examples=2000, print_blob=True)
# What looks for faults on purpose needs no small counter-example.
settings.register_profile("unshrunk", settings.get_profile("fixed"), phases=set(Phase) - {Phase.shrink, Phase.explain})
# Whether an operation is covered at all.
settings.register_profile("brief", settings.get_profile("fixed"), max_examples=10)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))

ENGINE: Any = os.environ.get("BYBIT_TEST_ENGINE", "h11")  # the engine of the tests that name none
over_http = pytest.mark.skipif(ENGINE == "websocket", reason="it is about what goes over HTTP alone")
API_KEY = "XXXXXXXXXXXXXXXXXX"
API_SECRET = "YYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYY"

Handler = Callable[[httpx.Request], httpx.Response]
Cancel = Callable[..., CancelAccepted]
Confirm = Callable[..., CancelOutcome]


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_interrupts() -> Iterator[None]:
    """Let Ctrl-C end what a test starts: a shell's background job, and all that it starts, would ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True)
def _no_keys_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KEY", "SECRET", "SECRET_FILE", "SECRET_PASSPHRASE"):
        monkeypatch.delenv(f"BYBIT_API_{name}", raising=False)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(cancel_delay=0.01) as exchange:
        yield exchange


@pytest.fixture
def exchange() -> Iterator[Sandbox]:
    """An exchange of this test's own, to be disturbed: it carries cancels out at once."""
    with Sandbox(cancel_delay=0.0) as sandbox:
        yield sandbox


@pytest.fixture
def bybit(sandbox: Sandbox) -> Iterator[Bybit]:
    keys = (sandbox.api_key, sandbox.api_secret)
    with Bybit(*keys, base_url=sandbox.url, trade_url=sandbox.trade_url, engine=ENGINE) as client:
        yield client


def with_defaults(options: dict[str, Any]) -> dict[str, Any]:
    """Let a call be sent once, where a test is about one send; a test about sending again gives a deadline of its
    own."""
    once = {} if "deadline" in options else {"max_sends": 1}
    base_url = options.get("base_url")
    # Whoever is the exchange in a test is so on both roads.
    trade = {"trade_url": f"{base_url.replace('http', 'ws', 1)}/v5/trade"} if isinstance(base_url, str) else {}
    return {"api_key": API_KEY, "api_secret": API_SECRET, "engine": ENGINE, **once, **trade, **options}


def cancel_sync(order: CancelOrderRequest, **options: Any) -> CancelAccepted:
    with Bybit(**with_defaults(options)) as client:
        return client.cancel_order(order)


def cancel_async(order: CancelOrderRequest, **options: Any) -> CancelAccepted:
    async def run() -> CancelAccepted:
        async with AsyncBybit(**with_defaults(options)) as client:
            return await client.cancel_order(order)

    return asyncio.run(run())


def confirm_sync(order: CancelOrderRequest, **options: Any) -> CancelOutcome:
    with Bybit(**with_defaults(options)) as client:
        return client.cancel_and_confirm(order)


def confirm_async(order: CancelOrderRequest, **options: Any) -> CancelOutcome:
    async def run() -> CancelOutcome:
        async with AsyncBybit(**with_defaults(options)) as client:
            return await client.cancel_and_confirm(order)

    return asyncio.run(run())


@pytest.fixture(params=[confirm_sync, confirm_async], ids=["sync", "async"])
def confirm(request: pytest.FixtureRequest) -> Confirm:
    """Cancel and confirm with a client of its own, sync or async; takes the client's options."""
    function: Confirm = request.param
    return function


@pytest.fixture(params=[cancel_sync, cancel_async], ids=["sync", "async"])
def cancel(request: pytest.FixtureRequest) -> Cancel:
    """Cancel with a client of its own, sync or async; takes the client's options."""
    function: Cancel = request.param
    return function


def options_of(sandbox: Sandbox, *, stream: bool = True, **more: Any) -> dict[str, Any]:
    """Return what a client needs to reach an exchange."""
    options = {"api_key": sandbox.api_key, "api_secret": sandbox.api_secret, "base_url": sandbox.url}
    return {
        **options,
        "deadline": 5.0,
        "absent_after": 0.4,
        **({"stream_url": sandbox.stream_url} if stream else {}),
        **more,
    }


def wait_until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until a condition holds, and fail if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def answering(status: int = 200, **content: Any) -> httpx.MockTransport:
    """Make a transport that always gives this answer."""
    return httpx.MockTransport(lambda _: httpx.Response(status, **content))
