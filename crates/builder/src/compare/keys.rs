//! The tables of keys: what changes behind a keyid that stays, what key objects carry beside the key, and keys that
//! nobody can sign with and that are still in what is signed.

use super::seats::{Names, whose};
use super::{Place, Say, inner, members};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::{KeyId, PublicKey};
use tuffet_metadata::Key;

type Table = BTreeMap<KeyId, Key>;

/// Says how key objects change, whoever they belong to.
pub(super) fn objects(old: Option<&Table>, new: &Table, names: &mut Names, say: Say<'_>) {
    for (keyid, key) in new {
        let same = old.and_then(|old| old.get(keyid));
        if let Some(was) = same {
            under_the_same_keyid(was, key, names, say);
        }
        // A keyid hashes the whole object, so a key that gains a member comes under another keyid.
        let fingerprint = |key: &Key| key.public().map(PublicKey::fingerprint);
        let equal = |was: &&Key| fingerprint(was).is_some() && fingerprint(was) == fingerprint(key);
        let was = same.or_else(|| old.and_then(|old| old.values().find(equal)));
        let (before, after) = (was.map(Key::object), key.object());
        let path = format!("keys.{}.", keyid.short().escape_debug());
        let known: &[&str] = match &before {
            // What is new here is said with the key itself.
            None => &["keytype", "keyval", "scheme", OWNER, ONLINE_URI],
            Some(_) => &["keyval", OWNER, ONLINE_URI],
        };
        let place = Place { path: &path, known };
        let of = |path: &str, what: String| {
            let word =
                if path.ends_with(".keytype") || path.ends_with(".scheme") { "member" } else { "unknown member" };
            let owner = if key.owner().is_some() { "the key of " } else { "" };
            format!("{word} `{path}` of {owner}{}: {what}", whose(key))
        };
        members::members(&place, before.as_ref(), Some(&after), &mut |path, what| say(of(path, what)));
        let path = format!("{path}keyval.");
        let place = Place { path: &path, known: &["public"] };
        let (was, is) = (inner(before.as_ref(), "keyval"), inner(Some(&after), "keyval"));
        members::members(&place, was, is, &mut |path, what| say(of(path, what)));
    }
}

/// A keyid that is not the hash of its object can stay while the object behind it is another.
fn under_the_same_keyid(old: &Key, new: &Key, names: &mut Names, say: Say<'_>) {
    let keyid = new.keyid().short().escape_debug().to_string();
    let text = |key: &Key| inner(Some(&key.object()), "keyval").and_then(|keyval| keyval.get("public").cloned());
    let (before, after) = (text(old), text(new));
    let written_alike = before == after && old.scheme_text() == new.scheme_text();
    if old.public() != new.public() && written_alike {
        let word = if new.public().is_some() { "usable now" } else { "usable no more" };
        say(format!("WARNING: keyid {keyid} stays and its key is {word}: {}", names.person(new)));
    } else if old.public() != new.public() {
        let (was, is) = (names.person(old), names.person(new));
        say(format!("WARNING: keyid {keyid} stays and the key behind it is another: {was} -> {is}"));
    } else {
        members::differ(&format!("keys.{keyid}.keyval.public"), before.as_ref(), after.as_ref(), &mut |path, what| {
            say(format!("`{path}`, the same key or none that is usable: {what}"));
        });
    }
    let (was, is) = ((old.owner(), old.online_uri()), (new.owner(), new.online_uri()));
    if was != is && (written_alike || old.public() == new.public()) {
        let key = names.key(new);
        let (was, is) = (whole_owner(old), whole_owner(new));
        say(format!("the key stays and its owner changes under the same keyid {keyid}: {was} -> {is}: {key}"));
    }
}

/// Owner and place, for an object that has both.
fn whole_owner(key: &Key) -> String {
    match (key.owner(), key.online_uri()) {
        (Some(owner), Some(uri)) => format!("{} at {}", owner.escape_debug(), uri.escape_debug()),
        _ => whose(key),
    }
}

/// Says which keys come to be in no role, and which do no more; `used` are the keyids that roles list.
pub(super) fn unused(
    (old, old_used): (Option<&Table>, &BTreeSet<KeyId>),
    (new, used): (&Table, &BTreeSet<KeyId>),
    names: &mut Names,
    say: Say<'_>,
) {
    for key in new.values().filter(|key| !used.contains(key.keyid())) {
        let before = old.is_some_and(|old| old.contains_key(key.keyid()) && !old_used.contains(key.keyid()));
        if !before {
            say(format!("a key in no role: {}", names.person(key)));
        }
    }
    for key in old.into_iter().flat_map(BTreeMap::values).filter(|key| !old_used.contains(key.keyid())) {
        if !new.contains_key(key.keyid()) {
            say(format!("no longer a key in no role: {}", names.person(key)));
        } else if used.contains(key.keyid()) {
            say(format!("a key that was in no role is in one: {}", names.person(key)));
        }
    }
}

const OWNER: &str = "x-tuf-on-ci-keyowner";
const ONLINE_URI: &str = "x-tuf-on-ci-online-uri";
