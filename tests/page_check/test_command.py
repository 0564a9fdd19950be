"""The script as people run it, also on Bybit's own pages where they are at hand."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.page_check.support import LIMIT, PAGE, PAGES, SCRIPT, replace
from tools.page_check.command import main
from tools.project import ROOT

SAVED_BY_A_BROWSER = ROOT.parent / "shared" / "seed" / "cancel-order.md"
DOCUMENTATION = ROOT.parent / ".mirror" / "bybit-exchange+docs" / "repo"  # a bare repository of Bybit's documentation
REAL_PAGES = {
    "order/cancel-order.mdx": "POST /v5/order/cancel: page and spec agree (5 parameters, 2 response fields, 2",
    "order/open-order.mdx": "GET /v5/order/realtime: page and spec agree (10 parameters,",
    "order/order-list.mdx": "GET /v5/order/history: page and spec agree (12 parameters,",
    "market/time.mdx": "GET /v5/market/time: page and spec agree (0 parameters, 2 response fields, 2 examples).",
}


def run_script(*arguments: str | Path, page: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, SCRIPT, *arguments]
    return subprocess.run(command, check=False, capture_output=True, input=page, timeout=LIMIT)


def test_a_matching_page_passes_and_the_script_says_what_it_held() -> None:
    done = run_script(PAGES / "cancel-order.mdx")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == (
        "POST /v5/order/cancel: page and spec agree (5 parameters, 2 response fields, 2 examples).\n"
    )


def test_a_changed_page_fails_and_the_difference_is_shown() -> None:
    page = replace(PAGE, ("<li>`Order`</li>", "<li>`bboOrder`</li>"), ("|orderLinkId |string |", "|id |string |"))
    done = run_script("-", page=page.encode())
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.decode() == (
        "POST /v5/order/cancel: page and spec differ.\n"
        "request\n"
        "  orderFilter: the page lists `bboOrder`, the spec does not\n"
        "  orderFilter: the spec lists `Order`, the page does not\n"
        "response\n"
        "  id: on the page, not in the spec\n"
        "  orderLinkId: in the spec, not on the page\n"
    )


def test_a_page_without_examples_passes_and_the_command_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "page.mdx").write_text(PAGE[: PAGE.index("### Request Example")])
    assert main([str(tmp_path / "page.mdx")]) == 0
    assert "0 examples" in capsys.readouterr().out


@pytest.mark.skipif(not SAVED_BY_A_BROWSER.is_file(), reason=f"there is no {SAVED_BY_A_BROWSER}")
def test_the_spec_is_what_the_page_of_the_site_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(SAVED_BY_A_BROWSER)]) == 0
    assert "(5 parameters, 2 response fields, 2 examples)" in capsys.readouterr().out


@pytest.mark.skipif(not DOCUMENTATION.is_dir(), reason=f"there is no {DOCUMENTATION}")
@pytest.mark.parametrize(("name", "expected"), REAL_PAGES.items(), ids=REAL_PAGES.keys())
def test_the_spec_is_what_the_documentation_says(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, expected: str
) -> None:
    command = ["git", f"--git-dir={DOCUMENTATION}", "show", f"HEAD:docs/v5/{name}"]
    page = subprocess.run(command, check=True, capture_output=True, timeout=LIMIT).stdout
    (tmp_path / "page.mdx").write_bytes(page)
    status = main([str(tmp_path / "page.mdx")])
    output = capsys.readouterr().out
    assert (status, output.startswith(expected)) == (0, True), output


def test_a_page_that_cannot_be_read_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "page.md").write_bytes(b"\xff")
    for path in (tmp_path / "none.md", tmp_path, tmp_path / "page.md"):
        with pytest.raises(SystemExit) as ended:
            main([str(path)])
        assert (ended.value.code, "cannot be read" in capsys.readouterr().err) == (2, True)


def test_no_page_is_wrong_usage() -> None:
    assert run_script().returncode == 2


def test_a_spec_that_is_not_there_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(PAGES / "cancel-order.md"), "--spec", str(tmp_path / "none.yaml")])
    assert (ended.value.code, "there is no such file" in capsys.readouterr().err) == (2, True)
