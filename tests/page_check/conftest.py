from collections.abc import Callable
from pathlib import Path

import pytest

from tests.page_check.support import SPEC_TEXT, Outcome, document_at
from tools.page_check import command

Hold = Callable[..., Outcome]


@pytest.fixture
def hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hold:
    """Run the command without another Python: on a page, and perhaps a spec and a table of the test's own."""

    def run(page: str, spec: str = SPEC_TEXT, acknowledged: str = "") -> Outcome:
        (tmp_path / "page.mdx").write_text(page)
        (tmp_path / "acknowledged.toml").write_text(acknowledged)
        arguments = [str(tmp_path / "page.mdx"), "--acknowledged", str(tmp_path / "acknowledged.toml")]
        if spec == SPEC_TEXT:
            monkeypatch.setattr(command, "read_spec", document_at)
        else:
            (tmp_path / "openapi.yaml").write_text(spec)
            arguments += ["--spec", str(tmp_path / "openapi.yaml")]
        status: str | int | None
        try:
            status = command.main(arguments)
        except SystemExit as end:
            status = end.code
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    return run
