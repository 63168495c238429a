"""Which language a request is answered in: the switch on the page, or what the browser prefers."""

from typing import Annotated

from fastapi import Depends, Request

from verifier.i18n import LANGUAGES, negotiate

LANGUAGE_COOKIE = "verifier_language"


def language_of(request: Request) -> str:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else negotiate(request.headers.get("accept-language", ""))


Language = Annotated[str, Depends(language_of)]
