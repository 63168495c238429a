"""The number on an instrument's label: digits only, for a keypad, with a check digit against slips."""

import re

from stdnum import damm
from stdnum.exceptions import ValidationError

from verifier.errors import Invalid
from verifier.i18n import mark

# It stands in addresses and file names, so neither blanks nor dots alone.
_ADDRESSABLE = re.compile(r"\w[\w.-]*")


class NotAnInstrumentCode(Invalid):
    message = mark("{code} is not an instrument code: it is 8 or more digits, the last one a check digit.")


def is_addressable(code: str) -> bool:
    """Whether a code an office makes up can stand in an address; Chinese may, percent-encoded."""
    return _ADDRESSABLE.fullmatch(code) is not None


def instrument_code(instrument_id: int) -> str:
    """00000012 + check digit style code of an instrument's number."""
    digits = f"{instrument_id:07d}"
    return digits + str(damm.calc_check_digit(digits))


def instrument_id(code: str) -> int:
    """The instrument's number; raises NotAnInstrumentCode for anything else."""
    digits = code.strip()
    try:
        damm.validate(digits)
    except ValidationError:
        raise NotAnInstrumentCode(code=code) from None
    if instrument_code(int(digits[:-1])) != digits:
        raise NotAnInstrumentCode(code=code)
    return int(digits[:-1])
