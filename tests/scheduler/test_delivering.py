"""Messages on their way out: real servers that refuse, hang and drop the line."""

import hmac
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.header import decode_header, make_header

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from scheduler import delivering
from scheduler.delivering import deliver, webhook_secret
from scheduler.job_values import Night
from tests.factories import make_holder, office
from tests.scheduler.receivers import Receiver, mail_server, parts_of, web_server
from tests.scheduler.told import SETTINGS
from verifier import db
from verifier.models import Delivery
from verifier.operations.contacts import SetContact, set_contact
from verifier.operations.deliveries import LEASE, claim_delivery, settle_refused, settle_sent
from verifier.operations.journal import note
from verifier.operations.messages import Post, post
from verifier.queries.contacts import Reader
from verifier.rules.backoff import WAITS
from verifier.rules.messages import Channel, DeliveryStatus, MessageKind

DAY = date(2026, 5, 1)
START = datetime(2026, 5, 1, 18, tzinfo=UTC)
ENDING = [
    {
        "id": 7,
        "ends_on": "2026-05-31",
        "step": 30,
        "kind": {"zh_CN": "电子血压计", "en": "automated sphygmomanometer"},
        "serial": "S<1>",
        "stall": "",
    }
]


@pytest.fixture(autouse=True)
def impatient(monkeypatch) -> None:
    """So that a server that hangs does not hold up the tests."""
    monkeypatch.setattr(delivering, "TIMEOUT", 0.4)


@pytest.fixture
def smtp() -> Iterator[Receiver]:
    with mail_server() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with web_server() as server:
        yield server


@pytest.fixture
def clock():
    """An instant that tests move on."""
    return [START]


@pytest.fixture
def night(sessions, clock) -> Callable[..., Night]:
    def at(**settings: object) -> Night:
        return Night(
            sessions=sessions,
            settings=SETTINGS.model_copy(update=settings),
            day=DAY,
            now=lambda: clock[0],
        )

    return at


@pytest.fixture
def clinic(sessions):
    with db.transaction(sessions) as session:
        return make_holder(session, "浮桥镇卫生院").id


@pytest.fixture
def tell(sessions, clinic):
    """`tell(kind, webhook=True)`: post one message to the clinic, told by e-mail."""

    def posted(
        key="due:1", kind=MessageKind.DUE_REMINDER, *, language="en", channels=(Channel.EMAIL,), webhook=False
    ):
        with db.transaction(sessions) as session:
            reader = Reader(holder_id=clinic)
            command = SetContact(
                language=language, email="clinic@example.org", phone="0512 5353", channels=channels
            )
            set_contact(session, reader, command, who=office(DAY))
            said = Post(key, kind, DAY, {"unit": "浮桥", "ending": ENDING}, holder_id=clinic)
            assert post(session, said, who=office(DAY), webhook=webhook)

    return posted


def secret(text: str) -> SecretStr:
    return SecretStr(text)


def deliveries(sessions, channel: Channel) -> list[Delivery]:
    with db.reading(sessions) as session:
        found = session.scalars(
            select(Delivery).where(Delivery.channel == channel).order_by(Delivery.id)
        ).all()
        session.expunge_all()
    return list(found)


def one(sessions, channel: Channel = Channel.EMAIL) -> Delivery:
    (found,) = deliveries(sessions, channel)
    return found


# -- e-mail


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        ("en", "浮桥: 1 instrument is due for verification", "automated sphygmomanometer S<1>"),
        ("zh_CN", "浮桥：1台件器具检定即将到期", "电子血压计 S<1>"),
    ],
)
def test_a_mail_has_text_and_page_in_the_readers_language(night, tell, smtp, language, subject, said):
    tell(language=language)
    assert deliver(night(smtp_url=secret(smtp.url))).done == 1
    (taken,) = smtp.taken
    assert str(make_header(decode_header(taken["Subject"]))) == subject
    assert (taken["To"], taken["From"]) == ("clinic@example.org", "verifier@localhost")
    parts = parts_of(taken)
    assert said in parts["text/plain"]
    assert said.replace("<1>", "&lt;1&gt;") in parts["text/html"]
    address = taken["List-Unsubscribe"].strip("<> \r\n")
    assert address.startswith("https://office.example/reminders/end/")
    assert address in parts["text/html"]


