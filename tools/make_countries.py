"""
Write the countries that a contract may declare, from the tokeniser's table of them.

A contract is read where no tokeniser is, so it has a list of its own.  ``--check`` exits
with 1 if the list is not what this makes.
"""

from __future__ import annotations

import argparse
import re
import textwrap
from pathlib import Path

from cleanroom_join.tokens.tables import COUNTRIES

MODULE = Path(__file__).parents[1] / "src/cleanroom_join/contract/terms/countries.py"
_LIST = re.compile(r'(?<=_CODES = """\n)[A-Z \n]*(?=""")')


def rendered(source: str) -> str:
    """Return the module with the countries of the table."""
    lines = textwrap.wrap(" ".join(sorted(COUNTRIES)), width=84)
    text, found = _LIST.subn("\n".join(lines) + "\n", source)
    if found != 1:
        message = f"{MODULE.name} has no place for the countries"
        raise SystemExit(message)
    return text


def main() -> int:
    """Write or check the list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    source = MODULE.read_text(encoding="utf-8")
    same = rendered(source) == source
    if not check and not same:
        MODULE.write_text(rendered(source), encoding="utf-8")
    print(f"{MODULE.name}: {'is' if same else 'DIFFERS from'} what the table says")
    return int(check and not same)


if __name__ == "__main__":
    raise SystemExit(main())
