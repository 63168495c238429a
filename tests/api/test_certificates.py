import io
import zipfile
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pypdf
import pytest

from api.papers import Press, _printer, press_of
from api.printing import PapersAsked, TooManyPapers, labels_asked, papers_asked
from tests.examined import PRACTICE, make_scale, make_staff, record_outcome, record_scale, sign_all
from tests.factories import make_holder, make_instrument
from verifier import db
from verifier.rules.access import Role, Scope
from verifier.rules.holders import HolderKind
from verifier.rules.verdict import Outcome

API = "/api/v1/certificates"


@pytest.fixture
def papers(sessions):
    """A certificate for a stall's scale, a rejection notice for a clinic's sphygmomanometer."""
    with db.transaction(sessions) as session:
        staff = make_staff(session)
        market = make_holder(session, "浮桥农贸市场", kind=HolderKind.MARKET)
        stall = make_holder(session, "王记海鲜", kind=HolderKind.STALL, market=market)
        scale = make_scale(session, stall, serial="SH20190817")
        good = sign_all(session, record_scale(session, scale, staff.verifier), staff)
        clinic = make_instrument(session, make_holder(session, "卫生室", district_code="320583100"))
        failed = record_outcome(session, clinic, staff.verifier, outcome=Outcome.FAILED, reasons=["示值超差"])
        return {
            "good": good,
            "bad": sign_all(session, failed, staff, on=date(2026, 4, 30)),
            "scale": scale.id,
            "market": market.id,
            "verifier": staff.verifier,
            "verification": failed,
        }


def numbers(client, **conditions):
    answer = client.get(API, params=conditions)
    assert answer.status_code == 200, answer.text
    return [item["number"] for item in answer.json()["items"]]


def test_papers_are_listed_the_newest_first_with_what_they_are_worth_today(admin, papers):
    items = admin.get(API).json()["items"]
    assert [(item["number"], item["document"], item["state"], item["valid_until"]) for item in items] == [
        (papers["bad"], "rejection_notice", "genuine", None),
        (papers["good"], "certificate", "genuine", "2027-04-30"),
    ]


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({"instrument": "scale"}, ["good"]),
        ({"verification": "verification"}, ["bad"]),
        ({"holder": "market"}, ["good"]),
        ({"district": "320583"}, ["bad"]),
        ({"document": "rejection_notice"}, ["bad"]),
        ({"issued_from": "2026-05-01"}, ["good"]),
        ({"issued_to": "2026-04-30"}, ["bad"]),
        ({"q": "0817"}, ["good"]),
        ({"q": "nothing like it"}, []),
    ],
)
def test_each_condition_narrows_the_list(admin, papers, conditions, found):
    asked = {name: papers.get(value, value) for name, value in conditions.items()}
    assert numbers(admin, **asked) == [papers[name] for name in found]


def test_the_list_is_paged(admin, papers):
    first = admin.get(API, params={"limit": 1}).json()
    rest = admin.get(API, params={"limit": 1, "after": first["next"]}).json()
    assert [page["items"][0]["number"] for page in (first, rest)] == [papers["bad"], papers["good"]]
    assert rest["next"] is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_however_many_papers_there_are(admin, sessions, statements, count):
    with db.transaction(sessions) as session:
        staff = make_staff(session)
        for _ in range(count):
            sign_all(session, record_outcome(session, make_scale(session), staff.verifier), staff)
    statements.clear()
    assert len(numbers(admin)) == count
    assert len(statements) == 2


def test_an_official_of_another_district_sees_nothing_of_it(ask_as, papers):
    official = ask_as(Role.OFFICIAL, district="320585")
    assert numbers(official) == [papers["good"]]
    assert official.get(f"{API}/{papers['bad']}").status_code == 403
    assert official.get(f"{API}/{papers['bad']}/pdf").status_code == 403


def test_a_market_has_the_papers_of_its_stalls(ask_as, papers):
    market = ask_as(Role.HOLDER, holder_id=papers["market"])
    assert numbers(market) == [papers["good"]]
    assert market.get(f"{API}/{papers['good']}/pdf").status_code == 200


def text_of(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)


def test_a_paper_is_printed_as_it_was_issued(admin, papers):
    answer = admin.get(f"{API}/{papers['good']}/pdf")
    text = text_of(answer)
    assert papers["good"] in text
    assert "王记海鲜" in text
    assert answer.headers["content-disposition"] == f"inline; filename*=UTF-8''{papers['good']}.pdf"


