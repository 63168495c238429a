"""The only module that speaks SMTP: one message to one reader, within seconds or not at all."""

import hashlib
import ssl
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from smtplib import SMTP, SMTP_SSL, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import unquote, urlsplit

from scheduler.notices import Notice

# Seconds until a server that says nothing counts as one that does not answer.
TIMEOUT = 20.0
_PORTS = {"smtp": 25, "smtps": 465}


class NotSentError(Exception):
    """Why something did not arrive, in the server's words or the system's."""


@dataclass(frozen=True)
class MailServer:
    """`smtp://user:password@host:port` (STARTTLS where it is offered) or `smtps://…`; seconds to wait."""

    url: str
    timeout: float

    def send(self, message: EmailMessage) -> None:
        """Raise NotSentError unless the server took it.

        Where the line breaks after the last byte nobody can know: then it is sent again, under the same
        Message-ID.
        """
        try:
            with ExitStack() as stack:
                server = self._opened()
                stack.callback(server.close)
                self._greet(server)
                server.send_message(message)
                # Taken is taken, however the server says goodbye.
                with suppress(SMTPException, OSError):
                    server.quit()
        except (SMTPException, OSError) as error:
            raise NotSentError(_told(error)) from error

    def _opened(self) -> SMTP:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "localhost", parts.port or _PORTS[parts.scheme]
        if parts.scheme == "smtps":
            return SMTP_SSL(host, port, timeout=self.timeout, context=ssl.create_default_context())
        return SMTP(host, port, timeout=self.timeout)

    def _greet(self, server: SMTP) -> None:
        parts = urlsplit(self.url)
        server.ehlo_or_helo_if_needed()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))


def _told(error: Exception) -> str:
    if isinstance(error, SMTPRecipientsRefused):
        error = SMTPResponseException(*next(iter(error.recipients.values())))
    if isinstance(error, SMTPResponseException):
        text = error.smtp_error
        return f"{error.smtp_code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
    return str(error) or type(error).__name__


def mail_of(
    notice: Notice, page: str, *, sender: str, to: str, key: str, unsubscribe: str | None
) -> EmailMessage:
    """Text, and the same as a page; the same message has the same Message-ID however often it is sent."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, notice.subject
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    made["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    if unsubscribe is not None:
        # RFC 8058: one click in the mail program is enough.
        made["List-Unsubscribe"] = f"<{unsubscribe}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(notice.text)
    made.add_alternative(page, subtype="html")
    return made
