"""The command's page says what the command says of itself."""

import re

import pytest

from bybit_ext.cli import app as cli
from tools.command_docs.page import PAGE, write_page


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == write_page(), "it is stale: run scripts/command_docs"


@pytest.mark.parametrize("name", ["cancel", "orders", "watch", "sandbox", "explore", "demo"])
def test_every_command_has_a_section(name: str) -> None:
    assert f"\n## bybit {name}\n" in write_page()


def test_options_are_shown_with_what_can_be_chosen() -> None:
    page = write_page()
    assert "\n- `--category inverse|linear|option|spot`: Product type. (required)\n" in page
    assert "\n- `--confirm`: Wait until it is known how each order ended.\n" in page


def test_every_option_is_shown_as_it_is_typed() -> None:
    options = re.findall(r"^- `(--[a-z-]+)( [^`]+)?`: ", write_page(), re.MULTILINE)
    flags = {"--all", "--confirm", "--yes", "--json", "--no-open"}
    assert {name for name, value in options if not value} == flags
    assert not [value for _, value in options if "None" in value]
    assert len(options) == write_page().count("\n- `--")


def test_a_new_option_makes_it_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    page = write_page()

    def sell(*, quickly: bool = False) -> None:
        """Sell."""

    monkeypatch.setattr(cli.app, "registered_commands", [*cli.app.registered_commands])
    cli.app.command(name="demo")(sell)
    assert "- `--quickly" in write_page()
    assert write_page() != page
