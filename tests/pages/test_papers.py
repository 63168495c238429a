import io
import zipfile
from datetime import date

import pypdf
import pytest

from tests.examined import make_scale, make_staff, record_outcome, record_scale, sign_all
from tests.factories import make_holder
from tests.pages.reading import Page, opened
from verifier import db
from verifier.models import Instrument
from verifier.rules.access import Role
from verifier.rules.holders import HolderKind

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def world(sessions):
    """A stall's scale with its certificate, and one that failed, with its notice."""
    with db.transaction(sessions) as session:
        staff = make_staff(session)
        market = make_holder(session, "浮桥农贸市场", kind=HolderKind.MARKET)
        stall = make_holder(session, "王记海鲜", kind=HolderKind.STALL, market=market)
        good, bad = make_scale(session, stall, serial="GOOD1"), make_scale(session, serial="BAD1")
        record = record_scale(session, good, staff.verifier)
        return {
            "staff": staff,
            "record": record,
            "number": sign_all(session, record, staff),
            "notice": sign_all(session, record_scale(session, bad, staff.verifier, error="0.010"), staff),
            "scale": good.id,
            "failed": bad.id,
            "market": market.id,
        }


def text_of(answer):
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)


def test_the_list_shows_state_and_leads_to_paper_instrument_and_file(admin, world):
    page = opened(admin, "/certificates", headers=ENGLISH)
    assert "2 papers" in page.text
    assert "genuine" in page.text
    paper = f"/certificates/{world['number']}"
    assert {paper, f"{paper}/paper.pdf", f"/instruments/{world['scale']}"} <= {at for at, _ in page.links}


@pytest.mark.parametrize(
    ("address", "rows"),
    [
        ("?q=GOOD", 1),
        ("?document=rejection_notice", 1),
        ("?issued_to=2026-04-30", 0),
        ("?issued_from=2026-05-01", 2),
        ("?district=320583", 0),
        ("?holder=<market>", 1),
    ],
)
def test_the_address_narrows_the_list(admin, world, address, rows):
    page = opened(admin, f"/certificates{address.replace('<market>', str(world['market']))}", headers=ENGLISH)
    assert page.rows == rows


def test_the_files_hold_what_the_list_shows(admin, world):
    page = opened(admin, "/certificates?q=GOOD", headers=ENGLISH)
    files = {said: address for address, said in page.links if said.startswith("All as")}
    text = text_of(admin.get(files["All as one PDF"]))
    assert (world["number"] in text, world["notice"] in text) == (True, False)
    with zipfile.ZipFile(io.BytesIO(admin.get(files["All as ZIP"]).content)) as archive:
        assert [name.split()[0] for name in archive.namelist()] == [world["number"]]


@pytest.mark.parametrize("file", ["papers.pdf", "papers.zip", "labels.pdf"])
def test_a_mistyped_condition_prints_nothing_and_is_named(admin, file):
    answer = admin.get(f"/certificates/{file}?issued_from=soon")
    assert (answer.status_code, answer.headers["location"]) == (303, "/certificates?issued_from=soon")
    assert admin.get(answer.headers["location"]).status_code == 422


def test_a_holder_sees_and_downloads_the_own_papers(ask_as, world):
    holder = ask_as(Role.HOLDER, holder_id=world["market"])
    page = opened(holder, "/certificates", headers=ENGLISH)
    assert "My certificates" in page.text
    assert (page.rows, world["notice"] in page.text) == (1, False)
    assert world["number"] in text_of(holder.get(f"/certificates/{world['number']}/paper.pdf"))
    assert holder.get(f"/certificates/{world['notice']}/paper.pdf").status_code == 403
    with zipfile.ZipFile(io.BytesIO(holder.get("/certificates/papers.zip").content)) as archive:
        assert len(archive.namelist()) == 1
    assert "Revoke" not in opened(holder, f"/certificates/{world['number']}", headers=ENGLISH).text


def test_a_label_is_printed_from_the_papers_own_page(admin, world):
    page = opened(admin, f"/certificates/{world['number']}", headers=ENGLISH)
    asked = {"verification": page.fields["verification"], "sheet": "roll-50x30", "skip": "0"}
    assert world["number"] in text_of(admin.get("/certificates/labels.pdf", params=asked))
    assert "Print the label" not in opened(admin, f"/certificates/{world['notice']}", headers=ENGLISH).text


def test_the_page_leads_to_the_public_check(admin, world):
    page = opened(admin, f"/certificates/{world['number']}", headers=ENGLISH)
    (address,) = [at for at, _ in page.links if "/c/" in at]
    assert f"/c/{world['number']}?code=" in address


