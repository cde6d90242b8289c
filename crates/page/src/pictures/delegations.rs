//! Delegations as a tree from left to right; a role with two delegators stands once, with a line from each.

use super::{Picture, line, path, short, told};
use crate::Html;
use crate::facts::{DelegationFacts, Facts, SeatsFacts};

/// A role in its place.
struct Node<'a> {
    role: &'a str,
    seats: Option<&'a SeatsFacts>,
    delegation: Option<&'a DelegationFacts>,
    x: f64,
    y: f64,
}

pub(crate) fn delegations(html: &mut Html, facts: &Facts) {
    let mut nodes: Vec<Node<'_>> = Vec::new();
    let root = facts.roles.iter().find(|role| role.role == "targets").map(|role| &role.seats);
    let mut bottom = TOP;
    place(facts, &mut nodes, Node { role: "targets", seats: root, delegation: None, x: LEFT, y: TOP }, &mut bottom);
    // What cannot be reached from targets is told all the same.
    for lost in &facts.delegations {
        if !nodes.iter().any(|node| node.role == lost.role) && nodes.len() < MOST {
            let (seats, delegation) = (Some(&lost.seats), Some(lost));
            let node = Node { role: &lost.role, seats, delegation, x: LEFT + COLUMN, y: bottom };
            place(facts, &mut nodes, node, &mut bottom);
        }
    }
    let width = nodes.iter().map(|node| node.x).fold(LEFT + COLUMN, f64::max) + BOX + LEFT;
    let height = nodes.iter().map(|node| node.y).fold(TOP, f64::max) + TALL + TOP;
    let picture = Picture {
        id: ["delegations-title", "delegations-words"],
        labelled_by: "delegations-title delegations-words",
        class: "delegations",
        width,
        height,
    };
    picture.write(html, "Who delegates to whom", &words(facts), |html| {
        for delegation in &facts.delegations {
            let at = |role: &str| nodes.iter().find(|node| node.role == role);
            if let (Some(from), Some(to)) = (at(&delegation.by), at(&delegation.role)) {
                edge(html, from, to, delegation.terminating);
            }
        }
        for node in &nodes {
            draw(html, node);
        }
    });
    let left_out = facts.delegations.len().saturating_sub(MOST);
    if left_out > 0 {
        html.leaf("p", "more", &format!("{left_out} more stand in the table alone."));
    }
}

/// The node, then what it delegates to, each below the one before.
fn place<'a>(facts: &'a Facts, nodes: &mut Vec<Node<'a>>, node: Node<'a>, bottom: &mut f64) {
    let (role, x) = (node.role, node.x);
    nodes.push(node);
    let mut first = true;
    for delegation in facts.delegations.iter().filter(|delegation| delegation.by == role) {
        // A role that delegates to one above it would never end.
        if nodes.len() > MOST || nodes.iter().any(|node| node.role == delegation.role) {
            continue;
        }
        if !first {
            *bottom += STEP;
        }
        first = false;
        let (seats, delegation) = (Some(&delegation.seats), Some(delegation));
        let role = delegation.map_or("", |delegation| delegation.role.as_str());
        place(facts, nodes, Node { role, seats, delegation, x: x + COLUMN, y: *bottom }, bottom);
    }
    if x <= LEFT {
        *bottom += STEP;
    }
}

fn edge(html: &mut Html, from: &Node<'_>, to: &Node<'_>, terminating: bool) {
    let class = if terminating { "edge ends" } else { "edge" };
    let (x1, y1, x2, y2) = (from.x + BOX, from.y + TALL / 2.0, to.x, to.y + TALL / 2.0);
    if x2 > x1 {
        // Lines of one delegator share their way down: forty curves would be a fan.
        let trunk = (x1 + x2) / 2.0;
        let bend = ((y2 - y1).abs() / 2.0).min(10.0) * if y2 < y1 { -1.0 } else { 1.0 };
        let (before, after, start, end) = (trunk - bend.abs(), trunk + bend.abs(), y1 + bend, y2 - bend);
        let [x1, y1, x2, y2, trunk] = [x1, y1, x2, y2, trunk].map(super::number);
        let [before, after, start, end] = [before, after, start, end].map(super::number);
        path(
            html,
            class,
            &format!("M{x1} {y1}H{before}Q{trunk} {y1} {trunk} {start}V{end}Q{trunk} {y2} {after} {y2}H{x2}"),
        );
    } else {
        line(html, class, (x1, y1), (x2, y2));
    }
}

fn draw(html: &mut Html, node: &Node<'_>) {
    told(html, node.role, |html| {
        let [x, y, width, height] = [node.x, node.y, BOX, TALL].map(super::number);
        let class = if node.delegation.is_some_and(|found| found.bins.is_some()) { "role bins" } else { "role" };
        let place = [("class", class), ("x", &x), ("y", &y), ("width", &width), ("height", &height), ("rx", "6")];
        html.empty("rect", &place);
        super::text(html, "name", node.x + 14.0, node.y + 21.0, &short(node.role, 24));
        super::text(html, "small", node.x + 14.0, node.y + 38.0, &small(node));
    });
}

fn small(node: &Node<'_>) -> String {
    let mut parts = Vec::new();
    if let Some(bins) = node.delegation.and_then(|delegation| delegation.bins) {
        parts.push(format!("{bins} bins"));
    }
    if let Some(seats) = node.seats {
        parts.push(format!("{} of {}", seats.threshold, seats.keys.len()));
    }
    match node.delegation {
        Some(DelegationFacts { file: Some(file), .. }) => parts.push(format!("expires {}", file.expires.day())),
        Some(DelegationFacts { bins: None, .. }) => parts.push("no file yet".to_owned()),
        _ => {}
    }
    parts.join(", ")
}

fn words(facts: &Facts) -> String {
    let one = |delegation: &DelegationFacts| {
        let (role, by, threshold) = (&delegation.role, &delegation.by, delegation.seats.threshold);
        format!("{by} delegates to {role}, {threshold} of {} keys", delegation.seats.keys.len())
    };
    let sentences: Vec<String> = facts.delegations.iter().map(one).collect();
    format!("{}. The table below says more.", sentences.join(". "))
}

/// Roles that are drawn.
const MOST: usize = 80;
const LEFT: f64 = 2.0;
const TOP: f64 = 2.0;
const BOX: f64 = 232.0;
const TALL: f64 = 52.0;
const STEP: f64 = 66.0;
const COLUMN: f64 = 316.0;
