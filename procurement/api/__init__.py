"""The API of joint procurement. `BLUEPRINTS` is made in `procurement.api.routes`."""
