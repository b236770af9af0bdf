"""
The JSON documents of commands with many results.

Nothing here prints; what a terminal shows is in the modules beside this folder.
"""

from __future__ import annotations
