"""
Who is who, where an output joins on several kinds of subject in order of trust.

Each table says by itself which of its tokens stand for one subject (`identities`).
Then identities of two tables are paired, one with one (`pairs`), and both tables are
joined on the pairs (`paired_tables`), as if they had one token column.

An identity has one partner at most.  So a cell never has more joined subjects than
either table has identities in it: a party that plants tokens in its own table cannot
make two subjects of one of the other party's identities.
"""

from __future__ import annotations
