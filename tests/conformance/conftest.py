"""What the conformance tests share: the sandbox as it is, and with Schemathesis' statuses before it."""

from collections.abc import Iterator

import httpx
import pytest

from bybit_ext.sandbox import Sandbox
from tests.conformance.wire import StatusOfRefusal


@pytest.fixture(scope="package")
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """A plain client: it can send what no model would. It does not sign."""
    with httpx.Client(base_url=sandbox.url) as client:
        yield client


@pytest.fixture(scope="package")
def exchange() -> Iterator[Sandbox]:
    """A sandbox that gives refusals a status, and carries cancels out at once."""
    exchange = Sandbox(cancel_delay=0)
    exchange._app.add_middleware(StatusOfRefusal)
    with exchange:
        yield exchange
