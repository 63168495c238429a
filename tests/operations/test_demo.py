"""The demo looks like an office's year and holds together like one."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, inspect, select

from tests.conftest import TODAY
from tests.factories import make_holder
from tests.operations.conftest import SIZE, WHO, Demo, copy_of_template, fill
from verifier import db
from verifier.models import (
    Account,
    Body,
    Certificate,
    ChainLink,
    Competence,
    District,
    Enrolment,
    Examination,
    Funder,
    Holder,
    Instrument,
    InstrumentKind,
    JournalEntry,
    Model,
    Programme,
    RegulationEdition,
    Tariff,
    Verification,
    VerificationStandard,
)
from verifier.operations.accounts import AddAccount, add_account, issue_token
from verifier.operations.demo import DatabaseNotEmpty, TooFewInstruments
from verifier.operations.imports import ImportRegister, import_register
from verifier.operations.journal import Doer
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.accounts import account_by_name, account_by_password, caller_by_token
from verifier.queries.chain import walk
from verifier.queries.completion import By, CompletionRow, completion
from verifier.queries.districts import children, district_by_code
from verifier.queries.programmes import programme_row
from verifier.queries.recount import recount
from verifier.rules.access import Role
from verifier.rules.device import DeviceStated
from verifier.rules.entitlement import FeeTreatment
from verifier.rules.holders import HolderKind, credit_code, holder_kind_by_name
from verifier.rules.lifecycle import RETIRED, InstrumentStatus, ProgrammeStatus, WithdrawalReason
from verifier.rules.readings import reading_from_json
from verifier.rules.signing import SigningRole
from verifier.rules.verdict import Outcome

# Codes nobody can guess are drawn anew in every run. They stand on a certificate and in its address; the
# digest of that record hangs on them, and with it every digest of a chain from there on.
_DRAWN_ANEW = {
    "certificate": {"check_code", "content"},
    "chain_link": {"digest", "record_digest"},
    "chain_head": {"digest"},
}


def digest(session: db.Session) -> str:
    """What all tables hold, but for the accounts with their passwords and what hangs on check codes."""
    digested = hashlib.sha256()
    for table in Model.metadata.sorted_tables:
        if table.name != "account":
            columns = [
                column for column in table.columns if column.name not in _DRAWN_ANEW.get(table.name, ())
            ]
            for row in session.execute(select(*columns).order_by(*inspect(table).primary_key)):
                digested.update(repr((table.name, *row)).encode())
    for content in session.scalars(select(Certificate.content).order_by(Certificate.id)):
        digested.update(repr({**content, "check_url": ""}).encode())
    of_others = select(ChainLink.record_digest).where(ChainLink.subject != "certificate")
    for record in session.scalars(of_others.order_by(ChainLink.id)):
        digested.update(record.encode())
    return digested.hexdigest()


def rows(session: db.Session, code: str, by: By = By.DISTRICT) -> list[CompletionRow]:
    programme = programme_row(session, code)
    root = district_by_code(session, "320500").id
    return list(completion(session, programme.id, root, on=TODAY, by=by).rows)


def total(session: db.Session, code: str) -> CompletionRow:
    programme = programme_row(session, code)
    root = district_by_code(session, "320500").id
    return completion(session, programme.id, root, on=TODAY, by=By.DISTRICT).total


def test_it_has_exactly_as_many_instruments_as_asked_for(demo: Demo, filled: db.Session) -> None:
    counts = [filled.scalar(select(func.count()).select_from(t)) for t in (Instrument, Holder, Verification)]
    said = demo.filled
    assert [SIZE, said.holders, said.verifications] == counts
    assert said.instruments == SIZE


def test_every_county_of_today_has_instruments_and_a_body(filled: db.Session) -> None:
    counties = children(filled, district_by_code(filled, "320500").id, on=TODAY)
    with_body = filled.scalars(
        select(Body.district_id).where(Body.district_id.is_not(None)).order_by(Body.id)
    ).all()
    assert [county.id for county in counties] == list(with_body)
    assert {row.code for row in rows(filled, "DEMO-MARKETS")} == {county.code for county in counties}
    assert len(counties) == 10


def test_every_stored_figure_is_what_its_records_say(filled: db.Session) -> None:
    found = recount(filled, minus_one_day=True)
    assert (found.differences, found.instruments, found.programmes) == ((), SIZE, 2)


def test_every_stored_figure_is_right_without_the_minus_one_too(session: db.Session) -> None:
    fill(session, 100, minus_one_day=False)
    assert recount(session, minus_one_day=False).differences == ()
    assert recount(session, minus_one_day=True).differences != ()


def test_recording_the_same_by_hand_stores_the_same(filled: db.Session) -> None:
    once, again = func.count() == 1, func.count() > 1
    by_instrument = select(Verification.instrument_id).group_by(Verification.instrument_id)
    first = by_instrument.having(once).order_by(Verification.instrument_id)
    examined = select(Verification.instrument_id).join(Examination)
    numbers = {
        *filled.scalars(first).all()[::24],
        *filled.scalars(by_instrument.having(again)).all()[::2],
        *filled.scalars(examined).all()[::2],
    }
    instruments = filled.scalars(select(Instrument).where(Instrument.id.in_(numbers))).all()
    assert len(instruments) > 100
    for instrument in instruments:
        _compare_with_recording(filled, instrument)


_FREE = {"id", "instrument_id", "recorded_at", "recorded_by", "supersedes_id"}


def _compare_with_recording(session: db.Session, instrument: Instrument) -> None:
    twin = _twin(session, instrument)
    records = session.scalars(
        select(Verification).where(Verification.instrument_id == instrument.id).order_by(Verification.id)
    ).all()
    numbers: dict[int | None, int | None] = {None: None}
    for record in records:
        done = record_verification(session, _command(session, record, twin, numbers), who=_on(record))
        numbers[record.id] = done.id
        again = session.get_one(Verification, done.id)
        assert _columns(again, _FREE) == _columns(record, _FREE)
        assert again.supersedes_id == numbers[record.supersedes_id]
        assert _resting(session, again) == _resting(session, record)
    session.flush()
    assert (twin.verified_on, twin.valid_until) == (instrument.verified_on, instrument.valid_until)
    if instrument.status not in RETIRED:
        assert (twin.status, twin.version) == (instrument.status, instrument.version)


def _resting(session: db.Session, record: Verification) -> tuple[Any, ...]:
    """What the record rests on: readings with their judgement, and calibrations."""
    examination = session.get(Examination, record.id)
    used = select(VerificationStandard.calibration_id).where(
        VerificationStandard.verification_id == record.id
    )
    read = None if examination is None else _columns(examination, {"verification_id"})
    return read, session.scalars(used.order_by(VerificationStandard.id)).all()


def _twin(session: db.Session, instrument: Instrument) -> Instrument:
    """The same instrument before anything was recorded of it, enrolled where the other one is."""
    before = {"identity": instrument.identity + "'", "status": InstrumentStatus.IN_USE, "version": 1}
    twin = Instrument(**(_columns(instrument, {"id", "verified_on", "valid_until"}) | before))
    session.add(twin)
    session.flush()
    for enrolment in session.scalars(select(Enrolment).where(Enrolment.instrument_id == instrument.id)):
        session.add(Enrolment(**(_columns(enrolment, {"id"}) | {"instrument_id": twin.id})))
    session.flush()
    return twin


def _columns(row: Model, without: set[str]) -> dict[str, Any]:
    return {c.key: getattr(row, c.key) for c in inspect(type(row)).columns if c.key not in without}


def _command(
    session: db.Session, record: Verification, twin: Instrument, numbers: dict[int | None, int | None]
) -> RecordVerification:
    programme = session.get(Programme, record.programme_id) if record.programme_id else None
    return RecordVerification(
        instrument_id=twin.id,
        performed_on=record.performed_on,
        outcome=record.outcome,
        stage=record.stage,
        programme=programme.code if programme else None,
        adjusted=record.adjusted,
        repaired=record.repaired,
        standards=record.standards,
        environment=record.environment,
        remark=record.remark,
        technician=record.verifier_id,
        supersedes=numbers[record.supersedes_id],
        **_readings(session, record),
    )


def _readings(session: db.Session, record: Verification) -> dict[str, Any]:
    """What was read, or where nothing was the reasons alone."""
    examination = session.get(Examination, record.id)
    if examination is None:
        return {"reasons": record.reasons}
    found, lacks = examination.as_found, tuple(examination.device["lacks"])
    edition = session.get_one(RegulationEdition, record.regulation_edition_id)
    return {
        "regulation": edition.code,
        "readings": [reading_from_json(one) for one in examination.as_left],
        "as_found": None if found is None else [reading_from_json(one) for one in found],
        "device": DeviceStated(lacks=lacks) if lacks else None,
    }


def _on(record: Verification) -> Doer:
    return replace(WHO, today=record.performed_on, now=record.recorded_at)


def test_nothing_happened_before_its_time_or_today(filled: db.Session) -> None:
    late = Verification.recorded_at >= WHO.now - timedelta(hours=8)
    early = Verification.performed_on < Instrument.registered_on
    statement = select(Verification.id).join(Instrument).where(late | early)
    assert filled.scalars(statement).all() == []
    found_first = select(Verification.id).join(
        Enrolment,
        (Enrolment.instrument_id == Verification.instrument_id)
        & (Enrolment.programme_id == Verification.programme_id),
    )
    assert filled.scalars(found_first.where(Enrolment.enrolled_on > Verification.performed_on)).all() == []


def test_a_clinic_is_verified_in_one_visit(filled: db.Session) -> None:
    first = (
        select(Verification.holder_id, func.min(Verification.performed_on).label("day"))
        .join(Holder, Holder.id == Verification.holder_id)
        .where(Verification.repaired.is_(False), Verification.programme_id.is_not(None))
        .where(Holder.kind == HolderKind.COMMUNITY_HEALTH_STATION)
        .group_by(Verification.holder_id, Verification.performed_on)
        .subquery()
    )
    days = select(func.count()).select_from(first).group_by(first.c.holder_id)
    assert set(filled.scalars(days)) == {1}


def test_the_same_seed_and_day_give_the_same_database_on_either_engine(
    demo: Demo, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    engine = db.connect(f"sqlite:///{copy_of_template(request, tmp_path)}")
    again = db.sessions_of(engine)
    with db.transaction(again) as session:
        fill(session)
    with db.reading(again) as session, db.reading(demo.sessions) as first:
        assert digest(session) == digest(first)
    engine.dispose()


def test_another_seed_gives_another_database(session: db.Session) -> None:
    first = fill(session, 100, seed=1)
    names = session.scalars(select(Holder.name)).all()
    session.rollback()
    second = fill(session, 100, seed=2)
    assert session.scalars(select(Holder.name)).all() != names
    assert first.accounts != second.accounts


def test_it_fills_only_an_empty_database(filled: db.Session) -> None:
    with pytest.raises(DatabaseNotEmpty):
        fill(filled)


def test_the_history_of_every_body_is_whole(filled: db.Session) -> None:
    walked = walk(filled)
    assert walked.broken == ()
    assert len(walked.heads) == 11


def test_one_holder_is_enough_not_to_be_empty(session: db.Session) -> None:
    make_holder(session)
    with pytest.raises(DatabaseNotEmpty):
        fill(session)


def test_a_demo_that_is_too_small_is_refused(session: db.Session) -> None:
    with pytest.raises(TooFewInstruments):
        fill(session, 99)


@pytest.mark.parametrize(("code", "complete"), [("DEMO-MARKETS", "320576"), ("DEMO-CLINICS", "320585")])
def test_counties_are_complete_ahead_and_behind(filled: db.Session, code: str, complete: str) -> None:
    found = rows(filled, code)
    shares = {row.code: row.verified / row.base for row in found}
    assert [code for code, share in shares.items() if share == 1] == [complete]
    assert sum(share >= 0.85 for share in shares.values()) >= 3
    assert sum(0.15 < share < 0.65 for share in shares.values()) >= 3


@pytest.mark.parametrize("code", ["DEMO-MARKETS", "DEMO-CLINICS"])
def test_a_programme_shows_everything_a_report_can_show(filled: db.Session, code: str) -> None:
    programme, found = programme_row(filled, code), total(filled, code)
    assert programme.status is ProgrammeStatus.RUNNING
    assert programme.starts_on + timedelta(days=120) < TODAY < programme.ends_on - timedelta(days=60)
    assert programme.frozen_on == programme.starts_on
    assert programme.base_count == found.frozen
    assert found.frozen + found.found - found.scrapped - found.moved - found.otherwise_withdrawn == found.base
    assert 0 < found.holders_completed < found.holders
    assert 0 < found.first_passed < found.verified < found.base
    assert 0 < found.on_time < found.had_due_date
    assert found.found > 0
    assert found.without_tariff > 0
    assert found.actions > found.verified - found.otherwise_withdrawn
    shares = filled.scalars(select(Funder.share_percent).where(Funder.programme_id == programme.id)).all()
    assert (len(shares), sum(shares)) == (2, 100)
    reasons = filled.scalars(
        select(Enrolment.withdrawal_reason).where(Enrolment.programme_id == programme.id).distinct()
    ).all()
    assert set(reasons) == {None, *WithdrawalReason}


def test_blood_glucose_meters_are_in_because_they_are_named(filled: db.Session) -> None:
    meters = (
        select(func.count())
        .select_from(Enrolment)
        .join(Instrument, Instrument.id == Enrolment.instrument_id)
        .join(InstrumentKind, InstrumentKind.id == Instrument.kind_id)
        .where(InstrumentKind.key == "glucose_meter")
    )
    assert filled.scalar(meters)


def test_failures_have_reasons_and_are_verified_again_free_of_a_second_fee(filled: db.Session) -> None:
    records = filled.scalars(select(Verification)).all()
    failures = [record for record in records if record.outcome is Outcome.FAILED]
    again = [record for record in records if record.fee_treatment is FeeTreatment.NOT_BILLABLE]
    assert failures
    assert all(record.reasons for record in failures)
    assert again
    assert all(record.fee_waived_fen == 0 and record.repaired for record in again)
    assert any(record.adjusted and record.outcome is Outcome.PASSED for record in records)


def test_tariffs_say_that_they_are_samples_and_some_kinds_have_none(filled: db.Session) -> None:
    documents = filled.scalars(select(Tariff.document)).all()
    assert all("样本" in document for document in documents)
    without = select(InstrumentKind.key).where(
        InstrumentKind.id.in_(select(Instrument.kind_id)),
        InstrumentKind.id.not_in(select(Tariff.kind_id)),
    )
    assert set(filled.scalars(without)) >= {"nawi_analog_spring_dial", "patient_monitor"}


def test_names_tell_the_kind_and_no_two_holders_are_called_alike(filled: db.Session) -> None:
    found = filled.execute(select(Holder.name, Holder.kind).where(Holder.kind != HolderKind.STALL)).all()
    assert [(name, holder_kind_by_name(name)) for name, _ in found] == [(name, kind) for name, kind in found]
    assert len({name for name, _ in found}) == len(found)


def test_stalls_stand_under_markets_and_have_numbers_of_their_own(filled: db.Session) -> None:
    stalls = filled.execute(
        select(Holder.parent_id, Holder.stall_no).where(Holder.kind == HolderKind.STALL)
    ).all()
    markets = set(filled.scalars(select(Holder.id).where(Holder.kind == HolderKind.MARKET)))
    assert len(set(stalls)) == len(stalls) > 100
    assert {parent for parent, _ in stalls} <= markets
    fair = select(Holder.kind).join(Instrument).where(Instrument.is_fair_scale.is_(True)).distinct()
    assert filled.scalars(fair).all() == [HolderKind.MARKET]


def test_both_check_digits_of_every_credit_code_are_right(filled: db.Session) -> None:
    codes = filled.scalars(select(Holder.uscc).where(Holder.uscc.is_not(None))).all()
    assert len(codes) > 20
    for code in codes:
        assert code is not None
        assert credit_code(code) == code
        # GB 11714, the other way round than it is made.
        last = 10 if code[16] == "X" else int(code[16])
        weighted = sum(
            int(figure) * weight for figure, weight in zip(code[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True)
        )
        assert (weighted + last) % 11 == 0


def test_a_register_that_names_a_demo_instrument_again_changes_nothing(filled: db.Session) -> None:
    statement = (
        select(
            Holder.name,
            InstrumentKind.key,
            Instrument.model,
            Instrument.serial,
            Instrument.manufacturer,
            District.code,
        )
        .join(Holder, Holder.id == Instrument.holder_id)
        .join(District, District.id == Holder.district_id)
        .join(InstrumentKind, InstrumentKind.id == Instrument.kind_id)
        .where(Holder.kind == HolderKind.COMMUNITY_HEALTH_STATION)
        .order_by(Instrument.id)
        .limit(3)
    )
    lines = ["使用单位,器具名称,型号规格,出厂编号,生产厂家,使用地点行政区划"]
    lines += [",".join(row) for row in filled.execute(statement)]
    imported = import_register(filled, "\n".join(lines).encode(), "again.csv", ImportRegister(), who=WHO)
    assert (imported.faults, imported.created, imported.unchanged) == ((), 0, 3)


def test_there_is_an_account_of_every_role_and_each_can_sign_in(demo: Demo, filled: db.Session) -> None:
    accounts = demo.filled.accounts
    assert [account.role for account in accounts] == [
        Role.ADMIN,
        Role.COORDINATOR,
        Role.OFFICIAL,
        Role.OFFICIAL,
        Role.TECHNICIAN,
        Role.TECHNICIAN,
        Role.TECHNICIAN,
        Role.HOLDER,
        Role.HOLDER,
    ]
    assert {account.name: account.signs for account in accounts if account.signs} == {
        "checker": SigningRole.CHECKER,
        "approver": SigningRole.APPROVER,
    }
    for account in accounts:
        assert account_by_password(filled, account.name, account.password).role is account.role
        assert not set(account.password) & set("0O1lIo")
    assert len({account.password for account in accounts}) == len(accounts)


def test_the_market_that_can_sign_in_has_stalls(filled: db.Session) -> None:
    market = account_by_name(filled, "market").holder_id
    assert filled.scalar(select(func.count()).where(Holder.parent_id == market))


def test_the_technician_may_record_at_once(filled: db.Session) -> None:
    technician = account_by_name(filled, "technician")
    caller = caller_by_token(filled, issue_token(filled, technician, WHO))
    programme = programme_row(filled, "DEMO-MARKETS")
    open_ones = (
        select(Enrolment.instrument_id)
        .join(Instrument, Instrument.id == Enrolment.instrument_id)
        .where(
            Enrolment.programme_id == programme.id,
            Enrolment.withdrawn_on.is_(None),
            Instrument.verified_on == Instrument.stated_verified_on,
            Instrument.kind_id.in_(select(Tariff.kind_id)),
            Instrument.kind_id.in_(select(InstrumentKind.id).where(InstrumentKind.interval_months > 0)),
            Instrument.district_id.in_(
                [d.id for d in children(filled, district_by_code(filled, "320585").id, on=TODAY)]
            ),
        )
    )
    command = RecordVerification(
        instrument_id=filled.scalars(open_ones.limit(1)).one(),
        programme=programme.code,
        performed_on=TODAY,
        outcome=Outcome.PASSED,
    )
    done = record_verification(filled, command, who=replace(WHO, caller=caller))
    assert done.warnings == ()


def test_one_technician_of_every_body_is_not_competent_any_more(filled: db.Session) -> None:
    last_days = select(func.max(Competence.valid_until)).group_by(Competence.person_id)
    assert sum(day < TODAY for day in filled.scalars(last_days)) == 10


def test_an_administrator_who_is_there_already_stays_the_only_one(session: db.Session) -> None:
    add_account(session, AddAccount(name="chief", role=Role.ADMIN, password="already-here"), who=WHO)
    filled = fill(session, 100)
    assert Role.ADMIN not in {account.role for account in filled.accounts}
    assert session.scalars(select(Account.name).where(Account.role == Role.ADMIN)).all() == ["chief"]


def test_the_journal_knows_how_the_programmes_came_about(filled: db.Session) -> None:
    deeds = filled.scalars(select(JournalEntry.deed).order_by(JournalEntry.id)).all()
    started = ["create_programme", "enrol", "start_programme"]
    of_papers = {"sign_record", "return_record", "issue_certificate"}
    assert [deed for deed in deeds if deed not in of_papers] == [
        *("load_facts", *started, *started),
        *("revoke_certificate", "record_verification", "record_repair", "add_calibration"),
        *(["add_account"] * 9),
        "fill_demo",
    ]
    assert of_papers <= set(deeds)


def test_progress_only_ever_grows_and_ends_at_the_end(session: db.Session) -> None:
    seen: list[tuple[int, int]] = []
    assert fill(session, 101, progress=lambda done, of: seen.append((done, of))).instruments == 101
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == ((0, 202), (202, 202))
