"""Before anything is measured: what of an instrument must be known for its limits to be found."""

from verifier.errors import VerifierError
from verifier.rules.asking import Case
from verifier.rules.device import Characteristic, CharacteristicMissing, Device
from verifier.rules.expected import asked_of
from verifier.rules.items import Item, Method, Need
from verifier.rules.nawi import DeviceImpossible, fitting
from verifier.rules.regulation import Design, Regulation
from verifier.rules.stages import Stage

# What R 76-1 classes a weighing instrument by; Min follows from class and e.
_OF_A_SCALE = (
    Characteristic.UNIT,
    Characteristic.ACCURACY_CLASS,
    Characteristic.MAXIMUM,
    Characteristic.E,
)


def missing_characteristics(
    regulation: Regulation, stage: Stage, device: Device
) -> tuple[Characteristic, ...]:
    """What is to be read off the instrument first; empty when every limit can be found.

    Once these are given others may turn out to be missing: an accuracy class may need a Max.
    """
    if regulation.design is Design.R76:
        unknown = tuple(what for what in _OF_A_SCALE if not _is_known(device, what))
        if unknown:
            return unknown
        try:
            # Min follows from class and e.
            device = fitting(device)
        except DeviceImpossible:
            # Said when the items are asked for: nothing more has to be known for that.
            return ()
    found = {what for item in regulation.items if (what := _missing(item, regulation, stage, device))}
    return tuple(what for what in Characteristic if what in found)


def _missing(item: Item, regulation: Regulation, stage: Stage, device: Device) -> Characteristic | None:
    if item.needs[stage] is Need.NOT_REQUIRED or item.method is Method.CHECK:
        return None
    try:
        asked_of(item, Case(regulation, stage, device))
    except CharacteristicMissing as lacking:
        what = lacking.facts["what"]
        return what if isinstance(what, Characteristic) else None
    except VerifierError:
        # Something else is wrong with what is known, and is said when the items are asked for.
        return None
    return None


def _is_known(device: Device, what: Characteristic) -> bool:
    try:
        device.needed(what)
    except CharacteristicMissing:
        return False
    return True
