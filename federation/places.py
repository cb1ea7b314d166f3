"""Every blueprint, and the places of the main navigation."""

from jinja2 import ChoiceLoader, PackageLoader

from federation import api
from federation.assembly.pages import BLUEPRINTS as ASSEMBLY
from federation.assembly.views.home import assembly_news
from procurement.pages import BLUEPRINTS as BUYING
from procurement.views.home import buying_news
from reports.pages import BLUEPRINTS as REPORTS
from staffbank.pages import BLUEPRINTS as STAFF_BANK
from staffbank.views.home import bank_news
from tenants.frame import Place
from tenants.pages import BLUEPRINTS, DEMO_BLUEPRINTS
from tenants.web import HouseFlask

PLACES = (
    Place("Home", "home", "/", "see-home"),
    Place("Buying", "bag", "/rounds", "see-rounds"),
    Place("Staff bank", "people", "/staff-bank", "see-bank", rooms=("/cover", "/carers", "/lending", "/placements")),
    Place("Offers", "bell", "/my-offers", "own-work"),
    Place("My week", "cal", "/my-week", "own-work"),
    Place("Hours", "clock", "/my-hours", "own-work"),
    Place("Passport", "check", "/my-passport", "own-work"),
    Place(
        "Assembly",
        "vote",
        "/assembly",
        "see-assembly",
        rooms=("/motions", "/polls", "/policies", "/elections", "/meetings", "/representation"),
    ),
    Place("Catalogue", "check", "/catalogue", "see-catalogue", "f-nav__wide"),
    Place("Money", "coin", "/money", "see-ledger", "f-nav__wide"),
    Place("Reports", "chart", "/reports", "see-reports", "f-nav__wide"),
    Place("Record", "book", "/record", "see-record", "f-nav__wide"),
    Place("People", "people", "/people", "see-people", "f-nav__wide"),
    Place("Rules", "gear", "/settings", "see-settings", "f-nav__wide"),
    Place("Deliveries", "pin", "/co-op", "keep-coop", "f-nav__wide"),
    Place("More", "more", "/more", "see-home", "f-nav__phone"),
)


def register_pages(app: HouseFlask) -> tuple[Place, ...]:
    """Mount every blueprint; those of the demo only where the database carries its mark."""
    packages = ("tenants", "procurement", "staffbank", "federation.assembly", "reports")
    app.jinja_loader = ChoiceLoader([PackageLoader(name) for name in packages])  # pyright: ignore[reportAttributeAccessIssue]
    demo = DEMO_BLUEPRINTS if app.config["DEMO"] else ()
    for blueprint in (*BLUEPRINTS, *BUYING, *STAFF_BANK, *ASSEMBLY, *REPORTS, *demo):
        app.register_blueprint(blueprint)
    app.extensions["home_cards"] = [buying_news, bank_news, assembly_news]
    api.register(app)
    return PLACES
