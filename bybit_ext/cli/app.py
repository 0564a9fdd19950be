"""The `bybit` command: what the package does, from a shell. Keys come from the environment, never from arguments."""

from importlib.metadata import version
from typing import Annotated, NoReturn

import typer
from bybit_v5.models import Category, Order

from bybit_ext.engines.hosts import Environment, Region
from bybit_ext.errors import BybitError, InvalidInput

from . import manual
from .cancellation import AllOrders, CancelSettings, NamedOrders
from .console import err, out, plain, print_safely, print_text
from .exchange import ENVIRONMENT_VARIABLE, ChosenExchange
from .exit_status import Exit, exit_of
from .listing import open_orders
from .render import show_failure, show_order, show_orders
from .requests import CancelFilter, Scope, cancel_all_request, cancel_requests

app: typer.Typer = typer.Typer(
    help="List, watch and cancel Bybit orders.",
    epilog=manual.BYBIT.epilog(),
    no_args_is_help=True,
    rich_markup_mode=None,  # boxes would break commands and ids within words
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
    str | None,
    typer.Option(metavar="URL", help="Another host, such as a sandbox's, in place of environment and region."),
]
Port = Annotated[int, typer.Option(metavar="NUMBER", min=0, max=65535, help="Port on loopback; 0 finds a free one.")]
StreamUrl = Annotated[str | None, typer.Option(metavar="URL", help="Another private stream, such as a sandbox's.")]


@app.command(epilog=manual.CANCEL.epilog())
def cancel(  # noqa: PLR0913 - one for each option
    *,
    category: Annotated[Category, typer.Option(help="Product type.")],
    symbol: Annotated[str | None, typer.Option(metavar="NAME", help="Symbol of the orders, like BTCUSDT.")] = None,
    order_id: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="The exchange's id of an order. Can be given several times.")
    ] = None,
    order_link_id: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Your own id of an order. Can be given several times.")
    ] = None,
    all_orders: Annotated[
        bool,
        typer.Option("--all", help="All open orders of the category, or of a symbol or a coin (on futures, of one)."),
    ] = False,
    base_coin: Annotated[
        str | None, typer.Option(metavar="COIN", help="With --all: base coin of the orders, like BTC.")
    ] = None,
    settle_coin: Annotated[
        str | None, typer.Option(metavar="COIN", help="With --all: settle coin of the orders, like USDT.")
    ] = None,
    order_filter: Annotated[
        CancelFilter | None, typer.Option(help="Kind of the orders. Without --all, on spot only.")
    ] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Wait until it is known how each order ended.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. Needed where there is no terminal to ask.")] = False,
    deadline: Annotated[float, typer.Option(metavar="SECONDS", help="Seconds that it may take as a whole.")] = 10.0,
    environment: EnvironmentOption = None,
    region: RegionOption = None,
    base_url: BaseUrl = None,
    stream_url: StreamUrl = None,
    as_json: AsJson = False,
) -> None:
    """Cancel orders, and show what became of each.

    The orders are those of one symbol that --order-id and --order-link-id name, or all open ones (--all). Which orders
    are about to be cancelled, and at which host, is shown first, with the question whether to go on. Of several orders
    the worst result decides on the exit status. Ctrl-C shows of which orders the outcome is unknown.
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
        end_by_ctrl_c("What is not shown is unknown." if has_begun else "Nothing was sent.")
    raise typer.Exit(status)


@app.command(epilog=manual.ORDERS.epilog())
def orders(  # noqa: PLR0913 - one for each option
    *,
    category: Annotated[Category, typer.Option(help="Product type.")],
    symbol: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only orders of this symbol, like BTCUSDT.")
    ] = None,
    base_coin: Annotated[
        str | None, typer.Option(metavar="COIN", help="Only orders of this base coin, like BTC.")
    ] = None,
    settle_coin: Annotated[
        str | None, typer.Option(metavar="COIN", help="Only orders of this settle coin, like USDT.")
    ] = None,
    environment: EnvironmentOption = None,
    region: RegionOption = None,
    base_url: BaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List the open orders.

    A terminal gets a table, everything else a line for each order. linear needs --symbol, --base-coin or --settle-coin.
    """
    read: dict[str, Order] = {}
    try:
        scope = Scope(symbol, base_coin, settle_coin)
        exchange = ChosenExchange.of(environment, region, base_url, None)
        with exchange.open() as bybit:
            found = open_orders(bybit, category, scope, read)
        is_shown = show_orders(found, exchange.host, as_json=as_json)
    except BybitError as error:
        _fail(error, as_json=as_json)
    except KeyboardInterrupt:
        end_by_ctrl_c(f"Not all open orders are shown; {len(read)} had been read. No order was changed.")
    if not is_shown:  # an empty list would look like no open order
        raise typer.Exit(Exit.OUTCOME_UNKNOWN)


