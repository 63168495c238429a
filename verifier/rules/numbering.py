"""Numbers of certificates: a pattern per body, counted without a gap within a year, never used twice."""

import re
import string
from datetime import date

from verifier.errors import Invalid
from verifier.i18n import mark

DEFAULT_PATTERN = "{body}{yyyy}-{discipline}-{seq:06d}"
_FIELDS = ("body", "yyyy", "yy", "seq", "discipline")
_SEQUENCE = re.compile(r"0[1-9]d")
# What stands in an address and on a label without being changed on the way.
_PLAIN = re.compile(r"[\w.\-()（）〔〕\[\]]*")


# The disciplines metrology bodies are organised by, by the beginning of a kind's key; the longest wins.
_DISCIPLINES = {
    "": "QT",  # 其他
    "nawi": "LX",  # 力学
    "balance": "LX",
    "weights": "LX",
    "awi": "LX",
    "indicator": "LX",
    "load_cell": "LX",
    "bp_": "LX",
    "pressure": "LX",
    "tonometer": "LX",
    "fuel": "LX",
    "water_meter": "LX",
    "gas_": "LX",
    "flow": "LX",
    "clin_therm": "RX",  # 热学
    "heat": "RX",
    "ecg": "DC",  # 电磁
    "eeg": "DC",
    "patient_monitor": "DC",
    "elec": "DC",
    "instr_transformer": "DC",
    "insulation": "DC",
    "ev_charger": "DC",
    "audiometer": "SX",  # 声学
    "ultrasound": "SX",
    "sound": "SX",
    "focimeter": "GX",  # 光学
    "refractometer": "GX",
    "phoropter": "GX",
    "trial": "GX",
    "keratometer": "GX",
    "laser": "GX",
    "xray": "DL",  # 电离辐射
    "accelerator": "DL",
    "dosimeter": "DL",
    "activity": "DL",
    "radiation": "DL",
    "bone": "DL",
    "lab_": "HX",  # 化学
    "glucose": "HX",
    "gas_alarm": "HX",
    "breath": "HX",
    "exhaust": "HX",
    "smoke": "HX",
    "moisture": "HX",
    "grain": "HX",
    "dust": "HX",
}


def discipline(kind: str) -> str:
    """Two letters for the discipline of a kind, by its key."""
    return _DISCIPLINES[max((start for start in _DISCIPLINES if kind.startswith(start)), key=len)]


class PatternWrong(Invalid):
    message = mark(
        "{pattern} is no pattern for numbers: {{yyyy}} or {{yy}} and {{seq}} must be in it once, "
        "{{body}} and {{discipline}} may; between them letters, digits, dots, hyphens and brackets."
    )


def check_pattern(pattern: str) -> None:
    """Raise PatternWrong unless two certificates of a body can never have one number."""
    try:
        parts = list(string.Formatter().parse(pattern))
    except ValueError:
        raise PatternWrong(pattern=pattern) from None
    named = [name for _, name, _, _ in parts if name is not None]
    literal = "".join(text for text, *_ in parts)
    good = (
        set(named) <= set(_FIELDS)
        and named.count("seq") == 1
        and named.count("yyyy") + named.count("yy") == 1
        and len(named) == len(set(named))
        and _PLAIN.fullmatch(literal) is not None
        and all(_is_plain_field(name, spec, conversion) for _, name, spec, conversion in parts)
    )
    if not good:
        raise PatternWrong(pattern=pattern)


def _is_plain_field(name: str | None, spec: str | None, conversion: str | None) -> bool:
    return conversion is None and (not spec or (name == "seq" and _SEQUENCE.fullmatch(spec) is not None))


def number(pattern: str, *, body: str, discipline: str, issued_on: date, sequence: int) -> str:
    """The number of the body's certificate `sequence` (1, 2, 3 …) in the year of the day."""
    year = issued_on.year
    return pattern.format(
        body=body, discipline=discipline, yyyy=f"{year:04d}", yy=f"{year % 100:02d}", seq=sequence
    )
