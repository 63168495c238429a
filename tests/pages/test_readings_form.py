import re
from datetime import date

import pytest

from tests.examined import make_scale, make_staff, record_outcome, record_scale, scale_readings
from tests.factories import make_instrument
from tests.pages.reading import Page, opened
from verifier import db
from verifier.models import Examination, Instrument, Verification
from verifier.rules.access import Role
from verifier.rules.readings import reading_from_json

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def technician(ask_as):
    return ask_as(Role.TECHNICIAN)


@pytest.fixture
def scale(sessions):
    with db.transaction(sessions) as session:
        return make_scale(session).id


@pytest.fixture
def bare(sessions):
    with db.transaction(sessions) as session:
        return make_scale(session, measuring_range="", accuracy_class="", scale_interval="").id


def form_of(number):
    return f"/instruments/{number}/verifications/new"


def lines(page, group="readings"):
    """The names of the lines, with what the page itself fills in."""
    return sorted(
        {name.rsplit(".", 1)[0] for name in page.fields if re.fullmatch(rf"{group}\.\d+\.item", name)},
        key=lambda name: int(name.rpartition(".")[2]),
    )


def typed(page, error="0", group="readings"):
    """Everything the page asks for is right, but for an error at Max."""
    said = dict(page.fields)
    left = list(scale_readings(error))
    for line in lines(page, group):
        item, position = page.fields[f"{line}.item"], page.fields.get(f"{line}.position", "")
        reading = next((one for one in left if (one.item, one.position) == (item, position)), None)
        if reading is None:
            continue
        left.remove(reading)
        for field in ("reference", "indication", "finding"):
            value = getattr(reading, field)
            if value is not None:
                said[f"{line}.{field}"] = str(value)
    assert left == []
    return said


def stored(sessions, number):
    with db.reading(sessions) as session:
        record = session.get(Verification, number)
        examination = session.get(Examination, number)
        return record, examination


def number_of(answer):
    assert answer.status_code == 303, Page(answer.text).text
    return int(answer.headers["location"].rpartition("=")[2])


def test_every_item_that_is_required_has_its_points_and_limits(technician, scale):
    page = opened(technician, form_of(scale), headers=ENGLISH)
    assert len(lines(page)) == 24
    assert "JJG 539-2016 · subsequent verification" in page.text
    assert "15 kg rising limit ±0.0075 kg" in page.text
    assert "0.1 kg rising limit ±0.0025 kg" in page.text
    assert "5 kg support 4 limit ±0.005 kg" in page.text
    assert "recalled, to be read in the regulation" in page.text
    typed_in = re.findall(r'<input name="readings[.0-9]+(?:reference|indication|added)" (\S+)', page.html)
    assert set(typed_in) == {'inputmode="decimal"'}


def test_readings_are_recorded_as_they_were_typed_and_judged(technician, sessions, scale):
    page = opened(technician, form_of(scale))
    number = number_of(technician.post(form_of(scale), data=typed(page)))
    record, examination = stored(sessions, number)
    assert record.outcome.value == "passed"
    assert [reading_from_json(one) for one in examination.as_left] == scale_readings()


def test_an_error_beyond_the_limit_fails_it(technician, sessions, scale):
    page = opened(technician, form_of(scale))
    answer = technician.post(form_of(scale), data=typed(page, "0.0076"))
    record, _ = stored(sessions, number_of(answer))
    assert (record.outcome.value, record.reasons) == ("failed", ["称量（示值误差）不合格"])


def test_full_width_digits_and_a_long_minus_are_figures_too(technician, sessions, scale):
    page = opened(technician, form_of(scale))
    said = typed(page)
    (zero,) = [line for line in lines(page) if said[f"{line}.item"] == "zero_setting"]
    said[f"{zero}.indication"] = " −0.００1 "
    _, examination = stored(sessions, number_of(technician.post(form_of(scale), data=said)))
    assert [one["indication"] for one in examination.as_left if one["item"] == "zero_setting"] == ["-0.001"]


def test_a_reading_that_is_missing_is_named_and_the_rest_stays_typed(technician, scale):
    page = opened(technician, form_of(scale))
    said = typed(page)
    last = [line for line in lines(page) if said[f"{line}.item"] == "indication_error"][-1]
    del said[f"{last}.indication"]
    answer = technician.post(form_of(scale), data={**said, "remark": "雨天"}, headers=ENGLISH)
    assert answer.status_code == 422
    again = Page(answer.text)
    assert "nothing was read at 15 kg up" in again.text
    assert {name: text for name, text in again.fields.items() if name.endswith("indication") and text} == {
        name: text for name, text in said.items() if name.endswith("indication") and text
    }
    assert "雨天" in again.text


def test_what_is_no_figure_is_said_beside_its_field(technician, scale):
    page = opened(technician, form_of(scale))
    said = typed(page)
    third = lines(page)[4]
    answer = technician.post(form_of(scale), data={**said, f"{third}.indication": "viel"}, headers=ENGLISH)
    assert answer.status_code == 422
    assert f'id="{third}.indication-fault">This must be a number.' in answer.text
    assert f'aria-describedby="{third}.indication-fault"' in answer.text


def test_a_decisive_failure_needs_no_other_reading(technician, sessions, scale):
    page = opened(technician, form_of(scale))
    said = {**page.fields, f"{lines(page)[0]}.finding": "not_ok"}
    record, _ = stored(sessions, number_of(technician.post(form_of(scale), data=said)))
    assert record.reasons == ["检定标记、铅封与防作弊不合格"]


