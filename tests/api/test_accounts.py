"""Accounts: each with the one scope its role is bound to, and only what an administrator gave it."""

from datetime import date

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.factories import make_holder, office
from verifier import db
from verifier.models import Account, Body, Person
from verifier.operations.accounts import AddAccount, add_account
from verifier.queries.accounts import AccountUnknown, account_by_name
from verifier.rules.access import Role, ScopeMissing

PATH = "/api/v1/accounts"


def test_an_account_is_added_shown_and_listed(admin: TestClient) -> None:
    made = admin.post(PATH, json={"name": "太仓局", "role": "official", "district": "320585"})

    assert made.status_code == 201
    assert made.headers["location"] == f"{PATH}/{made.json()['id']}"
    assert admin.get(made.headers["location"]).json() == {
        "id": made.json()["id"],
        "name": "太仓局",
        "role": "official",
        "district": "320585",
        "holder_id": None,
        "body_id": None,
        "is_active": True,
        "created_at": "2026-05-01T08:00:00Z",
    }
    assert [account["name"] for account in admin.get(PATH).json()["items"]] == ["admin-0", "太仓局"]


def test_a_name_is_taken_once(admin: TestClient) -> None:
    body = {"name": "wang", "role": "technician"}
    admin.post(PATH, json=body)

    for name in ("wang", " wang "):
        answer = admin.post(PATH, json={**body, "name": name})
        assert (answer.status_code, answer.json()["code"]) == (409, "AccountExists")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"role": "official"}, "ScopeMissing"),
        ({"role": "coordinator"}, "ScopeMissing"),
        ({"role": "holder"}, "ScopeMissing"),
        ({"role": "technician", "district": "320585"}, "ScopeUnused"),
        ({"role": "official", "district": "320585", "body_id": 1}, "ScopeUnused"),
        ({"role": "admin", "holder_id": 1}, "ScopeUnused"),
        ({"role": "official", "district": "999999"}, "DistrictUnknown"),
        ({"role": "holder", "holder_id": 999_999}, "AccountHolderUnknown"),
        ({"role": "technician", "body_id": 999_999}, "BodyUnknown"),
        ({"role": "technician", "name": "   "}, "AccountNameEmpty"),
        ({"role": "technician", "password": "short"}, "PasswordTooShort"),
        ({"role": "technician", "password": "x" * 201}, "PasswordTooLong"),
        ({"role": "technician", "name": "wang xiaoming", "password": "Wang Xiaoming"}, "PasswordIsName"),
        ({"role": "emperor"}, "RequestInvalid"),
    ],
)
def test_an_account_that_cannot_be_is_refused_by_name(
    admin: TestClient, body: dict[str, str], code: str
) -> None:
    answer = admin.post(PATH, json={"name": "wang", **body})

    assert answer.json()["code"] == code
    assert len(admin.get(PATH).json()["items"]) == 1


@pytest.mark.parametrize(
    ("role", "scope", "signs_for"),
    [
        (Role.TECHNICIAN, {}, ["office"]),
        (Role.COORDINATOR, {"district": "320585"}, ["office"]),
        (Role.ADMIN, {}, ["office"]),
        (Role.OFFICIAL, {"district": "320585"}, []),
    ],
)
def test_who_may_sign_records_is_a_person_of_the_body(
    session: db.Session, today: date, role: Role, scope: dict[str, str], signs_for: list[str]
) -> None:
    command = AddAccount(name="wang", role=role, **scope)  # type: ignore[arg-type]  # as the table says
    account = add_account(session, command, who=office(today))

    bodies = session.scalars(
        select(Body.code).join(Person, Person.body_id == Body.id).where(Person.id == account.person_id)
    )
    assert list(bodies) == signs_for


def test_a_holders_account_sees_that_holder(session: db.Session, today: date) -> None:
    holder = make_holder(session)
    account = add_account(
        session, AddAccount(name="卫生室", role=Role.HOLDER, holder_id=holder.id), who=office(today)
    )

    assert account.holder_id == holder.id


def test_somebody_faster_with_the_same_name_is_a_refusal(
    admin: TestClient, sessions: db.Sessions, today: date
) -> None:
    with db.transaction(sessions) as session:
        add_account(session, AddAccount(name="wang", role=Role.TECHNICIAN), who=office(today))

    assert admin.post(PATH, json={"name": "wang", "role": "technician"}).json()["code"] == "AccountExists"


def test_an_administrator_sets_a_password(admin: TestClient) -> None:
    address = admin.post(PATH, json={"name": "wang", "role": "technician"}).headers["location"]

    assert admin.put(f"{address}/password", json={"password": "short"}).json()["code"] == "PasswordTooShort"
    assert admin.put(f"{address}/password", json={"password": "long enough"}).status_code == 204
    assert admin.post("/sign-in", data={"name": "wang", "password": "long enough"}).status_code == 303


def test_what_is_not_there_is_said_not_to_be(admin: TestClient, session: db.Session) -> None:
    for answer in (
        admin.get(f"{PATH}/0"),
        admin.get(f"{PATH}/0/tokens"),
        admin.post(f"{PATH}/0/tokens"),
        admin.put(f"{PATH}/0/password", json={"password": "long enough"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "AccountUnknown")
    with pytest.raises(AccountUnknown):
        account_by_name(session, "nobody")


def test_a_role_without_its_scope_sees_nothing_at_all(session: db.Session, today: date) -> None:
    with pytest.raises(ScopeMissing):
        add_account(session, AddAccount(name="x", role=Role.OFFICIAL), who=office(today))
    assert session.scalars(select(Account).where(Account.name == "x")).all() == []


def test_the_journal_tells_who_made_whom(admin: TestClient) -> None:
    made = admin.post(PATH, json={"name": "wang", "role": "technician", "password": "long enough"}).json()
    told = admin.get("/api/v1/journal", params={"subject": "account", "subject_id": made["id"]}).json()

    assert [{**entry, "id": 0} for entry in told["items"]] == [
        {
            "id": 0,
            "at": "2026-05-01T08:00:00Z",
            "who": "admin-0",
            "deed": "add_account",
            "subject": "account",
            "subject_id": made["id"],
            "facts": {"name": "wang", "role": "technician"},
        }
    ]
