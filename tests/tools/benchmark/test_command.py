import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tools.benchmark import command
from tools.benchmark.clients import CLIENTS, Client
from tools.benchmark.figures import Measurement
from tools.benchmark.plan import Plan

from .measured import calls, sandbox


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Measure nothing; note what was to be measured."""
    noted: dict[str, Any] = {}

    def measuring(make: Callable[[], Measurement]) -> Callable[..., Measurement]:
        def measure(clients: Sequence[Client], plan: Plan, _: object) -> Measurement:
            noted["clients"], noted["plan"] = [client.name for client in clients], plan
            return make()

        return measure

    monkeypatch.setattr(command, "_MEASUREMENTS", {"one": measuring(calls), "sandbox": measuring(sandbox)})
    return noted


def test_all_is_measured_and_printed_plainly(asked: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([]) == 0
    printed = capsys.readouterr()
    assert "One call in flight" in printed.out
    assert "The sandbox" in printed.out
    assert "\x1b" not in printed.out + printed.err
    assert asked["plan"] == Plan()
    assert {"bybit-v5-h11", "httpx", "socket"} <= set(asked["clients"])


def test_one_measurement_of_some_clients_can_be_asked_for(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["one", "--only", "socket", "httpx", "--quick", "--rounds", "7"]) == 0
    assert asked["clients"] == ["httpx", "socket"]
    assert asked["plan"].rounds == 7
    assert asked["plan"].calls < Plan().calls
    assert "The sandbox" not in capsys.readouterr().out


def test_files_are_written(tmp_path: Path) -> None:
    data, chart = tmp_path / "data.json", tmp_path / "chart.svg"
    assert command.main(["--json", str(data), "--svg", str(chart)]) == 0
    content = json.loads(data.read_text(encoding="utf-8"))
    assert content["measurements"]["one"]["ratios"]["bybit-v5-fast"]["cpu"] == 0.15
    assert content["plan"]["rounds"] == Plan().rounds
    assert content["versions"]["httpx"].startswith("0.28")
    assert chart.read_text(encoding="utf-8").startswith("<svg ")


def test_who_is_not_installed_is_left_out_with_a_word(
    monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    missing = Client("gone", "gone:open_client", "no_such_module", "gone-sdk")
    monkeypatch.setattr(command, "CLIENTS", (missing, *CLIENTS))
    assert command.main(["one", "--only", "gone", "socket"]) == 0
    assert asked["clients"] == ["socket"]
    assert "gone is left out: gone-sdk is not installed.\n" in capsys.readouterr().out


def test_a_failure_ends_with_status_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def measure(*_: object) -> Measurement:
        measured = calls()
        measured.fail("httpx", "it fell over")
        return measured

    monkeypatch.setattr(command, "_MEASUREMENTS", {"one": measure})
    assert command.main(["one"]) == 1
    assert capsys.readouterr().err == "httpx failed (One call in flight): it fell over\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["two"], "there is no 'two'; there are one, sandbox"),
        (["--only", "nobody"], "invalid choice: 'nobody'"),
        (["--rounds", "0"], "'0' is not a number of rounds"),
        (["--rounds", "x"], "'x' is not a number of rounds"),
    ],
)
def test_wrong_arguments_are_refused(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
