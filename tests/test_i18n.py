"""Sentences in the reader's language, with words for people where facts are codes for programs."""

import json

import pytest

from verifier.errors import VerifierError
from verifier.i18n import Worded, negotiate, say, translations
from verifier.operations.accounts import ScopeUnused
from verifier.operations.admission import InstrumentRetired, ProgrammeClosed
from verifier.operations.instruments import MoveNotAllowed
from verifier.operations.programmes import ProgrammeNotOpen
from verifier.rules.access import Bond, Role, RoleMayNot, ScopeMissing
from verifier.rules.lifecycle import InstrumentStatus, ProgrammeStatus

RUN = {"programme": "p", "performed_on": "2026-06-01", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
REFUSALS = [
    RoleMayNot(role=Role.HOLDER),
    ScopeMissing(role=Role.OFFICIAL, needed=Bond.DISTRICT),
    ScopeUnused(role=Role.TECHNICIAN, given=Bond.HOLDER),
    InstrumentRetired(instrument="10000017", status=InstrumentStatus.SCRAPPED),
    MoveNotAllowed(
        instrument="10000017", status=InstrumentStatus.CONFISCATED, wanted=InstrumentStatus.IN_USE
    ),
    ProgrammeNotOpen(programme="p", status=ProgrammeStatus.CLOSED),
    ProgrammeClosed(**RUN, status=ProgrammeStatus.CLOSED),
]
WORDED = [member for kind in Worded.__subclasses__() for member in kind]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_a_refusal_names_roles_and_states_in_the_readers_language(refusal: VerifierError) -> None:
    worded = [fact for fact in refusal.facts.values() if isinstance(fact, Worded)]

    assert worded
    for fact in worded:
        assert fact.word in refusal.sentence("en")
        assert say(fact.word, "zh_CN") in refusal.sentence("zh_CN")
        assert fact.word not in refusal.sentence("zh_CN")


def test_programs_get_the_code() -> None:
    refusal = ProgrammeNotOpen(programme="p", status=ProgrammeStatus.DRAFT)

    assert json.loads(json.dumps(refusal.facts)) == {"programme": "p", "status": "draft"}
    assert refusal.sentence("en") == "Programme p is in preparation; this cannot be done now."
    assert refusal.sentence("zh_CN") == "检定任务p的状态为“筹备中”，现在不能这样操作。"


@pytest.mark.parametrize("member", WORDED, ids=repr)
def test_every_word_has_a_chinese_one(member: Worded) -> None:
    assert say(member.word, "zh_CN") != member.word


def test_a_language_without_a_catalogue_is_said_in_english() -> None:
    assert say("Sign in", "de") == "Sign in"


def test_chinese_counts_without_a_plural() -> None:
    counted = translations("zh_CN").ngettext("%(shown)s holder", "%(shown)s holders", 2)

    assert counted == "%(shown)s家使用单位"


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh_CN"),
        ("zh_CN.UTF-8", "zh_CN"),
        ("zh-Hans-CN", "zh_CN"),
        ("zh-TW", "zh_CN"),
        ("en-GB,zh;q=0.5", "en"),
        ("de,fr", "en"),
        ("C", "en"),
        ("", "en"),
    ],
)
def test_a_browser_or_a_terminal_is_answered_in_its_language(wanted: str, language: str) -> None:
    assert negotiate(wanted) == language
