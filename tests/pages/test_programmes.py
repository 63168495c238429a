import pytest

from tests.factories import make_holder, make_instrument
from tests.pages.reading import Page, opened
from verifier import db
from verifier.rules.access import Role
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import InstrumentStatus

ENGLISH = {"Accept-Language": "en"}
PLAN = {
    "code": "2026",
    "name": "太仓两免费",
    "kind": "mandatory_free",
    "starts_on": "2026-04-01",
    "ends_on": "2026-10-31",
    "district": "320585",
    "holder_kinds": ["village_clinic", "market"],
    "instrument_kinds": ["bp_auto"],
    "purposes": [],
    "max_capacity_kg": "",
    "funder_0": "",
    "share_0": "",
    "funder_1": "太仓市财政",
    "share_1": "100",
}


def test_a_coordinator_opens_fills_starts_and_closes_a_programme(coordinator, sessions):
    with db.transaction(sessions) as session:
        clinic = make_holder(session)
        make_instrument(session, clinic)
        make_instrument(session, clinic, status=InstrumentStatus.SCRAPPED)
        make_instrument(session, make_holder(session, kind=HolderKind.HOSPITAL))
    made = coordinator.post("/programmes/new", data=PLAN)
    assert (made.status_code, made.headers["location"]) == (303, "/programmes/2026")
    assert "The list is not frozen yet." in opened(coordinator, "/programmes/2026", headers=ENGLISH).text

    preview = Page(coordinator.post("/programmes/2026/preview", headers=ENGLISH).text)
    assert preview.values == ["1", "0", "2", "1", "1", "1"]
    assert "holders of this kind are not meant" in preview.text
    assert "no longer in use" in preview.text

    enrolled = coordinator.post("/programmes/2026/enrol")
    assert (
        "1 instrument was enrolled."
        in opened(coordinator, enrolled.headers["location"], headers=ENGLISH).text
    )
    assert coordinator.post("/programmes/2026/start").headers["location"] == "/programmes/2026"
    assert "frozen on 2026-05-01" in opened(coordinator, "/programmes/2026", headers=ENGLISH).text
    assert coordinator.post("/programmes/2026/start", headers=ENGLISH).status_code == 409
    coordinator.post("/programmes/2026/close")
    assert "It is closed" in opened(coordinator, "/programmes/2026", headers=ENGLISH).text


def test_a_wrong_plan_comes_back_with_what_was_typed(coordinator):
    wrong = {**PLAN, "max_capacity_kg": "viel", "share_1": "many", "starts_on": "soon"}
    answer = coordinator.post("/programmes/new", data=wrong, headers=ENGLISH)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert (page.fields["name"], page.fields["funder_1"], page.fields["share_1"]) == (
        "太仓两免费",
        "太仓市财政",
        "many",
    )
    assert page.html.count('value="village_clinic" checked') == 1
    assert page.html.count('value="bp_auto" checked') == 1
    assert page.html.count('aria-invalid="true"') == 3
    assert page.html.count('id="share_1-fault"') == 1


def test_a_refused_plan_says_why(coordinator):
    answer = coordinator.post("/programmes/new", data={**PLAN, "share_1": "90"}, headers=ENGLISH)
    assert answer.status_code == 422
    assert "The funders&#39; shares sum to 90 percent, not to 100." in answer.text


def test_a_plan_outside_the_own_district_is_refused(coordinator):
    answer = coordinator.post("/programmes/new", data={**PLAN, "district": "320583"}, headers=ENGLISH)
    assert answer.status_code == 403
    assert "320583 lies outside what this account may see." in answer.text


@pytest.mark.usefixtures("world")
def test_every_role_comes_to_what_it_is_here_for(ask_as):
    home = "/programmes/%E4%B8%A4%E5%85%8D%E8%B4%B9-2026"
    led = {
        role: client.get("/").headers["location"]
        for role, client in {
            Role.ADMIN: ask_as(Role.ADMIN),
            Role.COORDINATOR: ask_as(Role.COORDINATOR, district="320585"),
            Role.OFFICIAL: ask_as(Role.OFFICIAL, district="320585"),
        }.items()
    }
    assert led == {Role.ADMIN: "/programmes", Role.COORDINATOR: "/programmes", Role.OFFICIAL: home}


def test_without_a_programme_everybody_is_led_somewhere_that_says_what_next(ask_as):
    official = ask_as(Role.OFFICIAL, district="320585")
    assert official.get("/").headers["location"] == "/programmes"
    assert "There is no programme yet" in opened(official, "/programmes", headers=ENGLISH).text
    assert ask_as(Role.TECHNICIAN).get("/").headers["location"] == "/instruments"


@pytest.mark.usefixtures("world")
def test_an_official_has_no_buttons_that_change_anything(ask_as):
    official = ask_as(Role.OFFICIAL, district="320585")
    home = official.get("/").headers["location"]
    assert "Preview enrolment" not in opened(official, home, headers=ENGLISH).text
    for deed in ("preview", "enrol", "start", "close"):
        assert official.post(f"{home}/{deed}").status_code == 403
