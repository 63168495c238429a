import pytest

from tests.factories import make_instrument, make_person
from tests.pages.reading import Page, opened
from verifier import db
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.rules.access import Role
from verifier.rules.verdict import Outcome

ENGLISH = {"Accept-Language": "en"}
CHINESE = {"Accept-Language": "zh-CN"}
WEIGHTS = {"code": "W1", "name": "标准砝码", "serial": "77", "unit": "kg", "body": "office"}
CALIBRATION = {
    "certificate_no": "苏F2026-1",
    "calibrated_on": "2026-01-10",
    "outcome": "passed",
    "valid_until": "2027-01-09",
    "weight_class": "M1",
    "error_absolute": "",
    "error_percent": "",
}


@pytest.fixture
def register(coordinator):
    def made(**said):
        answer = coordinator.post("/standards/new", data={**WEIGHTS, **said}, headers=ENGLISH)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    return made


def calibrate(coordinator, home, **said):
    answer = coordinator.post(f"{home}/calibrations", data={**CALIBRATION, **said}, headers=ENGLISH)
    assert (answer.status_code, answer.headers.get("location")) == (303, home), answer.text


def test_a_coordinator_records_calibrates_and_retires_a_standard(coordinator, register):
    empty = opened(coordinator, "/standards", headers=ENGLISH)
    assert ("/standards", "Standards") in empty.links
    assert "No standard is recorded yet" in empty.text
    home = register()
    assert "Without a valid calibration nothing can be verified with it." in (
        opened(coordinator, home, headers=ENGLISH).text
    )
    calibrate(coordinator, home, error_absolute="0.001", error_percent="0.5")
    page = opened(coordinator, home, headers=ENGLISH)
    assert "M1 · ±0.001 kg · ±0.5%" in page.text
    assert "0 verifications made with it" in page.text
    listed = opened(coordinator, "/standards", headers=ENGLISH)
    assert (home, "标准砝码") in listed.links
    assert (listed.rows, "1 reference standard " in listed.text, "valid 2027-01-09" in listed.text) == (
        1,
        True,
        True,
    )
    assert coordinator.post(f"{home}/retire").headers["location"] == home
    retired = opened(coordinator, home, headers=ENGLISH)
    assert "Retired on 2026-05-01" in retired.text
    assert "Record a calibration" not in retired.text
    assert coordinator.post(f"{home}/retire", headers=ENGLISH).status_code == 409


@pytest.mark.parametrize(
    ("said", "words", "tone"),
    [
        ({}, "valid", "good"),
        ({"valid_until": "2026-05-10"}, "due soon", "warn"),
        ({"valid_until": "2026-04-30"}, "calibration expired", "bad"),
        (
            {"outcome": "failed", "valid_until": "", "weight_class": ""},
            "failed its calibration",
            "bad",
        ),
    ],
)
def test_a_standards_validity_is_a_word_and_a_colour(coordinator, register, said, words, tone):
    calibrate(coordinator, register(), **said)
    html = opened(coordinator, "/standards", headers=ENGLISH).html
    (chip,) = [line for line in html.split("<span ") if line.startswith('class="chip')]

    assert chip.startswith(f'class="chip chip--{tone}"')
    assert chip.split("</svg>")[1].startswith(f"{words}</span>")


def test_a_standard_never_calibrated_says_so(coordinator, register):
    home = register(unit="kPa")
    page = opened(coordinator, home, headers=ENGLISH)

    assert "not calibrated yet" in page.text
    # Only weights have a class.
    assert "Class of weights" not in page.text
    assert "Class of weights" in opened(coordinator, register(code="W2"), headers=ENGLISH).text


def test_a_wrong_standard_comes_back_with_what_was_typed(coordinator):
    answer = coordinator.post("/standards/new", data={**WEIGHTS, "code": ""}, headers=ENGLISH)
    page = Page(answer.text)

    assert answer.status_code == 422
    assert (page.fields["name"], page.fields["selected"].split()) == ("标准砝码", ["kg", "office"])
    assert page.html.count('aria-invalid="true"') == 1