@app.command(epilog=manual.WATCH.epilog())
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
    seen = 0
    try:
        with ChosenExchange.of(environment, region, base_url, stream_url).open() as bybit:
            for order in bybit.orders(category):
                seen += 1
                if not show_order(order, as_json=as_json):
                    raise typer.Exit(Exit.OUTCOME_UNKNOWN)
    except KeyboardInterrupt:
        end_by_ctrl_c(
            f"{seen} {'update' if seen == 1 else 'updates'} came. No order was changed.", status=Exit.ACCEPTED
        )
    except BybitError as error:
        _fail(error, as_json=as_json)


@app.command(epilog=manual.SANDBOX.epilog())
def sandbox(
    port: Port = 0,
) -> None:
    """Run an imitation of the exchange on this machine, until Ctrl-C."""
    try:
        from .serve import serve

        serve(out, port)
    except (ModuleNotFoundError, OSError) as error:
        _cannot_run("sandbox", error)
    except KeyboardInterrupt:  # before it has begun, or a second one while it ends
        end_by_ctrl_c("The sandbox is closed.", status=Exit.ACCEPTED)


@app.command(epilog=manual.EXPLORE.epilog())
def explore(
    *,
    environment: Annotated[
        Environment | None,
        typer.Option(help="An exchange to try, with the key in the environment; a sandbox if it is not given."),
    ] = None,
    region: RegionOption = None,
    port: Port = 0,
    no_open: Annotated[bool, typer.Option("--no-open", help="Only print the URL; do not open a browser.")] = False,
) -> None:
    """Try the operations in a browser, until Ctrl-C.

    Without --environment it opens a sandbox of its own.
    """
    try:
        if region and not environment:
            raise InvalidInput("--region: goes with --environment only.")
        from .explore import explore

        status = explore(out, environment, region, port, open_browser=not no_open)
    except BybitError as error:
        _fail(error, as_json=False)
    except (ModuleNotFoundError, OSError) as error:
        _cannot_run("page", error, extra="explore")
    except KeyboardInterrupt:  # before it has begun, or a second one while its sandbox ends
        end_by_ctrl_c("The page is closed.", status=Exit.ACCEPTED)
    raise typer.Exit(status)


@app.command(epilog=manual.DEMO.epilog())
def demo() -> None:
    """Show three cancels that race, without a key or a network."""
    try:
        from .demo import run
    except ModuleNotFoundError as error:
        _cannot_run("demo", error)
    try:
        is_true = run(out)
    except KeyboardInterrupt:
        end_by_ctrl_c("The demo's exchange is closed. Nothing left this machine.")
    if not is_true:
        raise typer.Exit(Exit.OUTCOME_UNKNOWN)


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


def _cannot_run(what: str, error: Exception, *, extra: str = "sandbox") -> NoReturn:
    reason = str(error)
    if isinstance(error, ModuleNotFoundError) and "pip install" not in reason:
        reason += f": it needs pip install 'bybit-v5[{extra}]'"
    print_safely(err, f"[red]The {what} cannot be run[/]  {plain(reason)}")
    raise typer.Exit(Exit.WRONG_USAGE)


def end_by_ctrl_c(known: str, *, status: Exit = Exit.INTERRUPTED) -> NoReturn:
    """End a command that Ctrl-C has interrupted.

    Args:
        known: what is known of what it did.
        status: the exit status; another one if Ctrl-C is the way to end it.
    """
    print_safely(err, f"[red]Interrupted[/]  {known}")
    raise typer.Exit(status)
