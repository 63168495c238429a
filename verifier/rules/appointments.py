"""What a holder may ask for, and how a request goes on."""

from verifier.i18n import Worded, mark


class AskedBecause(Worded):
    DUE = "due", mark("verification due")
    AFTER_REPAIR = "after_repair", mark("verification after repair")
    NEW_INSTRUMENT = "new_instrument", mark("new instrument")
    MOVED = "moved", mark("instrument moved")


class AppointmentStatus(Worded):
    REQUESTED = "requested", mark("requested")
    ACCEPTED = "accepted", mark("accepted")
    # Sent back with a reason.
    RETURNED = "returned", mark("returned")
    SCHEDULED = "scheduled", mark("scheduled")
    DONE = "done", mark("done")
    CANCELLED = "cancelled", mark("cancelled")


# The office's clock is running.
WAITING = frozenset({AppointmentStatus.REQUESTED, AppointmentStatus.ACCEPTED})
OPEN_APPOINTMENTS = WAITING | {AppointmentStatus.SCHEDULED}

APPOINTMENT_MOVES = {
    AppointmentStatus.REQUESTED: frozenset(
        {
            AppointmentStatus.ACCEPTED,
            AppointmentStatus.RETURNED,
            AppointmentStatus.SCHEDULED,
            AppointmentStatus.CANCELLED,
        }
    ),
    AppointmentStatus.ACCEPTED: frozenset(
        {AppointmentStatus.RETURNED, AppointmentStatus.SCHEDULED, AppointmentStatus.CANCELLED}
    ),
    # A visit that fell through gives the request back to the office.
    AppointmentStatus.SCHEDULED: frozenset(
        {AppointmentStatus.DONE, AppointmentStatus.ACCEPTED, AppointmentStatus.CANCELLED}
    ),
    AppointmentStatus.RETURNED: frozenset[AppointmentStatus](),
    AppointmentStatus.DONE: frozenset[AppointmentStatus](),
    AppointmentStatus.CANCELLED: frozenset[AppointmentStatus](),
}
