import pytest

from tests.examined import make_scale, make_staff, record_outcome, record_scale, scale_readings, sign_all
from tests.factories import make_holder, make_instrument
from tests.rules.perfect import REGULATIONS
from verifier import db
from verifier.rules.access import Role
from verifier.rules.readings import reading_json
from verifier.rules.verdict import Outcome

QUEUE = "/api/v1/signatures"


@pytest.fixture
def world(sessions):
    """A scale that failed and one that passed, and a clinic elsewhere, all waiting for a checker."""
    with db.transaction(sessions) as session:
        staff = make_staff(session)
        good, bad = make_scale(session), make_scale(session)
        clinic = make_instrument(session, make_holder(session, district_code="320583100"))
        return {
            "staff": staff,
            "scale": good.id,
            "failed scale": bad.id,
            "good": record_scale(session, good, staff.verifier),
            "bad": record_scale(session, bad, staff.verifier, error="0.010"),
            "clinic": record_outcome(session, clinic, staff.verifier),
        }


def queue(client, **conditions):
    answer = client.get(QUEUE, params=conditions)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def sign(client, number, person, **said):
    command = {"verification_id": number, "technician": person.id, **said}
    return client.post(QUEUE, json=command)


def test_the_queue_says_whose_turn_it_is_and_whether_it_was_measured(admin, world):
    assert [(row["id"], row["outcome"], row["turn"], row["is_measured"]) for row in queue(admin)] == [
        (world["good"], "passed", "checker", True),
        (world["bad"], "failed", "checker", True),
        (world["clinic"], "passed", "checker", False),
    ]


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({"turn": "approver"}, []),
        ({"outcome": "failed"}, ["bad"]),
        ({"district": "320583"}, ["clinic"]),
        ({"performed_on": "2026-05-02"}, []),
    ],
)
def test_each_condition_narrows_the_queue(admin, world, conditions, found):
    assert [row["id"] for row in queue(admin, **conditions)] == [world[name] for name in found]


def test_the_last_signature_issues_the_paper(admin, world):
    staff = world["staff"]
    first = sign(admin, world["good"], staff.checker).json()
    assert (first["role"], first["decision"], first["next"], first["certificate"]) == (
        "checker",
        "signed",
        "approver",
        None,
    )
    assert "The body has recorded no competences yet" in first["warnings"][0]
    answer = sign(admin, world["good"], staff.approver)
    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/v1/verifications/{world['good']}")
    number = answer.json()["certificate"]["number"]
    assert admin.get(f"/api/v1/certificates/{number}").json()["verification_id"] == world["good"]
    assert world["good"] not in [row["id"] for row in queue(admin)]


