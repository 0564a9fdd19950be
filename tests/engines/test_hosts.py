"""The addresses that a client may be given (I4, W4)."""

from collections.abc import Callable
from typing import get_args

import pytest

from bybit_ext.engines.hosts import (
    REST_HOSTS,
    STREAM_HOSTS,
    Address,
    Environment,
    Region,
    parse_base_url,
    parse_stream_url,
    parse_trade_url,
    rest_host,
)
from bybit_ext.errors import InvalidInput


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://api.bybit.com", Address("https", "api.bybit.com", 443)),
        ("https://api.bybit.com/", Address("https", "api.bybit.com", 443)),
        ("https://api.bybit.com:8443/prefix/", Address("https", "api.bybit.com", 8443, "/prefix")),
        ("HTTPS://API.Bybit.com", Address("https", "api.bybit.com", 443)),
        ("https://bücher.example", Address("https", "xn--bcher-kva.example", 443)),
        ("https://xn--bcher-kva.example", Address("https", "xn--bcher-kva.example", 443)),
        ("https://api.bybit.com.", Address("https", "api.bybit.com.", 443)),
        ("https://with_underscore.example", Address("https", "with_underscore.example", 443)),
        ("http://127.0.0.1", Address("http", "127.0.0.1", 80)),
        ("http://127.8.9.10:8080", Address("http", "127.8.9.10", 8080)),
        ("http://[::1]:8080", Address("http", "::1", 8080)),
        ("http://localhost:1", Address("http", "localhost", 1)),
        ("http://exchange.localhost:65535", Address("http", "exchange.localhost", 65535)),
    ],
)
def test_a_base_url_is_parsed(url: str, address: Address) -> None:
    assert parse_base_url(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.bybit.com",
        "ftp://api.bybit.com",
        "wss://api.bybit.com",
        "https://",
        "https:///v5",
        "https://xn--",
        "https://xn--a.example",
        "https://a..b",
        "https://-a.example",
        "https://a-.example",
        f"https://{'a' * 64}.example",
        "https://" + "a." * 130 + "example",
        "https://api.bybit.com:0",
        "https://api.bybit.com:-1",
        "https://api.bybit.com:99999",
        "https://api.bybit.com:abc",
        "https://api.bybit .com",
        "https://api.bybit.com ",
        "https://api.bybit.com/a b",
        f"https://{'a.' * 126}aa",
        "https://api.bybit.com\n",
        "https://api.\tbybit.com",
        "https://user@api.bybit.com",
        "https://user:s3cret@api.bybit.com",
        "https://:s3cret@api.bybit.com",
        "https://api.bybit.com?a=b",
        "https://api.bybit.com#a",
        "https://[::1",
        "https://a%20b.example",
        "https://a*b.example",
    ],
)
def test_what_is_no_base_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"^base_url") as caught:
        parse_base_url(url)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("host", ["api.bybit.com", "10.0.0.1", "[2001:db8::1]", "localhost.example", "0.0.0.0"])
def test_clear_text_to_another_machine_has_to_be_allowed(host: str) -> None:
    for parse, scheme in ((parse_base_url, "http"), (parse_stream_url, "ws")):
        with pytest.raises(InvalidInput, match="allow_insecure"):
            parse(f"{scheme}://{host}")
        assert not parse(f"{scheme}://{host}", allow_insecure=True).is_secure


def test_a_name_may_have_253_characters() -> None:
    host = "a." * 126 + "a"
    assert parse_base_url(f"https://{host}").host == host


@pytest.mark.parametrize(
    ("parse", "name", "example"),
    [
        (parse_base_url, "base_url", "https://api.bybit.com"),
        (parse_stream_url, "stream_url", "wss://stream.bybit.com/v5/private"),
        (parse_trade_url, "trade_url", "wss://stream.bybit.com/v5/trade"),
    ],
)
def test_an_example_says_what_is_wanted_and_is_one(parse: Callable[[str], Address], name: str, example: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{name}: ") as caught:
        parse("nonsense")
    assert caught.value.args[0].endswith(f"; it must be like {example}.")
    assert parse(example).url == example


def test_a_stream_url_keeps_its_path_and_query() -> None:
    assert parse_stream_url("wss://stream.bybit.com/v5/private?max_active_time=1m") == Address(
        "wss", "stream.bybit.com", 443, "/v5/private", "max_active_time=1m"
    )
    with pytest.raises(InvalidInput, match=r"^stream_url"):
        parse_stream_url("https://stream.bybit.com")


@pytest.mark.parametrize(
    ("url", "authority", "host_and_port"),
    [
        ("https://api.bybit.com", "api.bybit.com", "api.bybit.com:443"),
        ("https://api.bybit.com:443", "api.bybit.com", "api.bybit.com:443"),
        ("https://api.bybit.com:4443", "api.bybit.com:4443", "api.bybit.com:4443"),
        ("http://[::1]", "[::1]", "[::1]:80"),
        ("http://[::1]:8080", "[::1]:8080", "[::1]:8080"),
    ],
)
def test_an_address_is_named_as_http_wants_it(url: str, authority: str, host_and_port: str) -> None:
    address = parse_base_url(url)
    assert (address.authority, address.host_and_port) == (authority, host_and_port)


def test_every_documented_host_can_be_used() -> None:
    for url in REST_HOSTS.values():
        assert parse_base_url(url).is_secure
    for url in STREAM_HOSTS.values():
        assert parse_stream_url(url).is_secure
    assert {name for name, _ in REST_HOSTS} == set(get_args(Environment))
    assert {region for _, region in REST_HOSTS} == {None, *get_args(Region)}


def test_a_pair_that_is_not_documented_is_refused() -> None:
    assert rest_host("testnet") == "https://api-testnet.bybit.com"
    with pytest.raises(InvalidInput, match="base_url") as caught:
        rest_host("demo", "eu")
    assert "; testnet: (none), jp; demo: (none). base_url= takes any other host." in caught.value.args[0]
