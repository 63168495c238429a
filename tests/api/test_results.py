import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.dcc_schema import faults
from tests.factories import make_holder, make_instrument, make_person
from tests.operations.test_examinations import GOOD, SCALE, TOO_MUCH
from tests.rules.perfect import AUTOMATED, perfect
from verifier import db
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.rules.access import Role
from verifier.rules.device import DeviceStated, from_json
from verifier.rules.judgement import judgement_from_json
from verifier.rules.practice import Practice
from verifier.rules.readings import reading_from_json
from verifier.rules.regulation import read_regulation
from verifier.rules.stages import Stage
from verifier.rules.verdict import Outcome, judge

DAY = date(2026, 4, 20)
PAGE = Path(__file__).parents[2] / "docs" / "machine-readable.md"


@pytest.fixture
def record(sessions, who):
    """Record one of a scale, or of another kind with what stands on it, and get its number."""

    def recorded(kind="nawi_digital", signatures=1, **facts):
        with db.transaction(sessions) as session:
            columns: dict[str, Any] = SCALE if kind == "nawi_digital" else {}
            instrument = make_instrument(session, make_holder(session), kind_key=kind, **columns)
            command = RecordVerification(
                instrument_id=instrument.id,
                performed_on=DAY,
                technician=make_person(session).id,
                **facts,
            )
            practice = Practice(signatures=signatures)
            return record_verification(session, command, who=who, practice=practice).id

    return recorded


@pytest.fixture
def blood_pressure(record):
    def recorded(**facts):
        return record(kind="bp_auto", readings=perfect(AUTOMATED), device=DeviceStated(unit="mmHg"), **facts)

    return recorded


def asked(client, number, ending=".json"):
    return client.get(f"/api/v1/verifications/{number}{ending}")


def judged_again(told: dict[str, Any], which: str) -> dict[str, Any]:
    """From the answer alone."""
    regulation = read_regulation(told["regulation"]["rules"], source="answer")
    readings = [reading_from_json(one) for one in told["readings"][which]]
    return judge(regulation, Stage(told["stage"]), from_json(told["device"]), readings).to_json()


def test_a_scale_is_judged_again_from_the_answer_alone_as_found_and_as_left(admin, record):
    told = asked(admin, record(readings=GOOD, as_found=[*GOOD, TOO_MUCH], adjusted=True)).json()
    for which in ("as_found", "as_left"):
        assert judged_again(told, which) == told["judgement"][which]
    assert (told["as_found"], told["outcome"]) == ("failed", "passed")


def test_a_sphygmomanometer_is_judged_again_from_the_answer_alone(admin, blood_pressure):
    told = asked(admin, blood_pressure()).json()
    assert judged_again(told, "as_left") == told["judgement"]["as_left"]
    assert judgement_from_json(told["judgement"]["as_left"]).outcome is Outcome.PASSED


def test_another_reading_in_the_answer_is_another_judgement(admin, record):
    """What is judged is the answer, not something beside it."""
    told = asked(admin, record(readings=GOOD)).json()
    for reading in told["readings"]["as_left"]:
        if reading["item"] == "indication_error":
            reading["indication"] = "99"
    assert judged_again(told, "as_left")["outcome"] == "failed"


def test_the_rules_in_the_answer_have_the_digest_it_names(admin, record):
    told = asked(admin, record(readings=GOOD)).json()["regulation"]
    plain = json.dumps(told["rules"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(plain.encode()).hexdigest() == told["sha256"]


def test_the_lines_in_the_documentation_judge_again(admin, record, tmp_path, monkeypatch, capsys):
    (tmp_path / "12.json").write_text(asked(admin, record(readings=GOOD)).text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    [lines] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(lines, PAGE.name, "exec"), {})  # noqa: S102  the documentation's own lines
    assert capsys.readouterr().out == "passed, as recorded\n"


def test_figures_keep_every_digit_that_was_typed(admin, record):
    told = asked(admin, record(readings=[*GOOD, TOO_MUCH])).json()
    assert told["readings"]["as_left"][-1] == {
        "item": "indication_error",
        "reference": "10",
        "indication": "10.010",
        "position": "up",
    }
    assert (told["format"], told["reasons"]) == ("verifier.verification/1", ["称量（示值误差）不合格"])
    assert told["certificate"]["document"] == "rejection_notice"


def test_a_record_without_readings_says_so(admin, record):
    told = asked(admin, record(outcome=Outcome.PASSED)).json()
    assert (told["readings"], told["judgement"], told["device"]) == (None, None, None)
    assert told["outcome"] == "passed"


def test_the_answer_carries_the_links_of_the_record_in_history(admin, record):
    told = asked(admin, record(readings=GOOD)).json()["chain"]
    assert [link["subject"] for link in told] == [
        "regulation_rules",
        "verification",
        "examination",
        "certificate",
    ]
    assert {len(link[name]) for link in told for name in ("digest", "record_digest")} == {64}


def test_a_record_elsewhere_is_not_shown(ask_as, record):
    number = record(readings=GOOD)
    kunshan = ask_as(Role.OFFICIAL, district="320583")
    for ending in (".json", "/dcc"):
        assert asked(kunshan, number, ending).status_code == 403
        assert asked(kunshan, number + 1000, ending).status_code == 404


@pytest.mark.parametrize("kind", ["scale", "sphygmomanometer"])
def test_the_calibration_certificate_is_a_file_under_its_number_that_the_schema_takes(
    admin, record, blood_pressure, kind
):
    number = record(readings=GOOD) if kind == "scale" else blood_pressure()
    answer = asked(admin, number, "/dcc")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
    paper = asked(admin, number).json()["certificate"]["number"]
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{paper}.xml"
    root = ET.fromstring(answer.content)  # noqa: S314  written here
    assert faults(root) == []
    assert [found.text for found in root.iter("{https://ptb.de/dcc}uniqueIdentifier")] == [paper]


def test_there_is_no_calibration_certificate_without_paper_or_figures(admin, record):
    waiting = asked(admin, record(readings=GOOD, signatures=3), "/dcc")
    assert (waiting.status_code, waiting.json()["code"]) == (409, "NoPaperYet")
    unmeasured = asked(admin, record(outcome=Outcome.PASSED), "/dcc")
    assert (unmeasured.status_code, unmeasured.json()["code"]) == (409, "NoMeasuredValues")
