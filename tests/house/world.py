"""A federation in the middle of its work, in which everything that is co-op A's own carries a marker."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import select

from procurement.models import Award, ImportBatch, Item, Offer, Supplier
from procurement.services import demand, orders, rounds
from procurement.services.rounds import RoundPlan
from tenants import clock, jobs
from tenants.db import acting_for, acting_for_federation, at_the_door, db
from tenants.identity import Identity
from tenants.models import ApiToken, CoopAddress, Invitation, SavedFilter
from tenants.scope import FEDERATION
from tenants.services import invitations, sessions, tokens
from tenants.services.coops import list_coops
from tenants.web import HouseFlask
from tests.conftest import Apps, settings_for, sign_in_as
from tests.factories.rounds import make_closed_round, make_market, order_round
from tests.factories.tenants import make_coop, make_manager, make_membership, make_officer, make_person
from tests.house import world_assembly, world_bank
from tests.house.marks import Markers

SECRET_PACKS = 48611
"""What A needs in the open round: a number that stands for itself wherever it turns up."""


@dataclass
class World:
    """Actors by name, and ids by kind: those that are foreign to a side, and those that are shared with it."""

    app: HouseFlask
    database: str
    a: UUID
    b: UUID
    markers: Markers
    people: dict[str, tuple[UUID, UUID]] = field(default_factory=dict)
    foreign: dict[str, dict[str, list[str]]] = field(default_factory=lambda: {"coop": {}, "office": {}})
    shared: dict[str, dict[str, list[str]]] = field(default_factory=lambda: {"coop": {}, "office": {}})

    def browser(self, actor: str) -> tuple[FlaskClient, Identity | None]:
        """A browser at which the actor has just signed in; nobody signs in for "nobody"."""
        client = self.app.test_client()
        return client, sign_in_as(client, *self.people[actor]) if actor in self.people else None


def side_of(actor: str) -> str:
    """Whether somebody acts for the office, or for a co-op (or nobody)."""
    return "office" if actor == "officer" else "coop"


@contextmanager
def made_world(apps: Apps, database: str, folder: Path) -> Iterator[World]:
    """The world, in a database of its own; letters can be sent, but nobody does."""
    with apps.running(settings_for(database, folder, SMTP_URL="smtp://127.0.0.1:9")) as app:
        mark = uuid4().hex
        markers = Markers(f"canary-secret-{mark}", f"canary-published-{mark}", f"canary-name-{mark}")
        a = make_coop(f"Afon {markers.name}")
        world = World(app, database, a, make_coop("Beacon Care"), markers)
        _settle(world)
        _buy(world)
        _lend(world)
        _meet(world)
        yield world


def _buy(world: World) -> None:
    """An ordered round, an open one, and a draft; A's note, address and file carry its markers."""
    others = [world.b, make_coop("Cwm Care"), make_coop("Dale Care")]
    with acting_for(world.a):
        db.session.add(CoopAddress(tenant_id=world.a, lines=world.markers.published, postcode="CF10 1AA"))
    items = make_market()
    ordered = make_closed_round(
        items, dict(zip([world.a, *others], [(20, 7, 1), (35, 2, 11), (1, 13, 3), (5, 5, 5)], strict=True))
    )
    order_round(ordered)
    plan = RoundPlan("Spring PPE", clock.now() + timedelta(days=5), clock.today() + timedelta(days=12), items)
    with acting_for_federation():
        opened = rounds.draft_round(plan).id
        rounds.open_round(opened)
        draft = rounds.draft_round(plan).id
    for coop, note in [(world.a, world.markers.published), *((coop, "Thank you") for coop in others)]:
        with acting_for(coop):
            demand.save_demand(opened, {items[0]: SECRET_PACKS if coop == world.a else 10}, note)
    with acting_for(world.a):
        batch = demand.preview_demand_file(
            opened, f"{world.markers.secret}.csv", [], [{"row": 2, "column": "packs", "text": world.markers.secret}]
        )
        world.foreign["coop"]["import"] = world.foreign["office"]["import"] = [str(batch.id)]
    both = [str(opened), str(ordered)]
    world.foreign["coop"]["round"], world.foreign["office"]["round"] = [str(draft)], []
    world.shared["coop"]["round"], world.shared["office"]["round"] = both, [*both, str(draft)]
    _office_ids(world, ordered)


