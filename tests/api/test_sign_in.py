"""Coming in with a password, going out, and the language of the pages."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import deps
from tests.api.conftest import NOW
from tests.factories import office
from verifier import db
from verifier.operations.accounts import (
    AddAccount,
    add_account,
    set_active,
    set_password,
)
from verifier.queries.accounts import account_by_name
from verifier.rules.access import Role

PASSWORD = "免费强制检定 2026"
PROTECTED = "/api/v1/catalogue"
Changed = Callable[[], None]


@pytest.fixture
def wang(sessions: db.Sessions, today: date) -> str:
    command = AddAccount(name="王技术", role=Role.TECHNICIAN, password=PASSWORD)
    with db.transaction(sessions) as session:
        return add_account(session, command, who=office(today)).name


def come_in(client: TestClient, name: str = "王技术", password: str = PASSWORD, **more: str) -> int:
    return client.post("/sign-in", data={"name": name, "password": password, **more}).status_code


@pytest.mark.usefixtures("wang")
def test_the_right_password_opens_pages_and_api(client: TestClient) -> None:
    answer = client.post(
        "/sign-in", data={"name": "王技术", "password": PASSWORD, "next": "/instruments?q=1"}
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/instruments?q=1")
    assert client.get(PROTECTED).status_code == 200


@pytest.mark.usefixtures("wang")
def test_the_session_cookie_is_for_this_site_and_no_script(client: TestClient) -> None:
    cookie = client.post("/sign-in", data={"name": "王技术", "password": PASSWORD}).headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


@pytest.mark.usefixtures("wang")
def test_under_https_the_cookie_is_secure(app: FastAPI, client: TestClient) -> None:
    app.state.settings = app.state.settings.model_copy(update={"base_url": "https://office.example"})

    assert (
        "Secure"
        in client.post("/sign-in", data={"name": "王技术", "password": PASSWORD}).headers["set-cookie"]
    )


@pytest.mark.usefixtures("wang")
@pytest.mark.parametrize(("name", "password"), [("王技术", "not the password"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_sound_the_same(
    client: TestClient, name: str, password: str
) -> None:
    answer = client.post("/sign-in", data={"name": name, "password": password})

    assert answer.status_code == 422
    assert "The name or the password is wrong." in answer.text
    assert f'value="{name}"' in answer.text
    assert password not in answer.text
    assert "set-cookie" not in answer.headers


def test_an_account_with_tokens_only_has_no_password(
    client: TestClient, sessions: db.Sessions, today: date
) -> None:
    with db.transaction(sessions) as session:
        add_account(session, AddAccount(name="robot", role=Role.TECHNICIAN), who=office(today))

    assert come_in(client, "robot", "") == 422
    assert come_in(client, "robot", "nobody's password") == 422


def test_a_form_with_nothing_in_it_says_what_is_needed(client: TestClient) -> None:
    answer = client.post("/sign-in", data={})

    assert answer.status_code == 422
    assert answer.text.count("This is needed.") == 2


@pytest.mark.usefixtures("wang")
@pytest.mark.parametrize("next", ["https://evil.example", "//evil.example", "/\\evil.example", "/\tx", "x"])
def test_signing_in_leads_to_no_other_site(client: TestClient, next: str) -> None:
    answer = client.post("/sign-in", data={"name": "王技术", "password": PASSWORD, "next": next})

    assert answer.headers["location"] == "/"


@pytest.mark.usefixtures("wang")
def test_guessing_is_slowed_down(client: TestClient) -> None:
    assert [come_in(client, password=f"wrong guess {n}") for n in range(6)] == [422, 422, 422, 422, 422, 429]
    assert come_in(client) == 429


@pytest.mark.usefixtures("wang")
def test_who_goes_out_is_out_even_with_the_old_cookie(client: TestClient) -> None:
    come_in(client)
    cookie = client.cookies["verifier_session"]
    answer = client.post("/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    client.cookies.set("verifier_session", cookie)
    assert client.get(PROTECTED).status_code == 401


def test_going_out_twice_is_no_fault(client: TestClient) -> None:
    assert client.post("/sign-out").status_code == 303


@pytest.mark.usefixtures("wang")
def test_a_session_ends_after_thirty_days(app: FastAPI, client: TestClient) -> None:
    come_in(client)

    app.dependency_overrides[deps.now] = lambda: NOW + timedelta(days=30) - timedelta(seconds=1)
    assert client.get(PROTECTED).status_code == 200
    app.dependency_overrides[deps.now] = lambda: NOW + timedelta(days=30)
    assert client.get(PROTECTED).status_code == 401


@pytest.mark.usefixtures("wang")
def test_a_new_password_ends_the_open_sessions(
    client: TestClient, sessions: db.Sessions, today: date
) -> None:
    come_in(client)
    with db.transaction(sessions) as session:
        set_password(session, account_by_name(session, "王技术"), "another one 2026", who=office(today))

    assert client.get(PROTECTED).status_code == 401
    assert come_in(client) == 422
    assert come_in(client, password="another one 2026") == 303


@pytest.mark.usefixtures("wang")
def test_an_account_that_was_closed_does_not_come_in(
    client: TestClient, sessions: db.Sessions, today: date
) -> None:
    come_in(client)
    with db.transaction(sessions) as session:
        set_active(session, account_by_name(session, "王技术"), is_active=False, who=office(today))

    assert client.get(PROTECTED).status_code == 401
    assert come_in(client) == 422


@pytest.mark.usefixtures("wang")
def test_another_sites_page_cannot_use_the_session(client: TestClient) -> None:
    come_in(client)
    answer = client.post("/api/v1/bodies", json={}, headers={"Sec-Fetch-Site": "cross-site"})

    assert (answer.status_code, answer.json()["code"]) == (403, "FromAnotherSite")


def test_the_language_is_the_switchs_or_the_browsers(client: TestClient) -> None:
    assert '<html lang="zh-CN"' in client.get("/sign-in", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text
    assert '<html lang="en"' in client.get("/sign-in", headers={"Accept-Language": "en"}).text

    answer = client.post("/language", data={"language": "zh_CN", "next": "/sign-in"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert '<html lang="zh-CN"' in client.get("/sign-in", headers={"Accept-Language": "en"}).text


def test_an_unknown_language_changes_nothing(client: TestClient) -> None:
    assert "set-cookie" not in client.post("/language", data={"language": "tlh"}).headers
