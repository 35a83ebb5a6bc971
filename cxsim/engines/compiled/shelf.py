"""Things that were made once and may be wanted again: as many as fit, whoever was not asked for longest goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """Something that knows the memory it takes."""

    @property
    def n_bytes(self) -> int:
        """Memory that it takes."""
        ...


T = TypeVar("T", bound=Sized)


class Shelf(Generic[T]):
    """A bounded store that several threads may use.

    Parameters
    ----------
    most : int
        Bytes that all things together may take; what is larger by itself is not kept.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.n_bytes = 0
        self._things: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._things)

    def get(self, key: Hashable) -> T | None:
        """What was put there, if it is still there."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
            return self._things.get(key)

    def takes(self, n_bytes: int) -> bool:
        """Can a thing of that size be kept?"""
        return n_bytes <= self.most

    def put(self, key: Hashable, thing: T) -> None:
        """Keep a thing, in place of what was asked for longest ago."""
        with self._lock:
            if key in self._things or not self.takes(thing.n_bytes):
                return
            self._things[key] = thing
            self.n_bytes += thing.n_bytes
            while self.n_bytes > self.most:
                self.n_bytes -= self._things.popitem(last=False)[1].n_bytes

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._things.clear()
            self.n_bytes = 0
