"""Where a URL leads, and what goes there."""

from urllib.parse import urlsplit

import requests


def origin_of(url: str) -> str:
    """Scheme, host and port as a browser writes them in ``Origin``."""
    parts = urlsplit(url)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def as_given(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Sends a request as it is: else requests puts what a .netrc says of the host over our header."""
    return request
