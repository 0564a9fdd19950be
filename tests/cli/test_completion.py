"""The Tab key completes commands, options and values, as a shell asks for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SHELLS = ("bash", "zsh", "fish", "powershell")


def complete(line: str, shell: str = "bash") -> list[str]:
    words = line.split(" ")
    environment = {
        **os.environ,
        "_BYBIT_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_WORD_TO_COMPLETE": words[-1],
    }
    done = subprocess.run(
        [sys.executable, "-m", "bybit_ext"], check=True, capture_output=True, text=True, env=environment
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("bybit ca", ["cancel"]),
        ("bybit cancel --cat", ["--category"]),
        ("bybit cancel --category ", ["inverse", "linear", "option", "spot"]),
        ("bybit cancel --category lin", ["linear"]),
        ("bybit watch --environment ", ["mainnet", "testnet", "demo"]),
        ("bybit orders --region e", ["eu"]),
        ("bybit cancel --order-filter tp", ["tpslOrder"]),
    ],
)
def test_commands_options_and_values_are_offered(line: str, offered: list[str]) -> None:
    assert complete(line) == offered


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_is_served(shell: str) -> None:
    assert "testnet" in " ".join(complete("bybit orders --environment te", shell))


@pytest.mark.parametrize(("shell", "file"), [("bash", ".bash_completions/bybit.sh"), ("zsh", ".zfunc/_bybit")])
def test_it_can_be_installed(tmp_path: Path, shell: str, file: str) -> None:
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1",
    }
    subprocess.run(
        [Path(sys.executable).with_name("bybit"), "--install-completion", shell],
        check=True,
        capture_output=True,
        env=environment,
    )
    assert "_BYBIT_COMPLETE" in tmp_path.joinpath(file).read_text()
