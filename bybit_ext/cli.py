"""The `bybit` command: what the package does, from a shell. Keys come from the environment, never from arguments."""

import json
import threading
from enum import IntEnum
from typing import Annotated, Any, NoReturn

import attrs
import typer
from bybit_v5.models import (
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
    Category,
    OrderFilter,
)
from rich.console import Console
from rich.markup import escape

from .accepted import CancelAccepted, CancelOrderRequest
from .client import Bybit
from .errors import BybitError, InvalidInput, NotSent, Refused
from .hosts import Environment, Region

app = typer.Typer(
    help="Cancel Bybit orders.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local variables would show the keys.
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(highlight=False, soft_wrap=True, stderr=True)


class Exit(IntEnum):
    """What the command's exit status says."""

    ACCEPTED = 0
    REFUSED = 1
    WRONG_USAGE = 2
    OUTCOME_UNKNOWN = 3
    NOT_SENT = 5


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def cancel(  # noqa: PLR0913 - one for each option
    *,
    category: Annotated[Category, typer.Option(help="Product type.")],
    symbol: Annotated[str, typer.Option(help="Symbol, like BTCUSDT.")],
    order_id: Annotated[str | None, typer.Option(help="The exchange's id of the order.")] = None,
    order_link_id: Annotated[str | None, typer.Option(help="Your own id of the order.")] = None,
    order_filter: Annotated[OrderFilter | None, typer.Option(help="Kind of a spot order.")] = None,
    environment: Annotated[Environment, typer.Option(help="Where the API key belongs.")] = "mainnet",
    region: Annotated[Region | None, typer.Option(help="A regional exchange.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Another host, such as a sandbox's.")] = None,
    as_json: AsJson = False,
) -> None:
    """Cancel one order, with the key in BYBIT_API_KEY and BYBIT_API_SECRET (or BYBIT_API_SECRET_FILE).

    Exit status: 0 accepted, 1 refused, 2 wrong usage, 3 outcome unknown, 5 nothing was sent.
    """
    try:
        order = _read_order(category, symbol, order_id, order_link_id, order_filter)
        with Bybit(environment=environment, region=region, base_url=base_url) as bybit:
            accepted = bybit.cancel_order(order)
    except BybitError as error:
        _fail(error, as_json=as_json)
    _show_accepted(accepted, as_json=as_json)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="Port on loopback; 0 finds a free one.")] = 0,
) -> None:
    """Run an imitation of the exchange on this machine, until Ctrl-C."""
    from .sandbox import Sandbox

    with Sandbox(port) as exchange:
        out.print(f"The sandbox listens on [bold]{exchange.url}[/]. Ctrl-C ends it. It takes this key, and no other:\n")
        out.print(f"export BYBIT_API_KEY={exchange.api_key}\nexport BYBIT_API_SECRET={exchange.api_secret}")
        for order_link_id in ("my-order-1", "my-order-2"):
            exchange.place("linear", "BTCUSDT", order_link_id=order_link_id)
        out.print(
            "\nTwo orders rest there. To cancel one:\n"
            f"bybit cancel --base-url {exchange.url} --category linear --symbol BTCUSDT --order-link-id my-order-1"
        )
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            out.print("\nThe sandbox is closed.")


@app.command()
def demo() -> None:
    """Show whole cancels on an embedded exchange: no key, no network."""
    from .demo import run

    run(out)


def _read_order(
    category: Category,
    symbol: str,
    order_id: str | None,
    order_link_id: str | None,
    order_filter: OrderFilter | None,
) -> CancelOrderRequest:
    if (order_id is None) == (order_link_id is None):
        raise InvalidInput("Name the order by --order-id or by --order-link-id.")
    if order_filter is None:
        if order_id is not None:
            return CancelByOrderId(category, symbol, order_id)
        return CancelByOrderLinkId(category, symbol, str(order_link_id))
    if category != "spot":
        raise InvalidInput(f"--order-filter: exists on spot only, not on {category}.")
    if order_id is not None:
        return CancelSpotByOrderId(category, symbol, order_id, order_filter)
    return CancelSpotByOrderLinkId(category, symbol, str(order_link_id), order_filter)


def _show_accepted(accepted: CancelAccepted, *, as_json: bool) -> None:
    if as_json:
        _print_json({"result": "accepted", **attrs.asdict(accepted)})
        return
    name = escape(str(accepted.order_id or accepted.order_link_id))
    out.print(
        f"[green]accepted[/]  The exchange took the request to cancel {name}. How the order ends is yet to be seen."
    )


def _fail(error: BybitError, *, as_json: bool) -> NoReturn:
    result = _exit_of(error)
    if as_json:
        evidence = attrs.asdict(error.evidence)
        name = result.name.lower().replace("_", " ")
        _print_json({"result": name, "error": type(error).__name__, "message": str(error), **evidence})
    else:
        err.print(f"[red]{type(error).__name__}[/]  {escape(str(error))}")
    raise typer.Exit(result)


def _exit_of(error: BybitError) -> Exit:
    if isinstance(error, InvalidInput):
        return Exit.WRONG_USAGE
    if isinstance(error, NotSent):
        return Exit.NOT_SENT
    return Exit.REFUSED if isinstance(error, Refused) else Exit.OUTCOME_UNKNOWN


def _print_json(content: dict[str, Any]) -> None:
    out.print(json.dumps(content), markup=False)
