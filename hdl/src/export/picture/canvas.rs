//! Drawing with boxes, lines and text in SVG. Pictures are readable on light and on dark backgrounds.

/// Approximate width of a character of plain text. All lengths are in pixels.
const CHARACTER: f64 = 6.9;
/// The same for small text.
const SMALL_CHARACTER: f64 = 5.8;

const STYLE: &str = "\
    text { font: 12px sans-serif; fill: #1f2328; text-anchor: middle; }
    .title { font-size: 15px; font-weight: 600; text-anchor: start; }
    .small, .note, .bits { font-size: 10px; fill: #57606a; }
    .name { font-weight: 600; }
    .left, .note, .name { text-anchor: start; }
    .right, .bits { text-anchor: end; }
    .ground { fill: #ffffff; }
    .instance, .blue { fill: #ddf4ff; stroke: #0969da; }
    .memory, .yellow { fill: #fff8c5; stroke: #9a6700; }
    .green { fill: #dafbe1; stroke: #1a7f37; }
    .purple { fill: #fbefff; stroke: #8250df; }
    .grey { fill: #eaeef2; stroke: #57606a; }
    .frame { fill: none; stroke: #57606a; stroke-dasharray: 4 3; }
    .line, .arrow, .leader { fill: none; stroke: #57606a; stroke-width: 1.3; }
    .leader { stroke-width: 0.7; stroke-dasharray: 2 2; }
    .command { fill: none; stroke: #57606a; stroke-dasharray: 3 3; }
    .tip { fill: #57606a; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .small, .note, .bits { fill: #9da7b1; }
      .ground { fill: #0d1117; }
      .instance, .blue { fill: #0c2d6b; stroke: #4493f8; }
      .memory, .yellow { fill: #3d2f00; stroke: #d29922; }
      .green { fill: #0f3d1e; stroke: #3fb950; }
      .purple { fill: #341a55; stroke: #ab7df8; }
      .grey { fill: #2a313c; stroke: #9da7b1; }
      .frame, .line, .arrow, .leader, .command { stroke: #9da7b1; }
      .tip { fill: #9da7b1; }
    }
";

/// The width that a text takes, in pixels.
pub(super) fn width_of(text: &str) -> f64 {
    CHARACTER * text.chars().count() as f64
}

/// The width that a small text takes, in pixels.
pub(super) fn small_width_of(text: &str) -> f64 {
    SMALL_CHARACTER * text.chars().count() as f64
}

/// A picture while it is drawn.
pub(super) struct Canvas {
    body: String,
}

impl Canvas {
    pub(super) fn new() -> Self {
        Self { body: String::new() }
    }

    /// A rectangle, given by its upper left corner and its size, with a style class.
    pub(super) fn rectangle(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64), round: u32) {
        self.body += &format!(
            "  <rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round}\"/>\n"
        );
    }

    /// A rectangle with rounded corners that tells its full name when pointed at.
    pub(super) fn named(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64), name: &str) {
        self.body += &format!(
            "  <rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"5\">\
             <title>{}</title></rect>\n",
            escaped(name)
        );
    }

    /// Text with its base line at a point.
    pub(super) fn text(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        self.body += &format!("  <text{class} x=\"{x:.1}\" y=\"{y:.1}\">{}</text>\n", escaped(text));
    }

    /// Straight lines from point to point.
    pub(super) fn line(&mut self, class: &str, points: &[(f64, f64)]) {
        let tip = if class == "arrow" { " marker-end=\"url(#tip)\"" } else { "" };
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        self.body += &format!("  <path class=\"{class}\"{tip} d=\"M{}\"/>\n", points.join(" L"));
    }

    /// The complete SVG file. `origin` says how it was made.
    pub(super) fn finish(self, title: &str, origin: &str, width: f64, height: f64) -> String {
        let (title, origin) = (escaped(title), escaped(origin));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
             height=\"{height:.0}\" role=\"img\">\n  <metadata>\n{origin}  </metadata>\n  <title>{title}</title>\n  <style>\n{STYLE}  </style>\n  \
             <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
             orient=\"auto\"><path class=\"tip\" d=\"M0 0 L8 4 L0 8 Z\"/></marker></defs>\n  \
             <rect class=\"ground\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n  \
             <text class=\"title\" x=\"20\" y=\"28\">{title}</text>\n{}</svg>\n",
            self.body
        )
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
