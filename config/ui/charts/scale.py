"""The vertical scale of a chart: round ticks from nothing up to at least the highest value."""

from dataclasses import dataclass
from enum import Enum
from math import ceil, floor, log10

from config.ui.charts.shapes import Tick
from config.ui.formats import in_language, number, percent

MOST_TICKS = 4
"""Above the base line."""
TOP, FLOOR = 16.0, 156.0
"""The y coordinates of the top line and of the base line."""


class Unit(Enum):
    COUNT = "count"
    SHARE = "share"
    """Between 0 and 1, shown as per cent."""

    def words(self, value: float) -> str:
        return percent(value) if self is Unit.SHARE else number(value, 0)

    def tick_words(self, value: float) -> str:
        """With the digits that its step needs, and no others."""
        return in_language(f"{100 * value:.4g} %") if self is Unit.SHARE else number(value, 0)


@dataclass(frozen=True)
class Scale:
    """`top` is the value of the top line, `step` what lies between two lines."""

    unit: Unit
    top: float
    step: float

    @classmethod
    def up_to(cls, highest: float, unit: Unit) -> "Scale":
        """Steps of 1, 2 or 5 times a power of ten; of what is counted there are no halves."""
        highest = highest if highest > 0 else 1.0
        rough = highest / MOST_TICKS
        power = 10.0 ** floor(log10(rough))
        step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
        step = max(step, 1.0) if unit is Unit.COUNT else step
        return cls(unit, step * ceil(highest / step - 1e-9), step)

    def y(self, value: float) -> float:
        return round(FLOOR - (FLOOR - TOP) * value / self.top, 1)

    def ticks(self) -> tuple[Tick, ...]:
        values = [self.step * n for n in range(round(self.top / self.step) + 1)]
        return tuple(Tick(self.unit.tick_words(value), self.y(value)) for value in values)
