"""A phone that repeats itself makes one record."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api.app import create_app
from tests.api.conftest import Ask
from tests.factories import office
from verifier import db
from verifier.models import AnsweredRequest, Person
from verifier.operations.accounts import AddAccount, add_account, issue_token
from verifier.rules.access import Role
from verifier.settings import Settings

PATH = "/api/v1/technicians"
LI = {"name": "李检定"}
KEY = {"Idempotency-Key": "7f3c-1"}


def people(sessions: db.Sessions, name: str = "李检定") -> int:
    with db.reading(sessions) as session:
        return session.scalar(select(func.count()).where(Person.name == name)) or 0


def test_the_same_key_and_body_is_answered_again_and_done_once(
    admin: TestClient, sessions: db.Sessions
) -> None:
    first, second = (admin.post(PATH, json=LI, headers=KEY) for _ in range(2))

    assert first.status_code == second.status_code == 201
    assert first.json()["name"] == "李检定"
    assert first.content == second.content
    assert first.headers["location"] == second.headers["location"] == f"{PATH}/{first.json()['id']}"
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert people(sessions) == 1


def test_the_same_body_otherwise_written_is_the_same_request(
    admin: TestClient, sessions: db.Sessions
) -> None:
    admin.post(PATH, content='{"name": "李检定"}', headers={**KEY, "Content-Type": "application/json"})
    again = admin.post(
        PATH, content='{"body":"office","name":"李检定"}', headers={**KEY, "Content-Type": "application/json"}
    )

    assert again.headers["idempotency-replayed"] == "true"
    assert people(sessions) == 1


def test_the_same_key_with_another_body_is_refused(admin: TestClient, sessions: db.Sessions) -> None:
    admin.post(PATH, json=LI, headers=KEY)
    other = admin.post(PATH, json={"name": "赵检定"}, headers=KEY)

    assert (other.status_code, other.json()["code"]) == (409, "IdempotencyKeyReused")
    assert people(sessions, "赵检定") == 0


def test_the_same_key_at_another_address_is_refused(admin: TestClient) -> None:
    admin.post(PATH, json=LI, headers=KEY)

    assert admin.post("/api/v1/bodies", json={"code": "b", "name": "B"}, headers=KEY).status_code == 409


def test_another_account_may_use_the_same_key(admin: TestClient, ask_as: Ask, sessions: db.Sessions) -> None:
    other = ask_as(Role.ADMIN)

    assert [asked.post(PATH, json=LI, headers=KEY).status_code for asked in (admin, other)] == [201, 201]
    assert people(sessions) == 2


def test_without_a_key_every_request_counts(admin: TestClient, sessions: db.Sessions) -> None:
    assert [admin.post(PATH, json=LI).status_code for _ in range(2)] == [201, 201]
    assert people(sessions) == 2


def test_a_refusal_is_not_remembered(admin: TestClient, sessions: db.Sessions) -> None:
    refused = admin.post(PATH, json={**LI, "body": "branch"}, headers=KEY)
    admin.post("/api/v1/bodies", json={"code": "branch", "name": "分所"})
    accepted = admin.post(PATH, json={**LI, "body": "branch"}, headers=KEY)

    assert (refused.status_code, accepted.status_code) == (404, 201)
    assert people(sessions) == 1


def test_a_key_nobody_can_read_is_refused(admin: TestClient) -> None:
    for key in ("", "a b", "x" * 201):
        answer = admin.post(PATH, json=LI, headers={"Idempotency-Key": key})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "idempotency-key")


def test_two_at_the_same_time_make_one_record(database_url: str, today: date) -> None:
    engine = db.connect(database_url)
    sessions = db.sessions_of(engine)
    with db.transaction(sessions) as session:
        account = add_account(session, AddAccount(name="phone", role=Role.ADMIN), who=office(today))
        token = issue_token(session, account, office(today))
    app = create_app(Settings(_env_file=None), sessions)
    threads = 6
    together = Barrier(threads)

    def send(_number: int) -> tuple[int, bytes]:
        with TestClient(app, headers={"Authorization": f"Bearer {token}"}) as client:
            together.wait()
            answer = client.post(PATH, json=LI, headers=KEY)
            return answer.status_code, answer.content

    with ThreadPoolExecutor(threads) as pool:
        answers = set(pool.map(send, range(threads)))

    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert people(sessions) == 1
    with db.reading(sessions) as session:
        assert session.scalar(select(func.count()).select_from(AnsweredRequest)) == 1
    engine.dispose()
