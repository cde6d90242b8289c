//! The writer: a few shapes, their texts escaped, one style sheet.

use tuffet_certificates::escaped;

pub(super) struct Svg {
    out: String,
    /// What stands over everything that is drawn.
    notes: String,
}

impl Svg {
    pub(super) fn new(width: f64, height: f64, title: &str, words: &str) -> Self {
        let (title, words) = (text(title), text(words));
        let out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
             height=\"{height:.0}\" role=\"img\" aria-labelledby=\"timeline-title timeline-desc\">\n\
             <title id=\"timeline-title\">{title}</title>\n<desc id=\"timeline-desc\">{words}</desc>\n\
             <style>{STYLE}</style>\n\
             <defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><rect class=\"hatch\" width=\"3\" height=\"6\"/></pattern></defs>\n\
             <rect class=\"paper\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n"
        );
        Self { out, notes: String::new() }
    }

    pub(super) fn text(&mut self, class: &str, x: f64, y: f64, content: &str) {
        let content = text(content);
        self.out.push_str(&format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{content}</text>\n"));
    }

    /// A text that no line crosses.
    pub(super) fn note(&mut self, class: &str, x: f64, y: f64, content: &str) {
        let content = text(content);
        self.notes.push_str(&format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{content}</text>\n"));
    }

    pub(super) fn line(&mut self, class: &str, x1: f64, y1: f64, x2: f64, y2: f64) {
        let line = format!("<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>\n");
        self.out.push_str(&line);
    }

    pub(super) fn bar(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        let bar = format!(
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"3\"/>\n"
        );
        self.out.push_str(&bar);
    }

    /// A bar that goes on.
    pub(super) fn arrow(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        let (tip, neck) = (x + width.max(12.0), x + (width - 12.0).max(0.0));
        let (middle, bottom) = (y + height / 2.0, y + height);
        let arrow = format!(
            "<path class=\"{class}\" d=\"M{x:.1} {y:.1}H{neck:.1}L{tip:.1} {middle:.1}L{neck:.1} {bottom:.1}H{x:.1}Z\"/>\n"
        );
        self.out.push_str(&arrow);
    }

    /// A diamond.
    pub(super) fn mark(&mut self, class: &str, x: f64, y: f64) {
        let (left, right, top, bottom) = (x - 7.0, x + 7.0, y - 9.0, y + 9.0);
        let mark = format!(
            "<path class=\"{class}\" d=\"M{x:.1} {top:.1}L{right:.1} {y:.1}L{x:.1} {bottom:.1}L{left:.1} {y:.1}Z\"/>\n"
        );
        self.out.push_str(&mark);
    }

    /// A group, and what a pointer over it is told.
    pub(super) fn open(&mut self, title: &str) {
        self.out.push_str(&format!("<g><title>{}</title>\n", text(title)));
    }

    pub(super) fn close(&mut self) {
        self.out.push_str("</g>\n");
    }

    pub(super) fn finish(mut self) -> String {
        self.out.push_str(&self.notes);
        self.out.push_str("</svg>\n");
        self.out
    }
}

/// Text of the file: no markup in it is markup, and no character of it turns the line around.
fn text(content: &str) -> String {
    let shown = escaped(content.chars());
    shown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "\
svg{color-scheme:light dark;max-width:100%;height:auto}\
text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-size:13px;fill:#1b1f24}\
.paper{fill:#ffffff}.title{font-size:20px;font-weight:600}.group{font-size:14px;font-weight:600}\
.small,.note,.noteend{font-size:11.5px;fill:#57606a}\
.note,.noteend,.gapnote,.gapnoteend{paint-order:stroke;stroke:#ffffff;stroke-width:4px;stroke-linejoin:round}.noteend,.gapnoteend{text-anchor:end}\
.axis{text-anchor:middle;fill:#57606a}.tick{stroke:#d0d7de;stroke-width:1}\
.valid{fill:#0969da}.closed{fill:#afb8c1}.future{fill:#ffffff;stroke:#0969da;stroke-width:1.5;stroke-dasharray:4 3}\
.after{fill:none;stroke:#afb8c1;stroke-width:1;stroke-dasharray:4 3}.expiry{fill:#9a6700;stroke:#ffffff;stroke-width:1.5}\
.now{stroke:#cf222e;stroke-width:1.5;stroke-dasharray:5 3}.nowlabel{text-anchor:middle;fill:#cf222e;font-weight:600}\
.gap{fill:url(#hatch);stroke:#cf222e;stroke-width:1}.hatch{fill:#cf222e}\
.gaplabel,.gapnote,.gapnoteend{fill:#cf222e;font-size:12px}\
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.paper{fill:#0d1117}\
.small,.note,.noteend,.axis{fill:#9198a1}.tick{stroke:#30363d}.valid{fill:#4493f8}.closed{fill:#59636e}\
.future{fill:#0d1117;stroke:#4493f8}.after{stroke:#59636e}.expiry{fill:#d29922;stroke:#0d1117}\
.note,.noteend,.gapnote,.gapnoteend{stroke:#0d1117}.now,.gap{stroke:#ff7b72}.hatch{fill:#ff7b72}.nowlabel,.gaplabel,.gapnote,.gapnoteend{fill:#ff7b72}}";
