import pytest

from tests.factories import make_holder, make_instrument
from tests.pages.reading import opened
from verifier import db
from verifier.rules.access import Role

ENGLISH = {"Accept-Language": "en"}


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_same_however_many_rows_there_are(admin, sessions, statements, count):
    with db.transaction(sessions) as session:
        holder = make_holder(session)
        for _ in range(count):
            make_instrument(session, holder)
    asked = []
    for address in ("/instruments", "/holders", "/verifications", "/programmes", f"/holders/{holder.id}"):
        statements.clear()
        opened(admin, address)
        asked.append(len(statements))
    assert asked == [5, 3, 3, 2, 6]


def test_a_list_goes_on_where_its_last_row_ended(admin, sessions):
    with db.transaction(sessions) as session:
        holder = make_holder(session)
        for number in range(60):
            make_instrument(session, holder, serial=f"N{number:02d}")
    first = opened(admin, "/instruments?q=N", headers=ENGLISH)
    (following,) = [address for address, said in first.links if said == "Next page"]
    second = opened(admin, following, headers=ENGLISH)
    assert (first.rows, second.rows) == (50, 10)
    assert "60 instruments" in second.text
    assert ("N49" in first.text, "N50" in second.text, "Next page" in second.text) == (True, True, False)


@pytest.mark.usefixtures("world")
def test_filters_stay_in_the_address_and_in_the_form(admin):
    page = opened(admin, "/instruments?q=S&kind=bp_auto&status=suspended&holder_kind=&due_before=")
    assert page.fields["q"] == "S"
    assert page.fields["selected"].split() == ["bp_auto", "suspended"]
    assert page.rows == 1


@pytest.mark.usefixtures("world")
def test_a_filter_that_is_none_is_named(admin):
    answer = admin.get("/instruments?status=broken", headers=ENGLISH)
    assert answer.status_code == 422
    assert "This must be one of" in answer.text


@pytest.mark.usefixtures("world")
def test_purposes_that_nobody_stated_can_be_listed(admin):
    assert opened(admin, "/instruments?purpose=unknown").rows == 2


def test_a_holder_comes_to_the_own_instruments_and_sees_no_others(ask_as, world):
    holder = ask_as(Role.HOLDER, holder_id=world.market_id)
    assert holder.get("/").headers["location"] == "/instruments"
    mine = opened(holder, "/instruments", headers=ENGLISH)
    # The market answers for its stalls.
    assert (mine.rows, "My instruments" in mine.text) == (3, True)
    assert opened(holder, f"/holders/{world.stall_id}").rows == 3
    assert opened(holder, "/verifications").rows == 3
    assert holder.get(f"/holders/{world.clinic_id}").status_code == 403
    assert holder.get(f"/instruments/{world.outstanding_id}").status_code == 403
    assert "Record" not in mine.text
    assert holder.get("/programmes").status_code == 403


def test_a_figures_list_does_not_let_a_holder_see_more(ask_as, world):
    holder = ask_as(Role.HOLDER, holder_id=world.hospital_id)
    address = "/instruments?programme=两免费-2026&figure=frozen&district=320500"
    assert opened(holder, address).rows == 2


@pytest.mark.usefixtures("world")
def test_an_official_of_another_district_sees_nothing_here(ask_as):
    official = ask_as(Role.OFFICIAL, district="320582")
    assert opened(official, "/instruments").rows == 0
    assert opened(official, "/instruments?programme=两免费-2026&figure=frozen").rows == 0


def test_a_market_shows_its_stalls(admin, world):
    page = opened(admin, f"/holders/{world.market_id}", headers=ENGLISH)
    assert "3 instruments" in page.text
    assert "1 stall" in page.text
    assert "一号摊" in page.text


def test_hostile_names_are_only_printed(admin, sessions):
    hostile = '<script>alert("x")</script>=cmd|calc'
    with db.transaction(sessions) as session:
        holder = make_holder(session, hostile)
        instrument = make_instrument(session, holder, serial='"><img src=x onerror=alert(1)>')
    for address in ("/instruments", "/holders", f"/holders/{holder.id}", f"/instruments/{instrument.id}"):
        html = admin.get(address).text
        assert "<script" not in html
        assert "<img src=x" not in html
        assert "&lt;script&gt;" in html


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(
    "address",
    [
        "/programmes",
        "/programmes/两免费-2026",
        "/programmes/new",
        "/instruments",
        "/holders",
        "/verifications",
        "/import",
    ],
)
def test_nothing_is_inline_in_any_language(admin, address, language):
    html = opened(admin, address, headers={"Accept-Language": language}).html
    assert f'<html lang="{language}">' in html
    assert [word for word in ("<script", "<style", " style=", " onclick=") if word in html] == []


def test_nobody_signed_in_is_led_to_the_door(client):
    answer = client.get("/instruments?q=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/instruments%3Fq%3D1")


@pytest.mark.usefixtures("world")
def test_the_language_switch_leads_back_to_the_same_list(admin):
    page = opened(admin, "/instruments?q=S&kind=bp_auto")
    assert page.fields["next"] == "/instruments?q=S&kind=bp_auto"


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/instruments/999999", 404, "There is no instrument 999999."),
        ("/programmes/none", 404, "There is no programme none."),
        ("/instruments/abc", 422, "This must be a whole number."),
        ("/instruments?district=000000", 404, "There is no district 000000."),
    ],
)
def test_refusals_are_pages_that_say_what_to_do(admin, path, status, sentence):
    answer = admin.get(path, headers=ENGLISH)
    assert answer.status_code == status
    assert sentence in answer.text
    assert "To the front page" in answer.text
