"""The `bybit` command: what the package does, from a shell. Keys come from the environment, never from arguments."""

from importlib.metadata import version
from typing import Annotated, NoReturn

import typer
from bybit_v5.models import Category

from bybit_ext.engines.hosts import Environment, Region
from bybit_ext.errors import BybitError, InvalidInput

from .cancellation import AllOrders, CancelSettings, NamedOrders
from .console import err, out, plain, print_safely, print_text
from .exchange import ENVIRONMENT_VARIABLE, ChosenExchange
from .exit_status import Exit, exit_of
from .listing import open_orders
from .render import show_failure, show_order, show_orders
from .requests import CancelFilter, Scope, cancel_all_request, cancel_requests

app: typer.Typer = typer.Typer(
    help="List, watch and cancel Bybit orders.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local variables would show the keys.
    pretty_exceptions_enable=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for each order, on a line of its own.")]
EnvironmentOption = Annotated[
    Environment | None,
    typer.Option(envvar=ENVIRONMENT_VARIABLE, help="Where the API key belongs. There is no default."),
]
RegionOption = Annotated[Region | None, typer.Option(help="A regional exchange.")]
BaseUrl = Annotated[
    str | None, typer.Option(help="Another host, such as a sandbox's, in place of environment and region.")
]
StreamUrl = Annotated[str | None, typer.Option(help="Another private stream, such as a sandbox's.")]


@app.command()
def cancel(  # noqa: PLR0913 - one for each option
    *,
    category: Annotated[Category, typer.Option(help="Product type.")],
    symbol: Annotated[str | None, typer.Option(help="Symbol of the orders, like BTCUSDT.")] = None,
    order_id: Annotated[
        list[str] | None, typer.Option(help="The exchange's id of an order. Can be given several times.")
    ] = None,
    order_link_id: Annotated[
        list[str] | None, typer.Option(help="Your own id of an order. Can be given several times.")
    ] = None,
    all_orders: Annotated[
        bool,
        typer.Option("--all", help="All open orders of the category, or of a symbol or a coin (on futures, of one)."),
    ] = False,
    base_coin: Annotated[str | None, typer.Option(help="With --all: base coin of the orders, like BTC.")] = None,
    settle_coin: Annotated[str | None, typer.Option(help="With --all: settle coin of the orders, like USDT.")] = None,
    order_filter: Annotated[
        CancelFilter | None, typer.Option(help="Kind of the orders. Without --all, on spot only.")
    ] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Wait until it is known how each order ended.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. Needed where there is no terminal to ask.")] = False,
    deadline: Annotated[float, typer.Option(help="Seconds that it may take as a whole.")] = 10.0,
    environment: EnvironmentOption = None,
    region: RegionOption = None,
    base_url: BaseUrl = None,
    stream_url: StreamUrl = None,
    as_json: AsJson = False,
) -> None:
    """Cancel orders, with the key in BYBIT_API_KEY and BYBIT_API_SECRET (or BYBIT_API_SECRET_FILE).

    The orders are those of one symbol that --order-id and --order-link-id name, or all open ones (--all). Which orders
    are about to be cancelled, and at which host, is shown first, with the question whether to go on.

    Exit status, from best to worst (of several orders the worst counts): 0 accepted (with --confirm: cancelled),
    4 not cancelled but filled or otherwise closed, 1 refused, 2 wrong usage, 5 not sent: nothing left this machine,
    3 outcome unknown, 130 interrupted by Ctrl-C: outcome unknown.
    """
    has_begun = False
    try:
        ids = (order_id or [], order_link_id or [])
        scope = Scope(symbol, base_coin, settle_coin)
        orders = _read_orders(category, scope, *ids, order_filter, is_all=all_orders, confirm=confirm)
        exchange = ChosenExchange.of(environment, region, base_url, stream_url)
        with exchange.open(deadline=deadline) as bybit:
            exchange.ask_before(orders.intent, is_confirmed=yes)
            has_begun = True
            status = orders.cancel(CancelSettings(bybit, confirm, as_json))
    except BybitError as error:
        _fail(error, as_json=as_json)
    except KeyboardInterrupt:  # before the first send, after the last result, or the second one in a row
        _end_by_ctrl_c("What is not shown is unknown." if has_begun else "Nothing was sent.")
    raise typer.Exit(status)


@app.command()
def orders(  # noqa: PLR0913 - one for each option
    *,
    category: Annotated[Category, typer.Option(help="Product type.")],
    symbol: Annotated[str | None, typer.Option(help="Only orders of this symbol, like BTCUSDT.")] = None,
    base_coin: Annotated[str | None, typer.Option(help="Only orders of this base coin, like BTC.")] = None,
    settle_coin: Annotated[str | None, typer.Option(help="Only orders of this settle coin, like USDT.")] = None,
    environment: EnvironmentOption = None,
    region: RegionOption = None,
    base_url: BaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List the open orders: as a table on a terminal, else one line for each.

    linear needs --symbol, --base-coin or --settle-coin.
    """
    try:
        scope = Scope(symbol, base_coin, settle_coin)
        exchange = ChosenExchange.of(environment, region, base_url, None)
        with exchange.open() as bybit:
            found = open_orders(bybit, category, scope)
        show_orders(found, exchange.host, as_json=as_json)
    except BybitError as error:
        _fail(error, as_json=as_json)
    except KeyboardInterrupt:
        _end_by_ctrl_c("Not all open orders are shown.")


@app.command()
def watch(  # noqa: PLR0913 - one for each option
    *,
    category: Annotated[Category | None, typer.Option(help="Product type; all if it is not given.")] = None,
    environment: EnvironmentOption = None,
    region: RegionOption = None,
    base_url: BaseUrl = None,
    stream_url: StreamUrl = None,
    as_json: AsJson = False,
) -> None:
    """Print order updates as they come, until Ctrl-C."""
    try:
        with ChosenExchange.of(environment, region, base_url, stream_url).open() as bybit:
            for order in bybit.orders(category):
                show_order(order, as_json=as_json)
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
    """List, watch and cancel Bybit orders."""
    if show_version:
        print_text(version("bybit-v5"))
        raise typer.Exit


def _read_orders(  # noqa: PLR0913 - one for each option
    category: Category,
    scope: Scope,
    order_ids: list[str],
    order_link_ids: list[str],
    order_filter: CancelFilter | None,
    *,
    is_all: bool,
    confirm: bool,
) -> NamedOrders | AllOrders:
    if is_all:
        if order_ids or order_link_ids:
            raise InvalidInput("--all: goes without --order-id and --order-link-id.")
        return AllOrders(cancel_all_request(category, scope, order_filter, confirm=confirm), scope)
    if scope.base_coin or scope.settle_coin:
        raise InvalidInput("--base-coin, --settle-coin: go with --all only.")
    return NamedOrders(cancel_requests(category, scope.symbol, order_ids, order_link_ids, order_filter))


def _fail(error: BybitError, *, as_json: bool) -> NoReturn:
    show_failure(error, as_json=as_json)
    raise typer.Exit(exit_of(error))


def _end_by_ctrl_c(known: str) -> NoReturn:
    print_safely(err, f"[red]Interrupted[/]  {known}")
    raise typer.Exit(Exit.INTERRUPTED)
