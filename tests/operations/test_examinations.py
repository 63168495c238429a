from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import make_holder, make_instrument, make_person, make_tariff, office_body
from tests.rules.perfect import DIGITAL, MERCURY, perfect, reading, without
from verifier import regulation_files
from verifier.models import (
    Examination,
    RegulationEdition,
    RegulationRules,
    Standard,
    StandardCalibration,
    Verification,
    VerificationStandard,
)
from verifier.operations.examinations import (
    AsFoundWithoutReadings,
    AsFoundWithoutWork,
    OutcomeContradictsReadings,
    OutcomeMissing,
    RulesUnknown,
)
from verifier.operations.regulations import RegulationForUnknownKind, import_regulation
from verifier.operations.standards import StandardNotGoodEnough, StandardsMissing
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.catalogue import rules_in_force
from verifier.rules.asking import ReadingMissing
from verifier.rules.device import CharacteristicMissing, DeviceStated, device_from_register, from_json
from verifier.rules.entitlement import FeeTreatment
from verifier.rules.judgement import judgement_from_json
from verifier.rules.lifecycle import InstrumentStatus
from verifier.rules.readings import Finding3, reading_from_json
from verifier.rules.regulation import RegulationWrong, read_regulation
from verifier.rules.verdict import Outcome, Stage, judge

DAY = date(2026, 4, 20)
SCALE: dict[str, Any] = {"measuring_range": "(0~15)kg", "accuracy_class": "III", "scale_interval": "5g"}
DEVICE = device_from_register("(0~15)kg", "III", "5g", kind="nawi_digital")
GOOD = perfect(DIGITAL, device=DEVICE)
# At 10 kg class III allows 5 g.
TOO_MUCH = reading("indication_error", "10", "10.010", position="up")


@pytest.fixture
def instrument(session):
    return make_instrument(session, make_holder(session), kind_key="nawi_digital", **SCALE)


@pytest.fixture
def record(session, who, instrument):
    verifier = make_person(session)

    def recorded(**facts):
        command = {"instrument_id": instrument.id, "performed_on": DAY, "technician": verifier.id} | facts
        return record_verification(session, RecordVerification(**command), who=who)

    return recorded


def stored(session, recorded):
    return session.get_one(Examination, recorded.id)


def test_the_readings_decide_and_everything_they_rest_on_is_kept(session, record):
    recorded = record(readings=GOOD)
    assert (recorded.verdict, recorded.valid_until) == (Outcome.PASSED, date(2027, 4, 19))
    kept = stored(session, recorded)
    rules = session.get_one(RegulationRules, kept.rules_id)
    assert (rules.code, rules.digest) == ("JJG 539-2016", regulation_files.digest(rules.document))
    device = from_json(kept.device)
    assert (device.accuracy_class, device.maximum, device.unit) == ("III", Decimal(15), "kg")
    assert [reading_from_json(one) for one in kept.as_left] == GOOD
    assert (kept.as_found, kept.judged_as_found) == (None, None)
    judged = judgement_from_json(kept.judged_as_left)
    assert judged == judge(DIGITAL, Stage.SUBSEQUENT, device, GOOD)


def test_one_reading_beyond_the_limit_fails_the_instrument_and_says_which_item(session, record, instrument):
    recorded = record(readings=[*GOOD, TOO_MUCH])
    assert (recorded.verdict, recorded.valid_until) == (Outcome.FAILED, None)
    assert session.get_one(Verification, recorded.id).reasons == ["称量（示值误差）不合格"]
    assert instrument.status is InstrumentStatus.SUSPENDED


def test_an_outcome_that_agrees_is_taken_and_reasons_are_added_to(session, record):
    recorded = record(readings=[*GOOD, TOO_MUCH], outcome=Outcome.FAILED, reasons=["铅封破损"])
    assert session.get_one(Verification, recorded.id).reasons == ["称量（示值误差）不合格", "铅封破损"]


def test_an_outcome_that_contradicts_the_readings_is_refused(session, record):
    with pytest.raises(OutcomeContradictsReadings) as refused:
        record(readings=[*GOOD, TOO_MUCH], outcome=Outcome.PASSED)
    assert refused.value.facts == {
        "outcome": Outcome.PASSED,
        "judged": Outcome.FAILED,
        "why": "称量（示值误差）不合格",
    }
    assert session.scalars(select(Verification)).all() == []


