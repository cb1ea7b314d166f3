"""Set-off: payments only along debts there are, of the least total and then without one that can be spared."""

from collections import deque
from collections.abc import Mapping

from staffbank.net.modes import Payment, Settled
from staffbank.net.problem import Book

Link = tuple[str, str]
_NOTE = "Exact: set-off along existing debts only; no such settlement moves less money."


def settle_by_links(book: Book) -> Settled:
    """Set off what can be set off: each payment is on a link with a debt, and never above the debts of that link.

    >>> from staffbank.net.problem import Debt, put_together
    >>> settle_by_links(put_together([Debt("ash", "elm", 5), Debt("elm", "fir", 7), Debt("fir", "ash", 6)])).payments
    [Payment(payer='elm', payee='fir', pence=2), Payment(payer='fir', payee='ash', pence=1)]

    Raises: ArithmeticError when the solver does not end with an optimum, which it does for every set of debts.

    Source: Fleischman, Dini, Littera 2020, Liquidity-Saving through Obligation-Clearing and Mutual Credit.
    """
    links = book.links()
    if not links:
        return Settled([], True, _NOTE)
    # The solver brings NumPy with it: it is loaded only where it works.
    from ortools.graph.python import min_cost_flow

    places = {coop: place for place, coop in enumerate(book.positions)}
    solver = min_cost_flow.SimpleMinCostFlow()
    for (debtor, creditor), pence in links.items():
        solver.add_arc_with_capacity_and_unit_cost(places[debtor], places[creditor], pence, 1)
    for coop, pence in book.positions.items():
        solver.set_node_supply(places[coop], -pence)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"the set-off of {len(links)} debts ended with {status}")
    flows = {link: solver.flow(arc) for arc, link in enumerate(links)}
    paid = spare_payments(links, flows)
    return Settled([Payment(*link, pence) for link, pence in paid.items() if pence], True, _NOTE)


def spare_payments(links: Mapping[Link, int], flows: Mapping[Link, int]) -> dict[Link, int]:
    """Move money round rings of partly paid links until there is no such ring, which leaves fewer payments.

    Where all positions are met with the least total, a ring has as many links one way round as the other, so that
    moving money along it changes neither positions nor the total.

    >>> spare_payments({("a", "c"): 9, ("a", "d"): 9, ("b", "c"): 9, ("b", "d"): 9},
    ...                {("a", "c"): 2, ("a", "d"): 3, ("b", "c"): 4, ("b", "d"): 1})
    {('a', 'c'): 1, ('a', 'd'): 4, ('b', 'c'): 5, ('b', 'd'): 0}
    """
    paid = dict(flows)
    forest: dict[str, dict[str, Link]] = {}
    for link in [link for link, pence in flows.items() if 0 < pence < links[link]]:
        path = _path(forest, *link)
        along = [part for here, part in path if part[0] == here]
        against = [link, *(part for here, part in path if part[0] != here)]
        if path:
            # The ring runs along the path and back over the new link: that link counts among those against it.
            _move_round(along, against, links, paid)
        for debtor, creditor in along + against:
            if 0 < paid[debtor, creditor] < links[debtor, creditor]:
                forest.setdefault(debtor, {})[creditor] = (debtor, creditor)
                forest.setdefault(creditor, {})[debtor] = (debtor, creditor)
            elif creditor in forest.get(debtor, {}):
                del forest[debtor][creditor], forest[creditor][debtor]
    return paid


def _path(forest: Mapping[str, Mapping[str, Link]], start: str, end: str) -> list[tuple[str, Link]]:
    """The way from start to end through the forest: each co-op passed with the link taken from it; empty for no way."""
    came: dict[str, tuple[str, Link]] = {}
    waiting = deque([start] if start in forest and end in forest else [])
    while waiting and end not in came:
        here = waiting.popleft()
        for there, link in forest[here].items():
            if there not in came and there != start:
                came[there] = (here, link)
                waiting.append(there)
    path: list[tuple[str, Link]] = []
    here = end
    while here in came:
        path.append(came[here])
        here = came[here][0]
    return path[::-1]


def _move_round(along: list[Link], against: list[Link], links: Mapping[Link, int], paid: dict[Link, int]) -> None:
    """Move as much as goes round a ring, the way on which a payment falls away rather than a link fills up, if any."""
    for more, less in ((along, against), (against, along)):
        room, most = min(links[link] - paid[link] for link in more), min(paid[link] for link in less)
        if most <= room or more is against:
            moved = min(most, room)
            for link in more:
                paid[link] += moved
            for link in less:
                paid[link] -= moved
            return
