"""The topologies that the shop is made for: no other process sees a queue in memory."""

TOPOLOGIES = ("one_process",)
