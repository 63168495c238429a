"""The demo's two programmes: who is in them, who leaves or joins, and how far each county has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import bindparam, insert, update

from verifier.db import Session
from verifier.models import Enrolment, Model
from verifier.operations.demo_register import FIRST_PROGRAMME_MONTH, DemoHolder, DemoInstrument, Ground
from verifier.operations.enrolments import enrol
from verifier.operations.journal import Doer
from verifier.operations.programmes import CreateProgramme, FunderShare, create_programme, start_programme
from verifier.rules.entitlement import Candidate, Eligibility, ProgrammeKind, ineligibility
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import InstrumentStatus, WithdrawalReason
from verifier.rules.purposes import Purpose

SUZHOU = "320500"
_FOUND_SHARE, _WITHDRAWN_SHARE = 0.02, 0.012
_FOUND_REASONS = ("现场检定时发现，未登记", "新购置后补登", "新增摊位")

# How much of its base a county has verified: some ahead, some behind, one complete.
_MARKETS_DONE = {
    "320505": 0.82,
    "320506": 0.55,
    "320507": 0.38,
    "320508": 0.985,
    "320509": 0.24,
    "320576": 1.0,
    "320581": 0.71,
    "320582": 0.47,
    "320583": 0.96,
    "320585": 0.97,
}
_CLINICS_DONE = {
    "320505": 0.44,
    "320506": 0.88,
    "320507": 0.22,
    "320508": 0.58,
    "320509": 0.35,
    "320576": 0.97,
    "320581": 0.76,
    "320582": 0.985,
    "320583": 0.955,
    "320585": 1.0,
}
_PRIMARY_CARE = (
    HolderKind.COMMUNITY_HEALTH_CENTRE,
    HolderKind.COMMUNITY_HEALTH_STATION,
    HolderKind.TOWNSHIP_HEALTH_CENTRE,
    HolderKind.VILLAGE_CLINIC,
    HolderKind.CLINIC,
)
# Blood glucose meters are voluntary: only because they are named are they in.
_PRIMARY_CARE_KINDS = (
    "bp_mercury",
    "bp_aneroid",
    "bp_auto",
    "ecg_digital",
    "ecg_analog",
    "patient_monitor",
    "glucose_meter",
)


@dataclass(frozen=True)
class Campaign:
    """A programme as it is planned, and how far each county, by its code, has come with it."""

    plan: CreateProgramme
    done: Mapping[str, float]
    id: int = 0

    def takes(self, item: DemoInstrument) -> bool:
        candidate = Candidate(
            item.status,
            item.holder.kind,
            item.kind.key,
            item.kind.mandate,
            item.purpose,
            item.make.max_capacity_g,
        )
        return ineligibility(candidate, self.plan.eligibility, self.plan.kind) is None


@dataclass(slots=True, eq=False)
class Member:
    """An instrument in a programme, where it was when it came in."""

    item: DemoInstrument
    county_code: str
    reason: WithdrawalReason | None = None
    withdrawn_on: date | None = None


def campaigns(ground: Ground) -> list[Campaign]:
    markets = CreateProgramme(
        code="DEMO-MARKETS",
        name="集贸市场在用衡器免费检定",
        kind=ProgrammeKind.MANDATORY_FREE,
        starts_on=ground.month(-5),
        ends_on=ground.month(5) - timedelta(days=1),
        district=SUZHOU,
        eligibility=Eligibility(
            holder_kinds=(HolderKind.MARKET, HolderKind.STALL),
            purposes=(Purpose.TRADE,),
            max_capacity_kg=Decimal(500),
        ),
        funders=[
            FunderShare(name="苏州市财政", share_percent=60),
            FunderShare(name="县级市（区）财政", share_percent=40),
        ],
    )
    clinics = CreateProgramme(
        code="DEMO-CLINICS",
        name="基层医疗卫生机构在用医疗器具免费检定",
        kind=ProgrammeKind.MANDATORY_FREE,
        starts_on=ground.month(FIRST_PROGRAMME_MONTH),
        ends_on=ground.month(3) - timedelta(days=1),
        district=SUZHOU,
        eligibility=Eligibility(
            holder_kinds=_PRIMARY_CARE,
            instrument_kinds=_PRIMARY_CARE_KINDS,
            purposes=(Purpose.MEDICAL,),
        ),
        funders=[
            FunderShare(name="苏州市财政", share_percent=50),
            FunderShare(name="苏州市卫生健康委员会", share_percent=50),
        ],
    )
    return [Campaign(clinics, _CLINICS_DONE), Campaign(markets, _MARKETS_DONE)]


def members_of(ground: Ground, campaign: Campaign, items: Sequence[DemoInstrument]) -> list[Member]:
    """Whom the rule enrols; a few of them are not in the register yet when the programme starts."""
    eligible = [item for item in items if campaign.takes(item)]
    for item in ground.rng.sample(eligible, round(len(eligible) * _FOUND_SHARE)):
        item.is_found = True
    return [Member(item, item.holder.county.code) for item in eligible]


def open_campaign(session: Session, campaign: Campaign, *, who: Doer) -> Campaign:
    """Create, enrol and start the programme as it was done then, by the deeds themselves."""
    plan, starts_on = campaign.plan, campaign.plan.starts_on
    programme = create_programme(session, plan, who=_then(who, starts_on - timedelta(days=20)))
    enrol(session, plan.code, who=_then(who, starts_on - timedelta(days=6)))
    start_programme(session, plan.code, who=_then(who, starts_on))
    session.flush()
    return replace(campaign, id=programme.id)


def _then(who: Doer, day: date) -> Doer:
    return Doer(name=who.name, today=day, now=datetime.combine(day, time(1, 30), UTC))


def withdraw_some(ground: Ground, campaign: Campaign, members: Sequence[Member]) -> None:
    """Take some out again, for each reason there is; the register shows what became of them."""
    staying = [member for member in members if not member.item.is_found]
    count = min(len(staying), max(len(WithdrawalReason), round(len(staying) * _WITHDRAWN_SHARE)))
    days = (ground.today - campaign.plan.starts_on).days
    for at, member in enumerate(ground.rng.sample(staying, count)):
        member.reason = list(WithdrawalReason)[at % len(WithdrawalReason)]
        member.withdrawn_on = campaign.plan.starts_on + timedelta(days=ground.rng.randrange(days))
        _take_out(ground, member, [other.item.holder for other in staying])


def _take_out(ground: Ground, member: Member, all_holders: Sequence[DemoHolder]) -> None:
    item = member.item
    item.version += 1
    if member.reason is WithdrawalReason.TRANSFERRED:
        drawn = ground.rng.choices(all_holders, k=20)
        others = [holder for holder in drawn if _could_take_over(holder, item.holder)]
        item.holder = others[0] if others else item.holder
        item.remark = "已调拨至其他单位使用"
    elif member.reason is WithdrawalReason.OUT_OF_SCOPE:
        item.purpose, item.remark = Purpose.OTHER, "改作内部使用"
    elif member.reason is WithdrawalReason.DUPLICATE:
        item.status, item.remark = InstrumentStatus.REMOVED, "重复登记"
    elif member.reason is WithdrawalReason.SCRAPPED:
        item.status = InstrumentStatus.SCRAPPED
    else:
        item.status = InstrumentStatus.SUSPENDED


def _could_take_over(other: DemoHolder, holder: DemoHolder) -> bool:
    return other.kind is holder.kind and other.county.code != holder.county.code


def store_found(session: Session, ground: Ground, campaign: Campaign, members: Sequence[Member]) -> None:
    """Enrol what was found later, from the day on which it was."""
    rows = [
        {
            "programme_id": campaign.id,
            "instrument_id": member.item.id,
            "holder_id": member.item.holder.id,
            "district_id": member.item.holder.town.id,
            "enrolled_on": member.item.registered_on,
            "is_in_frozen_base": False,
            "added_reason": ground.rng.choice(_FOUND_REASONS),
        }
        for member in members
        if member.item.is_found
    ]
    if rows:
        session.execute(insert(Enrolment), rows)


def store_withdrawals(session: Session, campaign: Campaign, members: Sequence[Member]) -> None:
    table = Model.metadata.tables["enrolment"]
    statement = (
        update(table)
        .where(table.c.programme_id == campaign.id, table.c.instrument_id == bindparam("instrument"))
        .values(withdrawn_on=bindparam("day"), withdrawal_reason=bindparam("why"), version=2)
    )
    session.execute(
        statement,
        [
            {"instrument": member.item.id, "day": member.withdrawn_on, "why": member.reason}
            for member in members
            if member.reason is not None
        ],
    )
