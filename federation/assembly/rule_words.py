"""Rules of decision in plain words, for pages, papers and letters."""

from federation.assembly.rule import BASES, ELECTORATES, TIE_RULES, Rule

KIND_WORDS = {
    "ordinary": "Ordinary decisions",
    "special": "Special decisions",
    "constitutional": "Changing rules and weights",
    "election": "Elections",
}
KIND_QUESTIONS = {
    "ordinary": "How are ordinary decisions taken?",
    "special": "How are special decisions taken?",
    "constitutional": "How are rules and weights changed?",
    "election": "How are elections held?",
}
KIND_ABOUT = {
    "ordinary": "Everything that no other kind is for.",
    "special": "What binds the federation for long: its purpose, taking in and excluding, dissolving.",
    "constitutional": "The rules on this page and the scheme of weights.",
    "election": "Who sits on the board and on committees.",
}
SECOND_OF = {"coops": "co-ops", "members": "members of all co-ops"}


def kind_words(kind: str) -> str:
    """A kind of decision as a heading."""
    return KIND_WORDS[kind]


def percent_words(percent: str) -> str:
    """A percentage as people say it.

    >>> percent_words("50"), percent_words("66.67"), percent_words("75"), percent_words("68.68741543")
    ('half', 'two thirds', 'three quarters', '68.69%')
    """
    usual = {"50": "half", "66.67": "two thirds", "66.66": "two thirds", "75": "three quarters"}
    if percent in usual:
        return usual[percent]
    return f"{float(percent):.2f}".rstrip("0").rstrip(".") + "%"


def sentences(rule: Rule) -> list[tuple[str, str]]:
    """What a rule says, as (heading, sentence), in the order in which people ask.

    >>> dict(sentences(Rule()))["To pass"]
    'More than half of votes cast for or against.'
    """
    found = [("Who votes", f"{ELECTORATES[rule.electorate]}."), ("Votes", _votes(rule))]
    if rule.kind != "election":
        found.append(("To pass", _to_pass(rule)))
    if rule.second_majority is not None:
        least = percent_words(str(rule.second_majority["percent"]))
        found.append(
            ("And also", f"More than {least} of the {SECOND_OF[rule.second_majority['of']]} must be in favour.")
        )
    if rule.class_rule is not None:
        found.append(
            ("In each class", f"More than {percent_words(str(rule.class_rule['percent']))} of the class’s votes.")
        )
    return [
        *found,
        ("Who must take part", _quorum(rule)),
        ("Notice", f"{rule.notice_days} clear days: neither the day of the notice nor of the vote counts."),
        ("Secrecy", _secrecy(rule)),
        ("Proxies", _proxies(rule.proxy_cap)),
        ("Equal votes", _tie(rule)),
    ]


def differences(old: Rule | None, new: Rule) -> list[str]:
    """The sentences of a rule that say another thing than those of the rule before it."""
    before = dict(sentences(old)) if old is not None else {}
    after = dict(sentences(new))
    gone = [f"{heading}: no longer asked for." for heading in before if heading not in after]
    return [f"{heading}: {words}" for heading, words in after.items() if before.get(heading) != words] + gone


def _votes(rule: Rule) -> str:
    return "One co-op, one vote, whatever its size." if rule.one_each else "By the scheme of weights in force."


def _to_pass(rule: Rule) -> str:
    how = "More than" if rule.threshold.strictly else "At least"
    return f"{how} {percent_words(rule.threshold.percent)} {BASES[rule.base]}."


def _quorum(rule: Rule) -> str:
    coops, weight = rule.quorum.coops_percent, rule.quorum.weight_percent
    if not float(coops) and not float(weight):
        return "No least number."
    return f"At least {_plain(coops)}% of the co-ops, and at least {_plain(weight)}% of all votes."


def _secrecy(rule: Rule) -> str:
    if rule.secret:
        return "Secret. A vote cannot be changed once it is cast."
    changing = "can be changed until closing" if rule.may_change else "cannot be changed once it is cast"
    return f"Recorded: after closing all see how each co-op voted. A vote {changing}."


def _proxies(cap: int) -> str:
    if not cap:
        return "None: a co-op votes by its own delegates or not at all."
    return f"A co-op can hold {'one proxy' if cap == 1 else f'{cap} proxies'} of others at most."


def _tie(rule: Rule) -> str:
    if rule.kind == "election" and rule.tie_rule != "chair":
        return "A public lot decides."
    return f"{TIE_RULES[rule.tie_rule]}."


def _plain(percent: str) -> str:
    return percent.rstrip("0").rstrip(".") if "." in percent else percent
