"""
Write the tables of docs/explanation/perturbation.md, worked out from the noise itself.

Everything between ``<!-- generated: NAME -->`` and ``<!-- end -->``; the rest is
written by hand.  ``--check`` exits with 1 if the page is not what this makes.
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
FAR = 10_000
"""A count far above k."""

Errors = dict[Fraction, Fraction]
"""Probability by error."""


def noise_of(variance: str = "4", bound: int = 10, base: int = 5) -> Noise:
    """Return the noise of these parameters; its key is not used here."""
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
    """Return a draw for each noise of *count*, and how likely it is."""
    weights = [weight for _, weight in noise.table.weights(count)]
    starts = [0, *accumulate(weights)]
    return [
        (Draw(noise=start, rounding=0, within=0), Fraction(weight, KEYS))
        for start, weight in zip(starts, weights, strict=False)
        if weight
    ]


def count_errors(noise: Noise, counts: Iterable[int]) -> Errors:
    """Return how far published counts are from true ones, over *counts* alike."""
    found: Errors = {}
    counts = list(counts)
    for count in counts:
        for draw, chance in draws(noise, count):
            noisy = noise.perturb_count(count, draw)
            rest = Fraction(noisy % noise.base, noise.base)
            low = noisy // noise.base * noise.base - count
            for error, part in ((low, 1 - rest), (low + noise.base, rest)):
                share = chance * part / len(counts)
                found[Fraction(error)] = found.get(Fraction(error), Fraction()) + share
    return found


def rate_errors(cohort: int, true: int) -> Errors:
    """Return how far a published rate is from the true one, one row a subject."""
    noise = noise_of()
    room, unit = Fraction(min(true, cohort - true)), Fraction(1)
    return {
        (noise.perturb_magnitude(true, room, unit, draw) - true) / cohort: chance
        for draw, chance in draws(noise, FAR)
    }


def deviation(errors: Errors) -> float:
    """Return the standard deviation; the mean is zero."""
    return sqrt(sum(error**2 * chance for error, chance in errors.items()))


def within(errors: Errors) -> Fraction:
    """Return the smallest error that 95 of 100 do not exceed."""
    sizes = sorted({abs(error) for error in errors})
    return next(
        size
        for size in sizes
        if sum(c for e, c in errors.items() if abs(e) <= size) >= Fraction(95, 100)
    )


def counts() -> list[str]:
    """What each variance and bound does to counts far above k."""
    lines = [
        "| variance | bound | unchanged | 95 % within | deviation | 95 % within, base 5 | deviation, base 5 |",
        "|---|---|---|---|---|---|---|",
    ]
    for variance, bound in PARAMETERS:
        exact = count_errors(noise_of(variance, bound, 1), [FAR])
        rounded = count_errors(noise_of(variance, bound, 5), range(FAR, FAR + 5))
        lines.append(
            f"| {variance} | {bound} | {float(exact[Fraction(0)]):.1%} "
            f"| ±{within(exact)} | {deviation(exact):.2f} "
            f"| ±{within(rounded)} | {deviation(rounded):.2f} |"
        )
    return lines


def near_k() -> list[str]:
    """What the default does to counts at and just above k = 100, without rounding."""
    noise = noise_of(base=1)
    lines = [
        "| true count | least and most | unchanged | deviation |",
        "|---|---|---|---|",
    ]
    for count in (100, 101, 102, 105, 110, 200):
        errors = count_errors(noise, [count])
        likely = [count + e for e, chance in errors.items() if chance]
        lines.append(
            f"| {count} | {min(likely)} to {max(likely)} "
            f"| {float(errors.get(Fraction(0), Fraction())):.1%} "
            f"| {deviation(errors):.2f} |"
        )
    return lines


def rates() -> list[str]:
    """What the default does to rates, by size of the cohort."""
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


def surely(noise: Noise, figures: int) -> tuple[float, float]:
    """
    Return how often a person's presence is guessed right, at best.

    And how often one figure shows for sure that they are not there, if they are not.

    Who guesses sees so many figures, each of which the person would move by a whole
    step, knows all other people, and takes presence to be as likely as absence.  Noise
    has the density exp(b*v*v), so all that counts is the sum of what was seen.
    """
    weights = [weight / KEYS for _, weight in noise.table.weights(FAR)]
    # Without the person, and with: the same noise a step further.
    absent, present = weights[1:], weights[:-1]
    sums_absent, sums_present = [1.0], [1.0]
    for _ in range(figures):
        sums_absent = convolved(sums_absent, absent)
        sums_present = convolved(sums_present, present)
    both = zip(sums_absent, sums_present, strict=True)
    alike = sum(min(one, other) for one, other in both)
    pairs = zip(weights, [0.0, *weights], strict=False)
    sure = sum(here for here, below in pairs if not below)
    return 1 - alike / 2, sure


def convolved(one: list[float], other: list[float]) -> list[float]:
    """Return the distribution of a sum of two independent numbers."""
    found = [0.0] * (len(one) + len(other) - 1)
    for i, p in enumerate(one):
        for j, q in enumerate(other):
            found[i + j] += p * q
    return found


FIGURES = (1, 2, 5, 10, 100)


def certainty() -> list[str]:
    """What an attacker knows of one person, where contributions are bounded."""
    heads = " | ".join(f"{n} figure{'s' if n > 1 else ''}" for n in FIGURES)
    lines = [
        f"| variance | bound | {heads} | one figure tells for sure |",
        "|---|---|" + "---|" * (len(FIGURES) + 1),
    ]
    for variance, bound in PARAMETERS:
        noise = noise_of(variance, bound)
        right = [f"{surely(noise, n)[0]:.1%}" for n in FIGURES]
        sure = f"{surely(noise, 1)[1]:.0e}"
        lines.append(f"| {variance} | {bound} | {' | '.join(right)} | {sure} |")
    return lines


PARTS = {"counts": counts, "near_k": near_k, "rates": rates, "certainty": certainty}


def made(page: str) -> str:
    """Return the page with its generated parts as they should be."""

    def part(match: re.Match[str]) -> str:
        lines = "\n".join(PARTS[match[1]]())
        return f"<!-- generated: {match[1]} -->\n{lines}\n<!-- end -->"

    pattern = r"<!-- generated: (\w+) -->\n.*?<!-- end -->"
    return re.sub(pattern, part, page, flags=re.DOTALL)


def main() -> None:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8")
    if arguments.check:
        if made(page) != page:
            raise SystemExit(
                f"{PAGE.name} is not what tools/make_perturbation.py makes"
            )
        return
    PAGE.write_text(made(page), encoding="utf-8")


if __name__ == "__main__":
    main()
