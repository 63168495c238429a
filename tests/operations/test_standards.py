from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.factories import kind, make_instrument, make_person, office_body
from verifier import db
from verifier.models import (
    Body,
    ChainLink,
    Competence,
    JournalEntry,
    StandardCalibration,
)
from verifier.operations.calibrations import (
    AddCalibration,
    AddStandard,
    CalibrationDayWrong,
    CalibrationEndMissing,
    CalibrationEndsBeforeItBegins,
    CalibrationEndUnwanted,
    CalibrationExists,
    CalibrationQualityMissing,
    RetirementDayWrong,
    RetireStandard,
    StandardExists,
    StandardRetired,
    UnitUnknown,
    WeightClassNotOfMass,
    WeightClassUnknown,
    add_calibration,
    add_standard,
    retire_standard,
)
from verifier.operations.staff import NameEmpty
from verifier.operations.standards import (
    STANDARDS_NOT_COMPARED,
    STANDARDS_NOT_RECORDED,
    StandardFailed,
    StandardNotCalibrated,
    StandardNotGoodEnough,
    StandardNotValid,
    StandardOutOfReach,
    StandardQuantityMissing,
    StandardsMissing,
    StandardUsed,
    check_good_enough,
    standards_used,
)
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.competences import authorisation
from verifier.queries.staff import BodyUnknown
from verifier.queries.standards import StandardFilter, StandardUnknown, standards
from verifier.queries.traceability import count_verdicts_made_with, verdicts_made_with
from verifier.rules.traceability import Point, Quality, StandardState
from verifier.rules.verdict import Outcome

DAY = date(2026, 4, 20)
CALIBRATED, VALID_UNTIL = date(2025, 6, 1), date(2026, 5, 31)
D = Decimal


@pytest.fixture
def register(session, who):
    def added(code="W1", unit="kg", **said):
        command = AddStandard(code=code, name="标准砝码", unit=unit, **said)
        return add_standard(session, command, who=who)

    return added


@pytest.fixture
def calibrate(session, who):
    def added(standard, **said):
        values: dict[str, Any] = {
            "certificate_no": "苏F2025-1",
            "calibrated_on": CALIBRATED,
            "valid_until": VALID_UNTIL,
            "error_absolute": D("0.001"),
        }
        return add_calibration(session, standard, AddCalibration(**(values | said)), who=who)

    return added


def failed(on, number="F-1"):
    return {
        "outcome": Outcome.FAILED,
        "valid_until": None,
        "error_absolute": None,
        "calibrated_on": on,
        "certificate_no": number,
    }


def used(session, *codes, on=DAY, **said):
    return standards_used(session, office_body(session).id, codes, on=on, **said)


def test_a_standard_has_a_code_of_its_own_in_its_body(session, register):
    standard = register(code=" W1 ", serial="123")
    branch = Body(code="branch", name="分所")
    session.add(branch)
    session.flush()

    assert (standard.code, standard.body_id) == ("W1", office_body(session).id)
    assert register(body="branch").body_id == branch.id
    with pytest.raises(StandardExists) as refusal:
        register()
    assert refusal.value.facts == {"body": "office", "standard": "W1"}


def test_a_standard_that_cannot_be_is_refused(register):
    with pytest.raises(UnitUnknown) as refusal:
        register(unit="斤")
    assert refusal.value.facts["unit"] == "斤"
    with pytest.raises(NameEmpty):
        register(code=" ")
    with pytest.raises(BodyUnknown):
        register(body="nowhere")


def test_a_unit_is_kept_in_its_one_spelling(register):
    assert register(unit="℃").unit == "°C"


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"calibrated_on": date(2026, 5, 2)}, CalibrationDayWrong),
        ({"calibrated_on": date(1949, 12, 31)}, CalibrationDayWrong),
        ({"valid_until": date(2025, 5, 31)}, CalibrationEndsBeforeItBegins),
        ({"valid_until": None}, CalibrationEndMissing),
        ({"outcome": Outcome.FAILED}, CalibrationEndUnwanted),
        ({"error_absolute": None}, CalibrationQualityMissing),
        ({"weight_class": "M9"}, WeightClassUnknown),
        ({"certificate_no": " "}, NameEmpty),
    ],
)
def test_a_calibration_that_cannot_be_is_refused(register, calibrate, said, refusal):
    with pytest.raises(refusal):
        calibrate(register(), **said)


