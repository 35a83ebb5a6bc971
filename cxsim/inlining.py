"""How a function that only compiled ones call is compiled: to what its callers take in, and no further.

Numba would make machine code of every one of the clock's few hundred parts, which nobody calls by itself, and would
optimise each before its callers, with the parts inside them, are optimised again. Here a part stops halfway: it is
typed and lowered, and what becomes of it is settled where it is used. That halves the first compile and changes no
number: the same operations in the same order are optimised as a whole in the end.
"""

from __future__ import annotations

from typing import Any

from numba.core import codegen, compiler


class PartCompiler(compiler.Compiler):
    """Numba's own course of compilation, whose result is handed to callers only (see `numba.njit(pipeline_class=)`)."""

    def __init__(
        self, typingctx: Any, targetctx: Any, library: Any, args: Any, return_type: Any, flags: Any, locals: Any
    ) -> None:
        part = _Part(targetctx.codegen(), "part")
        part.enable_object_caching()
        super().__init__(typingctx, targetctx, part, args, return_type, flags, locals)


class _Part(codegen.JITCodeLibrary):
    """What callers link: no address, no machine code, nothing optimised beforehand."""

    @property
    def codegen(self) -> _NoEnvironment:
        return _NoEnvironment()

    def get_pointer_to_function(self, name: str) -> int:
        """There is none: Python is given no door to a part."""
        self._ensure_finalized()
        return 0

    def _optimize_final_module(self) -> None:
        """Left to the callers."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


class _NoEnvironment:
    """Parts have no globals of Python to look up while they run, so none are put in place."""

    def set_env(self, name: str, env: Any) -> None:
        """Nothing to set."""
