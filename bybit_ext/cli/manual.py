"""What the help says beneath the options of a command: examples, exit statuses and environment variables."""

from collections.abc import Iterable, Mapping

from attrs import frozen

from .exit_status import Exit


@frozen
class Example:
    """A command line that can be copied.

    Attributes:
        purpose: what it does.
        lines: the command; all lines but the last end with a backslash.
    """

    purpose: str
    lines: tuple[str, ...]


@frozen
class Page:
    """What is to be known of a command beside its options.

    Attributes:
        examples: how it is used.
        statuses: what its exit statuses mean, from best to worst.
        variables: what the environment variables mean that it reads.
    """

    examples: tuple[Example, ...]
    statuses: Mapping[Exit, str]
    variables: Mapping[str, str]

    def epilog(self) -> str:
        """Return it as text for a terminal, whose lines are to stay as they are."""
        examples = [line for one in self.examples for line in (f"# {one.purpose}", *one.lines)]
        statuses = [f"{status.value:3}  {meaning}" for status, meaning in self.statuses.items()]
        variables = [line for name, meaning in self.variables.items() for line in (name, f"    {meaning}")]
        sections = {
            "Examples": examples,
            "Exit status, from best to worst": statuses,
            "Environment variables": variables,
        }
        return "\n\n".join(_section(title, lines) for title, lines in sections.items() if lines)


def _section(title: str, lines: Iterable[str]) -> str:
    # The first line lets typer leave the lines of a paragraph as they are.
    return "\n".join(("\b", f"{title}:", *(f"  {line}" for line in lines)))


_HOST = {"BYBIT_ENVIRONMENT": "mainnet, testnet or demo, in place of --environment"}
_OUTPUT = {"NO_COLOR": "no colours, if it is set to anything"}
_KEY = {
    "BYBIT_API_KEY": "the API key",
    "BYBIT_API_SECRET": "its secret, or its RSA private key as PEM",
    "BYBIT_API_SECRET_FILE": "the file that holds the secret, if that is not given",
    "BYBIT_API_SECRET_PASSPHRASE": "of an encrypted RSA key",
}
_NETWORK = {
    "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY": "the proxy to the exchange",
    "SSL_CERT_FILE, SSL_CERT_DIR": "the authorities to trust, in place of certifi's",
}
_EXCHANGE = {**_HOST, **_KEY, **_NETWORK, **_OUTPUT}

_READING = {
    Exit.REFUSED: "refused: the exchange said no",
    Exit.WRONG_USAGE: "wrong usage: nothing was sent",
    Exit.NOT_SENT: "not sent: nothing left this machine",
}

CANCEL = Page(
    (
        Example(
            "cancel one order by your own id, and wait until it has ended",
            (
                "bybit cancel --environment testnet --category linear \\",
                "    --symbol BTCUSDT --order-link-id my-order-1 --confirm",
            ),
        ),
        Example(
            "cancel two orders without a question, and print JSON",
            (
                "bybit cancel --environment testnet --category linear --symbol BTCUSDT \\",
                "    --order-link-id my-order-2 --order-link-id my-order-3 --yes --json",
            ),
        ),
        Example(
            "cancel a spot stop order",
            (
                "bybit cancel --environment testnet --category spot --symbol XRPUSDT \\",
                "    --order-link-id my-stop-1 --order-filter StopOrder",
            ),
        ),
        Example(
            "cancel all open futures that settle in USDT",
            ("bybit cancel --all --environment testnet --category linear \\", "    --settle-coin USDT --confirm"),
        ),
    ),
    {
        Exit.ACCEPTED: "accepted: the exchange took the request; with --confirm: cancelled",
        Exit.NOT_CANCELLED: "not cancelled: filled, or otherwise closed",
        **_READING,
        Exit.OUTCOME_UNKNOWN: "outcome unknown: look the order up",
        Exit.INTERRUPTED: "interrupted by Ctrl-C: what is not shown is unknown",
    },
    _EXCHANGE,
)

ORDERS = Page(
    (
        Example(
            "list the open futures that settle in USDT",
            ("bybit orders --environment testnet --category linear --settle-coin USDT",),
        ),
        Example(
            "print the ids of all open spot orders",
            ("bybit orders --environment testnet --category spot --json | jq -r .orderId",),
        ),
    ),
    {
        Exit.ACCEPTED: "all open orders are listed",
        **_READING,
        Exit.OUTCOME_UNKNOWN: "outcome unknown: they could not be read, or not be printed",
        Exit.INTERRUPTED: "interrupted by Ctrl-C: not all of them are listed",
    },
    _EXCHANGE,
)

WATCH = Page(
    (
        Example("print the updates of all orders", ("bybit watch --environment testnet",)),
        Example(
            "print those of filled futures as JSON",
            (
                "bybit watch --environment testnet --category linear --json \\",
                "    | jq 'select(.orderStatus == \"Filled\")'",
            ),
        ),
    ),
    {
        Exit.ACCEPTED: "ended by Ctrl-C",
        **_READING,
        Exit.OUTCOME_UNKNOWN: "outcome unknown: the stream ended, or its updates could not be printed",
    },
    _EXCHANGE,
)

SANDBOX = Page(
    (
        Example("run it on a free port, and print its key and its commands", ("bybit sandbox",)),
        Example("run it on a port of your choice", ("bybit sandbox --port 8080",)),
    ),
    {
        Exit.ACCEPTED: "ended by Ctrl-C",
        Exit.WRONG_USAGE: "wrong usage: the port is taken, or the extra sandbox is missing",
    },
    _OUTPUT,
)

EXPLORE = Page(
    (
        Example("try the operations on a sandbox", ("bybit explore",)),
        Example("try them on testnet, without opening a browser", ("bybit explore --environment testnet --no-open",)),
    ),
    {
        Exit.ACCEPTED: "ended by Ctrl-C",
        Exit.WRONG_USAGE: "wrong usage: the port is taken, or a key or the extra is missing",
        Exit.OUTCOME_UNKNOWN: "outcome unknown: the end of the page left requests in flight",
        Exit.INTERRUPTED: "interrupted by a second Ctrl-C: what was in flight is unknown",
    },
    {**_KEY, **_NETWORK, **_OUTPUT},
)

DEMO = Page(
    (Example("show it", ("bybit demo",)),),
    {
        Exit.ACCEPTED: "everything was told as it happened",
        Exit.WRONG_USAGE: "wrong usage: the extra sandbox is missing",
        Exit.OUTCOME_UNKNOWN: "something was told otherwise",
        Exit.INTERRUPTED: "interrupted by Ctrl-C",
    },
    _OUTPUT,
)

BYBIT = Page(
    (
        Example("see it work, without a key or a network", ("bybit demo",)),
        Example("try the operations in a browser, on a sandbox", ("bybit explore",)),
        Example("complete commands, options and their values by the Tab key", ("bybit --install-completion",)),
        Example("read what a command does", ("bybit cancel --help",)),
    ),
    {},
    {},
)
