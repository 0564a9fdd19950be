"""What a caller is told who passes the fields of an order, as other clients take them, in place of a request model."""

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from .errors import InvalidInput

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_MODELS = {
    (True, False): 'CancelByOrderId(category="linear", symbol="BTCUSDT", order_id="…")',
    (False, False): 'CancelByOrderLinkId(category="linear", symbol="BTCUSDT", order_link_id="…")',
    (True, True): 'CancelSpotByOrderId(category="spot", symbol="BTCUSDT", order_id="…", order_filter="StopOrder")',
    (
        False,
        True,
    ): 'CancelSpotByOrderLinkId(category="spot", symbol="BTCUSDT", order_link_id="…", order_filter="StopOrder")',
}
_BATCH = 'models of bybit_v5.models: [CancelByOrderId(category="linear", symbol="BTCUSDT", order_id="…"), …]'
_ALL = 'a model of bybit_v5.models: CancelAllBySymbol(category="linear", symbol="BTCUSDT")'
_EXAMPLES = {
    "cancel_batch": _BATCH,
    "cancel_batch_and_confirm": _BATCH,
    "cancel_all": _ALL,
    "cancel_all_and_confirm": _ALL,
    "place_order": 'a model of bybit_v5.models: FuturesLimitOrder("linear", "BTCUSDT", "Buy", qty="1", price="25000")',
}


def explain_arguments(method: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Let a method answer arguments that it does not have with `InvalidInput`, which names the model that was meant."""
    signature = inspect.signature(method)

    @functools.wraps(method)
    def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return method(*args, **kwargs)
        except TypeError:
            problem = _find_problem(signature, *args, **kwargs)
            if problem is None:  # the arguments were not what is wrong
                raise
        raise InvalidInput(f"{method.__name__}: {problem}. {_hint(method.__name__, set(kwargs))}")

    return call


def _find_problem(signature: inspect.Signature, *args: object, **kwargs: object) -> str | None:
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        return str(error)
    return None


def _hint(name: str, given: set[str]) -> str:
    if name in _EXAMPLES:
        return f"It takes {_EXAMPLES[name]}."
    by_order_id = not given & {"orderLinkId", "order_link_id"}
    has_filter = bool(given & {"orderFilter", "order_filter"})
    return f"It takes a model of bybit_v5.models: {name}({_MODELS[by_order_id, has_filter]})."
