//! Diagrams as SVG files.

use super::flow::{Flow, Kind};
use super::layout::{Layout, Route};

const STYLE: &str = "\
    text { font: 12px sans-serif; fill: #1f2328; text-anchor: middle; }
    .title { font-size: 15px; font-weight: 600; text-anchor: start; }
    .detail, .label { font-size: 10px; fill: #57606a; }
    .label { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }
    .ground { fill: #ffffff; }
    .instance { fill: #ddf4ff; stroke: #0969da; }
    .memory { fill: #fff8c5; stroke: #9a6700; }
    .ports { fill: none; stroke: #57606a; stroke-dasharray: 3 3; }
    .arrow { fill: none; stroke: #57606a; stroke-width: 1.3; }
    .tip { fill: #57606a; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .detail, .label { fill: #9da7b1; }
      .label { stroke: #0d1117; }
      .ground { fill: #0d1117; }
      .instance { fill: #0c2d6b; stroke: #4493f8; }
      .memory { fill: #3d2f00; stroke: #d29922; }
      .ports, .arrow { stroke: #9da7b1; }
      .tip { fill: #9da7b1; }
    }
";

pub(super) fn text(flow: &Flow, layout: &Layout) -> String {
    let title_width = 40.0 + 9.0 * flow.title.len() as f64;
    let (width, height) = (layout.width.max(title_width), layout.height);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\">\n  <title>{}</title>\n  <style>\n{STYLE}  </style>\n",
        flow.title
    );
    text += "  <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
             orient=\"auto\"><path class=\"tip\" d=\"M0 0 L8 4 L0 8 Z\"/></marker></defs>\n";
    text += &format!("  <rect class=\"ground\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n");
    text += &format!("  <text class=\"title\" x=\"20\" y=\"28\">{}</text>\n", flow.title);
    for route in &layout.routes {
        text += &format!("  <path class=\"arrow\" marker-end=\"url(#tip)\" d=\"{}\"/>\n", path(route));
    }
    for (shape, frame) in flow.shapes.iter().zip(&layout.frames) {
        let class = match shape.kind {
            Kind::Inputs | Kind::Outputs => "ports",
            Kind::Instance => "instance",
            Kind::Memory => "memory",
        };
        let (x, y) = (frame.x, frame.y);
        text += &format!(
            "  <rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"5\"/>\n",
            frame.width, frame.height
        );
        let middle = x + frame.width / 2.0;
        let base = y + frame.height / 2.0;
        if shape.detail.is_empty() {
            text += &format!("  <text x=\"{middle:.1}\" y=\"{:.1}\">{}</text>\n", base + 4.0, shape.name);
        } else {
            text += &format!("  <text x=\"{middle:.1}\" y=\"{:.1}\">{}</text>\n", base - 3.0, shape.name);
            let y = base + 13.0;
            text += &format!("  <text class=\"detail\" x=\"{middle:.1}\" y=\"{y:.1}\">{}</text>\n", shape.detail);
        }
    }
    // Labels are drawn last, so that no arrow crosses them.
    for (arrow, route) in flow.arrows.iter().zip(&layout.routes) {
        let (x, y, anchor) = label_place(route);
        text += &format!("  <text class=\"label\" x=\"{x:.1}\" y=\"{y:.1}\"{anchor}>{}</text>\n", arrow.label());
    }
    text + "</svg>\n"
}

fn path(route: &Route) -> String {
    match route {
        Route::Forward(points) => {
            let mut path = format!("M{:.1} {:.1}", points[0].0, points[0].1);
            for pair in points.windows(2) {
                let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
                let middle = (x0 + x1) / 2.0;
                path += &format!(" C{middle:.1} {y0:.1} {middle:.1} {y1:.1} {x1:.1} {y1:.1}");
            }
            path
        }
        Route::Backward { from: (x0, y0), to: (x1, y1), lane } => {
            let (out, back) = (x0 + 26.0, x1 - 26.0);
            format!(
                "M{x0:.1} {y0:.1} C{out:.1} {y0:.1} {out:.1} {lane:.1} {x0:.1} {lane:.1} L{x1:.1} {lane:.1} \
                 C{back:.1} {lane:.1} {back:.1} {y1:.1} {x1:.1} {y1:.1}"
            )
        }
    }
}

/// The position of a label, and the attribute that aligns it. The label of a forward arrow is beside its tip, where no
/// other arrow is near. That of a backward arrow is in the middle of its lane.
fn label_place(route: &Route) -> (f64, f64, &'static str) {
    match route {
        Route::Forward(points) => {
            let (x, y) = points[points.len() - 1];
            (x - 12.0, y + 3.0, " style=\"text-anchor: end\"")
        }
        Route::Backward { from, to, lane } => ((from.0 + to.0) / 2.0, *lane + 3.0, ""),
    }
}
