"""What stands on the sheet a technician takes along for a day."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class SheetStop:
    """One visit; the words are the reader's, the clock the office's."""

    time: str
    holder: str
    address: str
    contact: str
    status: str
    # "3 × sphygmomanometer" and the like, then serial numbers.
    instruments: tuple[str, ...]


@dataclass(frozen=True)
class RouteSheet:
    """A technician's day on paper; `words` are its fixed words by name, in the reader's language."""

    day: date
    technician: str
    body: str
    stops: tuple[SheetStop, ...]
    # An SVG drawing, empty where nobody is visited.
    map: str
    words: dict[str, str]
