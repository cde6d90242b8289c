//! The trust root as a picture: when each log and authority is trusted, now, and the times nobody covers.
//!
//! An SVG without script, readable in light and dark, with every fact of it in words too (`title` and `desc`).

mod lanes;
mod scale;
mod svg;

use chrono::{DateTime, Utc};

use crate::tolerant::Tolerant;
use lanes::{Bar, Group, Lane, State, day};
use scale::Scale;
use svg::Svg;

/// Draws the timeline of a trust root as an SVG, 1280 wide; it scales down. `title` says whose it is.
#[must_use]
pub fn timeline(root: &Tolerant, at: DateTime<Utc>, title: &str) -> String {
    let groups = lanes::groups(root, at);
    let scale = Scale::over(groups.iter().flat_map(Group::times), at, LEFT, RIGHT);
    let rows: f64 = groups.iter().map(Group::height).sum();
    let height = TOP + rows + BOTTOM;
    let mut svg = Svg::new(WIDTH, height, title, &words(&groups, at));
    svg.text("title", 24.0, 34.0, title);
    svg.text("small", 24.0, 56.0, LEGEND);
    for (x, year) in scale.ticks() {
        svg.line("tick", x, TOP - 6.0, x, height - BOTTOM);
        svg.text("axis", x, TOP - 12.0, &year);
    }
    let mut y = TOP;
    for group in &groups {
        svg.text("group", 24.0, y + 22.0, group.title);
        y += HEAD;
        for lane in &group.lanes {
            draw(&mut svg, &scale, lane, y);
            y += LANE;
        }
        if !group.gaps.is_empty() {
            gaps(&mut svg, &scale, group, y);
            y += LANE;
        }
    }
    let now = scale.x(at);
    svg.line("now", now, TOP - 28.0, now, height - BOTTOM);
    svg.text("nowlabel", now, TOP - 34.0, &format!("now {}", day(at)));
    svg.finish()
}

fn draw(svg: &mut Svg, scale: &Scale, lane: &Lane, y: f64) {
    svg.open(&lane.whole);
    svg.text("name", 24.0, y + 14.0, &short(&lane.name, 44));
    svg.text("small", 24.0, y + 30.0, &short(&lane.detail, 58));
    if let Some(Bar { start, end, expires }) = &lane.bar {
        let from = scale.x(*start);
        let class = match lane.state {
            State::Valid => "valid",
            State::Closed => "closed",
            State::Future => "future",
        };
        match (end, expires.filter(|expires| scale.contains(*expires))) {
            (Some(end), _) => svg.bar(class, from, y + 6.0, (scale.x(*end) - from).max(3.0), 20.0),
            (None, None) => svg.arrow(class, from, y + 6.0, RIGHT - from, 20.0),
            // The window is open and the chain is not: no client accepts an expired one.
            (None, Some(expires)) => {
                let until = scale.x(expires);
                svg.arrow("after", until, y + 6.0, RIGHT - until, 20.0);
                svg.bar(class, from, y + 6.0, (until - from).max(3.0), 20.0);
            }
        }
        if let Some(expires) = expires {
            let within = scale.contains(*expires);
            let x = scale.x(*expires);
            if within {
                svg.mark("expiry", x, y + 16.0);
            }
            let text = format!("certificate expires {}", day(*expires));
            // Beside the mark where there is room, else before it.
            let class = if within && x + 170.0 < RIGHT { "note" } else { "noteend" };
            let at = if class == "note" { x + 9.0 } else { x.min(RIGHT) - if within { 9.0 } else { 24.0 } };
            svg.note(class, at, y + 40.0, &text);
        }
    }
    svg.close();
}

fn gaps(svg: &mut Svg, scale: &Scale, group: &Group, y: f64) {
    svg.text("gaplabel", 24.0, y + 14.0, &format!("no {} valid", group.one));
    for (from, to) in &group.gaps {
        let x = scale.x(*from);
        let width = (scale.x(*to) - x).max(3.0);
        svg.bar("gap", x, y + 4.0, width, 12.0);
        let text = format!("gap {} to {}, {}", day(*from), day(*to), lanes::days(*from, *to));
        let (class, at) = if x + 280.0 < RIGHT { ("gapnote", x) } else { ("gapnoteend", x + width) };
        svg.note(class, at, y + 30.0, &text);
    }
}

/// Everything the picture shows, for who cannot see it.
fn words(groups: &[Group], at: DateTime<Utc>) -> String {
    let mut text = format!("As of {}.", day(at));
    for group in groups {
        text.push_str(&format!(" {}:", group.title));
        for lane in &group.lanes {
            text.push_str(&format!(" {};", lane.whole));
        }
        for (from, to) in &group.gaps {
            text.push_str(&format!(" gap: no {} valid from {} to {};", group.one, day(*from), day(*to)));
        }
    }
    let end = text.trim_end_matches(';').len();
    text.truncate(end);
    text.push('.');
    text
}

fn short(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest.saturating_sub(1)).chain(['…']).collect()
}

const WIDTH: f64 = 1280.0;
const LEFT: f64 = 390.0;
const RIGHT: f64 = 1250.0;
const TOP: f64 = 120.0;
const BOTTOM: f64 = 24.0;
const HEAD: f64 = 34.0;
const LANE: f64 = 46.0;
const LEGEND: &str = "Bars: when an entry is trusted; an arrow has no end. Diamonds: when the first certificate of a \
                      chain expires, and with it an open bar. Hatched: nobody of that kind is valid.";
