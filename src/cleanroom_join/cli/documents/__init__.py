"""The JSON documents of commands whose results are many."""

from __future__ import annotations
