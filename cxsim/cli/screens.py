"""What a person sees: the console, tables, the bar that moves."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cxsim.cli.sizes import Progress, is_fast

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

LONG_WORD = 24
VERDICT_STYLES = {"better": "green", "worse": "red", "unclear": "dim", "same": "dim"}
VERDICT_SIGNS = {"better": "✓ better", "worse": "✗ worse", "unclear": "? unclear", "same": "= same"}


def console() -> Console:
    """The console on standard output; 80 columns where nothing tells its width."""
    from rich.console import Console

    # Names of files and numbers are told apart by words here, not by colours that mean nothing.
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=False, width=_width())


def _width() -> int | None:
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        return None
    return 80


def table(*columns: tuple[str, str], gap: int = 2) -> Table:
    """A table without lines; each column a heading and "left" or "right"."""
    from rich.table import Table

    found = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="dim")
    for heading, side in columns:
        found.add_column(heading, justify="right" if side == "right" else "left", overflow="fold")
    return found


def say(out: Console, text: str, style: str = "", indent: int = 0) -> None:
    """One paragraph, wrapped; nothing where there is no text."""
    from rich.padding import Padding
    from rich.text import Text

    if text:
        out.print(Padding(Text(wrapped(text, out.width - indent), style=style), (0, 0, 0, indent)))


def wrapped(text: str, width: int) -> str:
    """A text in lines of at most `width`: a long name breaks after one of `+:,`, other words stay whole if they can."""
    if "\n" in text:
        return "\n".join(wrapped(line, width) for line in text.splitlines())
    lines = [""]
    for word in re.findall(r"\S+\s*", text):
        whole = len(word) <= LONG_WORD or "://" in word
        parts = [word] if whole else re.findall(r"[^+:,]+[+:,]*\s*|[+:,]+\s*", word)
        for part in parts:
            if lines[-1] and len(lines[-1]) + len(part.rstrip()) > width:
                lines.append("")
            lines[-1] += part
    return "\n".join(line.rstrip() for line in lines)


def plural(n: int, noun: str) -> str:
    """A number of things: 1 run, 2 runs."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def fast_note(out: Console) -> None:
    """Say that sizes are small."""
    if is_fast():
        say(out, "CXSIM_FAST: sizes are small, so that intervals are wide. For an answer run without it.", "yellow")


def next_steps(out: Console, lines: Sequence[str]) -> None:
    """What to type next."""
    out.print()
    say(out, "Next:", "dim")
    for line in lines:
        out.print("\n".join(_continued(line, out.width - 2)), soft_wrap=True)


def _continued(line: str, width: int) -> list[str]:
    """A command in lines that a shell reads as one; options stay with their values."""
    parts = re.split(r" (?=--)", line)
    lines = [f"  {parts[0]}"]
    for part in parts[1:]:
        # the last two places are for the backslash
        if len(lines[-1]) + 1 + len(part) <= width:
            lines[-1] += f" {part}"
        else:
            lines[-1] += " \\"
            lines.append(f"      {part}")
    return lines


@contextmanager
def bar(text: str, *, quiet: bool = False, what: str = "runs") -> Iterator[Progress | None]:
    """A progress bar on standard error that counts runs or something else; nothing where nobody looks."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(f"{what}, about"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as shown:
        task = shown.add_task(text, total=None)

        def moved(done: int, total: int) -> None:
            shown.update(task, completed=done, total=total)

        yield moved
