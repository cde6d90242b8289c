//! Reading typed values out of canonical bytes, with the path for the error, the profile's say and the findings.

use crate::bytes::FileBytes;
use crate::json::{Cursor, Raw, text};
use crate::{Finding, Limits, Problem, Profile};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use tuffet_keys::{Fingerprint, KeyId};

/// What every reader of one file shares.
pub(crate) struct Reading<'a> {
    pub(crate) profile: &'a Profile,
    pub(crate) limits: &'a Limits,
    /// The file, by whose SHA-256 keyid exceptions name it.
    pub(crate) file: &'a FileBytes,
    pub(crate) findings: Vec<Finding>,
    /// Keys under two keyids found so far: the one finding that several roles of a file can give alike.
    twins: BTreeSet<(Fingerprint, Vec<KeyId>)>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(profile: &'a Profile, limits: &'a Limits, file: &'a FileBytes) -> Self {
        Self { profile, limits, file, findings: Vec::new(), twins: BTreeSet::new() }
    }

    /// Records a finding, or refuses the file where the profile is strict and a rule is broken.
    pub(crate) fn note(&mut self, finding: Finding) -> Result<(), Problem> {
        if *self.profile == Profile::Strict && finding.breaks_a_rule() {
            return Err(Problem::Deviation(finding));
        }
        // A set of the one kind that repeats: comparing with every finding would be quadratic in the file (X11).
        let repeated = match &finding {
            Finding::OneKeyTwoKeyids { fingerprint, keyids } => !self.twins.insert((*fingerprint, keyids.clone())),
            _ => false,
        };
        if !repeated {
            self.findings.push(finding);
        }
        Ok(())
    }

    pub(crate) fn limit(&self, what: &'static str, limit: usize, found: usize) -> Result<(), Problem> {
        if found > limit { Err(Problem::Limit { what, limit, found }) } else { Ok(()) }
    }
}

