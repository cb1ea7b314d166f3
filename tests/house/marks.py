"""Words by which a co-op's own is recognised wherever it turns up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Markers:
    """`secret`: of A's own, for nobody else. `published`: for A and the office. `name`: what the directory shows to all."""

    secret: str
    published: str
    name: str
