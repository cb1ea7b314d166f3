#!/usr/bin/env python3
"""Count a poll again at home:  python recount.py BUNDLE.zip

The bundle has everything that was published of a poll. This script trusts nobody: it checks that no published row was
changed, that no co-op cast more votes than it has, that lots were drawn as promised; then it counts in its own way.
It needs Python 3.8 or newer, nothing else. Exit code: 0 all is the same, 1 something differs, 2 it cannot be read.
"""

import argparse
import hashlib
import json
import os
import sys
import zipfile
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import zip_longest

MOST_BYTES = 100_000_000  # a board larger than this is no board
TROUBLE = (
    OSError,
    zipfile.BadZipFile,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
)
UNITS = {"scottish": 10**5, "meek": 10**9, "irv": 1, "approval": 1}  # a vote is counted as so many whole units


class Findings:
    """What was found; `same` is whether every claim was true so far."""

    same = True

    def claim(self, true, words, otherwise=""):
        """Print a claim with yes or NO before it, and what is the case where it is not true."""
        self.same = self.same and bool(true)
        print(f"  yes  {words}" if true else f"  NO   {words} {otherwise}".rstrip())


def sha256(*lines):
    """The fingerprint of some lines of text, as 64 letters and digits."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def read_board(place):
    """The board's rows, from a .zip or from the folder it was unpacked into."""
    if os.path.isdir(place):
        with open(os.path.join(place, "board.json"), "rb") as file:
            return json.loads(file.read(MOST_BYTES).decode("utf-8"))
    with zipfile.ZipFile(place) as archive, archive.open("board.json") as file:
        return json.loads(file.read(MOST_BYTES).decode("utf-8"))


def only(rows, kind):
    """What the one row of a kind says."""
    found = [row["body"] for row in rows if row["kind"] == kind]
    if len(found) != 1:
        raise ValueError(f"the board has {len(found)} rows of kind {kind} instead of one")
    return found[0]