def test_what_the_law_is_about_offers_no_way_to_end_it(night, tell, smtp):
    tell(kind=MessageKind.OVERDUE)
    deliver(night(smtp_url=secret(smtp.url)))
    assert smtp.taken[0]["List-Unsubscribe"] is None
    assert "reminders/end" not in parts_of(smtp.taken[0])["text/html"]


@pytest.mark.parametrize(
    "mood_and_error",
    [
        ("refuse", "550 nobody of that name"),
        ("later", "451 come back later"),
        ("hang", "Connection unexpectedly closed: timed out"),
    ],
)
def test_what_a_mail_server_does_not_take_is_tried_again_later(
    sessions, night, tell, smtp, clock, mood_and_error
):
    mood, error = mood_and_error
    tell()
    smtp.moods = [mood]
    told = deliver(night(smtp_url=secret(smtp.url)))
    assert (told.done, told.refused) == (0, 1)
    waiting = one(sessions)
    assert (waiting.status, waiting.attempts, waiting.last_error) == (DeliveryStatus.WAITING, 1, error)
    assert waiting.next_try_at == START + WAITS[0]
    assert deliver(night(smtp_url=secret(smtp.url))).done == 0
    clock[0] = START + WAITS[0]
    assert deliver(night(smtp_url=secret(smtp.url))).done == 1
    assert (one(sessions).status, one(sessions).last_error, len(smtp.taken)) == (DeliveryStatus.SENT, "", 1)


def test_a_line_that_breaks_after_the_last_byte_sends_the_same_mail_again(sessions, night, tell, smtp, clock):
    tell()
    smtp.moods = ["drop", "drop after"]
    for wait in (*WAITS[:2], timedelta()):
        deliver(night(smtp_url=secret(smtp.url)))
        clock[0] += wait
    assert (one(sessions).status, one(sessions).attempts) == (DeliveryStatus.SENT, 3)
    first, second = smtp.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_the_waits_grow_until_a_delivery_is_given_up_with_its_last_error(sessions, night, tell, smtp, clock):
    tell()
    smtp.moods = ["refuse"] * 7
    seen = []
    for _ in range(len(WAITS) + 1):
        deliver(night(smtp_url=secret(smtp.url)))
        seen.append(one(sessions).next_try_at - clock[0])
        clock[0] = one(sessions).next_try_at
    assert tuple(seen[:-1]) == WAITS
    given_up = one(sessions)
    assert (given_up.status, given_up.attempts) == (DeliveryStatus.FAILED, len(WAITS) + 1)
    assert given_up.last_error == "550 nobody of that name"
    assert deliver(night(smtp_url=secret(smtp.url))).refused == 0
    assert smtp.asked == len(WAITS) + 1


def test_without_a_mail_server_a_message_waits_a_week_and_counts_no_attempt(sessions, night, tell, clock):
    tell()
    deliver(night())
    waiting = one(sessions)
    assert (waiting.status, waiting.attempts) == (DeliveryStatus.WAITING, 0)
    assert waiting.last_error == "not set up: VERIFIER_SMTP_URL"
    assert waiting.next_try_at == START + timedelta(hours=1)
    clock[0] = START + timedelta(days=8)
    deliver(night())
    assert one(sessions).status is DeliveryStatus.FAILED


def test_a_server_that_is_not_there_is_told_of(sessions, night, tell):
    tell()
    deliver(night(smtp_url=secret("smtp://127.0.0.1:1")))
    assert "refused" in one(sessions).last_error


# -- the webhook


