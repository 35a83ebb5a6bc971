"""How compiled functions are put into one another.

A function that only compiled ones call is compiled to what its callers take in, and no further.
Numba would make machine code of every one of the clock's few hundred parts, which nobody calls by itself, and would
optimise each before its callers, with the parts inside them, are optimised again. Here a part stops halfway: it is
typed and lowered, and what becomes of it is settled where it is used. That halves the first compile and changes no
number: the same operations in the same order are optimised as a whole in the end.

Of the parts of a whole, which Python calls, those that are called in one place only are put there, however long they
are: a story of many short steps, each told once, spends its time in going from one to the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from numba.core import codegen, compiler


class _Whole(codegen.JITCodeLibrary):
    """What Python calls, with all its parts."""

    def _optimize_final_module(self) -> None:
        parts = {
            function.name
            for library in self._linking_libraries
            if isinstance(library, _Part)
            for function in library._final_module.functions
        }
        calls = Counter(_calls(self._final_module))
        for function in self._final_module.functions:
            if function.name in parts and not function.is_declaration and calls[function.name] == 1:
                function.add_function_attribute("alwaysinline")
        super()._optimize_final_module()


def _calls(module: Any) -> Iterator[str]:
    """Names of the functions that are called, as often as there are calls of them."""
    for function in module.functions:
        for block in function.blocks:
            for instruction in block.instructions:
                if instruction.opcode == "call":
                    *_, called = instruction.operands
                    yield called.name


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


class _Compiler(compiler.Compiler):
    """Numba's own course of compilation (see `numba.njit(pipeline_class=)`), its result in a library of ours."""

    library_class: type[codegen.JITCodeLibrary]

    def __init__(
        self, typingctx: Any, targetctx: Any, library: Any, args: Any, return_type: Any, flags: Any, locals: Any
    ) -> None:
        own = self.library_class(targetctx.codegen(), self.library_class.__name__)
        own.enable_object_caching()
        super().__init__(typingctx, targetctx, own, args, return_type, flags, locals)


class WholeCompiler(_Compiler):
    """For what Python calls: its parts are put into it."""

    library_class = _Whole


class PartCompiler(_Compiler):
    """For what only compiled functions call: the result is handed to callers only."""

    library_class = _Part
