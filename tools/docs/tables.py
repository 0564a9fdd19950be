"""The tables of the site that say what the code says: each is made from the code, and never written by hand."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args

import attrs
from bybit_v5.types import UNSET

from bybit_ext import errors
from bybit_ext.document import is_signed, operations
from bybit_ext.engines.hosts import REST_HOSTS, STREAM_HOSTS, TRADE_HOSTS
from bybit_ext.errors import BUSY, BybitError, ClockError, OutcomeUnknown, RateLimited
from bybit_ext.orders.requests import CancelAllRequest, CancelOrderRequest, PlaceOrderRequest
from bybit_ext.sandbox import faults

_FOR_THE_SANDBOX = (
    "take",
    "take_for_order_of_batch",
    "take_for_read",
    "take_for_event",
    "report",
)  # the sandbox calls them


def error_tree() -> str:
    """Draw the errors as a tree, with what each says."""
    tree = [line.removeprefix("    ") for line in (errors.__doc__ or "").splitlines() if re.match(r"    [B│├└]", line)]
    return _lines(["```text", *tree, "```"])


def error_advice() -> str:
    """Say of each error what to do next."""
    rows = [(f"`{one.__name__}`", _first_line(one), one.advice) for one in _error_classes()]
    return _table(("error", "what it says", "what to do"), rows)


def ret_codes() -> str:
    """Say of each known retCode which error it is, and whether a cancel is sent again after it."""
    rows = [
        (f"`{code}`", f"`{error_class.__name__}`", _sent_again(code, error_class))
        for code, error_class in sorted(errors.ERROR_CLASSES.items())
    ]
    return _table(("retCode", "error", "is the cancel sent again?"), rows)


def hosts() -> str:
    """List the documented hosts of each environment and region."""
    rows = [
        (f"`{environment}`", f"`{region}`" if region else "", *(_url(urls, (environment, region)) for urls in _HOSTS))
        for environment, region in REST_HOSTS
    ]
    return _table(("environment", "region", "requests", "private stream", "trade WebSocket"), rows)


def document_operations() -> str:
    """List the operations of the document, by the modules that were generated from it."""
    rows = [
        (
            f"`bybit_v5.api.{operation['tags'][0]}.{_snake_case(operation['operationId'])}`",
            f"`{method} {path}`",
            operation["summary"],
            "yes" if is_signed(operation) else "no",
        )
        for (method, path), operation in sorted(operations(), key=lambda one: (one[1]["tags"], one[0][1]))
    ]
    return _table(("module", "request", "what it does", "signed"), rows)


def request_models() -> str:
    """List the models that the calls take, with their fields."""
    rows = [
        (f"`{model.__name__}`", _fields(model, required=True), _fields(model, required=False))
        for request in (CancelOrderRequest, CancelAllRequest, PlaceOrderRequest)
        for model in get_args(request)
    ]
    return _table(("model", "required, in this order", "optional"), rows)


def request_faults() -> str:
    """List what can go wrong with a request."""
    return _functions(faults.Fault)


def event_faults() -> str:
    """List what can go wrong with an event of the stream."""
    return _functions(faults.EventFault)


def fault_targets() -> str:
    """List the methods that say what goes wrong when."""
    rows = [
        (_call(name, method), _first_line(method))
        for name, method in inspect.getmembers(faults.Faults, inspect.isfunction)
        if not name.startswith("_") and name not in _FOR_THE_SANDBOX
    ]
    return _table(("`sandbox.faults.…`", "what it does"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "error tree": error_tree,
    "error advice": error_advice,
    "retCodes": ret_codes,
    "hosts": hosts,
    "operations": document_operations,
    "request models": request_models,
    "request faults": request_faults,
    "event faults": event_faults,
    "fault targets": fault_targets,
}
"""What makes each table, by the name in the pages."""

_HOSTS = (REST_HOSTS, STREAM_HOSTS, TRADE_HOSTS)


def _error_classes() -> list[type[BybitError]]:
    found = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, BybitError)]
    return [one for one in found if one is not BybitError]


def _url(urls: Mapping[Any, str], pair: tuple[str, str | None]) -> str:
    return f"`{urls[pair]}`" if pair in urls else "none"


def _sent_again(code: int, error_class: type[BybitError]) -> str:
    if issubclass(error_class, ClockError):
        return "once, with the clock corrected"
    if issubclass(error_class, RateLimited):
        return "when the limit resets"
    return "after a back-off" if code in BUSY or issubclass(error_class, OutcomeUnknown) else "no"


def _fields(model: Any, *, required: bool) -> str:
    given = [field for field in attrs.fields(model) if field.init]
    names = [field.name for field in given if (field.default is attrs.NOTHING) is required]
    defaults = {field.name: field.default for field in given if field.default not in (attrs.NOTHING, UNSET)}
    return ", ".join(f"`{name}={defaults[name]!r}`" if name in defaults else f"`{name}`" for name in names)


def _functions(returned: type) -> str:
    rows = [
        (_call(name, function), _first_line(function))
        for name, function in vars(faults).items()
        if inspect.isfunction(function) and inspect.signature(function).return_annotation is returned
    ]
    return _table(("fault", "what it does"), rows)


def _call(name: str, function: Callable[..., Any]) -> str:
    parameters = [one for one in inspect.signature(function).parameters.values() if one.name != "self"]
    plain = [one.replace(annotation=inspect.Parameter.empty) for one in parameters]
    return f"`{name}{inspect.Signature(plain)}`"


def _first_line(documented: object) -> str:
    return (inspect.getdoc(documented) or "").partition("\n\n")[0].replace("\n", " ")


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return _lines([_row(head), _row(["---"] * len(head)), *map(_row, rows)])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)