def test_a_calibration_may_be_of_today_and_end_on_its_day(session, register, calibrate, today):
    calibrate(register(), calibrated_on=today, valid_until=today)

    assert used(session, "W1", on=today).warnings == ()


def test_only_weights_have_a_class(register, calibrate):
    with pytest.raises(WeightClassNotOfMass) as refusal:
        calibrate(register(unit="kPa"), weight_class="M1")
    assert refusal.value.facts == {"standard": "W1", "unit": "kPa"}
    assert calibrate(register(code="W2"), weight_class="M1", error_absolute=None).weight_class == "M1"


def test_an_error_in_percent_is_enough(register, calibrate):
    found = calibrate(register(), error_absolute=None, error_percent=D("0.5"))

    assert (found.error_absolute, found.error_percent) == (None, D("0.5"))


def test_a_certificate_is_recorded_once_for_a_standard(register, calibrate):
    first, second = register(), register(code="W2")
    calibrate(first)
    calibrate(second)
    calibrate(first, calibrated_on=CALIBRATED + timedelta(1))
    calibrate(first, certificate_no="another")
    with pytest.raises(CalibrationExists) as refusal:
        calibrate(first, certificate_no=" 苏F2025-1 ")
    assert refusal.value.facts == {"certificate_no": "苏F2025-1", "calibrated_on": CALIBRATED}


def test_a_standard_is_retired_once_and_not_in_the_future(session, who, register, today):
    standard = register()
    for day in (date(2026, 5, 2), date(1949, 12, 31)):
        with pytest.raises(RetirementDayWrong):
            retire_standard(session, standard, RetireStandard(retired_on=day), who=who)
    retire_standard(session, standard, RetireStandard(), who=who)

    assert standard.retired_on == today
    with pytest.raises(StandardRetired):
        retire_standard(session, standard, RetireStandard(), who=who)


def test_a_retired_standard_takes_only_what_was_found_before(session, who, register, calibrate):
    standard = register()
    retire_standard(session, standard, RetireStandard(retired_on=DAY), who=who)
    calibrate(standard, calibrated_on=DAY - timedelta(1))
    with pytest.raises(StandardRetired):
        calibrate(standard, calibrated_on=DAY, certificate_no="late")


def test_every_deed_is_in_the_journal(session, who, register, calibrate):
    standard = register()
    calibrate(standard)
    retire_standard(session, standard, RetireStandard(), who=who)
    session.flush()
    noted = session.execute(
        select(JournalEntry.deed, JournalEntry.facts)
        .where(JournalEntry.subject == "standard", JournalEntry.subject_id == standard.id)
        .order_by(JournalEntry.id)
    )

    assert [tuple(row) for row in noted] == [
        ("add_standard", {"code": "W1", "body": "office"}),
        (
            "add_calibration",
            {
                "certificate_no": "苏F2025-1",
                "calibrated_on": "2025-06-01",
                "outcome": "passed",
                "valid_until": "2026-05-31",
            },
        ),
        ("retire_standard", {"retired_on": "2026-05-01"}),
    ]


def test_a_calibration_is_history_and_stands_in_its_bodys_chain(sessions, who):
    with db.transaction(sessions) as session:
        branch = Body(code="branch", name="分所")
        session.add(branch)
        standard = add_standard(session, AddStandard(body="branch", code="W", name="砝码", unit="g"), who=who)
        command = AddCalibration(
            certificate_no="1", calibrated_on=CALIBRATED, valid_until=VALID_UNTIL, weight_class="F1"
        )
        number = add_calibration(session, standard, command, who=who).id
    with sessions() as session:
        link = select(ChainLink.body_id).where(
            ChainLink.subject == "standard_calibration", ChainLink.subject_id == number
        )
        assert session.scalars(link).all() == [branch.id]
        for deed in (
            "UPDATE standard_calibration SET weight_class = 'E1'",
            "DELETE FROM standard_calibration",
        ):
            with pytest.raises(DBAPIError, match="history"), session.begin_nested():
                session.execute(text(deed))