def _lend(world: World) -> None:
    """Carers, cover and hours of A, of B, and of a third co-op that lends and borrows with both."""
    plain = Markers("words of B", "other words of B", "B")
    third, third_carer = make_coop("Eos Care"), {"id": uuid4(), "person": make_person("Elin")}
    a_manager, a_carer = (UUID(person) for person in world.foreign["coop"]["person"][:2])
    b_manager, b_carer = world.people["manager of B"][0], world.people["carer of B"][0]
    private, published = world_bank.make_side(world.a, a_manager, a_carer, world.markers)
    own, own_published = world_bank.make_side(world.b, b_manager, b_carer, plain)
    carer, run = {"id": UUID(private["carer"][0]), "person": a_carer}, UUID(published["run"][0])
    with acting_for_federation():
        lent = world_bank.make_between(third, world.a, carer, world.markers, -40, "worked")
        asked = world_bank.make_between(third, world.a, carer, world.markers, 30, "offered")
        borrowed = world_bank.make_between(world.a, third, third_carer, world.markers, 31, "offered")
        ours = {"id": UUID(own["carer"][0]), "person": b_carer}
        theirs = world_bank.make_between(third, world.b, ours, plain, -41, "worked")
    common = world_bank.make_federation([world.a, world.b, third], a_manager, (world.a, carer["id"], run))
    published |= {
        "placement": lent["placement"] + asked["placement"] + borrowed["placement"],
        "recharge": lent["recharge"],
    }
    world.foreign["office"] |= private
    published["line"] = common.pop("line")
    world.foreign["coop"] |= private | published
    world.shared["coop"] |= own | own_published | theirs | common
    world.shared["office"] |= published | common
    for side in world.shared.values():
        side["named"] = [str(world.b), str(world.a)]


def _meet(world: World) -> None:
    """An assembly of all: what A keeps to itself of it, what the office does, and what all may read."""
    with acting_for_federation():
        others = [coop.id for coop in list_coops() if coop.id not in (world.a, world.b)]
    officer, delegate = world.people["officer"][0], UUID(world.foreign["coop"]["person"][2])
    make_membership(others[0], "delegate")
    papers = world_assembly.make_papers([world.a, world.b, *others], officer)
    own = world_assembly.make_own(world.a, delegate, others[0], papers, world.markers)
    kept = world_assembly.make_drafts(officer) | world_assembly.make_hands(UUID(papers["poll"][1]), world.b, officer)
    for side in world.foreign.values():
        side |= own
    world.foreign["coop"] |= kept
    world.shared["office"] |= papers | kept
    world.shared["coop"] |= papers


def _office_ids(world: World, ordered: UUID) -> None:
    with acting_for_federation():
        batch = ImportBatch(
            kind="prices",
            file_name="prices.csv",
            rows=[],
            errors={"list": [], "count": 0, "notes": []},
            created_at=clock.now(),
        )
        db.session.add(batch)
        db.session.flush()
        own = {
            "award": [str(db.session.scalars(select(Award.id)).one())],
            "order": [str(order.id) for order, _, _ in orders.list_orders(ordered)][:1],
            "batch": [str(batch.id)],
        }
        known = {
            name: [str(db.session.scalars(select(model.id).limit(1)).one())]
            for name, model in {"item": Item, "supplier": Supplier, "offer": Offer}.items()
        }
    world.foreign["coop"] |= own
    world.shared["office"] |= own | known
    world.shared["coop"] |= known


def _settle(world: World) -> None:
    """People of A, B and the office; A's work, invitation, session and token."""
    a, secret = world.a, world.markers.secret
    manager = make_manager(a, f"Ann {world.markers.name}")
    carer = make_membership(a, "carer", make_person(f"Cai {secret}", email=f"{secret}@example.org"))
    delegate = make_membership(a, "delegate", make_person(f"Dai {world.markers.name}"))
    officer = make_officer("Olwen Officer")
    bea = make_manager(world.b, "Bea")
    world.people = {
        "manager of B": (make_membership(world.b, "delegate", bea), world.b),
        "carer of B": (make_membership(world.b, "carer"), world.b),
        "officer": (officer, FEDERATION),
    }
    with acting_for(a, manager):
        works = [str(jobs.defer("send-mail", {"note": secret}, label=secret, link=f"/{secret}", shown=True))]
    with acting_for_federation(officer):
        office_works = [str(jobs.defer("send-mail", {}, label="Letters", shown=True))]
    with at_the_door():
        invitations.invite(a, f"new-{secret}@example.org", "carer", by=manager, base_url="http://localhost")
        tokens.make_token(manager, a, secret, "write")
        session = sessions.digest(sessions.start_session(manager, device=secret, second_factor=True, tenant_id=a))
        invitation = db.session.scalars(select(Invitation.token_hash).where(Invitation.tenant_id == a)).one()
        token = db.session.scalars(select(ApiToken.id).where(ApiToken.tenant_id == a)).one()
        kept = SavedFilter(
            person_id=manager,
            tenant_id=a,
            path="/rounds",
            name=secret[:60],
            query=f"q={secret}",
            created_at=clock.now(),
        )
        db.session.add(kept)
        db.session.flush()
        saved = str(kept.id)
    theirs = {
        "person": [str(manager), str(carer), str(delegate)],
        "session": [session],
        "invitation": [invitation],
        "token": [str(token)],
        "saved": [saved],
        "coop": [str(a)],
    }
    for side, more in {"coop": [*works, *office_works], "office": works}.items():
        world.foreign[side] |= {**theirs, "work": more}
    world.shared["office"] |= {"work": office_works, "member": [str(a)]}
    world.foreign["coop"]["member"] = [str(a)]
