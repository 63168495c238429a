import pytest

from tests.examined import make_scale, make_staff, record_outcome, record_scale, scale_readings, sign_all
from tests.factories import make_holder
from tests.pages.reading import Page, opened
from verifier import db
from verifier.models import Instrument, Verification
from verifier.rules.access import Role

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def staff(sessions):
    with db.transaction(sessions) as session:
        return make_staff(session)


@pytest.fixture
def waiting(sessions, staff):
    """Three scales of one stall, of which one failed, and one outcome without readings at another."""
    with db.transaction(sessions) as session:
        stall, other = make_holder(session, "王记海鲜"), make_holder(session, "李家蔬菜")
        return [
            record_scale(session, make_scale(session, stall), staff.verifier, error="0.005"),
            record_scale(session, make_scale(session, stall), staff.verifier, error="0.010"),
            record_scale(session, make_scale(session, stall), staff.verifier, adjusted=True),
            record_outcome(session, make_scale(session, other), staff.verifier),
        ]


def send(client, *records, **said):
    answer = client.post("/signatures", data={"record": list(records), **said}, headers=ENGLISH)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def test_a_checker_sees_failures_first_and_what_decides(ask_as, waiting):
    page = opened(ask_as(Role.TECHNICIAN), "/signatures", headers=ENGLISH)
    assert "4 records wait for a signature" in page.text
    assert "Error of indication Error of indication +0.01; limit ±0.0075 kg" in page.text
    assert "Error of indication +0.005; limit ±0.0075 kg" in page.text
    assert "outcome only" in page.text
    shown = [int(text.partition(".")[0]) for text in page.html.split('name="record" value="')[1:]]
    assert shown == [waiting[1], waiting[0], waiting[2], waiting[3]]


def test_many_are_signed_at_once_and_wait_for_the_approver(admin, staff, waiting):
    checker, approver = str(staff.checker.id), str(staff.approver.id)
    told = send(admin, *(f"{number}.checker" for number in waiting), technician=checker)
    assert "4 records were signed." in told.text
    told = send(admin, *(f"{number}.approver" for number in waiting), technician=approver)
    assert "4 records were signed. Papers issued: office2026-LX-000001" in told.text
    assert "Nothing waits for a signature here" in opened(admin, "/signatures", headers=ENGLISH).text


def test_all_on_the_page_are_signed_without_ticking_each(admin, staff, waiting):
    told = send(
        admin,
        shown=[f"{number}.checker" for number in waiting],
        all="1",
        technician=str(staff.checker.id),
    )
    assert "4 records were signed." in told.text


def test_one_that_is_refused_does_not_stop_the_others(admin, sessions, staff, waiting):
    with db.transaction(sessions) as session:
        sign_all(session, waiting[1], staff)
    told = send(
        admin,
        *(f"{number}.checker" for number in waiting[:2]),
        "999999.checker",
        technician=str(staff.checker.id),
    )
    assert "1 record was signed." in told.text
    assert "1 record was signed by you before; nothing was done twice." in told.text
    assert "1 record was not signed" in told.text
    assert "There is no verification 999999." in told.text


def test_the_same_form_sent_twice_signs_once_and_says_so(admin, staff, waiting):
    form = [f"{number}.checker" for number in waiting]
    send(admin, *form, technician=str(staff.checker.id))
    told = send(admin, *form, technician=str(staff.checker.id))
    assert "4 records were signed by you before; nothing was done twice." in told.text
    assert "were not signed" not in told.text
    left = opened(admin, "/signatures?turn=approver", headers=ENGLISH)
    assert "4 records wait for a signature" in left.text


def test_nobody_signs_in_another_role_than_the_page_said(admin, staff, waiting):
    send(admin, f"{waiting[0]}.checker", technician=str(staff.checker.id))
    told = send(admin, f"{waiting[0]}.checker", technician=str(staff.approver.id))
    assert "waits for another signature than that of the checker" in told.text


def test_nothing_ticked_is_said(admin):
    assert "No record was selected." in send(admin).text


def test_an_illegible_tick_is_refused(admin):
    told = send(admin, "'; --", technician="x1")
    assert "1 record was not signed" in told.text


@pytest.mark.parametrize(
    ("address", "left"),
    [
        ("?turn=checker", 4),
        ("?turn=approver", 0),
        ("?outcome=failed", 1),
        ("?district=320585", 4),
        ("?district=320583", 0),
        ("?performed_on=2026-05-01", 4),
        ("?performed_on=2026-04-30", 0),
    ],
)
@pytest.mark.usefixtures("waiting")
def test_the_address_narrows_the_queue(admin, address, left):
    page = opened(admin, f"/signatures{address}", headers=ENGLISH)
    assert page.html.count('name="record"') == left


def test_an_unknown_filter_is_named_and_the_queue_stands(admin, waiting):
    answer = admin.get("/signatures?turn=king", headers=ENGLISH)
    assert answer.status_code == 422
    assert answer.text.count('name="record"') == len(waiting)