def test_a_body_without_standards_is_not_checked_and_the_answer_says_so(session):
    for stated in ((), ("anything",)):
        found = used(session, *stated)
        assert (found.calibration_ids, found.warnings) == ((), (STANDARDS_NOT_RECORDED,))
        assert check_good_enough(found, [Point("load", D(1), D(1), "kg")]) == ()


def test_a_body_with_standards_names_them(session, register):
    register()
    with pytest.raises(StandardsMissing):
        used(session)
    assert used(session, measured=False).calibration_ids == ()


def test_the_standards_named_are_those_of_the_body_by_the_calibration_of_the_day(
    session, register, calibrate
):
    weights, gauge = register(), register(code="P1", unit="kPa")
    calibrate(weights, weight_class="M1")
    older = calibrate(gauge, calibrated_on=date(2025, 1, 1), certificate_no="older", valid_until=VALID_UNTIL)
    calibrate(gauge, calibrated_on=DAY + timedelta(1), certificate_no="newer", error_percent=D(1))
    found = used(session, "P1", " W1", "P1")

    assert found.warnings == ()
    assert [each.code for each in found.standards] == ["P1", "W1"]
    assert found.standards[0] == StandardUsed(gauge.id, "P1", older.id, Quality("kPa", absolute=D("0.001")))
    assert found.standards[1].quality == Quality("kg", weight_class="M1", absolute=D("0.001"))
    assert found.calibration_ids == tuple(each.calibration_id for each in found.standards)
    later = used(session, "P1", on=DAY + timedelta(1)).standards[0]
    assert later.quality == Quality("kPa", absolute=D("0.001"), percent=D(1))


def test_of_two_calibrations_of_one_day_the_one_entered_last_holds(session, register, calibrate):
    standard = register()
    calibrate(standard)
    calibrate(standard, **failed(CALIBRATED))
    with pytest.raises(StandardFailed):
        used(session, "W1")
    again = calibrate(standard, certificate_no="again")

    assert used(session, "W1").calibration_ids == (again.id,)


def test_a_standard_of_another_body_is_unknown(session, register, calibrate):
    register()
    session.add(Body(code="branch", name="分所"))
    session.flush()
    calibrate(register(body="branch", code="B1"))
    with pytest.raises(StandardUnknown) as refusal:
        used(session, "B1")
    assert refusal.value.facts == {"standard": "B1"}


def test_a_standard_that_is_not_valid_on_the_day_is_refused_and_says_until_when(session, register, calibrate):
    standard = register()
    with pytest.raises(StandardNotCalibrated):
        used(session, "W1")
    calibrate(standard)

    assert used(session, "W1", on=CALIBRATED).warnings == ()
    assert used(session, "W1", on=VALID_UNTIL).warnings == ()
    with pytest.raises(StandardNotCalibrated):
        used(session, "W1", on=CALIBRATED - timedelta(1))
    with pytest.raises(StandardNotValid) as refusal:
        used(session, "W1", on=date(2026, 6, 1))
    assert refusal.value.facts == {
        "standard": "W1",
        "valid_until": VALID_UNTIL,
        "performed_on": date(2026, 6, 1),
    }


def test_a_standard_that_failed_is_refused_from_that_day_and_not_before(session, register, calibrate):
    standard = register()
    calibrate(standard)
    calibrate(standard, **failed(DAY))

    assert used(session, "W1", on=DAY - timedelta(1)).warnings == ()
    with pytest.raises(StandardFailed) as refusal:
        used(session, "W1", on=DAY)
    assert refusal.value.facts == {"standard": "W1", "calibrated_on": DAY}


