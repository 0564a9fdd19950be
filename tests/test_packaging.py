"""The wheel, installed where the source tree is not."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

SMOKE = """
from pathlib import Path
import bybit_ext, bybit_v5
from bybit_ext import Bybit
from bybit_ext.sandbox import Sandbox
from bybit_v5.models import CancelByOrderId

with Sandbox() as sandbox, Bybit(sandbox.api_key, sandbox.api_secret, base_url=sandbox.url) as bybit:
    order = sandbox.place("linear", "BTCUSDT")
    accepted = bybit.cancel_order(CancelByOrderId("linear", "BTCUSDT", order.order_id))
    assert accepted.order_id == order.order_id
print(Path(bybit_ext.__file__).parent, Path(bybit_v5.client.__file__).parent)
"""


STARTS_WITHOUT_EXTRAS = """
import sys

sys.modules.update(dict.fromkeys(["starlette", "uvicorn", "jsonschema_rs", "websockets"]))
import bybit_ext.pytest_plugin
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", folder, ROOT], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_both_packages_with_their_types_and_the_document(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "bybit_ext/py.typed",
        "bybit_ext/sandbox/app.py",
        "bybit_v5/py.typed",
        "bybit_v5/openapi.json",
        "bybit_v5/api/trade/cancel_order.py",
    } <= names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"bybit_ext", "bybit_v5"}


def test_pytest_finds_the_fixture_by_the_wheel(wheel: Path) -> None:
    content = zipfile.ZipFile(wheel)
    (entry_points,) = (name for name in content.namelist() if name.endswith("entry_points.txt"))
    assert "[pytest11]\nbybit = bybit_ext.pytest_plugin\n" in content.read(entry_points).decode()


def test_pytest_starts_where_the_extra_of_the_fixture_is_missing() -> None:
    done = subprocess.run([sys.executable, "-c", STARTS_WITHOUT_EXTRAS], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_installed_wheel_cancels_on_the_sandbox(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-qq", f"{wheel}[sandbox]"], check=True)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python, "-c", SMOKE], check=False, capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert all(path.startswith(str(tmp_path)) for path in done.stdout.split())
