"""The statement in the code of a label: what it says, written so short that the code stays readable."""

import base64
import binascii
from dataclasses import astuple, dataclass
from datetime import date
from urllib.parse import quote

from verifier.errors import Invalid
from verifier.i18n import mark

VERSION = "V1"
# Unit separator: no text of the register has one, because texts have no control characters.
_SEPARATOR = "\x1f"
# Longer ones are shortened, so that the code stays readable.
_MODEL_LENGTH = 24
_SHORTENED = "…"
_SERIAL_SHOWN = 4
# Ed25519.
_SIGNATURE_BYTES = 64
# No label is longer; what is need not be taken apart.
_MOST = 4000


class LabelUnreadable(Invalid):
    message = mark("This is not the text of a label, or part of it is missing.")


class LabelForged(Invalid):
    message = mark("Forged: the signature does not belong to what the label of {number} says.")


class LabelOfUnknownBody(Invalid):
    message = mark("Nobody here knows a key of the body {body}, so the label of {number} cannot be checked.")


@dataclass(frozen=True, kw_only=True)
class LabelFacts:
    """What a label says; raises ValueError for a text with control characters in it."""

    number: str
    instrument_code: str
    # The key of the kind in the catalogue.
    kind: str
    model: str
    serial_last4: str
    performed_on: date
    # None where the verification has no last day.
    valid_until: date | None
    # The code of the body whose key signs.
    body: str

    def __post_init__(self) -> None:
        texts = [value for value in astuple(self) if isinstance(value, str)]
        if not all(text.isprintable() for text in texts):
            raise ValueError("a label holds plain text only")


@dataclass(frozen=True)
class Statement:
    """A label taken apart; nothing of it may be believed before the signature was checked."""

    facts: LabelFacts
    payload: bytes
    signature: bytes


def printable(text: str) -> str:
    """The text of a register with blanks for what cannot stand on a label."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def short_model(model: str) -> str:
    plain = printable(model)
    return plain if len(plain) <= _MODEL_LENGTH else plain[: _MODEL_LENGTH - 1] + _SHORTENED


def last_four(serial: str) -> str:
    """Enough to notice a copied sticker, and all that strangers are told of a serial number."""
    return printable(serial)[-_SERIAL_SHOWN:]


def payload_of(facts: LabelFacts) -> bytes:
    """The bytes that are signed; one for each set of facts."""
    return _SEPARATOR.join(
        (
            facts.number,
            facts.instrument_code,
            facts.kind,
            facts.model,
            facts.serial_last4,
            _day_written(facts.performed_on),
            _day_written(facts.valid_until),
            facts.body,
        )
    ).encode()


def signed_bytes(payload: bytes) -> bytes:
    """The version is signed too, so that no later version reads it as something else."""
    return VERSION.encode() + b"." + payload


def statement(payload: bytes, signature: bytes) -> str:
    """V1.PAYLOAD.SIGNATURE"""
    return f"{VERSION}.{_base64(payload)}.{_base64(signature)}"


def check_address(base_url: str, number: str, code: str) -> str:
    """Where a paper can be checked; its number may hold Chinese."""
    return f"{base_url.rstrip('/')}/c/{quote(number, safe='')}?code={code}"


def label_text(base_url: str, number: str, code: str, signed: str) -> str:
    """What stands in the code of a label: the address, and behind it what needs no network to be checked."""
    return f"{check_address(base_url, number, code)}#{signed}"


def read_statement(text: str) -> Statement:
    """Take a label's text apart, the bare statement or the whole address; raises LabelUnreadable."""
    if len(text) > _MOST:
        raise LabelUnreadable
    parts = "".join(text.split()).rpartition("#")[2].split(".")
    if len(parts) != 3 or parts[0] != VERSION:
        raise LabelUnreadable
    payload, signature = _bytes(parts[1]), _bytes(parts[2])
    if len(signature) != _SIGNATURE_BYTES:
        raise LabelUnreadable
    return Statement(_facts(payload), payload, signature)


def _facts(payload: bytes) -> LabelFacts:
    try:
        number, code, kind, model, serial, performed, until, body = payload.decode().split(_SEPARATOR)
        facts = LabelFacts(
            number=number,
            instrument_code=code,
            kind=kind,
            model=model,
            serial_last4=serial,
            performed_on=_day_read(performed),
            valid_until=_day_read(until) if until else None,
            body=body,
        )
    except ValueError:
        raise LabelUnreadable from None
    return facts


def _day_written(day: date | None) -> str:
    return "" if day is None else day.isoformat().replace("-", "")


def _day_read(text: str) -> date:
    """Only 20260501, which is the one way it is written."""
    day = date.fromisoformat(text)
    if _day_written(day) != text:
        raise ValueError(text)
    return day


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """Raises LabelUnreadable for anything but the one way these bytes are written."""
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        raise LabelUnreadable from None
    if _base64(content) != text:
        raise LabelUnreadable
    return content
