"""The documented hosts. Keys belong to one environment, and a host that is not documented is never guessed.

Source: https://bybit-exchange.github.io/docs/v5/guide#authentication
"""

from typing import Literal, get_args

from .errors import InvalidInput

Environment = Literal["mainnet", "testnet", "demo"]
Region = Literal["bytick", "nl", "tr", "kz", "ge", "ae", "eu", "id", "jp"]
"""A regional exchange; `bytick` is the other domain of the global one."""

REST_HOSTS: dict[tuple[Environment, Region | None], str] = {
    ("mainnet", None): "https://api.bybit.com",
    ("mainnet", "bytick"): "https://api.bytick.com",
    ("mainnet", "nl"): "https://api.bybit.nl",
    ("mainnet", "tr"): "https://api.bybit.tr",
    ("mainnet", "kz"): "https://api.bybit.kz",
    ("mainnet", "ge"): "https://api.bybitgeorgia.ge",
    ("mainnet", "ae"): "https://api.bybit.ae",
    ("mainnet", "eu"): "https://api.bybit.eu",
    ("mainnet", "id"): "https://api.bybit.id",
    ("mainnet", "jp"): "https://api.manepa.jp",
    ("testnet", None): "https://api-testnet.bybit.com",
    ("testnet", "jp"): "https://api-testnet.manepa.jp",
    ("demo", None): "https://api-demo.bybit.com",
}

STREAM_HOSTS: dict[tuple[Environment, Region | None], str] = {
    ("mainnet", None): "wss://stream.bybit.com/v5/private",
    ("mainnet", "tr"): "wss://stream.bybit.tr/v5/private",
    ("mainnet", "kz"): "wss://stream.bybit.kz/v5/private",
    ("mainnet", "ge"): "wss://stream.bybitgeorgia.ge/v5/private",
    ("mainnet", "id"): "wss://stream.bybit.id/v5/private",
    ("mainnet", "jp"): "wss://stream.manepa.jp/v5/private",
    ("testnet", None): "wss://stream-testnet.bybit.com/v5/private",
    ("demo", None): "wss://stream-demo.bybit.com/v5/private",
}
"""The private streams. A pair that is missing here has none that is documented."""


def rest_host(environment: Environment, region: Region | None = None) -> str:
    """Return the base URL of a documented pair.

    Raises:
        InvalidInput: the pair is not documented; the message lists those that are.
    """
    try:
        return REST_HOSTS[environment, region]
    except KeyError:
        documented = "; ".join(f"{name}: {', '.join(_regions(name))}" for name in get_args(Environment))
        raise InvalidInput(
            f"environment={environment!r}, region={region!r}: not documented. Documented are {documented}. "
            "base_url= takes any other host."
        ) from None


def _regions(environment: Environment) -> list[str]:
    return [region or "(none)" for name, region in REST_HOSTS if name == environment]
