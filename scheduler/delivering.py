"""The outbox, emptied: each delivery claimed, made outside any transaction, then settled.

At least once: whoever is killed in between has its claim taken over when the lease ends.
"""

from dataclasses import dataclass

from scheduler.job_values import Night, Tally
from scheduler.mail import TIMEOUT, MailServer, NotSentError, mail_of
from scheduler.notices import worded
from scheduler.webhook import Webhook, derived_secret
from verifier import db
from verifier.operations.deliveries import (
    Claimed,
    claim_delivery,
    settle_refused,
    settle_sent,
    settle_unset,
)
from verifier.queries.demo import is_demo
from verifier.rendering import environment
from verifier.rules.messages import LEGAL, Channel
from verifier.rules.unsubscribing import unsubscribe_token
from verifier.secret_key import secret_key
from verifier.settings import Settings

_UNSET = "not set up: {setting}"


@dataclass(frozen=True)
class _Ways:
    """What is set up; None: that way is not there."""

    mail: MailServer | None
    webhook: Webhook | None


def deliver(night: Night) -> Tally:
    """Make every delivery whose time has come; the demo sends nothing to anybody."""
    with db.reading(night.sessions) as session:
        if is_demo(session):
            return Tally()
    ways = _ways(night.settings)
    done = refused = 0
    while not night.is_ending():
        with db.transaction(night.sessions) as session:
            claimed = claim_delivery(session, at=night.now())
        if claimed is None:
            break
        is_sent = _delivered(night, claimed, ways)
        done, refused = done + is_sent, refused + (not is_sent)
    return Tally(done=done, refused=refused)


def _ways(settings: Settings) -> _Ways:
    mail = None if settings.smtp_url is None else MailServer(settings.smtp_url.get_secret_value(), TIMEOUT)
    webhook = None
    if settings.webhook_url is not None:
        webhook = Webhook(settings.webhook_url, webhook_secret(settings), TIMEOUT)
    return _Ways(mail, webhook)


def webhook_secret(settings: Settings) -> bytes:
    """What signs messages to the webhook: the setting, or what follows from the secret key."""
    if settings.webhook_secret is not None:
        return settings.webhook_secret.get_secret_value().encode()
    return derived_secret(secret_key(settings))


def _delivered(night: Night, claimed: Claimed, ways: _Ways) -> bool:
    """Send one and settle it; whether it arrived."""
    setting = _missing(claimed.channel, ways)
    if setting is not None:
        with db.transaction(night.sessions) as session:
            settle_unset(session, claimed, _UNSET.format(setting=setting), at=night.now())
        return False
    try:
        _send(night, claimed, ways)
    except NotSentError as error:
        with db.transaction(night.sessions) as session:
            settle_refused(session, claimed, str(error), at=night.now())
        return False
    with db.transaction(night.sessions) as session:
        settle_sent(session, claimed, at=night.now())
    return True


def _missing(channel: Channel, ways: _Ways) -> str | None:
    if channel is Channel.EMAIL:
        return "VERIFIER_SMTP_URL" if ways.mail is None else None
    return "VERIFIER_WEBHOOK_URL" if ways.webhook is None else None


def _send(night: Night, claimed: Claimed, ways: _Ways) -> None:
    settings = night.settings
    notice = worded(claimed.kind, claimed.facts, claimed.language, at=settings.base_url)
    if claimed.channel is Channel.EMAIL and ways.mail is not None:
        unsubscribe = _unsubscribe(claimed, settings)
        page = environment(claimed.language).get_template("notices/mail.html")
        html = page.render(notice=notice, unsubscribe=unsubscribe, office=settings.office_name)
        ways.mail.send(
            mail_of(
                notice,
                html,
                sender=settings.mail_from,
                to=claimed.address,
                key=claimed.key,
                unsubscribe=unsubscribe,
            )
        )
    elif ways.webhook is not None:
        ways.webhook.send(
            {
                "id": claimed.key,
                "kind": claimed.kind.value,
                "day": claimed.day.isoformat(),
                "channel": claimed.channel.value,
                "to": claimed.address,
                "language": claimed.language,
                "reader": claimed.reader,
                "holder_id": claimed.holder_id,
                "subject": notice.subject,
                "text": notice.text,
                "facts": claimed.facts,
                "attempt": claimed.attempts,
            },
            at=night.now(),
        )


def _unsubscribe(claimed: Claimed, settings: Settings) -> str | None:
    """The address that ends reminders; there is none in what the law or a promise is about."""
    if claimed.kind in LEGAL or claimed.contact_id is None:
        return None
    token = unsubscribe_token(secret_key(settings), claimed.contact_id)
    return f"{settings.base_url.rstrip('/')}/reminders/end/{token}"
