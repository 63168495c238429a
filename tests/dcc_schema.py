"""The published structure of a DCC, written down by hand: PTB's dcc.xsd 3.3.0 and SI_Format.xsd (D-SI 2).

Nothing here comes from what writes certificates. A type's content is a line of `name=type` with `?`, `*`,
`+` and `|` as in a DTD, in the order of the schema. Types a certificate of this house never holds (formulas,
attached files, signatures, complex numbers, uncertainties) are left out: an element of theirs is a fault.
"""

import re
from collections.abc import Iterator
from datetime import date
from xml.etree.ElementTree import Element

DCC, SI = "https://ptb.de/dcc", "https://ptb.de/si"

_REF = ("id", "refId", "refType")
_CONTACT = "name=text eMail=notEmpty? phone=notEmpty? fax=notEmpty? link=uri? location=location"
_HEAD = "name=text? equipmentClass=equipmentClass* description=rich?"
_VALUE = "noQuantity=rich|charsXMLList=chars|si:real=real|si:hybrid=hybrid|si:realListXMLList=realList"
_USED = "usedMethods=methods? usedSoftware=softwares? measuringEquipments=equipments?"
_PRIMITIVE = f"name=text? description=rich? ({_VALUE})"

CONTENT = {
    "certificate": "administrativeData=administrative measurementResults=results",
    "softwares": "software=software+",
    "software": "name=text release=notEmpty type=softwareKind? description=rich?",
    "core": "countryCodeISO3166_1=country usedLangCodeISO639_1=language+ mandatoryLangCodeISO639_1=language+"
    " uniqueIdentifier=notEmpty identifications=identifications? receiptDate=date? beginPerformanceDate=date"
    " endPerformanceDate=date performanceLocation=place issueDate=date? reportAmendedSubstituted=amended?",
    "amended": "typeOfChange=change replacedUniqueIdentifier=notEmpty",
    "equipmentClass": "reference=notEmpty classID=notEmpty link=uri?",
    "items": f"{_HEAD} owner=contact? manufacturer=maker? identifications=identifications? item=item+",
    "item": "name=text equipmentClass=equipmentClass* description=rich? owner=contact?"
    " installedSoftwares=softwares? manufacturer=maker? model=notEmpty? identifications=identifications"
    " itemQuantities=itemQuantities? subItems=items?",
    "itemQuantities": "itemQuantity=primitive+",
    "primitive": _PRIMITIVE,
    "identifications": "identification=identification+",
    "identification": "issuer=issuer value=notEmpty name=text?",
    "laboratory": "calibrationLaboratoryCode=notEmpty? contact=contact cryptElectronicSeal=boolean?"
    " cryptElectronicSignature=boolean? cryptElectronicTimeStamp=boolean?",
    "contact": _CONTACT,
    "maker": f"{_CONTACT}?",
    "location": "(city=notEmpty|countryCode=country|postCode=notEmpty|postOfficeBox=notEmpty|state=notEmpty"
    "|street=notEmpty|streetNo=notEmpty|further=rich)+",
    "persons": "respPerson=person+",
    "person": "person=maker description=rich? role=notEmpty? mainSigner=boolean? cryptElectronicSeal=boolean?"
    " cryptElectronicSignature=boolean? cryptElectronicTimeStamp=boolean?",
    "statements": "statement=statement+",
    "statement": "name=text? description=rich? countryCodeISO3166_1=country* convention=notEmpty?"
    " traceable=boolean? norm=notEmpty* reference=notEmpty* link=uri* declaration=rich?"
    " (valid=boolean|validXMLList=booleans)? date=date? period=duration? respAuthority=contact?"
    " (conformity=conformity|conformityXMLList=conformities)? data=data? nonSIDefinition=notEmpty?"
    " nonSIUnit=notEmpty? location=location?",
    "results": "usedMethods=methods? usedSoftware=softwares? measuringEquipments=equipments?"
    " influenceConditions=conditions? measurementMetaData=metaData? measurementResult=measurementResult+",
    "measurementResult": f"name=text description=rich? {_USED} influenceConditions=conditions?"
    " results=resultList measurementMetaData=metaData?",
    "methods": "usedMethod=method+",
    "method": "name=text description=rich? norm=notEmpty* reference=notEmpty* link=uri*",
    "equipments": f"{_HEAD} owner=contact? identifications=identifications? measuringEquipment=equipment+",
    "equipment": "name=text equipmentClass=equipmentClass* description=rich? manufacturer=maker?"
    " model=notEmpty? identifications=identifications? measuringEquipmentQuantities=equipmentQuantities?"
    " installedSoftware=softwares?",
    "equipmentQuantities": "measuringEquipmentQuantity=primitive+",
    "conditions": "influenceCondition=condition+",
    "condition": "name=text description=rich? status=status? data=data",
    "resultList": "result=result+",
    "result": "name=text description=rich? data=data",
    "data": "(text=rich|quantity=quantity|list=list)+",
    "quantity": f"{_PRIMITIVE} {_USED} influenceConditions=conditions? measurementMetaData=metaData?",
    "list": "name=text? description=rich? (dateTime=dateTime|dateTimeXMLList=dateTimes)?"
    f" (list=list|quantity=quantity)+ {_USED} influenceConditions=conditions? measurementMetaData=metaData?",
    "metaData": "metaData=statement+",
    "text": "content=said+",
    "rich": "name=text? content=said*",
    "real": "si:label=string? si:quantityTypeQUDT=string? si:value=decimal si:unit=unit"
    " si:significantDigit=integer? si:dateTime=dateTime?",
    "realList": "si:labelXMLList=string? si:quantityTypeQUDTXMLList=string? si:valueXMLList=decimals"
    " si:unitXMLList=units",
    "hybrid": "(si:real=real+|si:realListXMLList=realList+)",
}
# `xs:all`: each once, in any order; `?`: or not at all.
ALL = {
    "administrative": "dccSoftware=softwares coreData=core items=items calibrationLaboratory=laboratory"
    " respPersons=persons customer=contact statements=statements?"
}
_REFERRING = """software amended equipmentClass item primitive identification contact maker person statement
 measurementResult method equipment condition result data quantity list rich"""
