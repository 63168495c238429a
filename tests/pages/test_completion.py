import csv
import io
from urllib.parse import quote

import openpyxl
import pytest

from tests.pages.reading import Page, opened
from tests.pages.world import CODE
from verifier.rules.access import Role

HOME = f"/programmes/{quote(CODE)}"
ENGLISH = {"Accept-Language": "en"}
LISTS = ("/instruments?", "/holders?", "/verifications?")


def behind(client, address, value):
    """What the list behind a figure holds: rows, or for an amount of money what it adds up to."""
    page = opened(client, address)
    if "." in value:
        return next(found for found in page.values if "." in found)
    return str(page.rows)


@pytest.mark.parametrize(
    ("role", "district", "by"),
    [
        (Role.OFFICIAL, "320585", "district"),
        (Role.ADMIN, "320500", "holder-kind"),
        (Role.OFFICIAL, "320500", "purpose"),
    ],
)
@pytest.mark.usefixtures("world")
def test_every_figure_is_what_the_list_behind_it_holds(ask_as, role, district, by):
    reader = ask_as(role) if role is Role.ADMIN else ask_as(role, district=district)
    page = opened(reader, f"{HOME}?district={district}&by={by}")
    figures = {(address, value) for address, value in page.figures if address.startswith(LISTS)}
    # Of the districts that have nothing at all, one figure in ten is enough.
    walked = {
        figure for at, figure in enumerate(sorted(figures)) if figure[1] not in ("0", "0.00") or at % 10 == 0
    }
    assert len(walked) > 30
    assert {(address, behind(reader, address, value)) for address, value in walked} == walked


@pytest.mark.usefixtures("world")
def test_the_first_line_says_how_much_of_what_as_of_when_against_which_list(admin):
    text = opened(admin, HOME, headers=ENGLISH).text
    assert (
        "90.9% of 11 instruments verified (10), as of 2026-05-01, against the list frozen on 2026-03-01"
        in text
    )
    assert "13 frozen at the start +1 found later −1 scrapped −1 moved away" in text


@pytest.mark.usefixtures("world")
def test_the_day_picker_shows_the_report_of_that_day(admin):
    text = opened(admin, f"{HOME}?on=2026-04-02", headers=ENGLISH).text
    assert "as of 2026-04-02" in text
    assert "64.3% of 14 instruments verified (9)" in text


@pytest.mark.usefixtures("world")
def test_an_empty_base_has_a_dash_and_no_percentage(admin):
    text = opened(admin, f"{HOME}?district=320582", headers=ENGLISH).text
    assert "No instrument of this district is on the list" in text
    assert "0.0%" not in text
    assert "100.0%" not in text


@pytest.mark.usefixtures("world")
def test_small_bases_are_muted(admin):
    html = admin.get(f"{HOME}?district=320585").text
    assert html.count('class="is-small"') == 3


@pytest.mark.usefixtures("world")
def test_a_district_drills_down_and_its_path_leads_back(ask_as):
    official = ask_as(Role.OFFICIAL, district="320500")
    page = opened(official, HOME, headers=ENGLISH)
    (down,) = [address for address, said in page.links if said.strip() == "Taicang City"]
    below = opened(official, down, headers=ENGLISH)
    (back,) = [address for address, said in below.links if said.strip() == "Suzhou"]
    assert opened(official, back, headers=ENGLISH).text == page.text


@pytest.mark.usefixtures("world")
def test_an_official_sees_only_the_own_part(ask_as):
    official = ask_as(Role.OFFICIAL, district="320585")
    assert "of 10 instruments" in opened(official, HOME, headers=ENGLISH).text
    assert official.get(f"{HOME}?district=320500").status_code == 403


@pytest.mark.usefixtures("world")
def test_fees_are_split_by_funder(admin):
    text = opened(admin, HOME, headers=ENGLISH).text
    assert "苏州市财政 60% 216.00 县级财政 40% 144.00 Total 100% 360.00" in text


@pytest.mark.usefixtures("world")
def test_the_files_hold_the_same_figures(admin):
    answer = admin.get(f"{HOME}/completion.csv?district=320585")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (rows[-1]["code"], rows[-1]["base"], rows[-1]["verified"]) == ("total", "10", "9")

    sheet = openpyxl.load_workbook(io.BytesIO(admin.get(f"{HOME}/completion.xlsx").content)).active
    assert [cell.value for cell in sheet[sheet.max_row]][2:4] == [11, 10]


@pytest.mark.usefixtures("world")
def test_both_languages(admin):
    chinese = Page(admin.get(HOME, headers={"Accept-Language": "zh-CN"}).text)
    assert '<html lang="zh-CN">' in chinese.html
    assert '<html lang="en">' in admin.get(HOME, headers=ENGLISH).text
    # What people entered is never translated.
    assert "太仓昆山两免费" in opened(admin, HOME, headers=ENGLISH).text


@pytest.mark.usefixtures("world")
def test_a_wrong_day_is_named_and_the_report_still_stands(admin):
    answer = admin.get(f"{HOME}?on=yesterday", headers=ENGLISH)
    assert answer.status_code == 422
    assert "This must be a day, written as 2026-05-31." in answer.text
