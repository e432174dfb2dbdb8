"""Words that cells hold and formulas compare with."""

from __future__ import annotations

from rankings.exports import LIGHTS
from scoring import Direction, Kind, Light

KINDS = {Kind.FLOW: "流量", Kind.STOCK: "存量", Kind.RATE: "比率"}
DIRECTIONS = {Direction.HIGHER: "越高越好", Direction.LOWER: "越低越好"}
FLOW, STOCK = KINDS[Kind.FLOW], KINDS[Kind.STOCK]
HIGHER, LOWER = DIRECTIONS[Direction.HIGHER], DIRECTIONS[Direction.LOWER]
YES, NO = "是", "否"
SAME, DIFFERENT = "一致", "不一致"
GREEN, YELLOW, RED, BLUE, GREY = (
    LIGHTS[light] for light in (Light.GREEN, Light.YELLOW, Light.RED, Light.BLUE, Light.GREY)
)
