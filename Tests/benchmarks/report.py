"""The table that a run prints."""

import dataclasses


@dataclasses.dataclass
class Row:
    """One measurement: of the web server alone, of Martlet, and what of it has a goal.

    `compared` is what the goal speaks of, in words; `is_met` is None where there is no goal."""

    name: str
    alone: str = ""
    martlet: str = ""
    compared: str = ""
    goal: str = ""
    is_met: bool | None = None

    def __str__(self):
        verdict = {None: "", True: ": met", False: ": **missed**"}[self.is_met]
        return f"| {self.name} | {self.alone} | {self.martlet} | {self.compared} | {self.goal}{verdict} |"


HEAD = """| | web server alone | Martlet | compared | goal |
|:--|--:|--:|--:|:--|"""
