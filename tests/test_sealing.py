"""Signed labels: good ones check, changed ones do not; and the secret they are signed with."""

import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.factories import office_body
from tests.issued import label_statement
from verifier import db, sealing
from verifier.models import BodyKey, JournalEntry
from verifier.operations.body_keys import keep_key
from verifier.operations.staff import AddBody, add_body
from verifier.queries.body_keys import keys_by_body, keys_of_body, names_of_bodies_with_keys
from verifier.rules.certificates import CHECK_ALPHABET
from verifier.rules.labels import (
    LabelFacts,
    LabelForged,
    LabelOfUnknownBody,
    LabelUnreadable,
    read_statement,
    statement,
)
from verifier.secret_key import (
    SecretKeyDamaged,
    SecretKeyExposed,
    SecretKeyUnusable,
    secret_file,
    secret_key,
)
from verifier.settings import Settings, SettingsWrong, read_settings

SECRET, OTHER_SECRET = b"the secret of one installation..", b"the secret of some other house.."
FACTS = LabelFacts(
    number="TC2026-LX-000123",
    instrument_code="00000125",
    kind="bp_auto",
    model="HEM-7120",
    serial_last4="0817",
    performed_on=date(2026, 5, 1),
    valid_until=date(2027, 4, 30),
    body="office",
)
KEYS = {"office": [sealing.public_key(SECRET, "office")]}
SEALED = sealing.seal(SECRET, FACTS)


def is_believed(text, keys=KEYS):
    try:
        sealing.check_label(read_statement(text), keys)
    except (LabelForged, LabelOfUnknownBody, LabelUnreadable):
        return False
    return True


def test_a_label_checks_against_its_bodys_key():
    sealing.check_label(read_statement(SEALED), KEYS)

    assert read_statement(SEALED).facts == FACTS


@given(st.data())
def test_every_flipped_bit_is_found(data):
    read = read_statement(SEALED)
    content = bytearray(read.payload + read.signature)
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    border = len(read.payload)

    assert not is_believed(statement(bytes(content[:border]), bytes(content[border:])))


def test_every_changed_sign_is_found():
    """All of them, the last sign of a part included."""
    signs = "ABCwxyz019-_."
    believed = [
        (place, sign)
        for place in range(len(SEALED))
        for sign in signs
        if sign != SEALED[place] and is_believed(SEALED[:place] + sign + SEALED[place + 1 :])
    ]
    assert believed == []


@given(st.text() | st.binary(max_size=200).map(lambda noise: "V1." + urlsafe_b64encode(noise).decode()))
def test_nothing_else_is_believed(text):
    assert not is_believed(text)


def test_a_label_of_another_installation_is_forged():
    with pytest.raises(LabelForged) as forged:
        sealing.check_label(read_statement(sealing.seal(OTHER_SECRET, FACTS)), KEYS)

    assert forged.value.facts == {"number": FACTS.number}


@pytest.mark.parametrize("keys", [{}, {"office": []}, {"kunshan": KEYS["office"]}])
def test_a_label_of_a_body_nobody_knows_is_no_forgery_yet(keys):
    with pytest.raises(LabelOfUnknownBody):
        sealing.check_label(read_statement(SEALED), keys)


def test_one_body_cannot_sign_for_another():
    for_kunshan = sealing.public_key(SECRET, "kunshan")

    assert for_kunshan != KEYS["office"][0]
    assert not is_believed(SEALED, {"office": [for_kunshan]})


@pytest.mark.parametrize("key", ["", "x", "A" * 42, "A" * 44, "太" * 43, "=" * 43, "A" * 42 + "+"])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(sealing.NotAPublicKey):
        sealing.is_good(read_statement(SEALED), key)


def test_check_codes_are_ten_signs_and_never_the_same():
    codes = {sealing.new_check_code() for _ in range(1000)}

    assert len(codes) == 1000
    assert {len(code) for code in codes} == {10}
    assert set("".join(codes)) == set(CHECK_ALPHABET)


def test_the_public_key_is_written_down_once(session, who):
    body = office_body(session)
    sealed = label_statement(session, body, FACTS, SECRET, who=who)
    keep_key(session, body, SECRET, who=who)

    assert sealed == SEALED
    assert [(row.public_key, row.made_at) for row in keys_of_body(session, body.id)] == [
        (KEYS["office"][0], who.now)
    ]
    notes = session.scalars(select(JournalEntry).where(JournalEntry.deed == "keep_body_key")).all()
    assert [(note.subject, note.subject_id, note.facts) for note in notes] == [
        ("body", body.id, {"public_key": KEYS["office"][0]})
    ]


def test_with_another_secret_old_labels_still_check(session, who):
    body = office_body(session)
    old = label_statement(session, body, FACTS, SECRET, who=who)
    new = label_statement(session, body, FACTS, OTHER_SECRET, who=who)
    keys = keys_by_body(session)

    assert old != new
    assert (is_believed(old, keys), is_believed(new, keys)) == (True, True)
    assert keys["office"] == [sealing.public_key(OTHER_SECRET, "office"), *KEYS["office"]]