ATTRIBUTES = {
    "certificate": ("schemaVersion", "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"),
    "said": ("lang", *_REF),
    "text": ("id", "refId"),
    "items": ("id", "refId"),
    **dict.fromkeys(re.findall(r"\w+", _REFERRING), _REF),
}
_DECIMAL = r"([-+]?((\d*\.\d+)|(\d+\.\d*)|(\d+\.?))([Ee][-+]?\d+)?|NaN)"
_CONFORMITY = "(pass|fail|conditionalPass|conditionalFail|noPass|noFail)"
# What D-SI makes units of: prefixes, units, `\\per` and `\\tothe`; a foreign one stands behind a stroke.
_PREFIX = r"\\(mega|kilo|hecto|deca|deci|centi|milli|micro|nano)"
_UNIT = (
    r"\\(metre|second|ampere|kelvin|mole|candela|gram|pascal|volt|ohm|hertz|newton|joule|watt|litre|tonne|bel"
    r"|minute|hour|day|degreecelsius)"
)
_FACTOR = rf"(\\kilogram|\\percent|\\ppm|\\one|(?!\\kilo\\gram)({_PREFIX})?{_UNIT})(\\tothe\{{-?\d+\}})?"
DSI_UNIT = rf"{_FACTOR}(\\per{_FACTOR}|{_FACTOR})*"
_ANY_UNIT = rf"({DSI_UNIT}|\|\S+)"
SIMPLE = {
    "notEmpty": r"[^\s]+(\s+[^\s]+)*",
    "country": "[A-Z]{2}",
    "language": "[a-z]{2}",
    "boolean": "true|false|1|0",
    "place": "laboratory|customer|laboratoryBranch|customerBranch|other",
    "softwareKind": "application|bios|driver|editor|firmware|library|os|other",
    "issuer": "manufacturer|calibrationLaboratory|customer|owner|other",
    "change": "amended|substituted",
    "status": "beforeAdjustment|afterAdjustment|beforeRepair|afterRepair",
    "conformity": _CONFORMITY,
    "conformities": rf"{_CONFORMITY}( {_CONFORMITY})*",
    "chars": r"\S+( \S+)*",
    "decimal": _DECIMAL,
    "decimals": rf"{_DECIMAL}( {_DECIMAL})*",
    "unit": _ANY_UNIT,
    "units": rf"{_ANY_UNIT}( {_ANY_UNIT})*",
    "date": r"\d{4}-\d{2}-\d{2}",
    "said": r"[\s\S]*",
}
_TERM = re.compile(r"([\w:]+)=(\w+)")


def faults(root: Element) -> list[str]:
    """Where the document is not as the schema and PTB's good practice want it; nothing when it is."""
    if root.tag != f"{{{DCC}}}digitalCalibrationCertificate" or root.get("schemaVersion") != "3.3.0":
        return [f"{root.tag} {root.get('schemaVersion')}"]
    return [*_structure(root, "certificate", "/"), *_practice(root)]


