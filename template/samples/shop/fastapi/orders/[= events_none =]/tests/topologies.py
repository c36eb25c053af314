"""The topologies that the shop is made for."""

TOPOLOGIES = ("one_process", "a_process_each")
