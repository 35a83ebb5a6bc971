"""Several draws at once: the same numbers as `cxsim.streams`, in the lanes of one vector register.

A review asks for eight numbers at once, a search for the next ticket for eight too. One by one they are a third of
the clock's time; eight lanes of the processor give them in that of one or two. `tests/engines/test_lanes.py` holds
them to the draws one by one, bit for bit.
"""

from __future__ import annotations

from typing import Any

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from cxsim.streams import _normal, _uniform

LANES = 8
CENTRAL = 0.425  # AS 241 has one formula for |u − ½| up to here, others beyond

# AS 241, the central formula: numerator and denominator, highest power first
NUMERATOR = (
    2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
    1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0,
)  # fmt: skip
DENOMINATOR = (
    5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
    5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0,
)  # fmt: skip

if numba.config.DISABLE_JIT:

    def eight(seed: int, replication: int, branch: int, account: int, purposes: Any, indices: Any) -> Any:
        """Eight uniform draws of an account."""
        return tuple(
            _uniform(seed, replication, branch, account, purpose, index)
            for purpose, index in zip(purposes, indices, strict=True)
        )

    def central(u: Any) -> Any:
        """Normal quantiles of four uniform numbers."""
        return tuple(_normal(x) for x in u)

else:
    _I64, _F64, _I32 = ir.IntType(64), ir.DoubleType(), ir.IntType(32)

    def _splat(builder, value, n):
        vector = ir.Constant(ir.VectorType(value.type, n), ir.Undefined)
        for lane in range(n):
            vector = builder.insert_element(vector, value, ir.Constant(_I32, lane))
        return vector

    def _vector(builder, values):
        vector = ir.Constant(ir.VectorType(values[0].type, len(values)), ir.Undefined)
        for lane, value in enumerate(values):
            vector = builder.insert_element(vector, value, ir.Constant(_I32, lane))
        return vector

    def _constant(kind, number, n):
        return ir.Constant(ir.VectorType(kind, n), [ir.Constant(kind, number)] * n)

    @intrinsic
    def eight(typing, seed, replication, branch, account, purposes, indices):
        """Eight uniform draws of an account: ten rounds of Philox in eight lanes."""
        whole = types.UniTuple(types.int64, LANES)

        def make(context, builder, signature, args):
            low = _constant(_I64, 0xFFFFFFFF, LANES)
            half = _constant(_I64, 32, LANES)
            seed, replication, branch, account = args[:4]
            masked = ir.Constant(_I64, 0xFFFFFFFF)
            c0 = builder.and_(_vector(builder, cgutils.unpack_tuple(builder, args[5])), low)
            c1 = _splat(builder, builder.and_(account, masked), LANES)
            purpose = _vector(builder, cgutils.unpack_tuple(builder, args[4]))
            fork = _splat(builder, builder.shl(branch, ir.Constant(_I64, 8)), LANES)
            c2 = builder.and_(builder.or_(purpose, fork), low)
            c3 = _splat(builder, builder.and_(replication, masked), LANES)
            k0 = builder.and_(seed, masked)
            k1 = builder.and_(builder.lshr(seed, ir.Constant(_I64, 32)), masked)
            m0, m1 = _constant(_I64, 0xD2511F53, LANES), _constant(_I64, 0xCD9E8D57, LANES)
            for _ in range(10):
                product0, product1 = builder.mul(m0, c0), builder.mul(m1, c2)
                key0, key1 = _splat(builder, k0, LANES), _splat(builder, k1, LANES)
                c0 = builder.xor(builder.xor(builder.lshr(product1, half), c1), key0)
                c2 = builder.xor(builder.xor(builder.lshr(product0, half), c3), key1)
                c1, c3 = builder.and_(product1, low), builder.and_(product0, low)
                k0 = builder.and_(builder.add(k0, ir.Constant(_I64, 0x9E3779B9)), masked)
                k1 = builder.and_(builder.add(k1, ir.Constant(_I64, 0xBB67AE85)), masked)
            six = _constant(_I64, 6, LANES)
            high = builder.shl(builder.lshr(c0, six), _constant(_I64, 26, LANES))
            bits = builder.or_(high, builder.lshr(c1, six))
            # 52 bits under the exponent of 2^52 are 2^52 + bits: exact, and no conversion of integers
            exponent = _constant(_I64, 0x4330000000000000, LANES)
            real = builder.bitcast(builder.or_(bits, exponent), ir.VectorType(_F64, LANES))
            real = builder.fsub(real, _constant(_F64, 4503599627370496.0, LANES))
            real = builder.fadd(real, _constant(_F64, 0.5, LANES))
            real = builder.fmul(real, _constant(_F64, 1.0 / 4503599627370496.0, LANES))
            numbers = [builder.extract_element(real, ir.Constant(_I32, lane)) for lane in range(LANES)]
            return context.make_tuple(builder, signature.return_type, numbers)

        number = types.int64
        return types.UniTuple(types.float64, LANES)(number, number, number, number, whole, whole), make

    def _in_pairs(builder, terms, r, r2, r4):
        """A polynomial of eight terms as `streams` reckons it: pairs, pairs of pairs, and both halves."""
        pairs = [
            builder.fadd(builder.fmul(_constant(_F64, upper, 4), r), _constant(_F64, lower, 4))
            for upper, lower in zip(terms[::2], terms[1::2], strict=True)
        ]
        high, low = (builder.fadd(builder.fmul(a, r2), b) for a, b in (pairs[:2], pairs[2:]))
        return builder.fadd(builder.fmul(high, r4), low)

    @intrinsic
    def central(typing, u):
        """AS 241's central formula for four uniform numbers; right where |u − ½| ≤ .425."""
        four = types.UniTuple(types.float64, 4)

        def make(context, builder, signature, args):
            q = _vector(builder, cgutils.unpack_tuple(builder, args[0]))
            q = builder.fsub(q, _constant(_F64, 0.5, 4))
            r = builder.fsub(_constant(_F64, 0.180625, 4), builder.fmul(q, q))
            r2 = builder.fmul(r, r)
            r4 = builder.fmul(r2, r2)
            above, below = (_in_pairs(builder, terms, r, r2, r4) for terms in (NUMERATOR, DENOMINATOR))
            z = builder.fdiv(builder.fmul(q, above), below)
            numbers = [builder.extract_element(z, ir.Constant(_I32, lane)) for lane in range(4)]
            return context.make_tuple(builder, signature.return_type, numbers)

        return four(four), make


def normal_of(u: float, quick: float) -> float:
    """A normal quantile: the quick one where the central formula holds, else by `streams`."""
    return quick if abs(u - 0.5) <= CENTRAL else _normal(u)
