"""Every API blueprint of the ground floor."""

from tenants.api import books, people, work

BLUEPRINTS = (people.api, work.api, books.api)
