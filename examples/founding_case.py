"""The founding case over REST: open the programme, enrol, start, and record a pass for every instrument.

Needs nothing but Python. Import the register and the tariffs first, then:

    python examples/founding_case.py --token TOKEN --day 2026-05-01
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

Call = Callable[[str, str, Any], Any]

CODE = "TAICANG-COMMUNITY"
PROGRAMME = {
    "code": CODE,
    "name": "太仓市社区卫生机构免费检定",
    "kind": "mandatory_free",
    "district": "320585",
    "eligibility": {
        # Glucose meters are not in the mandatory catalogue, so they are listed by name.
        "instrument_kinds": ["bp_mercury", "bp_aneroid", "bp_auto", "glucose_meter"],
        "purposes": ["medical"],
    },
    "funders": [{"name": "太仓市财政", "share_percent": 100}],
}


def calling(url: str, token: str) -> Call:
    """A function that asks the REST interface and answers its JSON; a refusal ends the script."""

    def call(method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401  JSON
        content = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = Request(f"{url}/api/v1{path}", content, headers, method=method)  # noqa: S310  the office's own address
        try:
            with urlopen(request, timeout=60) as answer:  # noqa: S310  ditto
                return json.load(answer)
        except HTTPError as refusal:
            sys.exit(f"{method} {path}: {refusal.status} {refusal.read().decode()}")
        except URLError as silence:
            sys.exit(f"{url} does not answer ({silence.reason}); is `verifier serve` running?")

    return call


def open_programme(call: Call, day: date) -> dict[str, Any]:
    """Create the programme for the year of that day, enrol all that is eligible, freeze the base."""
    period = {"starts_on": f"{day.year}-01-01", "ends_on": f"{day.year}-12-31"}
    call("POST", "/programmes", PROGRAMME | period)
    enrolled: dict[str, Any] = call("POST", f"/programmes/{CODE}/enrolments", {"dry_run": False})
    call("POST", f"/programmes/{CODE}/start", None)
    return enrolled


def outstanding(call: Call) -> Iterator[dict[str, Any]]:
    """Every instrument of the programme that has no verification in it yet, page by page."""
    after: str | None = None
    while True:
        query = {"programme": CODE, "verified": "false", "limit": 500} | ({"after": after} if after else {})
        page = call("GET", f"/instruments?{urlencode(query)}", None)
        yield from page["items"]
        after = page["next"]
        if after is None:
            return


def record_passes(call: Call, day: date, *, leave: int = 0) -> int:
    """Record a pass for all but `leave` of the outstanding instruments; answer how many."""
    todo = list(outstanding(call))
    todo = todo[: len(todo) - leave]
    for instrument in todo:
        record = {
            "instrument_id": instrument["id"],
            "programme": CODE,
            "performed_on": day.isoformat(),
            "stage": "subsequent",
            "outcome": "passed",
        }
        call("POST", "/verifications", record)
    return len(todo)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--token", required=True, help="of an administrator or a coordinator of 320585")
    parser.add_argument(
        "--day", type=date.fromisoformat, required=True, help="of the verifications, as 2026-05-01"
    )
    asked = parser.parse_args()
    call = calling(asked.url, asked.token)
    print("enrolled:", open_programme(call, asked.day))
    print("recorded:", record_passes(call, asked.day, leave=1))
    print("completion with one left out:", _total(call))
    print("recorded:", record_passes(call, asked.day))
    print("completion:", _total(call))


def _total(call: Call) -> str:
    total = call("GET", f"/programmes/{CODE}/completion?district=320585", None)["total"]
    yuan = f"{total['fee_waived_fen'] // 100}.{total['fee_waived_fen'] % 100:02d}"
    return (
        f"{total['verified']} of {total['base']}, {total['completion_percent']} % of instruments, "
        f"{total['unit_completion_percent']} % of units, {yuan} yuan waived"
    )


if __name__ == "__main__":
    main()