def test_a_wrong_calibration_comes_back_with_what_was_typed(coordinator, register):
    home = register()
    typed = {**CALIBRATION, "weight_class": "", "calibrated_on": "soon", "error_percent": "1.5"}
    answer = coordinator.post(f"{home}/calibrations", data=typed, headers=ENGLISH)
    page = Page(answer.text)

    assert answer.status_code == 422
    assert (page.fields["certificate_no"], page.fields["error_percent"]) == ("苏F2026-1", "1.5")
    assert page.html.count('id="calibrated_on-fault"') == 1


def test_a_refused_calibration_says_why_and_records_nothing(coordinator, register):
    home = register()
    typed = {**CALIBRATION, "weight_class": ""}
    answer = coordinator.post(f"{home}/calibrations", data=typed, headers=ENGLISH)

    assert answer.status_code == 422
    assert (
        "Say how good the standard is: a class of weights, an error, or an error in percent." in answer.text
    )
    assert "It was not calibrated yet" in answer.text


def test_a_filter_finds_what_will_not_be_valid(coordinator, register):
    calibrate(coordinator, register())
    register(code="P1", name="压力计")
    due = opened(coordinator, "/standards?q=&expiring_before=2026-12-31", headers=ENGLISH)
    assert (due.rows, due.fields["expiring_before"]) == (1, "2026-12-31")
    assert "压力计" in due.text
    assert "No standard is like that" in opened(coordinator, "/standards?q=nothing", headers=ENGLISH).text
    assert coordinator.get("/standards?expiring_before=soon", headers=ENGLISH).status_code == 422


def _record(sessions, who):
    with db.transaction(sessions) as session:
        instrument = make_instrument(session)
        command = RecordVerification(
            instrument_id=instrument.id,
            performed_on=who.today,
            outcome=Outcome.PASSED,
            technician=make_person(session).id,
            standards=["W1"],
        )
        record_verification(session, command, who=who)
        return instrument


def test_a_failure_lists_what_was_made_with_the_standard(coordinator, register, sessions, who):
    home = register()
    calibrate(coordinator, home)
    instrument = _record(sessions, who)
    before = opened(coordinator, home, headers=ENGLISH)
    assert "1 verification made with it" in before.text
    failure = {"outcome": "failed", "valid_until": "", "weight_class": "", "certificate_no": "F"}
    calibrate(coordinator, home, calibrated_on="2026-05-01", **failure)
    after = opened(coordinator, home, headers=ENGLISH)

    assert "1 verification in doubt" in after.text
    assert (
        "It failed its calibration of 2026-05-01. These were made with it since 2026-01-10, "
        "when it was last found good."
    ) in after.text
    assert f"/instruments/{instrument.id}" in [address for address, _ in after.links]


def test_a_standard_never_found_good_puts_everything_in_doubt(coordinator, register):
    home = register()
    calibrate(coordinator, home, outcome="failed", valid_until="", weight_class="")

    assert (
        "It failed its calibration of 2026-01-10 and was never found good before. These were made with it."
    ) in opened(coordinator, home, headers=ENGLISH).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_ask_the_same_however_many_verdicts_there_are(
    coordinator, register, sessions, who, statements, count
):
    home = register()
    calibrate(coordinator, home)
    for _ in range(count):
        _record(sessions, who)
    asked = []
    for address in ("/standards", home):
        statements.clear()
        opened(coordinator, address)
        asked.append(len(statements))

    # Who asks; then the list and its count; one, its calibrations, the verdicts and their count.
    assert asked == [3, 5]


def test_a_technician_sees_the_standards_and_changes_nothing(ask_as, coordinator, register):
    home = register()
    calibrate(coordinator, home)
    technician = ask_as(Role.TECHNICIAN)
    page = opened(technician, home, headers=ENGLISH)

    assert ("M1" in page.text, "made with it" in page.text, "Record a calibration" in page.text) == (
        True,
        False,
        False,
    )
    assert technician.get("/standards/new").status_code == 403
    assert "New standard" not in opened(technician, "/standards", headers=ENGLISH).text
    assert technician.post(f"{home}/retire").status_code == 403


def test_a_coordinator_chooses_among_the_own_bodies(admin, coordinator):
    for code, district in (("taicang", "320585"), ("kunshan", "320583")):
        admin.post("/api/v1/bodies", json={"code": code, "name": code, "district": district})
    html = opened(coordinator, "/standards/new").html

    assert [f'<option value="{code}"' in html for code in ("office", "taicang", "kunshan")] == [
        True,
        True,
        False,
    ]
