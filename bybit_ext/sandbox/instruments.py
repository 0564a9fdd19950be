"""The coins of a symbol, by its form. A real exchange has a list of instruments; this one takes any symbol.

    category   symbol                              base   quote  settle
    ---------  ----------------------------------  -----  -----  ------
    linear     BTCUSDT, BTCUSDT-21FEB25            BTC    USDT   USDT
               BTCPERP, BTCUSDC, BTC-24MAR23       BTC    USDC   USDC
    inverse    BTCUSD, BTCUSDH23                   BTC    USD    BTC
    option     BTC-13FEB25-89000-P-USDT            BTC    USDT   USDT
               BTC-28FEB25-2800-C                  BTC    USDC   USDC
    spot       BTCUSDT, ETHBTC: ends with a quote  BTC    USDT   (none)
               coin of `_SPOT_QUOTES`

A client cannot place an order of a symbol of no such form. A test can (`Exchange.place`): it is all base coin; its
quote coin is that of the last row of its category.
Source: https://bybit-exchange.github.io/docs/v5/enum#symbol
"""

import re

from attrs import frozen

_SPOT_QUOTES = ("USDT", "USDC", "USDE", "DAI", "EUR", "BRL", "TRY", "BTC", "ETH", "MNT")
_COIN = "[A-Z0-9]+"
_DATE = "[0-9]{1,2}[A-Z]{3}[0-9]{2}"
_FORMS = {
    category: re.compile(form)
    for category, form in {
        "linear": f"{_COIN}(PERP|USDC|USDT(-{_DATE})?|-{_DATE})",
        "inverse": f"{_COIN}USD([HMUZ][0-9]{{2}})?",
        "option": f"{_COIN}-{_DATE}-[0-9]+(\\.[0-9]+)?-[CP](-USDT)?",
        "spot": f"{_COIN}({'|'.join(_SPOT_QUOTES)})",
    }.items()
}


@frozen
class Coins:
    """The coins of a symbol.

    Attributes:
        base: what is traded.
        quote: what it is priced in.
        settle: what its profits are paid in; empty on spot.
    """

    base: str
    quote: str
    settle: str


def has_form(category: str, symbol: str) -> bool:
    """Return whether a symbol has a form of its category."""
    return _FORMS[category].fullmatch(symbol) is not None


def coins_of(category: str, symbol: str) -> Coins:
    """Return the coins of a symbol."""
    if category == "option":
        quote = "USDT" if symbol.endswith("-USDT") else "USDC"
        return Coins(symbol.partition("-")[0], quote, quote)
    if category == "inverse":
        base = symbol.partition("USD")[0] or symbol
        return Coins(base, "USD", base)
    if category == "spot":
        base, quote = _split(symbol, _SPOT_QUOTES)
        return Coins(base, quote or "USDT", "")
    base, ending = _split(symbol.partition("-")[0], ("USDT", "USDC", "PERP"))
    quote = "USDT" if ending == "USDT" else "USDC"
    return Coins(base, quote, quote)


def _split(name: str, endings: tuple[str, ...]) -> tuple[str, str]:
    """Return a name without its ending, and the ending; without one, the whole name."""
    ending = next((one for one in endings if name.endswith(one) and name != one), "")
    return name.removesuffix(ending), ending
