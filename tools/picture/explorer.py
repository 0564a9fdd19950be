"""Open the page on a sandbox, cancel an order there, and take the picture."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

from bybit_ext.sandbox import Sandbox
from tools.picture.chromium import ARGUMENTS

_SIZE = (1280, 860)
_LIMIT = 60_000.0  # ms


def take_picture(chromium: str, file: Path) -> None:
    """Take the picture.

    Args:
        chromium: the path of the browser.
        file: where the picture goes.
    """
    width, height = _SIZE
    with Sandbox(port=8080) as sandbox, sync_playwright() as playwright:
        sandbox.place("linear", "ETHUSDT", qty="0.5", price="1480", order_link_id="ladder-3")
        sandbox.place("spot", "XRPUSDT", qty="25", price="0.5", order_filter="StopOrder", order_link_id="stop-1")
        sandbox.place("linear", "BTCUSDT", qty="0.01", price="24500", order_link_id="ladder-2")
        sandbox.place("linear", "BTCUSDT", qty="0.01", price="25000", order_link_id="ladder-1")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS, timeout=_LIMIT)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(_LIMIT)
        page.goto(sandbox.page_url)
        page.locator("#stream.open").wait_for()
        page.get_by_role("button", name="Execute").click()
        page.locator(".report.good .updates .final").wait_for()
        page.mouse.move(0, 0)
        page.screenshot(path=file)
        browser.close()