def check_chain(rows, heads, findings):
    """Every row's code is made from the code before it, so that nothing can be changed afterwards unnoticed."""
    previous, broken = "0" * 64, 0
    for number, row in enumerate(rows, 1):
        text = json.dumps(row["body"], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        if row["number"] != number or row["hash"] != sha256(previous, row["kind"], text):
            broken = broken or number
        previous = row["hash"]
    findings.claim(not broken, f"The {len(rows)} rows of the board are as they were sealed.", f"Row {broken} is not.")
    for head in heads:
        findings.claim(head in [row["hash"] for row in rows], f"This is the board announced with {head[:12]}…")
    print(f"       Its last code is {previous}: compare it with the one that was sent round.")


def check_lots(rows, findings):
    """The seed is the one promised at opening, and the order follows from it; answers the order, luckiest first."""
    found = [number for number, row in enumerate(rows) if row["kind"] == "lots"]
    if not found:
        return None
    lots, head = rows[found[-1]]["body"], rows[found[-1] - 1]["hash"]
    promised = only(rows, "opened")["lots_commitment"]
    findings.claim(promised == sha256(lots["seed"]), "The seed of the lots is the one promised at opening.")
    findings.claim(lots.get("head", head) == head, "The lots were drawn on this board, as it stood then.")
    order = sorted(lots["order"], key=lambda name: (sha256(lots["seed"], head, lots["dice"], name), name))
    findings.claim(order == lots["order"], "The order of the lots follows from the seed and the dice.")
    return order


def check_ballots(rows, findings):
    """No co-op cast more votes than it has, no ballot is there twice, the turnout is that of the ballots."""
    opened, closed, ballots = only(rows, "opened"), only(rows, "closed"), only(rows, "ballots")["ballots"]
    weights, cast = opened["weights"], len(ballots)
    if only(rows, "ballots").get("withheld"):
        raise ValueError(only(rows, "ballots")["withheld"])
    if opened["secret"]:
        findings.claim(len({ballot["id"] for ballot in ballots}) == cast, "Every ballot has an id of its own.")
    else:
        by_coop, wrong = Counter(), []
        for ballot in ballots:
            parts = list(ballot["parts"].values()) if "parts" in ballot else [ballot["units"]]
            by_coop[ballot["coop"]] += sum(parts)
            wrong += [f"{ballot['coop']} cast {part} votes." for part in parts if type(part) is not int or part < 0]
        for coop, votes in sorted(by_coop.items()):
            has, name = weights.get(coop, 0), (opened.get("names") or {}).get(coop, coop)
            wrong += [f"{name} cast {votes} and has {has}."] if votes > has else []
            if votes < has:
                print(f"       {name} cast {votes} of its {has} votes.")
        findings.claim(not wrong, "No co-op cast more votes than it has.", " ".join(wrong))
        findings.claim(len(by_coop) == closed["coops"], f"{closed['coops']} co-ops voted.", f"{len(by_coop)} did.")
        cast = sum(by_coop.values())
    enough = cast == closed["weight"] <= sum(weights.values())
    findings.claim(enough, f"{closed['weight']} of {sum(weights.values())} votes were cast.", f"There are {cast}.")


def tell_receipt(rows, wanted):
    """Say what the ballot of a receipt counts for; answers whether it is on the board."""
    names = {choice["id"]: choice["name"] for choice in only(rows, "opened").get("choices") or []}
    for ballot in only(rows, "ballots")["ballots"]:
        if wanted in (ballot.get("id"), ballot.get("receipt"), *ballot.get("receipts", ())):
            ranked = ", then ".join(names.get(one, one) for one in ballot.get("ranking", []))
            votes = "one vote" if "id" in ballot else f"{ballot.get('units') or sum(ballot['parts'].values())} votes"
            marked = ballot.get("choice") or ", ".join(f"{n} {side}" for side, n in ballot.get("parts", {}).items())
            print(f"Ballot {wanted} counts as {votes}: {marked or ranked or 'for nobody'}.")
            return True
    print(f"Ballot {wanted} is NOT on this board.")
    return False


class Race:
    """An election while it is counted. Candidates are ids; votes are whole numbers of `unit` parts of a vote."""

    def __init__(self, opened, ballots, order):
        self.unit, self.order, self.asked = UNITS[opened["method"]], order, opened["seats"]
        self.choices = {one["id"]: one for one in opened["choices"] if not one.get("withdrawn")}
        self.names, self.ballots = sorted(self.choices), Counter()
        for ballot in ballots:
            ranking = tuple(one for one in ballot["ranking"] if one in self.choices)
            if len(set(ranking)) < len(ranking):
                raise ValueError("a ballot names somebody twice")
            self.ballots[ranking] += ballot.get("units", 1)
        del self.ballots[()]
        self.total = sum(self.ballots.values())
        self.in_race, self.elected, self.rounds = set(self.names), [], []
        limits = [one for one in opened.get("constraints") or [] if one["class"] in map(self.class_of, self.names)]
        self.rules = {one["class"]: (one.get("at_least") or 0, one.get("at_most")) for one in limits}
        # Where a class may have too few seats or there are too few people, some seats stay empty.
        self.seats = min(self.asked, sum(most for _, most in self.bounds(set(), self.in_race)))

    def class_of(self, one):
        """The class a candidate stands for; "" where they stand for none."""
        return self.choices[one].get("class") or ""

    def bounds(self, elected, open_):
        """For each class, the fewest and the most seats it can end with."""
        has, could = Counter(map(self.class_of, elected)), Counter(map(self.class_of, open_))
        found = []
        for group in {*has, *could, *self.rules}:
            least, most = self.rules.get(group, (0, None))
            end = has[group] + could[group]
            found.append((max(has[group], least), end if most is None else min(end, most)))
        return found

    def possible(self, elected, open_):
        """Whether the rules on classes can still be kept, with these elected and those still open."""
        found = self.bounds(elected, open_)
        fits = sum(least for least, _ in found) <= self.seats <= sum(most for _, most in found)
        return fits and all(least <= most for least, most in found)

    def barred(self):
        """Those who can no longer be seated without breaking a rule on classes."""
        return self.of_classes(lambda one: self.possible([*self.elected, one], self.in_race - {one}))

    def of_classes(self, possible):
        """Those of all classes for which a step is not possible; one of a class speaks for all of it."""
        speaker = {self.class_of(one): one for one in self.in_race}
        stuck = {group for group, one in speaker.items() if not possible(one)}
        return {one for one in self.in_race if self.class_of(one) in stuck}

    def pick(self, votes, pool, first, margin=0, look_back=True):
        """The one with the most votes (`first`) or the fewest; of equals, as they last differed, else by the lot."""
        best = max if first else min
        edge = best(votes[one] for one in pool) + margin
        left = sorted(one for one in pool if votes[one] == edge or (votes[one] < edge and not first))
        for earlier in reversed(self.rounds) if look_back else ():
            left = [one for one in left if earlier[one] == best(earlier[other] for other in left)]
        if len(left) > 1:
            if self.order is None:
                raise ValueError(f"{' and '.join(left)} tie, and the board has no lots")
            place = {name: number for number, name in enumerate(self.order)}
            left.sort(key=lambda one: place[one] if one in place else place[self.choices[one]["name"]])
        return left[0] if first else left[-1]

    def seat_those_with(self, quota, votes):
        """Elect all who have the quota, the most votes first, as far as the rules on classes let them."""
        ready = {one for one in self.in_race - self.barred() if votes[one] >= quota}
        while ready:
            top = [one for one in ready if votes[one] == max(votes[other] for other in ready)]
            if not self.possible(self.elected + top, self.in_race - set(top)):
                top = [self.pick(votes, ready, True)]
            self.elected += top
            self.in_race -= set(top)
            ready = ready - set(top) - self.barred()

    def finished(self):
        """Whether all seats are filled; the last ones go to those left when nobody competes for them."""
        open_, left = self.in_race - self.barred(), self.seats - len(self.elected)
        if 0 < len(open_) <= left:
            self.elected += sorted(open_)
            self.in_race -= open_
        return left <= 0 or len(open_) <= left

    def drop_last(self, votes, margin=0, look_back=True):
        """Who leaves: somebody barred by class, else the fewest votes of those whom no rule on classes needs."""
        barred, needed = self.barred(), self.of_classes(lambda one: self.possible(self.elected, self.in_race - {one}))
        gone = self.pick(votes, barred or self.in_race - needed, False, 0 if barred else margin, look_back)
        self.in_race.discard(gone)
        return gone


def count_by_transfer(race, majority_only):
    """Scottish STV (Scottish Local Government Elections Order 2007, rules 45 to 52), or one seat by majority (IRV).

    A paper that leaves an elected candidate is worth its value × surplus ÷ the candidate's votes from then on, to
    five decimals, the rest dropped. A paper that leaves an excluded candidate keeps its value.
    """
    piles = {one: [] for one in race.names}
    for ranking, papers in race.ballots.items():
        piles[ranking[0]].append((ranking, papers, race.unit))
    votes = {one: sum(papers * value for _, papers, value in piles[one]) for one in race.names}
    while True:
        quota = sum(votes.values()) // 2 + 1 if majority_only else (race.total // (race.asked + 1) + 1) * race.unit
        race.seat_those_with(quota, votes)
        race.rounds.append(dict(votes))
        if race.finished():
            return quota
        over = [one for one in race.elected if votes[one] > quota]
        if over and not race.barred():
            source = race.pick(votes, over, True)
            surplus, held, votes[source] = votes[source] - quota, votes[source], quota
        else:
            source = race.drop_last(votes)
            surplus, held, votes[source] = 1, 1, 0
        takers = race.in_race - race.barred()
        moving, piles[source] = piles[source], []
        for ranking, papers, value in moving:
            target = next((one for one in ranking if one in takers), None)
            if target is not None:
                piles[target].append((ranking, papers, value * surplus // held))
                votes[target] += papers * (value * surplus // held)


def count_by_meek(race):
    """Meek's rule (Algorithm 123, with the arithmetic of the Reference Meek Rule): in billionths, shares rounded up.

    Each elected candidate keeps just the share of every vote that is needed, and the next choice has the rest.
    """
    before, keep = None, {one: race.unit for one in race.names}
    while True:
        votes = {one: 0 for one in race.names}
        for ranking, papers in race.ballots.items():
            left = race.unit
            for one in ranking:
                share = -(-left * keep[one] // race.unit)
                votes[one] += share * papers
                left -= share
        quota, seated = sum(votes.values()) // (race.asked + 1) + 1, len(race.elected)
        race.seat_those_with(quota, votes)
        newly, surplus = len(race.elected) > seated, max(0, sum(votes[one] - quota for one in race.elected))
        settled = surplus < 1000 or (before is not None and surplus >= before)
        if newly or settled:
            race.rounds.append(votes)
            if race.finished():
                return quota
        leaves = race.barred() or surplus < 1000 if newly else settled
        before = None if newly or leaves else surplus
        if leaves:
            keep[race.drop_last(votes, surplus, look_back=False)] = 0
        for one in () if leaves else race.elected:
            scaled = -(-keep[one] * quota // race.unit)
            keep[one] = min(race.unit, -(-scaled * race.unit // max(1, votes[one])))


def quorate(rows):
    """Whether enough took part: co-ops and votes, both."""
    opened, closed = only(rows, "opened"), only(rows, "closed")
    heads = (("coops", len(opened["weights"])), ("weight", sum(opened["weights"].values())))
    return all(closed[head] * 100 >= Fraction(opened["rule"]["quorum"][f"{head}_percent"]) * of for head, of in heads)


def count_election(rows, ballots, order):
    """Who is elected, with the votes of every round as they are published."""
    opened, quota = only(rows, "opened"), None
    race, method = Race(opened, ballots, order), opened["method"]
    if race.possible([], race.in_race) and (race.total or len(race.names) <= race.seats):
        if method == "approval":  # everybody named on a ballot has its votes; those with the most are elected
            race.rounds = [{one: sum(n for named, n in race.ballots.items() if one in named) for one in race.names}]
            race.seat_those_with(0, race.rounds[0])
        else:
            quota = count_by_meek(race) if method == "meek" else count_by_transfer(race, method == "irv")
    rounds = [{one: Fraction(units, race.unit) for one, units in votes.items()} for votes in race.rounds]
    quota = quota and Fraction(quota, race.unit)
    return {"elected": race.elected, "quorate": quorate(rows), "quota": quota, "rounds": rounds}


def enough(have, percent, of, at_least=False):
    """Whether there is more than a share of something (or at least that share), and anything at all."""
    return have * 100 >= Fraction(percent) * of and have > 0 and (at_least or have * 100 != Fraction(percent) * of)


def base_of(votes, base, eligible):
    """What a majority is reckoned from: votes cast, with abstentions or without, or all there are."""
    cast = votes["for"] + votes["against"]
    return {"cast": cast, "cast_with_abstentions": cast + votes["abstain"], "eligible": eligible}[base]


def majorities(opened, by_coop, total):
    """Whether each majority is reached that the rule asks for, that of all votes first."""
    rule, weights, threshold = opened["rule"], opened["weights"], opened["rule"]["threshold"]
    base, second, classes = rule["base"], rule.get("second_majority"), rule.get("class_rule")
    of = base_of(total, base, sum(weights.values()))
    yield enough(total["for"], threshold["percent"], of, not threshold["strictly"])
    if second and second["of"] == "coops":
        have = sum(1 for votes in by_coop.values() if votes["for"] > votes["against"])
        yield enough(have, second["percent"], len(weights))
    elif second:
        sizes = opened["sizes"]
        have = sum(Fraction(sizes[coop] * votes["for"], weights[coop]) for coop, votes in by_coop.items())
        yield enough(have, second["percent"], sum(sizes.values()))
    for group in {*opened["classes"].values()} - {""} if classes else ():
        coops = [coop for coop in weights if opened["classes"].get(coop) == group]
        votes = sum((by_coop[coop] for coop in coops if coop in by_coop), Counter())
        yield enough(votes["for"], classes["percent"], base_of(votes, base, sum(weights[coop] for coop in coops)))


def decide(rows, ballots, order):
    """Whether a motion is carried: the quorum, the majority, further majorities, and how a tie falls."""
    opened, rule = only(rows, "opened"), only(rows, "opened")["rule"]
    by_coop, total = defaultdict(Counter), Counter()
    for ballot in ballots:
        votes = Counter(ballot["parts"] if "parts" in ballot else [ballot["choice"]])
        total += votes
        by_coop[ballot.get("coop")] += votes
    if opened["secret"] and (rule.get("second_majority") or rule.get("class_rule")):
        raise ValueError("a secret vote does not tell how each co-op voted: further majorities cannot be counted")
    met = list(majorities(opened, by_coop, total))
    half = Fraction(rule["threshold"]["percent"]) == 50 and rule["threshold"]["strictly"] and rule["base"] == "cast"
    if half and total["for"] == total["against"] > 0 and rule["tie_rule"] != "falls":
        met[0] = (only(rows, "result")["casting_vote"] if rule["tie_rule"] == "chair" else order[0]) == "for"
    status = "no_quorum" if not quorate(rows) else "carried" if all(met) else "not_carried"
    return {"status": status, "for": total["for"], "against": total["against"], "abstain": total["abstain"]}


def compare(mine, opened, published, findings):
    """Set the published result beside one's own, as far as it was published."""
    names = {one["id"]: one["name"] for one in opened.get("choices") or []}
    for number, (own, theirs) in enumerate(zip_longest(mine.pop("rounds", []), published.get("rounds") or []), 1):
        told = {one: Fraction(votes) for one, votes in theirs["votes"].items()} if theirs else None
        if "rounds" in published and own != told:
            counted = own and ", ".join(f"{names.get(one, one)} {float(votes)}" for one, votes in own.items())
            findings.claim(False, f"Round {number} is as published.", f"Counted: {counted or 'no such round'}.")
    for key, own in mine.items():
        theirs = published[key] if key in ("status", "elected") else published.get(key, own)
        if key == "elected":
            own, theirs = (", ".join(sorted(names.get(one, one) for one in both)) or "nobody" for both in (own, theirs))
        same = own == (Fraction(theirs) if key == "quota" and theirs else theirs)
        findings.claim(same, f"Published as {key}: {theirs}.", f"Counted: {own}.")


def main(arguments=None):
    """Check and count; answers the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", help="the .zip, or the folder it was unpacked into")
    parser.add_argument("--head", action="append", default=[], help="is this the board announced with this code?")
    parser.add_argument("--receipt", help="is the ballot with this id there, and what does it count for?")
    asked, findings = parser.parse_args(arguments), Findings()
    try:
        rows = read_board(asked.bundle)
        check_chain(rows, asked.head, findings)
        if asked.receipt:
            return 0 if tell_receipt(rows, asked.receipt) and findings.same else 1
        check_ballots(rows, findings)
        order, opened, published = check_lots(rows, findings), only(rows, "opened"), only(rows, "result")
        count = decide if opened["method"] == "yes_no" else count_election
        mine = count(rows, only(rows, "ballots")["ballots"], order)
        compare(mine, opened, {**published, **published.get("totals", {})}, findings)
    except TROUBLE as error:
        print(f"The bundle cannot be counted: {type(error).__name__}: {error}")
        return 2 if findings.same else 1
    print("SAME: you counted what was published." if findings.same else "DIFFERS: see the lines with NO.")
    return 0 if findings.same else 1


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # pyright: ignore  # old consoles lack letters that names may have
    sys.exit(main())
