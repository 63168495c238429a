"""A refusal tells a program what it needs and a person what it means, and nothing else."""

from collections.abc import Iterator

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient

from api import deps
from api.app import create_app
from api.preconditions import etag, require_match
from verifier import db
from verifier.errors import Conflict, Invalid, NotAllowed, NotEntitled, NotFound
from verifier.settings import Settings

PROBLEM = "application/problem+json"


class Refused(Conflict):
    message = "It is {why}."


@pytest.fixture
def failing(settings: Settings, sessions: db.Sessions) -> Iterator[TestClient]:
    """An application of its own with routes that fail in every way."""
    app = create_app(settings, sessions)
    router = APIRouter(prefix="/api/test")
    kinds = {"404": NotFound, "403": NotAllowed, "422": Invalid, "409": Conflict, "entitled": NotEntitled}

    @router.get("/refusal/{kind}")
    def refusal(kind: str) -> None:
        raise type("Told", (kinds[kind],), {"message": "No."})

    @router.get("/facts")
    def facts() -> None:
        raise Refused(why="night")

    @router.get("/bug")
    def bug() -> None:
        raise KeyError("secret detail")

    @router.get("/down")
    def down(session: deps.Reading) -> None:
        session.connection().exec_driver_sql("SELECT 1")
        raise db.Unavailable("SELECT secret", {}, Exception("disk"))

    @router.get("/stale")
    def stale() -> None:
        raise db.StaleRow

    @router.get("/match")
    def match(if_match: str | None = None) -> None:
        require_match(if_match, 3)

    app.include_router(router)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


@pytest.mark.parametrize(
    ("kind", "status"), [("404", 404), ("403", 403), ("422", 422), ("409", 409), ("entitled", 409)]
)
def test_each_kind_of_refusal_has_its_status(failing: TestClient, kind: str, status: int) -> None:
    answer = failing.get(f"/api/test/refusal/{kind}")

    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert (answer.json()["status"], answer.json()["code"]) == (status, "Told")


def test_a_problem_carries_the_code_the_sentence_and_the_facts(failing: TestClient) -> None:
    assert failing.get("/api/test/facts").json() == {
        "type": "urn:verifier:problem:Refused",
        "title": "Not possible now",
        "status": 409,
        "detail": "It is night.",
        "code": "Refused",
        "facts": {"why": "night"},
    }


def test_a_bug_is_logged_and_tells_nothing(failing: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = failing.get("/api/test/bug")

    assert (answer.status_code, answer.json()["code"]) == (500, "Broken")
    assert answer.headers["content-type"] == PROBLEM
    assert "secret" not in answer.text
    assert "secret detail" in caplog.text


def test_even_a_bug_is_answered_with_the_security_headers(failing: TestClient) -> None:
    assert failing.get("/api/test/bug").headers["x-content-type-options"] == "nosniff"


def test_a_database_that_is_gone_is_said_to_be_gone(failing: TestClient) -> None:
    answer = failing.get("/api/test/down")

    assert (answer.status_code, answer.json()["code"]) == (503, "DatabaseUnavailable")
    assert answer.headers["retry-after"] == "5"
    assert "secret" not in answer.text


def test_a_row_changed_in_between_is_a_failed_precondition(failing: TestClient) -> None:
    answer = failing.get("/api/test/stale")

    assert (answer.status_code, answer.json()["code"]) == (412, "SomebodyWasFaster")


@pytest.mark.parametrize(
    ("header", "status"),
    [(None, 428), ("", 428), ('"3"', 200), ('"2", "3"', 200), ("*", 200), ('"2"', 412), ("3", 412)],
)
def test_a_change_names_the_version_it_changes(failing: TestClient, header: str | None, status: int) -> None:
    parameters = {} if header is None else {"if_match": header}

    assert failing.get("/api/test/match", params=parameters).status_code == status
    assert etag(3) == '"3"'


def test_an_unknown_address_is_a_problem_for_programs(client: TestClient) -> None:
    answer = client.get("/api/v1/nothing")

    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    assert answer.json()["code"] == "NoSuchAddress"


def test_an_unknown_address_is_a_page_for_people(client: TestClient) -> None:
    answer = client.get("/nothing", headers={"Accept-Language": "en"})

    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is nothing at /nothing." in answer.text


def test_an_address_in_an_error_page_is_escaped(client: TestClient) -> None:
    assert "<script>" not in client.get("/%3Cscript%3E").text


def test_a_method_that_is_not_there_names_those_that_are(client: TestClient) -> None:
    answer = client.delete("/api/v1/catalogue")

    assert (answer.status_code, answer.json()["code"]) == (405, "MethodNotPossible")
    assert answer.headers["allow"] == "GET"


def test_an_unknown_query_parameter_is_refused_by_name(admin: TestClient) -> None:
    answer = admin.get("/api/v1/catalogue", params={"limt": 5, "limit": 5})

    assert (answer.status_code, answer.json()["code"]) == (422, "RequestInvalid")
    assert answer.json()["errors"] == [{"field": "limt", "message": "There is no such field."}]


def test_an_unknown_field_is_refused_by_name(admin: TestClient) -> None:
    answer = admin.post("/api/v1/bodies", json={"code": "b", "name": "B", "distrct": "320585"})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "distrct", "message": "There is no such field."}]


def test_every_wrong_field_is_named_with_its_reason(admin: TestClient) -> None:
    answer = admin.post(
        "/api/v1/technicians/1/competences", json={"certificate_no": "x" * 61, "valid_from": "soon"}
    )

    assert answer.json()["errors"] == [
        {"field": "kind", "message": "This is needed."},
        {"field": "certificate_no", "message": "This has more than 60 characters."},
        {"field": "valid_from", "message": "This must be a day, written as 2026-05-31."},
        {"field": "valid_until", "message": "This is needed."},
    ]


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000, b"null", b"[]", b'"x"', b"1e999"])
def test_a_body_that_is_no_command_is_refused_and_not_a_bug(admin: TestClient, body: bytes) -> None:
    answer = admin.post("/api/v1/bodies", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == PROBLEM


def test_a_body_that_is_too_large_is_refused(admin: TestClient) -> None:
    answer = admin.post("/api/v1/tariffs", files={"file": ("t.csv", b"x" * (22 * 1024 * 1024))})

    assert (answer.status_code, answer.json()["code"]) == (413, "RequestTooLarge")


@pytest.mark.parametrize(
    "path",
    [
        "accounts/99999999999999999999999",
        "districts?q=%00",
        "catalogue/%00",
        "journal?subject_id=9223372036854775808",
    ],
)
def test_what_no_column_can_hold_is_no_bug(admin: TestClient, path: str) -> None:
    answer = admin.get(f"/api/v1/{path}")

    assert answer.status_code in (200, 404, 422)
