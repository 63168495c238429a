"""Bodies, their scope, their people and competences through the API."""

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Ask
from verifier.rules.access import Role

TAICANG, KUNSHAN = "320585", "320583"
COMPETENCE = {
    "kind": "bp_auto",
    "certificate_no": "苏2026-1",
    "regulation": "JJG 692-2010",
    "valid_from": "2026-01-01",
    "valid_until": "2030-12-31",
}


def add_body(admin: TestClient, code: str, district: str | None = None) -> None:
    made = admin.post("/api/v1/bodies", json={"code": code, "name": f"{code}检定所", "district": district})
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/v1/bodies/{code}"


def test_a_body_is_added_once(admin: TestClient) -> None:
    add_body(admin, "branch", TAICANG)
    again = admin.post("/api/v1/bodies", json={"code": "branch", "name": "B"})

    assert (again.status_code, again.json()["code"]) == (409, "BodyExists")
    shown = admin.get("/api/v1/bodies/branch").json()
    assert (shown["name"], shown["district"], shown["kinds"]) == ("branch检定所", TAICANG, [])
    assert [body["code"] for body in admin.get("/api/v1/bodies").json()["items"]] == ["office", "branch"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"code": "b", "name": "B", "district": "999999"}, "DistrictUnknown"),
        ({"code": " ", "name": "B"}, "NameEmpty"),
        ({"code": "b", "name": " "}, "NameEmpty"),
        ({"code": "", "name": "B"}, "RequestInvalid"),
    ],
)
def test_a_body_that_cannot_be_is_refused(admin: TestClient, body: dict[str, str], code: str) -> None:
    assert admin.post("/api/v1/bodies", json=body).json()["code"] == code


def test_a_bodys_scope_is_changed_by_who_read_it_last(admin: TestClient) -> None:
    read = admin.get("/api/v1/bodies/office")
    match = {"If-Match": read.headers["etag"]}
    kinds = {"kinds": ["bp_mercury", "bp_auto", "bp_auto"]}

    assert admin.put("/api/v1/bodies/office/scope", json=kinds).status_code == 428

    changed = admin.put("/api/v1/bodies/office/scope", json=kinds, headers=match)
    late = admin.put("/api/v1/bodies/office/scope", json={"kinds": []}, headers=match)

    assert (changed.status_code, changed.json()["kinds"]) == (200, ["bp_auto", "bp_mercury"])
    assert (late.status_code, late.json()["code"]) == (412, "SomebodyWasFaster")
    assert admin.get("/api/v1/bodies/office").headers["etag"] == changed.headers["etag"]
    assert changed.headers["etag"] != read.headers["etag"]


def test_an_unknown_kind_is_no_scope(admin: TestClient) -> None:
    answer = admin.put("/api/v1/bodies/office/scope", json={"kinds": ["sundial"]}, headers={"If-Match": "*"})

    assert (answer.status_code, answer.json()["code"]) == (404, "KindUnknown")


def test_a_technician_gets_competences(admin: TestClient) -> None:
    made = admin.post("/api/v1/technicians", json={"name": "李检定"})
    address = made.headers["location"]
    answer = admin.post(f"{address}/competences", json=COMPETENCE)

    assert (made.status_code, answer.status_code) == (201, 201)
    shown = admin.get(address).json()
    assert (shown["name"], shown["body"]) == ("李检定", "office")
    assert [{**each, "id": 0} for each in shown["competences"]] == [{"id": 0, **COMPETENCE}]


def test_a_competence_is_recorded_once_and_ends_after_it_begins(admin: TestClient) -> None:
    address = admin.post("/api/v1/technicians", json={"name": "李检定"}).headers["location"] + "/competences"
    admin.post(address, json=COMPETENCE)
    again = admin.post(address, json=COMPETENCE)
    backwards = admin.post(address, json={**COMPETENCE, "valid_until": "2025-12-31"})

    assert (again.status_code, again.json()["code"]) == (409, "CompetenceExists")
    assert (backwards.status_code, backwards.json()["code"]) == (422, "CompetenceEndsBeforeItBegins")


def test_a_coordinator_keeps_the_staff_of_the_own_district_and_body(admin: TestClient, ask_as: Ask) -> None:
    add_body(admin, "taicang", TAICANG)
    add_body(admin, "fuqiao", "320585103")
    add_body(admin, "kunshan", KUNSHAN)
    coordinator = ask_as(Role.COORDINATOR, district=TAICANG)
    answers = {
        body: coordinator.post("/api/v1/technicians", json={"name": f"李{body}", "body": body}).status_code
        for body in ("taicang", "fuqiao", "kunshan", "office")
    }
    elsewhere = admin.post("/api/v1/technicians", json={"name": "昆山人", "body": "kunshan"}).headers[
        "location"
    ]
    seen = {person["body"] for person in coordinator.get("/api/v1/technicians").json()["items"]}

    assert answers == {"taicang": 201, "fuqiao": 201, "kunshan": 403, "office": 201}
    assert seen == {"taicang", "fuqiao", "office"}
    assert coordinator.get(elsewhere).status_code == 404
    assert coordinator.post(f"{elsewhere}/competences", json=COMPETENCE).status_code == 403


def test_nobody_is_added_to_a_body_that_is_not_there(admin: TestClient) -> None:
    assert admin.post("/api/v1/technicians", json={"name": "李", "body": "x"}).json()["code"] == "BodyUnknown"
    assert (
        admin.post("/api/v1/technicians/0/competences", json=COMPETENCE).json()["code"] == "TechnicianUnknown"
    )
    assert admin.get("/api/v1/technicians/0").status_code == 404
    assert admin.get("/api/v1/bodies/x").status_code == 404
    assert admin.put("/api/v1/bodies/x/scope", json={"kinds": []}).status_code == 404


def test_lists_ask_the_same_however_many_there_are(admin: TestClient, statements: list[str]) -> None:
    cost = []
    for name in "abc":
        address = admin.post("/api/v1/technicians", json={"name": name}).headers["location"]
        admin.post(f"{address}/competences", json=COMPETENCE)
        statements.clear()
        admin.get("/api/v1/technicians")
        cost.append(len(statements))

    assert len(set(cost)) == 1
