"""Every example of the command line's help is run as it stands, by the command that was installed."""

import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import closing, suppress
from io import StringIO
from pathlib import Path
from time import sleep
from urllib.error import URLError
from urllib.request import urlopen

import openpyxl
import pytest

from tests.api.terminal import PASSWORD, put_demo, put_files, put_papers
from tests.architecture.commands import COMMANDS

# What the installed command is, beside this Python.
VERIFIER = Path(sys.executable).with_name("verifier")
ON_POSTGRESQL = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)

# What a command needs: no database yet, an office's without instruments, or one with papers; the others
# get the demo.
NEEDS = {
    "verifier init": "nothing",
    "verifier demo": "nothing",
    "verifier import register": "office",
    "verifier import districts": "office",
    "verifier import tariffs": "office",
    "verifier import regulation": "office",
    "verifier print certificates": "papers",
    "verifier print labels": "papers",
}
TEMPLATES = {
    "nothing": None,
    "office": "sqlite_template",
    "demo": "demo_template",
    "papers": "papers_template",
}
# Rows of the example register are refused, and said to be.
STATUS = {"verifier import register": 1}
RUN_ELSEWHERE = {"verifier serve": "it runs until it is stopped"}
ALL = [
    (command.name, example)
    for command in COMMANDS
    for example in command.examples
    if command.name not in RUN_ELSEWHERE
]


def _environment(url: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return kept | {"VERIFIER_DATABASE_URL": url, "LC_ALL": "C.UTF-8"}


def _run(words: str, folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(VERIFIER), *words.split()[1:]],
        cwd=folder,
        env=_environment(url),
        input=PASSWORD + "\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def demo_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with a small demo, to be copied."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copy(sqlite_template, path)
    put_demo(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def papers_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with papers, to be copied."""
    path = tmp_path_factory.mktemp("papers") / "papers.db"
    shutil.copy(sqlite_template, path)
    put_papers(f"sqlite:///{path}")
    return path


@pytest.mark.parametrize(("name", "example"), ALL, ids=[example for _, example in ALL])
def test_an_example_does_what_its_help_says(
    name: str, example: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    put_files(tmp_path)
    fixture = TEMPLATES[NEEDS.get(name, "demo")]
    template = request.getfixturevalue(fixture) if fixture else None
    if template is not None:
        shutil.copy(template, tmp_path / "verifier.db")

    done = _run(example, tmp_path, "sqlite:///verifier.db")

    assert done.returncode == STATUS.get(name, 0), done.stderr
    assert "Traceback" not in done.stderr
    for written in re.findall(r"--faults (\S+)", example):
        assert openpyxl.load_workbook(tmp_path / written).active is not None


@ON_POSTGRESQL
def test_the_way_from_nothing_to_a_report_on_postgresql(database_url: str, tmp_path: Path) -> None:
    examples = {name: example for name, example in ALL if name != "verifier demo"}
    demo = next(example for name, example in ALL if name == "verifier demo")
    report = examples["verifier report completion"]
    for example in (examples["verifier doctor"], demo, report, examples["verifier check"]):
        done = _run(example, tmp_path, database_url)
        assert done.returncode == 0, done.stderr
        if example == report:
            assert list(csv.DictReader(StringIO(done.stdout)))


@pytest.fixture
def free_port() -> int:
    with closing(socket.socket()) as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _serve_examples() -> list[str]:
    return [
        example for command in COMMANDS if command.name == "verifier serve" for example in command.examples
    ]


@pytest.mark.parametrize("example", [*_serve_examples(), "verifier serve --port 8080"])
def test_serve_answers_until_it_is_stopped(
    example: str, database_url: str, free_port: int, tmp_path: Path
) -> None:
    # Another program may hold the example's port.
    words = re.sub(r"--port \d+", f"--port {free_port}", example).split()[1:]
    with (tmp_path / "said").open("w+") as said:
        serving = subprocess.Popen(
            [str(VERIFIER), *words],
            cwd=tmp_path,
            env=_environment(database_url),
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        try:
            assert _asked(f"http://127.0.0.1:{free_port}/healthz", serving) == {"status": "alive"}
            assert _asked(f"http://127.0.0.1:{free_port}/readyz", serving) == {"status": "ready"}
            # As Ctrl-C does.
            serving.send_signal(signal.SIGINT)
            assert serving.wait(60) == 0
        finally:
            # Workers too, should it have come to that.
            with suppress(ProcessLookupError):
                os.killpg(serving.pid, signal.SIGKILL)
            serving.wait()
    told = (tmp_path / "said").read_text()
    assert re.fullmatch(rf"Verifier answers at http://[\d.]+:{free_port}; Ctrl-C ends it\.\n", told)


def _asked(address: str, serving: subprocess.Popen[bytes]) -> object:
    """The answer, as soon as there is one."""
    for _ in range(600):
        assert serving.poll() is None
        with suppress(URLError), urlopen(address, timeout=60) as answer:  # noqa: S310  ours
            return json.load(answer)
        sleep(0.1)
    return None
