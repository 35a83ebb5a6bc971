"""Are the committed findings still what the full scripts give?

    python -m experiments.check [NAME …]

Each script is run in full into a folder that is thrown away. A finding that lies outside the new interval, or that
now stands elsewhere about zero, fails; so does a page that says other numbers than its findings.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from experiments.conduct import FINDINGS, PAGE
from experiments.findings import faults, filled, from_rows

HOME = Path(__file__).resolve().parent


def names() -> list[str]:
    """The experiments that have findings."""
    return sorted(place.parent.name for place in HOME.glob(f"*/{FINDINGS}"))


def faults_of(name: str, fresh: Path) -> list[str]:
    """What the committed folder of an experiment says that a fresh run does not."""
    kept, new = (json.loads((place / FINDINGS).read_text(encoding="utf-8")) for place in (HOME / name, fresh))
    before, after = from_rows(kept["findings"]), from_rows(new["findings"])
    found = [f"{one}: is found no more" for one in before.keys() - after.keys()]
    found += [f"{one}: is not in {FINDINGS}" for one in after.keys() - before.keys()]
    for one in sorted(before.keys() & after.keys()):
        found += faults(before[one], after[one])
    return found + page_faults(name)


def page_faults(name: str) -> list[str]:
    """Whether a page says the numbers of its findings."""
    kept = json.loads((HOME / name / FINDINGS).read_text(encoding="utf-8"))
    page = (HOME / name / PAGE).read_text(encoding="utf-8")
    return [] if filled(page, from_rows(kept["findings"])) == page else [f"{PAGE}: a number is not the finding's"]


def main() -> int:
    """Check the experiments that are named, or all."""
    wrong = 0
    for name in sys.argv[1:] or names():
        with tempfile.TemporaryDirectory() as place:
            subprocess.run([sys.executable, "-m", f"experiments.{name}.run", "--out", place], check=True)
            found = faults_of(name, Path(place))
        print(f"{name}: {'as written' if not found else ''}", *found, sep="\n  " if found else "", flush=True)
        wrong += bool(found)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
