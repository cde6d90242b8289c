//! The paper as one HTML page for the printer: no script, no outside file, black on white.

use super::{Paper, Step};
use tuffet_page::escaped;

pub(super) fn text(paper: &Paper) -> String {
    let facts: String = paper
        .facts
        .iter()
        .map(|(label, value)| format!("<dt>{}</dt><dd><code>{}</code></dd>\n", escaped(label), escaped(value)))
        .collect();
    let digests: String = paper
        .digests
        .iter()
        .map(|(role, hex, words)| {
            format!("<h3>{}</h3>\n<p><code>{}</code></p>\n<p>{}</p>\n", escaped(role), escaped(hex), escaped(words))
        })
        .collect();
    let digests = if digests.is_empty() {
        String::new()
    } else {
        format!("<h2>Digests</h2>\n<p>Equal on every screen, or nobody signs.</p>\n{digests}")
    };
    let steps: String = paper.steps.iter().map(one).collect();
    let title = escaped(&paper.title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Ceremony {title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Ceremony {title}</h1>\n\
         <p class=\"stop\">Stop rule, for everyone and every step: if what you see is not what stands here, stop, sign \
         nothing, and speak to the others. Nothing is lost by stopping.</p>\n<dl>\n{facts}</dl>\n{digests}\
         <h2>Steps</h2>\n<ol>\n{steps}</ol>\n</main>\n</body>\n</html>\n"
    )
}

fn one(step: &Step) -> String {
    let mut out = format!("<li>\n<h3>{}</h3>\n<p>{}</p>\n", escaped(&step.who), escaped(&step.does));
    if let Some(types) = &step.types {
        out += &format!("<pre>{}</pre>\n", escaped(types));
    }
    if !step.stops.is_empty() {
        out += &format!("<p>Stop if {}.</p>\n", escaped(step.stops));
    }
    let row = |time: &str, evidence: &str| {
        format!("<tr><td></td><td>{}</td><td>{}</td></tr>\n", escaped(time), escaped(evidence))
    };
    let rows: String = match step.done.as_slice() {
        [] => row("", ""),
        done => done.iter().map(|(time, evidence)| row(time, evidence)).collect(),
    };
    out + &format!(
        "<table>\n<thead><tr><th scope=\"col\">initials</th><th scope=\"col\">time</th><th scope=\"col\">evidence</th>\
         </tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</li>\n"
    )
}

const STYLE: &str = "\
body { font: 11pt/1.4 serif; color: #000; background: #fff; margin: 0; }
main { max-width: 44em; margin: 0 auto; padding: 1em; }
h1, h2, h3 { line-height: 1.2; margin: 1.2em 0 .3em; }
h3 { font-size: 1em; }
code, pre { font-family: monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
dt { font-weight: bold; }
dd { margin: 0 0 .4em 1em; }
.stop { border: 2px solid #000; padding: .5em; }
li { break-inside: avoid; margin-bottom: 1em; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { border: 1px solid #000; padding: .3em; text-align: left; overflow-wrap: anywhere; vertical-align: top; }
th:nth-child(1) { width: 18%; }
th:nth-child(2) { width: 28%; }
td { height: 1.8em; }
@page { margin: 18mm; }
";
