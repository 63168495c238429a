"""Plans edited and published, and the visits they become, over REST and as pages."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from icalendar import Calendar
from pypdfium2 import PdfDocument  # type: ignore[import-untyped]  # carries no types

from tests.factories import district, make_holder, make_instrument, make_person, office_body
from tests.planned import a_round, a_stop, an_empty_plan
from verifier import db
from verifier.models import Absence
from verifier.operations.plans import save_plan
from verifier.rules.access import Role

MONDAY = date(2026, 5, 11)
TUESDAY = MONDAY + timedelta(days=1)
ANY = {"If-Match": "*"}
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def saved(sessions, who) -> dict[str, int]:
    """Two technicians on Monday, the first with two visits and the second with one; a fourth is left out."""
    with db.transaction(sessions) as session:
        people = [make_person(session, name) for name in ("王1", "王2")]
        holders = [make_holder(session, f"卫生室{number}") for number in range(4)]
        for number, holder in enumerate(holders):
            holder.lat, holder.lon = 31.45 + 0.02 * number, 121.10
        its = [make_instrument(session, holder).id for holder in holders]
        stops = [
            a_stop(holder.id, (one,), 540 + 60 * at)
            for at, (holder, one) in enumerate(zip(holders, its, strict=True))
        ]
        home = district(session, "320585")
        home.lat, home.lon = 31.45, 121.10
        body = office_body(session)
        body.district_id = home.id
        command = replace(
            an_empty_plan(body.id, MONDAY),
            last_on=TUESDAY,
            rounds=[a_round(people[0].id, MONDAY, *stops[:2]), a_round(people[1].id, MONDAY, stops[2])],
            left_out=[a_stop(holders[3].id, (its[3],))],
        )
        plan = save_plan(session, command, who=who)
        return {"plan": plan.id, "first": people[0].id, "second": people[1].id} | {
            f"holder{at}": holder.id for at, holder in enumerate(holders)
        }


@pytest.fixture
def coordinator(ask_as):
    client = ask_as(Role.COORDINATOR, district="320585")
    client.headers.update(ENGLISH)
    return client


@pytest.fixture
def clinic(ask_as, saved):
    client = ask_as(Role.HOLDER, holder_id=saved["holder0"])
    client.headers.update(ENGLISH)
    return client


@pytest.fixture
def plan(coordinator, saved):
    return lambda: coordinator.get(f"/api/v1/plans/{saved['plan']}").json()


@pytest.fixture
def edit(coordinator, saved):
    def done(**command):
        return coordinator.post(f"/api/v1/plans/{saved['plan']}/edits", json=command, headers=ANY)

    return done


@pytest.fixture
def published(coordinator, saved) -> list[dict[str, Any]]:
    answer = coordinator.post(f"/api/v1/plans/{saved['plan']}/publish", headers=ANY)
    assert answer.json() == {"plan_id": saved["plan"], "announced": 3, "moved": 0, "kept": 0, "cancelled": 0}
    found: list[dict[str, Any]] = coordinator.get("/api/v1/visits").json()["items"]
    return found


def order(plan) -> list[list[str]]:
    return [[stop["holder"]["name"] for stop in one["stops"]] for one in plan["rounds"]]


# -- editing a draft


def test_a_moved_stop_goes_where_it_does_least_harm_and_both_rounds_are_timed_anew(plan, edit):
    before = plan()
    second = before["rounds"][1]
    stop = second["stops"][0]
    first_round = before["rounds"][0]["id"]
    answer = edit(deed="move", stop_id=stop["id"], round_id=first_round).json()
    after = plan()
    # All lie due north: a visit on the way there costs what it costs on the way back; the earlier is taken.
    assert order(after) == [["卫生室0", "卫生室2", "卫生室1"]]
    assert answer["before"] == {"visits": 3, "left_out": 1, "travel_minutes": 50, "overtime_minutes": 0}
    assert answer["after"] == {
        "visits": 3,
        "left_out": 1,
        "travel_minutes": after["travel_minutes"],
        "overtime_minutes": 0,
    }
    assert (answer["version"], answer["faults"]) == (2, [])
    times = [(stop["arrives"], stop["starts"], stop["ends"]) for stop in after["rounds"][0]["stops"]]
    assert all(arrives <= starts < ends for arrives, starts, ends in times)
    assert all(ends < arrives for (_, _, ends), (arrives, _, _) in pairwise(times))


def test_a_stop_is_put_into_the_place_that_is_named(plan, edit):
    before = plan()
    out = before["left_out"][0]["id"]
    edit(deed="move", stop_id=out, round_id=before["rounds"][0]["id"], position=1)
    after = plan()
    assert order(after)[0] == ["卫生室3", "卫生室0", "卫生室1"]
    assert after["left_out"] == []


def test_a_stop_that_is_left_out_says_who_did_it(plan, edit):
    stop = plan()["rounds"][0]["stops"][0]["id"]
    edit(deed="leave_out", stop_id=stop)
    after = plan()
    told = {row["id"]: row["message"] for row in after["left_out"]}
    assert told[stop] == "coordinator-0 took this visit out of the plan."
    assert order(after)[0] == ["卫生室1"]


def test_what_is_pinned_stays_until_it_is_unpinned(plan, edit):
    rounds = plan()["rounds"]
    stop = rounds[0]["stops"][0]["id"]
    assert edit(deed="pin", stop_id=stop).status_code == 200
    assert plan()["rounds"][0]["stops"][0]["is_pinned"]
    for command in (
        {"deed": "move", "stop_id": stop, "round_id": rounds[1]["id"]},
        {"deed": "leave_out", "stop_id": stop},
        {"deed": "swap", "round_id": rounds[0]["id"], "other_round_id": rounds[1]["id"]},
    ):
        assert edit(**command).json()["code"] == "StopPinned"
    edit(deed="unpin", stop_id=stop)
    assert edit(deed="leave_out", stop_id=stop).status_code == 200


def test_two_technicians_swap_their_day(plan, edit):
    rounds = plan()["rounds"]
    edit(deed="swap", round_id=rounds[0]["id"], other_round_id=rounds[1]["id"])
    after = plan()["rounds"]
    assert [one["technician"]["name"] for one in after] == [one["technician"]["name"] for one in rounds]
    assert order({"rounds": after}) == [["卫生室2"], ["卫生室0", "卫生室1"]]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"deed": "move"}, "EditIncomplete"),
        ({"deed": "move", "stop_id": 99_999, "round_id": 1}, "StopUnknown"),
        ({"deed": "swap", "round_id": 99_999, "other_round_id": 1}, "RoundUnknown"),
    ],
)
def test_a_change_names_what_the_plan_has(edit, command, code):
    assert edit(**command).json()["code"] == code


def test_only_two_rounds_of_one_day_are_swapped_and_only_planned_stops_left_out(plan, edit):
    found = plan()
    one = found["rounds"][0]["id"]
    assert edit(deed="swap", round_id=one, other_round_id=one).json()["code"] == "RoundsNotSwappable"
    assert edit(deed="leave_out", stop_id=found["left_out"][0]["id"]).json()["code"] == "StopNotPlanned"


def test_who_read_an_older_plan_is_told(coordinator, saved, plan, edit):
    stop = plan()["rounds"][0]["stops"][0]["id"]
    address = f"/api/v1/plans/{saved['plan']}"
    read = coordinator.get(address).headers["ETag"]
    edit(deed="pin", stop_id=stop)
    late = coordinator.post(
        f"{address}/edits", json={"deed": "unpin", "stop_id": stop}, headers={"If-Match": read}
    )
    assert late.status_code == 412
    assert coordinator.post(f"{address}/publish").status_code == 428


def test_what_cannot_be_kept_is_said_and_hinders_publishing(coordinator, saved, sessions, plan):
    with db.transaction(sessions) as session:
        session.add(Absence(person_id=saved["first"], first_on=MONDAY, last_on=MONDAY))
    address = f"/api/v1/plans/{saved['plan']}"
    (fault,) = coordinator.get(f"{address}/faults").json()
    assert (fault["kind"], fault["is_soft"]) == ("away", False)
    assert fault["message"] == "2026-05-11: 王1 does not work on this day."
    refused = coordinator.post(f"{address}/publish", headers=ANY)
    assert (refused.status_code, refused.json()["code"]) == (409, "PlanHasFaults")
    assert (plan()["status"], coordinator.get("/api/v1/visits").json()["items"]) == ("draft", [])
    page = coordinator.get(f"/plans/{saved['plan']}").text
    assert "王1 does not work on this day." in page


def test_a_published_plan_is_edited_no_more(edit, published, plan):
    stop = plan()["rounds"][0]["stops"][0]["id"]
    assert edit(deed="pin", stop_id=stop).json()["code"] == "PlanNotDraft"
    assert len(published) == 3


# -- the pages of a draft


def test_a_coordinator_changes_and_publishes_a_draft_with_forms_alone(coordinator, saved, plan):
    found = plan()
    stop, target = found["rounds"][0]["stops"][0]["id"], found["rounds"][1]["id"]
    home = f"/plans/{saved['plan']}"
    assert f'href="{home}/rounds/{target}"' in coordinator.get(home).text
    page = coordinator.get(f"{home}/stops/{stop}").text
    assert f'<option value="{target}"' in page
    moved = coordinator.post(
        f"{home}/edits", data={"deed": "move", "stop_id": str(stop), "round_id": str(target), "position": ""}
    )
    assert moved.status_code == 303
    assert moved.headers["location"].startswith(f"{home}/rounds/{target}?was=3.1.50.0")
    seen = coordinator.get(moved.headers["location"]).text
    assert "What the change does" in seen
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="map"' in seen
    refused = coordinator.post(
        f"{home}/edits", data={"deed": "leave_out", "stop_id": str(found["left_out"][0]["id"])}
    )
    assert refused.status_code == 422
    assert "put it into a round first" in refused.text
    swap = coordinator.post(
        f"{home}/edits", data={"deed": "swap", "round_id": str(target), "other_round_id": str(target)}
    )
    assert swap.status_code == 422
    assert "same day are swapped" in swap.text
    done = coordinator.post(f"{home}/publish")
    assert (done.status_code, done.headers["location"]) == (303, f"/visits?plan={saved['plan']}")
    again = coordinator.post(f"{home}/publish")
    assert again.status_code == 422
    assert "no draft any more" in again.text


def test_a_discarded_draft_leads_back_to_the_plans(coordinator, saved, plan):
    answer = coordinator.post(f"/plans/{saved['plan']}/discard")
    assert (answer.status_code, answer.headers["location"]) == (303, "/plans")
    assert plan()["status"] == "discarded"
    other = coordinator.post(f"/api/v1/plans/{saved['plan']}/discard", headers=ANY)
    assert other.json()["code"] == "PlanNotDraft"


def test_a_plan_is_compared_with_the_one_before_it(coordinator, saved, published, sessions, who):
    with db.transaction(sessions) as session:
        stop = a_stop(saved["holder0"], tuple(_its(coordinator, published[0])), 600)
        command = replace(
            an_empty_plan(office_body(session).id, MONDAY),
            previous_id=saved["plan"],
            rounds=[a_round(saved["second"], MONDAY, stop)],
        )
        number = save_plan(session, command, who=who).id
    told = coordinator.get(f"/api/v1/plans/{number}/comparison").json()
    assert told["counts"] == {"kept": 0, "moved": 1, "new": 0, "dropped": 2}
    assert (told["changes"][0]["was"]["starts"], told["changes"][0]["now"]["starts"]) == ("09:00", "10:00")
    page = coordinator.get(f"/plans/{number}/comparison").text
    assert f"Plan {number} against plan {saved['plan']}" in page
    alone = coordinator.get(f"/plans/{saved['plan']}/comparison").text
    assert "nothing was announced before" in alone


def _its(client, visit) -> list[int]:
    return [one["id"] for one in client.get(f"/api/v1/visits/{visit['id']}").json()["instruments"]]


# -- visits


def test_a_published_visit_is_shown_to_its_clinic_and_to_no_other(clinic, ask_as, saved, published):
    (mine,) = clinic.get("/api/v1/visits").json()["items"]
    assert (mine["day"], mine["starts"], mine["ends"], mine["status_told"]) == (
        "2026-05-11",
        "09:00",
        "09:30",
        "announced",
    )
    assert mine["holder"]["id"] == saved["holder0"]
    assert [
        one["holder"]["id"] for one in clinic.get(f"/api/v1/visits/{mine['id']}").json()["instruments"]
    ] == [saved["holder0"]]
    other = next(visit for visit in published if visit["id"] != mine["id"])
    assert clinic.get(f"/api/v1/visits/{other['id']}").status_code == 403
    technician = ask_as(Role.TECHNICIAN)
    assert len(technician.get("/api/v1/visits").json()["items"]) == 3
    assert coordinator_finds(technician, technician=saved["second"]) == 1
    assert coordinator_finds(technician, status="confirmed") == 0
    assert coordinator_finds(technician, first_on="2026-05-12") == 0


def coordinator_finds(client, **query) -> int:
    return len(client.get("/api/v1/visits", params=query).json()["items"])


def test_a_clinic_confirms_or_asks_for_another_time(clinic, published):
    address = f"/api/v1/visits/{published[0]['id']}"
    version = clinic.get(address).headers["ETag"]
    confirmed = clinic.post(f"{address}/confirm", headers={"If-Match": version})
    assert (confirmed.json()["status"], confirmed.json()["sequence"]) == ("confirmed", 1)
    assert clinic.post(f"{address}/confirm", headers={"If-Match": version}).status_code == 412
    asked = clinic.post(f"{address}/ask-to-move", json={"wanted": "周五下午"}, headers=ANY)
    assert (asked.json()["status"], asked.json()["remark"]) == ("move_asked", "周五下午")


def test_the_office_moves_a_visit_and_hears_what_cannot_be_kept(coordinator, saved, published):
    address = f"/api/v1/visits/{published[0]['id']}"
    command = {"day": "2026-05-11", "starts": "10:28", "person_id": saved["second"]}
    answer = coordinator.post(f"{address}/move", json=command, headers=ANY).json()
    assert (answer["visit"]["starts"], answer["visit"]["technician"]["id"]) == ("10:28", saved["second"])
    assert (answer["before"]["visits"], answer["after"]["visits"]) == (3, 3)
    # The next visit, four kilometres on, begins at eleven, and this one lasts half an hour.
    assert [fault["kind"] for fault in answer["faults"]] == ["tight"]
    cancelled = coordinator.post(f"{address}/cancel", json={"reason": "台风"}, headers=ANY).json()
    assert (cancelled["status"], cancelled["remark"]) == ("cancelled", "台风")


def test_a_clinic_answers_on_its_page(clinic, published):
    address = f"/visits/{published[0]['id']}"
    page = clinic.get(address).text
    assert "09:00–09:30" in page
    assert f'action="{address}/move"' not in page
    confirmed = clinic.post(f"{address}/confirm")
    assert (confirmed.status_code, confirmed.headers["location"]) == (303, address)
    empty = clinic.post(f"{address}/ask-to-move", data={"wanted": ""})
    assert empty.status_code == 422
    asked = clinic.post(f"{address}/ask-to-move", data={"wanted": "next week"})
    assert asked.status_code == 303
    assert "Another time is asked for: next week" in clinic.get(address).text


def test_a_coordinator_moves_and_cancels_on_the_page(coordinator, saved, published):
    address = f"/visits/{published[0]['id']}"
    past = {"day": "2026-04-30", "starts": "09:00"}
    assert "a visit needs a day from" in coordinator.post(f"{address}/move", data=past).text
    moved = coordinator.post(
        f"{address}/move", data={"day": "2026-05-11", "starts": "10:28", "person_id": str(saved["second"])}
    )
    assert "later than" in moved.text
    quiet = coordinator.post(f"{address}/move", data={"day": "2026-05-11", "starts": "10:28"})
    assert quiet.status_code == 200
    gone = coordinator.post(f"{address}/cancel", data={"reason": "台风"})
    assert gone.status_code == 303
    assert "台风" in coordinator.get(address).text


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_list_begins_today_and_is_narrowed_by_day(coordinator, published, language):
    headers = {"Accept-Language": language}
    assert coordinator.get("/visits", headers=headers).text.count("<tr>") == 1 + len(published)
    later = coordinator.get("/visits?first_on=2026-05-12", headers=headers).text
    assert later.count("<tr>") == 0
    wrong = coordinator.get("/visits?first_on=soon", headers=headers)
    assert wrong.status_code == 422


# -- the route sheet


def test_a_technicians_day_is_a_page_with_a_map_and_a_calendar(ask_as, saved, published):
    technician = ask_as(Role.TECHNICIAN)
    today = technician.get("/rounds")
    assert today.status_code == 303
    assert today.headers["location"].startswith("/rounds/2026-05-01/")
    assert "Nobody is visited" in technician.get(today.headers["location"], headers=ENGLISH).text
    page = technician.get(f"/rounds/2026-05-11/{saved['first']}").text
    assert page.index("卫生室0") < page.index("卫生室1")
    assert '<circle class="map__stop"' in page
    address = f"/rounds/2026-05-11/{saved['first']}/round.ics"
    calendar = technician.get(address, headers={"Accept-Language": "zh-CN"}).content
    assert [str(event["summary"]) for event in events(calendar)] == ["免费检定：卫生室0", "免费检定：卫生室1"]
    assert len(published) == 3


def test_the_route_sheet_is_printed_with_every_visit_in_order(coordinator, saved, published):
    for person, clinics in ((saved["first"], ["卫生室0", "卫生室1"]), (saved["second"], ["卫生室2"])):
        answer = coordinator.get(f"/rounds/2026-05-11/{person}/sheet.pdf")
        assert answer.headers["content-type"] == "application/pdf"
        text = PdfDocument(answer.content)[0].get_textpage().get_text_range().replace(" ", "")
        assert [text.find(name) > 0 for name in clinics] == [True] * len(clinics)
    empty = PdfDocument(coordinator.get(f"/rounds/2026-05-12/{saved['first']}/sheet.pdf").content)
    assert "Nobody is visited" in empty[0].get_textpage().get_text_range()
    assert len(published) == 3


# -- calendars


def events(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_a_clinic_reads_its_visits_under_an_address_until_it_takes_it_back(
    clinic, client, coordinator, published
):
    page = clinic.post("/calendar").text
    address = page.split("<code")[1].split(">")[1].split("<")[0].replace("http://testserver", "")
    first = published[0]
    answer = client.get(address)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = events(answer.content)
    assert str(event["uid"]) == f"{first['uid']}@testserver"
    assert (int(event["sequence"]), str(event["status"])) == (0, "TENTATIVE")
    assert event["dtstart"].dt.isoformat() == "2026-05-11T09:00:00+08:00"
    assert b"TZID:Asia/Shanghai" in answer.content
    assert len(event.walk("VALARM")) == 1
    clinic.post(f"/api/v1/visits/{first['id']}/confirm", headers=ANY)
    coordinator.post(f"/api/v1/visits/{first['id']}/cancel", json={"reason": "rain"}, headers=ANY)
    (event,) = events(client.get(address).content)
    assert (int(event["sequence"]), str(event["status"]), event.walk("VALARM")) == (2, "CANCELLED", [])
    listed = clinic.get("/calendar").text
    assert address not in listed
    revoke = listed.split('action="')[-2].split('"')[0]
    assert clinic.post(revoke).status_code == 303
    assert client.get(address).status_code == 404
    assert client.get(address.replace("/en/", "/xx/")).status_code == 404


def test_a_technicians_calendar_has_the_own_rounds_alone(ask_as, client, coordinator, published):
    technician = ask_as(Role.TECHNICIAN)
    own = int(technician.get("/rounds").headers["location"].rsplit("/", 1)[1])
    command = {"day": "2026-05-12", "starts": "09:00", "person_id": own}
    coordinator.post(f"/api/v1/visits/{published[2]['id']}/move", json=command, headers=ANY)
    page = technician.post("/calendar", headers={"Accept-Language": "en"}).text
    address = page.split("<code")[1].split(">")[1].split("<")[0].replace("http://testserver", "")
    (event,) = events(client.get(address).content)
    assert str(event["summary"]) == "Free verification: 卫生室2"


def test_who_has_no_visits_has_no_calendar_and_ten_addresses_are_enough(ask_as, clinic):
    official = ask_as(Role.OFFICIAL, district="320585")
    assert official.get("/calendar").status_code == 403
    for _ in range(10):
        assert clinic.post("/calendar").status_code == 200
    full = clinic.post("/calendar")
    assert full.status_code == 422
    assert "There are 10 calendar addresses already" in full.text
