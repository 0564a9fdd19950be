"""What a child process hears from its parent, and tells it: a JSON object a line."""

import json
import os
import sys
from typing import Any


class Channel:
    """The child's end. What anything else prints goes to the error output, so that it is not taken for an answer."""

    def __init__(self) -> None:
        self._answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def receive(self) -> dict[str, Any] | None:
        """Return what the parent asks; None once it has ended."""
        line = sys.stdin.readline()
        return json.loads(line) if line else None

    def send(self, answer: dict[str, Any]) -> None:
        """Tell the parent something."""
        self._answers.write(json.dumps(answer) + "\n")
        self._answers.flush()