def test_neither_readings_nor_outcome_is_no_verification(record):
    with pytest.raises(OutcomeMissing):
        record()


def test_a_missing_reading_is_refused_by_its_name(record):
    with pytest.raises(ReadingMissing):
        record(readings=without(GOOD, "eccentricity"))


def test_as_left_decides_and_as_found_is_what_first_pass_counts(session, record):
    adjusted = record(readings=GOOD, as_found=[*GOOD, TOO_MUCH], adjusted=True)
    assert adjusted.verdict is Outcome.PASSED
    row = session.get_one(Verification, adjusted.id)
    assert (row.as_found, row.outcome, row.reasons) == (Outcome.FAILED, Outcome.PASSED, [])
    kept = stored(session, adjusted)
    assert judgement_from_json(kept.judged_as_found).outcome is Outcome.FAILED
    assert [reading_from_json(one) for one in kept.as_found] == [*GOOD, TOO_MUCH]


def test_what_was_fine_before_it_was_adjusted_was_found_passing(session, record):
    adjusted = record(readings=GOOD, as_found=GOOD, adjusted=True)
    assert session.get_one(Verification, adjusted.id).as_found is Outcome.PASSED


def test_without_readings_as_found_what_was_adjusted_counts_as_found_failing(session, record):
    adjusted = record(readings=GOOD, repaired=True)
    assert session.get_one(Verification, adjusted.id).as_found is Outcome.FAILED


def test_readings_as_found_need_readings_as_left_and_work_between(record):
    with pytest.raises(AsFoundWithoutReadings):
        record(as_found=GOOD, outcome=Outcome.PASSED, adjusted=True)
    with pytest.raises(AsFoundWithoutWork):
        record(as_found=GOOD, readings=GOOD)


def test_what_stands_on_the_instrument_goes_before_the_register(session, record, instrument):
    instrument.scale_interval = ""
    session.flush()
    with pytest.raises(CharacteristicMissing):
        record(readings=GOOD)
    recorded = record(readings=GOOD, device=DeviceStated(e=Decimal("0.005")))
    assert from_json(stored(session, recorded).device).intervals == DEVICE.intervals


def test_a_decisive_check_that_fails_needs_no_measurement(session, record):
    recorded = record(readings=[reading("marks_and_seals", finding=Finding3.NOT_OK)])
    assert recorded.verdict is Outcome.FAILED
    assert session.get_one(Verification, recorded.id).reasons == ["检定标记、铅封与防作弊不合格"]


def test_a_kind_without_rules_takes_an_outcome_and_no_readings(session, record):
    centrifuge = make_instrument(session, make_holder(session), kind_key="xray_ct")
    with pytest.raises(RulesUnknown) as refused:
        record(instrument_id=centrifuge.id, readings=GOOD)
    assert refused.value.facts == {"regulation": "JJG 961-2017"}
    assert record(instrument_id=centrifuge.id, outcome=Outcome.PASSED).verdict is Outcome.PASSED


def test_a_verification_after_a_failure_costs_nobody_anything(session, record):
    make_tariff(session, "nawi_digital", fee_fen=4000)
    failed = record(readings=[*GOOD, TOO_MUCH])
    again = record(readings=GOOD, repaired=True, performed_on=date(2026, 4, 25))
    treatments = [session.get_one(Verification, one.id).fee_treatment for one in (failed, again)]
    assert treatments == [FeeTreatment.WAIVED, FeeTreatment.NOT_BILLABLE]
    assert (failed.fee_waived_fen, again.fee_waived_fen) == (4000, 0)


@pytest.fixture
def weights(session, who):
    """The office's weights by their class."""

    def made(of_class):
        standard = Standard(body_id=office_body(session).id, code=f"W-{of_class}", name="砝码组", unit="kg")
        session.add(standard)
        session.flush()
        session.add(
            StandardCalibration(
                standard_id=standard.id,
                certificate_no="LX-1",
                calibrated_on=date(2026, 1, 5),
                outcome=Outcome.PASSED,
                valid_until=date(2027, 1, 4),
                weight_class=of_class,
                recorded_at=who.now,
                recorded_by=who.name,
            )
        )
        session.flush()
        return standard

    return made


def test_the_standards_used_are_kept_with_their_calibration(session, record, weights):
    standard = weights("M1")
    recorded = record(readings=GOOD, standards=["W-M1"])
    kept = session.scalars(select(VerificationStandard)).one()
    calibration = session.get_one(StandardCalibration, kept.calibration_id)
    assert (kept.verification_id, calibration.standard_id) == (recorded.id, standard.id)


