"""The flights example by plain pandas: what the released figures must round."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANUFACTURERS = [
    *("AIRBUS", "AIRBUS INDUSTRIE", "BOEING", "BOMBARDIER INC", "CANADAIR", "CESSNA"),
    *("EMBRAER", "GULFSTREAM AEROSPACE", "MCDONNELL DOUGLAS"),
    *("MCDONNELL DOUGLAS AIRCRAFT CO", "MCDONNELL DOUGLAS CORPORATION"),
]


def joined_flights(data: Path) -> pd.DataFrame:
    """Return one row per flight of a registered aircraft, values as numbers."""
    flights = pd.read_csv(data / "airports" / "flights.csv", dtype=str)
    aircraft = pd.read_csv(data / "registry" / "aircraft.csv", dtype=str)
    aircraft["tail_number"] = aircraft["tail_number"].str.strip()
    joined = flights.dropna(subset=["tail_number"]).merge(aircraft, on="tail_number")
    known = joined["manufacturer"].isin(MANUFACTURERS)
    joined["manufacturer"] = joined["manufacturer"].where(known, "(other)")
    joined["late"] = joined["late"].map({"true": 1.0, "false": 0.0})
    for column in ("distance", "seats"):
        joined[column] = joined[column].astype(int)
    return joined


def flights_cells(
    joined: pd.DataFrame, group_by: list[str], measure: str
) -> pd.DataFrame:
    """
    Return one row per cell with rows, unrounded.

    Columns: the dimensions, rows, aircraft (distinct), late_rate, and the mean of
    *measure*.
    """
    return (
        joined.groupby(group_by)
        .agg(
            rows=("origin", "size"),
            aircraft=("tail_number", "nunique"),
            late_rate=("late", "mean"),
            mean=(measure, "mean"),
        )
        .reset_index()
    )


def flights_items(
    joined: pd.DataFrame,
    group_by: list[str],
    measure: str,
    parents: Mapping[str, Mapping[str, str]],
) -> pd.DataFrame:
    """
    Return the cells of `flights_cells` and every coarser one, by their labels.

    Args:
        joined: What `joined_flights` returns.
        group_by: Dimensions.
        measure: The column whose mean is taken.
        parents: The coarser label of each label, by dimension.
    """
    found = []
    for steps in product(range(3), repeat=len(group_by)):
        labels = joined.copy()
        for dimension, step in zip(group_by, steps, strict=True):
            for _ in range(step):
                labels[dimension] = labels[dimension].map(parents[dimension].get)
        inside = labels.dropna(subset=group_by)
        found.append(flights_cells(inside, group_by, measure))
    return pd.concat(found).set_index(group_by)
