"""Requests for visits: asked by a clinic, answered by the office, with a clock that everybody sees."""

from datetime import date

import pytest
from sqlalchemy import update

from tests.factories import make_holder, make_instrument, make_person
from verifier import db
from verifier.models import Appointment
from verifier.rules.access import Role

ANY = {"If-Match": "*"}
ADDRESS = "/api/v1/appointments"


@pytest.fixture
def world(sessions) -> dict[str, int]:
    with db.transaction(sessions) as session:
        clinic, market = make_holder(session, "浮桥卫生院"), make_holder(session, "城厢农贸市场")
        stall = make_holder(session, "一号摊", market=market, stall_no="1")
        return {
            "clinic": clinic.id,
            "market": market.id,
            "cuff": make_instrument(session, clinic).id,
            "other cuff": make_instrument(session, clinic).id,
            "scale": make_instrument(session, stall, kind_key="nawi_price_computing").id,
            "person": make_person(session).id,
        }


@pytest.fixture
def clinic(ask_as, world):
    client = ask_as(Role.HOLDER, holder_id=world["clinic"])
    client.headers["Accept-Language"] = "en"
    return client


@pytest.fixture
def office(ask_as):
    client = ask_as(Role.COORDINATOR, district="320585")
    client.headers["Accept-Language"] = "en"
    return client


@pytest.fixture
def asked(clinic, world) -> int:
    answer = clinic.post(ADDRESS, json={"because": "after_repair", "instruments": [world["cuff"]]})
    number: int = answer.json()["id"]
    return number


def test_a_request_starts_the_offices_clock(clinic, world):
    command = {
        "because": "due",
        "instruments": [world["cuff"]],
        "wanted_from": "2026-05-18",
        "wanted_until": "2026-05-22",
        "wish": "周三下午不行",
    }
    answer = clinic.post(ADDRESS, json=command)
    made = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{ADDRESS}/{made['id']}")
    assert {name: made[name] for name in ("because", "wanted_from", "wanted_until", "wish")} == {
        name: command[name] for name in ("because", "wanted_from", "wanted_until", "wish")
    }
    # From May 1, a holiday: 20 working days on, with May 9 made up for the holidays.
    assert (made["status"], made["answer_by"], made["working_days_left"]) == ("requested", "2026-06-01", 20)
    assert made["clock"] == "20 working days left, until 2026-06-01"
    assert [one["id"] for one in made["instruments"]] == [world["cuff"]]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"because": "due"}, "AskedForNothing"),
        ({"because": "new_instrument", "wish": " "}, "AskedForNothing"),
        ({"because": "due", "instruments": ["<scale>"]}, "InstrumentNotThere"),
        ({"because": "due", "instruments": ["<cuff>"], "wanted_until": "2026-04-30"}, "WishWrong"),
        (
            {
                "because": "due",
                "instruments": ["<cuff>"],
                "wanted_from": "2026-05-20",
                "wanted_until": "2026-05-19",
            },
            "WishWrong",
        ),
    ],
)
def test_a_request_names_what_is_there_and_days_to_come(clinic, world, wrong, code):
    its = [world[name.strip("<>")] for name in wrong.get("instruments", [])]
    refused = clinic.post(ADDRESS, json={**wrong, "instruments": its})
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert clinic.get(ADDRESS).json()["items"] == []


def test_a_new_instrument_is_described_and_one_open_request_is_enough(clinic, world, asked):
    new = clinic.post(ADDRESS, json={"because": "new_instrument", "wish": "电子血压计 HEM-7136"})
    assert new.status_code == 201
    twice = clinic.post(ADDRESS, json={"because": "due", "instruments": [world["cuff"]]})
    assert (twice.status_code, twice.json()["code"]) == (409, "AlreadyAsked")
    clinic.post(f"{ADDRESS}/{asked}/cancel", headers=ANY)
    assert clinic.post(ADDRESS, json={"because": "due", "instruments": [world["cuff"]]}).status_code == 201


def test_a_market_asks_for_its_stalls_and_the_office_for_a_clinic(ask_as, office, world):
    market = ask_as(Role.HOLDER, holder_id=world["market"])
    assert market.post(ADDRESS, json={"because": "due", "instruments": [world["scale"]]}).status_code == 201
    for_clinic = {"because": "due", "holder_id": world["clinic"], "instruments": [world["cuff"]]}
    assert market.post(ADDRESS, json=for_clinic).status_code == 403
    assert office.post(ADDRESS, json=for_clinic).status_code == 201
    assert office.post(ADDRESS, json={"because": "due"}).json()["code"] == "AskedForNothing"
    assert len(office.get(ADDRESS).json()["items"]) == 2
    assert len(market.get(ADDRESS).json()["items"]) == 1
    assert len(office.get(ADDRESS, params={"holder": world["clinic"]}).json()["items"]) == 1
    assert office.get(ADDRESS, params={"status": "returned"}).json()["items"] == []


def test_the_office_accepts_and_its_clock_runs_on_until_there_is_a_day(office, clinic, asked):
    accepted = office.post(f"{ADDRESS}/{asked}/accept", json={"answer": "下周"}, headers=ANY).json()
    assert (accepted["status"], accepted["answer"], accepted["working_days_left"]) == ("accepted", "下周", 20)
    seen = clinic.get(f"{ADDRESS}/{asked}")
    assert (seen.json()["answered_by"], seen.headers["ETag"]) == ("coordinator-0", '"2"')
    again = office.post(f"{ADDRESS}/{asked}/accept", json={}, headers=ANY)
    assert again.json()["code"] == "AppointmentMoveUnknown"


