"""The pages of the ground floor."""

from tenants.pages.about import about
from tenants.pages.account import account
from tenants.pages.coop import coop
from tenants.pages.coops import coops
from tenants.pages.demo_door import demo_door
from tenants.pages.door import door
from tenants.pages.home import home
from tenants.pages.money import money
from tenants.pages.people import people
from tenants.pages.record import record
from tenants.pages.saved import saved
from tenants.pages.settings import settings
from tenants.pages.work import work

BLUEPRINTS = (door, account, home, people, coops, work, record, money, settings, saved, coop, about)
DEMO_BLUEPRINTS = (demo_door,)
"""Mounted only where the database carries the mark of a demo."""
