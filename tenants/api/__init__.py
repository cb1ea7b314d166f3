"""The API of the ground floor: people, work, books. `BLUEPRINTS` is made in `tenants.api.routes`."""
