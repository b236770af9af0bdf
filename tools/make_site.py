"""
Gather the pages of the documentation site: ``make_site.py DESTINATION``.

The site has the same Markdown as the repository.  A page may link to any file of the
repository; here a link to another page leads to that page, and a link to a file that is
no page leads to a page that shows it.  Fails if a link leads nowhere, or if the
navigation in ``zensical.toml`` and the pages differ: the site's builder does not check
the navigation, and sees no file that is no page.  ``zensical build --strict`` then
checks the anchors.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path, PurePosixPath

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"(?P<text>\]\()(?P<target>[^)#:\s]+)(?P<anchor>#[^)]*)?\)")
CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
LANGUAGES = {".py": "python", ".toml": "toml", ".sql": "sql", ".json": "json"}


def pages(root: Path) -> dict[Path, PurePosixPath]:
    """Return every page of the repository, with its path in the site."""
    files = [*root.glob("*.md"), *root.glob("docs/**/*.md")]
    found = {file: site_path(file.relative_to(root)) for file in files}
    for file in root.glob("examples/*/README.md"):
        found[file] = PurePosixPath(f"examples/{file.parent.name}.md")
    return found


def site_path(file: Path) -> PurePosixPath:
    """
    Return the path in the site of a file below the repository's root.

    Examples:
        >>> site_path(Path("docs/adr/README.md")), site_path(Path("SECURITY.md"))
        (PurePosixPath('adr/index.md'), PurePosixPath('SECURITY.md'))
    """
    path = PurePosixPath(*file.parts[file.parts[:1] == ("docs",) :])
    return path.with_name("index.md") if path.name == "README.md" else path


class Site:
    """The pages, and the files that they show."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pages = pages(root)
        self.shown: dict[Path, PurePosixPath] = {}
        self.broken: list[str] = []

    def page(self, path: Path) -> str:
        """Return the text of a page with the links that it has in the site."""
        parts = CODE.split(path.read_text())
        # Even parts are prose, odd ones code.
        return "".join(
            part if i % 2 else LINK.sub(lambda m: self._link(path, m), part)
            for i, part in enumerate(parts)
        )

    def _link(self, path: Path, match: re.Match[str]) -> str:
        """Return a link of a page as it has to be in the site."""
        target = (path.parent / match["target"]).resolve()
        if target.is_dir():
            target /= "README.md"
        if not target.is_file() or not target.is_relative_to(self.root):
            self.broken.append(f"{path.relative_to(self.root)}: {match['target']}")
            return match[0]
        page = self.pages.get(target)
        if page is None:
            name = target.relative_to(self.root).as_posix()
            page = self.shown[target] = PurePosixPath(f"files/{name}.md")
        here = self.pages[path].parent
        return f"{match['text']}{os.path.relpath(page, here)}{match['anchor'] or ''})"

    def file_page(self, path: Path) -> str:
        """Return a page that shows a file."""
        name = path.relative_to(self.root).as_posix()
        language = LANGUAGES.get(path.suffix, "text")
        return f"# {name}\n\n````{language}\n{path.read_text()}````\n"


def listed(nav: list[object]) -> list[str]:
    """Return the pages of a navigation, in order."""
    found: list[str] = []
    for entry in nav:
        if isinstance(entry, str):
            found.append(entry)
        elif isinstance(entry, dict):
            for value in entry.values():
                found += listed(value if isinstance(value, list) else [value])
    return found


def problems(site: Site, nav: list[object]) -> list[str]:
    """Return what keeps the site from being built."""
    there = {str(page) for page in site.pages.values()}
    names = listed(nav)
    return [
        *(f"a link leads nowhere: {link}" for link in site.broken),
        *(f"not in the navigation: {name}" for name in sorted(there - set(names))),
        *(f"no such page: {name}" for name in names if name not in there),
        *(f"listed twice: {n}" for n in sorted(set(names)) if names.count(n) > 1),
    ]


def gather(root: Path) -> tuple[dict[PurePosixPath, str], list[str]]:
    """Return the text of every page of the site, and what is wrong with them."""
    site = Site(root)
    texts = {page: site.page(file) for file, page in site.pages.items()}
    texts |= {page: site.file_page(file) for file, page in site.shown.items()}
    nav = tomllib.loads((root / "zensical.toml").read_text())["project"]["nav"]
    return texts, problems(site, nav)


def main() -> int:
    """Write all pages, or say what is wrong."""
    (destination,) = map(Path, sys.argv[1:])
    texts, found = gather(ROOT)
    if found:
        print("\n".join(found), file=sys.stderr)
        return 1
    shutil.rmtree(destination, ignore_errors=True)
    for page, text in texts.items():
        path = destination / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
