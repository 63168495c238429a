"""Plans of visits over REST and as pages."""

from dataclasses import replace
from datetime import date

import pytest

from tests.factories import make_holder, make_instrument, make_person, office_body
from tests.planned import a_round, a_stop, an_empty_plan
from verifier import db
from verifier.operations.plans import save_plan
from verifier.rules.access import Role

MONDAY = date(2026, 5, 11)
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def saved(sessions, who) -> dict[str, int]:
    """One round with two visits, the second into overtime, and one visit left out."""
    with db.transaction(sessions) as session:
        person, holders = make_person(session), [make_holder(session) for _ in range(3)]
        its = [make_instrument(session, holder).id for holder in holders]
        command = replace(
            an_empty_plan(office_body(session).id, MONDAY),
            rounds=[
                a_round(
                    person.id,
                    MONDAY,
                    a_stop(holders[0].id, (its[0],), 540),
                    a_stop(holders[1].id, (its[1],), 1000),
                ),
                a_round(person.id, date(2026, 5, 12)),
            ],
            left_out=[a_stop(holders[2].id, (its[2],))],
        )
        plan = save_plan(session, command, who=who)
        return {"plan": plan.id, "first": holders[0].id, "out": holders[2].id, "person": person.id}


@pytest.fixture
def coordinator(ask_as):
    return ask_as(Role.COORDINATOR, district="320585")


def test_a_plan_tells_its_rounds_and_why_the_rest_is_left_out(coordinator, saved):
    told = coordinator.get(f"/api/v1/plans/{saved['plan']}", headers=ENGLISH).json()
    assert (told["visits"], told["left_out_count"], told["days_used"]) == (2, 1, 1)
    assert (told["travel_minutes"], told["overtime_minutes"], told["status"]) == (30, 20, "draft")
    (one,) = told["rounds"]
    assert (one["day"], one["technician"]["id"], one["leaves"], one["returns"]) == (
        "2026-05-11",
        saved["person"],
        "08:00",
        "17:20",
    )
    assert [(stop["starts"], stop["ends"]) for stop in one["stops"]] == [
        ("09:00", "09:30"),
        ("16:40", "17:10"),
    ]
    assert one["stops"][0]["holder"]["id"] == saved["first"]
    (out,) = told["left_out"]
    assert (out["holder"]["id"], out["reason"]) == (saved["out"], "day_length")
    assert out["message"] == (
        "The days are full; 12 more minutes for technician 王检定 on day May 11, 2026 would do."
    )


def test_the_reason_is_told_in_chinese_too(coordinator, saved):
    told = coordinator.get(f"/api/v1/plans/{saved['plan']}", headers={"Accept-Language": "zh-CN"}).json()
    assert "2026年5月11日" in told["left_out"][0]["message"]


def test_plans_are_listed_the_newest_first(coordinator, saved, sessions, who):
    with db.transaction(sessions) as session:
        later = save_plan(session, an_empty_plan(office_body(session).id, MONDAY), who=who).id
    first = coordinator.get("/api/v1/plans?limit=1").json()
    assert [row["id"] for row in first["items"]] == [later]
    second = coordinator.get(f"/api/v1/plans?limit=1&after={first['next']}").json()
    assert ([row["id"] for row in second["items"]], second["next"]) == ([saved["plan"]], None)


def test_there_is_no_plan_with_another_number(coordinator):
    answer = coordinator.get("/api/v1/plans/99")
    assert (answer.status_code, answer.json()["code"]) == (404, "PlanUnknown")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_pages_show_the_plan(coordinator, saved, language):
    listed = coordinator.get("/plans", headers={"Accept-Language": language})
    assert f'href="/plans/{saved["plan"]}"' in listed.text
    page = coordinator.get(f"/plans/{saved['plan']}", headers={"Accept-Language": language})
    assert page.status_code == 200
    assert page.text.count("<tr>") == 4
    assert "08:00–17:20" in page.text
    assert "style=" not in page.text


def test_without_a_plan_the_page_says_how_to_make_one(coordinator):
    assert "verifier plan" in coordinator.get("/plans", headers=ENGLISH).text


@pytest.mark.parametrize("more", [0, 2])
def test_plans_are_asked_for_with_as_many_questions_however_many(
    coordinator, saved, sessions, who, statements, more
):
    with db.transaction(sessions) as session:
        for _ in range(more):
            save_plan(session, an_empty_plan(office_body(session).id, MONDAY), who=who)
    statements.clear()
    coordinator.get("/api/v1/plans")
    listed = len(statements)
    statements.clear()
    coordinator.get(f"/api/v1/plans/{saved['plan']}")
    assert (listed, len(statements)) == (2, 7)
