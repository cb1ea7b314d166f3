"""How large the co-ops are on a day: drafted from the register, put to the co-ops, agreed or disputed, frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from federation.assembly.fairness import CLASSES, sheet_of, weighing
from federation.assembly.models import SizeAnswer, SizeSnapshot
from federation.assembly.models.weights import MEASURES
from federation.assembly.rule import KINDS
from federation.assembly.services import scheme_rows
from federation.assembly.services.numbers import next_number
from federation.assembly.services.rule_versions import version_in_force
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.models import CoopSize
from tenants.scope import current_scope, current_tenant_id
from tenants.services import mail
from tenants.services.coops import coop_names, list_coops

MEASURE_WORDS = {"members": "members", "staff": "staff", "care_hours_week": "hours of care a week"}
LARGEST = 10_000_000


@dataclass(frozen=True)
class Standing:
    """Where a co-op stands to its size: `state` is agreed, disputed, settled or waiting."""

    coop_id: UUID
    state: str
    size: int
    said: int | None = None
    words: str = ""
    settled: Mapping[str, Any] | None = None


def draft_snapshot(
    as_of_date: date, measure: str, source: str, classes: Mapping[str, str] | None = None
) -> SizeSnapshot:
    """Draft the sizes of all co-ops on a day from what the register knew then; nobody sees it yet. Office scope.

    A co-op without a size on that day gets nought, which it can dispute. Classes stay as in the newest agreed sizes
    unless `classes` names them. Raises: InvalidInput.
    """
    coops = {coop.id for coop in list_coops()}
    errors = {}
    if measure not in MEASURES:
        errors["measure"] = f"Choose one of: {', '.join(MEASURES)}"
    if as_of_date > clock.today():
        errors["as_of_date"] = "Enter today or a day before: nobody knows sizes to come"
    if not source.strip() or len(source) > 200:
        errors["source"] = "Say where the sizes come from, in at most 200 letters"
    if not coops:
        errors[""] = "Take in a co-op first: there is nobody whose size could be asked for"
    if errors:
        raise InvalidInput(errors)
    newest = (
        select(CoopSize)
        .ext(distinct_on(CoopSize.tenant_id))
        .where(CoopSize.as_of_date <= as_of_date)
        .order_by(CoopSize.tenant_id, CoopSize.as_of_date.desc())
    )
    known = {row.tenant_id: int(getattr(row, measure)) for row in db.session.scalars(newest)}
    before = agreed()
    row = SizeSnapshot(
        number=next_number(SizeSnapshot),
        as_of_date=as_of_date,
        measure=measure,
        source=source.strip(),
        sizes={str(coop): known.get(coop, 0) for coop in sorted(coops)},
        classes=_checked_classes(before.classes if before and classes is None else classes or {}, coops),
        made_by=current_scope().person_id,
        made_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record("draft-sizes", "sizes", row.id, {"number": row.number, "measure": measure})
    return row


def set_classes(snapshot_id: UUID, classes: Mapping[str, str]) -> None:
    """Say which class each co-op stands in, until the sizes are agreed. Office scope. Raises: NotFound, RuleBroken."""
    row = _locked(snapshot_id)
    if row.state == "agreed":
        raise RuleBroken("sizes-agreed", "These sizes are agreed and stay as they are. Draft others.")
    row.classes = _checked_classes(classes, {UUID(coop) for coop in row.sizes})
    db.session.flush()
    audit.record("set-classes", "sizes", row.id, {"number": row.number})


def discard(snapshot_id: UUID) -> None:
    """Throw a draft away. Office scope. Raises: NotFound, RuleBroken once the co-ops have been asked."""
    row = _locked(snapshot_id)
    if row.state != "draft":
        raise RuleBroken("sizes-asked", "The co-ops have been asked about these sizes, so they stay on record.")
    number = row.number
    db.session.delete(row)
    db.session.flush()
    audit.record("discard-sizes", "sizes", snapshot_id, {"number": number})


def ask(snapshot_id: UUID, answer_by: datetime) -> SizeSnapshot:
    """Put the sizes to the co-ops: managers and treasurers are written to. Office scope.

    Raises: NotFound, InvalidInput for a moment that has passed, RuleBroken when it is no draft.
    """
    row = _locked(snapshot_id)
    if row.state != "draft":
        raise RuleBroken("sizes-asked", "The co-ops have been asked about these sizes already.")
    if answer_by <= clock.now():
        raise InvalidInput({"answer_by": "Give the co-ops a day to come"})
    row.state, row.asked_at, row.answer_by = "asked", clock.now(), answer_by
    db.session.flush()
    audit.record("ask-sizes", "sizes", row.id, {"number": row.number, "answer_by": answer_by.isoformat()})
    words = MEASURE_WORDS[row.measure]
    address = f"{current_app.config['BASE_URL'].rstrip('/')}/assembly/sizes/{row.id}"
    letters = [
        (
            UUID(coop),
            f"Is it right that your co-op has {size:,} {words}?",
            f"The votes of your co-op in the assembly rest on its size. For {clock.day_words(row.as_of_date)} we have"
            f" {size:,} {words} ({row.source}).\n\nSay whether that is right by {clock.moment_words(answer_by)}; who"
            f" has not answered by then is taken to agree.\n\nAnswer here: {address}",
        )
        for coop, size in row.sizes.items()
    ]
    mail.write_to_each(("manager", "treasurer"), letters)
    return row


def answer(snapshot_id: UUID, answer: str, size: int | None = None, words: str = "") -> SizeAnswer:
    """Say of one's own co-op that its size is right, or what it is and why. Member scope.

    Until the sizes are taken as agreed a co-op can answer again. Raises: NotFound, InvalidInput, RuleBroken when nobody
    is asked any more.
    """
    tenant = current_tenant_id()
    row = get_snapshot(snapshot_id)
    if str(tenant) not in row.sizes:
        raise NotFound("size of your co-op")
    if row.state != "asked":
        raise RuleBroken("sizes-agreed", "These sizes are agreed and stay as they are.")
    _check_answer(answer, size, words, row.sizes[str(tenant)])
    held = own_answer(snapshot_id) or SizeAnswer(tenant_id=tenant, snapshot_id=snapshot_id)
    held.answer, held.words = answer, words.strip()
    held.size = size if answer == "dispute" else row.sizes[str(tenant)]
    held.answered_by, held.answered_at = current_scope().person_id, clock.now()
    db.session.add(held)
    db.session.flush()
    audit.record("answer-size", "sizes", snapshot_id, {"answer": answer, "size": held.size})
    return held


def settle(snapshot_id: UUID, coop_id: UUID, size: int, words: str) -> None:
    """Settle a dispute: with the size that holds and why. Office scope; the co-op reads both.

    Raises: NotFound, InvalidInput, RuleBroken where nothing is in dispute.
    """
    row = _locked(snapshot_id)
    standing = next((one for one in standings(row) if one.coop_id == coop_id), None)
    if standing is None:
        raise NotFound("co-op")
    if row.state != "asked" or standing.state not in ("disputed", "settled"):
        raise RuleBroken("nothing-to-settle", "This co-op disputes nothing.")
    errors = _size_errors(size)
    if not words.strip() or len(words) > 500:
        errors["words"] = "Say why this size holds, in at most 500 letters: the co-op will read it"
    if errors:
        raise InvalidInput(errors)
    told = {"was": row.sizes[str(coop_id)], "said": standing.said, "size": size, "words": words.strip()}
    row.settled = {**row.settled, str(coop_id): told}
    row.sizes = {**row.sizes, str(coop_id): size}
    db.session.flush()
    audit.record("settle-size", "sizes", row.id, {"coop": str(coop_id), "size": size})


def take_as_agreed(snapshot_id: UUID) -> SizeSnapshot:
    """Freeze the sizes: when all have agreed, or after the day given for answers, naming who was silent. Office scope.

    Raises: NotFound, RuleBroken while a dispute is open, or before that day while somebody has not answered.
    """
    row = _locked(snapshot_id)
    if row.state != "asked" or row.answer_by is None:
        raise RuleBroken("not-asked", "Ask the co-ops first." if row.state == "draft" else "These sizes are agreed.")
    names, stand = coop_names(), standings(row)
    open_ = [names.get(str(one.coop_id), "") for one in stand if one.state == "disputed"]
    if open_:
        raise RuleBroken("size-in-dispute", f"Settle what is in dispute first: {', '.join(open_)}.")
    silent = [str(one.coop_id) for one in stand if one.state == "waiting"]
    if silent and clock.now() < row.answer_by:
        raise RuleBroken(
            "time-to-answer", f"{len(silent)} have not answered, and can until {clock.moment_words(row.answer_by)}."
        )
    if not any(row.sizes.values()):
        raise RuleBroken("no-sizes", "No co-op has a size yet, so there is nothing to agree to.")
    _check_fit(row, names)
    row.state, row.agreed_at, row.silent = "agreed", clock.now(), silent
    db.session.flush()
    audit.record("agree-sizes", "sizes", row.id, {"number": row.number, "silent": len(silent)})
    return row


def agreed() -> SizeSnapshot | None:
    """The sizes that hold: those agreed last. Any scope."""
    chosen = select(SizeSnapshot).where(SizeSnapshot.state == "agreed")
    return db.session.scalar(chosen.order_by(SizeSnapshot.agreed_at.desc(), SizeSnapshot.number.desc()).limit(1))


def get_snapshot(snapshot_id: UUID) -> SizeSnapshot:
    """Sizes of one day; a member does not see drafts. Raises: NotFound."""
    row = db.session.get(SizeSnapshot, snapshot_id)
    if row is None:
        raise NotFound("list of sizes")
    return row


def list_snapshots() -> Sequence[SizeSnapshot]:
    """All sizes that the reader may see, newest first."""
    return db.session.scalars(select(SizeSnapshot).order_by(SizeSnapshot.number.desc())).all()


def own_answer(snapshot_id: UUID) -> SizeAnswer | None:
    """What the acting co-op has said of its size."""
    return db.session.get(SizeAnswer, (current_tenant_id(), snapshot_id))


def standings(row: SizeSnapshot) -> list[Standing]:
    """Where each co-op stands to its size, in the order of ids; office scope sees all, a member itself alone."""
    answers = {
        one.tenant_id: one for one in db.session.scalars(select(SizeAnswer).where(SizeAnswer.snapshot_id == row.id))
    }
    found = []
    for coop, size in sorted(row.sizes.items()):
        said, settled = answers.get(UUID(coop)), row.settled.get(coop)
        if said is None:
            found.append(Standing(UUID(coop), "waiting", size))
            continue
        state = "agreed" if said.answer == "agree" or said.size == size else "disputed"
        if state == "disputed" and settled is not None and settled["said"] == said.size:
            state = "settled"
        found.append(Standing(UUID(coop), state, size, said.size, said.words, settled))
    return found


def still_members(row: SizeSnapshot) -> dict[str, int]:
    """The sizes of those who have not left since, in the order of ids. Any scope."""
    here = {str(coop.id) for coop in list_coops()}
    return {coop: size for coop, size in sorted(row.sizes.items()) if coop in here}


def _check_fit(row: SizeSnapshot, names: Mapping[str, str]) -> None:
    """Whether what is in force can be counted with these sizes. Raises: RuleBroken, since no vote could be opened."""
    scheme, known = scheme_rows.current(), still_members(row)
    rules = [version_in_force(kind) for kind in KINDS]
    by_class = scheme is not None and scheme.scheme["kind"] == "classes"
    missing = [names.get(coop, "") for coop in known if coop not in row.classes]
    if missing and (by_class or any(rule is not None and rule.rule.get("class_rule") for rule in rules)):
        raise RuleBroken("no-classes", f"Say first which class these stand in: {', '.join(missing)}.")
    if scheme is not None:
        try:
            sheet_of(weighing(scheme_rows.terms_of(scheme), known, row.classes), with_shapley=False)
        except InvalidInput as error:
            words = "; ".join(error.errors.values())
            raise RuleBroken("scheme-does-not-fit", f"The scheme in force cannot be counted: {words}") from error


def _locked(snapshot_id: UUID) -> SizeSnapshot:
    row = db.session.scalar(select(SizeSnapshot).where(SizeSnapshot.id == snapshot_id).with_for_update())
    if row is None:
        raise NotFound("list of sizes")
    return row


def _check_answer(answer: str, size: int | None, words: str, known: int) -> None:
    if answer not in ("agree", "dispute"):
        raise InvalidInput({"answer": "Say whether the size is right"})
    if answer == "agree":
        return
    errors = {"size": "Enter the size that is right"} if size is None else _size_errors(size)
    if size == known:
        errors["size"] = "That is the size we have: say that it is right"
    if not words.strip() or len(words) > 500:
        errors["words"] = "Say what the right size rests on, in at most 500 letters"
    if errors:
        raise InvalidInput(errors)


def _size_errors(size: int) -> dict[str, str]:
    return {} if 0 <= size <= LARGEST else {"size": f"Enter a whole number from 0 to {LARGEST:,}"}


def _checked_classes(classes: Mapping[str, str], coops: set[UUID]) -> dict[str, str]:
    """Classes of known co-ops. Raises: InvalidInput for a class that there is not."""
    odd = sorted({group for group in classes.values() if group and group not in CLASSES})
    if odd:
        raise InvalidInput({"classes": f"Choose one of: {', '.join(CLASSES)}"})
    known = {str(coop) for coop in coops}
    return {coop: group for coop, group in sorted(classes.items()) if group and coop in known}
