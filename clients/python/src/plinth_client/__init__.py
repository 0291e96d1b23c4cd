"""Signs people in to a Plinth service and calls its API."""

from .auth_client import AuthClient
from .errors import ProblemError, UnreachableError
from .second_factor import SecondFactor
from .token_client import TokenClient

__all__ = ["AuthClient", "ProblemError", "SecondFactor", "TokenClient", "UnreachableError"]
