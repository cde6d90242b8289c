//! What a delegated role's file is called in a cache directory.

/// A name for the role, whose own name may hold anything: one file of the directory itself, on every system, another
/// for every role, and none of a top-level role's (C58).
///
/// Lower-case letters, digits and `-._` stand for themselves, every other byte is `%` and two digits of hex. So `../x`
/// leads nowhere; `Foo` and `foo` are two files where the file system takes them for one; and a device of Windows
/// gets its first letter escaped. A name too long for a file system when escaped is kept under its SHA-256, after `%h`,
/// which begins no other.
pub(crate) fn stored_name(role: &str) -> String {
    let mut name = String::new();
    for (i, byte) in role.bytes().enumerate() {
        let plain = byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte);
        if plain && !(i == 0 && (byte == b'.' || is_device(role))) {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02x}"));
        }
    }
    if name.len() > LONGEST {
        name = format!("%h{}", tuffet_keys::sha256(role.as_bytes()));
    }
    format!("{name}.json")
}

fn is_device(role: &str) -> bool {
    crate::path::file_names(role) == Err(crate::PathProblem::Reserved)
}

/// Bytes of an escaped name: with what is added while it is written, below the 255 of file systems.
const LONGEST: usize = 200;

#[cfg(test)]
mod tests {
    use super::stored_name;
    use std::collections::BTreeSet;

    #[test]
    fn c58_a_delegated_roles_file_stays_in_the_cache_and_is_its_own() {
        let names = [
            ("bin-0a", "bin-0a.json"),
            ("a/b", "a%2fb.json"),
            ("a%2fb", "a%252fb.json"),
            ("A/b", "%41%2fb.json"),
            ("../../x", "%2e.%2f..%2fx.json"),
            ("/etc/x", "%2fetc%2fx.json"),
            ("..", "%2e..json"),
            ("", ".json"),
            (".tuffet", "%2etuffet.json"),
            ("a\\b", "a%5cb.json"),
            ("C:x", "%43%3ax.json"),
            ("con", "%63on.json"),
            ("nul.x", "%6eul.x.json"),
            ("a\0\n", "a%00%0a.json"),
            ("\u{e9}", "%c3%a9.json"),
            ("e\u{301}", "e%cc%81.json"),
            ("?", "%3f.json"),
            ("~", "%7e.json"),
        ];
        for (role, file) in names {
            assert_eq!(stored_name(role), file);
        }
        assert_eq!(names.iter().map(|(role, _)| stored_name(role)).collect::<BTreeSet<_>>().len(), names.len());
    }

    #[test]
    fn c58_a_long_name_is_kept_under_its_hash() {
        assert_eq!(stored_name(&"n".repeat(200)).len(), 205);
        let (long, other) = (stored_name(&"n".repeat(201)), stored_name(&"\u{e9}".repeat(127)));
        assert_eq!(long, format!("%h{}.json", tuffet_keys::sha256("n".repeat(201).as_bytes())));
        assert!(other.starts_with("%h") && other != long);
        // Nobody can name a role so that it is kept there.
        assert!(stored_name(long.strip_suffix(".json").unwrap()).starts_with("%25h"));
    }
}