def test_once_standards_are_recorded_measuring_without_one_is_refused(record, weights):
    weights("M1")
    with pytest.raises(StandardsMissing):
        record(readings=GOOD)
    assert record(outcome=Outcome.PASSED).verdict is Outcome.PASSED


def test_weights_that_may_be_off_by_more_than_a_third_of_the_limit_are_refused(record, weights):
    weights("M3")
    with pytest.raises(StandardNotGoodEnough) as refused:
        record(readings=GOOD, standards=["W-M3"])
    assert refused.value.facts["standard"] == "W-M3"


def test_two_verdicts_of_one_day_keep_the_rules_each_was_found_by(session, record, who):
    first = record(readings=GOOD, performed_on=date(2026, 4, 19))
    text = regulation_text("JJG 539-2016").replace(
        "up_to = 500, plus_minus = 0.5", "up_to = 500, plus_minus = 0.4"
    )
    loaded = import_regulation(session, text.encode(), "stricter.toml", who=who)
    assert (loaded.code, loaded.is_new) == ("JJG 539-2016", True)
    second = record(readings=GOOD)
    rules = [session.get_one(RegulationRules, stored(session, one).rules_id) for one in (first, second)]
    assert rules[0].id < rules[1].id
    limits = [
        {
            (point.lower, point.upper)
            for item in judgement_from_json(stored(session, one).judged_as_left).items
            if item.key == "indication_error"
            for point in item.points
            if point.reading.reference == Decimal("0.1")
        }
        for one in (first, second)
    ]
    assert limits == [{(Decimal("-0.0025"), Decimal("0.0025"))}, {(Decimal("-0.002"), Decimal("0.002"))}]


def regulation_text(code):
    path = regulation_files.SHIPPED / f"{code}.toml"
    return path.read_text(encoding="utf-8")


def test_every_kind_of_a_file_has_its_edition_and_every_file_its_rules(session):
    codes = {document["code"] for _, document in regulation_files.shipped()}
    assert set(session.scalars(select(RegulationRules.code))) == codes
    for name, document in regulation_files.shipped():
        regulation = read_regulation(document, source=name)
        editions = select(RegulationEdition).where(RegulationEdition.code == regulation.code)
        assert len(session.scalars(editions).all()) >= len(regulation.kinds), name


def test_an_offices_own_file_governs_from_its_day(session, who, record):
    text = (
        regulation_text("JJG 539-2016")
        .replace("JJG 539-2016", "JJG 539-2026")
        .replace("effective_from = 2017-05-30", "effective_from = 2026-04-01")
    )
    loaded = import_regulation(session, text.encode(), "new.toml", who=who)
    assert (loaded.code, loaded.is_new, len(loaded.kinds)) == ("JJG 539-2026", True, 4)
    recorded = record(readings=GOOD)
    assert judgement_from_json(stored(session, recorded).judged_as_left).regulation == "JJG 539-2026"
    again = import_regulation(session, text.encode(), "new.toml", who=who)
    assert again == replace(loaded, is_new=False)


def newest(session, code):
    rules = rules_in_force(session, code)
    assert rules is not None
    return rules.id


def test_a_wrong_file_is_refused_by_name_and_changes_nothing(session, who):
    before = newest(session, "JJG 270-2008")
    with pytest.raises(RegulationWrong):
        import_regulation(session, b"code = ", "broken.toml", who=who)
    text = regulation_text("JJG 270-2008").replace('"bp_aneroid"', '"bp_steam"')
    with pytest.raises(RegulationForUnknownKind) as refused:
        import_regulation(session, text.encode(), "steam.toml", who=who)
    assert refused.value.facts == {"source": "steam.toml", "kind": "bp_steam"}
    assert newest(session, "JJG 270-2008") == before


def test_a_sphygmomanometer_is_judged_in_the_unit_it_shows(session, record):
    mercury = make_instrument(
        session, make_holder(session), kind_key="bp_mercury", measuring_range="(0~300)mmHg"
    )
    device = device_from_register("(0~300)mmHg", "", "", kind="bp_mercury")
    good = perfect(MERCURY, device=device)
    recorded = record(instrument_id=mercury.id, readings=good)
    judged = judgement_from_json(stored(session, recorded).judged_as_left)
    assert {item.unit for item in judged.items if item.key == "indication_error"} == {"mmHg"}
