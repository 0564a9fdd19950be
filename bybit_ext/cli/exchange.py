"""Which exchange a command talks to, and whether it may change something there. No exchange is assumed."""

import sys
from typing import get_args

from attrs import frozen

from bybit_ext.client import Bybit
from bybit_ext.engines.hosts import Environment, Region, parse_base_url, rest_host
from bybit_ext.errors import InvalidInput, NotSent

from .console import ask
from .render import show_intent

ENVIRONMENT_VARIABLE = "BYBIT_ENVIRONMENT"


@frozen
class ChosenExchange:
    """The exchange that the options name.

    Attributes:
        environment: where the key belongs; None if only a base URL was given.
        region: a regional exchange; None for the global one.
        base_url: another host, in place of environment and region; None for theirs.
        stream_url: another private stream; None for the documented one.
        host: the host that requests are sent to, with its port where that is not the usual one.
    """

    environment: Environment | None
    region: Region | None
    base_url: str | None
    stream_url: str | None
    host: str

    @classmethod
    def of(
        cls, environment: Environment | None, region: Region | None, base_url: str | None, stream_url: str | None
    ) -> "ChosenExchange":
        """Return the exchange that the options name.

        Raises:
            InvalidInput: they name none, or one that is not documented.
        """
        if base_url is None and environment is None:
            raise InvalidInput(
                f"Which exchange? Give --environment (or the variable {ENVIRONMENT_VARIABLE}) with "
                f"{', '.join(get_args(Environment))}, or --base-url with the URL of another host. None is assumed."
            )
        url = base_url if base_url is not None else rest_host(environment or "mainnet", region)
        host = parse_base_url(url).authority
        return cls(environment, region, base_url, stream_url, host)

    def open(self, *, deadline: float = 10.0) -> Bybit:
        """Open a client, with the key in the environment.

        Args:
            deadline: seconds that one call may take.

        Raises:
            InvalidInput: the key is missing, or a URL cannot be used.
        """
        return Bybit(
            environment=self.environment or "mainnet",  # a base URL stands in its place then
            region=self.region,
            base_url=self.base_url,
            stream_url=self.stream_url,
            deadline=deadline,
        )

    def ask_before(self, intent: str, *, is_confirmed: bool) -> None:
        """Name the host and what is about to be done there; ask a terminal whether to go on.

        Args:
            intent: what is about to be done, like "cancel my-order-1".
            is_confirmed: whether the user said yes beforehand, by --yes.

        Raises:
            InvalidInput: the user did not, and there is no terminal to ask.
            NotSent: the answer was not yes.
        """
        show_intent(self.host, intent)
        if is_confirmed:
            return
        if sys.stdin is None or not sys.stdin.isatty():
            raise InvalidInput("--yes: must be given where there is no terminal to ask.")
        try:
            is_confirmed = ask("Go on?")
        except KeyboardInterrupt:
            raise NotSent("Interrupted at the question.") from None
        if not is_confirmed:
            raise NotSent("The answer was not yes.")
