"""What becomes of holders' requests when the visits for them are planned, made, or fall through."""

from collections.abc import Iterable, Mapping

from verifier.db import Session
from verifier.queries.visit_requests import (
    accepted_for_update,
    scheduled_for_update,
    unverified_of,
)
from verifier.rules.appointments import AppointmentStatus
from verifier.rules.visiting import VisitStatus


def place_requests(session: Session, visits: Mapping[int, frozenset[int]]) -> None:
    """Accepted requests whose instruments a visit is for have their day; `visits` by number."""
    of_instrument = {one: visit_id for visit_id, its in visits.items() for one in its}
    for request, its in accepted_for_update(session, of_instrument):
        request.visit_id = next(of_instrument[one] for one in its if one in of_instrument)
        request.status = AppointmentStatus.SCHEDULED
    session.flush()


def give_back_requests(session: Session, visit_ids: Iterable[int]) -> None:
    """Their visits fell through: the requests wait for another day."""
    for request in scheduled_for_update(session, visit_ids):
        request.visit_id = None
        request.status = AppointmentStatus.ACCEPTED
    session.flush()


def end_requests(session: Session, ended: Mapping[int, VisitStatus]) -> None:
    """Done where everything asked for was verified; what was not waits for another day."""
    requests = scheduled_for_update(session, ended)
    unverified = unverified_of(session, [request.id for request in requests])
    for request in requests:
        was_made = request.visit_id is not None and ended[request.visit_id] is not VisitStatus.MISSED
        if was_made and request.id not in unverified:
            request.status = AppointmentStatus.DONE
        else:
            request.visit_id = None
            request.status = AppointmentStatus.ACCEPTED
    session.flush()
