"""Shapes and edges for what a mended copy adds. Files without a drawing get none."""

from lxml import etree

from engine.bpmn.diagrams import DI

DC = "http://www.omg.org/spec/DD/20100524/DC"
WAY = "http://www.omg.org/spec/DD/20100524/DI"
SIZES = {"userTask": (100, 80), "subProcess": (100, 80)}
SMALL = (36, 36)

Box = tuple[float, float, float, float]


class Canvas:
    """The drawing of one file, by element id."""

    def __init__(self, root: etree._Element) -> None:
        self.shapes = {str(each.get("bpmnElement")): each for each in root.iter(f"{{{DI}}}BPMNShape")}
        self.edges = {str(each.get("bpmnElement")): each for each in root.iter(f"{{{DI}}}BPMNEdge")}

    def box(self, id: str) -> Box | None:
        """Return x, y, width, height; None when it is not drawn, or badly."""
        shape = self.shapes.get(id)
        bounds = shape.find(f"{{{DC}}}Bounds") if shape is not None else None
        if bounds is None:
            return None
        try:
            x, y, width, height = (float(bounds.get(side, "")) for side in ("x", "y", "width", "height"))
        except ValueError:
            return None
        return x, y, width, height

    def add_shape(self, id: str, beside: str, kind: str) -> None:
        """Add a shape above and to the left of its neighbour."""
        near, neighbour = self.box(beside), self.shapes.get(beside)
        plane = neighbour.getparent() if neighbour is not None else None
        if near is None or plane is None:
            return
        width, height = SIZES.get(kind, SMALL)
        x, y = near[0] - width / 2 - 20, near[1] - height - 20
        shape = etree.SubElement(plane, f"{{{DI}}}BPMNShape", id=f"{id}_di", bpmnElement=id)
        etree.SubElement(shape, f"{{{DC}}}Bounds", x=str(x), y=str(y), width=str(width), height=str(height))
        self.shapes[id] = shape

    def add_edge(self, id: str, source: str, target: str) -> None:
        """Add a straight edge from middle to middle."""
        start, end, shape = self.middle(source), self.middle(target), self.shapes.get(source)
        plane = shape.getparent() if shape is not None else None
        if start is None or end is None or plane is None:
            return
        edge = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", id=f"{id}_di", bpmnElement=id)
        for x, y in (start, end):
            etree.SubElement(edge, f"{{{WAY}}}waypoint", x=str(x), y=str(y))
        self.edges[id] = edge

    def middle(self, id: str) -> tuple[float, float] | None:
        box = self.box(id)
        return (box[0] + box[2] / 2, box[1] + box[3] / 2) if box else None

    def move_end(self, id: str, end: str, node: str) -> None:
        """Let a drawn flow begin or end at another node."""
        edge, middle = self.edges.get(id), self.middle(node)
        points = edge.findall(f"{{{WAY}}}waypoint") if edge is not None else []
        if middle is not None and points:
            point = points[0] if end == "sourceRef" else points[-1]
            point.set("x", str(middle[0]))
            point.set("y", str(middle[1]))
