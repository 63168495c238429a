"""What verifying each kind takes here."""

from collections.abc import Mapping

from sqlalchemy import select

from verifier.db import Session
from verifier.models import InstrumentKind, WorkNorm
from verifier.rules.work_norms import Norm, usual_norm


def norms(session: Session) -> Mapping[str, Norm]:
    """The norm of every kind, by its key: the office's own, else the usual one."""
    statement = select(
        InstrumentKind.key, WorkNorm.setup_minutes, WorkNorm.minutes, WorkNorm.lead_days
    ).outerjoin(WorkNorm, WorkNorm.kind_id == InstrumentKind.id)
    return {
        key: usual_norm(key) if minutes is None else Norm(setup, minutes, lead)
        for key, setup, minutes, lead in session.execute(statement)
    }