/// Where something stands. Written out for an error only: a file has a million places.
#[derive(Clone, Copy)]
pub(crate) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Root,
    Name(&'static str),
    /// A stranger's name, as it is written in canonical bytes.
    Written(&'p [u8]),
    Index(usize),
}

impl<'p> Path<'p> {
    pub(crate) const ROOT: Path<'static> = Path { parent: None, step: Step::Root };

    pub(crate) const fn top(name: &'static str) -> Path<'static> {
        Path { parent: None, step: Step::Name(name) }
    }

    pub(crate) fn child(&'p self, name: &'static str) -> Path<'p> {
        Path { parent: Some(self), step: Step::Name(name) }
    }

    pub(crate) fn member(&'p self, written: &'p [u8]) -> Path<'p> {
        Path { parent: Some(self), step: Step::Written(written) }
    }

    pub(crate) fn index(&'p self, index: usize) -> Path<'p> {
        Path { parent: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
            if !matches!((parent.step, self.step), (Step::Root, _) | (_, Step::Index(_))) {
                f.write_str(".")?;
            }
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Name(name) => f.write_str(name),
            Step::Written(written) => text(written).escape_debug().fmt(f),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// An object, where it stands, and those of its members that are asked for, found in one pass over it.
pub(crate) struct Node<'a, 'p, const N: usize> {
    pub(crate) path: Path<'p>,
    /// The whole object.
    pub(crate) raw: Raw<'a>,
    members: [(&'static str, Option<Raw<'a>>); N],
}

impl<'a, 'p, const N: usize> Node<'a, 'p, N> {
    /// The object `raw` and its members of these names.
    pub(crate) fn new(
        path: Path<'p>,
        raw: Raw<'a>,
        rule: &'static str,
        names: [&'static str; N],
    ) -> Result<Self, Problem> {
        Self::with(path, raw, rule, names, |_, _| Ok(false))
    }

    /// As [`new`](Self::new); `each` sees every member first, and says whether it has gone past the value.
    pub(crate) fn with(
        path: Path<'p>,
        raw: Raw<'a>,
        rule: &'static str,
        names: [&'static str; N],
        each: impl FnMut(&'a [u8], &mut Cursor<'a>) -> Result<bool, Problem>,
    ) -> Result<Self, Problem> {
        Self::pass(path, &mut Cursor::new(raw.bytes()), rule, names, each)
    }

    /// As [`with`](Self::with), for the object at the cursor; goes past it.
    pub(crate) fn pass(
        path: Path<'p>,
        cursor: &mut Cursor<'a>,
        rule: &'static str,
        names: [&'static str; N],
        mut each: impl FnMut(&'a [u8], &mut Cursor<'a>) -> Result<bool, Problem>,
    ) -> Result<Self, Problem> {
        let mut members = names.map(|name| (name, None));
        let start = cursor.clone();
        let is_object = cursor.members(|written, cursor| {
            if !each(written, cursor)? {
                let value = cursor.skip();
                // None of the names asked for needs an escape, so as written is as meant.
                if let Some((_, slot)) = members.iter_mut().find(|(name, _)| name.as_bytes() == written) {
                    *slot = Some(value);
                }
            }
            Ok::<(), Problem>(())
        })?;
        if !is_object {
            return Err(Problem::shape(path, "an object", start.clone().skip().kind(), rule));
        }
        Ok(Self { path, raw: start.up_to(cursor), members })
    }

    /// The member of this name, one of those asked for.
    pub(crate) fn member(&self, name: &str) -> Option<Raw<'a>> {
        self.members.iter().find(|(asked, _)| *asked == name).and_then(|(_, value)| *value)
    }

    pub(crate) fn at(&self, name: &'static str) -> Path<'_> {
        self.path.child(name)
    }

    pub(crate) fn required(&self, name: &'static str, expected: &str, rule: &'static str) -> Result<Raw<'a>, Problem> {
        self.member(name).ok_or_else(|| Problem::shape(self.at(name), expected, "nothing", rule))
    }

    fn typed<T>(
        &self,
        name: &'static str,
        expected: &str,
        rule: &'static str,
        read: impl FnOnce(Raw<'a>) -> Option<T>,
    ) -> Result<T, Problem> {
        let value = self.required(name, expected, rule)?;
        read(value).ok_or_else(|| Problem::shape(self.at(name), expected, value.kind(), rule))
    }

    pub(crate) fn string(&self, name: &'static str, rule: &'static str) -> Result<Cow<'a, str>, Problem> {
        self.typed(name, "a string", rule, Raw::as_str)
    }

    pub(crate) fn array(&self, name: &'static str, rule: &'static str) -> Result<Vec<Raw<'a>>, Problem> {
        self.typed(name, "an array", rule, Raw::items)
    }

    pub(crate) fn object(&self, name: &'static str, rule: &'static str) -> Result<Raw<'a>, Problem> {
        self.typed(name, "an object", rule, |raw| raw.is_object().then_some(raw))
    }

    /// An integer from 1.
    pub(crate) fn positive(&self, name: &'static str, rule: &'static str) -> Result<u64, Problem> {
        self.typed(name, "an integer from 1", rule, |raw| raw.as_u64().filter(|n| *n > 0))
    }

    pub(crate) fn optional_u64(&self, name: &'static str, rule: &'static str) -> Result<Option<u64>, Problem> {
        match self.member(name) {
            Some(_) => self.typed(name, "an integer from 0", rule, Raw::as_u64).map(Some),
            None => Ok(None),
        }
    }

    /// `default` where the member is missing.
    pub(crate) fn flag(&self, name: &'static str, default: bool, rule: &'static str) -> Result<bool, Problem> {
        match self.member(name) {
            Some(_) => self.typed(name, "true or false", rule, Raw::as_bool),
            None => Ok(default),
        }
    }
}

/// The members of an object in its order, name as written and value.
pub(crate) fn members<'a>(
    object: Raw<'a>,
    mut each: impl FnMut(&'a [u8], Raw<'a>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    Cursor::new(object.bytes()).members(|name, cursor| each(name, cursor.skip())).map(|_| ())
}
