"""SimPy's clock with the model's total order of ties, and teams whose size changes.

SimPy keeps events in a heap by (time, priority, order of scheduling). Here the priority *is* the meaning of
simultaneity: (kind, account, item). Grants and new processes keep SimPy's own small priorities, so they come before
whatever else is appointed for the same moment.
"""

from __future__ import annotations

from heapq import heappush
from typing import Any

import simpy
from simpy.events import Event


class Clock(simpy.Environment):
    """A SimPy environment in which happenings are appointed at a time, with their place among ties."""

    def __init__(self, initial_time: float) -> None:
        super().__init__(initial_time)
        self._handled = 0

    def at(self, time: float, kind: int, account: int, item: int) -> Event:
        """An event that comes at `time` [months] and ranks by (kind, account, item) among those of that time."""
        event = Event(self)
        event._ok = True
        event._value = None
        # 2: after SimPy's own URGENT (0) and NORMAL (1)
        rank = ((kind + 2) << 64) | ((account + 1) << 32) | item
        entry: tuple[float, int, int, Event] = (time, rank, next(self._eid), event)
        heappush(self._queue, entry)  # type: ignore[misc]  # SimPy types its priority as its own enumeration
        return event

    def after(self, delay: float, kind: int, account: int, item: int) -> Event:
        """The same, `delay` months from now."""
        return self.at(self._now + delay, kind, account, item)

    @property
    def n_happenings(self) -> int:
        """How many events have been handled so far."""
        return self._handled

    def run_until(self, time: float) -> None:
        """Let everything happen that comes before `time` [months], and be there."""
        queue, step = self._queue, self.step
        while queue and queue[0][0] < time:
            step()
            self._handled += 1
        self._now = time


class Team(simpy.PriorityResource):
    """People who serve one request each at a time, by (priority, order of asking); a release grants at once."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, capacity=1)
        self._capacity = 0

    def resize(self, places: int) -> None:
        """Change how many can be served at once. Work begun is finished; new places are taken at once."""
        self._capacity = places
        # SimPy grants one request each time it looks
        while self.put_queue and len(self.users) < places:
            self._trigger_put(None)

    def ask(self, priority: int) -> Any:
        """A request, waiting in the queue until it is granted."""
        return self.request(priority=priority)