def test_a_retired_standard_is_refused_from_that_day(session, who, register, calibrate):
    standard = register()
    calibrate(standard)
    retire_standard(session, standard, RetireStandard(retired_on=DAY), who=who)

    assert used(session, "W1", on=DAY - timedelta(1)).warnings == ()
    with pytest.raises(StandardRetired):
        used(session, "W1", on=DAY)


def test_weights_are_good_enough_up_to_a_third_of_the_limit(session, register, calibrate):
    """R 76-1, 3.7.1. M1 weights of 2.5 kg may be off by 0.125 g, which is a third of 0.375 g."""
    calibrate(register(), weight_class="M1", error_absolute=None)
    found = used(session, "W1")

    assert check_good_enough(found, [Point("示值误差", D(2500), D("0.375"), "g")]) == ()
    with pytest.raises(StandardNotGoodEnough) as refusal:
        check_good_enough(
            found,
            [Point("示值误差", D(1000), D(1), "g"), Point("示值误差", D("2500.0"), D("-0.374"), "g")],
        )
    assert refusal.value.facts == {
        "standard": "W1",
        "item": "示值误差",
        "value": "2500",
        "unit": "g",
        "error": "0.125",
        "limit": "0.374",
    }


def test_the_best_of_several_standards_decides(session, register, calibrate):
    for code, error in (("A", "1"), ("B", "0.1"), ("C", "0.2")):
        calibrate(register(code=code, unit="mmHg"), error_absolute=D(error))
    found = used(session, "A", "B", "C")

    assert check_good_enough(found, [Point("压力", D(100), D("0.3"), "mmHg")]) == ()
    with pytest.raises(StandardNotGoodEnough) as refusal:
        check_good_enough(found, [Point("压力", D(20), D("0.03"), "kPa")])
    # 0.1 mmHg in kPa, rounded up.
    assert (refusal.value.facts["standard"], refusal.value.facts["error"]) == ("B", "0.01334")


def test_a_quantity_no_standard_is_of_is_named(session, register, calibrate):
    calibrate(register(unit="kPa"))
    with pytest.raises(StandardQuantityMissing) as refusal:
        check_good_enough(used(session, "W1"), [Point("心率", D(60), D(3), "Hz")])
    assert refusal.value.sentence() == (
        "心率 is a matter of frequency; none of the standards named is one of that."
    )


def test_weights_that_do_not_make_up_the_load_are_refused(session, register, calibrate):
    calibrate(register(), weight_class="M3", error_absolute=None)
    with pytest.raises(StandardOutOfReach):
        check_good_enough(used(session, "W1"), [Point("鉴别阈", D("0.5"), D(1), "g")])


def test_limits_in_units_no_standard_can_be_recorded_in_are_not_compared(session, register, calibrate):
    calibrate(register())
    points = [Point("漏气", D(0), D("0.5"), "kPa/min"), Point("示值", D(1), D(1), "kg")]

    assert check_good_enough(used(session, "W1"), points) == (STANDARDS_NOT_COMPARED,)


@pytest.fixture
def record(session, who):
    def recorded(performed_on, **said):
        values: dict[str, Any] = {
            "instrument_id": said.get("instrument_id") or make_instrument(session).id,
            "performed_on": performed_on,
            "outcome": Outcome.PASSED,
            "technician": make_person(session).id,
            "standards": ["W1"],
        }
        return record_verification(session, RecordVerification(**(values | said)), who=who).id

    return recorded


