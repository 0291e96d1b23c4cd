"""What a sign-in with a password asks for after it."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple


class SecondFactor(NamedTuple):
    """A sign-in that asks for a second factor; ``verify`` brings it."""

    mfa_token: str
    methods: List[str]
    must_enrol: bool


def factor_needed(body: Dict[str, Any]) -> SecondFactor:
    """Reads it from the answer that asks for it."""
    methods, must_enrol = body.get("mfa_methods") or [], body.get("mfa_enrolment_required")
    return SecondFactor(body.get("mfa_token") or "", methods, bool(must_enrol))
