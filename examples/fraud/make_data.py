"""
Write both parties' raw tables of the fraud example, of any size, from a seed.

What makes it like real data: few merchants have most transactions (Zipf), some
cards have very many, one has half a percent of all rows, the two sides spell card
numbers differently, some numbers are NULL or masked, and only 70 % of the cards are
known to both.  Rows are made in chunks, so memory does not grow with their number.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHUNK = 200_000
MERCHANTS = ["5411", "5812", "5541", "5912", "5999", "5311", "4511", "7011"]
MERCHANTS += ["5732", "6011", "4829", "7995", "8999"]  # 8999 is outside the domain
FRAUD = np.linspace(0.003, 0.03, len(MERCHANTS))
FRAUD[3] = 0.00001  # a segment with almost no victim
AGES = ["0-6m", "6-24m", "24m+"]
PREFIXES = np.repeat([4, 5, 6, 0], [28, 18, 2, 2])
"""Of 50 cards: Visa, Mastercard, UnionPay, private label with a leading zero."""
TAIL = 1.6
"""Rows per card fall with the card's rank r as r ** (1 / TAIL - 1)."""
FULL_WIDTH = str.maketrans("0123456789", "".join(chr(0xFF10 + i) for i in range(10)))


def card_numbers(ids: np.ndarray) -> np.ndarray:
    """Return the 16-digit number of each card id, valid by Luhn (ISO/IEC 7812-1)."""
    prefix = PREFIXES[ids % len(PREFIXES)]
    body = prefix * 10**14 + (ids * 7_919_777) % 10**9 * 10**5 + ids % 10**5
    digits = body[:, None] // 10 ** np.arange(15) % 10
    doubled = digits[:, ::2] * 2
    total = (doubled - 9 * (doubled > 9)).sum(axis=1) + digits[:, 1::2].sum(axis=1)
    return np.char.zfill((body * 10 + (-total) % 10).astype(str), 16)


def grouped(number: str, separator: str) -> str:
    """Return a number in groups of four."""
    return separator.join(number[i : i + 4] for i in range(0, 16, 4))


SPELLINGS: list[Callable[[str], str | None]] = [
    lambda n: grouped(n, " "),
    lambda n: grouped(n, "-"),
    lambda n: n + "    ",
    lambda n: "\u00a0" + n,
    lambda n: n.translate(FULL_WIDTH),
    lambda _: None,
    lambda n: n[:6] + "XXXXXX" + n[12:],
]
ACME = [0.10, 0.02, 0.05, 0.01, 0.001, 0.004, 0.001]
GLOBEX = [0.01, 0.10, 0.30, 0.005, 0.001, 0.002, 0.0005]
"""How often each spelling occurs with each party; the rest is plain."""


def spelt(numbers: np.ndarray, shares: list[float], rng: np.random.Generator) -> list:
    """Return numbers as one party's systems write them."""
    result = numbers.tolist()
    drawn = rng.random(len(result))
    edges = np.cumsum([0.0, *shares])
    for spelling, low, high in zip(SPELLINGS, edges, edges[1:], strict=False):
        for index in np.flatnonzero((drawn >= low) & (drawn < high)):
            result[index] = spelling(result[index])
    return result


def transactions(rows: int, cards: int, rng: np.random.Generator) -> Iterator[pa.Table]:
    """Yield acme's transactions in chunks; a few cards have very many."""
    shares = 1 / np.arange(1, len(MERCHANTS) + 1) ** 1.1
    for start in range(0, rows, CHUNK):
        size = min(CHUNK, rows - start)
        ids = (rng.random(size) ** TAIL * cards).astype(np.int64)
        ids[rng.random(size) < 0.005] = 7
        merchant = rng.choice(len(MERCHANTS), size, p=shares / shares.sum())
        velocity = rng.poisson(3, size) + (rng.random(size) < 0.003) * 600
        border = rng.random(size) < 0.12
        yield pa.table(
            {
                "card_number": pa.array(
                    spelt(card_numbers(ids), ACME, rng), pa.string()
                ),
                "merchant_category_code": pa.array(
                    np.array(MERCHANTS)[merchant], mask=rng.random(size) < 0.002
                ),
                "cross_border_flag": pa.array(border, mask=rng.random(size) < 0.001),
                "txn_count_1h": pa.array(velocity.astype(np.int64)),
                "confirmed_fraud_flag": rng.random(size) < FRAUD[merchant],
            }
        )


def accounts(cards: int, rng: np.random.Generator) -> Iterator[pa.Table]:
    """Yield globex's accounts in chunks: one row for each card it knows."""
    for start in range(0, cards, CHUNK):
        every = np.arange(start, min(start + CHUNK, cards), dtype=np.int64)
        ids = every[rng.random(len(every)) < 0.7]
        age = np.array(AGES)[rng.choice(3, len(ids), p=[0.1, 0.3, 0.6])]
        yield pa.table(
            {
                "card_number": pa.array(
                    spelt(card_numbers(ids), GLOBEX, rng), pa.string()
                ),
                "account_age_band": pa.array(age, mask=rng.random(len(ids)) < 0.001),
                "consented": rng.random(len(ids)) < 0.95,
            }
        )


def write(tables: Iterator[pa.Table], path: Path) -> int:
    """Write chunks to one file of the kind that *path* ends with; return the rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows, writer = 0, None
    for table in tables:
        if writer is None:
            parquet = path.suffix == ".parquet"
            writer = (
                pa_parquet.ParquetWriter(path, table.schema)
                if parquet
                else pa_csv.CSVWriter(path, table.schema)
            )
        writer.write_table(table)
        rows += table.num_rows
    if writer is not None:
        writer.close()
    return rows


def main() -> None:
    """Write ``<output>/acme/…`` and ``<output>/globex/…``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--cards", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--format", choices=("csv", "parquet"), default="parquet")
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    made = (
        ("acme/transaction_signals", transactions(given.rows, given.cards, rng)),
        ("globex/account_behavior", accounts(given.cards, rng)),
    )
    for name, tables in made:
        rows = write(tables, given.output / f"{name}.{given.format}")
        print(f"{name}.{given.format}: {rows:,} rows")


if __name__ == "__main__":
    main()