def test_every_verdict_made_with_a_standard_is_found_in_one_statement(
    session, register, calibrate, record, statements
):
    standard = register()
    calibrate(standard)
    calibrate(register(code="W2"), certificate_no="W2")
    costs = []
    made = []
    for step in range(3):
        made.append(record(DAY + timedelta(days=step)))
        session.flush()
        statements.clear()
        found = verdicts_made_with(session, standard.id)
        costs.append(len(statements))
    record(DAY, standards=["W2"])

    assert costs == [1, 1, 1]
    assert [row.id for row in found] == made
    assert count_verdicts_made_with(session, standard.id) == 3
    assert [
        row.id
        for row in verdicts_made_with(
            session, standard.id, since=DAY + timedelta(1), until=DAY + timedelta(1)
        )
    ] == [made[1]]
    assert count_verdicts_made_with(session, standard.id, since=DAY + timedelta(1)) == 2
    assert count_verdicts_made_with(session, standard.id, until=DAY) == 1
    assert [row.id for row in verdicts_made_with(session, standard.id, after=made[0], limit=1)] == [made[1]]


def test_a_superseded_verdict_is_listed_and_says_so(session, register, calibrate, record):
    standard = register()
    calibrate(standard)
    wrong = record(DAY)
    instrument = verdicts_made_with(session, standard.id)[0].instrument_id
    right = record(DAY, instrument_id=instrument, supersedes=wrong)
    found = verdicts_made_with(session, standard.id)

    assert [(row.id, row.is_superseded, row.certificate) for row in found] == [
        (wrong, True, None),
        (right, False, None),
    ]


def _codes(session, today, **wanted):
    everything = Body.id > 0
    return [row.code for row in standards(session, everything, StandardFilter(**wanted), on=today)]


def test_standards_that_will_not_be_valid_after_a_day_are_found(session, who, register, calibrate, today):
    for code, until in (("A", date(2026, 5, 31)), ("B", date(2026, 6, 1)), ("E", date(2026, 4, 30))):
        calibrate(register(code=code), valid_until=until)
    calibrate(register(code="F"), **failed(DAY))
    register(code="N")
    retired = register(code="R")
    calibrate(retired)
    retire_standard(session, retired, RetireStandard(), who=who)
    renewed = register(code="X")
    calibrate(renewed)
    calibrate(renewed, calibrated_on=DAY, valid_until=date(2027, 4, 19), certificate_no="new")

    assert _codes(session, today, expiring_before=date(2026, 5, 31)) == ["A", "E", "F", "N"]
    assert _codes(session, today, expiring_before=date(2026, 6, 1)) == ["A", "B", "E", "F", "N"]
    assert _codes(session, today, valid_on=date(2026, 5, 31)) == ["A", "B", "X"]
    assert _codes(session, today, valid_on=date(2026, 4, 30)) == ["A", "B", "E", "R", "X"]
    assert _codes(session, today) == ["A", "B", "E", "F", "N", "R", "X"]
    assert _codes(session, today, q="x") == ["X"]
    states = [row.state for row in standards(session, Body.id > 0, StandardFilter(), on=today)]
    assert states == [
        StandardState.VALID,
        StandardState.VALID,
        StandardState.EXPIRED,
        StandardState.FAILED,
        StandardState.UNCALIBRATED,
        StandardState.RETIRED,
        StandardState.VALID,
    ]


@pytest.mark.parametrize(
    ("written", "fits"),
    [
        ("", True),
        ("JJG 539", True),
        ("JJG 539-2016", True),
        ("JJG 539-1997", False),
        ("JJG 53", False),
        ("JJG 14-2016", False),
    ],
)
def test_a_competence_fits_the_regulation_it_names_in_any_edition_or_one(session, written, fits):
    person, scale = make_person(session), kind(session, "nawi_price_computing")
    session.add(
        Competence(
            person_id=person.id,
            kind_id=scale.id,
            regulation=written,
            valid_from=date(2026, 1, 1),
            valid_until=date(2026, 12, 31),
        )
    )
    session.flush()

    found = authorisation(session, person, scale.id, on=DAY, regulation="JJG 539-2016")
    assert (found.competences_recorded, found.is_competent) == (True, fits)
    assert authorisation(session, person, scale.id, on=DAY).is_competent


def test_a_calibration_can_be_asked_for_with_all_its_digits(session, register, calibrate):
    calibrate(register(), error_absolute=D("0.00100"))

    assert str(session.scalars(select(StandardCalibration.error_absolute)).one()) == "0.00100"
