"""
Write the tables of docs/explanation/perturbation.md, computed from the noise itself.

The tables are between ``<!-- generated: NAME -->`` and ``<!-- end -->``; the rest is
written by hand.  ``--check`` exits with 1 if the page does not have these tables.
"""

from __future__ import annotations

import argparse
import re
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

from cleanroom_join.contract import Policy, Protection
from cleanroom_join.disclosure.perturbation.draw import Draw, Noise

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = Path(__file__).parents[1] / "docs/explanation/perturbation.md"
PARAMETERS = [("1", 10), ("2", 10), ("4", 10), ("9", 12), ("16", 20), ("36", 30)]
KEYS = 2**32
LARGE_COUNT = 10_000
"""A count far above k, whose noise is symmetric."""

Errors = dict[Fraction, Fraction]
"""Probability of each error."""


def noise_of(variance: str = "4", bound: int = 10, base: int = 5) -> Noise:
    """Return the noise of these parameters; its key does not matter here."""
    policy = Policy(
        protection=Protection.PERTURBED,
        perturbation_variance=Decimal(variance),
        max_noise=bound,
        count_base=base,
    )
    noise = Noise.of(policy, bytes(32))
    assert noise is not None
    return noise


def draws(noise: Noise, count: int) -> list[tuple[Draw, Fraction]]:
    """Return a draw for each noise of *count*, and its probability."""
    weights = [weight for _, weight in noise.table.weights(count)]
    starts = [0, *accumulate(weights)]
    return [
        (Draw(noise=start, rounding=0, within=0), Fraction(weight, KEYS))
        for start, weight in zip(starts, weights, strict=False)
        if weight
    ]


def count_errors(noise: Noise, counts: Iterable[int]) -> Errors:
    """Return the errors of published counts, over equally likely true counts."""
    errors: Errors = {}
    counts = list(counts)
    for count in counts:
        for draw, probability in draws(noise, count):
            noisy = noise.perturb_count(count, draw)
            upwards = Fraction(noisy % noise.base, noise.base)
            low = noisy // noise.base * noise.base - count
            for error, share in ((low, 1 - upwards), (low + noise.base, upwards)):
                both = probability * share / len(counts)
                errors[Fraction(error)] = errors.get(Fraction(error), Fraction()) + both
    return errors


def rate_errors(cohort: int, true: int) -> Errors:
    """Return the errors of a published rate, if every subject has one row."""
    noise = noise_of()
    room, unit = Fraction(min(true, cohort - true)), Fraction(1)
    return {
        (noise.perturb_magnitude(true, room, unit, draw) - true) / cohort: probability
        for draw, probability in draws(noise, LARGE_COUNT)
    }


def deviation(errors: Errors) -> float:
    """Return the standard deviation; the mean is zero."""
    return sqrt(sum(error**2 * p for error, p in errors.items()))


def within(errors: Errors) -> Fraction:
    """Return the smallest error that 95 of 100 do not exceed."""
    sizes = sorted({abs(error) for error in errors})
    return next(
        size
        for size in sizes
        if sum(p for e, p in errors.items() if abs(e) <= size) >= Fraction(95, 100)
    )


def counts() -> list[str]:
    """Return the table of counts far above k, by variance and largest noise."""
    lines = [
        "| variance | max_noise | unchanged | 95 % within | deviation | 95 % within, base 5 | deviation, base 5 |",
        "|---|---|---|---|---|---|---|",
    ]
    for variance, bound in PARAMETERS:
        exact = count_errors(noise_of(variance, bound, 1), [LARGE_COUNT])
        five = range(LARGE_COUNT, LARGE_COUNT + 5)
        rounded = count_errors(noise_of(variance, bound, 5), five)
        lines.append(
            f"| {variance} | {bound} | {float(exact[Fraction(0)]):.1%} "
            f"| ±{within(exact)} | {deviation(exact):.2f} "
            f"| ±{within(rounded)} | {deviation(rounded):.2f} |"
        )
    return lines


