"""Reading a page as a person does: its links with what stands on them, its rows, its fields."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_WITHIN_A_LINE = ("a", "b", "code", "data", "strong", "time")


@dataclass
class Page(HTMLParser):
    """What a test looks at; `figures` are links with a number on them, as (address, value)."""

    html: str
    links: list[tuple[str, str]] = field(default_factory=list)
    figures: list[tuple[str, str]] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    text: str = ""

    def __post_init__(self):
        super().__init__()
        self._address = None
        self._in_body = False
        self.feed(self.html)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag, attrs):
        said = {name: value or "" for name, value in attrs}
        if tag not in _WITHIN_A_LINE:
            self.text += " "
        if tag == "a":
            self._address = said.get("href", "")
            self.links.append((self._address, ""))
        elif tag == "data":
            self._figure(said["value"])
        elif tag == "tbody":
            self._in_body = True
        elif tag == "tr":
            self.rows += self._in_body
        elif tag in ("input", "option"):
            self._field(tag, said)

    def _figure(self, value):
        self.values.append(value)
        if self._address is not None:
            self.figures.append((self._address, value))

    def _field(self, tag, said):
        if tag == "option" and "selected" in said:
            self.fields["selected"] = f"{self.fields.get('selected', '')} {said['value']}"
        elif tag == "input" and (said.get("type") not in ("radio", "checkbox") or "checked" in said):
            self.fields[said.get("name", "")] = said.get("value", "")

    def handle_endtag(self, tag):
        if tag == "a":
            self._address = None
        elif tag == "tbody":
            self._in_body = False

    def handle_data(self, data):
        self.text += data
        if self._address is not None:
            address, said = self.links.pop()
            self.links.append((address, said + data))


def opened(client, address, **asked):
    answer = client.get(address, **asked)
    assert answer.status_code == 200, (address, answer.status_code, answer.text[:2000])
    return Page(answer.text)
