"""Programs come with a token; without one, with a wrong or revoked one they do not come in."""

from datetime import date

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Ask
from tests.factories import office
from verifier import db
from verifier.operations.accounts import AddAccount, add_account, issue_token
from verifier.queries.accounts import caller_by_token
from verifier.rules.access import Role

PROTECTED = "/api/v1/catalogue"


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Bearer vfr_" + "x" * 5000, "Basic eDp5"]
)
def test_without_a_valid_token_nobody_comes_in(client: TestClient, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = client.get(PROTECTED, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "NotSignedIn")
    assert answer.headers["www-authenticate"] == 'Bearer realm="verifier"'


def test_a_token_lets_its_account_in(ask_as: Ask) -> None:
    assert ask_as(Role.TECHNICIAN).get(PROTECTED).status_code == 200


def test_a_wrong_token_is_not_helped_by_a_session(client: TestClient, ask_as: Ask) -> None:
    client.headers["Authorization"] = "Bearer wrong"
    client.cookies.set("verifier_session", str(ask_as(Role.ADMIN).headers["Authorization"]).split()[1])

    assert client.get(PROTECTED).status_code == 401


def test_a_token_is_no_session(client: TestClient, ask_as: Ask) -> None:
    client.cookies.set("verifier_session", str(ask_as(Role.ADMIN).headers["Authorization"]).split()[1])

    assert client.get(PROTECTED).status_code == 401


def test_a_token_is_issued_shown_once_and_revoked(admin: TestClient, client: TestClient) -> None:
    made = admin.post("/api/v1/accounts", json={"name": "robot", "role": "technician"})
    address = made.headers["location"]
    issued = admin.post(f"{address}/tokens")
    client.headers["Authorization"] = f"Bearer {issued.json()['token']}"

    assert (made.status_code, issued.status_code) == (201, 201)
    assert client.get(PROTECTED).status_code == 200
    assert issued.json()["token"] not in admin.get(f"{address}/tokens").text

    gone = admin.delete(f"{address}/tokens/{issued.json()['id']}")

    assert (gone.status_code, gone.content) == (204, b"")
    assert client.get(PROTECTED).status_code == 401
    assert admin.delete(f"{address}/tokens/{issued.json()['id']}").status_code == 204


def test_a_token_of_another_account_is_not_revoked(admin: TestClient) -> None:
    first, second = (
        admin.post("/api/v1/accounts", json={"name": name, "role": "technician"}).headers["location"]
        for name in "ab"
    )
    issued = admin.post(f"{first}/tokens").json()

    assert admin.delete(f"{second}/tokens/{issued['id']}").json()["code"] == "TokenUnknown"


def test_a_closed_accounts_token_is_refused_until_it_is_opened_again(
    admin: TestClient, client: TestClient
) -> None:
    address = admin.post("/api/v1/accounts", json={"name": "robot", "role": "technician"}).headers["location"]
    client.headers["Authorization"] = f"Bearer {admin.post(f'{address}/tokens').json()['token']}"

    assert admin.put(f"{address}/active", json={"is_active": False}).status_code == 204
    assert client.get(PROTECTED).status_code == 401
    assert admin.put(f"{address}/active", json={"is_active": True}).status_code == 204
    assert client.get(PROTECTED).status_code == 200


def test_who_is_asking_costs_one_statement(sessions: db.Sessions, statements: list[str], today: date) -> None:
    with db.transaction(sessions) as session:
        account = add_account(session, AddAccount(name="robot", role=Role.TECHNICIAN), who=office(today))
        token = issue_token(session, account, office(today))
    statements.clear()

    with db.reading(sessions) as session:
        caller = caller_by_token(session, token)

    assert caller is not None
    assert (caller.name, caller.role, caller.scope.is_everything) == ("robot", Role.TECHNICIAN, True)
    assert len(statements) == 1


def test_neither_token_nor_password_is_stored_as_it_is(sessions: db.Sessions, today: date) -> None:
    command = AddAccount(name="robot", role=Role.TECHNICIAN, password="a long password")
    with db.transaction(sessions) as session:
        account = add_account(session, command, who=office(today))
        token = issue_token(session, account, office(today))
        dump = [
            str(session.connection().exec_driver_sql(f"SELECT * FROM {table}").all())
            for table in ("account", "api_token", "journal_entry")
        ]

    assert token not in "".join(dump)
    assert "a long password" not in "".join(dump)