def test_what_is_not_on_the_instrument_is_ticked(technician, sessions, scale):
    page = opened(technician, form_of(scale))
    said = typed(page)
    tare, absent = [line for line in lines(page) if said[f"{line}.item"] == "tare_setting"]
    said |= {f"{tare}.{field}": "" for field in ("reference", "indication")}
    said[f"{absent}.finding"] = "not_applicable"
    _, examination = stored(sessions, number_of(technician.post(form_of(scale), data=said)))
    (item,) = [item for item in examination.judged_as_left["items"] if item["key"] == "tare_setting"]
    assert item["verdict"] == "not_applicable"


def test_as_found_is_read_beside_as_left_once_it_was_adjusted(technician, sessions, scale):
    chosen = {**opened(technician, form_of(scale)).fields, "adjusted": "true", "show": "1", "remark": "R"}
    page = Page(technician.post(form_of(scale), data=chosen, headers=ENGLISH).text)
    assert "As found, before the work" in page.text
    assert len(lines(page, "as_found")) == len(lines(page))
    assert (page.fields["adjusted"], "R" in page.text) == ("true", True)
    said = {**typed(page), **typed(page, "0.015", "as_found")} | {
        name: text for name, text in typed(page).items() if name.startswith("readings.")
    }
    record, examination = stored(sessions, number_of(technician.post(form_of(scale), data=said)))
    assert (record.as_found.value, record.outcome.value) == ("failed", "passed")
    assert [reading_from_json(one) for one in examination.as_found] == scale_readings("0.015")


def test_to_show_what_is_asked_records_nothing(technician, sessions, scale):
    chosen = {**opened(technician, form_of(scale)).fields, "stage": "in_service", "show": "1"}
    answer = technician.post(form_of(scale), data=chosen, headers=ENGLISH)
    assert answer.status_code == 200
    assert "15 kg rising limit ±0.015 kg" in Page(answer.text).text
    assert stored(sessions, 1) == (None, None)


def test_what_the_register_does_not_say_is_asked_first(technician, sessions, bare):
    page = opened(technician, form_of(bare), headers=ENGLISH)
    assert "Read this off the instrument first" in page.text
    assert lines(page) == []
    plate = {
        "device.unit": "kg",
        "device.accuracy_class": "III",
        "device.maximum": "15",
        "device.e": "0.005",
    }
    page = Page(technician.post(form_of(bare), data={**page.fields, **plate, "show": "1"}).text)
    assert {name: page.fields[name] for name in plate} == plate
    number = number_of(technician.post(form_of(bare), data=typed(page)))
    _, examination = stored(sessions, number)
    assert (examination.device["maximum"], examination.device["accuracy_class"]) == ("15", "III")


def test_a_scale_that_cannot_be_is_said_before_anything_is_read(technician, scale):
    chosen = {**opened(technician, form_of(scale)).fields, "device.e": "0.003", "show": "1"}
    page = Page(technician.post(form_of(scale), data=chosen, headers=ENGLISH).text)
    assert "There is no instrument of class III with Max 15 kg and e 0.003 kg" in page.text
    assert (lines(page), page.fields["device.e"]) == ([], "0.003")


def test_a_body_that_records_outcomes_alone_still_can(technician, sessions, scale):
    page = opened(technician, f"{form_of(scale)}?mode=outcome", headers=ENGLISH)
    assert ("What did it show?" in page.text, lines(page)) == (True, [])
    number = number_of(technician.post(form_of(scale), data={**page.fields, "outcome": "passed"}))
    record, examination = stored(sessions, number)
    assert (record.outcome.value, examination) == ("passed", None)


def test_a_kind_without_rules_asks_for_the_outcome(technician, sessions):
    with db.transaction(sessions) as session:
        dispenser = make_instrument(session, kind_key="fuel_dispenser").id
    page = opened(technician, form_of(dispenser), headers=ENGLISH)
    assert ("What did it show?" in page.text, "By readings" in page.text) == (True, False)


def test_a_wrong_record_is_superseded_with_its_readings_typed_already(technician, sessions):
    with db.transaction(sessions) as session:
        staff = make_staff(session)
        instrument = make_scale(session).id
        wrong = record_scale(
            session,
            session.get_one(Instrument, instrument),
            staff.verifier,
            error="0.010",
            adjusted=True,
            as_found=scale_readings("0.015"),
            environment={"temperature_c": "22.5"},
        )
    page = opened(technician, f"{form_of(instrument)}?supersedes={wrong}", headers=ENGLISH)
    assert f"This takes the place of record {wrong}, which stays readable." in page.text
    assert page.fields["environment.temperature_c"] == "22.5"
    number = number_of(technician.post(form_of(instrument), data=page.fields))
    record, examination = stored(sessions, number)
    assert record.supersedes_id == wrong
    assert [reading_from_json(one) for one in examination.as_left] == scale_readings("0.010")
    assert [reading_from_json(one) for one in examination.as_found] == scale_readings("0.015")


def test_an_outcome_is_superseded_by_an_outcome(technician, sessions):
    with db.transaction(sessions) as session:
        staff = make_staff(session)
        instrument = make_scale(session)
        wrong = record_outcome(session, instrument, staff.verifier, remark="错")
    page = opened(technician, f"{form_of(instrument.id)}?supersedes={wrong}", headers=ENGLISH)
    assert "What did it show?" in page.text
    assert "错" in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_form_asks_the_same_whatever_was_recorded(technician, sessions, statements, count):
    with db.transaction(sessions) as session:
        staff, instrument = make_staff(session), make_scale(session)
        for day in range(count):
            record_outcome(session, instrument, staff.verifier, on=date(2026, 4, 1 + day))
    statements.clear()
    opened(technician, form_of(instrument.id))
    assert len(statements) == 9
