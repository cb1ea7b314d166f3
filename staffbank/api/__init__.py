"""The API of the staff bank. `BLUEPRINTS` is made in `staffbank.api.routes`."""
