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
