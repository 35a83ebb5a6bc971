"""The claim audit: each quoted claim as a registered hypothesis, answered by simulation.

One file a claim says what is measured and against what; `registry` lists them, `audit` runs them, `provenance` works
out whether a quantity went in or came out, `region` says where a claim holds.
"""

from __future__ import annotations

from cxsim.studies.claims.audit import Audited, audit
from cxsim.studies.claims.claim import Answer, Axis, Beside, Cell, Claim, Estimand
from cxsim.studies.claims.registry import CLAIMS

__all__ = ["CLAIMS", "Answer", "Audited", "Axis", "Beside", "Cell", "Claim", "Estimand", "audit"]
