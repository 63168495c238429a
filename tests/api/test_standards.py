"""Reference standards, what bodies print on their papers, and who approves, through the API."""

from datetime import date

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Ask
from tests.factories import make_instrument, make_person
from verifier import db
from verifier.operations.journal import Doer
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.rules.access import Role
from verifier.rules.verdict import Outcome

HOME = "/api/v1/standards"
TAICANG, KUNSHAN = "320585", "320583"
WEIGHTS = {"code": "W1", "name": "标准砝码", "model": "M1", "serial": "77", "unit": "kg"}
CALIBRATION = {
    "certificate_no": "苏F2026-1",
    "calibrated_by": "江苏省计量科学研究院",
    "calibrated_on": "2026-01-10",
    "valid_until": "2027-01-09",
    "weight_class": "M1",
    "error_absolute": "0.00100",
}
FAILURE = {"certificate_no": "苏F2026-2", "calibrated_on": "2026-04-25", "outcome": "failed"}


def registered(client: TestClient, **said: object) -> str:
    made = client.post(HOME, json={**WEIGHTS, **said})
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


def calibrated(client: TestClient, address: str, **said: object) -> None:
    answer = client.post(f"{address}/calibrations", json={**CALIBRATION, **said})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == address


def test_a_standard_is_registered_calibrated_and_shown(admin: TestClient) -> None:
    address = registered(admin)
    calibrated(admin, address)
    shown = admin.get(address)
    standard, calibrations = shown.json()["standard"], shown.json()["calibrations"]

    assert shown.headers["etag"] == '"1"'
    newest = standard.pop("calibration")
    assert standard == {
        **WEIGHTS,
        "id": standard["id"],
        "body": "office",
        "measuring_range": "",
        "retired_on": None,
        "version": 1,
        "state": "valid",
    }
    assert calibrations == [newest]
    assert newest == {
        **CALIBRATION,
        "id": newest["id"],
        "outcome": "passed",
        "error_percent": None,
        "recorded_at": "2026-05-01T08:00:00Z",
        "recorded_by": "admin-0",
    }


def test_a_repeated_request_registers_one_standard_and_one_calibration(admin: TestClient) -> None:
    key = {"Idempotency-Key": "one"}
    first, again = (admin.post(HOME, json=WEIGHTS, headers=key) for _ in range(2))
    address = first.headers["location"]
    for _ in range(2):
        admin.post(f"{address}/calibrations", json=CALIBRATION, headers={"Idempotency-Key": "two"})

    assert (first.json(), again.status_code) == (again.json(), 201)
    assert len(admin.get(address).json()["calibrations"]) == 1


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"valid_until": "2026-01-09"}, 422, "CalibrationEndsBeforeItBegins"),
        ({"calibrated_on": "2026-05-02"}, 422, "CalibrationDayWrong"),
        ({"weight_class": "", "error_absolute": None}, 422, "CalibrationQualityMissing"),
        ({"error_absolute": "0"}, 422, "RequestInvalid"),
        ({"error_absolute": "1000000001"}, 422, "RequestInvalid"),
        ({"error_absolute": "0.0000000000001"}, 422, "RequestInvalid"),
        ({"error_percent": "100.1"}, 422, "RequestInvalid"),
        ({"uncertainty": "1"}, 422, "RequestInvalid"),
    ],
)
def test_a_calibration_that_cannot_be_is_refused_by_name(
    admin: TestClient, said: dict[str, object], status: int, code: str
) -> None:
    address = registered(admin)
    answer = admin.post(f"{address}/calibrations", json={**CALIBRATION, **said})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert admin.get(address).json()["calibrations"] == []


def test_a_standard_is_retired_by_who_read_it_last(admin: TestClient) -> None:
    address = registered(admin)
    missing = admin.post(f"{address}/retire", json={})
    stale = admin.post(f"{address}/retire", json={}, headers={"If-Match": '"9"'})
    retired = admin.post(f"{address}/retire", json={"retired_on": "2026-04-30"}, headers={"If-Match": '"1"'})

    assert (missing.status_code, stale.status_code, retired.status_code) == (428, 412, 200)
    assert retired.headers["etag"] == '"2"' == admin.get(address).headers["etag"]
    told = retired.json()["standard"]
    assert (told["retired_on"], told["state"]) == ("2026-04-30", "retired")


