//! Paths that came from metadata: names in a repository, and names of files to create.

/// Why a path from metadata is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathProblem {
    /// Empty, begins or ends with `/`, or holds `//`: absolute, or another host's once joined to a URL.
    #[error("expected names separated by single slashes, found an empty name")]
    EmptyName,
    /// `.` or `..`.
    #[error("expected names, found `.` or `..`")]
    Dots,
    /// A backslash, which some systems take for a slash.
    #[error("expected no backslash, found one")]
    Backslash,
    /// NUL or another control character.
    #[error("expected no control character, found one")]
    Control,
    /// A colon: a drive, or a stream of another file.
    #[error("expected no colon, found one")]
    Colon,
    /// A name that means a device on Windows.
    #[error("expected a file's name, found one that Windows reserves for a device")]
    Reserved,
    /// A dot or space at the end, which Windows drops: two names of one file.
    #[error("expected a name that ends in another character than a dot or space")]
    TrailingDotOrSpace,
    /// Longer than file systems take.
    #[error("expected names of at most 255 bytes, found a longer one")]
    TooLong,
}

/// The names of `path`, all of which stay below where they are joined to (C62, C63). The same rule for URLs and
/// directories, so that what one transport refuses no other serves.
pub(crate) fn segments(path: &str) -> Result<Vec<&str>, PathProblem> {
    path.split('/').map(|name| segment(name).map(|()| name)).collect()
}

/// The names of a target's path, from the directory it goes to down to its file: each of them one file's name on every
/// system, so that what is joined of them stays below that directory (C62).
///
/// # Errors
/// [`PathProblem`], at the first name that is none.
pub fn file_names(path: &str) -> Result<Vec<&str>, PathProblem> {
    let names = segments(path)?;
    names.iter().try_for_each(|name| portable(name))?;
    Ok(names)
}

fn segment(name: &str) -> Result<(), PathProblem> {
    match name {
        "" => Err(PathProblem::EmptyName),
        "." | ".." => Err(PathProblem::Dots),
        _ if name.contains('\\') => Err(PathProblem::Backslash),
        _ if name.contains(char::is_control) => Err(PathProblem::Control),
        _ => Ok(()),
    }
}

fn portable(name: &str) -> Result<(), PathProblem> {
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ').to_ascii_uppercase();
    if name.contains(':') {
        Err(PathProblem::Colon)
    } else if name.ends_with(['.', ' ']) {
        Err(PathProblem::TrailingDotOrSpace)
    } else if name.len() > 255 {
        Err(PathProblem::TooLong)
    } else if DEVICES.contains(&&*stem) || numbered_port(&stem) {
        Err(PathProblem::Reserved)
    } else {
        Ok(())
    }
}

/// COM1 to COM9, LPT1 to LPT9, and the superscript digits Windows takes for 1 to 3.
fn numbered_port(stem: &str) -> bool {
    let number = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    number.is_some_and(|n| matches!(n, "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"))
}

const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c62_paths_from_metadata_stay_below_and_are_one_file_everywhere() {
        use PathProblem::*;
        for (path, problem) in [
            ("", EmptyName),
            ("/etc/passwd", EmptyName),
            ("//host/x", EmptyName),
            ("a//b", EmptyName),
            ("a/", EmptyName),
            ("http://evil/x", EmptyName),
            ("..", Dots),
            ("a/../../b", Dots),
            ("a/./b", Dots),
            ("..\\b", Backslash),
            ("\\\\host\\share", Backslash),
            ("a\0b", Control),
            ("a\nb", Control),
            ("C:evil", Colon),
            ("a/file:stream", Colon),
            ("nul", Reserved),
            ("a/Aux.txt", Reserved),
            ("COM1", Reserved),
            ("lpt9.tar.gz", Reserved),
            ("COM¹", Reserved),
            ("con .txt", Reserved),
            ("a./b", TrailingDotOrSpace),
            ("a ", TrailingDotOrSpace),
        ] {
            assert_eq!(file_names(path), Err(problem), "{path:?}");
        }
        assert_eq!(file_names(&"x".repeat(256)), Err(TooLong));
        for path in ["a", "a/b.json", ".hidden", "...x", "COM10", "console", "a b", "é", "%2e%2e", "-rf", "~"] {
            assert!(file_names(path).is_ok(), "{path:?}");
        }
    }
}
