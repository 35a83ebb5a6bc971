"""The company around its accounts: clock, teams, this month's parameters, luck, and the book of what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from typing import Any

from cxsim import events, streams
from cxsim.engines.reference.account import Account
from cxsim.engines.reference.clock import Clock, Team
from cxsim.engines.seen import Desk
from cxsim.plan import Plan
from cxsim.roster import Candidate
from cxsim.rules.contract import change
from cxsim.rules.experience import after_moment, emotion, experience, mood_after_moment
from cxsim.rules.health import band, health, observed_health, quadrant, seen_after, visibility

Story = Generator[Any, None, None]
LogRow = tuple[float, int, int, int, int, float, int, int, int, float, float, float, float, float, float, int]
OWNER = {code: kind.owner for code, kind in events.KINDS.items()}
OF_USERS = frozenset(code for code, kind in events.KINDS.items() if kind.voice == "user")
UNHAPPY = (events.HIGH_RISK, events.TRAPPED)


class Company:
    """What every chapter of an account's story shares."""

    def __init__(self, plan: Plan, luck: streams.Luck, roster: list[Candidate], desk: Desk | None = None) -> None:
        self.plan = plan
        self.luck = luck
        self.origin = luck  # that before any fork: whom an intervention covers is no luck of the future
        self.clock = Clock(initial_time=-float(plan.history))
        self.teams = {
            team: Team(self.clock) for team in (events.ONBOARDING_TEAM, events.SUCCESS_TEAM, events.SUPPORT_TEAM)
        }
        self.rows = plan.month_rows(-plan.history) if plan.history else plan.month_rows(0)
        self.referral_ceiling, self.ordinary_ceiling = plan.ceilings[0]
        self.accounts = [
            Account(candidate, plan.n_interventions, self.clock.event())
            for candidate in sorted(roster, key=lambda candidate: candidate.account)
        ]
        self.book: list[LogRow] = []
        self.n_happy = 0
        self.n_unhappy = 0
        self.desk = desk
        self.scores: dict[int, float] = {}  # this month's, of a policy
        self.served: Counter[int] = Counter()  # accounts this month, by intervention

    @property
    def now(self) -> float:
        """The time [months]."""
        return self.clock._now

    def start(self, story: Story) -> None:
        """Let a story begin now."""
        self.clock.process(story)

    def u(self, a: Account, purpose: int, number: int) -> float:
        """A uniform draw of an account in its present stay."""
        return self.luck.u(a.account, purpose, streams.index_of(a.life, number))

    def z(self, a: Account, purpose: int, number: int) -> float:
        """A normal draw of an account in its present stay."""
        return self.luck.z(a.account, purpose, streams.index_of(a.life, number))

    def write(
        self,
        a: Account,
        kind: int,
        item: int = 0,
        *,
        team: int = events.NO_TEAM,
        value: float = 0.0,
        cause: int = events.NO_CAUSE,
        feeling: int = -1,
    ) -> None:
        """Write down what happened to an account, with its state after."""
        self.book.append((
            self.clock._now, kind, a.account, item, team, value, cause, feeling, a.stage, a.sponsor, a.user,
            a.client_outcome, a.usage, a.health, a.observed, a.mrr if a.active else 0,
        ))  # fmt: skip

    def write_money(self, a: Account, kind: int, item: int, before: int, cause: int = events.NO_CAUSE) -> None:
        """Write down a change of MRR from `before` [cents]."""
        self.write(a, kind, item, value=change(a.mrr if a.active else 0, before), cause=cause)

    def write_company(self, kind: int, item: int, *, team: int = events.NO_TEAM, value: float = 0.0) -> None:
        """Write down what happened to the company."""
        self.book.append((self.clock._now, kind, -1, item, team, value, -1, -1, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0))

    def feel(self, a: Account, kind: int, item: int, score: float, team: int = events.NO_TEAM, line: int = -1) -> None:
        """A moment: it moves a voice, has an emotion, may be seen by the company, and is written down.

        `item` goes to the log; `line` is the address of its draw where `item` is not unique for the account.
        """
        p = self.rows[a.segment]
        if kind in OF_USERS:
            voice = a.user
            a.user = after_moment(p, kind, voice, score)
            a.mood = mood_after_moment(p, a.mood, score, voice)
        else:
            voice = a.sponsor
            a.sponsor = after_moment(p, kind, voice, score)
        owner = events.DIGITAL if team == events.DIGITAL_TEAM else OWNER[kind]
        place = streams.index_of_moment(kind, a.life, item if line < 0 else line)
        if self.luck.u(a.account, streams.SEEN, place) < visibility(p, owner):
            a.seen = seen_after(p, a.seen, score)
        self.judge(a)
        self.write(a, kind, item, team=team, value=score, feeling=emotion(p, score, voice))

    def judge(self, a: Account) -> None:
        """Health and quadrant follow the state; happy and unhappy accounts are counted while they are customers."""
        p = self.rows[a.segment]
        felt = experience(p, a.sponsor, a.user)
        a.health = health(p, a.client_outcome, felt, a.stage)
        now = quadrant(p, a.client_outcome, felt)
        if a.active and now != a.quadrant:
            self.count(a.quadrant, -1)
            self.count(now, 1)
        a.quadrant = now

    def look(self, a: Account) -> None:
        """What the company makes of an account before its first review."""
        a.observed = observed_health(self.rows[a.segment], a.seen_usage, a.seen, a.stage, 0.0)
        a.past_observed = (a.observed, a.observed, a.observed)
        a.band = band(self.rows[a.segment], a.observed)

    def count(self, place: int, by: int) -> None:
        """Keep count of happy and unhappy accounts."""
        if place == events.HAPPY:
            self.n_happy += by
        elif place in UNHAPPY:
            self.n_unhappy += by
