"""A token manifest counted in plain Python: what Spark's must equal."""

from __future__ import annotations

import hashlib
import re
import statistics
from collections import Counter
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from cleanroom_join.spark.party.column_profile import (
    _ABSENT,
    _COUNTED_BY_NAME,
    _declared,
)
from cleanroom_join.spark.party.frame_columns import token_columns
from cleanroom_join.spark.party.token_manifest import _span
from cleanroom_join.spark.party.variants import _FORGOTTEN, _without
from cleanroom_join.tokens import netstrings, normalise_by, spec_sha256
from cleanroom_join.tokens.doctor import (
    MOST_BUCKETS,
    ColumnManifest,
    ComponentManifest,
    TokenManifest,
    Trait,
    step_digests,
)
from cleanroom_join.tokens.doctor.coarse_counts import (
    published,
    published_buckets,
    published_share,
    published_trait,
    rounded,
)
from cleanroom_join.tokens.doctor.forms import Form, form_of
from cleanroom_join.tokens.doctor.trait_patterns import FREQUENT, trait_patterns
from cleanroom_join.tokens.normalise import rewritten
from cleanroom_join.tokens.tables import COMBINING, TABLES, WHITESPACE
from tests.support.planted_tables import luhn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from cleanroom_join import SecretKey
    from cleanroom_join.contract import AssetTerms, SubjectColumn
    from cleanroom_join.spark.party.frame_columns import Component, TokenColumn
    from cleanroom_join.tokens import KindSpec, Subkey
    from tests.support.planted_tables import Row

__all__ = ["plain_manifest"]


def plain_manifest(
    rows: Sequence[Row],
    terms: AssetTerms,
    key: SecretKey,
    tokens: Sequence[str | None] | None = None,
) -> TokenManifest:
    """Count the rows of an asset of one token column; shares of others are left out."""
    (token,) = token_columns(terms)
    (declared,) = terms.asset.subject_columns()
    k, label = terms.min_cohort, terms.identifiers[declared.name].label
    values = Counter(rows)
    results = {
        row: [
            normalise_by(component.spec, text)
            for component, text in zip(token.components, row, strict=True)
        ]
        for row in values
    }
    messages: Counter[str] = Counter()
    reasons: dict[str, tuple[int, int]] = {}
    for row, parts in results.items():
        refused = [one.reason.value for one in parts if one.reason is not None]
        name = refused[0] if refused else "ready"
        reasons[name] = _more(reasons.get(name), values[row])
        if not refused:
            messages[_joined([one.value or "" for one in parts])] += values[row]
    subkey = key.subkey(label=label, partnership=terms.partnership, key_id=terms.key_id)
    shared = {t.rpartition(":")[2].lower() for t in tokens or () if t is not None}
    macs = {_mac(subkey, message) for message in messages} if tokens is None else shared
    spans = Counter(_span(count.bit_length() - 1) for count in messages.values())
    column = ColumnManifest(
        column=declared.name,
        subject=declared.subject,
        label=label,
        components=tuple(
            _component(component, number, source, declared, values, results, k)
            for number, (component, source) in enumerate(
                zip(token.components, declared.sources, strict=True)
            )
        ),
        reasons=published(reasons, k, absent=_ABSENT),
        subjects=rounded(len(macs)) if len(macs) >= k else 0,
        multiplicity=published({name: (n, n) for name, n in spans.items()}, k),
        buckets=_buckets(macs, k),
        made_by={}
        if tokens is None
        else _made_by(values, token, messages, shared, subkey, k),
    )
    return TokenManifest(
        party=terms.asset.party,
        asset=terms.asset.name,
        library="0",
        engine="Python",
        partnership=terms.partnership,
        key_id=terms.key_id,
        retiring=terms.retiring,
        key_check_value=key.check_value(terms.partnership),
        spec_sha256=spec_sha256(),
        tables=TABLES,
        vectors_sha256="0" * 64,
        steps=step_digests(),
        min_cohort=k,
        columns=(column,),
    )


def _mac(subkey: Subkey, message: str) -> str:
    """Return the digits of a token."""
    return subkey.mac(message.encode()).hex()


def _joined(texts: Sequence[str]) -> str:
    """Return the message of all components."""
    return texts[0] if len(texts) == 1 else netstrings(texts)


def _more(group: tuple[int, int] | None, rows: int) -> tuple[int, int]:
    """Return a group with one more value of so many rows."""
    return (group or (0, 0))[0] + rows, (group or (0, 0))[1] + 1


def _buckets(macs: Iterable[str], k: int) -> tuple[tuple[int, ...], ...]:
    """Return the published buckets of each grouping."""
    counts = [[0] * most for most in MOST_BUCKETS]
    for mac in macs:
        for number, most in enumerate(MOST_BUCKETS):
            end = len(mac) - 3 * number
            counts[number][int(mac[end - 3 : end], 16) % most] += 1
    return tuple(published_buckets(grouping, k) for grouping in counts)