def near_k() -> list[str]:
    """Return the table of counts at and just above k = 100, without rounding."""
    noise = noise_of(base=1)
    lines = [
        "| true count | smallest and largest | unchanged | deviation |",
        "|---|---|---|---|",
    ]
    for count in (100, 101, 102, 105, 110, 200):
        errors = count_errors(noise, [count])
        possible = [count + e for e, p in errors.items() if p]
        lines.append(
            f"| {count} | {min(possible)} to {max(possible)} "
            f"| {float(errors.get(Fraction(0), Fraction())):.1%} "
            f"| {deviation(errors):.2f} |"
        )
    return lines


def rates() -> list[str]:
    """Return the table of rates, by size of the cohort."""
    lines = [
        "| subjects, one row each | true rate | deviation | 95 % within |",
        "|---|---|---|---|",
    ]
    for cohort in (100, 1000, 10_000):
        for percent in (10, 50):
            errors = rate_errors(cohort, cohort * percent // 100)
            lines.append(
                f"| {cohort:,} | {percent} % | {100 * deviation(errors):.3f} points "
                f"| ±{100 * float(within(errors)):.2f} points |"
            )
    return lines


def best_guess(noise: Noise, figures: int) -> tuple[float, float]:
    """
    Return the probability that an attacker guesses a subject's presence right, at best.

    The second number is the probability that one figure proves the subject's absence, if
    the subject is absent.

    The attacker sees so many figures, each of which the subject would move by a whole
    step; knows all other subjects; and takes presence to be as likely as absence.  Noise
    has the density exp(b*v*v), so only the sum of the figures matters.
    """
    weights = [weight / KEYS for _, weight in noise.table.weights(LARGE_COUNT)]
    # With the subject, the same noise is a step further.
    absent, present = weights[1:], weights[:-1]
    sums_absent, sums_present = [1.0], [1.0]
    for _ in range(figures):
        sums_absent = convolved(sums_absent, absent)
        sums_present = convolved(sums_present, present)
    both = zip(sums_absent, sums_present, strict=True)
    overlap = sum(min(one, other) for one, other in both)
    pairs = zip(weights, [0.0, *weights], strict=False)
    certain = sum(here for here, below in pairs if not below)
    return 1 - overlap / 2, certain


def convolved(one: list[float], other: list[float]) -> list[float]:
    """Return the distribution of a sum of two independent numbers."""
    total = [0.0] * (len(one) + len(other) - 1)
    for i, p in enumerate(one):
        for j, q in enumerate(other):
            total[i + j] += p * q
    return total


FIGURES = (1, 2, 5, 10, 100)


def certainty() -> list[str]:
    """Return the table of what an attacker can guess under bounded contributions."""
    heads = " | ".join(f"{n} figure{'s' if n > 1 else ''}" for n in FIGURES)
    lines = [
        f"| variance | max_noise | {heads} | one figure is proof |",
        "|---|---|" + "---|" * (len(FIGURES) + 1),
    ]
    for variance, bound in PARAMETERS:
        noise = noise_of(variance, bound)
        right = [f"{best_guess(noise, n)[0]:.1%}" for n in FIGURES]
        proof = f"{best_guess(noise, 1)[1]:.0e}"
        lines.append(f"| {variance} | {bound} | {' | '.join(right)} | {proof} |")
    return lines


TABLES = {"counts": counts, "near_k": near_k, "rates": rates, "certainty": certainty}


def with_tables(page: str) -> str:
    """Return the page with its tables generated anew."""

    def table(match: re.Match[str]) -> str:
        lines = "\n".join(TABLES[match[1]]())
        return f"<!-- generated: {match[1]} -->\n{lines}\n<!-- end -->"

    pattern = r"<!-- generated: (\w+) -->\n.*?<!-- end -->"
    return re.sub(pattern, table, page, flags=re.DOTALL)


def main() -> None:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8")
    if arguments.check:
        if with_tables(page) != page:
            raise SystemExit(
                f"{PAGE.name} lacks the tables of tools/make_perturbation.py"
            )
        return
    PAGE.write_text(with_tables(page), encoding="utf-8")


if __name__ == "__main__":
    main()
