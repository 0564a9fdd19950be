"""How the arguments of an operation are sent."""

from enum import Enum
from types import SimpleNamespace
from typing import Any

from bybit_ext.calls.operations import build_request


class Side(str, Enum):  # noqa: UP042 - whose str() is another, unlike a StrEnum's
    BUY = "Buy"


def test_a_query_has_its_values_as_json_writes_them_and_lists_item_by_item() -> None:
    values = {"count": 5, "price": 1.5, "yes": True, "no": False, "side": Side.BUY, "many": [1, True, "a b"]}

    def get_kwargs() -> dict[str, Any]:
        return {"method": "get", "url": "/v5/order/realtime", "params": values}

    operation: Any = SimpleNamespace(_get_kwargs=get_kwargs, _parse_response=None)
    path, _, query = build_request(operation, "/base").request.target.partition("?")
    assert path == "/base/v5/order/realtime"
    assert query == "count=5&price=1.5&yes=true&no=false&side=Buy&many=1&many=true&many=a%20b"
