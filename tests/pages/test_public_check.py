"""What a stranger learns about a paper or a label, and what not."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import quote

import pytest

from api import deps
from tests.api.conftest import NOW
from tests.factories import office, office_body
from tests.issued import CODE, NUMBER, issue_paper, label_statement, record
from tests.pages.reading import Page, opened
from verifier import db, sealing
from verifier.models import Revocation
from verifier.rules.labels import LabelFacts, check_address, label_text
from verifier.rules.verdict import Outcome

ADDRESS = f"/c/{quote(NUMBER)}"
RIGHT = f"{ADDRESS}?code={CODE}"
SECRET = b"the secret of one installation.."
FACTS = LabelFacts(
    number=NUMBER,
    instrument_code="00000125",
    kind="nawi_price_computing",
    model="ACS-30",
    serial_last4="0817",
    performed_on=date(2026, 5, 1),
    valid_until=date(2027, 4, 30),
    body="office",
)


@pytest.fixture
def issued(sessions, who):
    with db.transaction(sessions) as session:
        return issue_paper(session, who)


@pytest.fixture
def on_day(app):
    """`on_day(date(...))`: the same application on another day."""

    def set_day(day):
        app.dependency_overrides[deps.now] = lambda: NOW + (day - NOW.date())

    return set_day


@pytest.fixture
def label(sessions, who):
    """`label(**changes)`: what the code of a label of the office says."""

    def made(**changes):
        with db.transaction(sessions) as session:
            facts = replace(FACTS, **changes)
            return label_statement(session, office_body(session), facts, SECRET, who=who)

    return made


def heading(html):
    return re.findall(r"<h1>([^<]*)</h1>", html)[0]


@pytest.mark.usefixtures("issued")
def test_the_address_in_the_code_opens_the_paper(client):
    address = check_address("http://testserver", NUMBER, CODE)
    page = opened(client, address.removeprefix("http://testserver"))

    assert heading(page.html) == "Genuine and valid"
    assert 'class="answer answer--good"' in page.html
    for told in (
        "Valid until 2027-04-30.",
        "Compare these with the instrument in front of you",
        "Instrument price-computing scale Manufacturer 上海友声衡器有限公司 Model ACS-30",
        "Serial number ends in 0817 Holder 王记海鲜 · A区12号 Place 浮桥农贸市场 · Fuqiao Town",
        f"Document verification certificate Number {NUMBER} Verdict passed",
        "Verification date 2026-05-01 Valid until 2027-04-30 Regulation JJG 539-2016",
        "Verification body 太仓市计量测试所 · 0512-53520000",
    ):
        assert told in page.text
    assert "SH2019" not in page.text


@pytest.mark.usefixtures("issued")
def test_in_chinese_the_chinese_names_are_told(client):
    page = opened(client, RIGHT, headers={"Accept-Language": "zh-CN"})

    assert "电子计价秤" in page.text
    assert "浮桥镇" in page.text


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize("typed", ["7kq2m9xatc", "7KQ2M-9XATC", " 7KQ2M 9XATC ", "７ＫＱ２Ｍ９ＸＡＴＣ"])
def test_the_code_may_be_typed_as_people_type(client, typed):
    assert heading(client.get(ADDRESS, params={"code": typed}).text) == "Genuine and valid"


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize("code", ["", "7KQ2M9XATD", CODE[:9], CODE + "C", "-", "太仓", "x" * 5000, "\x00"])
def test_without_the_code_nobody_learns_whether_a_number_stands(client, code):
    there = client.get(ADDRESS, params={"code": code})
    missing = client.get("/c/" + quote("太检〔2026〕LX-000999"), params={"code": code})

    assert (there.status_code, missing.status_code) == (200, 200)
    assert "王记海鲜" not in there.text
    for one in (there.text, missing.text):
        assert heading(one) == "Is this paper genuine?"
    assert _without_numbers(there.text, NUMBER) == _without_numbers(missing.text, "太检〔2026〕LX-000999")


def _without_numbers(html, number):
    return html.replace(quote(number), "NUMBER").replace(number, "NUMBER")


@pytest.mark.usefixtures("issued")
def test_a_wrong_code_asks_the_database_as_much_as_a_wrong_number(client, statements):
    client.get(ADDRESS, params={"code": "WRONG"})
    for_number = list(statements)
    statements.clear()
    client.get("/c/nothing", params={"code": "WRONG"})

    assert len(for_number) == 1
    assert statements == for_number


@pytest.mark.parametrize("number", ["nothing", "%00", "%0A", "a%2Fb", "%F0%9F%98%80", "x" * 3000, "%25"])
def test_whatever_stands_for_a_number_the_answer_is_the_same_question(client, number):
    answer = client.get(f"/c/{number}", params={"code": CODE})

    assert answer.status_code in (200, 404)
    assert "Traceback" not in answer.text


@pytest.mark.usefixtures("issued")
def test_guessing_codes_of_one_number_ends_after_ten(client):
    answers = [client.get(ADDRESS, params={"code": f"WRONG{n}"}).status_code for n in range(11)]

    assert answers == [200] * 10 + [429]
    told = client.get(RIGHT)
    assert (told.status_code, told.headers["retry-after"]) == (429, "600")
    assert "Too many wrong check codes; try again in ten minutes." in told.text


@pytest.mark.usefixtures("issued")
def test_guessing_through_numbers_ends_after_fifty(client):
    answers = [client.get(f"/c/TC-{n}", params={"code": CODE}).status_code for n in range(51)]

    assert answers == [200] * 50 + [429]
    assert client.get(RIGHT).status_code == 429


@pytest.mark.usefixtures("issued")
def test_whoever_waits_ten_minutes_or_finds_the_code_may_go_on(app, client):
    for n in range(9):
        client.get(ADDRESS, params={"code": f"WRONG{n}"})
    assert heading(client.get(RIGHT).text) == "Genuine and valid"
    for n in range(10):
        client.get(ADDRESS, params={"code": f"WRONG{n}"})
    assert client.get(RIGHT).status_code == 429

    app.dependency_overrides[deps.now] = lambda: NOW + timedelta(minutes=10)
    assert client.get(RIGHT).status_code == 200


def test_looking_at_the_question_is_no_guess(client):
    assert {client.get(ADDRESS).status_code for _ in range(60)} == {200}


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize("address", [RIGHT, ADDRESS, "/c", "/check-label", "/check-label/keys.json"])
def test_no_search_engine_and_no_shared_computer_keeps_it(client, address):
    headers = client.get(address).headers

    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert headers["cache-control"] == "no-store"


@pytest.mark.usefixtures("issued")
def test_who_is_signed_in_makes_no_difference(client, admin):
    assert admin.get(RIGHT).text == client.get(RIGHT).text
    assert admin.get("/check-label").text == client.get("/check-label").text


@pytest.mark.usefixtures("issued")
def test_the_language_switch_leads_back_to_the_paper(client):
    page = opened(client, RIGHT)

    assert page.fields["next"] == f"{ADDRESS}?code={CODE}" or page.fields["next"].endswith(f"?code={CODE}")


@pytest.mark.usefixtures("issued")
def test_after_its_last_day_it_is_expired(client, on_day):
    on_day(date(2027, 4, 30))
    assert heading(client.get(RIGHT).text) == "Genuine and valid"

    on_day(date(2027, 5, 1))
    page = opened(client, RIGHT)
    assert heading(page.html) == "Genuine, but expired"
    assert 'class="answer answer--warn"' in page.html
    assert "Since 2027-05-01." in page.text


def test_a_revoked_paper_says_since_when(client, sessions, who, issued):
    with db.transaction(sessions) as session:
        session.add(
            Revocation(
                certificate_id=issued.certificate.id,
                revoked_on=who.today,
                reason="样品调换",
                revoked_at=who.now,
                revoked_by=who.name,
            )
        )
    page = opened(client, RIGHT)

    assert heading(page.html) == "No longer valid: revoked"
    assert 'class="answer answer--bad"' in page.html
    assert "Since 2026-05-01." in page.text


def test_a_superseded_paper_says_since_when(client, sessions, issued, on_day):
    later = office(date(2026, 5, 4))
    with db.transaction(sessions) as session:
        record(
            session,
            later,
            issued.instrument,
            issued.verifier,
            Outcome.PASSED,
            performed_on=date(2026, 5, 1),
            supersedes=issued.certificate.verification_id,
        )
    on_day(date(2026, 5, 5))
    page = opened(client, RIGHT)

    assert heading(page.html) == "No longer valid: superseded by a later record"
    assert "Since 2026-05-04." in page.text


def test_a_later_failure_cancels_the_mark(client, sessions, issued, on_day):
    with db.transaction(sessions) as session:
        record(session, office(date(2026, 6, 1)), issued.instrument, issued.verifier, Outcome.FAILED)
    on_day(date(2026, 6, 2))
    page = opened(client, RIGHT)

    assert heading(page.html) == "No longer valid: revoked"
    assert "The instrument failed on 2026-06-01, which cancelled its mark." in page.text


def test_a_genuine_rejection_notice_does_not_look_like_a_pass(client, sessions, who):
    with db.transaction(sessions) as session:
        issue_paper(session, who, outcome=Outcome.FAILED)
    page = opened(client, RIGHT)

    assert heading(page.html) == "Genuine notice: the instrument did not pass"
    assert 'class="answer answer--bad"' in page.html
    assert "Document rejection notice" in page.text
    assert "Valid until" not in page.text


@pytest.mark.usefixtures("issued")
def test_whoever_has_no_scanner_types_number_and_code(client):
    asked = opened(client, "/c")
    assert {"number", "code"} <= asked.fields.keys()

    answer = client.get("/c", params={"number": f" {NUMBER} ", "code": CODE})
    assert answer.status_code == 303
    assert heading(client.get(answer.headers["location"]).text) == "Genuine and valid"


def test_the_question_carries_the_number_along(client):
    page = client.get(ADDRESS).text

    assert f'action="{ADDRESS}"' in page


def test_without_javascript_the_server_checks_a_label(client, label):
    text = label_text("http://testserver", NUMBER, CODE, label())
    page = opened(client, "/check-label", params={"label": text})
    shown = page.html.split('<template id="label-good">')[0]

    assert "Signature good" in shown
    for fact in ("price-computing scale (retail)", "ACS-30", "0817", NUMBER, "2026-05-01", "2027-04-30"):
        assert fact in shown
    assert "计量测试所" in shown


def test_a_label_is_good_through_its_last_day(client, label, on_day):
    text = label()
    on_day(date(2027, 4, 30))
    assert _answer(client, text) == "Signature good"
    on_day(date(2027, 5, 1))
    assert _answer(client, text) == "Signature good, but the time is over"


def _answer(client, text):
    html = client.get("/check-label", params={"label": text}).text
    (word,) = re.findall(r'<p class="answer__word">([^<]*)</p>', html.split("<template")[0])
    return word


def test_a_label_without_a_last_day_is_good(client, label):
    assert _answer(client, label(valid_until=None)) == "Signature good"


def test_a_forged_label_says_nothing_but_that(client, label):
    label()
    forged = sealing.seal(b"the secret of some other house..", FACTS)
    page = client.get("/check-label", params={"label": forged}).text.split("<template")[0]

    assert _answer(client, forged).startswith("Forged:")
    assert "ACS-30" not in page


def test_a_label_of_a_body_without_keys_cannot_be_checked(client):
    assert _answer(client, sealing.seal(SECRET, FACTS)).startswith("Nobody here knows a key")


@pytest.mark.parametrize("text", ["hello", "V1.x.y", "太", "\x00", "x" * 5000])
def test_what_is_no_label_is_said_to_be_none(client, text):
    assert _answer(client, text) == "This is not the text of a label, or part of it is missing."


def test_the_page_before_anything_was_typed_answers_nothing(client):
    page = client.get("/check-label").text.split("<template")[0]

    assert 'class="answer ' not in page


def test_the_keys_are_there_for_whoever_goes_where_no_network_is(client, label):
    label()
    told = json.loads(client.get("/check-label/keys.json").text)

    assert told["bodies"] == {
        "office": {"name": "太仓市计量测试所", "keys": [sealing.public_key(SECRET, "office")]}
    }
    assert told["kinds"]["nawi_price_computing"] == {
        "zh-CN": "电子计价秤",
        "en": "price-computing scale (retail)",
    }


def test_the_worker_may_rule_the_pages_it_keeps(client):
    answer = client.get("/check-label/worker.js")

    assert answer.headers["service-worker-allowed"] == "/"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    kept = re.findall(r'"(/static/[^"]+)"', answer.text)
    page = Page(client.get("/check-label").text).html
    # What the page loads is what the worker keeps.
    assert sorted(kept) == sorted(set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page)))
    for address in kept:
        assert client.get(address).status_code == 200


def test_a_program_asks_for_the_keys_of_a_body(admin, label):
    label()
    answer = admin.get("/api/v1/bodies/office/keys")

    assert [row["public_key"] for row in answer.json()] == [sealing.public_key(SECRET, "office")]
    assert admin.get("/api/v1/bodies/nobody/keys").status_code == 404