def test_a_returned_request_says_why_and_its_clock_stands(office, clinic, asked):
    assert office.post(f"{ADDRESS}/{asked}/return", json={"reason": ""}, headers=ANY).status_code == 422
    office.post(f"{ADDRESS}/{asked}/return", json={"reason": "先修理"}, headers=ANY)
    seen = clinic.get(f"{ADDRESS}/{asked}").json()
    assert (seen["status"], seen["answer"], seen["clock"]) == ("returned", "先修理", None)
    assert clinic.post(f"{ADDRESS}/{asked}/cancel", headers=ANY).status_code == 409


def test_a_request_gets_a_visit_of_its_own_and_takes_it_along_when_taken_back(office, clinic, world, asked):
    command = {"day": "2026-05-12", "starts": "09:30", "minutes": 40, "person_id": world["person"]}
    given = office.post(f"{ADDRESS}/{asked}/schedule", json=command, headers=ANY).json()
    visit = f"/api/v1/visits/{given['visit']['id']}"
    seen = clinic.get(visit).json()
    assert (given["status"], given["visit"]["day"], given["clock"]) == ("scheduled", "2026-05-12", None)
    assert (seen["starts"], seen["ends"], seen["status"]) == ("09:30", "10:10", "announced")
    assert [one["id"] for one in seen["instruments"]] == [world["cuff"]]
    assert clinic.post(f"{ADDRESS}/{asked}/cancel", headers=ANY).json()["status"] == "cancelled"
    assert clinic.get(visit).json()["status"] == "cancelled"


def test_a_visit_that_is_cancelled_gives_the_request_back(office, clinic, world, asked):
    command = {"day": "2026-05-12", "starts": "09:30", "minutes": 40, "person_id": world["person"]}
    given = office.post(f"{ADDRESS}/{asked}/schedule", json=command, headers=ANY).json()
    office.post(f"/api/v1/visits/{given['visit']['id']}/cancel", json={"reason": "rain"}, headers=ANY)
    seen = clinic.get(f"{ADDRESS}/{asked}").json()
    assert (seen["status"], seen["visit"]) == ("accepted", None)


def test_other_districts_and_older_versions_are_kept_out(ask_as, office, asked):
    elsewhere = ask_as(Role.COORDINATOR, district="320583")
    assert elsewhere.get(f"{ADDRESS}/{asked}").status_code == 403
    for deed, command in (("accept", {}), ("return", {"reason": "x"})):
        assert elsewhere.post(f"{ADDRESS}/{asked}/{deed}", json=command, headers=ANY).status_code == 403
    assert elsewhere.post(f"{ADDRESS}/{asked}/cancel", headers=ANY).status_code == 403
    assert office.post(f"{ADDRESS}/{asked}/accept", json={}, headers={"If-Match": '"9"'}).status_code == 412
    assert office.get(f"{ADDRESS}/99999").status_code == 404


def test_a_promise_that_was_not_kept_is_told_in_working_days(sessions, office, asked):
    with db.transaction(sessions) as session:
        session.execute(update(Appointment).values(answer_by=date(2026, 4, 24)))
    # Monday to Thursday; May 1 is a holiday.
    late = office.get(f"{ADDRESS}/{asked}").json()
    assert (late["working_days_left"], late["clock"]) == (-4, "4 working days late: promised by 2026-04-24")
    page = office.get("/appointments").text
    assert "4 working days late" in page
    assert "</data> past its promise" in page


@pytest.mark.parametrize("more", [0, 2])
def test_requests_are_listed_with_as_many_questions_however_many(clinic, office, world, statements, more):
    for instrument in (world["cuff"], world["other cuff"])[:more]:
        clinic.post(ADDRESS, json={"because": "due", "instruments": [instrument]})
    statements.clear()
    office.get(ADDRESS)
    assert len(statements) == 4


# -- the pages


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_clinic_asks_with_a_form(clinic, office, world, language):
    headers = {"Accept-Language": language}
    page = clinic.get("/appointments/new", headers=headers).text
    assert f'name="instruments" value="{world["cuff"]}"' in page
    empty = clinic.post("/appointments/new", data={"because": "due"}, headers=headers)
    assert empty.status_code == 422
    form = {
        "because": "due",
        "instruments": [str(world["cuff"])],
        "wish": "周三",
        "holder_id": str(world["clinic"]),
    }
    made = clinic.post("/appointments/new", data=form, headers=headers)
    assert made.status_code == 303
    seen = clinic.get(made.headers["location"], headers=headers).text
    assert "周三" in seen
    assert "/accept" not in seen
    accepted = office.post(f"{made.headers['location']}/accept", data={"answer": "好的"}, headers=headers)
    assert accepted.status_code == 303
    assert "好的" in clinic.get(made.headers["location"], headers=headers).text
    assert made.headers["location"] in clinic.get("/appointments", headers=headers).text


def test_the_office_answers_with_forms(office, clinic, world, asked):
    page = f"/appointments/{asked}"
    past = {"day": "2026-04-30", "starts": "09:00", "minutes": "30", "person_id": str(world["person"])}
    assert "a visit needs a day from" in office.post(f"{page}/schedule", data=past).text
    assert office.post(f"{page}/return", data={"reason": ""}).status_code == 422
    right = office.post(f"{page}/schedule", data=past | {"day": "2026-05-12"})
    assert right.status_code == 303
    assert clinic.post(f"{page}/cancel").status_code == 303
    assert "cannot become" in office.post(f"{page}/accept", data={}).text


def test_the_office_chooses_for_whom_it_asks(office, world):
    assert "Open the holder" in office.get("/appointments/new").text
    assert f'value="{world["cuff"]}"' in office.get(f"/appointments/new?holder={world['clinic']}").text
