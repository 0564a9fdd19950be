"""The seam to the generated operations: build a request without sending it, parse a response without fetching it.

Each generated module (`bybit_v5.api.trade.cancel_order`) is an `Operation`. Its two halves are private by name, but its
public functions consist of nothing else, and the generator is pinned.
"""

import json
from collections.abc import Callable
from functools import cache, lru_cache
from types import ModuleType
from typing import Any, ParamSpec, Protocol, TypeVar, cast
from urllib.parse import quote, urlencode

import httpx
from attrs import frozen
from bybit_v5 import AuthenticatedClient, Client
from bybit_v5.models import ErrorResponse

from bybit_ext.document import OperationRules, Validate, is_idempotent, request_validator, rules_for
from bybit_ext.engines.interface import Request
from bybit_ext.errors import InvalidInput

from .validation import argument_hints, type_validator

Arguments = ParamSpec("Arguments")

_MAX_TARGET = 65_536  # characters; no server takes a longer path and query
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_JSON_HEADER = (("Content-Type", "application/json"),)


class Model(Protocol):
    """A generated model."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        ...


Answer_co = TypeVar("Answer_co", bound=Model, covariant=True)
Answer = TypeVar("Answer", bound=Model)


class ParseResponse(Protocol[Answer_co]):
    """Makes the document's models of a response."""

    def __call__(
        self, *, client: AuthenticatedClient | Client, response: httpx.Response
    ) -> Answer_co | ErrorResponse | None:
        """Return one of the document's models."""
        ...


class Operation(Protocol[Arguments, Answer_co]):
    """A generated module: its arguments and its accepted answer are known to type checkers."""

    @property
    def _get_kwargs(self) -> Callable[Arguments, dict[str, Any]]: ...

    @property
    def _parse_response(self) -> ParseResponse[Answer_co]: ...


@frozen
class BuiltRequest:
    """A request, ready to be signed and sent as often as it takes.

    Attributes:
        request: what is sent.
        is_signed: whether the exchange wants it signed.
        is_idempotent: whether it does the same when it is sent twice.
    """

    request: Request
    is_signed: bool
    is_idempotent: bool

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing."""
        return self.request.method == "GET"


def build_request(
    operation: Operation[Arguments, Any], base_path: str, *args: Arguments.args, **kwargs: Arguments.kwargs
) -> BuiltRequest:
    """Build the request of an operation.

    Args:
        operation: a generated module.
        base_path: what stands before the document's paths.
        *args: none; the generated functions take keywords.
        **kwargs: the operation's arguments.

    Raises:
        InvalidInput: an argument is not what the document says; the message names it.
    """
    name = _name_of(operation)
    get_kwargs = operation._get_kwargs  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    for argument, validate in _argument_validators(get_kwargs).items():
        if argument in kwargs:
            _check(argument, validate(kwargs[argument]))
    body = cast("dict[str, Any]", kwargs).get("body")
    try:
        parts = get_kwargs(*args, **{name: _plain(value) for name, value in kwargs.items()})
        if body is not None:
            _check("body", request_validator(type(body).__name__)(parts["json"]))
        return _build(parts, base_path, type(body).__name__)
    except InvalidInput:
        raise
    except (TypeError, ValueError, RecursionError) as error:
        # Missing or unknown arguments; values that JSON or a URL cannot hold.
        raise InvalidInput(f"{name}: {str(error).replace('_get_kwargs()', 'it')}.") from None


def _build(parts: dict[str, Any], base_path: str, schema: str) -> BuiltRequest:
    method: str = parts["method"].upper()
    rules = _rules_for(method, parts["url"])
    query = {name: _as_query(value) for name, value in parts.get("params", {}).items()}
    for name, value in query.items():
        _check(name, rules.query[name](value) if name in rules.query else None)
    target = base_path + quote(parts["url"], safe="/%:@!$&'()*+,;=~")
    if query:
        target += f"?{urlencode(query, doseq=True, quote_via=quote)}"
    if len(target) > _MAX_TARGET:
        raise ValueError("its arguments are too long for a URL")
    body = b""
    if "json" in parts:
        body = _JSON.encode(parts["json"]).encode()
    return BuiltRequest(
        request=Request(method, target, _JSON_HEADER if body else (), body),
        is_signed=rules.is_signed,
        is_idempotent=method == "GET" or is_idempotent(schema),
    )


def _check(name: str, problem: str | None) -> None:
    if problem:
        raise InvalidInput(f"{name}{problem}.")


def _plain(value: Any) -> Any:
    """Return a subclass of str as the string that it is; the `str()` of a member of an enum may be another."""
    return str.__str__(value) if isinstance(value, str) and type(value) is not str else value


def _as_query(value: Any) -> Any:
    """Return a value as it stands in a query: true as JSON writes it, a list item by item."""
    if isinstance(value, list):
        return [_as_query(item) for item in cast("list[object]", value)]
    if isinstance(value, bool):
        return "true" if value else "false"
    return _plain(value)


@cache
def _argument_validators(get_kwargs: Callable[..., Any]) -> dict[str, Validate]:
    return {name: type_validator(hint) for name, hint in argument_hints(get_kwargs).items()}


@lru_cache(maxsize=256)  # a path can have parameters
def _rules_for(method: str, url: str) -> OperationRules:
    return rules_for(method, url)


def _name_of(operation: object) -> str:
    if not hasattr(operation, "_get_kwargs") or not hasattr(operation, "_parse_response"):
        raise InvalidInput(
            "operation: must be a generated module, like bybit_v5.api.trade.cancel_order, not a function."
        )
    return operation.__name__.rpartition(".")[2] if isinstance(operation, ModuleType) else "operation"


class _ParsedReply:
    """A reply whose JSON was parsed before: as much of `httpx.Response` as the generated code reads."""

    status_code = 200

    def __init__(self, content: Any) -> None:
        self._content = content

    def json(self) -> Any:
        return self._content


_ANY_CLIENT = Client(base_url="")


def parse_response(operation: Operation[Any, Answer], content: Any) -> Answer | ErrorResponse | None:
    """Return the document's model of the JSON of a response.

    Raises:
        Exception: it is not what the document says; which exception is the generator's choice.
    """
    response = cast("httpx.Response", _ParsedReply(content))
    return operation._parse_response(client=_ANY_CLIENT, response=response)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