def test_the_webhook_hears_everything_signed(sessions, night, tell, hook):
    tell(channels=(Channel.SMS,), webhook=True)
    settings = {"webhook_url": hook.url}
    assert deliver(night(**settings)).done == 2
    told = {content["channel"]: content for _, _, content in hook.taken}
    assert sorted(told) == ["sms", "webhook"]
    assert (told["sms"]["to"], told["webhook"]["to"]) == ("0512 5353", "")
    assert told["sms"]["text"].startswith("The verification of these instruments ends soon.")
    assert (told["sms"]["id"], told["sms"]["reader"], told["sms"]["attempt"]) == ("due:1", "浮桥镇卫生院", 1)
    headers, body, _ = hook.taken[0]
    at, _, code = headers["Verifier-Signature"].partition(",v1=")
    seconds = at.removeprefix("t=")
    assert seconds == str(int(START.timestamp()))
    key = webhook_secret(SETTINGS)
    assert code == hmac.digest(key, seconds.encode() + b"." + body, "sha256").hex()
    own = SETTINGS.model_copy(update={"webhook_secret": secret("of our own")})
    assert webhook_secret(own) == b"of our own" != key
    for channel in (Channel.SMS, Channel.WEBHOOK):
        assert one(sessions, channel).status is DeliveryStatus.SENT


@pytest.mark.parametrize("mood", ["refuse", "hang", "drop", "elsewhere"])
def test_what_the_webhook_does_not_take_is_posted_again(sessions, night, tell, hook, clock, mood):
    tell(channels=(), webhook=True)
    hook.moods = [mood]
    assert deliver(night(webhook_url=hook.url)).refused == 1
    waiting = one(sessions, Channel.WEBHOOK)
    assert (waiting.status, waiting.next_try_at) == (DeliveryStatus.WAITING, START + WAITS[0])
    assert waiting.last_error
    clock[0] = START + WAITS[0]
    assert deliver(night(webhook_url=hook.url)).done == 1
    assert [content["attempt"] for *_, content in hook.taken] == [2]


# -- nobody's, everybody's, and the demo's


def test_who_was_killed_has_its_claim_taken_over_when_the_lease_ends(sessions, night, tell, smtp, clock):
    tell()
    with db.transaction(sessions) as session:
        assert claim_delivery(session, at=START) is not None
    assert deliver(night(smtp_url=secret(smtp.url))).done == 0
    clock[0] = START + LEASE
    assert deliver(night(smtp_url=secret(smtp.url))).done == 1
    assert (len(smtp.taken), one(sessions).attempts) == (1, 2)


def test_who_comes_back_late_changes_nothing_that_another_did(sessions, night, tell, smtp, clock):
    tell()
    with db.transaction(sessions) as session:
        late = claim_delivery(session, at=START)
    assert late is not None
    clock[0] = START + LEASE
    deliver(night(smtp_url=secret(smtp.url)))
    with db.transaction(sessions) as session:
        settle_refused(session, late, "too late", at=clock[0])
        settle_sent(session, late, at=START)
    assert (one(sessions).status, one(sessions).sent_at) == (DeliveryStatus.SENT, clock[0])


def test_a_night_that_is_to_end_leaves_the_rest_for_later(sessions, night, tell, smtp):
    tell("due:1")
    tell("due:2")
    asked = iter([False, True])
    ending = night(smtp_url=secret(smtp.url))
    short = Night(
        sessions=sessions,
        settings=ending.settings,
        day=DAY,
        now=ending.now,
        is_ending=lambda: next(asked),
    )
    assert (deliver(short).done, deliver(ending).done) == (1, 1)


def test_the_demo_sends_nothing_to_anybody(sessions, night, tell, smtp, hook):
    tell(webhook=True)
    with db.transaction(sessions) as session:
        note(session, office(DAY), "fill_demo", "demo", 0)
    told = deliver(night(smtp_url=secret(smtp.url), webhook_url=hook.url))
    assert (told.done, smtp.asked, hook.asked) == (0, 0, 0)
    assert {row.status for row in deliveries(sessions, Channel.EMAIL)} == {DeliveryStatus.WAITING}
