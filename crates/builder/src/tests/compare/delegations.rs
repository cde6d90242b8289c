//! Delegations in words.

use super::*;

fn delegation(name: &str, seeds: &[u8], threshold: u64, rest: &str) -> String {
    let keyids: Vec<String> = seeds.iter().map(|seed| format!("\"{}\"", keyid("@d", *seed))).collect();
    format!(r#"{{"name":"{name}","keyids":[{}],"threshold":{threshold},{rest}}}"#, keyids.join(","))
}

fn delegations(seeds: &[u8], roles: &[String]) -> Value {
    let key = |seed: &u8| {
        let key = Key::compose(&public(*seed), Some("@d"), None);
        (key.keyid().to_string(), Value::from(key.object()))
    };
    let keys: Object = seeds.iter().map(key).collect();
    let roles = parse(&format!("[{}]", roles.join(",")));
    tuffet_metadata::json::object([("keys", keys.into()), ("roles", roles)]).into()
}

/// The lines between two delegations objects.
fn between(old: Option<Value>, new: Option<Value>) -> Vec<String> {
    let put = |targets: &mut Object, value: Option<Value>| {
        targets.remove("delegations");
        targets.extend(value.map(|value| ("delegations".to_owned(), value)));
    };
    let had = state_with(|_| (), |targets| put(targets, old));
    changed_from(&had, |_| (), |targets| put(targets, new))
}

const PATHS: &str = r#""paths":["d/*"],"terminating":true"#;

#[test]
fn k2_a_delegation_that_comes_and_goes_is_shown_whole() {
    let some = || Some(delegations(&[6], &[delegation("d", &[6], 1, PATHS)]));
    assert_eq!(
        between(None, some()),
        [
            "targets: delegates to `d`, place 1 of 1, terminating: paths `d/*`".to_owned(),
            "targets: delegation `d`: threshold 1 of 1".to_owned(),
            format!("targets: delegation `d`: adds {}", key_line("@d", 6)),
        ]
    );
    assert_eq!(between(some(), None), ["targets: delegates to `d` no more, which had paths `d/*`"]);
}

#[test]
fn k2_a_new_path_of_a_delegation_is_shown() {
    let old = delegations(&[6], &[delegation("d", &[6], 1, PATHS)]);
    let more = r#""paths":["d/*","*"],"terminating":true"#;
    let new = delegations(&[6], &[delegation("d", &[6], 1, more)]);
    assert_eq!(between(Some(old.clone()), Some(new.clone())), ["targets: delegation `d` adds path `*`"]);
    assert_eq!(between(Some(new), Some(old.clone())), ["targets: delegation `d` removes path `*`"]);
    let open = delegations(&[6], &[delegation("d", &[6], 1, r#""paths":["d/*"],"terminating":false"#)]);
    assert_eq!(between(Some(old.clone()), Some(open.clone())), ["targets: delegation `d` is no longer terminating"]);
    assert_eq!(between(Some(open.clone()), Some(old)), ["targets: delegation `d` becomes terminating"]);
    // One meaning, other bytes.
    let silent = delegations(&[6], &[delegation("d", &[6], 1, r#""paths":["d/*"]"#)]);
    assert_eq!(
        between(Some(open), Some(silent)),
        ["targets: delegation `d` is written otherwise: `terminating` removes false"]
    );
}

#[test]
fn k2_keys_and_threshold_of_a_delegation_are_shown() {
    let old = delegations(&[6], &[delegation("d", &[6], 1, PATHS)]);
    let new = delegations(&[6, 7], &[delegation("d", &[6, 7], 2, PATHS)]);
    assert_eq!(
        between(Some(old.clone()), Some(new)),
        [
            "targets: delegation `d`: threshold 1 of 1 -> 2 of 2".to_owned(),
            format!("targets: delegation `d`: adds {}", key_line("@d", 7)),
        ]
    );
    let swapped = delegations(&[7], &[delegation("d", &[7], 1, PATHS)]);
    assert_eq!(
        between(Some(old.clone()), Some(swapped)),
        [format!(
            "targets: delegation `d`: @d changes the key: Ed25519, fingerprint {} -> Ed25519, fingerprint {}",
            fingerprint(6),
            fingerprint(7)
        )]
    );
    let unused = delegations(&[6, 7], &[delegation("d", &[6], 1, PATHS)]);
    assert_eq!(between(Some(old), Some(unused)), [format!("targets: a key in no role: {}", key_line("@d", 7))]);
}

#[test]
fn k2_another_order_of_delegations_is_said() {
    let of = |names: [&str; 3]| {
        let roles: Vec<String> = names.iter().map(|name| delegation(name, &[6], 1, PATHS)).collect();
        Some(delegations(&[6], &roles))
    };
    assert_eq!(
        between(of(["a", "b", "c"]), of(["c", "a", "b"])),
        ["targets: searches the delegations that stay in another order: `c`, `a`, `b`"]
    );
    let first = between(of(["a", "b", "c"]), of(["x", "a", "b"]));
    assert_eq!(first[0], "targets: delegates to `x`, place 1 of 3, terminating: paths `d/*`");
    assert_eq!(first[3], "targets: delegates to `c` no more, which had paths `d/*`");
}

#[test]
fn k2_unknown_members_of_delegations_are_shown() {
    let old = delegations(&[6], &[delegation("d", &[6], 1, PATHS)]);
    let more = delegations(&[6], &[delegation("d", &[6], 1, &format!("{PATHS},\"x-period\":7"))]);
    assert_eq!(between(Some(old.clone()), Some(more)), ["targets: unknown member `delegations.d.x-period`: adds 7"]);
    let Value::Object(mut object) = old.clone() else { panic!() };
    object.insert("x-note".into(), "text".into());
    assert_eq!(
        between(Some(old), Some(object.into())),
        ["targets: unknown member `delegations.x-note`: adds \"text\""]
    );
}

#[test]
fn k2_delegations_that_delegate_nothing_are_still_other_bytes() {
    let none = || Some(delegations(&[], &[]));
    assert_eq!(
        between(None, none()),
        [r#"targets: `delegations`, which delegates nothing: adds {"keys":{},"roles":[]}"#]
    );
    assert_eq!(
        between(none(), None),
        [r#"targets: `delegations`, which delegates nothing: removes {"keys":{},"roles":[]}"#]
    );
}

#[test]
fn k2_hash_prefixes_and_bins_are_shown() {
    let prefixes = |count: usize| {
        let all: Vec<String> = (0..count).map(|n| format!("\"{n:02x}\"")).collect();
        let rest = format!("\"path_hash_prefixes\":[{}]", all.join(","));
        Some(delegations(&[6], &[delegation("d", &[6], 1, &rest)]))
    };
    assert_eq!(between(prefixes(2), prefixes(3)), ["targets: delegation `d` adds path hash prefix `02`"]);
    let all: String = (2..200).map(|n| format!("{n:02x}\n")).collect();
    assert_eq!(
        between(prefixes(2), prefixes(200)),
        [format!(
            "targets: delegation `d` adds path hash prefixes `02`, `03`, `04`, `05` and 194 more (SHA-256 of all, one \
             a line: {})",
            sha256(all.as_bytes())
        )]
    );
    let bins = |bits: u64, threshold: u64| {
        let Value::Object(mut object) = delegations(&[6], &[]) else { panic!() };
        object.remove("roles");
        let succinct = format!(
            r#"{{"keyids":["{}"],"threshold":{threshold},"bit_length":{bits},"name_prefix":"bin"}}"#,
            keyid("@d", 6)
        );
        object.insert("succinct_roles".into(), parse(&succinct));
        Some(Value::from(object))
    };
    assert_eq!(
        between(None, bins(4, 1)),
        [
            "targets: delegates to 16 bins `bin-…`".to_owned(),
            "targets: bins: threshold 1 of 1".to_owned(),
            format!("targets: bins: adds {}", key_line("@d", 6)),
        ]
    );
    assert_eq!(between(bins(4, 1), bins(5, 1)), ["targets: changes the bins: 16 bins `bin-…` -> 32 bins `bin-…`"]);
    assert_eq!(between(bins(4, 1), bins(4, 2)), ["targets: bins: threshold 1 of 1 -> 2 of 1"]);
    assert_eq!(between(bins(4, 1), None), ["targets: delegates to 16 bins `bin-…` no more"]);
}