def test_only_bodies_that_signed_are_named(session, who):
    add_body(session, AddBody(code="kunshan", name="昆山市计量测试所"), who=who)
    label_statement(session, office_body(session), FACTS, SECRET, who=who)

    assert names_of_bodies_with_keys(session) == {"office": office_body(session).name}


def test_labels_can_be_printed_while_only_reading_once_the_key_is_kept(sessions, who):
    with db.transaction(sessions) as session:
        keep_key(session, office_body(session), SECRET, who=who)
    with db.reading(sessions) as session:
        assert label_statement(session, office_body(session), FACTS, SECRET, who=who) == SEALED


def test_many_who_print_first_labels_at_once_write_one_key(database_url, who):
    engine = db.connect(database_url)
    sessions = db.sessions_of(engine)

    def first_label(_):
        with db.transaction(sessions) as session:
            return label_statement(session, office_body(session), FACTS, SECRET, who=who)

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(first_label, range(8)))
    with db.reading(sessions) as session:
        kept = session.scalars(select(BodyKey.public_key)).all()
    engine.dispose()

    assert (made, kept) == ({SEALED}, KEYS["office"])


@pytest.fixture
def settings(tmp_path):
    return Settings(database_url=f"sqlite:///{tmp_path}/taicang.db", _env_file=None)


def test_the_secret_is_made_once_beside_the_database_and_for_its_owner_alone(settings, tmp_path):
    made = secret_key(settings)
    file = tmp_path / "taicang.secret"

    assert secret_file(settings) == file
    assert list(tmp_path.iterdir()) == [file]
    assert (len(made), secret_key(settings)) == (32, made)
    assert file.stat().st_mode & 0o777 == 0o600


def test_on_postgresql_the_secret_lies_in_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = Settings(database_url="postgresql://db.example.cn/verifier", _env_file=None)

    assert secret_key(settings) == secret_key(settings)
    assert [path.name for path in tmp_path.iterdir()] == ["verifier.secret"]


def test_the_setting_comes_first_and_makes_no_file(tmp_path):
    text = "correct horse battery staple, four times over"
    settings = Settings(secret_key=text, database_url=f"sqlite:///{tmp_path}/taicang.db", _env_file=None)

    assert secret_key(settings) == text.encode()
    assert list(tmp_path.iterdir()) == []
    assert text not in repr(settings)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_secret_that_others_may_touch_is_refused(settings, mode):
    secret_key(settings)
    secret_file(settings).chmod(mode)

    with pytest.raises(SecretKeyExposed) as refused:
        secret_key(settings)
    assert refused.value.facts == {"file": secret_file(settings)}


@pytest.mark.parametrize("content", [b"", b"short", b"A" * 43, b"!" * 44, b"A" * 48, b"\xff" * 44])
def test_a_damaged_secret_is_refused_and_left_as_it_is(settings, content):
    secret_key(settings)
    secret_file(settings).write_bytes(content)

    with pytest.raises(SecretKeyDamaged):
        secret_key(settings)
    assert secret_file(settings).read_bytes() == content


def test_a_folder_that_is_not_there_is_named(tmp_path):
    settings = Settings(database_url=f"sqlite:///{tmp_path}/nowhere/taicang.db", _env_file=None)

    with pytest.raises(SecretKeyUnusable) as refused:
        secret_key(settings)
    assert refused.value.facts["why"] == os.strerror(2)


_ASK = """
import sys
from verifier.secret_key import secret_key
from verifier.settings import Settings
settings = Settings(database_url=sys.argv[1], _env_file=None)
sys.stdin.readline()
print(secret_key(settings).hex())
"""


def _go(started):
    return started.communicate("go\n", timeout=60)


def test_processes_that_start_at_once_have_one_secret(settings, tmp_path):
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _ASK, settings.database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    with ThreadPoolExecutor(4) as pool:
        told = [told.strip() for told, _ in pool.map(_go, started)]

    assert told == [secret_key(settings).hex()] * 4
    assert [path.name for path in tmp_path.iterdir()] == ["taicang.secret"]


def test_threads_that_start_at_once_have_one_secret(settings, tmp_path):
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(secret_key, [settings] * 64))) == 1
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("VERIFIER_SECRET_KEY", "x" * 31, "it has to be at least 32 characters, made at random"),
        ("VERIFIER_FONT_PATH", "nowhere.ttf", "there is no file or folder nowhere.ttf"),
        ("VERIFIER_CERTIFICATE_SIGNATURES", "0", "Input should be greater than or equal to 1"),
        ("VERIFIER_CERTIFICATE_SIGNATURES", "4", "Input should be less than or equal to 3"),
    ],
)
def test_a_wrong_setting_is_named_and_never_repeats_a_secret(name, value, why, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsWrong) as stopped:
        read_settings()
    assert str(stopped.value) == f"The setting {name} is wrong: {why}."


def test_what_is_not_set_is_as_the_manual_says():
    settings = Settings(_env_file=None)

    assert (settings.secret_key, settings.font_path, settings.certificate_signatures) == (None, None, 3)
