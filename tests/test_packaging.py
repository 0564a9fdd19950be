"""What is shipped: a wheel that works where the source tree is not, and an sdist that passes its own tests."""

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

import bybit_ext

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LIMIT = 300  # seconds for a build, an install or a run of tests; each takes twenty at most

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

# Every module but those of an extra of their own, which import it at once.
CORE = """
import importlib, pkgutil, sys

extras = "cryptography httptools jsonschema_rs pytest rich starlette typer uvicorn websockets".split()
sys.modules.update(dict.fromkeys(extras))
import bybit_ext

own = ("bybit_ext.cli", "bybit_ext.explorer", "bybit_ext.loopback", "bybit_ext.sandbox", "bybit_ext.pytest_plugin")
own += ("bybit_ext.engines.http1_httptools",)
own += tuple(f"bybit_ext.trade.{name}" for name in ("protocol", "connection", "pool", "engine_async", "engine_sync"))
names = [one.name for one in pkgutil.walk_packages(bybit_ext.__path__, "bybit_ext.", onerror=lambda _: None)]
core = [name for name in names if not name.startswith(own)]
for name in core:
    importlib.import_module(name)
print(len(core))
"""

STARTS_WITHOUT_EXTRAS = """
import sys

sys.modules.update(dict.fromkeys(["starlette", "uvicorn", "jsonschema_rs", "websockets"]))
import bybit_ext.pytest_plugin
"""


def run(*command: str | Path, folder: Path = ROOT, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if path is not None:
        environment["PYTHONPATH"] = path
    return subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=folder, env=environment, timeout=LIMIT
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist, and with the wheel that was built of it."""
    folder = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (file,) = built.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def unpacked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, unpacked."""
    (file,) = built.glob("*.tar.gz")
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(file) as content:
        content.extractall(folder, filter="data")
    (only,) = folder.iterdir()
    return only


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    content = zipfile.ZipFile(wheel)
    (name,) = (name for name in content.namelist() if name.endswith(".dist-info/METADATA"))
    return message_from_bytes(content.read(name))


@pytest.fixture(scope="module")
def description(metadata: Message) -> str:
    content = metadata.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


class TestWheel:
    def test_it_has_both_packages_with_their_types_and_the_document(self, wheel: Path) -> None:
        names = set(zipfile.ZipFile(wheel).namelist())
        assert {
            "bybit_ext/py.typed",
            "bybit_ext/explorer/static/index.html",
            "bybit_ext/sandbox/responses.py",
            "bybit_v5/py.typed",
            "bybit_v5/openapi.json",
            "bybit_v5/api/trade/cancel_order.py",
        } <= names
        assert {name.partition("/")[0].partition("-")[0] for name in names} == {"bybit_ext", "bybit_v5"}

    def test_pytest_finds_the_fixture(self, wheel: Path) -> None:
        content = zipfile.ZipFile(wheel)
        (entry_points,) = (name for name in content.namelist() if name.endswith("entry_points.txt"))
        assert "[pytest11]\nbybit = bybit_ext.pytest_plugin\n" in content.read(entry_points).decode()

    def test_it_cancels_on_the_sandbox_where_it_is_installed(self, wheel: Path, tmp_path: Path) -> None:
        venv.create(tmp_path / "venv", with_pip=True)
        python = tmp_path / "venv" / "bin" / "python"
        installed = run(python, "-m", "pip", "install", "-qq", f"{wheel}[sandbox]")
        assert installed.returncode == 0, installed.stderr
        done = run(python, "-c", SMOKE, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert all(path.startswith(str(tmp_path)) for path in done.stdout.split())

    def test_its_contents_are_those_of_a_wheel(self, wheel: Path) -> None:
        done = run(sys.executable, "-m", "check_wheel_contents", wheel)
        assert done.returncode == 0, done.stdout


class TestMetadata:
    def test_an_index_takes_both_files(self, built: Path) -> None:
        done = run(sys.executable, "-m", "twine", "check", "--strict", *built.iterdir())
        assert (done.returncode, done.stdout.count("PASSED")) == (0, 2), done.stdout

    def test_the_description_has_no_link_that_leads_nowhere_on_an_index(self, description: str) -> None:
        links = re.findall(r"\]\(([^)]*)\)", description)
        assert links
        assert [link for link in links if not link.startswith("https://")] == []

    def test_the_description_has_all_words_of_the_readme(self, description: str) -> None:
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        words = re.sub(r"!?\[([^\]]+)\]\([^)]*\)", r"\1", readme).split()
        assert re.sub(r"!?\[([^\]]+)\]\([^)]*\)", r"\1", description).split() == words

    def test_the_urls_are_of_hosts_that_exist(self, metadata: Message) -> None:
        urls = [line.partition(", ")[2] for line in metadata.get_all("Project-URL", [])]
        assert urls
        assert all(url.startswith(("https://bybit-exchange.github.io/", "https://pypi.org/")) for url in urls)

    def test_the_version_is_that_of_the_package(self, metadata: Message) -> None:
        assert metadata["Version"] == bybit_ext.__version__

    def test_every_extra_for_users_is_part_of_all(self) -> None:
        extras = PROJECT["optional-dependencies"]
        (everything,) = extras["all"]
        names = set(re.findall(r"\w+", everything.partition("[")[2]))
        assert names == extras.keys() - {"all", "dev", "docs", "mutate", "peers"}


class TestSdist:
    @pytest.mark.skipif(not (ROOT / ".git").exists(), reason="there is no git repository to compare with")
    def test_it_has_every_file_of_the_repository(self, unpacked: Path) -> None:
        tracked = set(run("git", "ls-files", "-z").stdout.split("\0")) - {""}
        there = {name for name in tracked if (ROOT / name).is_file()}  # others may be at work in this tree
        assert {name for name in there if not (unpacked / name).is_file()} == set()

    def test_its_own_tests_pass(self, unpacked: Path) -> None:
        """Those that are quick and wait for nothing, and those that read its other files."""
        folders = ("auth", "page_check", "recorded", "tools/faults")
        files = (
            "examples/test_examples.py",
            "test_document.py",
            "test_documentation.py",
            "test_errors.py",
            "docs/test_readme.py",
        )
        names = [f"tests/{name}" for name in (*folders, *files)]
        path = os.pathsep.join([str(unpacked), str(unpacked / "generated")])
        done = run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *names, folder=unpacked, path=path)
        assert done.returncode == 0, done.stdout

    def test_its_generated_package_is_fresh(self, unpacked: Path) -> None:
        done = run(sys.executable, "scripts/regenerate.py", "--check", folder=unpacked, path="")
        assert done.returncode == 0, done.stdout


class TestWithoutExtras:
    def test_pytest_starts(self) -> None:
        done = run(sys.executable, "-c", STARTS_WITHOUT_EXTRAS)
        assert done.returncode == 0, done.stderr

    def test_every_module_of_the_core_can_be_imported(self) -> None:
        done = run(sys.executable, "-c", CORE)
        assert done.returncode == 0, done.stderr
        assert int(done.stdout) > 40