def test_revoking_needs_a_reason_and_cannot_be_done_twice(coordinator, world):
    address = f"/certificates/{world['number']}"
    answer = coordinator.post(f"{address}/revoke", data={"reason": "  "}, headers=ENGLISH)
    assert answer.status_code == 422
    assert "Say why" in answer.text
    done = coordinator.post(f"{address}/revoke", data={"reason": "砝码超期"})
    assert (done.status_code, done.headers["location"]) == (303, address)
    text = opened(coordinator, address, headers=ENGLISH).text
    assert "Revoked on 2026-05-01: 砝码超期" in text
    assert "Revoke it" not in text
    again = coordinator.post(f"{address}/revoke", data={"reason": "again"}, headers=ENGLISH)
    assert again.status_code == 422
    assert "was revoked on 2026-05-01 already" in again.text


def test_a_later_failure_and_a_superseded_record_are_said(admin, sessions, world):
    with db.transaction(sessions) as session:
        scale = session.get_one(Instrument, world["scale"])
        later = make_scale(session)
        wrong = record_scale(session, later, world["staff"].verifier)
        superseded = sign_all(session, wrong, world["staff"])
        record_outcome(session, later, world["staff"].verifier, supersedes=wrong)
        record_scale(session, scale, world["staff"].verifier, error="0.010")
    text = opened(admin, f"/certificates/{world['number']}", headers=ENGLISH).text
    assert "The instrument failed on 2026-05-01, which cancelled its mark." in text
    text = opened(admin, f"/certificates/{superseded}", headers=ENGLISH).text
    assert "The record behind it was wrong; a later record took its place." in text


def test_a_technician_does_not_revoke(ask_as, world):
    technician = ask_as(Role.TECHNICIAN)
    assert technician.post(f"/certificates/{world['number']}/revoke", data={"reason": "x"}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_however_many_papers_there_are(admin, sessions, statements, count):
    with db.transaction(sessions) as session:
        staff = make_staff(session)
        for _ in range(count):
            sign_all(session, record_outcome(session, make_scale(session), staff.verifier), staff)
    statements.clear()
    opened(admin, "/certificates")
    assert len(statements) == 4


# The instrument's page.


def test_an_instruments_page_shows_its_papers(admin, world):
    page = opened(admin, f"/instruments/{world['scale']}", headers=ENGLISH)
    assert (f"/certificates/{world['number']}", world["number"]) in page.links
    assert (f"/verifications/{world['record']}", "2026-05-01") in page.links
    assert "It failed on" not in page.text


def test_after_a_failure_the_page_says_what_to_do_and_takes_the_repair(admin, world):
    address = f"/instruments/{world['failed']}"
    text = opened(admin, address, headers=ENGLISH).text
    assert "It failed on 2026-05-01: must not be used: repair it or scrap it" in text
    assert "Stop using the instrument at once." in text
    assert "What can follow: record its repair; verify it again: passed" in text
    said = {"repaired_on": "2026-05-01", "repairer": "上海友声衡器", "work": "更换传感器"}
    done = admin.post(f"{address}/repairs", data=said)
    assert (done.status_code, done.headers["location"]) == (303, address)
    text = opened(admin, address, headers=ENGLISH).text
    assert "repaired: must not be used before it passes" in text
    assert "2026-05-01 上海友声衡器: 更换传感器" in text


def test_a_repair_that_cannot_be_keeps_what_was_typed(admin, world):
    said = {"repaired_on": "2026-04-30", "repairer": "上海友声衡器", "work": "w"}
    answer = admin.post(f"/instruments/{world['failed']}/repairs", data=said, headers=ENGLISH)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "lies before the failure on 2026-05-01" in page.text
    assert (page.fields["repaired_on"], page.fields["repairer"]) == ("2026-04-30", "上海友声衡器")


def test_what_passed_again_may_be_used(admin, sessions, world):
    with db.transaction(sessions) as session:
        scale = make_scale(session)
        record_scale(session, scale, world["staff"].verifier, error="0.010", on=date(2026, 4, 20))
        record_scale(session, scale, world["staff"].verifier)
    assert "It failed on" not in opened(admin, f"/instruments/{scale.id}", headers=ENGLISH).text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_is_inline_on_the_pages_of_papers(admin, world, language):
    for address in (
        "/certificates",
        f"/certificates/{world['number']}",
        "/signatures",
        f"/verifications/{world['record']}",
        f"/instruments/{world['scale']}/verifications/new",
    ):
        html = opened(admin, address, headers={"Accept-Language": language}).html
        assert [word for word in ("<script", "<style", " style=", " onclick=") if word in html] == []
