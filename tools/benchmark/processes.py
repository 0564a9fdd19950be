"""The parent's end: start a process, ask it, and end it; never wait longer than told."""

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tools.project import ROOT

_CHUNK = 65_536
_MAX_QUOTED = 2000  # characters of a failed process's error output
_ENDING = 5.0  # seconds
# What would send a client elsewhere, or let it trust others.
_LEFT_OUT = ("PROXY", "BYBIT_", "SSL_CERT", "REQUESTS_CA", "CURL_CA", "PYTHONPROFILE", "PYTHONDEV")


class ProcessFailed(Exception):
    """A process ended, or did not answer in time. The message has the end of its error output."""


class Process:
    """A Python process that is asked in JSON. A context manager, which ends it.

    Args:
        module: what it runs, as `python -m`.
        arguments: its arguments.
        variables: more variables of its environment.
    """

    def __init__(self, module: str, *arguments: str, variables: Mapping[str, str] | None = None) -> None:
        self._name = " ".join((module, *arguments[:1]))
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the process has ended
        self._received = b""
        self.started_at = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env={**clean_environment(os.environ), **(variables or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            bufsize=0,
        )

    def ask(self, question: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """Return what it answers.

        Raises:
            ProcessFailed: it has ended, or did not answer within so many seconds.
        """
        questions = self._process.stdin
        if questions is None or questions.closed:
            raise ProcessFailed(f"{self._name} was ended.")
        try:
            questions.write(json.dumps(question).encode() + b"\n")
        except OSError:
            raise self._failed("has ended") from None
        return self.hear(seconds)

    def hear(self, seconds: float) -> dict[str, Any]:
        """Return what it says next.

        Raises:
            ProcessFailed: it has ended, or did not say anything within so many seconds.
        """
        deadline = time.monotonic() + seconds
        while b"\n" not in self._received:
            data = self._read(deadline - time.monotonic())
            if not data:
                raise self._failed("has ended")
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _read(self, seconds: float) -> bytes:
        output = self._process.stdout
        if output is None or not select.select([output], [], [], max(0.0, seconds))[0]:
            raise self._failed("did not answer in time")
        return os.read(output.fileno(), _CHUNK)

    def _failed(self, how: str) -> ProcessFailed:
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace")[-_MAX_QUOTED:]
        return ProcessFailed(f"{self._name} {how}. {said}".rstrip())

    def close(self) -> None:
        """End it. Closing twice is safe."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        try:
            self._process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def clean_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without those that would send a client elsewhere."""
    return {name: value for name, value in variables.items() if not any(part in name.upper() for part in _LEFT_OUT)}


def trusting(ca_file: Path | str) -> dict[str, str]:
    """Return the variables that make requests and Python trust the authorities of a file."""
    return {"REQUESTS_CA_BUNDLE": str(ca_file), "SSL_CERT_FILE": str(ca_file)}
