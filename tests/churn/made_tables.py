"""Tables of accounts whose chances of loss are known."""

from __future__ import annotations

import numpy as np
import pandas as pd


def made_table(n: int, seed: int, strength: float = 1.0) -> tuple[pd.DataFrame, np.ndarray]:
    """Accounts whose chance of loss is known: one number and one word matter, the rest does not."""
    random = np.random.default_rng(seed)
    usage, plan = random.normal(size=n), random.choice(["basic", "plus", "pro"], n, p=[0.5, 0.3, 0.2])
    odds = strength * (-1.2 + 1.5 * usage + np.select([plan == "basic", plan == "plus"], [0.8, 0.0], -0.8))
    chance = 1 / (1 + np.exp(-odds))
    table = pd.DataFrame({
        "name of account": [f"a{k}" for k in range(n)], "usage per day": usage, "plan": plan,
        "noise": random.normal(size=n), "always": 1.0, "usage again": usage,
        "left": (random.random(n) < chance).astype(int),
    })  # fmt: skip
    return table, chance
