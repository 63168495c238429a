"""`verifier init`, `demo`, `serve` and `account`, started as an office starts them."""

import http.client
import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from api import cli
from api.cli import running
from verifier import db, migrations
from verifier.models import Account, Instrument, JournalEntry
from verifier.queries.accounts import SignInRefused, account_by_password

VERIFIER = Path(sys.executable).with_name("verifier")
PASSWORD = "correct-horse-battery"  # of accounts that live for one test
Run = Callable[..., "Done"]


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Iterator[str]:
    """Where a database could be; on PostgreSQL one is there, without anything in it."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'verifier.db'}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = "new_" + re.sub(r"\W", "_", request.node.name).lower()[:50]
    _administer(server, f"CREATE DATABASE {name}")
    yield server.format(name=name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(server: str, statement: str) -> None:
    engine = db.connect(server.format(name="postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()


def _environment(url: str, **more: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("VERIFIER_")}
    return own | {"VERIFIER_DATABASE_URL": url, "LC_ALL": "C.UTF-8"} | more


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(
    empty_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """The command itself, in a pipe, without the second it takes to start."""
    for name, value in _environment(empty_url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def done(*arguments: str, given: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["verifier", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return done


def start(arguments: Sequence[str], url: str, folder: Path, given: str = "") -> Done:
    """The command as a process of its own."""
    ended = subprocess.run(
        [str(VERIFIER), *arguments],
        input=given,
        capture_output=True,
        text=True,
        cwd=folder,
        env=_environment(url),
        timeout=120,
        check=False,
    )
    return Done(ended.returncode, ended.stdout, ended.stderr)


@contextmanager
def asked(url: str) -> Iterator[db.Session]:
    engine = db.connect(url)
    with db.reading(db.sessions_of(engine)) as session:
        yield session
    engine.dispose()


@contextmanager
def serving(url: str, folder: Path, *arguments: str) -> Iterator[tuple[str, int, str]]:
    """A server on a free port: its host, its port and what it said before it answered."""
    command = [str(VERIFIER), "serve", "--port", "0", *arguments]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env=_environment(url),
    ) as process:
        assert process.stdout is not None
        said = ""
        while "Verifier answers at" not in said and (line := process.stdout.readline()):
            said += line
        address = re.search(r"http://([\d.]+):(\d+)", said)
        assert address is not None, said
        try:
            yield address[1], int(address[2]), said
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)


def status(host: str, port: int, path: str) -> int:
    """Waits while the server is coming up."""
    for _ in range(200):
        connection = http.client.HTTPConnection(host, port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except ConnectionRefusedError:
            time.sleep(0.05)
        finally:
            connection.close()
    pytest.fail("the server never answered")


def init(run: Run) -> None:
    done = run("init", "--name", "chief", "--password-stdin", given=PASSWORD + "\n")
    assert (done.returncode, done.stderr) == (0, "")


def test_init_makes_the_first_administrator_and_a_second_run_changes_nothing(
    run: Run, empty_url: str
) -> None:
    init(run)
    again = run("init", "--name", "other", "--password-stdin", given=PASSWORD + "\n")
    in_a_pipe = run("init")
    assert (again.returncode, in_a_pipe.returncode) == (0, 0)
    assert "nothing was changed" in again.stdout
    assert again.stdout == in_a_pipe.stdout
    with asked(empty_url) as session:
        assert session.scalars(select(Account.name)).all() == ["chief"]
        assert account_by_password(session, "chief", PASSWORD).role.value == "admin"
        deeds = session.scalars(select(JournalEntry.deed).order_by(JournalEntry.id)).all()
        assert deeds == ["load_facts", "add_account"]


def test_init_in_a_pipe_without_a_name_and_a_password_is_refused(run: Run) -> None:
    for arguments in ((), ("--name", "chief"), ("--password-stdin",)):
        refused = run("init", *arguments, given=PASSWORD + "\n")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "has no administrator yet" in refused.stderr
        assert "--name NAME and --password-stdin" in refused.stderr


def test_init_with_too_short_a_password_makes_nobody(run: Run, empty_url: str) -> None:
    refused = run("init", "--name", "chief", "--password-stdin", given="short\n")
    assert (refused.returncode, refused.stderr) == (1, "A password has at least 10 characters.\n")
    with asked(empty_url) as session:
        assert session.scalars(select(Account)).all() == []


def test_the_demo_says_once_who_can_sign_in_and_fills_nothing_twice(run: Run, empty_url: str) -> None:
    init(run)
    filled = run("demo", "--instruments", "100", "--seed", "3")
    assert (filled.returncode, filled.stderr) == (0, "")
    passwords = dict(re.findall(r"│ (\S+)\s+│ [^│]+│ [^│]+│ (\S+-\S+-\S+)\s+│", filled.stdout))
    assert set(passwords) == {
        *("coordinator", "official-suzhou", "official-taicang"),
        *("technician", "checker", "approver", "market", "clinic"),
    }
    again = run("demo")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "The database is not empty; the demo fills only a new one.\n"
    with asked(empty_url) as session:
        assert session.scalar(select(func.count()).select_from(Instrument)) == 100
        for name, password in passwords.items():
            assert account_by_password(session, name, password).name == name


def test_a_forgotten_password_is_replaced(run: Run, empty_url: str) -> None:
    init(run)
    done = run("account", "password", "chief", "--password-stdin", given="another-password\n")
    assert done.returncode == 0
    with asked(empty_url) as session:
        assert account_by_password(session, "chief", "another-password")
        with pytest.raises(SignInRefused):
            account_by_password(session, "chief", PASSWORD)
    nobody = run("account", "password", "nobody", "--password-stdin", given="another-password\n")
    assert (nobody.returncode, nobody.stderr) == (1, "There is no account nobody.\n")
    in_a_pipe = run("account", "password", "chief")
    assert in_a_pipe.returncode == 1
    assert "--password-stdin" in in_a_pipe.stderr


def test_accounts_are_listed_with_their_places_and_without_passwords(run: Run) -> None:
    init(run)
    run("account", "add", "wang", "--role", "official", "--district", "320585")
    listed = run("account", "list")
    found = re.findall(r"│ (\S+)\s+│ [^│]+│ (.+?)\s*│", listed.stdout)
    assert found == [("chief", "everywhere"), ("wang", "district 320585")]


def test_nothing_is_served_from_a_database_that_is_not_set_up(run: Run, tmp_path: Path) -> None:
    refused = run("serve", "--port", "0")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.endswith("is not set up; run `verifier init` first.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_started_server_answers_until_it_is_told_to_stop(
    run: Run, empty_url: str, tmp_path: Path, workers: str
) -> None:
    init(run)
    with serving(empty_url, tmp_path, "--workers", workers) as (host, port, _):
        assert [status(host, port, path) for path in ("/healthz", "/readyz")] == [200, 200]
        busy = run("serve", "--port", str(port))
        assert (busy.returncode, busy.stdout) == (1, "")
        assert busy.stderr.startswith(f"127.0.0.1:{port} cannot be served: Address already in use.")
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind((host, port))


def test_a_second_start_of_the_demo_shows_names_and_no_passwords(
    run: Run, empty_url: str, tmp_path: Path
) -> None:
    assert run("demo", "--instruments", "100").returncode == 0
    with serving(empty_url, tmp_path, "--demo") as (host, port, said):
        assert status(host, port, "/healthz") == 200
    assert "coordinator" in said
    assert "Password " not in said
    assert "verifier account password NAME" in said


def test_the_first_start_of_the_demo_sets_up_and_fills(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in _environment(empty_url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(running, "_INSTRUMENTS", 100)
    running.prepare_demo()
    first = capsys.readouterr().out
    assert "100 instruments" in first
    assert re.search(r"│ admin\s+│ [^│]+│ everywhere\s+│ \S{4}-\S{4}-\S{4} │", first)
    running.prepare_demo()
    assert "instruments" not in capsys.readouterr().out
    engine = db.connect(empty_url)
    assert migrations.is_current(engine)
    engine.dispose()


def test_a_process_of_its_own_ends_with_the_same_sentences_and_statuses(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'verifier.db'}"
    refused = start(["init"], url, tmp_path)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "has no administrator yet" in refused.stderr
    done = start(["init", "--name", "chief", "--password-stdin"], url, tmp_path, PASSWORD + "\n")
    said = f"The database {url} is set up; chief is its first administrator.\n"
    assert done == Done(0, said, "")


WRONG_SETTINGS = {
    "a time zone nobody lives in": (
        {"VERIFIER_TIME_ZONE": "Mars"},
        "The setting VERIFIER_TIME_ZONE is wrong: there is no time zone 'Mars'; an example is Asia/Shanghai.",
    ),
    "a server that does not answer": (
        {"VERIFIER_DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/x"},
        (
            "The database postgresql+psycopg://me:***@127.0.0.1:1/x cannot be used: connection failed: "
            'connection to server at "127.0.0.1", port 1 failed: Connection refused.'
        ),
    ),
}


@pytest.mark.parametrize("case", WRONG_SETTINGS)
def test_what_is_set_wrongly_is_said_in_one_sentence(tmp_path: Path, case: str) -> None:
    environment, sentence = WRONG_SETTINGS[case]
    refused = subprocess.run(
        [str(VERIFIER), "serve", "--port", "0"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=_environment("sqlite:///verifier.db") | environment,
        timeout=60,
        check=False,
    )
    assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", sentence + "\n")


def test_a_folder_that_is_not_there_is_not_made(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_DATABASE_URL", "sqlite:////nowhere/verifier.db")
    assert run("serve", "--port", "0").stderr.endswith(
        "nowhere/verifier.db is not set up; run `verifier init` first.\n"
    )
    refused = run("init")
    said = "The database sqlite:////nowhere/verifier.db cannot be used: unable to open database file.\n"
    assert refused == Done(1, "", said)


def test_a_file_that_is_no_database_is_left_as_it_is(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Dear office")
    monkeypatch.setenv("VERIFIER_DATABASE_URL", f"sqlite:///{file}")
    refused = run("init")
    said = f"The database sqlite:///{file} cannot be used: file is not a database.\n"
    assert refused == Done(1, "", said)
    assert file.read_text() == "Dear office"


@pytest.mark.parametrize(
    "arguments", [("demo", "--instruments", "99"), ("serve", "--port", "99999"), ("serve", "--workers", "0")]
)
def test_wrong_usage_has_an_exit_status_of_its_own(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert run(*arguments).returncode == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command", [("init",), ("demo",), ("serve",), ("account", "password"), ("account", "list")]
)
def test_every_command_has_help_with_an_example(run: Run, command: tuple[str, ...]) -> None:
    shown = run(*command, "--help")
    assert shown.returncode == 0
    assert f"Example: verifier {' '.join(command)}" in shown.stdout
