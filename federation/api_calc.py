"""POST /api/calc/NAME: the calculators, for everybody who is signed in; the answer is the result of a job."""

from datetime import timedelta
from typing import Any

from flask import request, url_for
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from federation.calc import CALCULATORS
from tenants import clock, jobs
from tenants.api.blueprint import ApiBlueprint
from tenants.api.reading import read_body, read_json
from tenants.api.schemas import AcceptedSchema
from tenants.errors import InvalidInput, NotFound, TooMany
from tenants.idempotency import idempotent
from tenants.web import current_identity, signed_in

api = ApiBlueprint("api-calc", __name__, url_prefix="/api", description="The calculators")
IN_AN_HOUR = 60
AT_ONCE = 3
MOST_OPTIONS = 12
TEXT_TYPES = ("text/csv", "text/plain")
"""What calculators that read text, not JSON, are sent as; counting also takes its ballots as JSON."""
_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": {"type": "object"}},
        **{kind: {"schema": {"type": "string"}} for kind in TEXT_TYPES},
    },
}


@api.route("/calc/<string:name>", methods=["POST"])
@signed_in()
@idempotent()
@api.doc(requestBody=_BODY)
@api.response(202, AcceptedSchema)
def run_calculator(name: str) -> Any:
    """Run a calculator on the JSON of the body, its options in the query; the job's result is the answer."""
    if name not in CALCULATORS:
        raise NotFound("calculator")
    text = _text(CALCULATORS[name].text_types) if CALCULATORS[name].text else _json_text()
    options = _options()
    _check_rate()
    job_id = jobs.defer("calc", {"name": name, "text": text, "options": options}, label=f"Calculator: {name}")
    return {"job_id": job_id}, {"Location": url_for("api-work.show_job", job_id=job_id)}


def _json_text() -> str:
    read_json()
    return read_body().decode()


def _text(types: tuple[str, ...]) -> str:
    if request.mimetype not in types:
        raise UnsupportedMediaType(f"Send the text with one of these as its Content-Type: {', '.join(types)}.")
    try:
        text = read_body().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRequest("This is not text in UTF-8.") from None
    if "\0" in text:
        raise InvalidInput({"": "There is a character in it that cannot be stored"})
    return text


def _options() -> dict[str, str]:
    options = request.args.to_dict()
    if len(options) > MOST_OPTIONS:
        raise InvalidInput({"options": f"Give at most {MOST_OPTIONS} options"})
    for key, value in options.items():
        if not (key.isascii() and key.isidentifier() and len(key) <= 40) or key == "out":
            # "out" would name a file of the server.
            raise InvalidInput({"options": "There is no such option: write them like story_seconds=10"})
        if not (value.isascii() and value.isprintable() and len(value) <= 200):
            raise InvalidInput({key: "Give at most 200 visible ASCII characters"})
    return options


def _check_rate() -> None:
    """Raises: TooMany above so many calculations of one person in an hour, or at once."""
    person_id, since = current_identity().person_id, clock.now() - timedelta(hours=1)
    own = [work for work in jobs.list_work(500) if work.kind == "calc" and work.person_id == person_id]
    if sum(work.created_at > since for work in own) >= IN_AN_HOUR:
        raise TooMany(
            "too-many-calculations", f"At most {IN_AN_HOUR} calculations an hour: wait a while, or use ./fed calc."
        )
    if sum(work.state in ("waiting", "running") for work in own) >= AT_ONCE:
        raise TooMany("too-many-calculations", f"At most {AT_ONCE} calculations at once: wait until one is done.")
