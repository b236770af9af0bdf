"""
The operations a token kind is made of, and the reasons for which they refuse.

A kind is data: an ordered tuple of these steps.  Two engines read it, the
interpreter in ``tokens.normalise`` and Spark columns in ``cleanroom_join.spark``,
so a step exists only if both can do it exactly, without asking their runtime's
Unicode tables.  Each class names its Spark form, which holds from Spark 3.5 on.  No
kind is named here, and no value is in a reason.
"""

from __future__ import annotations

from cleanroom_join.tokens.steps.checks import (
    Check,
    RejectIfHashOf,
    RejectIfIn,
    RejectIfMatches,
    RejectIfOnly,
    RejectIfPair,
    RejectIfUniform,
    RejectUnlessCharset,
    RejectUnlessLength,
    RejectUnlessMatches,
    RejectUnlessMod97,
)
from cleanroom_join.tokens.steps.reason import Reason
from cleanroom_join.tokens.steps.rewrites import (
    Base64ToHex,
    Delete,
    Expand,
    FoldMailbox,
    Rearrange,
    Rewrite,
    Sha256,
    Translate,
    Trim,
    TrimEnd,
)

__all__ = [
    "Base64ToHex",
    "Check",
    "Delete",
    "Expand",
    "FoldMailbox",
    "Rearrange",
    "Reason",
    "RejectIfHashOf",
    "RejectIfIn",
    "RejectIfMatches",
    "RejectIfOnly",
    "RejectIfPair",
    "RejectIfUniform",
    "RejectUnlessCharset",
    "RejectUnlessLength",
    "RejectUnlessMatches",
    "RejectUnlessMod97",
    "Rewrite",
    "Sha256",
    "Step",
    "Translate",
    "Trim",
    "TrimEnd",
]

Step = Rewrite | Check
"""Any step."""
