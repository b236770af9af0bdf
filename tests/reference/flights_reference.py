"""The flights example by plain pandas: what the released figures must round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

MANUFACTURERS = [
    *("AIRBUS", "AIRBUS INDUSTRIE", "BOEING", "BOMBARDIER INC", "CANADAIR", "CESSNA"),
    *("EMBRAER", "GULFSTREAM AEROSPACE", "MCDONNELL DOUGLAS"),
    *("MCDONNELL DOUGLAS AIRCRAFT CO", "MCDONNELL DOUGLAS CORPORATION"),
]


def flights_cells(data: Path) -> pd.DataFrame:
    """
    Return one row per manufacturer and origin, unrounded.

    Columns: manufacturer, origin, rows, aircraft (distinct), late_rate, distance.
    """
    flights = pd.read_csv(data / "airports" / "flights.csv", dtype=str)
    aircraft = pd.read_csv(data / "registry" / "aircraft.csv", dtype=str)
    aircraft["tail_number"] = aircraft["tail_number"].str.strip()
    joined = flights.dropna(subset=["tail_number"]).merge(aircraft, on="tail_number")
    known = joined["manufacturer"].isin(MANUFACTURERS)
    joined["manufacturer"] = joined["manufacturer"].where(known, "(other)")
    joined["late"] = joined["late"].map({"true": 1.0, "false": 0.0})
    joined["distance"] = joined["distance"].astype(int)
    return (
        joined.groupby(["manufacturer", "origin"])
        .agg(
            rows=("origin", "size"),
            aircraft=("tail_number", "nunique"),
            late_rate=("late", "mean"),
            distance=("distance", "mean"),
        )
        .reset_index()
    )
