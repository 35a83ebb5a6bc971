"""What a policy has ordered is carried out: each account gets its programmes, in the order of the list."""

from __future__ import annotations

from cxsim.engines.compiled.memory import Company, Record, account_at, programme_at, record_at
from cxsim.engines.compiled.state import ORDER
from cxsim.engines.compiled.treatment import give
from cxsim.rules.targeting import in_force


def order_at(s: Company, n: int) -> Record:
    """An order."""
    return record_at(s.at_orders, s.n_orders, n, ORDER)


def carry_out(s: Company) -> None:
    """All orders; whoever has given notice gets nothing, and a programme must be running."""
    for n in range(s.n_orders):
        i, k = int(order_at(s, n).slot), int(order_at(s, n).programme)
        programme = programme_at(s, k)
        if not account_at(s, i).confirmed and in_force(programme.begins, programme.ends, s.now):
            give(s, i, k)
    s.n_orders = 0
