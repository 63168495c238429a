"""Holders: written down one at a time, and changed."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Len

from verifier.db import Session
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark
from verifier.models import Holder
from verifier.operations.journal import Doer, note
from verifier.operations.territory import check_place
from verifier.queries.districts import district_by_code
from verifier.queries.holders import holder_by_identity, holder_for_update
from verifier.rules import holders
from verifier.rules.holders import HolderKind
from verifier.rules.pinyin import initials


class HolderExists(Conflict):
    message = mark("{name} is registered at this place already.")


class CreditCodeWrong(Invalid):
    message = mark(
        "{uscc} is no unified social credit code: 18 characters of which the last must fit the others."
    )


class MarketWrong(Invalid):
    message = mark("Holder {market} is not a market, so nothing can be a stall under it.")


@dataclass(frozen=True, kw_only=True)
class RegisterHolder:
    name: Annotated[str, Len(1, 120)]
    kind: HolderKind
    # The district's code.
    district: str
    uscc: Annotated[str, Len(max_length=18)] = ""
    # The market a stall stands in.
    market_id: int | None = None
    stall_no: Annotated[str, Len(max_length=40)] = ""
    address: Annotated[str, Len(max_length=200)] = ""
    contact_name: Annotated[str, Len(max_length=60)] = ""
    contact_phone: Annotated[str, Len(max_length=40)] = ""


@dataclass(frozen=True, kw_only=True)
class ChangeContact:
    """What is left out stays as it is."""

    address: Annotated[str, Len(max_length=200)] | None = None
    contact_name: Annotated[str, Len(max_length=60)] | None = None
    contact_phone: Annotated[str, Len(max_length=40)] | None = None


def register_holder(session: Session, command: RegisterHolder, *, who: Doer) -> Holder:
    district = district_by_code(session, command.district)
    check_place(session, district.id, command.district, who)
    market = None if command.market_id is None else holder_for_update(session, command.market_id)
    if market is not None and market.kind is not HolderKind.MARKET:
        raise MarketWrong(market=market.name)
    identity = holders.identity(
        command.name, district.code, market=market.name if market else "", stall_no=command.stall_no
    )
    if holder_by_identity(session, identity) is not None:
        raise HolderExists(name=command.name)
    holder = Holder(
        identity=identity,
        name=command.name,
        initials=initials(command.name)[:120],
        kind=command.kind,
        uscc=_credit_code(command.uscc),
        district_id=district.id,
        parent_id=command.market_id,
        stall_no=command.stall_no,
        address=command.address,
        contact_name=command.contact_name,
        contact_phone=command.contact_phone,
    )
    session.add(holder)
    session.flush()
    note(session, who, "register_holder", "holder", holder.id, name=holder.name)
    return holder


def _credit_code(written: str) -> str | None:
    if not written.strip():
        return None
    try:
        return holders.credit_code(written)
    except holders.NotACreditCode:
        raise CreditCodeWrong(uscc=written) from None


def change_contact(session: Session, holder: Holder, command: ChangeContact, *, who: Doer) -> None:
    """Change where and through whom a holder is reached; `holder` comes locked from holder_for_update."""
    check_place(session, holder.district_id, holder.name, who)
    changes = {
        name: value
        for name in ("address", "contact_name", "contact_phone")
        if (value := getattr(command, name)) is not None
    }
    for name, value in changes.items():
        setattr(holder, name, value)
    session.flush()
    note(session, who, "change_contact", "holder", holder.id, **changes)
