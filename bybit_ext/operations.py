"""The seam to the generated operations: write a request without sending it, read an answer without fetching it.

Each generated module (`bybit_v5.api.trade.cancel_order`) is an `Operation`. Its two halves are private by name, but its
public functions consist of nothing else, and the generator is pinned.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any, ParamSpec, Protocol, TypeVar

import httpx
from bybit_v5 import AuthenticatedClient, Client
from bybit_v5.models import Refusal

from .checking import argument_hints, find_mismatch
from .errors import InvalidInput
from .spec import find_parameter_violation, find_violation

Arguments = ParamSpec("Arguments")

CLOSED = "This client is closed; open another one."


class Model(Protocol):
    """A generated model."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        ...


Answer_co = TypeVar("Answer_co", bound=Model, covariant=True)
Answer = TypeVar("Answer", bound=Model)


class ParseResponse(Protocol[Answer_co]):
    """Makes the spec's values of an answer."""

    def __call__(self, *, client: AuthenticatedClient | Client, response: httpx.Response) -> Answer_co | Refusal | None:
        """Return one of the spec's values."""
        ...


class Operation(Protocol[Arguments, Answer_co]):
    """A generated module: its arguments and its accepted answer are known to type checkers."""

    @property
    def _get_kwargs(self) -> Callable[Arguments, dict[str, Any]]: ...

    @property
    def _parse_response(self) -> ParseResponse[Answer_co]: ...


def write_request(
    operation: Operation[Arguments, Any],
    http: httpx.Client | httpx.AsyncClient,
    *args: Arguments.args,
    **kwargs: Arguments.kwargs,
) -> httpx.Request:
    """Write the request of an operation.

    Raises:
        InvalidInput: an argument is not what the spec says (the message names it), or the client is closed.
    """
    name = _name_of(operation)
    if http.is_closed:
        raise InvalidInput(CLOSED)
    get_kwargs = operation._get_kwargs  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    hints = argument_hints(get_kwargs)
    for argument, value in kwargs.items():
        if argument in hints:
            problem = find_mismatch(value, hints[argument], argument) or find_violation(value, argument)
            if problem:
                raise InvalidInput(f"{problem}.")
    try:
        request = http.build_request(**get_kwargs(*args, **kwargs))
    except (TypeError, ValueError, RecursionError, httpx.InvalidURL) as error:
        # Missing or unknown arguments; values that JSON or a URL cannot hold.
        raise InvalidInput(f"{name}: {str(error).replace('_get_kwargs()', 'it')}.") from None
    problem = find_parameter_violation(request)
    if problem:
        raise InvalidInput(f"{problem}.")
    return request


def _name_of(operation: object) -> str:
    if not hasattr(operation, "_get_kwargs") or not hasattr(operation, "_parse_response"):
        raise InvalidInput(
            "operation: must be a generated module, like bybit_v5.api.trade.cancel_order, not a function."
        )
    return operation.__name__.rpartition(".")[2] if isinstance(operation, ModuleType) else "operation"


def read_answer(operation: Operation[Any, Answer], client: Client, response: httpx.Response) -> Answer | Refusal | None:
    """Make the spec's values of an answer.

    Raises:
        Exception: the answer is not what the spec says; which exception is the generator's choice.
    """
    return operation._parse_response(client=client, response=response)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
