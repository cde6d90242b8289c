//! Findings grouped by name, so that a chain of many roots fits a page.

use tuffet_metadata::{Finding, RoleName};
use tuffet_verifier::AuditReport;

/// All findings of one name.
pub(super) struct Group<'a> {
    pub(super) findings: Vec<&'a Finding>,
    files: Vec<(RoleName, u64)>,
}

/// In the order of their ids: D before F, by number.
pub(super) fn groups(report: &AuditReport) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (role, version, finding) in report.findings() {
        let file = (role, version);
        match groups.iter_mut().find(|group| group.name() == finding.name()) {
            Some(group) => {
                group.findings.push(finding);
                if group.files.last() != Some(&file) {
                    group.files.push(file);
                }
            }
            None => groups.push(Group { findings: vec![finding], files: vec![file] }),
        }
    }
    let number = |id: &str| id.trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<u32>().unwrap_or(u32::MAX);
    groups.sort_by_key(|group| (!group.id().starts_with('D'), number(group.id())));
    groups
}

impl Group<'_> {
    pub(super) fn id(&self) -> &'static str {
        self.findings.first().map_or("", |finding| finding.id())
    }

    pub(super) fn name(&self) -> &'static str {
        self.findings.first().map_or("", |finding| finding.name())
    }

    pub(super) fn breaks_a_rule(&self) -> bool {
        self.findings.iter().any(|finding| finding.breaks_a_rule())
    }

    /// Where: `root 1-3, 7`, and the current roles by name.
    pub(super) fn files(&self) -> String {
        let roots = self.files.iter().filter(|(role, _)| *role == RoleName::Root).map(|(_, version)| *version);
        let roots = ranges(roots);
        let others = self.files.iter().filter(|(role, _)| *role != RoleName::Root).map(|(role, _)| role.to_string());
        let roots = (!roots.is_empty()).then(|| format!("root {roots}"));
        roots.into_iter().chain(others).collect::<Vec<_>>().join(", ")
    }

    /// One sentence for all of them: the finding's own where they say the same, else what they have in common.
    pub(super) fn sentence(&self) -> String {
        let Some(first) = self.findings.first() else { return String::new() };
        if self.findings.iter().all(|finding| finding == first) {
            return first.to_string();
        }
        let named: Vec<String> = self.findings.iter().filter_map(|finding| dead_name(finding)).collect();
        if named.len() == self.findings.len() {
            return format!("the snapshot lists files that are no targets roles: {}", named.join(", "));
        }
        match first {
            Finding::LegacyExpires { .. } => "expires is not of the form YYYY-MM-DDTHH:MM:SSZ".into(),
            Finding::HexPoint { .. } => "an ECDSA key is a hex point, not PEM".into(),
            Finding::LegacyKeytype { keytype, .. } => {
                format!("an ECDSA key has the scheme's name as keytype: {}", keytype.escape_debug())
            }
            Finding::EmptySignature { .. } => "an empty signature, never counted".into(),
            Finding::OneKeyTwoKeyids { .. } => "a key stands under two keyids; it counts once".into(),
            Finding::KeyidOfCore { .. } => "a keyid hashes only keytype, scheme and keyval".into(),
            Finding::ThresholdUnreachable { .. } => {
                "a role's threshold is above the number of its usable keys: it can never be met".into()
            }
            _ => format!("{first}; and the like"),
        }
    }
}

fn dead_name(finding: &Finding) -> Option<String> {
    match finding {
        Finding::DeadSnapshotEntry { name } => Some(name.escape_debug().to_string()),
        _ => None,
    }
}

/// `1-3, 7` for 1, 2, 3, 7.
pub(super) fn ranges(numbers: impl Iterator<Item = u64>) -> String {
    let mut out: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match out.last_mut() {
            Some((_, end)) if end.checked_add(1) == Some(number) => *end = number,
            _ => out.push((number, number)),
        }
    }
    let text = |(start, end): (u64, u64)| if start == end { start.to_string() } else { format!("{start}-{end}") };
    out.into_iter().map(text).collect::<Vec<_>>().join(", ")
}