def _name(found: Element) -> str:
    return found.tag.replace(f"{{{DCC}}}", "").replace(f"{{{SI}}}", "si:")


def _structure(found: Element, kind: str, path: str) -> Iterator[str]:
    extra = set(found.attrib) - set(ATTRIBUTES.get(kind, ()))
    if extra or not re.fullmatch(SIMPLE["language"], found.get("lang", "zh")):
        yield f"{path}: attributes {found.attrib}"
    if kind in SIMPLE:
        if len(found) or not _fits(kind, found.text or ""):
            yield f"{path}: {kind} {found.text!r}"
        return
    content = CONTENT.get(kind, ALL.get(kind, ""))
    names = [_name(child) for child in found]
    ordered = sorted(names, key=[name for name, _ in _TERM.findall(content)].index) if kind in ALL else names
    pattern = _TERM.sub(r"(?:\1;)", content).replace(" ", "")
    if (found.text or "").strip() or not re.fullmatch(pattern, "".join(f"{name};" for name in ordered)):
        yield f"{path}: {kind} {names} {found.text or ''}"
        return
    kinds = dict(_TERM.findall(content))
    for child, name in zip(found, names, strict=True):
        yield from _structure(child, kinds[name], f"{path}{name}/")


def _fits(kind: str, text: str) -> bool:
    if not re.fullmatch(SIMPLE[kind], text):
        return False
    return kind != "date" or _is_a_day(text)


def _is_a_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _practice(root: Element) -> Iterator[str]:
    """What the schema cannot say and PTB's Schematron rules ask for."""
    yield from _identifiers(root)
    yield from _languages(root)
    yield from _told(root)
    yield from _foreign(root)
    yield from _tables(root)


def _told(root: Element) -> Iterator[str]:
    for found in root.iter(f"{{{DCC}}}measurementResult"):
        for needed in ("usedMethods", "influenceConditions"):
            if found.find(f"{{{DCC}}}{needed}") is None:
                yield f"measurementResult without {needed}"
    for release in root.iter(f"{{{DCC}}}release"):
        if not re.fullmatch(r"[a-zA-Z] ?([0-9]{1,3}\.){0,3}[0-9]{1,3}", release.text or ""):
            yield f"release {release.text}"


def _tables(root: Element) -> Iterator[str]:
    """The columns of a table are equally long."""
    for listed in root.iter(f"{{{DCC}}}list"):
        lengths = {len((one.text or "").split()) for one in listed.iter() if _name(one) in _LISTS}
        singles = sum(1 for _ in listed.iter(f"{{{SI}}}real"))
        if len(lengths) != 1 or (singles and lengths != {1}):
            yield f"columns of different lengths: {lengths}"


_LISTS = ("si:valueXMLList", "charsXMLList", "conformityXMLList")


def _units(root: Element) -> Iterator[Element]:
    for name in ("unit", "unitXMLList"):
        yield from root.iter(f"{{{SI}}}{name}")


def _foreign(root: Element) -> Iterator[str]:
    """Units foreign to the SI are declared and stand only within a hybrid, whose first is of the SI."""
    declared = {unit.text for unit in root.iter(f"{{{DCC}}}nonSIUnit")}
    used = {unit.text for unit in _units(root) if (unit.text or "").startswith("|")}
    if declared != used:
        yield f"units foreign to the SI: declared {declared}, used {used}"
    inside = {unit for hybrid in root.iter(f"{{{SI}}}hybrid") for unit in _units(hybrid)}
    for hybrid in root.iter(f"{{{SI}}}hybrid"):
        if next(_units(hybrid)).text in ("", None) or (next(_units(hybrid)).text or "").startswith("|"):
            yield "hybrid without a unit of the SI"
    for unit in _units(root):
        if (unit.text or "").startswith("|") and unit not in inside:
            yield f"{unit.text} outside a hybrid"


def _identifiers(root: Element) -> Iterator[str]:
    named = [found.attrib["id"] for found in root.iter() if "id" in found.attrib]
    if len(set(named)) != len(named):
        yield f"xs:ID twice: {named}"
    for found in root.iter():
        missing = set(found.attrib.get("refId", "").split()) - set(named)
        if missing:
            yield f"refId to nothing: {missing}"


def _languages(root: Element) -> Iterator[str]:
    """A text is in every language that is used, or in none that is named."""
    used = [found.text for found in root.iter(f"{{{DCC}}}usedLangCodeISO639_1")]
    for found in root.iter():
        said = [child.get("lang") for child in found if _name(child) == "content"]
        if said and said != [None] and sorted(map(str, said)) != sorted(map(str, used)):
            yield f"{_name(found)}: in {said}"
