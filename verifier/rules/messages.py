"""What people are told by themselves, and on which ways."""

from verifier.i18n import Worded, mark


class MessageKind(Worded):
    """`templates/notices/<code>/` has the words."""

    DUE_REMINDER = "due_reminder", mark("verification falls due")
    OVERDUE = "overdue", mark("verification overdue")
    VISIT_ANNOUNCED = "visit_announced", mark("visit announced")
    VISIT_MOVED = "visit_moved", mark("visit moved")
    VISIT_CANCELLED = "visit_cancelled", mark("visit cancelled")
    APPOINTMENT_ANSWERED = "appointment_answered", mark("request answered")
    STANDARD_EXPIRING = "standard_expiring", mark("calibration of a standard ends")
    COMPETENCE_EXPIRING = "competence_expiring", mark("competence of a person ends")
    WEEKLY_DIGEST = "weekly_digest", mark("weekly digest")
    STALE_APPOINTMENTS = "stale_appointments", mark("requests waiting too long")
    INTEGRITY = "integrity", mark("integrity check found faults")


# Told whether wanted or not: what the law or a promise is about (Measures of 1987, art. 7 and 8).
LEGAL = frozenset(
    {
        MessageKind.OVERDUE,
        MessageKind.VISIT_ANNOUNCED,
        MessageKind.VISIT_MOVED,
        MessageKind.VISIT_CANCELLED,
        MessageKind.APPOINTMENT_ANSWERED,
        MessageKind.INTEGRITY,
    }
)


class Channel(Worded):
    IN_APP = "in_app", mark("in Verifier")
    EMAIL = "email", mark("e-mail")
    WEBHOOK = "webhook", mark("webhook")
    # Where an office's own gateway is put; see docs/messages.md.
    SMS = "sms", mark("text message")


class DeliveryStatus(Worded):
    WAITING = "waiting", mark("waiting")
    SENT = "sent", mark("sent")
    # Given up after the last attempt; can be sent again by hand.
    FAILED = "failed", mark("failed")


class JobOutcome(Worded):
    RUNNING = "running", mark("running")
    DONE = "done", mark("done")
    FAILED = "failed", mark("failed")