def test_the_same_key_signs_once(admin, world):
    command = {"verification_id": world["good"], "technician": world["staff"].checker.id}
    first, again = (admin.post(QUEUE, json=command, headers={"Idempotency-Key": "one"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert queue(admin)[0]["turn"] == "approver"


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"decision": "returned"}, 422, "ReturnReasonMissing"),
        ({"reason": "no"}, 422, "ReasonWithoutReturn"),
        ({"role": "approver"}, 409, "SigningTurnOver"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_and_nothing_is_signed(admin, world, said, status, code):
    answer = sign(admin, world["good"], world["staff"].checker, **said)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert queue(admin)[0]["turn"] == "checker"


def test_a_returned_record_leaves_the_queue(admin, world):
    answer = sign(admin, world["bad"], world["staff"].checker, decision="returned", reason="读数写反")
    assert (answer.json()["decision"], answer.json()["next"]) == ("returned", None)
    assert world["bad"] not in [row["id"] for row in queue(admin)]


def test_nobody_signs_the_own_work(admin, world):
    answer = sign(admin, world["good"], world["staff"].verifier)
    assert (answer.status_code, answer.json()["code"]) == (403, "SignedAlready")


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_the_same_however_many_wait(admin, sessions, statements, count):
    with db.transaction(sessions) as session:
        staff = make_staff(session)
        for _ in range(count):
            record_outcome(session, make_scale(session), staff.verifier)
    statements.clear()
    assert len(queue(admin)) == count
    assert len(statements) == 3


# What is examined, and what is repaired.


def plan(client, number, **asked):
    answer = client.get(f"/api/v1/instruments/{number}/examination", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_phone_learns_what_to_read_and_the_limit_at_each_point(admin, world):
    told = plan(admin, world["scale"])
    assert (told["regulation"], told["has_rules"], told["confidence"], told["missing"]) == (
        "JJG 539-2016",
        True,
        "high",
        [],
    )
    (errors,) = [item for item in told["items"] if item["key"] == "indication_error"]
    assert [(point["at"], point["upper"]) for point in errors["points"]] == [
        ("0.100", "0.0025"),
        ("2.500", "0.0025"),
        ("7.500", "0.0050"),
        ("10.000", "0.0050"),
        ("15", "0.0075"),
    ]
    assert (errors["unit"], errors["readings"], errors["confidence"]) == ("kg", 1, "high")


def test_in_service_the_limits_are_twice_as_wide(admin, world):
    told = plan(admin, world["scale"], stage="in_service")
    (errors,) = [item for item in told["items"] if item["key"] == "indication_error"]
    assert errors["points"][-1]["upper"] == "0.0150"


def test_what_the_register_does_not_say_is_asked_first(admin, sessions):
    with db.transaction(sessions) as session:
        bare = make_scale(session, measuring_range="", accuracy_class="", scale_interval="").id
    told = plan(admin, bare)
    assert (told["missing"], told["items"]) == (["unit", "accuracy_class", "maximum", "e"], [])
    stated = {"unit": "kg", "accuracy_class": "III", "maximum": "15", "e": "0.005"}
    assert plan(admin, bare, **stated)["missing"] == []
    assert [item["key"] for item in plan(admin, bare, **stated)["items"]][:2] == [
        "marks_and_seals",
        "zero_setting",
    ]


def test_an_instrument_that_cannot_be_is_refused_by_name(admin, world):
    answer = admin.get(f"/api/v1/instruments/{world['scale']}/examination", params={"e": "0.003"})
    assert answer.json()["code"] == "DeviceImpossible"


def test_without_rules_there_is_nothing_to_read(admin, sessions):
    with db.transaction(sessions) as session:
        water = make_instrument(session, kind_key="fuel_dispenser").id
    told = plan(admin, water)
    assert (told["has_rules"], told["confidence"], told["device"], told["items"]) == (False, None, None, [])


def test_a_plan_and_repairs_are_not_for_another_district(ask_as, world):
    official = ask_as(Role.OFFICIAL, district="320583")
    for what in ("examination", "repairs"):
        assert official.get(f"/api/v1/instruments/{world['scale']}/{what}").status_code == 403


def test_a_repair_is_recorded_after_a_failure(admin, world):
    address = f"/api/v1/instruments/{world['failed scale']}/repairs"
    said = {"repaired_on": "2026-05-01", "repairer": "上海友声衡器", "work": "更换传感器"}
    made = admin.post(address, json=said)
    assert (made.status_code, made.headers["location"]) == (201, address)
    assert {**said, "id": made.json()["id"], "recorded_by": "admin-0"} == made.json()
    assert admin.get(address).json()["items"] == [made.json()]


def test_what_passed_is_not_repaired(admin, world):
    said = {"repaired_on": "2026-05-01", "repairer": "x", "work": "y"}
    answer = admin.post(f"/api/v1/instruments/{world['scale']}/repairs", json=said)
    assert (answer.status_code, answer.json()["code"]) == (409, "RepairWithoutFailure")


def test_readings_are_judged_over_rest(admin, world):
    record = {
        "instrument_id": world["scale"],
        "performed_on": "2026-05-01",
        "technician": world["staff"].verifier.id,
        "readings": [reading_json(one) for one in scale_readings("0.0076")],
    }
    answer = admin.post("/api/v1/verifications", json=record)
    assert (answer.status_code, answer.json()["verdict"]) == (201, Outcome.FAILED)


# Regulations.

OWN = """
code = "Q/TC 1-2026"
title_zh = "本所自校表"
title_en = "Our own check"
document = "test_record"
kinds = ["glucose_meter"]
confidence = "high"

[[item]]
key = "looks"
name_zh = "外观"
name_en = "Looks"
reference = "1"
confidence = "high"
method = "check"
initial = "required"
subsequent = "required"
in_service = "not_required"
"""


def test_the_rules_of_a_regulation_are_what_its_file_says(admin):
    told = admin.get("/api/v1/regulations/JJG 539-2016").json()
    assert told["document"]["title_zh"] == REGULATIONS["JJG 539-2016"].title_zh
    assert len(told["digest"]) == 64
    assert admin.get("/api/v1/regulations/GB/T 19634-2021").json()["code"] == "GB/T 19634-2021"
    assert admin.get("/api/v1/regulations/JJG 0-1").json()["code"] == "RegulationRulesUnknown"


def test_an_office_adds_its_own_regulation(admin):
    made = admin.post("/api/v1/regulations", json={"toml": OWN})
    assert (made.status_code, made.json()) == (
        201,
        {"code": "Q/TC 1-2026", "is_new": True, "items": 1, "kinds": ["glucose_meter"]},
    )
    assert admin.get(made.headers["location"]).json()["document"]["title_zh"] == "本所自校表"
    assert admin.post("/api/v1/regulations", json={"toml": OWN}).json()["is_new"] is False


def test_a_wrong_file_is_refused_with_place_and_field(admin):
    wrong = OWN.replace('method = "check"', 'method = "look"')
    answer = admin.post("/api/v1/regulations", json={"toml": wrong, "filename": "own.toml"}).json()
    facts = answer["facts"]
    assert (answer["code"], facts["source"], facts["at"], facts["field"]) == (
        "RegulationWrong",
        "own.toml",
        "item looks",
        "method",
    )


def test_only_the_administrator_takes_in_regulations(ask_as):
    other = ask_as(Role.COORDINATOR, district="320585")
    assert other.post("/api/v1/regulations", json={"toml": OWN}).status_code == 403


def test_a_paper_follows_at_once_where_all_have_signed(sessions, world):
    with db.transaction(sessions) as session:
        assert sign_all(session, world["clinic"], world["staff"]) == "office2026-LX-000001"
