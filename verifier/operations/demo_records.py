"""The demo's verifications as they would have been recorded: the same rules, thousands at a time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import bindparam, insert, update

from verifier.db import Session
from verifier.models import Model, Verification
from verifier.operations.demo_examinations import Examinations, Examined, store_examinations
from verifier.operations.demo_register import DemoInstrument, Ground
from verifier.operations.demo_store import ONE_SHAPE
from verifier.operations.demo_visits import Visit
from verifier.operations.examinations import Found
from verifier.queries.catalogue import KindRow, RegulationRow, TariffRow
from verifier.rules import validity
from verifier.rules.entitlement import FeeTreatment, fee_waived
from verifier.rules.validity import Finding
from verifier.rules.verdict import Outcome, Stage, as_found


@dataclass(frozen=True)
class InForce:
    """Editions and tariffs by the key of their kind; which one governs is decided as the questions do."""

    editions: Mapping[str, Sequence[RegulationRow]]
    tariffs: Mapping[str, Sequence[TariffRow]]
    minus_one_day: bool

    def edition(self, kind: str, on: date) -> RegulationRow | None:
        """The newest; of two from one day, the one that was loaded first."""
        return max(
            (
                row
                for row in self.editions.get(kind, ())
                if _governs(row.effective_from, row.effective_to, on)
            ),
            key=lambda row: (row.effective_from or date.min, -row.id),
            default=None,
        )

    def tariff(self, kind: str, on: date) -> TariffRow | None:
        return max(
            (row for row in self.tariffs.get(kind, ()) if _governs(row.effective_from, row.effective_to, on)),
            key=lambda row: row.effective_from,
            default=None,
        )

    def last_day(self, kind: KindRow, performed_on: date | None) -> date | None:
        return validity.last_day(
            kind.form, kind.interval_months, performed_on, minus_one_day=self.minus_one_day
        )

    def stated_until(self, item: DemoInstrument) -> date | None:
        return self.last_day(item.kind, item.stated_verified_on)


@dataclass(frozen=True)
class _Draft:
    columns: dict[str, object]
    examined: Examined | None


def _as_stated(visit: Visit) -> Found:
    worked_on = visit.adjusted or visit.repaired
    return Found(visit.outcome, as_found(visit.outcome, worked_on=worked_on), visit.reasons)


def _governs(since: date | None, until: date | None, on: date) -> bool:
    return since is not None and since <= on and (until is None or until >= on)


@dataclass(frozen=True)
class DemoRecord:
    """A stored record whose paper is issued here; `examined` is None where only the outcome was recorded."""

    number: int
    visit: Visit
    examined: Examined | None


@dataclass
class Records:
    """Turns visits, in the order of their days, into rows; and says where each instrument stands then."""

    ground: Ground
    in_force: InForce
    examinations: Examinations
    found: dict[DemoInstrument, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    # Those that a paper follows, in the order of their days.
    due: list[DemoRecord] = field(default_factory=list)

    def store(self, session: Session, visits: Sequence[Visit]) -> None:
        """The visits must come in the order in which they were recorded, which is that of their days."""
        if not visits:
            return
        drafts = [self._draft(visit) for visit in visits]
        rows = [draft.columns for draft in drafts]
        statement = insert(Verification).execution_options(**ONE_SHAPE)
        if not any(self.examinations.is_due(visit) for visit in visits):
            session.execute(statement, rows)
            return
        numbers = session.scalars(statement.returning(Verification.id, sort_by_parameter_order=True), rows)
        stored = [
            DemoRecord(number, visit, draft.examined)
            for number, visit, draft in zip(numbers, visits, drafts, strict=True)
        ]
        self.due += [record for record in stored if self.examinations.is_due(record.visit)]
        store_examinations(
            session, [(one.number, one.examined) for one in stored if one.examined is not None]
        )

    def _draft(self, visit: Visit) -> _Draft:
        item, kind, on = visit.item, visit.item.kind, visit.performed_on
        earlier = self.found[item]
        known = [*self._stated(item), *earlier]
        stage = Stage.INITIAL if item.is_new and not earlier else Stage.SUBSEQUENT
        edition, tariff = self.in_force.edition(kind.key, on), self.in_force.tariff(kind.key, on)
        edition = edition or self.examinations.applied(visit, self.in_force.editions.get(kind.key, ()))
        examined = self.examinations.examine(visit, stage, edition)
        found = examined.found if examined else _as_stated(visit)
        treatment = (
            FeeTreatment.NOT_BILLABLE if validity.follows_a_failure(known, on=on) else FeeTreatment.WAIVED
        )
        tariff_fen = tariff.fee_fen if tariff else None
        until = self.in_force.last_day(kind, on) if visit.outcome is Outcome.PASSED else None
        columns: dict[str, object] = {
            "instrument_id": item.id,
            "holder_id": item.holder.id,
            "district_id": item.holder.town.id,
            "programme_id": visit.programme_id,
            "performed_on": on,
            "stage": stage,
            "as_found": found.as_found,
            "outcome": found.outcome,
            "reasons": list(found.reasons),
            "adjusted": visit.adjusted,
            "repaired": visit.repaired,
            "body_id": visit.body.id,
            "verifier_id": visit.verifier.id,
            "regulation_edition_id": edition.id if edition else None,
            "tariff_id": tariff.id if tariff else None,
            "tariff_fen": tariff_fen,
            "fee_treatment": treatment,
            "fee_waived_fen": fee_waived(tariff_fen, treatment),
            "due_on": validity.held_until(known, before=on),
            "valid_until": until,
            "standards": [standard.code for standard in examined.standards] if examined else [],
            "environment": dict(examined.environment) if examined else {},
            "remark": "",
            "recorded_at": self._recorded_at(on),
            "recorded_by": visit.verifier.name,
        }
        # Rows are numbered in this order, so that the count stands for the number of the record.
        earlier.append(Finding(on, len(earlier) + 1, visit.outcome, until))
        item.version += 1
        return _Draft(columns, examined)

    def _stated(self, item: DemoInstrument) -> list[Finding]:
        return validity.stated(item.stated_verified_on, self.in_force.stated_until(item))

    def _recorded_at(self, on: date) -> datetime:
        """In the afternoon, seldom the day after; always before today, so that the hour does not matter."""
        late = on + timedelta(days=1) < self.ground.today and self.ground.rng.random() < 0.05
        day = on + timedelta(days=1) if late else on
        return datetime.combine(day, time(5), UTC) + timedelta(minutes=self.ground.rng.randrange(300))

    def store_standings(self, session: Session, items: Sequence[DemoInstrument]) -> None:
        """Bring the register to where the records and withdrawals have left each instrument."""
        columns = ("holder_id", "district_id", "purpose", "status", "verified_on", "valid_until", "remark")
        table = Model.metadata.tables["instrument"]
        statement = (
            update(table)
            .where(table.c.id == bindparam("number"))
            .values({name: bindparam(f"new_{name}") for name in (*columns, "version")})
        )
        changed = list(self._standings(items))
        if changed:
            session.execute(statement, changed)

    def _standings(self, items: Sequence[DemoInstrument]) -> Iterator[dict[str, object]]:
        for item in items:
            if item.version == 1:
                continue
            known = [*self._stated(item), *self.found.get(item, [])]
            standing = validity.standing(known, status=item.status)
            yield {
                "number": item.id,
                "new_holder_id": item.holder.id,
                "new_district_id": item.holder.town.id,
                "new_purpose": item.purpose,
                "new_status": standing.status,
                "new_verified_on": standing.verified_on,
                "new_valid_until": standing.valid_until,
                "new_remark": item.remark,
                "new_version": item.version,
            }
