"""The documented rate limits: who has sent how much in the last second, and what that leaves.

The limits hold for an account, an operation and a business line: linear and inverse share one. A second is a rolling
one. A batch counts each of its orders; the orders that are too many fail, each with a code of its own, and the others
are carried out. On option a batch counts as one request.

Sources: https://bybit-exchange.github.io/docs/v5/rate-limit, of batches "Instructions for batch endpoints" there.
"""

import threading
from collections import defaultdict

from attrs import frozen

_SECOND = 1000  # ms
_FUTURES = "futures"
_LINES = {"linear": _FUTURES, "inverse": _FUTURES}
_LIMITS = {
    "createOrder": {_FUTURES: 10, "option": 10, "spot": 20},
    "cancelOrder": {_FUTURES: 10, "option": 10, "spot": 20},
    "cancelBatch": {_FUTURES: 10, "option": 10, "spot": 20},
    "cancelAll": {_FUTURES: 10, "option": 1, "spot": 20},
}
_OTHER_LIMIT = 50
_LIMITED_BY_ADDRESS_ONLY = ("getServerTime",)


@frozen
class Quota:
    """What a rate limit says of a request.

    Attributes:
        limit: how much an account may send in a second.
        left: how much of that is left after this request.
        allowed: how much of this request may be carried out: 1 of a single one that may, of a batch so many orders.
        reset: when there is more, in ms; the current time if there is enough.
    """

    limit: int
    left: int
    allowed: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the response."""
        return {
            "X-Bapi-Limit": str(self.limit),
            "X-Bapi-Limit-Status": str(self.left),
            "X-Bapi-Limit-Reset-Timestamp": str(self.reset),
        }


class RateLimits:
    """Counts what each account sends. Safe to use from several threads.

    Args:
        enforce: whether what is too much is refused; otherwise it is only counted, for the headers.
    """

    def __init__(self, *, enforce: bool) -> None:
        self._enforce = enforce
        self._lock = threading.Lock()
        self._sent: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)

    def count(self, operation_id: str, category: str, account: str, now: int, orders: int = 1) -> Quota:
        """Count a request, and return what its rate limit says of it.

        Args:
            operation_id: the document's name for what is asked for.
            category: product type; empty if it has none.
            account: whose request it is.
            now: time at the exchange, in ms.
            orders: how many orders a batch has.
        """
        line = _LINES.get(category, category)
        limit = _LIMITS.get(operation_id, {}).get(line, _OTHER_LIMIT)
        cost = 1 if line == "option" else orders
        with self._lock:
            sent = self._sent[operation_id, line, account]
            sent[:] = [one for one in sent if now - _SECOND < one <= now]
            is_free = not self._enforce or operation_id in _LIMITED_BY_ADDRESS_ONLY
            taken = cost if is_free else min(cost, limit - len(sent))
            sent += [now] * taken
            left = max(0, limit - len(sent))
            reset = now if taken == cost else sent[0] + _SECOND
        return Quota(limit, left, orders if taken == cost else taken, reset)
