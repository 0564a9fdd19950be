"""bybit-v5: the generated function on `bybit.client`, signed, and its answer parsed but not judged."""

from collections.abc import Generator
from contextlib import contextmanager

from bybit_v5.api.trade import cancel_order
from bybit_v5.models import CancelByOrderId, CancelOrderResponse, OrderIds

from tools.benchmark.clients import Cancel
from tools.benchmark.clients.ours import open_bybit
from tools.benchmark.target import CATEGORY, SYMBOL, Target


@contextmanager
def open_client(target: Target) -> Generator[Cancel]:
    """Cancel by the generated function."""
    with open_bybit("h11", target) as bybit:

        def cancel(order_id: str) -> str | None:
            answer = cancel_order.sync(client=bybit.client, body=CancelByOrderId(CATEGORY, SYMBOL, order_id))
            if isinstance(answer, CancelOrderResponse) and isinstance(answer.result, OrderIds):
                return answer.result.order_id or None
            raise ValueError(f"not accepted: {answer}")

        yield cancel
