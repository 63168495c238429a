from datetime import date, timedelta

import pytest

from scheduler.notifying import remind
from scheduler.telling import week_of
from tests.factories import make_holder, make_instrument
from tests.scheduler.told import at_night, messages
from verifier import db
from verifier.models import Instrument
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import InstrumentStatus
from verifier.rules.messages import MessageKind

DAY = date(2026, 5, 1)


def ahead(days: int) -> date:
    return DAY + timedelta(days=days)


@pytest.fixture
def clinic(sessions):
    with db.transaction(sessions) as session:
        return make_holder(session, "浮桥镇卫生院")


@pytest.fixture
def own(sessions, clinic):
    """`own(30)`: a thing of the clinic whose verification ends so many days after the first night."""

    def make(*days, holder=None, **columns):
        with db.transaction(sessions) as session:
            return [
                make_instrument(session, holder or clinic, valid_until=ahead(left), **columns).id
                for left in days
            ]

    return make


def told(sessions, *kinds):
    """Every message as its kind and, by instrument, the step it told."""
    return [
        (message.kind.value, {line["id"]: line["step"] for line in message.facts["ending"]})
        for message in messages(sessions, *kinds)
    ]


def test_a_unit_hears_of_all_its_instruments_in_one_message(sessions, own, clinic):
    later, sixty, thirty, week, today, over = own(61, 60, 30, 7, 0, -1)
    assert (remind(at_night(sessions, DAY)).done, remind(at_night(sessions, DAY)).done) == (1, 0)
    (message,) = messages(sessions)
    assert (message.kind, message.holder_id, message.day) == (MessageKind.OVERDUE, clinic.id, DAY)
    assert message.facts["unit"] == "浮桥镇卫生院"
    assert told(sessions) == [("overdue", {sixty: 60, thirty: 30, week: 7, today: 7, over: -1})]
    # The next night: what came nearer, and what ended.
    remind(at_night(sessions, ahead(1)))
    assert told(sessions)[1:] == [("overdue", {later: 60, today: -1})]


def test_a_market_hears_for_its_stalls(sessions, own):
    with db.transaction(sessions) as session:
        market = make_holder(session, "城厢农贸市场", kind=HolderKind.MARKET)
        stall = make_holder(session, "一号摊", kind=HolderKind.STALL, market=market, stall_no="A1")
    own(30, holder=market)
    own(30, holder=stall)
    remind(at_night(sessions, DAY))
    (message,) = messages(sessions)

    assert (message.kind, message.holder_id) == (MessageKind.DUE_REMINDER, market.id)
    assert [line["stall"] for line in message.facts["ending"]] == ["", "A1 一号摊"]


def test_every_step_is_told_once_whichever_nights_run(sessions, own):
    (number,) = own(90)
    nights = [30, 29, 30, 40, 60, 70, 59, 83, 84, 90, 91, 92, 91, 119, 120, 121]
    for night in nights:
        remind(at_night(sessions, ahead(night)))
    days = [((message.day - DAY).days, message.facts["ending"][0]["step"]) for message in messages(sessions)]
    assert days == [(30, 60), (60, 30), (83, 7), (91, -1), (121, -1)]
    assert {line["id"] for message in messages(sessions) for line in message.facts["ending"]} == {number}


def test_nights_made_up_in_order_tell_each_step_and_one_made_up_late_tells_nothing_older(sessions, own):
    own(60)
    for night in (29, 30, 53, 61):
        remind(at_night(sessions, ahead(night)))
    assert [list(steps.values()) for _, steps in told(sessions)] == [[60], [30], [7], [-1]]
    # Nobody hears "60 days" once 30 was told.
    own(90)
    remind(at_night(sessions, ahead(61)))
    remind(at_night(sessions, ahead(59)))
    assert [list(steps.values()) for _, steps in told(sessions)][4:] == [[30]]


def test_a_new_last_day_begins_anew_and_what_is_not_in_use_is_silent(sessions, own):
    (number,) = own(7)
    own(7, status=InstrumentStatus.SUSPENDED)
    remind(at_night(sessions, DAY))
    with db.transaction(sessions) as session:
        instrument = session.get_one(Instrument, number)
        instrument.valid_until = ahead(60)
    remind(at_night(sessions, DAY))

    assert told(sessions) == [("due_reminder", {number: 7}), ("due_reminder", {number: 60})]


def test_a_night_that_is_to_end_stops_between_two_messages(sessions, own):
    for _ in range(2):
        with db.transaction(sessions) as session:
            other = make_holder(session)
        own(7, holder=other)
    asked = iter([False, True])
    night = at_night(sessions, DAY, is_ending=lambda: next(asked))

    assert (remind(night).done, remind(at_night(sessions, DAY)).done) == (1, 1)


def test_a_week_is_counted_as_iso_8601_counts():
    assert [week_of(date(2026, 12, 31)), week_of(date(2027, 1, 4))] == ["2026-W53", "2027-W01"]
