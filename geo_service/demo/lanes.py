"""Dead-end lanes into the blocks that hold no campus."""

from typing import Final

from geo_service.demo.dice import Dice
from geo_service.demo.lattice import Line, Street, StreetPlan
from geo_service.demo.settlements import Settlement

_ROOMY_M2: Final = 14_000.0
_STAGGER_M: Final = 6.0


def cut_lanes(town: Settlement, plan: StreetPlan, seed: int, *, at_most: int) -> None:
    """Add lanes from a street into roomy blocks; they end inside, so that they meet no other lane."""
    dice = Dice(seed, town.key, "lanes")
    roomy = [block for block in plan.blocks if block.campus is None and block.area > _ROOMY_M2]
    for number, block in enumerate(dice.shuffled(roomy)[:at_most]):
        vertical = block.width >= block.height
        low, high = (block.west, block.east) if vertical else (block.south, block.north)
        from_low = dice.chance(0.5)
        near, far = (block.south, block.north) if vertical else (block.west, block.east)
        depth = (far - near) * dice.uniform(0.45, 0.7)
        start, end = (near, near + depth) if from_low else (far - depth, far)
        road_class = dice.pick(("service", "path"), (3, 2))
        street = Street(f"演示第{number + 1}{'弄' if road_class == 'service' else '小巷'}", road_class)
        taken = [
            line.at
            for line in plan.lines
            if line.vertical == vertical and line.start <= end and start <= line.end
        ]
        taken += [lane.at for other in plan.blocks for lane in other.lanes if lane.vertical == vertical]
        tries = [round(low + (high - low) * share, 2) for share in dice.uniforms(6, 0.32, 0.68)]
        at = next((mark for mark in tries if all(abs(mark - other) >= _STAGGER_M for other in taken)), None)
        if at is None:
            continue
        block.lanes.append(Line(street, vertical, at, start, end))
