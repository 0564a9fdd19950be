"""The `bybit` command: what the package does, from a shell. Keys come from the environment, never from arguments."""

from enum import IntEnum
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer
from bybit_v5.models import (
    CancelByOrderId,
    CancelByOrderLinkId,
    CancelSpotByOrderId,
    CancelSpotByOrderLinkId,
    Category,
    OrderFilter,
)

from bybit_ext.client import Bybit
from bybit_ext.engines.hosts import Environment, Region
from bybit_ext.errors import BybitError, InvalidInput, NotSent, Refused
from bybit_ext.orders.requests import CancelOrderRequest

from .console import err, out, plain, print_text
from .render import show_accepted, show_failure, show_interruption, show_outcome, show_update, waiting

app = typer.Typer(
    help="Cancel Bybit orders.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local variables would show the keys.
    pretty_exceptions_enable=False,
)


class Exit(IntEnum):
    """What the command's exit status says."""

    ACCEPTED = 0  # with --confirm: cancelled
    REFUSED = 1
    WRONG_USAGE = 2
    OUTCOME_UNKNOWN = 3
    NOT_CANCELLED = 4
    NOT_SENT = 5
    INTERRUPTED = 130  # as shells have it for Ctrl-C


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object (a line for each order of watch).")]
EnvironmentOption = Annotated[Environment, typer.Option(help="Where the API key belongs.")]
RegionOption = Annotated[Region | None, typer.Option(help="A regional exchange.")]
BaseUrl = Annotated[str | None, typer.Option(help="Another host, such as a sandbox's.")]
StreamUrl = Annotated[str | None, typer.Option(help="Another private stream, such as a sandbox's.")]


@app.command()
def cancel(  # noqa: PLR0913 - one for each option
    *,
    category: Annotated[Category, typer.Option(help="Product type.")],
    symbol: Annotated[str, typer.Option(help="Symbol, like BTCUSDT.")],
    order_id: Annotated[str | None, typer.Option(help="The exchange's id of the order.")] = None,
    order_link_id: Annotated[str | None, typer.Option(help="Your own id of the order.")] = None,
    order_filter: Annotated[OrderFilter | None, typer.Option(help="Kind of a spot order.")] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Wait until it is known how the order ended.")] = False,
    deadline: Annotated[float, typer.Option(help="Seconds that it may take as a whole.")] = 10.0,
    environment: EnvironmentOption = "mainnet",
    region: RegionOption = None,
    base_url: BaseUrl = None,
    stream_url: StreamUrl = None,
    as_json: AsJson = False,
) -> None:
    """Cancel one order, with the key in BYBIT_API_KEY and BYBIT_API_SECRET (or BYBIT_API_SECRET_FILE).

    Exit status: 0 accepted (with --confirm: cancelled), 1 refused, 2 wrong usage, 3 outcome unknown, 4 not cancelled
    but filled or otherwise closed, 5 not sent: nothing left this machine, 130 interrupted by Ctrl-C: outcome unknown.
    """
    try:
        order = _read_order(category, symbol, order_id, order_link_id, order_filter)
        with Bybit(
            environment=environment, region=region, base_url=base_url, stream_url=stream_url, deadline=deadline
        ) as bybit:
            if not confirm:
                show_accepted(bybit.cancel_order(order), as_json=as_json)
                return
            with waiting(f"Waiting for {order_id or order_link_id} to end …"):
                outcome = bybit.cancel_and_confirm(order)
    except BybitError as error:
        _fail(error, as_json=as_json)
    except KeyboardInterrupt:
        show_interruption(str(order_id or order_link_id), as_json=as_json)
        raise typer.Exit(Exit.INTERRUPTED) from None
    show_outcome(outcome, as_json=as_json)
    raise typer.Exit(Exit.ACCEPTED if outcome.cancelled else Exit.NOT_CANCELLED)


@app.command()
def watch(  # noqa: PLR0913 - one for each option
    *,
    category: Annotated[Category | None, typer.Option(help="Product type; all if it is not given.")] = None,
    environment: EnvironmentOption = "mainnet",
    region: RegionOption = None,
    base_url: BaseUrl = None,
    stream_url: StreamUrl = None,
    as_json: AsJson = False,
) -> None:
    """Print order updates as they come, until Ctrl-C."""
    try:
        with Bybit(environment=environment, region=region, base_url=base_url, stream_url=stream_url) as bybit:
            for order in bybit.orders(category):
                show_update(order, as_json=as_json)
    except KeyboardInterrupt:
        raise typer.Exit from None
    except BybitError as error:
        _fail(error, as_json=as_json)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on loopback; 0 finds a free one.")] = 0,
) -> None:
    """Run an imitation of the exchange on this machine, until Ctrl-C."""
    try:
        from .serve import serve

        serve(out, port)
    except (ModuleNotFoundError, OSError) as error:
        err.print(f"[red]The sandbox cannot be run[/]  {plain(error)}")
        raise typer.Exit(Exit.WRONG_USAGE) from None


@app.command()
def demo() -> None:
    """Show whole cancels on an embedded exchange: no key, no network."""
    try:
        from .demo import run
    except ModuleNotFoundError as error:
        err.print(f"[red]The demo cannot be run[/]  {plain(error)}")
        raise typer.Exit(Exit.WRONG_USAGE) from None
    run(out)


@app.callback(invoke_without_command=True)
def main(*, show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Cancel Bybit orders."""
    if show_version:
        print_text(version("bybit-v5"))
        raise typer.Exit


def _read_order(
    category: Category,
    symbol: str,
    order_id: str | None,
    order_link_id: str | None,
    order_filter: OrderFilter | None,
) -> CancelOrderRequest:
    if order_id is not None and order_link_id is not None:
        raise InvalidInput("Name the order by --order-id or by --order-link-id, not by both.")
    if order_filter is not None and category != "spot":
        raise InvalidInput(f"--order-filter: exists on spot only, not on {category}.")
    if order_id is not None:
        if order_filter is None:
            return CancelByOrderId(category, symbol, order_id)
        return CancelSpotByOrderId("spot", symbol, order_id, order_filter)
    if order_link_id is None:
        raise InvalidInput("Name the order by --order-id or by --order-link-id.")
    if order_filter is None:
        return CancelByOrderLinkId(category, symbol, order_link_id)
    return CancelSpotByOrderLinkId("spot", symbol, order_link_id, order_filter)


def _fail(error: BybitError, *, as_json: bool) -> NoReturn:
    result = _exit_of(error)
    show_failure(error, result.name.lower().replace("_", " "), as_json=as_json)
    raise typer.Exit(result)


def _exit_of(error: BybitError) -> Exit:
    if isinstance(error, InvalidInput):
        return Exit.WRONG_USAGE
    if isinstance(error, NotSent):
        return Exit.NOT_SENT
    return Exit.REFUSED if isinstance(error, Refused) else Exit.OUTCOME_UNKNOWN
