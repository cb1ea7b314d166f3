"""No act, in any order, loses or invents a pack or a penny: a whole round, driven at random through its services."""

import tempfile
import uuid
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select

from federation.app import create_app
from procurement.award.solve import award_answer
from procurement.models import Award, BuyingRound, Demand, OrderAllocation, OrderLine, PurchaseOrder, Recharge, Share
from procurement.services import awards, demand, orders, rounds
from procurement.services.rounds import RoundPlan
from tenants import clock
from tenants.db import acting_for, acting_for_federation, db
from tenants.errors import HouseError
from tenants.ledger.services import balances, unmatched_dues
from tenants.models import LedgerLine
from tests import servers
from tests.conftest import running, settings_for
from tests.factories.rounds import make_market
from tests.factories.tenants import make_coop

pytestmark = pytest.mark.slow
PACKS = st.integers(0, 150)
STEPS = ("open", "open", "open", "close", "award", "approve", "order", "extend")


class RoundMachine(RuleBasedStateMachine):
    """Four co-ops and an officer, who click whatever they like; what a rule refuses must change nothing at all."""

    coops: ClassVar[list[UUID]]
    items: ClassVar[list[UUID]]
    superuser: ClassVar[psycopg.Connection]

    @initialize(overbuy=st.booleans())
    def draft(self, overbuy: bool) -> None:
        """A new round over the same market."""
        plan = RoundPlan(
            "Machine",
            clock.now() + timedelta(days=3),
            clock.today() + timedelta(days=9),
            self.items,
            allow_overbuy=overbuy,
        )
        with acting_for_federation():
            self.round_id = rounds.draft_round(plan).id
        self.overbuy = overbuy
        self.wanted: dict[UUID, dict[UUID, int]] = {}
        self.state = "draft"

    def refused_changes_nothing(self, act: Any) -> bool:
        """Try an act; when the house refuses it, every table is as it was. Whether it was done."""
        before = self.everything()
        try:
            act()
        except HouseError:
            assert self.everything() == before
            return False
        return True

    def everything(self) -> list[Any]:
        """How many rows each table of buying and of the books has, and which transaction wrote the last."""
        names = (
            "buying_round",
            "demand",
            "demand_answer",
            "award",
            "purchase_order",
            "order_line",
            "order_allocation",
            "share",
            "recharge",
            "ledger_entry",
            "ledger_line",
            "audit_entry",
            "outbox",
            "mail",
        )
        # Whatever changes a row gives it a new xmin, so that counting and the newest of them tell enough, and fast.
        query = " UNION ALL ".join(f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM {name}" for name in names)
        return self.superuser.execute(query).fetchall()  # type: ignore[arg-type]

    @rule(place=st.integers(0, 3), packs=st.tuples(PACKS, PACKS, PACKS))
    def answer(self, place: int, packs: tuple[int, int, int]) -> None:
        """A co-op says what it needs."""
        coop, wanted = self.coops[place], dict(zip(self.items, packs, strict=True))

        def save() -> None:
            with acting_for(coop):
                demand.save_demand(self.round_id, wanted)

        if self.refused_changes_nothing(save):
            assert self.state == "open"
            self.wanted[coop] = {item: count for item, count in wanted.items() if count}

    @rule(steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=4))
    def click(self, steps: list[str]) -> None:
        """The officer clicks, in any order."""
        for step in steps:
            self.take(step)

    @precondition(lambda self: len(self.wanted) == 4)
    @rule()
    def call_off(self) -> None:
        """The officer cancels the round, which is refused once its orders have gone out."""
        self.take("cancel")

    @rule()
    def go_on(self) -> None:
        """The officer clicks what is next."""
        self.take({"draft": "open", "open": "close", "closed": "award", "awarded": "order"}.get(self.state, "order"))
        self.take("approve")

    def take(self, step: str) -> None:
        """One act of the officer."""

        def act() -> None:
            with acting_for_federation():
                getattr(self, f"act_{step}")()

        self.refused_changes_nothing(act)
        with acting_for_federation():
            self.state = rounds.get_round(self.round_id).state

    def teardown(self) -> None:
        """Whatever happened, the round is taken as far as it goes, and what comes out adds up."""
        if not hasattr(self, "state"):
            return
        for _ in range(4):
            if self.state == "open" and not any(self.wanted.values()):
                self.answer(place=0, packs=(3, 140, 0))
            self.go_on()
        if self.state == "ordered":
            self.packs_and_pence_add_up()
        self.books_balance_and_agree()

    def act_open(self) -> None:
        rounds.open_round(self.round_id)

    def act_close(self) -> None:
        rounds.close_round(self.round_id)

    def act_extend(self) -> None:
        rounds.extend_round(
            self.round_id, rounds.get_round(self.round_id).closes_at + timedelta(hours=1), "Two co-ops asked for time."
        )

    def act_cancel(self) -> None:
        rounds.cancel_round(self.round_id, "Nobody delivers.")

    def act_award(self) -> None:
        award = awards.run_award(self.round_id)
        problem = awards.problem_of(award)
        awards.keep_answer(award, problem, award_answer(problem, {"story_seconds": 0}))

    def act_approve(self) -> None:
        newest = db.session.scalar(
            select(Award.id).where(Award.round_id == self.round_id).order_by(Award.created_at.desc()).limit(1)
        )
        awards.approve_award(newest or uuid.uuid4(), "The least cost.")

    def act_order(self) -> None:
        orders.place_orders(self.round_id)

    @invariant()
    def demand_is_what_was_said(self) -> None:
        """No pack is lost or invented on the way into the round."""
        kept: dict[UUID, dict[UUID, int]] = defaultdict(dict)
        with acting_for_federation():
            for row in db.session.scalars(select(Demand).where(Demand.round_id == self.round_id)):
                kept[row.tenant_id][row.item_id] = row.packs
        assert kept == {coop: packs for coop, packs in self.wanted.items() if packs}

    @precondition(lambda self: self.state == "ordered")
    @invariant()
    def packs_and_pence_add_up(self) -> None:
        """Allocations make up the order lines, the award and the demand; recharges make up the orders."""
        with acting_for_federation():
            allocated = self.packs_by_item(OrderAllocation, OrderAllocation.round_id == self.round_id)
            of_round = OrderLine.order_id.in_(select(PurchaseOrder.id).where(PurchaseOrder.round_id == self.round_id))
            ordered = self.packs_by_item(OrderLine, of_round)
            award = db.session.scalars(
                select(Award).where(Award.round_id == self.round_id, Award.state == "approved")
            ).one()
            net = select(func.sum(Recharge.net_pence)).where(Recharge.round_id == self.round_id)
            bought = select(func.sum(PurchaseOrder.goods_pence + PurchaseOrder.delivery_pence)).where(
                PurchaseOrder.round_id == self.round_id
            )
            shared = select(func.sum(Share.net_pence)).where(Share.round_id == self.round_id)
            assert db.session.scalar(net) == db.session.scalar(bought) == db.session.scalar(shared) == award.cost_pence
            self.vat_adds_up()
            awarded = sum(line["packs"] for line in (award.answer or {})["lines"])
        needed: dict[UUID, int] = defaultdict(int)
        for packs in self.wanted.values():
            for item, count in packs.items():
                needed[item] += count
        assert awarded == sum(ordered.values())
        assert all(ordered[item] >= count for item, count in needed.items()) and set(ordered) == set(needed)
        assert self.overbuy or ordered == needed
        assert allocated == ordered

    def vat_adds_up(self) -> None:
        """What was charged to the federation is what co-ops pay, VAT that cannot be recovered included."""
        total = db.session.scalar(select(func.sum(Recharge.total_pence)).where(Recharge.round_id == self.round_id))
        gross = select(func.sum(PurchaseOrder.goods_pence + PurchaseOrder.delivery_pence + PurchaseOrder.vat_pence))
        assert total == db.session.scalar(gross.where(PurchaseOrder.round_id == self.round_id))

    def packs_by_item(self, model: Any, which: Any) -> dict[UUID, int]:
        """Packs of a kind of line, by item."""
        return {
            item: int(packs)
            for item, packs in db.session.execute(
                select(model.item_id, func.sum(model.packs)).where(which).group_by(model.item_id)
            )
        }

    @invariant()
    def books_balance_and_agree(self) -> None:
        """Every book adds up to nought, every due-to meets its due-from, and the federation has paid nothing out of its own pocket."""
        with acting_for_federation():
            assert unmatched_dues() == []
            uneven = (
                select(LedgerLine.tenant_id)
                .group_by(LedgerLine.tenant_id, LedgerLine.entry_id)
                .having(func.sum(LedgerLine.pence) != 0)
            )
            assert db.session.scalars(uneven).all() == []
            book = balances()
            assert book.get("due-from", 0) + book.get("suppliers", 0) == 0
            assert db.session.scalar(select(func.count()).select_from(BuyingRound)) > 0


def test_a_round_keeps_every_pack_and_penny_whatever_people_click(template_database: str, tmp_path: Path) -> None:
    name = f"test_{uuid.uuid4().hex[:16]}"
    url = servers.clone_database(template_database, name)
    app = create_app(settings_for(url, Path(tempfile.mkdtemp(dir=tmp_path))))
    with psycopg.connect(url, autocommit=True) as superuser, running(app):
        RoundMachine.superuser, RoundMachine.items = superuser, make_market()
        RoundMachine.coops = [make_coop(f"Co-op {letter}") for letter in "ABCD"]
        machine = RoundMachine.TestCase
        machine.settings = settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        machine().runTest()
        ordered = superuser.execute("SELECT count(*) FROM buying_round WHERE state = 'ordered'").fetchone()
        assert ordered and ordered[0] >= 8
    servers.drop_database(name)