def test_the_queue_is_paged_at_fifty(admin, sessions, staff):
    with db.transaction(sessions) as session:
        stall = make_holder(session)
        for _ in range(52):
            record_outcome(session, make_scale(session, stall), staff.verifier)
    page = opened(admin, "/signatures?outcome=passed", headers=ENGLISH)
    assert page.html.count('name="record"') == 50
    (following,) = [address for address, said in page.links if said == "Next page"]
    assert opened(admin, following, headers=ENGLISH).html.count('name="record"') == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_the_same_however_many_wait(admin, sessions, staff, statements, count):
    with db.transaction(sessions) as session:
        for _ in range(count):
            record_scale(session, make_scale(session), staff.verifier)
    statements.clear()
    opened(admin, "/signatures")
    assert len(statements) == 8


def test_the_own_records_are_not_in_the_queue(ask_as, sessions):
    technician = ask_as(Role.TECHNICIAN)
    with db.transaction(sessions) as session:
        number = make_scale(session).id
    asked = opened(technician, f"/instruments/{number}/verifications/new")
    technician.post(f"/instruments/{number}/verifications/new", data={**asked.fields, "outcome": "passed"})
    assert "Nothing waits" in opened(technician, "/signatures", headers=ENGLISH).text
    assert "1 record waits" in opened(ask_as(Role.TECHNICIAN), "/signatures", headers=ENGLISH).text


# The record's own page.


def test_a_record_shows_readings_errors_limits_and_verdicts(admin, waiting):
    text = opened(admin, f"/verifications/{waiting[1]}", headers=ENGLISH).text
    assert "15 kg rising 15.010 +0.01 ±0.0075 failed" in text
    assert "10 kg falling 10.000 0 ±0.005 passed" in text
    assert "recalled, to be read in the regulation" in text
    assert "It waits for the signature of the checker." in text


def test_as_found_stands_beside_as_left(admin, sessions, staff):
    with db.transaction(sessions) as session:
        number = record_scale(
            session, make_scale(session), staff.verifier, repaired=True, as_found=scale_readings("0.015")
        )
    text = opened(admin, f"/verifications/{number}", headers=ENGLISH).text
    assert "15 kg rising 15.015 +0.015 ±0.0075 failed" in text
    assert "15 kg rising 15 0 ±0.0075 passed" in text
    assert "As found failed" in text


def test_a_record_without_readings_says_so(admin, waiting):
    text = opened(admin, f"/verifications/{waiting[3]}", headers=ENGLISH).text
    assert "Only the outcome was recorded, no readings." in text


def test_signing_on_the_records_page(admin, staff, waiting):
    address = f"/verifications/{waiting[0]}"
    for person, role in ((staff.checker, "checker"), (staff.approver, "approver")):
        said = {"decision": "signed", "role": role, "technician": str(person.id)}
        answer = admin.post(f"{address}/sign", data=said)
        assert (answer.status_code, answer.headers["location"]) == (303, address)
    page = opened(admin, address, headers=ENGLISH)
    assert "The paper was issued: office2026-LX-000001" in page.text
    assert "checker 沈核验 2026-05-01 approver 陆批准 2026-05-01" in page.text
    assert "Your decision" not in page.text


def test_returning_needs_a_reason_and_keeps_what_was_typed(admin, staff, waiting):
    address = f"/verifications/{waiting[0]}"
    said = {"decision": "returned", "technician": str(staff.checker.id), "reason": " "}
    answer = admin.post(f"{address}/sign", data=said, headers=ENGLISH)
    assert answer.status_code == 422
    assert "Say why the record is returned" in answer.text
    assert admin.post(f"{address}/sign", data={**said, "reason": "读数写反"}).status_code == 303
    text = opened(admin, address, headers=ENGLISH).text
    assert "Returned by 沈核验: 读数写反" in text
    assert "Your decision" not in text


def test_a_superseded_record_leads_to_what_took_its_place(admin, sessions, staff, waiting):
    with db.transaction(sessions) as session:
        wrong = session.get_one(Verification, waiting[0])
        later = record_scale(
            session, session.get_one(Instrument, wrong.instrument_id), staff.verifier, supersedes=waiting[0]
        )
    page = opened(admin, f"/verifications/{waiting[0]}", headers=ENGLISH)
    assert (f"/verifications/{later}", f"Record {later} took its place") in page.links
    assert "Supersede it" not in page.text
    taking = opened(admin, f"/verifications/{later}", headers=ENGLISH)
    assert (f"/verifications/{waiting[0]}", str(waiting[0])) in taking.links


def test_who_may_not_record_has_no_buttons(ask_as, waiting):
    official = ask_as(Role.OFFICIAL, district="320585")
    page = opened(official, f"/verifications/{waiting[0]}", headers=ENGLISH)
    assert ("Your decision" in page.text, "Supersede it" in page.text) == (False, False)
    assert official.post(f"/verifications/{waiting[0]}/sign", data={"decision": "signed"}).status_code == 403
    assert official.get("/signatures").status_code == 403
