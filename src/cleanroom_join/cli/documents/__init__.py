"""
The JSON documents of commands with many results.

Nothing here prints: what a terminal shows is beside the commands.
"""

from __future__ import annotations
