"""Plans of visits as every door shows them: times as a clock says them, reasons in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from babel.dates import format_date

from scheduler.plan_editing import Load
from scheduler.plan_values import Names, Reason, told
from scheduler.round_faults import Fault
from scheduler.travel import TravelSource
from verifier.db import Session
from verifier.i18n import mark, say
from verifier.queries.catalogue import kinds
from verifier.queries.plan_comparison import Change, PlanComparison, Slot
from verifier.queries.plans import PlanRow, RoundRow, StopRow

# Facts of a reason that are days.
_DAYS = ("day", "last")


def clock(minutes: int) -> str:
    """Minutes since midnight as 08:30."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def reason_told(stop: StopRow, language: str, kinds: Mapping[str, str] | None = None) -> str:
    """Why a visit is left out; `kinds` are names of kinds by their keys, in the reader's language."""
    facts = {
        name: format_date(date.fromisoformat(fact), "medium", locale=language) if name in _DAYS else fact
        for name, fact in stop.facts.items()
    }
    names = Names(competences=kinds or {}, kits=kinds or {})
    return told(stop.sentence, facts, language, names)


def plan_json(
    plan: PlanRow,
    rounds: Sequence[RoundRow],
    left_out: Sequence[StopRow],
    language: str,
    kinds: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A whole plan; times are clocks of the office."""
    return {
        **figures_json(plan, language),
        "rounds": [_round(one) for one in rounds if one.stops],
        "left_out": [
            _stop(stop)
            | {
                "reason": stop.reason,
                "message": reason_told(stop, language, kinds),
            }
            for stop in left_out
        ],
    }


def figures_json(plan: PlanRow, language: str) -> dict[str, Any]:
    """A plan in a list."""
    return {
        "id": plan.id,
        "body": plan.body,
        "district": plan.district,
        "first_on": plan.first_on.isoformat(),
        "last_on": plan.last_on.isoformat(),
        "status": plan.status.value,
        "previous": plan.previous_id,
        "visits": plan.visits,
        "left_out_count": plan.left_out,
        "days_used": plan.days_used,
        "travel_minutes": plan.travel_minutes,
        "overtime_minutes": plan.overtime_minutes,
        "travel_source": plan.travel_source,
        "travel_told": say(TravelSource.of(plan.travel_source).word, language),
        "is_repeatable": plan.was_counted,
        "seed": plan.seed,
        "made_at": plan.made_at.isoformat(),
        "made_by": plan.made_by,
        "published_at": None if plan.published_at is None else plan.published_at.isoformat(),
        "published_by": plan.published_by or None,
        "version": plan.version,
    }


def _round(one: RoundRow) -> dict[str, Any]:
    return {
        "id": one.id,
        "day": one.day.isoformat(),
        "technician": {"id": one.person_id, "name": one.person},
        "leaves": clock(one.leaves),
        "returns": clock(one.returns),
        "travel_minutes": one.travel_minutes,
        "overtime_minutes": one.overtime,
        "kits": one.kits,
        "stops": [_stop(stop) | _times(stop) for stop in one.stops],
    }


def _times(stop: StopRow) -> dict[str, str]:
    times = {"arrives": stop.arrives, "starts": stop.starts, "ends": stop.ends}
    return {name: clock(minutes) for name, minutes in times.items() if minutes is not None}


def _stop(stop: StopRow) -> dict[str, Any]:
    return {
        "id": stop.id,
        "holder": {"id": stop.holder_id, "name": stop.holder},
        "part": stop.part,
        "instruments": stop.instruments,
        "minutes": stop.service_minutes,
        "is_mandatory": stop.is_mandatory,
        "is_pinned": stop.is_pinned,
        "due_on": None if stop.due_on is None else stop.due_on.isoformat(),
    }


def reason_word(stop: StopRow, language: str) -> str:
    """The reason in a word or two."""
    return say(Reason.of(stop.reason).word, language) if stop.reason else ""


def kind_names(session: Session, language: str) -> dict[str, str]:
    """Names of kinds of instrument by their keys."""
    return {kind.key: kind.name_zh if language == "zh_CN" else kind.name_en for kind in kinds(session)}


def faults_json(faults: Iterable[Fault], language: str, kinds: Mapping[str, str]) -> list[dict[str, Any]]:
    """What cannot be kept, each with its sentence; what is soft does not hinder publishing."""
    return [
        {
            "kind": fault.kind.value,
            "stop": fault.stop,
            "round": fault.round_id,
            "is_soft": fault.is_soft,
            "message": fault.told(language, kinds),
        }
        for fault in faults
    ]


def comparison_json(compared: PlanComparison, language: str) -> dict[str, Any]:
    """What a plan changes against the one before."""
    return {
        "plan": figures_json(compared.plan, language),
        "previous": None if compared.previous is None else figures_json(compared.previous, language),
        "counts": {change.value: compared.count(change) for change in Change},
        "changes": [
            {
                "change": row.change.value,
                "holder": {"id": row.holder_id, "name": row.holder},
                "part": row.part,
                "was": slot_json(row.was),
                "now": slot_json(row.now),
                "message": None if row.left_out is None else reason_told(row.left_out, language),
            }
            for row in compared.changes
        ],
    }


def slot_json(slot: Slot | None) -> dict[str, Any] | None:
    if slot is None:
        return None
    return {
        "day": slot.day.isoformat(),
        "technician": {"id": slot.person_id, "name": slot.person},
        "starts": clock(slot.starts),
        "ends": clock(slot.ends),
    }


def load_json(load: Load) -> dict[str, int]:
    return asdict(load)


_LOAD = {
    "visits": mark("Visits"),
    "left_out": mark("Left out"),
    "travel_minutes": mark("On the way, minutes"),
    "overtime_minutes": mark("Overtime, minutes"),
}


def load_figures(before: Load, after: Load, language: str) -> list[tuple[str, int, int]]:
    """What something costs before and after, by name."""
    was, now = asdict(before), asdict(after)
    return [(say(word, language), was[name], now[name]) for name, word in _LOAD.items()]
