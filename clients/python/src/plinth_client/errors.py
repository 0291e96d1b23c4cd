"""What can go wrong: a refusal of the service, or no answer at all."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional

import requests
from requests.exceptions import ChunkedEncodingError, ContentDecodingError
from urllib3.exceptions import ReadTimeoutError


class ProblemError(Exception):
    """A refusal of the service: its problem document (RFC 9457) as an exception.

    ``code`` is the stable name to decide by (``auth.no_session``), ``http.<status>`` for an answer
    that is not the service's own. ``detail`` is one sentence for people, and the exception's text.
    """

    def __init__(self, answer: requests.Response, said: Optional[str] = None) -> None:
        body = json_of(answer)
        detail = said or _text(body.get("detail")) or f"The service answered {answer.status_code}."
        super().__init__(detail)
        self.status: int = answer.status_code
        self.code: str = _text(body.get("code")) or f"http.{answer.status_code}"
        self.detail: str = detail
        self.details: List[Dict[str, Any]] = _details(body.get("details"))
        self.request_id: Optional[str] = _text(body.get("request_id")) or answer.headers.get("X-Request-ID")
        self.retry_after_seconds: Optional[int] = _seconds(answer.headers.get("Retry-After"))


class UnreachableError(Exception):
    """No answer came; ``__cause__`` says why, ``timed_out`` whether the time was up."""

    def __init__(self, origin: str, *, timed_out: bool) -> None:
        what_to_do = (
            "did not answer in time. Try again, or give it more with timeout_seconds."
            if timed_out
            else "cannot be reached. Check its address, and that it runs."
        )
        super().__init__(f"{origin} {what_to_do}")
        self.timed_out = timed_out


# What requests raises when no answer comes, or the end of it is missing or cannot be read.
NO_ANSWER = (requests.Timeout, requests.ConnectionError, ChunkedEncodingError, ContentDecodingError)


@contextmanager
def whole_answer(origin: str) -> Iterator[None]:
    """Raises UnreachableError where no answer comes, or not a whole one."""
    try:
        yield
    except NO_ANSWER as error:
        timed_out = isinstance(error, requests.Timeout) or _waited_too_long(error)
        raise UnreachableError(origin, timed_out=timed_out) from error


def _waited_too_long(error: requests.RequestException) -> bool:
    """Within a body, requests tells of a wait that was too long as of a lost connection."""
    return any(isinstance(cause, ReadTimeoutError) for cause in error.args)


NO_JSON = (
    "What answered is not the service: it sent no JSON. Check the address, and what stands between."
)


def result_of(answer: requests.Response) -> Any:
    """The JSON that a successful answer carries, None where it has no body.

    Raises ProblemError when the service refuses, or something else answered in its place.
    """
    if not answer.ok:
        raise ProblemError(answer)
    if not answer.content:
        return None
    try:
        return answer.json()
    except ValueError:
        raise ProblemError(answer, NO_JSON) from None


def json_of(answer: requests.Response) -> Dict[str, Any]:
    """The JSON object in an answer; an empty one where there is none (a proxy's HTML page)."""
    if "json" not in answer.headers.get("Content-Type", ""):
        return {}
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _text(value: Any) -> Optional[str]:
    return value if isinstance(value, str) and value else None


def _details(value: Any) -> List[Dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _seconds(header: Optional[str]) -> Optional[int]:
    return int(header) if header is not None and header.isascii() and header.isdigit() else None
