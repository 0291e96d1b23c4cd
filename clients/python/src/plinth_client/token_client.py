"""Sign-in with a name and a password, and calls with access tokens: for programs without a page."""

from __future__ import annotations

import threading
from typing import Any, Callable, Dict, Optional, Tuple
from urllib.parse import urljoin

import requests

from .errors import ProblemError, result_of, whole_answer
from .origin import as_given, origin_of
from .second_factor import SecondFactor, factor_needed


class TokenClient:
    """Signs one person in to one service by the token API, and calls it.

    ``refresh_token`` is what an earlier run was told by ``on_change``: whoever has it is signed in, so
    keep it as you would a password. One instance may serve several threads.
    """

    def __init__(
        self,
        base_url: str = "http://localhost:8000",
        *,
        refresh_token: Optional[str] = None,
        on_change: Optional[Callable[[Optional[str]], None]] = None,
        timeout_seconds: float = 30.0,
    ) -> None:
        """``timeout_seconds`` limits connecting, and each wait for a next byte."""
        self.base_url = base_url.rstrip("/")
        self.timeout_seconds = timeout_seconds
        self._origin = origin_of(self.base_url)
        self._access: Optional[str] = None
        self._refresh = refresh_token
        self._on_change = on_change
        self._lock = threading.Lock()

    def sign_in(self, username: str, password: str) -> Optional[SecondFactor]:
        """Signs in. None means done; a SecondFactor, that ``verify`` must follow.

        Raises ProblemError: ``auth.invalid_credentials``, or ``PASSWORD_RESET_REQUIRED`` (428).
        """
        body = {"username": username, "password": password, "refresh_token_in": "body"}
        return self._take(self._post("/auth/login", body))

    def verify(self, mfa_token: str, code: str) -> None:
        """Brings the second factor; raises ProblemError (401) for a wrong code."""
        body = {"mfa_token": mfa_token, "code": code, "refresh_token_in": "body"}
        self._take(self._post("/auth/mfa/verify", body))

    def request(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        """Calls the service and returns the answer as it came.

        When the access token is over it is renewed, and the request repeated once. ``kwargs`` are
        those of ``requests``. Raises ValueError for a URL of another origin, UnreachableError
        without answer.
        """
        url = self._url_of(path)
        if self._access is None:
            self.refresh()
        used = self._access
        answer = self._send_with_token(method, url, kwargs)
        once = hasattr(kwargs.get("data"), "read") or bool(kwargs.get("files"))
        if answer.status_code != 401 or once or not self._renew(used):
            return answer
        return self._send_with_token(method, url, kwargs)

    def call(self, method: str, path: str, json: Any = None, **kwargs: Any) -> Any:
        """Sends JSON and returns the JSON of the answer, None where it has none.

        Raises ProblemError when the service refuses.
        """
        return result_of(self.request(method, path, json=json, **kwargs))

    def refresh(self) -> bool:
        """Renews the tokens; False when the sign-in is over."""
        return self._renew(self._access)

    def sign_out(self) -> None:
        """Ends the sign-in at the service. One that was over already is no error."""
        with self._lock:
            token, self._access = self._refresh, None
            self._keep(None)
        if token is None:
            return
        answer = self._post("/auth/logout", {"refresh_token": token})
        if not answer.ok and answer.status_code not in (401, 404):
            raise ProblemError(answer)

    def _renew(self, used: Optional[str]) -> bool:
        """Renews, unless another thread did since ``used`` was sent: one refresh serves all."""
        with self._lock:
            if self._access is not None and self._access != used:
                return True
            if self._refresh is None:
                return False
            answer = self._post("/auth/refresh", {"refresh_token": self._refresh})
            if answer.status_code == 401:
                self._access = None
                self._keep(None)
                return False
            self._take(answer)
            return True

    def _take(self, answer: requests.Response) -> Optional[SecondFactor]:
        body = result_of(answer) or {}
        if body.get("access_token") is None:
            return factor_needed(body)
        self._access = body["access_token"]
        self._keep(body.get("refresh_token"))
        return None

    def _keep(self, token: Optional[str]) -> None:
        changed, self._refresh = token != self._refresh, token
        if changed and self._on_change is not None:
            self._on_change(token)

    def _post(self, path: str, body: Dict[str, Any]) -> requests.Response:
        return self._send("POST", self._url_of(path), {"json": body})

    def _send_with_token(self, method: str, url: str, kwargs: Dict[str, Any]) -> requests.Response:
        headers = dict(kwargs.get("headers") or {})
        if self._access is not None:
            headers["Authorization"] = f"Bearer {self._access}"
        # A redirect would take the token along to wherever it leads.
        return self._send(method, url, {"allow_redirects": False, **kwargs, "headers": headers})

    def _send(self, method: str, url: str, kwargs: Dict[str, Any]) -> requests.Response:
        timeout: Tuple[float, float] = (self.timeout_seconds, self.timeout_seconds)
        with whole_answer(self._origin):
            given = {"timeout": timeout, "auth": as_given, **kwargs}
            return requests.request(method, url, **given)

    def _url_of(self, path: str) -> str:
        """An address of the service: its tokens go nowhere else."""
        url = urljoin(f"{self.base_url}/", path)
        if origin_of(url) != self._origin:
            raise ValueError(f"{path} is not at the service: this client only calls {self._origin}.")
        return url
