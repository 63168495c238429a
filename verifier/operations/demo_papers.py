"""What follows the demo's newest verifications: signatures, papers, and what waits, as an office has it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from verifier.db import Session
from verifier.operations.certificates import Issued, RevokeCertificate, revoke_certificate
from verifier.operations.demo_office import DemoBody, DemoPerson
from verifier.operations.demo_records import DemoRecord
from verifier.operations.demo_visits import Visit
from verifier.operations.journal import Doer
from verifier.operations.repairs import RecordRepair, record_repair
from verifier.operations.signatures import Signed, SignRecord, sign_record
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.instruments import instrument_for_update
from verifier.rules.lifecycle import InstrumentStatus
from verifier.rules.papers import DocumentKind
from verifier.rules.practice import Practice
from verifier.rules.signing import Decision
from verifier.rules.verdict import Outcome

# A body issues papers here since a day with so many records behind it, at most so many days ago.
_RECORDS, _OLD_RECORDS, _MOST_DAYS = 45, 15, 30
# What was verified longer ago than this is on somebody's desk.
_ON_THE_DESK = timedelta(days=3)
# Of those so many have their papers, more only where too many would wait, and so many others were checked.
_SIGNED_SHARE, _SIGNED, _WAITING, _CHECKED = 0.6, 12, 55, 5
# When they are signed: in the morning and in the afternoon of the second day after.
_SIGNED_AFTER, _CHECKED_AT, _APPROVED_AT = timedelta(days=2), time(1, 20), time(7, 10)
_CORRECTED_AT = time(0, 40)

# So many were returned, for this reason.
_RETURNED, _RETURNED_FOR = 2, "原始记录中读数与环境条件不符，请复核后重新记录"
_REVOKED = "证书送达单位有误，收回作废，另行出具。"
_CORRECTED = "更正：原记录的环境温度填写有误。"
_REPAIRER, _REPAIR = "苏州示例衡器修理部", "更换传感器，重新标定，加封铅封。"

# Told how many signatures of how many were given.
Progress = Callable[[int, int], None]


def papers_from(visits: Iterable[Visit], bodies: Iterable[DemoBody], today: date) -> dict[int, date]:
    """Since when each body, by its id, issues papers here: long enough for a queue worth looking at."""
    days: dict[int, list[date]] = defaultdict(list)
    for visit in visits:
        days[visit.body.id].append(visit.performed_on)
    return {body.id: _begun(sorted(days[body.id], reverse=True), today) for body in bodies}


def _begun(days: Sequence[date], today: date) -> date:
    """`days` are those of a body's verifications, the newest first."""
    for number, day in enumerate(days, start=1):
        old = sum(one <= today - _ON_THE_DESK for one in days[:number])
        if number >= _RECORDS and old >= _OLD_RECORDS:
            return max(day, today - timedelta(days=_MOST_DAYS))
    return today - timedelta(days=_MOST_DAYS)


@dataclass(frozen=True)
class _Paper:
    """A record with the paper it got."""

    record: DemoRecord
    issued: Issued


@dataclass(frozen=True)
class _Desk:
    """What became of a body's records: signed by all, by the checker only, returned; the rest waits."""

    signed: Sequence[DemoRecord]
    checked: Sequence[DemoRecord]
    returned: Sequence[DemoRecord]

    @property
    def signatures(self) -> int:
        return 2 * len(self.signed) + len(self.checked)


