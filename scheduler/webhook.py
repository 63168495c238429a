"""Messages as signed JSON, posted to an address of the office's own: its gateway for text messages, say."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from scheduler.mail import NotSentError

SIGNATURE = "Verifier-Signature"
_PURPOSE = b"verifier webhook V1"


class _NoRedirects(HTTPRedirectHandler):
    """A signed message goes where it was addressed to and nowhere else."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass(frozen=True)
class Webhook:
    """Where JSON is posted, and what signs it; seconds to wait."""

    url: str
    secret: bytes
    timeout: float

    def send(self, content: Mapping[str, object], *, at: datetime) -> None:
        """Raise NotSentError unless the answer is one of 200 to 299."""
        body = json.dumps(content, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            SIGNATURE: signature(self.secret, body, int(at.timestamp())),
        }
        asked = Request(self.url, body, headers)  # noqa: S310  http or https, as the settings make sure
        try:
            with build_opener(_NoRedirects).open(asked, timeout=self.timeout) as answer:
                answer.read(1)
        except HTTPError as error:
            raise NotSentError(f"{error.code} {error.reason}") from error
        except (OSError, HTTPException) as error:
            raise NotSentError(str(error) or type(error).__name__) from error


def signature(secret: bytes, body: bytes, at: int) -> str:
    """`t=<seconds since 1970>,v1=<HMAC-SHA256 of "t.body" in hexadecimal>`."""
    return f"t={at},v1={hmac.digest(secret, f'{at}.'.encode() + body, 'sha256').hex()}"


def derived_secret(key: bytes) -> bytes:
    """What signs where no secret of its own is set, in hexadecimal, as the receiver writes it down."""
    return hmac.digest(key, _PURPOSE, "sha256").hex().encode()
