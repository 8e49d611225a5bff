"""``handraiser doctor``: what stands between this install and work, and how to mend it."""

from bot.doctor.check import Check, Level
from bot.doctor.examine import examine

__all__ = ["Check", "Level", "examine"]
