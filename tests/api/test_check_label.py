"""`verifier check-label`: with a key and nothing else, or with the keys of the database."""

from datetime import UTC, date, datetime

import pytest

from api import cli
from tests.factories import office, office_body
from tests.issued import label_statement
from verifier import clock, db, sealing
from verifier.rules.labels import LabelFacts, label_text

SECRET = b"the secret of one installation.."
KEY = sealing.public_key(SECRET, "office")
FACTS = LabelFacts(
    number="太检〔2026〕LX-000123",
    instrument_code="00000125",
    kind="nawi_price_computing",
    model="ACS-30",
    serial_last4="0817",
    performed_on=date(2026, 5, 1),
    valid_until=date(2027, 4, 30),
    body="office",
)
SEALED = sealing.seal(SECRET, FACTS)
SAYS = """\
The label says:
  Number of the paper: 太检〔2026〕LX-000123
  Instrument code: 00000125
  Instrument: nawi_price_computing
  Model: ACS-30
  Serial number ends in: 0817
  Verification date: 2026-05-01
  Valid until: 2027-04-30
  Verification body: office
"""


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """`run("TEXT", "--key", KEY)`: exit status, standard output, standard error; in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 4, 30, 8, tzinfo=UTC))

    def typed(*words):
        monkeypatch.setattr("sys.argv", ["verifier", "check-label", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    return typed


def test_with_the_key_neither_database_nor_network_is_needed(run, tmp_path):
    assert run(SEALED, "--key", KEY) == (0, SAYS + "Signature good.\n", "")
    assert list(tmp_path.iterdir()) == []


def test_the_whole_address_of_a_label_will_do(run):
    text = label_text("https://jl.example.cn", FACTS.number, "7KQ2M9XATC", SEALED)

    assert run(text, "--key", KEY)[:2] == (0, SAYS + "Signature good.\n")


def test_the_text_may_stand_in_a_file(run, tmp_path):
    (tmp_path / "label.txt").write_text(SEALED + "\n", encoding="utf-8")

    assert run("--file", "label.txt", "--key", KEY)[:2] == (0, SAYS + "Signature good.\n")


def test_after_its_last_day_the_day_is_said(run, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 4, 30, 16, tzinfo=UTC))
    status, said, _ = run(SEALED, "--key", KEY)

    # In the office it is May already.
    assert (status, said.splitlines()[-1]) == (0, "Signature good, but it was valid only until 2027-04-30.")


def test_what_a_label_leaves_out_is_a_dash(run):
    facts = LabelFacts(**{**vars(FACTS), "valid_until": None, "model": ""})
    status, said, _ = run(sealing.seal(SECRET, facts), "--key", KEY)

    assert (status, said.splitlines()[4], said.splitlines()[7]) == (0, "  Model: –", "  Valid until: –")


def test_a_forged_label_ends_with_one(run):
    other = sealing.public_key(b"the secret of some other house..", "office")

    assert run(SEALED, "--key", other) == (
        1,
        SAYS,
        "Forged: the signature does not belong to what the label of 太检〔2026〕LX-000123 says.\n",
    )


@pytest.mark.parametrize("words", [["hello", "--key", KEY], ["", "--key", KEY], ["V1.x.y"]])
def test_what_is_no_label_ends_with_one(run, words):
    assert run(*words) == (1, "", "This is not the text of a label, or part of it is missing.\n")


def test_a_file_that_is_no_text_is_no_label(run, tmp_path):
    (tmp_path / "label.txt").write_bytes(b"\xff\xfe")

    assert run("--file", "label.txt")[2] == "This is not the text of a label, or part of it is missing.\n"


def test_a_key_that_is_none_is_named(run):
    assert run(SEALED, "--key", "abc")[0::2] == (
        1,
        "abc is not a public key: it is 43 letters, digits, hyphens and underscores.\n",
    )


@pytest.mark.parametrize("words", [[], [SEALED, "--file", "label.txt"]])
def test_text_or_file_but_not_both(run, words):
    assert run(*words)[0] == 2


def test_without_a_key_those_of_the_database_are_asked(run, monkeypatch, database_url, today):
    engine = db.connect(database_url)
    with db.transaction(db.sessions_of(engine)) as session:
        label_statement(session, office_body(session), FACTS, SECRET, who=office(today))
    engine.dispose()
    monkeypatch.setenv("VERIFIER_DATABASE_URL", database_url)
    unknown = sealing.seal(SECRET, LabelFacts(**{**vars(FACTS), "body": "kunshan", "number": "K-1"}))

    assert run(SEALED)[:2] == (0, SAYS + "Signature good.\n")
    assert run(unknown)[0::2] == (
        1,
        "Nobody here knows a key of the body kunshan, so the label of K-1 cannot be checked.\n",
    )


def test_without_a_database_it_says_what_is_missing(run):
    status, _, said = run(SEALED)

    assert (status, said) == (
        1,
        "The database verifier.db is not set up; run `verifier init` first.\n",
    )
