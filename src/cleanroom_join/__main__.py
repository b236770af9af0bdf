"""``python -m cleanroom_join``: the command line, where its script is on no path."""

from __future__ import annotations

from cleanroom_join.cli import main

if __name__ == "__main__":
    main()
