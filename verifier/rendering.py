"""The one Jinja environment: templates print, every sentence in the reader's language."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from verifier.i18n import LANGUAGES, translations
from verifier.rules.access import Caller

TEMPLATES = Path(__file__).parent.parent / "templates"


def static(path: str) -> str:
    """The address of a file in static/."""
    return f"/static/{path}"


@cache
def environment(language: str) -> Environment:
    """One per language: the sentences of a template are translated where it is compiled."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        # Plain text is no place for &amp;.
        autoescape=select_autoescape(disabled_extensions=["txt"], default=True),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found = translations(language)
    # What jinja2.ext.i18n adds to an environment is not known to its types.
    made.install_gettext_translations(found, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"language": language, "languages": LANGUAGES, "static": static}
    return made


def render(
    template: str, language: str, *, caller: Caller | None = None, path: str = "/", **context: object
) -> str:
    """Print a template; `caller` is who reads it and `path` the page's own address, on every page."""
    return environment(language).get_template(template).render(caller=caller, path=path, **context)
