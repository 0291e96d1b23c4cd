"""Signs people in to a Plinth service and calls its API."""

from .auth_client import AuthClient
from .errors import ProblemError, UnreachableError

__all__ = ["AuthClient", "ProblemError", "UnreachableError"]