def test_many_papers_are_one_pdf_or_a_zip_with_a_pdf_each(admin, papers):
    text = text_of(admin.get(f"{API}/bulk"))
    assert (papers["good"] in text, papers["bad"] in text) == (True, True)
    zipped = admin.get(f"{API}/bulk", params={"format": "zip"})
    assert zipped.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(zipped.content)) as archive:
        assert archive.namelist() == [
            f"{papers['good']} 浮桥农贸市场 王记海鲜.pdf",
            f"{papers['bad']} 卫生室.pdf",
        ]
        assert archive.read(archive.namelist()[0])[:5] == b"%PDF-"


def test_bulk_prints_what_the_same_conditions_list(admin, papers):
    text = text_of(admin.get(f"{API}/bulk", params={"district": "320583"}))
    assert (papers["good"] in text, papers["bad"] in text) == (False, True)


@pytest.mark.parametrize("path", ["bulk", "bulk?format=zip", "labels"])
def test_nothing_to_print_is_said(admin, path):
    answer = admin.get(f"{API}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (422, "NothingToPrint")


@pytest.mark.usefixtures("papers")
def test_more_papers_than_one_answer_holds_are_refused(sessions, who, today):
    with pytest.raises(TooManyPapers) as refusal:
        papers_asked(sessions, Scope(), PapersAsked(), on=today, most=1)
    assert refusal.value.facts == {"count": 2, "most": 1}
    with pytest.raises(TooManyPapers):
        labels_asked(sessions, Scope(), PapersAsked(), who=who, practice=PRACTICE, most=1)
    assert len(papers_asked(sessions, Scope(), PapersAsked(), on=today, most=2)) == 2


def test_labels_are_printed_for_what_is_genuine_and_passed(admin, papers):
    text = text_of(admin.get(f"{API}/labels", params={"sheet": "a4-14", "skip": 3}))
    assert papers["good"] in text
    assert papers["bad"] not in text


@pytest.mark.usefixtures("papers")
@pytest.mark.parametrize(
    ("asked", "code"), [({"sheet": "a3"}, "LabelSheetUnknown"), ({"skip": 24}, "StickersUsedWrong")]
)
def test_a_sheet_that_is_not_sold_is_refused(admin, asked, code):
    answer = admin.get(f"{API}/labels", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_revoked_paper_says_why_and_has_no_label_any_more(admin, papers):
    answer = admin.post(f"{API}/{papers['good']}/revoke", json={"reason": "砝码超期"})
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["revoked_on"], answer.json()["revocation_reason"]) == (
        "revoked",
        "2026-05-01",
        "砝码超期",
    )
    assert admin.get(f"{API}/labels").json()["code"] == "NothingToPrint"
    assert admin.post(f"{API}/{papers['good']}/revoke", json={"reason": "again"}).status_code == 409


def test_a_superseded_record_takes_its_paper_along(admin, papers):
    answer = admin.post(
        "/api/v1/verifications",
        json={
            "instrument_id": papers["scale"],
            "performed_on": "2026-05-01",
            "outcome": "passed",
            "technician": papers["verifier"].id,
            "supersedes": admin.get(f"{API}/{papers['good']}").json()["verification_id"],
        },
    )
    assert answer.status_code == 201, answer.text
    assert admin.get(f"{API}/{papers['good']}").json()["state"] == "superseded"


def test_a_number_nobody_gave_is_not_found(admin):
    assert admin.get(f"{API}/X-1").json()["code"] == "CertificateUnknown"
    assert admin.get(f"{API}/X-1/pdf").status_code == 404


@dataclass(frozen=True)
class Watched(Press):
    """Notes how many connections are out while it prints."""

    pool: Any = None
    noted: list[int] = field(default_factory=list)

    def papers(self, found):
        self.noted.append(self.pool.checkedout())
        return super().papers(found)

    def labels(self, found, sheet, skip):
        self.noted.append(self.pool.checkedout())
        return super().labels(found, sheet, skip)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_nothing_is_typeset_while_a_transaction_is_open(app, admin, sessions, settings, papers):
    """PostgreSQL's pool would run dry, and a writer on SQLite would wait."""
    press = Watched(press_of(settings).fonts, settings.font_path, sessions.kw["bind"].pool)
    app.dependency_overrides[_printer] = lambda: press
    for path in ("bulk", "labels", f"{papers['good']}/pdf"):
        assert admin.get(f"{API}/{path}").status_code == 200
    for path in ("papers.pdf", "labels.pdf", f"{papers['good']}/paper.pdf"):
        assert admin.get(f"/certificates/{path}").status_code == 200
    assert press.noted == [0] * 6
