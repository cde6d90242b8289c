//! PATHPATTERN (TUF §4.5, F20): which target paths a delegation covers.

use std::str::Chars;

/// A path pattern. `*` stands for any run of characters and `?` for one, neither for `/`; everything else stands for
/// itself, by case, on every system.
///
/// - Nothing else is special: `**` is two stars, and `[`, `{` and `\` are themselves. TUF names `*` and `?` alone, and a
///   class or an alternative that one client expands and another does not would be two answers to whose a target is.
///   Such patterns are reported ([`Finding::UncommonPattern`](crate::Finding)).
/// - A character is a Unicode scalar value. Nothing is normalised: `é` in one part matches `?`, in two it does not.
/// - Paths are text and no more: `a//b`, `/a` and `a/./b` are three paths that nobody cleans up. A star may stand for
///   nothing, and for a leading dot.
///
/// ```
/// use tuffet_metadata::PathPattern;
/// let pattern = PathPattern::new("targets/*.tgz");
/// assert!(pattern.matches("targets/foo.tgz"));
/// assert!(!pattern.matches("targets/foo.txt"));
/// assert!(!pattern.matches("targets/old/foo.tgz"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern(String);

impl PathPattern {
    /// The pattern as written. Every text is one.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the target `path` is covered.
    ///
    /// Two positions, and the last star to come back to. An earlier star never has to move again: the pieces between
    /// the two were matched as early as they can be, and no star crosses a `/`. So the cost is at most the product of
    /// both lengths, whatever the number of stars (X14), where a recursive matcher takes exponential time.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let (mut pattern, mut rest) = (self.0.chars(), path.chars());
        let mut star: Option<Star<'_, '_>> = None;
        loop {
            let before = rest.clone();
            let matched = match (pattern.next(), rest.next()) {
                (None, None) => return true,
                (Some('*'), _) => {
                    star = Some(Star { after: pattern.clone(), end: before.clone() });
                    rest = before;
                    true
                }
                (Some('?'), Some(found)) => found != '/',
                (Some(want), Some(found)) => want == found,
                _ => false,
            };
            if matched {
                continue;
            }
            let Some(star) = &mut star else { return false };
            if star.end.next().is_none_or(|taken| taken == '/') {
                return false;
            }
            (pattern, rest) = (star.after.clone(), star.end.clone());
        }
    }

    /// Whether other clients may read more into the pattern than TUF says.
    pub(crate) fn is_uncommon(&self) -> bool {
        self.0.contains(['[', ']', '{', '}', '\\']) || self.0.contains("**") || self.0.starts_with('/')
    }
}

/// The last star met: what follows it in the pattern, and where in the path the text it stands for ends.
struct Star<'a, 'b> {
    after: Chars<'a>,
    end: Chars<'b>,
}
