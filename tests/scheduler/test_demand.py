"""From what is due to the visits that are wanted."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.demand import Setting, SiteStop, stops_of, usual_hours
from scheduler.plan_values import Appointment, Window
from verifier.queries.sites import Asked, Expected, Hours, Site, Work
from verifier.rules.holders import HolderKind
from verifier.rules.visiting import VisitStatus
from verifier.rules.work_norms import Norm, usual_norm
from verifier.rules.workdays import WorkCalendar

MONDAY = date(2026, 5, 11)
DAYS = tuple(MONDAY + timedelta(days=n) for n in range(5))
SCALE, CUFF = "nawi_price_computing", "bp_auto"
NORMS = {SCALE: Norm(10, 8), CUFF: Norm(5, 6)}
SETTING = Setting(
    days=DAYS,
    calendar=WorkCalendar(),
    norms=NORMS,
    hours={},
    skills=None,
    has_kits=False,
    longest=200,
    expected={},
    asked={},
)
LATER = date(2026, 5, 29)


def work(number: int, kind: str = CUFF, valid_until: date | None = LATER, **more: object) -> Work:
    return Work(number, kind, valid_until, **({"programme_ends_on": None} | more))  # type: ignore[arg-type]  # as given


def clinic(*instruments: Work, holder_id: int = 7) -> Site:
    return Site(holder_id, "卫生室", HolderKind.VILLAGE_CLINIC, instruments)


def only(site: Site, setting: Setting = SETTING) -> SiteStop:
    (made,) = stops_of([site], setting)
    return made


def test_a_site_is_one_visit_set_up_once():
    made = only(clinic(work(1), work(2), work(3, SCALE)))
    assert (made.stop.service, made.instruments, made.holder_id, made.part) == (
        10 + 6 + 6 + 8,
        (1, 2, 3),
        7,
        0,
    )
    assert made.stop.windows[:2] == (Window(0, 480, 690), Window(0, 810, 1020))
    assert len(made.stop.windows) == 10


def test_what_falls_due_in_the_planned_days_must_be_done_by_its_last_day():
    made = only(clinic(work(1, valid_until=DAYS[2]), work(2)))
    assert (made.stop.mandatory, made.stop.latest_day, made.due_on) == (True, 2, DAYS[2])
    waiting = only(clinic(work(1)))
    assert (waiting.stop.mandatory, waiting.stop.latest_day) == (False, None)


def test_what_is_overdue_is_worth_most_and_medical_instruments_more():
    def worth(*instruments: Work) -> int:
        return only(clinic(*instruments)).stop.prize

    overdue = worth(work(1, SCALE, MONDAY - timedelta(days=1)))
    assert (overdue, worth(work(1, SCALE, DAYS[3])), worth(work(1, SCALE, None)), worth(work(1, SCALE))) == (
        60,
        40,
        25,
        10,
    )
    assert worth(work(1, CUFF, MONDAY - timedelta(days=1))) == 90
    assert worth(work(1, SCALE, programme_ends_on=DAYS[4])) == 30
    assert worth(work(1, SCALE, is_asked_for=True)) == 40


def test_a_turn_that_comes_later_is_no_visit_yet():
    assert stops_of([clinic(work(1, valid_until=date(2026, 9, 30)))], SETTING) == []
    # Four working days before the 15th is Monday; the window opens then.
    opening = replace(SETTING, norms={CUFF: Norm(5, 6, 1)})
    assert only(clinic(work(1, valid_until=DAYS[4])), opening).stop.earliest_day == 3


def test_what_no_single_technician_may_verify_becomes_several_visits():
    setting = replace(SETTING, skills=(frozenset({CUFF}), frozenset({SCALE})), has_kits=True)
    made = stops_of([clinic(work(1), work(2, SCALE), work(3))], setting)
    assert sorted((one.instruments, one.stop.competences, one.stop.kits) for one in made) == [
        ((1, 3), frozenset({CUFF}), frozenset({CUFF})),
        ((2,), frozenset({SCALE}), frozenset({SCALE})),
    ]
    assert [one.stop.id for one in made] == [1, 2]
    assert {one.stop.place for one in made} == {1}


def test_a_market_too_big_for_a_morning_is_divided_with_its_stalls():
    stalls = [work(number, SCALE) for number in range(1, 61)]
    made = stops_of([Site(3, "市场", HolderKind.MARKET, tuple(stalls))], SETTING)
    assert [(one.part, len(one.instruments), one.stop.service) for one in made] == [
        (1, 20, 163),
        (2, 20, 163),
        (3, 20, 164),
    ]
    assert {one.stop.part_of for one in made} == {1}
    assert {(window.opens, window.closes) for window in made[0].stop.windows} == {(360, 720)}


def test_hours_a_holder_told_go_before_the_usual_ones():
    told = replace(SETTING, hours={7: [Hours(2, 600, 660)]})
    assert only(clinic(work(1)), told).stop.windows == (Window(1, 600, 660),)
    assert {hours.weekday for hours in usual_hours(HolderKind.MARKET)} == set(range(1, 8))


def test_an_announced_visit_is_moved_at_a_price_and_a_confirmed_one_stays():
    def expected(status: VisitStatus) -> Setting:
        return replace(SETTING, expected={7: [Expected(frozenset({1}), 5, 7, 42, DAYS[3], status)]})

    announced = only(clinic(work(1)), expected(VisitStatus.ANNOUNCED)).stop
    assert (announced.told, announced.moving_price, announced.promised) == (Appointment(3, 42), 120, None)
    confirmed = only(clinic(work(1)), expected(VisitStatus.CONFIRMED)).stop
    assert (confirmed.promised, confirmed.told) == (Appointment(3, 42), None)
    asked = only(clinic(work(1)), expected(VisitStatus.MOVE_ASKED)).stop
    assert (asked.promised, asked.told) == (None, None)
    other = only(clinic(work(2)), expected(VisitStatus.ANNOUNCED)).stop
    assert other.told is None


def test_a_request_narrows_the_days():
    wish = Asked(frozenset({1}), 1, 7, DAYS[1], DAYS[2])
    made = only(clinic(work(1)), replace(SETTING, asked={7: [wish]})).stop
    assert (made.earliest_day, made.latest_day) == (1, 2)
    # The law's day is before the wish: the law stays.
    late = only(clinic(work(1, valid_until=DAYS[0])), replace(SETTING, asked={7: [wish]})).stop
    assert (late.earliest_day, late.latest_day) == (0, 0)


@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from([SCALE, CUFF]), st.none() | st.dates(date(2026, 1, 1), LATER)),
            min_size=1,
            max_size=70,
        ),
        max_size=5,
    ),
    st.sampled_from([None, (frozenset({CUFF}), frozenset({SCALE})), (frozenset({CUFF}),), ()]),
)
def test_every_instrument_whose_turn_it_is_is_in_exactly_one_stop(sites, skills):
    register = [
        clinic(*(work(100 * holder + n, *one) for n, one in enumerate(instruments)), holder_id=holder)
        for holder, instruments in enumerate(sites, start=1)
    ]
    made = stops_of(register, replace(SETTING, skills=skills))
    served = sorted(instrument for one in made for instrument in one.instruments)
    assert served == sorted(one.instrument_id for site in register for one in site.work)
    assert [one.stop.id for one in made] == list(range(1, len(made) + 1))
    assert all(one.stop.service <= SETTING.longest for one in made)


def test_the_longest_beginning_of_a_kind_decides_its_norm():
    assert usual_norm("nawi_truck_scale").minutes == 120
    assert usual_norm("nawi_price_computing") == Norm(10, 8)
    assert usual_norm("something_else") == Norm(10, 20)
