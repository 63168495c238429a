"""The command line: what is printed where, which sentence says no, and with which exit status it ends."""

import csv
import json
import re
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import text

from api.cli import main
from tests.api.terminal import EXAMPLES, PASSWORD, put_demo, put_files
from tests.conftest import TODAY
from verifier import db
from verifier.queries.accounts import account_by_password, caller_by_token
from verifier.queries.recount import recount
from verifier.rules.access import Role
from verifier.rules.codes import instrument_code

ON_SQLITE = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


Verifier = Callable[..., Said]


@pytest.fixture
def verifier(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Verifier:
    """`verifier("check")` in a folder of its own, on an office's database; `stdin` is what is typed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VERIFIER_DATABASE_URL", database_url)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    put_files(tmp_path)

    def run(words: str, stdin: str = "") -> Said:
        monkeypatch.setattr(sys, "argv", ["verifier", *words.split()])
        monkeypatch.setattr(sys, "stdin", StringIO(stdin))
        capfd.readouterr()
        status: object = 0
        try:
            main()
        except SystemExit as ended:
            status = ended.code or 0
        if not isinstance(status, int):
            # What Python does with a sentence it is to end with.
            sys.stderr.write(f"{status}\n")
            status = 1
        sys.stdout.flush()
        said = capfd.readouterr()
        return Said(status, said.out, said.err)

    return run


@pytest.fixture
def sessions_beside(database_url: str) -> Iterator[db.Sessions]:
    engine = db.connect(database_url)
    yield db.sessions_of(engine)
    engine.dispose()


def _instruments(sessions: db.Sessions) -> int:
    with db.reading(sessions) as session:
        return recount(session, minus_one_day=True).instruments


def test_a_register_says_what_stands_and_what_is_refused(
    verifier: Verifier, sessions_beside: db.Sessions
) -> None:
    first = verifier("import register register.xlsx --district 320585")
    again = verifier("import register register.xlsx --district 320585")

    assert (first.status, again.status) == (1, 1)
    assert first.out == "600 instruments stand (600 new, 0 unchanged); 13 rows refused.\n"
    assert again.out == "600 instruments stand (0 new, 600 unchanged); 13 rows refused.\n"
    refused = [line for line in first.err.splitlines() if re.match(r"\S+\.xlsx: Row \d+, .+: .+\.$", line)]
    assert len(refused) == 13
    assert _instruments(sessions_beside) == 600


def test_a_register_without_faults_is_done(verifier: Verifier, tmp_path: Path) -> None:
    header = "使用单位,使用地点行政区划,器具名称,出厂编号,器具用途"
    (tmp_path / "small.csv").write_text(
        f"{header}\n浮桥卫生院,浮桥镇,电子血压计,A1,医疗卫生\n", encoding="utf-8"
    )

    done = verifier("import register small.csv --district 320585")

    assert (done.status, done.out, done.err) == (
        0,
        "1 instruments stand (1 new, 0 unchanged); 0 rows refused.\n",
        "",
    )


@pytest.mark.parametrize("how", ["--dry-run", "--strict"])
def test_a_register_that_is_only_tried_changes_nothing(
    how: str, verifier: Verifier, sessions_beside: db.Sessions
) -> None:
    assert verifier(f"import register register.xlsx --district 320585 {how}").status == 1
    assert _instruments(sessions_beside) == 0


def test_a_register_as_json_prints_nothing_but_json(verifier: Verifier) -> None:
    expected = json.loads((EXAMPLES / "taicang_register.expected.json").read_text(encoding="utf-8"))

    done = verifier("import register register.xlsx --district 320585 --dry-run --format json")
    told = json.loads(done.out)

    assert done.status == 1
    assert (told["stand"], told["created"], told["unchanged"]) == (expected["accepted_instruments"], 600, 0)
    names = ("row", "reason", "field")
    assert [{name: fault[name] for name in names} for fault in told["refused"]] == expected["refused_rows"]
    assert all(fault["message"].startswith(f"Row {fault['row']}, ") for fault in told["refused"])


def test_refused_rows_come_back_with_their_reason(verifier: Verifier, tmp_path: Path) -> None:
    verifier("import register register.xlsx --district 320585 --dry-run --faults refused.xlsx")

    sheet = openpyxl.load_workbook(tmp_path / "refused.xlsx").active
    assert sheet is not None
    header, *rows = list(sheet.iter_rows(values_only=True))
    assert header[-1] == "Reason"
    assert len(rows) == 13
    assert all(str(row[-1]).startswith("Row ") for row in rows)


def test_an_import_whose_faults_cannot_be_written_is_not_done(
    verifier: Verifier, sessions_beside: db.Sessions
) -> None:
    done = verifier("import register register.xlsx --district 320585 --faults nowhere/refused.xlsx")

    assert (done.status, done.out) == (1, "")
    assert done.err == "The file nowhere/refused.xlsx cannot be written: No such file or directory.\n"
    assert _instruments(sessions_beside) == 0


def test_tariffs_and_districts_say_what_they_did(verifier: Verifier) -> None:
    tariffs = [verifier("import tariffs tariffs.csv") for _ in range(2)]
    districts = [verifier("import districts districts.csv") for _ in range(2)]

    assert [(done.status, done.out, done.err) for done in (*tariffs, *districts)] == [
        (0, "4 tariffs new, 0 unchanged; 0 earlier ones end the day before.\n", ""),
        (0, "0 tariffs new, 4 unchanged; 0 earlier ones end the day before.\n", ""),
        (0, "2 districts new, 0 changed, 0 unchanged.\n", ""),
        (0, "0 districts new, 0 changed, 2 unchanged.\n", ""),
    ]


def test_a_wrong_table_is_refused_line_by_line(verifier: Verifier, tmp_path: Path) -> None:
    (tmp_path / "tariffs.csv").write_text(
        "kind,fee_yuan,effective_from,effective_to,document\nsundial,1,2020-01-01,,x\nbp_auto,much,2020-01-01,,x\n"
    )

    done = verifier("import tariffs tariffs.csv")

    assert (done.status, done.out) == (1, "")
    assert done.err.splitlines() == [
        "tariffs.csv has 2 faults; nothing was imported.",
        "tariffs.csv, line 2, kind: “sundial” is the key of no kind in the catalogue.",
        (
            "tariffs.csv, line 3, fee_yuan: “much” is no fee. "
            "Write yuan with at most two decimals, like 40 or 40.50."
        ),
    ]


@pytest.fixture(scope="module")
def demo_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demo, because copying it is quicker than filling another."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copy(sqlite_template, path)
    put_demo(f"sqlite:///{path}")
    return path


@pytest.fixture
def demo(dialect: str, database_url: str, demo_template: Path) -> None:
    if dialect == "sqlite":
        shutil.copy(demo_template, database_url.removeprefix("sqlite:///"))
    else:
        put_demo(database_url)


REPORT = f"report completion DEMO-MARKETS --on {TODAY.isoformat()}"


@pytest.mark.usefixtures("demo")
def test_a_report_says_the_same_in_every_format(verifier: Verifier, tmp_path: Path) -> None:
    table = verifier(REPORT)
    as_json, as_csv = verifier(f"{REPORT} --format json"), verifier(f"{REPORT} --format csv")
    as_xlsx = verifier(f"{REPORT} --format xlsx -o report.xlsx")

    assert [done.status for done in (table, as_json, as_csv, as_xlsx)] == [0, 0, 0, 0]
    assert (as_json.err, as_csv.err, as_xlsx.out) == ("", "", "")
    total = json.loads(as_json.out)["total"]
    lines = list(csv.DictReader(StringIO(as_csv.out.removeprefix("\ufeff"))))
    assert total["base"] > 0
    assert {"base": lines[-1]["base"], "verified": lines[-1]["verified"]} == {
        "base": str(total["base"]),
        "verified": str(total["verified"]),
    }
    assert total["completion_percent"] in table.out
    assert openpyxl.load_workbook(BytesIO((tmp_path / "report.xlsx").read_bytes())).active is not None


@ON_SQLITE
@pytest.mark.usefixtures("demo")
def test_a_report_goes_into_a_file_byte_for_byte(verifier: Verifier, tmp_path: Path) -> None:
    printed = verifier(f"{REPORT} --format csv").out

    assert verifier(f"{REPORT} --format csv -o report.csv") == Said(0, "", "")
    assert (tmp_path / "report.csv").read_bytes().decode() == printed


@ON_SQLITE
@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("report completion NONE", "There is no programme NONE."),
        (f"{REPORT} --district 999999", "There is no district 999999."),
        (f"{REPORT} --format xlsx", "XLSX needs a file to be written to: add `-o FILE.xlsx`."),
        (
            f"{REPORT} --format csv -o nowhere/r.csv",
            "The file nowhere/r.csv cannot be written: No such file or directory.",
        ),
        (f"{REPORT} --format csv -o .", "The file . cannot be written: Is a directory."),
        ("demo --instruments 200", "The database is not empty; the demo fills only a new one."),
    ],
)
def test_what_cannot_be_is_one_sentence_on_standard_error(
    words: str, sentence: str, verifier: Verifier
) -> None:
    assert verifier(words) == Said(1, "", sentence + "\n")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("import register none.xlsx", "The file none.xlsx cannot be read: No such file or directory."),
        ("import register .", "The file . cannot be read: Is a directory."),
        ("import register register.xlsx --district 999999", "There is no district 999999."),
        ("account add wang --role coordinator", "An account with the role coordinator needs a district."),
        ("account add wang --role holder --holder 77", "There is no holder 77."),
        ("account password nobody --password-stdin", "There is no account nobody."),
    ],
)
def test_a_refusal_is_one_sentence_on_standard_error(words: str, sentence: str, verifier: Verifier) -> None:
    assert verifier(words, stdin=PASSWORD) == Said(1, "", sentence + "\n")


@pytest.mark.parametrize(
    "words",
    [
        "import register",
        "import register register.xlsx --colour red",
        "import register register.xlsx --format pdf",
        "report completion X --on yesterday",
        "report completion X --by colour",
        "account add wang --role king",
        "demo --instruments 3",
        "serve --port 70000",
        "serve --workers 0",
        "nonsense",
    ],
)
def test_wrong_usage_is_status_2(words: str, verifier: Verifier) -> None:
    done = verifier(words)

    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("Usage: ")


def test_a_token_stands_alone_on_the_last_line_and_lets_in(
    verifier: Verifier, sessions_beside: db.Sessions
) -> None:
    done = verifier("account add wang --role technician --token")

    token = done.out.splitlines()[-1]
    assert (done.status, done.err) == (0, "")
    assert re.fullmatch(r"vfr_[\w-]{40,}", token)
    with db.reading(sessions_beside) as session:
        caller = caller_by_token(session, token)
    assert caller is not None
    assert (caller.name, caller.role) == ("wang", Role.TECHNICIAN)


def test_an_account_is_added_once_and_listed(verifier: Verifier) -> None:
    added = verifier("account add zhang --role official --district 320585")
    again = verifier("account add zhang --role official --district 320585")
    listed = verifier("account list")

    assert added.status == 0
    assert again == Said(1, "", "There is already an account zhang.\n")
    assert re.search(r"zhang .*official .*district 320585", listed.out)


def test_a_password_is_read_from_standard_input(verifier: Verifier, sessions_beside: db.Sessions) -> None:
    verifier("account add zhang --role admin")

    short = verifier("account password zhang --password-stdin", stdin="short\n")
    changed = verifier("account password zhang --password-stdin", stdin=PASSWORD + "\n")

    assert short == Said(1, "", "A password has at least 10 characters.\n")
    assert (changed.status, changed.err) == (0, "")
    with db.reading(sessions_beside) as session:
        assert account_by_password(session, "zhang", PASSWORD).name == "zhang"


def test_nobody_is_asked_for_a_password_in_a_pipe(verifier: Verifier) -> None:
    verifier("account add zhang --role admin")

    assert verifier("account password zhang") == Said(
        1, "", "There is nobody to ask for a password: give it with --password-stdin.\n"
    )


def test_init_makes_one_administrator_and_is_harmless_again(
    verifier: Verifier, sessions_beside: db.Sessions
) -> None:
    missing = verifier("init")
    first = verifier("init --name chief --password-stdin", stdin=PASSWORD + "\n")
    again = verifier("init --name other --password-stdin", stdin="another long password\n")

    assert (missing.status, first.status, again.status) == (1, 0, 0)
    assert "has no administrator yet" in missing.err
    assert "chief is its first administrator" in first.out
    assert "nothing was changed" in again.out
    assert "other" not in verifier("account list").out
    with db.reading(sessions_beside) as session:
        assert account_by_password(session, "chief", PASSWORD).role is Role.ADMIN


# ---- what is missing or wrong around the command


@pytest.mark.parametrize(
    "words",
    [
        "check",
        "import register register.xlsx",
        "report completion X",
        "account list",
        "account add a --role admin",
        "serve --port 0",
    ],
)
@ON_SQLITE
def test_a_missing_database_is_named_and_not_made(
    words: str, verifier: Verifier, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VERIFIER_DATABASE_URL", "sqlite:///elsewhere.db")

    assert verifier(words) == Said(
        1, "", "The database elsewhere.db is not set up; run `verifier init` first.\n"
    )
    assert not (tmp_path / "elsewhere.db").exists()


@ON_SQLITE
def test_an_unreachable_server_is_one_sentence_without_its_password(
    verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFIER_DATABASE_URL", "postgresql://verifier:secret@127.0.0.1:1/verifier")

    done = verifier("check")

    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(
        "The database postgresql+psycopg://verifier:***@127.0.0.1:1/verifier cannot be used"
    )
    assert "secret" not in done.err
    assert "Traceback" not in done.err


@ON_SQLITE
def test_a_file_that_is_no_database_is_one_sentence(
    verifier: Verifier, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "text.db").write_text(
        "not a database, only a text that is long enough to be looked at\n" * 20
    )
    monkeypatch.setenv("VERIFIER_DATABASE_URL", "sqlite:///text.db")

    done = verifier("check")

    assert (done.status, done.out) == (1, "")
    assert re.fullmatch(r"The database sqlite:///text.db cannot be used: .+\.\n", done.err)


@ON_SQLITE
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIME_ZONE", "Mars/Olympus"),
        ("DATABASE_URL", "mysql://localhost/verifier"),
        ("UPLOAD_LIMIT_MB", "0"),
        ("UPLOAD_LIMIT_MB", "much"),
        ("ROUNDING", "sideways"),
        ("VALID_UNTIL_MINUS_ONE_DAY", "perhaps"),
    ],
)
def test_a_wrong_setting_is_one_sentence_that_names_it(
    name: str, value: str, verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"VERIFIER_{name}", value)

    done = verifier("check")

    assert (done.status, done.out) == (1, "")
    assert re.fullmatch(rf"The setting VERIFIER_{name} is wrong: [^\n]+\.\n", done.err)


@ON_SQLITE
def test_a_port_that_is_taken_is_named(verifier: Verifier) -> None:
    with closing(socket.socket()) as holding:
        holding.bind(("127.0.0.1", 0))
        holding.listen()
        port = holding.getsockname()[1]

        done = verifier(f"serve --port {port}")

    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f"127.0.0.1:{port} cannot be served: ")
    assert done.err.count("\n") == 1


@ON_SQLITE
def test_doctor_says_what_is_missing(verifier: Verifier, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = verifier("doctor")
    monkeypatch.setenv("VERIFIER_DATABASE_URL", "sqlite:///elsewhere.db")
    lacking = verifier("doctor")

    assert (whole.status, lacking.status) == (0, 1)
    assert "Migrations: current" in whole.out
    assert "Migrations: not set up; run `verifier init`" in lacking.out


def test_a_pipe_gets_no_colour(verifier: Verifier) -> None:
    for words in ("account list", "doctor", "--help", "import --help"):
        assert "\x1b" not in verifier(words).out


# ---- check


@pytest.mark.usefixtures("demo")
def test_check_finds_nothing_where_nothing_is_wrong(verifier: Verifier) -> None:
    done = verifier("check")

    assert (done.status, done.err) == (0, "")
    recounted, *histories = done.out.splitlines()
    assert recounted == "200 instruments and 2 frozen bases recounted: everything agrees."
    assert len(histories) == 11
    for history in histories:
        assert re.fullmatch(
            r"(\S+): the history of (\d+) records is whole; note its head: \1:\2:[0-9a-f]{16}", history
        )


@pytest.mark.usefixtures("demo")
def test_check_names_what_somebody_changed_in_the_history(
    verifier: Verifier, sessions_beside: db.Sessions, dialect: str
) -> None:
    heads = [line.rpartition(" ")[2] for line in verifier("check").out.splitlines()[1:]]
    assert verifier("check" + "".join(f" --head {head}" for head in heads)).status == 0
    trigger = {
        "sqlite": "journal_entry_is_history_update",
        "postgresql": "journal_entry_is_history ON journal_entry",
    }
    with db.transaction(sessions_beside) as session:
        session.execute(text(f"DROP TRIGGER {trigger[dialect]}"))
        session.execute(text("UPDATE journal_entry SET who = 'nobody' WHERE id = 1"))
        place = "subject = 'journal_entry' AND subject_id = 1"
        position = session.scalar(text(f"SELECT position FROM chain_link WHERE {place}"))

    changed = f"office: record {position} of the history, journal entry 1, was changed.\n"
    assert verifier("check") == Said(1, "", changed)
    lost = "office:1:0123456789abcdef"
    assert verifier(f"check --head {heads[0]} --head {lost}") == Said(
        1,
        "",
        f"{changed}{lost}: the history does not hold this head any more; it was rewritten or cut short.\n",
    )
    assert verifier("check --head office") == Said(
        1,
        "",
        "office is not a head of a history: "
        "it is noted as `verifier check` prints it, BODY:POSITION:DIGEST.\n",
    )


@pytest.mark.usefixtures("demo")
def test_check_names_what_somebody_changed_behind_its_back(
    verifier: Verifier, sessions_beside: db.Sessions
) -> None:
    with db.transaction(sessions_beside) as session:
        number = session.scalars(text("SELECT min(instrument_id) FROM verification")).one()
        session.execute(text(f"UPDATE instrument SET verified_on = '2001-02-03' WHERE id = {number}"))
        session.execute(text("UPDATE programme SET base_count = 7 WHERE code = 'DEMO-MARKETS'"))

    done = verifier("check")

    assert (done.status, done.out) == (1, "")
    instrument, programme = done.err.splitlines()
    code = instrument_code(number)
    assert re.fullmatch(
        rf"instrument {code}: verified_on is 2001-02-03, but the records say 20\d\d-\d\d-\d\d\.", instrument
    )
    assert re.fullmatch(r"programme DEMO-MARKETS: base_count is 7, but the records say \d+\.", programme)
