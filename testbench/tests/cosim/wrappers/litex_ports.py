"""Prints the Verilog of a LiteX module, converted alone. Arguments: the folder of the module, and the name of its core."""

import importlib
import sys

from migen.fhdl import verilog

sys.path.insert(0, sys.argv[1])
print(verilog.convert(importlib.import_module(f"{sys.argv[2]}_litex").Core()))
