"""Nothing of another site, no other host, no stranger in a browser's session."""

import json
import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.security import FailedSignIns, TooManyAttempts
from tests.api.conftest import NOW
from verifier import db
from verifier.settings import Settings

FORM = {"name": "nobody", "password": "something wrong"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"},
    ],
)
def test_another_sites_form_changes_nothing(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/sign-in", data=FORM, headers=headers).status_code == 403
    assert client.post("/api/v1/bodies", json={}, headers=headers).json()["code"] == "FromAnotherSite"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://testserver"},
        {"Origin": "http://testserver", "Host": "inside:8000"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://outside", "Host": "inside:8000"},
    ],
)
def test_the_own_pages_and_programs_pass(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/sign-in", data=FORM, headers=headers).status_code == 422


def test_reading_from_another_site_is_no_change(client: TestClient) -> None:
    assert client.get("/sign-in", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("path", ["/sign-in", "/nothing", "/api/v1/catalogue", "/healthz", "/api/docs"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers

    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_files_may_be_kept_and_asked_for_again(client: TestClient) -> None:
    assert client.get("/static/api-docs.js").headers["cache-control"] == "no-cache"


def test_the_documentation_asks_no_other_host_and_runs_no_script_of_its_page(client: TestClient) -> None:
    page = client.get("/api/docs")

    assert page.status_code == 200
    assert "http" not in page.text
    assert re.findall(r"<script(?![^>]* src=)", page.text) == []
    assert re.findall(r"<style|style=| on\w+=", page.text) == []
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert client.get(address).status_code == 200


def test_the_description_names_problems_and_tokens(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()

    assert described["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}
    assert "422" not in described["paths"]["/api/v1/bodies"]["post"]["responses"]
    assert list(described["paths"]["/api/v1/bodies"]["post"]["responses"]) == ["201", "default"]


def test_every_command_of_the_api_refuses_unknown_fields(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()
    schemas = described["components"]["schemas"]
    commands = {
        name
        for operations in described["paths"].values()
        for operation in operations.values()
        for name in re.findall(r"schemas/(\w+)", json.dumps(operation.get("requestBody", {})))
        if not name.startswith("Body_")  # an uploaded file
    }
    loose = [name for name in sorted(commands) if schemas[name].get("additionalProperties") is not False]

    assert {"AddBody", "RecordVerification"} <= commands
    assert loose == []


def test_an_installation_is_ready_when_its_migrations_have_run(client: TestClient) -> None:
    assert client.get("/readyz").json() == {"status": "ready"}


def test_an_installation_without_tables_says_what_to_do(tmp_path: object) -> None:
    engine = db.connect(f"sqlite:///{tmp_path}/empty.db")
    with TestClient(create_app(Settings(_env_file=None), db.sessions_of(engine))) as client:
        answer = client.get("/readyz")
        alive = client.get("/healthz")
    engine.dispose()

    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "why": "migrations are missing; run: verifier init"}
    assert alive.json() == {"status": "alive"}


def test_an_installation_without_database_says_so(tmp_path: object) -> None:
    engine = db.connect(f"sqlite:///{tmp_path}/missing/folder.db")
    with TestClient(create_app(Settings(_env_file=None), db.sessions_of(engine))) as client:
        answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["why"]) == (503, "the database does not answer")


def test_five_wrong_passwords_for_a_name_make_that_address_wait() -> None:
    failed = FailedSignIns()
    for _ in range(5):
        failed.check("10.0.0.1", "wang", now=NOW)
        failed.note("10.0.0.1", "wang", now=NOW)

    with pytest.raises(TooManyAttempts):
        failed.check("10.0.0.1", "wang", now=NOW)


def test_a_stranger_elsewhere_locks_nobody_out() -> None:
    failed = FailedSignIns()
    for _ in range(500):
        failed.note("10.0.0.66", "wang", now=NOW)

    failed.check("10.0.0.1", "wang", now=NOW)
    with pytest.raises(TooManyAttempts):
        failed.check("10.0.0.66", "li", now=NOW)


def test_after_ten_minutes_one_may_try_again() -> None:
    failed = FailedSignIns()
    for _ in range(5):
        failed.note("10.0.0.1", "wang", now=NOW)

    failed.check("10.0.0.1", "wang", now=NOW + timedelta(minutes=10))


def test_the_right_password_forgives_the_wrong_ones_of_that_name() -> None:
    failed = FailedSignIns()
    for _ in range(5):
        failed.note("10.0.0.1", "wang", now=NOW)
    failed.clear("10.0.0.1", "wang")

    failed.check("10.0.0.1", "wang", now=NOW)


def test_guessing_fills_no_memory() -> None:
    failed = FailedSignIns()
    for guess in range(12_000):
        failed.note(f"10.0.{guess}", "wang", now=NOW)

    assert len(failed._failures) <= 10_002  # noqa: SLF001  memory is what this is about
