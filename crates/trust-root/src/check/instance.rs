//! TR9: an entry of another known instance, such as production in staging, is out of place unless its instance is named.

use super::Findings;
use crate::error::Rule;
use crate::known::{KnownInstance, Material};
use crate::shown;

pub(super) fn check(bytes: &[u8], named: &[&str], findings: &mut Findings) {
    let own = Material::of(bytes);
    let found: Vec<(&KnownInstance, Vec<String>)> = KnownInstance::all()
        .iter()
        .map(|instance| (instance, own.of_instance(instance)))
        .filter(|(_, names)| !names.is_empty())
        .collect();
    // Whose file it is: said, or that of the instance that most of it is of.
    let most = found.iter().rev().max_by_key(|(_, names)| names.len()).map(|(instance, _)| *instance);
    for (instance, names) in &found {
        let belongs = if named.is_empty() { most == Some(instance) } else { named.contains(&instance.short) };
        if belongs {
            continue;
        }
        let whose = match (named, most) {
            ([], Some(most)) => most.name.to_owned(),
            _ => named.join(", "),
        };
        let names: Vec<String> = names.iter().map(|name| shown::text(name)).collect();
        let text = format!(
            "expected entries of {} alone, found of {}: {}",
            shown::text(&whose),
            instance.name,
            names.join(", ")
        );
        findings.error(Rule::Tr9, "trusted root", text);
    }
    if let ([], [(instance, names)]) = (named, found.as_slice()) {
        let (logs, certificates) = own.ids();
        let foreign = logs.iter().filter(|id| !instance.logs.contains(id)).count();
        let foreign =
            foreign.saturating_add(certificates.iter().filter(|id| !instance.certificates.contains(id)).count());
        if foreign > 0 {
            let text = format!(
                "expected entries of one instance, found {} of {} and {foreign} keys and certificates that nobody knows",
                names.len(),
                instance.name
            );
            findings.warning(Rule::Tr9, "trusted root", text);
        }
    }
}
