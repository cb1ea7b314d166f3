"""Calculator 2: who pays what of a joint cost. Pure functions: data in, data out; solvers are imported when needed."""

from procurement.share.calculate import share_costs

__all__ = ["share_costs"]