def _desk(own: Sequence[DemoRecord], today: date) -> _Desk:
    """`own` are a body's records, the oldest first."""
    old = [record for record in own if record.visit.performed_on <= today - _ON_THE_DESK]
    usual = min(_SIGNED, round(len(old) * _SIGNED_SHARE))
    count = max(usual, len(own) - _WAITING)
    returned, others = old[count : count + 1], old[count + 1 :]
    # Whoever looks at a small demo finds something to check, too.
    return _Desk(old[:count], others[: min(_CHECKED, len(others) // 2)], returned if others else [])


@dataclass(frozen=True)
class Papers:
    """Signs for the people of the demo's bodies, each on the day on which it was done."""

    session: Session
    practice: Practice
    # The codes of programmes, by id.
    programmes: Mapping[int, str]
    today: date

    def issue(self, due: Sequence[DemoRecord], first: DemoBody, progress: Progress) -> None:
        """Sign most of what is due, and leave the rest to whoever looks at the demo.

        What becomes of single papers is shown by one of the first body where there is one.
        """
        bodies = dict.fromkeys([first, *(record.visit.body for record in due)])
        desks = [_desk([one for one in due if one.visit.body == body], self.today) for body in bodies]
        done, of = 0, sum(desk.signatures for desk in desks)
        issued: list[_Paper] = []
        for desk in desks:
            for record in desk.signed:
                self._check(record, _after(record))
                issued.append(_Paper(record, self._approve(record, _after(record))))
                done += 2
                progress(done, of)
            for record in desk.checked:
                self._check(record, _after(record))
            done += len(desk.checked)
        for record in [record for desk in desks for record in desk.returned][:_RETURNED]:
            self._check(record, _after(record), _RETURNED_FOR)
        self._revoke(issued)
        self._correct(issued)
        self._repair([*(paper.record for paper in issued), *due])

    def _check(self, record: DemoRecord, day: date, returned_for: str = "") -> None:
        visit = record.visit
        checker = visit.body.checker(visit.item.kind.key, visit.verifier)
        self._sign(record, checker, _doer(checker, day, _CHECKED_AT), returned_for)

    def _approve(self, record: DemoRecord, day: date) -> Issued:
        approver = record.visit.body.approver
        issued = self._sign(record, approver, _doer(approver, day, _APPROVED_AT)).certificate
        if issued is None:
            raise LookupError(f"record {record.number} was signed by all and has no paper")
        return issued

    def _sign(self, record: DemoRecord, person: DemoPerson, who: Doer, returned_for: str = "") -> Signed:
        decision = Decision.RETURNED if returned_for else Decision.SIGNED
        command = SignRecord(technician=person.id, decision=decision, reason=returned_for)
        return sign_record(self.session, record.number, command, who=who, practice=self.practice)

    def _revoke(self, issued: Sequence[_Paper]) -> None:
        """The first certificate went to somebody else."""
        for paper in [paper for paper in issued if _is_certificate(paper)][:1]:
            who = _doer(paper.record.visit.body.approver, self._yesterday, _CHECKED_AT)
            revoke_certificate(self.session, paper.issued.number, RevokeCertificate(reason=_REVOKED), who=who)

    def _correct(self, issued: Sequence[_Paper]) -> None:
        """The second certificate's record had a slip: another took its place, and got a paper of its own."""
        certificates = [paper.record for paper in issued if _is_certificate(paper)][1:]
        for record in [record for record in certificates if record.examined is not None][:1]:
            who = _doer(record.visit.verifier, self._yesterday, _CORRECTED_AT)
            done = record_verification(
                self.session, self._correction(record), who=who, practice=self.practice
            )
            later = replace(record, number=done.id)
            self._check(later, self._yesterday)
            self._approve(later, self._yesterday)

    def _correction(self, record: DemoRecord) -> RecordVerification:
        """The same once more, with another temperature."""
        visit, examined = record.visit, record.examined
        if examined is None:
            raise LookupError(f"record {record.number} has no readings to be recorded again")
        asked = examined.judged.asked
        return RecordVerification(
            instrument_id=visit.item.id,
            performed_on=visit.performed_on,
            stage=asked.stage,
            programme=None if visit.programme_id is None else self.programmes[visit.programme_id],
            regulation=examined.judged.rules.code,
            adjusted=visit.adjusted,
            repaired=visit.repaired,
            readings=list(asked.as_left),
            as_found=None if asked.as_found is None else list(asked.as_found),
            device=asked.stated,
            standards=[standard.code for standard in examined.standards],
            environment={**examined.environment, "temperature_c": 25},
            remark=_CORRECTED,
            technician=visit.verifier.id,
            supersedes=record.number,
        )

    def _repair(self, records: Sequence[DemoRecord]) -> None:
        """One instrument that failed was repaired and waits for its next verification."""
        for record in records:
            visit = record.visit
            instrument = instrument_for_update(self.session, visit.item.id)
            failed_last = instrument.verified_on == visit.performed_on and visit.outcome is Outcome.FAILED
            if failed_last and instrument.status is InstrumentStatus.SUSPENDED:
                day = min(visit.performed_on + timedelta(days=2), self._yesterday)
                command = RecordRepair(repaired_on=day, repairer=_REPAIRER, work=_REPAIR)
                who = _doer(visit.verifier, day, _APPROVED_AT)
                record_repair(self.session, instrument, command, who=who)
                return

    @property
    def _yesterday(self) -> date:
        return self.today - timedelta(days=1)


def _is_certificate(paper: _Paper) -> bool:
    return paper.issued.document is DocumentKind.CERTIFICATE


def _after(record: DemoRecord) -> date:
    return record.visit.performed_on + _SIGNED_AFTER


def _doer(person: DemoPerson, day: date, at: time) -> Doer:
    return Doer(name=person.name, today=day, now=datetime.combine(day, at, UTC))
