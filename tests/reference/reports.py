"""Example releases and their reports."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure import (
    FINGERPRINT_WORDS,
    SUBJECTS,
    CellSignature,
    EarlierRelease,
    Fingerprint,
    PublishedVersion,
    cell_id,
)
from cleanroom_join.review import (
    Check,
    Entered,
    Review,
    ReviewFinding,
    SubjectCounts,
    Verdict,
    build_report,
)
from cleanroom_join.testing import contract_toml

AS_OF = dt.date(2026, 11, 28)
APPROVED = Review(verdict=Verdict.APPROVED, findings=())
HELD = Review(
    verdict=Verdict.NEEDS_REVIEW,
    findings=(
        ReviewFinding(
            check=Check.LEDGER, verdict=Verdict.NEEDS_REVIEW, text="there is none"
        ),
    ),
)
SIZES = SubjectCounts(
    tables=(("payments", 81_234), ("accounts", 45_000)), matched=21_000
)
_NOBODY = CellSignature({SUBJECTS: Fingerprint(bytes(8 * FINGERPRINT_WORDS), 0, 0)})

_SECTORS = (
    'sector = { dimension = ["5411", "5412", "5732"],'
    ' parents = { "5411" = "grocery", "5412" = "grocery", "5732" = "retail" } }\n'
    'area = { dimension = ["north", "south"] }'
)
ROWS = (
    ("north", "5411", 600, 1800, Decimal("0.143"), Decimal("40.3")),
    ("north", "5732", 2400, 7200, Decimal("0.077"), Decimal("59.6")),
    ("south", "grocery", 150, 450, Decimal("0.49"), Decimal("31.2")),
    ("south", "5732", 105, 315, Decimal("0.491"), Decimal("54.3")),
    ("south", None, 10_000, 31_000, Decimal("0.02"), Decimal("12.9")),
)


def example_contract(totals="", purpose="tests"):
    """Return a contract whose output has coarser labels and counts that add up."""
    text = contract_toml(
        accounts=_SECTORS, group_by=("area", "sector"), totals=totals
    ).replace('purpose = "tests"', f"purpose = '{purpose}'")
    return Contract.from_toml(text)


def example(
    *, review=APPROVED, rows=ROWS, earlier=True, sizes=SIZES, contract=None, **more
):
    """Return the report of a release with a coarser cell and a release before it."""
    contract = contract or example_contract()
    query = resolve(contract, contract.output("segments"))
    before = (*rows[1:3], ("north", None, 105, 105, Decimal(1), Decimal(1)))
    return build_report(
        contract,
        query,
        review,
        tuple(rows),
        sizes=sizes,
        earlier=earlier_release(query, before) if earlier else None,
        spent={},
        **{
            "audited": True,
            "as_of": AS_OF,
            "ledger": Entered(run=7, head="ab" * 32),
            **more,
        },
    )


def earlier_release(query, rows, run=6):
    """Return an earlier release that showed some rows."""
    width = len(query.dimensions)
    cells = {
        cell_id(query, row[:width]): PublishedVersion(
            run=run,
            as_of=dt.date(2026, 10, 1),
            signature=_NOBODY,
            figures=dict(zip(query.figure_ids, row[width:], strict=True)),
        )
        for row in rows
    }
    return EarlierRelease(
        run=run, query=query.identity, cells=cells, leaves=frozenset(cells)
    )
