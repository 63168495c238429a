"""What a hasty person or a broken program sends: refused with its name, and nothing is stored."""

import pytest

from tests.factories import make_instrument
from verifier.rules.access import Role


@pytest.fixture
def instrument_id(sessions):
    with sessions.begin() as session:
        return make_instrument(session).id


def record(client, instrument_id, **said):
    body = {"instrument_id": instrument_id, "performed_on": "2026-04-20", "outcome": "passed"}
    return client.post("/api/v1/verifications", json=body | said)


@pytest.mark.parametrize(
    "environment",
    [
        {"a": 1e9},
        {"a": 10**40},
        {"a": {"b": 1}},
        {"": 1},
        {"a": "x" * 201},
        {str(n): n for n in range(31)},
    ],
)
def test_an_environment_is_a_few_small_values(admin, instrument_id, environment):
    answer = record(admin, instrument_id, environment=environment)
    assert (answer.status_code, answer.json()["code"]) == (422, "RequestInvalid")
    assert admin.get("/api/v1/verifications").json()["items"] == []


@pytest.mark.parametrize("hidden", [b'{"a": "\\ud800"}', b'{"a": 1e999}', b'{"a": NaN}'])
def test_what_no_json_can_give_back_is_not_taken(admin, instrument_id, hidden):
    body = b'{"instrument_id": %d, "performed_on": "2026-04-20", "outcome": "passed", "environment": %s}'
    answer = admin.post(
        "/api/v1/verifications",
        content=body % (instrument_id, hidden),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert admin.get("/api/v1/verifications").json()["items"] == []


def test_temperature_and_humidity_come_back_as_they_were_read(admin, instrument_id):
    read = {"temperature": 21.5, "humidity": 60, "place": "门诊二楼"}
    number = record(admin, instrument_id, environment=read).json()["id"]
    assert admin.get(f"/api/v1/verifications/{number}").json()["environment"] == read


@pytest.mark.parametrize("code", ["a/b", ".", "..", " ", "a b", "-a", "a?b"])
def test_a_code_can_stand_in_an_address(admin, code):
    plan = {
        "code": code,
        "name": "x",
        "kind": "mandatory_free",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "district": "320585",
    }
    refused = admin.post("/api/v1/programmes", json=plan)
    assert (refused.status_code, refused.json()["code"]) == (422, "ProgrammeCodeWrong")
    assert admin.post("/api/v1/bodies", json={"code": code, "name": "x"}).status_code == 422


def test_a_chinese_code_is_found_where_the_answer_says_it_is(admin):
    plan = {
        "code": "两免费-2026",
        "name": "x",
        "kind": "mandatory_free",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "district": "320585",
    }
    for address, body in (("programmes", plan), ("bodies", {"code": "太仓-1", "name": "x"})):
        made = admin.post(f"/api/v1/{address}", json=body)
        assert made.status_code == 201
        assert admin.get(made.headers["Location"]).json()["code"] == body["code"]


def test_a_capacity_is_more_than_nothing(admin, sessions):
    with sessions.begin() as session:
        holder_id = make_instrument(session).holder_id
    body = {"holder_id": holder_id, "kind": "nawi_digital", "serial": "S", "max_capacity_kg": -5}
    refused = admin.post("/api/v1/instruments", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "MaxCapacityNotPositive")


def test_a_strict_import_that_takes_nothing_in_does_not_look_like_one_that_did(admin):
    content = "使用单位,使用地点行政区划,器具名称,出厂编号\n东仓村卫生室,城厢镇,血压器,S1\n".encode()
    address = "/api/v1/instruments/import?district=320585&strict=true"
    refused = admin.post(address, files={"file": ("r.csv", content)})
    assert (refused.status_code, refused.json()["code"]) == (422, "RowsRefused")
    assert [row["reason"] for row in refused.json()["facts"]["refused"]] == ["unknown_kind"]


def test_a_mistyped_filter_is_not_an_empty_register(admin):
    assert admin.get("/api/v1/instruments?kind=nope").json()["code"] == "KindUnknown"
    assert admin.get("/api/v1/enrolments?programme=nope").json()["code"] == "ProgrammeUnknown"


def test_a_programme_of_elsewhere_is_not_shown(ask_as, admin):
    plan = {
        "code": "P",
        "name": "x",
        "kind": "mandatory_free",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "district": "320585",
    }
    admin.post("/api/v1/programmes", json=plan)
    kunshan, suzhou = (ask_as(Role.OFFICIAL, district=code) for code in ("320583", "320500"))
    assert kunshan.get("/api/v1/programmes/P").json()["code"] == "OutsideScope"
    assert suzhou.get("/api/v1/programmes/P").json()["code"] == "P"
