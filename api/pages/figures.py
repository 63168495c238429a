"""From every figure of a completion report to the list of what it counts."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from api.completion import CompletionReport
from verifier.queries.completion import By, CompletionRow


@dataclass(frozen=True)
class Links:
    """Addresses that keep the report's programme, district and day."""

    report: CompletionReport

    def instruments(self, row: CompletionRow, figure: str) -> str:
        return self._list("/instruments", row, figure=figure)

    def holders(self, row: CompletionRow, completed: bool | None = None) -> str:  # noqa: FBT001  templates say completed=
        wanted = {} if completed is None else {"completed": str(completed).lower()}
        return self._list("/holders", row, **wanted)

    def work(self, row: CompletionRow, *, without_tariff: bool = False) -> str:
        wanted = {"without_tariff": "true"} if without_tariff else {}
        return self._list("/verifications", row, **wanted)

    def _list(self, path: str, row: CompletionRow, **wanted: str) -> str:
        asked = {
            "programme": self.report.programme.code,
            "district": self.report.district.code,
            **self._part(row),
            **wanted,
            "on": self.report.on.isoformat(),
        }
        return f"{path}?{urlencode(asked)}"

    def _part(self, row: CompletionRow) -> dict[str, str]:
        if row is self.report.found.total:
            return {}
        if self.report.by is By.HOLDER_KIND:
            return {"holder_kind": row.code}
        if self.report.by is By.PURPOSE:
            return {"purpose": row.code}
        return {"directly": "true"} if self.is_the_root(row) else {"district": row.code}

    def is_the_root(self, row: CompletionRow) -> bool:
        """Whether the row is of the district itself, without what lies below."""
        return self.report.by is By.DISTRICT and row.code == self.report.district.code

    def may_go_deeper(self, row: CompletionRow) -> bool:
        is_district = self.report.by is By.DISTRICT and row is not self.report.found.total
        return is_district and not self.is_the_root(row)

    def at(self, district: str) -> str:
        """The same report of another district."""
        return self._report(district=district)

    def split(self, by: By) -> str:
        """The same report in other rows."""
        return self._report(by=by.value)

    def file(self, ending: str) -> str:
        return self._report(f"/completion.{ending}")

    def _report(self, ending: str = "", **other: str) -> str:
        asked = {
            "district": self.report.district.code,
            "by": self.report.by.value,
            "on": self.report.on.isoformat(),
            **other,
        }
        code = quote(self.report.programme.code, safe="")
        return f"/programmes/{code}{ending}?{urlencode(asked)}"
