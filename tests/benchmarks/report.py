"""`python tests/benchmarks/report.py` writes what was measured last into the tables of docs/performance.md.

With `--mixed` it does so too where the figures come from more than one version of the sources.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from measured import ROOT, kept

PAGE = ROOT / "docs" / "performance.md"
MACHINE = "machine"


def table(entries: list[dict[str, Any]]) -> str:
    """The rows of a section under one head; columns that hold nothing are left out."""
    head = entries[0]["head"]
    rows = [[*row, *[""] * (len(head) - len(row))] for entry in entries for row in entry["rows"]]
    used = [k for k, _ in enumerate(head) if any(row[k] for row in rows)]
    lines = [[head[k] for k in used], ["---" for _ in used], *([row[k] for k in used] for row in rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def told_machine(entries: list[dict[str, Any]]) -> str:
    """Where, when and on what the figures were taken."""
    last = max(entries, key=lambda entry: float(entry["began"]))
    first = min(float(entry["began"]) for entry in entries)
    took = sum(float(entry["seconds"]) for entry in entries) / 60
    lines = [
        ("processor", f"{last['machine']['processor']}; {last['machine']['cores']} cores"),
        ("memory", last["machine"]["memory"]),
        ("system", last["machine"]["system"]),
        ("versions", last["machine"]["versions"]),
        ("sources", f"`{'`, `'.join(sorted({str(entry['sources']) for entry in entries}))}`"),
        ("taken", f"{time.strftime('%Y-%m-%d', time.gmtime(first))}, in {took:.0f} minutes; load of the machine before "
                  f"the first measurement {min(entries, key=lambda e: float(e['began']))['load']:.1f}"),
        ("command", "`make bench`"),
    ]  # fmt: skip
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {words} |" for name, words in lines)])


def written(page: str, entries: dict[str, dict[str, Any]]) -> str:
    """The page with its tables made anew; a table without figures says so."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for entry in entries.values():
        sections.setdefault(str(entry["section"]), []).append(entry)
    pieces = page.split("<!-- figures: ")
    for k, piece in enumerate(pieces[1:], start=1):
        name, _, rest = piece.partition(" -->\n")
        end = f"<!-- end of {name} -->"
        _, mark, after = rest.partition(end)
        if not mark:
            raise SystemExit(f"{PAGE}: {end} is missing")
        if name == MACHINE:
            text = told_machine(list(entries.values()))
        else:
            text = table(sections.pop(name)) if name in sections else "Not measured yet."
        pieces[k] = f"{name} -->\n{text}\n{end}{after}"
    sections.pop(MACHINE, None)
    if sections:
        raise SystemExit(f"{PAGE} has no place for {', '.join(sections)}")
    return "<!-- figures: ".join(pieces)


def main() -> None:
    """Write the page."""
    entries = kept()
    if not entries:
        raise SystemExit("nothing has been measured: make bench")
    sources = {str(entry["sources"]) for entry in entries.values()}
    if len(sources) > 1 and "--mixed" not in sys.argv[1:]:
        raise SystemExit(f"figures of {len(sources)} versions of the sources: make bench measures all anew")
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), entries), encoding="utf-8")
    print(f"{Path(PAGE).relative_to(ROOT)}: {len(entries)} measurements")


if __name__ == "__main__":
    main()
