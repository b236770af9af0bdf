"""
What a user is told of a bug: that it is ours, and which file to send.

No value comes in: no text of an error, no local variable, no argument.
"""

from __future__ import annotations
