"""Signs people in to a Plinth service and calls its API."""

from .auth_client import AuthClient
from .errors import ProblemError, UnreachableError
from .token_client import SecondFactor, TokenClient

__all__ = ["AuthClient", "ProblemError", "SecondFactor", "TokenClient", "UnreachableError"]
