import pytest
from sqlalchemy import func, select

from tests.pages.reading import Page, opened
from tests.pages.world import CODE
from verifier import db
from verifier.models import Verification
from verifier.rules.access import Role

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def technician(ask_as):
    return ask_as(Role.TECHNICIAN)


@pytest.fixture
def form(world):
    return f"/instruments/{world.outstanding_id}/verifications/new"


def records(sessions):
    with db.reading(sessions) as session:
        return session.scalar(select(func.count()).select_from(Verification))


@pytest.mark.usefixtures("world")
def test_a_technician_is_led_to_what_is_left_and_records_it(technician, form):
    front = technician.get("/")
    assert (front.status_code, front.headers["location"]) == (
        303,
        "/instruments?programme=%E4%B8%A4%E5%85%8D%E8%B4%B9-2026&figure=outstanding",
    )
    left = opened(technician, front.headers["location"], headers=ENGLISH)
    assert "1 instrument: not verified yet" in left.text
    (record,) = [address for address, said in left.links if said == "Record"]
    asked = opened(technician, record, headers=ENGLISH)
    assert asked.fields["performed_on"] == "2026-05-01"
    assert asked.fields["selected"].split() == [CODE, "subsequent"]

    answer = technician.post(form, data={**asked.fields, "programme": CODE, "outcome": "passed"})

    assert answer.status_code == 303
    shown = opened(technician, answer.headers["location"], headers=ENGLISH).text
    assert "Recorded: passed on 2026-05-01. Valid until 2027-04-30. 40.00 yuan waived." in shown
    assert (
        "Nothing is left to verify here"
        in opened(technician, front.headers["location"], headers=ENGLISH).text
    )


def test_a_form_sent_twice_makes_one_record(technician, sessions, form):
    asked = opened(technician, form)
    said = {**asked.fields, "outcome": "passed"}
    before = records(sessions)

    first, second = technician.post(form, data=said), technician.post(form, data=said)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert records(sessions) == before + 1


def test_two_forms_open_at_once_make_two_records(technician, sessions, form):
    one, other = (opened(technician, form).fields for _ in range(2))
    assert one["key"] != other["key"]
    before = records(sessions)
    technician.post(form, data={**one, "outcome": "failed", "reasons": "零位超差"})
    technician.post(form, data={**other, "outcome": "passed"})
    assert records(sessions) == before + 2


def test_a_refused_form_keeps_what_was_typed_and_changes_nothing(technician, sessions, form):
    before = records(sessions)
    typed = {
        "key": "k",
        "performed_on": "2026-04-30",
        "outcome": "failed",
        "reasons": "",
        "remark": "第二次来",
        "adjusted": "true",
        "stage": "initial",
    }
    answer = technician.post(form, data=typed, headers=ENGLISH)

    assert answer.status_code == 422
    page = Page(answer.text)
    assert "A failed verification needs at least one reason." in page.text
    assert "第二次来" in page.text
    assert (
        page.fields["performed_on"],
        page.fields["outcome"],
        page.fields["adjusted"],
        page.fields["key"],
    ) == (
        "2026-04-30",
        "failed",
        "true",
        "k",
    )
    assert page.fields["selected"].split() == ["initial"]
    assert records(sessions) == before


def test_a_field_says_beside_itself_what_is_wrong(technician, form):
    answer = technician.post(form, data={"performed_on": "morgen"}, headers=ENGLISH)
    assert answer.status_code == 422
    text = Page(answer.text).text
    assert "This must be a day, written as 2026-05-31." in text
    answer = technician.post(form, data={"outcome": "passed"}, headers=ENGLISH)
    assert answer.status_code == 422
    assert "This is needed." in Page(answer.text).text


@pytest.mark.usefixtures("world")
def test_reasons_are_one_a_line(technician, form):
    said = {
        **opened(technician, form).fields,
        "outcome": "failed",
        "reasons": "外观\r\n\r\n示值误差超差 \r\n",
    }
    shown = opened(technician, technician.post(form, data=said).headers["location"], headers=ENGLISH).text
    assert "外观; 示值误差超差" in shown
    assert "The instrument is suspended until it passes again." in shown


@pytest.mark.usefixtures("world")
def test_a_superseded_record_is_struck_through(admin):
    listed = admin.get("/verifications").text
    (struck,) = [row for row in listed.split("<tr") if "is-struck" in row]
    instrument = struck.partition("/instruments/")[2].partition('"')[0]
    page = opened(admin, f"/instruments/{instrument}", headers=ENGLISH)
    assert page.html.count("is-struck") == 1
    assert "superseded by a later record" in page.text


def test_a_coordinator_enters_somebody_elses_paper(coordinator, world, form):
    asked = opened(coordinator, form)
    assert "王检定" in asked.text
    said = {**asked.fields, "outcome": "passed", "technician": str(world.verifier_id)}
    shown = opened(coordinator, coordinator.post(form, data=said).headers["location"]).text
    assert "王检定" in shown


def test_an_official_cannot_record(ask_as, form):
    official = ask_as(Role.OFFICIAL, district="320585")
    assert official.get(form).status_code == 403
    assert official.post(form, data={"outcome": "passed"}).status_code == 403
