"""The client of one service."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence
from urllib.parse import urlencode, urljoin

import requests

from .errors import ProblemError, json_of, result_of, whole_answer
from .origin import as_given, origin_of
from .second_factor import SecondFactor, factor_needed

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SIGNED_OUT: Dict[str, Any] = {"authenticated": False, "user": None, "csrf_token": None}
# A request without the header is refused for that, with 403; with it, a session that is over is 401.
NO_TOKEN = "signed-out"


class AuthClient:
    """Calls one service with the session in ``session.cookies``.

    The session is a cookie, kept by the ``requests.Session``; the CSRF token is kept in memory.
    Instances are not for several threads at once, because a ``requests.Session`` is not.
    """

    def __init__(
        self,
        base_url: str = "http://localhost:8000",
        *,
        timeout_seconds: float = 30.0,
        session: Optional[requests.Session] = None,
    ) -> None:
        """``timeout_seconds`` limits connecting, and each wait for a next byte."""
        self.base_url = base_url.rstrip("/")
        self.timeout_seconds = timeout_seconds
        self.session = session if session is not None else requests.Session()
        self._origin = origin_of(self.base_url)
        self._csrf_token: Optional[str] = None
        self._person: Optional[str] = None

    def check_auth_state(self) -> Dict[str, Any]:
        """The same as ``me()``, except that a refusal counts as signed out."""
        try:
            return self.me()
        except ProblemError:
            return dict(SIGNED_OUT)

    def me(self) -> Dict[str, Any]:
        """Who is signed in; also fetches the CSRF token.

        Raises ProblemError when the service refuses, UnreachableError when it does not answer.
        """
        answer = self._send("GET", f"{self.base_url}/auth/web/me", {})
        state = result_of(answer) or {}
        self._csrf_token = state.get("csrf_token")
        self._person = (state.get("user") or {}).get("id")
        return state if state.get("authenticated") else dict(SIGNED_OUT)

    def login_url(
        self,
        provider: str = "default",
        return_to: str = "/",
        *,
        max_age_seconds: Optional[int] = None,
        acr_values: Sequence[str] = (),
    ) -> str:
        """The URL that starts a sign-in, for a browser to open.

        ``provider`` is a name of the service's configuration; ``return_to`` a page of the service,
        or a URL of an origin that it allows. ``max_age_seconds`` and ``acr_values`` ask for a
        fresher or a stronger sign-in.
        """
        query: Dict[str, str] = {} if provider == "default" else {"provider": provider}
        query["return_to"] = self._way_back(return_to)
        if max_age_seconds is not None:
            query["max_age"] = str(max_age_seconds)
        if acr_values:
            query["acr_values"] = " ".join(acr_values)
        return f"{self.base_url}/auth/web/login?{urlencode(query)}"

    def sign_in_again_url(self, error: BaseException, return_to: str = "/") -> Optional[str]:
        """Where a person signs in again, when their sign-in is too old or too weak for what they asked.

        None for any other error.
        """
        details = error.details if isinstance(error, ProblemError) else []
        path = next((one["message"] for one in details if one.get("code") == "sign_in_again"), None)
        if path is None:
            return None
        joint = "&" if "?" in path else "?"
        return self._url_of(f"{path}{joint}{urlencode({'return_to': self._way_back(return_to)})}")

    def sign_in(self, username: str, password: str) -> Optional[SecondFactor]:
        """Signs in with a password. None means done; a SecondFactor, that ``verify`` must follow.

        The service sets the session cookie. Raises ProblemError: ``auth.invalid_credentials``, or
        ``PASSWORD_RESET_REQUIRED`` (428).
        """
        return self._enter("/auth/web/login", {"username": username, "password": password})

    def verify(self, mfa_token: str, code: str, remember_device: bool = False) -> None:
        """Brings the second factor; raises ProblemError (401) for a wrong code.

        ``remember_device``: whether this session's cookies need no second factor for a while.
        """
        body = {"mfa_token": mfa_token, "code": code, "remember_device": remember_device}
        self._enter("/auth/web/mfa", body)

    def request(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        """Calls the service with the session and returns the answer as it came.

        An unsafe method carries the CSRF token. When the service refuses that token, because the
        session was renewed elsewhere, it is fetched anew and the request repeated once: not when
        somebody else is signed in by now, nor when the body is a stream. ``kwargs`` are those of
        ``requests``. Raises ValueError for a URL of another origin, UnreachableError without answer,
        ProblemError when the token cannot be had.
        """
        url = self._url_of(path)
        method = method.upper()
        if method in SAFE:
            return self._send(method, url, kwargs)
        once = _is_stream(kwargs.get("data")) or bool(kwargs.get("files"))
        if self._csrf_token is None or once:
            self.me()
        person = self._person
        answer = self._send_with_token(method, url, kwargs)
        if once or not _refuses_csrf(answer):
            return answer
        self.me()
        if self._csrf_token is None or self._person != person:
            return answer
        return self._send_with_token(method, url, kwargs)

    def authenticated_request(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        """The same as ``request``."""
        return self.request(method, url, **kwargs)

    def call(self, method: str, path: str, json: Any = None, **kwargs: Any) -> Any:
        """Sends JSON and returns the JSON of the answer, None where it has none.

        Raises ProblemError when the service refuses.
        """
        return result_of(self.request(method, path, json=json, **kwargs))

    def refresh_session(self) -> bool:
        """Gives the session a new id and CSRF token; False when it could not be renewed."""
        return self._renew().ok

    def refresh(self) -> None:
        """Gives the session a new id and CSRF token; ProblemError means: sign in again."""
        answer = self._renew()
        if not answer.ok:
            raise ProblemError(answer)

    def logout(self) -> Dict[str, Any]:
        """Ends the session and returns ``message``, and ``provider_logout_url`` where there is one.

        A session that was over already is no error.
        """
        answer = self.request("POST", "/auth/web/logout")
        if not answer.ok and answer.status_code != 401:
            raise ProblemError(answer)
        self._forget()
        body = json_of(answer)
        left = {"message": body.get("message") or body.get("detail")}
        url = body.get("provider_logout_url")
        return {**left, "provider_logout_url": url} if url else left

    def _enter(self, path: str, body: Dict[str, Any]) -> Optional[SecondFactor]:
        answer = self.call("POST", path, body)
        if answer.get("mfa_required"):
            return factor_needed(answer)
        # Whose session it is, and its token, for the calls that follow.
        self.me()
        return None

    def _renew(self) -> requests.Response:
        answer = self.request("POST", "/auth/web/refresh")
        token = json_of(answer).get("csrf_token")
        if answer.ok and isinstance(token, str):
            self._csrf_token = token
        if answer.status_code == 401:
            self._forget()
        return answer

    def _send_with_token(self, method: str, url: str, kwargs: Dict[str, Any]) -> requests.Response:
        # The caller's headers are copied: a dict that is used twice must not carry an old token.
        headers = {**(kwargs.get("headers") or {}), "X-CSRF-Token": self._csrf_token or NO_TOKEN}
        headers.setdefault("Origin", self._origin)
        # A redirect would take the token along to wherever it leads.
        return self._send(method, url, {"allow_redirects": False, **kwargs, "headers": headers})

    def _send(self, method: str, url: str, kwargs: Dict[str, Any]) -> requests.Response:
        with whole_answer(self._origin):
            given = {"timeout": self.timeout_seconds, "auth": self.session.auth or as_given, **kwargs}
            return self.session.request(method, url, **given)

    def _forget(self) -> None:
        self._csrf_token = None
        self._person = None

    def _way_back(self, return_to: str) -> str:
        """A page of the service by its path: whole addresses are for the origins that it lists."""
        if return_to == self._origin:
            return "/"
        is_own = return_to.startswith(f"{self._origin}/")
        return return_to[len(self._origin) :] if is_own else return_to

    def _url_of(self, path: str) -> str:
        """An address of the service: its CSRF token goes nowhere else."""
        url = urljoin(f"{self.base_url}/", path)
        if origin_of(url) != self._origin:
            raise ValueError(f"{path} is not at the service: this client only calls {self._origin}.")
        return url


def _refuses_csrf(answer: requests.Response) -> bool:
    if answer.status_code != 403:
        return False
    detail = json_of(answer).get("detail")
    return isinstance(detail, str) and "CSRF" in detail


def _is_stream(data: Any) -> bool:
    return hasattr(data, "read") or hasattr(data, "__next__")