def codes(client: TestClient, **query: object) -> list[str]:
    answer = client.get(HOME, params={name: str(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    return [row["code"] for row in answer.json()["items"]]


def test_standards_are_found_by_body_text_and_validity(admin: TestClient) -> None:
    admin.post("/api/v1/bodies", json={"code": "branch", "name": "分所"})
    calibrated(admin, registered(admin))
    calibrated(
        admin,
        registered(admin, code="P1", name="压力计", body="branch", unit="kPa", serial="88"),
        weight_class="",
    )
    registered(admin, code="N1", serial="99")

    assert codes(admin) == ["W1", "P1", "N1"]
    assert codes(admin, body="branch") == ["P1"]
    assert (codes(admin, q="压力"), codes(admin, q="n1"), codes(admin, q="77")) == (["P1"], ["N1"], ["W1"])
    assert codes(admin, valid_on="2027-01-09") == ["W1", "P1"]
    assert codes(admin, valid_on="2027-01-10") == []
    assert codes(admin, expiring_before="2027-01-08") == ["N1"]
    assert codes(admin, expiring_before="2027-01-09") == ["W1", "P1", "N1"]


def test_a_list_of_standards_goes_on_where_its_page_ended(admin: TestClient, statements: list[str]) -> None:
    for code in "ABC":
        calibrated(admin, registered(admin, code=code))
    statements.clear()
    first = admin.get(HOME, params={"limit": 2}).json()
    asked = len(statements)
    rest = admin.get(HOME, params={"limit": 2, "after": first["next"]}).json()

    # Who asks, and the list.
    assert asked == 2
    assert [row["code"] for row in first["items"]] == ["A", "B"]
    assert ([row["code"] for row in rest["items"]], rest["next"]) == (["C"], None)


def test_everybody_sees_the_standards_of_the_own_body_and_district(admin: TestClient, ask_as: Ask) -> None:
    for code, district in (("taicang", TAICANG), ("kunshan", KUNSHAN)):
        admin.post("/api/v1/bodies", json={"code": code, "name": code, "district": district})
        registered(admin, body=code, code=code)
    registered(admin)
    kunshan = admin.get("/api/v1/bodies/kunshan").json()["id"]
    seen = {
        "coordinator": codes(ask_as(Role.COORDINATOR, district=TAICANG)),
        "technician": codes(ask_as(Role.TECHNICIAN)),
        "of kunshan": codes(ask_as(Role.TECHNICIAN, body_id=kunshan)),
        "official": codes(ask_as(Role.OFFICIAL, district=KUNSHAN)),
    }

    assert seen == {
        "coordinator": ["taicang", "W1"],
        "technician": ["W1"],
        "of kunshan": ["kunshan"],
        "official": ["kunshan", "W1"],
    }


def test_a_holder_sees_no_standard(admin: TestClient, ask_as: Ask, sessions: db.Sessions) -> None:
    address = registered(admin)
    with db.transaction(sessions) as session:
        holder = make_instrument(session).holder_id
    client = ask_as(Role.HOLDER, holder_id=holder)

    assert codes(client) == []
    assert client.get(address).json()["code"] == "StandardUnknown"


def test_only_who_keeps_the_body_changes_its_standards(admin: TestClient, ask_as: Ask) -> None:
    admin.post("/api/v1/bodies", json={"code": "kunshan", "name": "昆山", "district": KUNSHAN})
    address = registered(admin, body="kunshan")
    calibrated(admin, address)
    taicang = ask_as(Role.COORDINATOR, district=TAICANG)
    answers = [
        taicang.post(HOME, json={**WEIGHTS, "code": "X", "body": "kunshan"}),
        taicang.post(f"{address}/calibrations", json={**CALIBRATION, "certificate_no": "2"}),
        taicang.post(f"{address}/retire", json={}, headers={"If-Match": "*"}),
    ]

    assert [answer.json()["code"] for answer in answers] == ["OutsideScope"] * 3
    assert taicang.get(f"{address}/verdicts").status_code == 404
    assert ask_as(Role.TECHNICIAN).post(HOME, json=WEIGHTS).json()["code"] == "RoleMayNot"


def _record(session: db.Session, who: Doer, performed_on: str) -> int:
    instrument, person = make_instrument(session), make_person(session)
    command = RecordVerification(
        instrument_id=instrument.id,
        performed_on=date.fromisoformat(performed_on),
        outcome=Outcome.PASSED,
        technician=person.id,
        standards=["W1"],
    )
    return record_verification(session, command, who=who).id


def test_nothing_that_is_not_there_is_shown(admin: TestClient) -> None:
    for address in (f"{HOME}/0", f"{HOME}/0/verdicts"):
        assert admin.get(address).json()["code"] == "StandardUnknown"
    assert admin.post(f"{HOME}/0/calibrations", json=CALIBRATION).json()["code"] == "StandardUnknown"


def test_a_body_says_what_its_papers_print(admin: TestClient) -> None:
    read = admin.get("/api/v1/bodies/office")
    told = {
        "authorisation_no": "(苏)法计〔2024〕01号",
        "address": "太仓市上海东路",
        "phone": "0512-53500000",
        "postcode": "215400",
        "email": "jl@example.cn",
        "certificate_pattern": "TC{yyyy}-{seq:05d}",
    }
    match = {"If-Match": read.headers["etag"]}
    assert admin.patch("/api/v1/bodies/office", json=told).status_code == 428
    changed = admin.patch("/api/v1/bodies/office", json=told, headers=match)
    late = admin.patch("/api/v1/bodies/office", json={"phone": "1"}, headers=match)
    kept = admin.patch(
        "/api/v1/bodies/office", json={"phone": " 2 "}, headers={"If-Match": changed.headers["etag"]}
    )

    assert changed.json() == {**read.json(), **told}
    assert late.status_code == 412
    assert kept.json() == {**changed.json(), "phone": "2"}
    assert admin.get("/api/v1/bodies/office").json() == kept.json()
    entries = admin.get("/api/v1/journal").json()["items"]
    assert [each["facts"] for each in entries if each["deed"] == "change_body"] == [{"phone": "2"}, told]


def test_a_pattern_that_could_give_one_number_twice_is_refused(admin: TestClient) -> None:
    any_version = {"If-Match": "*"}
    admin.post("/api/v1/bodies", json={"code": "branch", "name": "分所"})
    without = {"certificate_pattern": "{yyyy}{seq}"}
    first = admin.patch("/api/v1/bodies/office", json=without, headers=any_version)
    same = admin.patch("/api/v1/bodies/office", json=without, headers=any_version)
    shared = admin.patch("/api/v1/bodies/branch", json=without, headers=any_version)
    wrong = admin.patch("/api/v1/bodies/branch", json={"certificate_pattern": "{seq}"}, headers=any_version)

    assert (first.status_code, same.status_code) == (200, 200)
    assert (shared.status_code, shared.json()["facts"]) == (
        409,
        {"body": "office", "pattern": "{yyyy}{seq}"},
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "PatternWrong")


def test_an_approver_is_named_and_unnamed(admin: TestClient, ask_as: Ask) -> None:
    made = admin.post("/api/v1/technicians", json={"name": "李批准"})
    address = made.headers["location"]
    named = admin.put(f"{address}/approver", json={"is_approver": True})

    assert (made.json()["is_approver"], named.json()) == (False, {**made.json(), "is_approver": True})
    assert admin.get(address).json()["is_approver"] is True
    assert admin.put(f"{address}/approver", json={"is_approver": False}).json() == made.json()
    kunshan = ask_as(Role.COORDINATOR, district=KUNSHAN, body_id=_body(admin))
    assert kunshan.put(f"{address}/approver", json={"is_approver": True}).status_code == 403


def _body(admin: TestClient) -> int:
    made = admin.post("/api/v1/bodies", json={"code": "kunshan", "name": "昆山", "district": KUNSHAN})
    return int(made.json()["id"])


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", ""),
        (" JJG  539-2016 ", "JJG 539-2016"),
        ("jjg539", "JJG 539"),
        ("GB/T21417.1-2008", "GB/T 21417.1-2008"),
        ("JJG(苏) 12-2010", "JJG(苏) 12-2010"),
    ],
)
def test_the_regulation_of_a_competence_is_written_as_regulations_are(
    admin: TestClient, written: str, kept: str
) -> None:
    address = admin.post("/api/v1/technicians", json={"name": "李"}).headers["location"]
    period = {"valid_from": "2026-01-01", "valid_until": "2026-12-31"}
    answer = admin.post(f"{address}/competences", json={"kind": "bp_auto", "regulation": written, **period})

    assert [each["regulation"] for each in answer.json()["competences"]] == [kept]


def test_a_failed_standard_lists_the_verdicts_since_it_was_last_good(
    admin: TestClient, sessions: db.Sessions, who: Doer
) -> None:
    address = registered(admin)
    calibrated(admin, address, calibrated_on="2025-01-10", valid_until="2026-02-09", certificate_no="old")
    calibrated(admin, address)
    with db.transaction(sessions) as session:
        days = ("2025-12-01", "2026-01-10", "2026-04-25", "2026-04-26")
        made = [_record(session, who, day) for day in days]
    everything = admin.get(f"{address}/verdicts").json()
    assert [row["id"] for row in everything["items"]] == made
    assert admin.post(f"{address}/calibrations", json=FAILURE).status_code == 201
    doubtful = admin.get(f"{address}/verdicts").json()["items"]
    asked = admin.get(f"{address}/verdicts", params={"since": "2025-01-01", "until": "2025-12-31"}).json()
    paged = admin.get(f"{address}/verdicts", params={"limit": 1}).json()

    assert [row["id"] for row in doubtful] == made[1:3]
    assert [row["id"] for row in asked["items"]] == made[:1]
    assert ([row["id"] for row in paged["items"]], paged["next"]) == (made[1:2], str(made[1]))
    assert {name: doubtful[0][name] for name in ("performed_on", "outcome", "certificate")} == {
        "performed_on": "2026-01-10",
        "outcome": "passed",
        "certificate": None,
    }