def _component(
    component: Component,
    number: int,
    source: str,
    column: SubjectColumn,
    values: Mapping[Row, int],
    results: Mapping[Row, list],
    k: int,
) -> ComponentManifest:
    """Count one raw column."""
    cells = [(row[number], results[row][number], rows) for row, rows in values.items()]
    groups = {
        "reasons": lambda raw, one: one.reason.value if one.reason else "ready",
        "raw_lengths": lambda raw, one: None if raw is None else str(len(raw)),
        "lengths": lambda raw, one: None if one.value is None else str(len(one.value)),
        "masks": lambda raw, one: _mask(raw, free=component.spec.free_text),
    }
    everything = (sum(values.values()), len(values))
    form = form_of(component.spec)
    conditions = _conditions(form)
    traits, removed = (
        {
            name: published_trait(_count(cells, condition), everything, k)
            for name, condition in chosen.items()
        }
        for chosen in (
            conditions,
            {f"U+{ord(c):04X}": _contains(c) for c in _COUNTED_BY_NAME},
        )
    )
    if form is Form.DATE:
        traits[Trait.ONE_DAY] = published_trait(_one_day(cells), everything, k)
    return ComponentManifest(
        source=source,
        kind=component.spec.kind.value,
        declared=_declared(component.spec, column),
        **{
            name: published(
                _merged(_grouped(cells, group), k),
                k,
                absent=_ABSENT if name == "reasons" else (),
            )
            for name, group in groups.items()
        },
        removed={name: rows for name, rows in removed.items() if rows},
        traits={name: rows for name, rows in traits.items() if rows},
    )


def _grouped(cells, group) -> dict[str, tuple[int, int]]:
    """Return rows and values by group; None is no group."""
    found: dict[str, tuple[int, int]] = {}
    for raw, one, rows in cells:
        name = group(raw, one)
        if name is not None:
            found[name] = _more(found.get(name), rows)
    return found


def _merged(groups: dict[str, tuple[int, int]], k: int) -> dict[str, tuple[int, int]]:
    """Return the groups with those of few values merged into one called ""."""
    found: dict[str, tuple[int, int]] = {}
    for name, (rows, values) in groups.items():
        kept = name if values >= k or name in _ABSENT else ""
        before = found.get(kept, (0, 0))
        found[kept] = before[0] + rows, before[1] + values
    return found


def _count(cells, condition) -> tuple[int, int]:
    """Return rows and values that meet a condition."""
    rows = [n for raw, one, n in cells if raw is not None and condition(raw, one.value)]
    return sum(rows), len(rows)


def _contains(character: str) -> Callable[[str, str | None], bool]:
    """Return the condition that a character is in the raw value."""
    return lambda raw, value: character in raw


def _conditions(form: Form) -> dict[str, Callable[[str, str | None], bool]]:
    """Return the condition of each trait that is about single values."""
    blank, marks = WHITESPACE.characters, set(COMBINING.characters)
    year = datetime.now(tz=timezone.utc).year
    return {
        Trait.BLANK_BEFORE: lambda raw, value: raw != raw.lstrip(blank),
        Trait.BLANK_AFTER: lambda raw, value: raw != raw.rstrip(blank),
        Trait.LOWER_CASE: lambda raw, value: re.search("[a-z]", raw) is not None,
        Trait.UPPER_CASE: lambda raw, value: re.search("[A-Z]", raw) is not None,
        Trait.COMBINING: lambda raw, value: bool(marks & set(raw)),
        Trait.NOT_ASCII: lambda raw, value: not raw.isascii(),
        Trait.LEADING_ZERO: lambda raw, value: (value or "").startswith("0"),
        Trait.CHECK_DIGIT: lambda raw, value: (
            re.fullmatch("[0-9]+", value or "") is not None
            and luhn((value or "")[:-1]) == value
        ),
        **{p.name: _matches(p) for p in trait_patterns(form, year)},
    }


def _matches(pattern) -> Callable[[str, str | None], bool]:
    """Return the condition of a pattern."""
    raw_form = re.compile(pattern.raw, re.ASCII)
    value_form = re.compile(pattern.value or "", re.ASCII)

    def holds(raw: str, value: str | None) -> bool:
        if raw_form.search(raw) is None:
            return False
        if value is None:
            return pattern.refused
        return pattern.value is not None and value_form.search(value) is not None

    return holds


def _one_day(cells) -> tuple[int, int]:
    """Return the most frequent day, if it is far more frequent than the median one."""
    days: dict[str, tuple[int, int]] = {}
    for _, one, rows in cells:
        if one.value is not None:
            days[one.value] = _more(days.get(one.value), rows)
    if not days:
        return 0, 0
    most = max(days.values())
    median = statistics.median_low(rows for rows, _ in days.values())
    return most if most[0] > FREQUENT * median else (0, 0)


def _mask(raw: str | None, *, free: bool) -> str | None:
    """Return the shape of a value."""
    if raw is None:
        return None
    classes = (("[0-9]", "9"), ("[A-Z]", "A"), ("[a-z]", "a"), ("[^ -~]", "?"))
    for letters, mark in classes:
        raw = re.sub(letters, mark, raw)
    if free:
        raw = re.sub("(9+|A+|a+|[?]+)", lambda found: found[0][0], raw)
    return raw[:40]


def _rewritten(spec: KindSpec, text: str) -> str:
    """Return a text after all rewrites of a kind, whatever its checks say."""
    for one in spec.rounds:
        for step in one.rewrites:
            text = rewritten(step, text)
    return text


def _made_by(
    values: Iterable[Row],
    token: TokenColumn,
    messages: Iterable[str],
    shared: set[str],
    subkey: Subkey,
    k: int,
) -> dict[str, float]:
    """Return the share of the shared tokens that each variant makes."""
    present = [[v for v in row if v is not None] for row in values if None not in row]
    made = {
        "spec": {_mac(subkey, message) for message in messages},
        "untrimmed": {_mac(subkey, _joined(row)) for row in present},
        "unkeyed": {hashlib.sha256(m.encode()).hexdigest() for m in messages},
    }
    for variant, forgotten in _FORGOTTEN.items():
        specs = [_without(component.spec, forgotten) for component in token.components]
        made[variant] = {
            _mac(subkey, _joined(list(map(_rewritten, specs, row)))) for row in present
        }
    return {
        name: published_share(len(macs & shared), len(shared), k)
        for name, macs in made.items()
    }
