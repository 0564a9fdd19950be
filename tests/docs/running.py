"""Run the programs of a page, in their order and in one namespace, as a reader would who pastes them one by one."""

import ast
import asyncio
import inspect
from typing import Any

import pytest

from .snippets import Block, path_of


def run_blocks(page: str, blocks: list[Block], capsys: pytest.CaptureFixture[str]) -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks:
        lines = "\n" * block.line + block.code  # a traceback shows the page's own lines
        # A notebook takes `await` outside of functions.
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        done = eval(compile(lines, path_of(page), "exec", flags, dont_inherit=True), namespace)
        if inspect.iscoroutine(done):
            asyncio.run(done)
        printed = capsys.readouterr().out
        assert block.prints(printed), f"{page}, line {block.line}, prints:\n{printed}"
