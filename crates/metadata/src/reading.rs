//! Reading typed values out of a JSON object, with the path for the error, the profile's say and the findings.

use crate::json::{Object, Value};
use crate::{Finding, Limits, Problem, Profile};
use std::collections::BTreeSet;
use tuffet_keys::{Fingerprint, KeyId, Sha256};

/// What every reader of one file shares.
pub(crate) struct Reading<'a> {
    pub(crate) profile: &'a Profile,
    pub(crate) limits: &'a Limits,
    /// SHA-256 of the file, by which keyid exceptions name it.
    pub(crate) file: Sha256,
    pub(crate) findings: Vec<Finding>,
    /// Keys under two keyids found so far: the one finding that several roles of a file can give alike.
    twins: BTreeSet<(Fingerprint, Vec<KeyId>)>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(profile: &'a Profile, limits: &'a Limits, file: Sha256) -> Self {
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

/// An object and where it stands.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    pub(crate) path: String,
    pub(crate) object: &'a Object,
}

impl<'a> Node<'a> {
    pub(crate) fn new(path: String, value: &'a Value, rule: &'static str) -> Result<Self, Problem> {
        match value.as_object() {
            Some(object) => Ok(Self { path, object }),
            None => Err(Problem::shape(&path, "an object", value.kind(), rule)),
        }
    }

    pub(crate) fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    fn required(&self, name: &str, expected: &str, rule: &'static str) -> Result<&'a Value, Problem> {
        self.object.get(name).ok_or_else(|| Problem::shape(&self.at(name), expected, "nothing", rule))
    }

    fn typed<T>(
        &self,
        name: &str,
        expected: &str,
        rule: &'static str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<T, Problem> {
        let value = self.required(name, expected, rule)?;
        read(value).ok_or_else(|| Problem::shape(&self.at(name), expected, value.kind(), rule))
    }

    pub(crate) fn string(&self, name: &str, rule: &'static str) -> Result<&'a str, Problem> {
        self.typed(name, "a string", rule, Value::as_str)
    }

    pub(crate) fn array(&self, name: &str, rule: &'static str) -> Result<&'a [Value], Problem> {
        self.typed(name, "an array", rule, Value::as_array)
    }

    pub(crate) fn node(&self, name: &str, rule: &'static str) -> Result<Node<'a>, Problem> {
        Node::new(self.at(name), self.required(name, "an object", rule)?, rule)
    }

    /// An integer from 1.
    pub(crate) fn positive(&self, name: &str, rule: &'static str) -> Result<u64, Problem> {
        self.typed(name, "an integer from 1", rule, |v| v.as_u64().filter(|n| *n > 0))
    }

    pub(crate) fn optional_u64(&self, name: &str, rule: &'static str) -> Result<Option<u64>, Problem> {
        if self.object.contains_key(name) {
            self.typed(name, "an integer from 0", rule, Value::as_u64).map(Some)
        } else {
            Ok(None)
        }
    }

    /// `default` where the member is missing.
    pub(crate) fn flag(&self, name: &str, default: bool, rule: &'static str) -> Result<bool, Problem> {
        match self.object.get(name) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(Problem::shape(&self.at(name), "true or false", other.kind(), rule)),
        }
    }

    /// The members, each an object.
    pub(crate) fn members(&self, rule: &'static str) -> impl Iterator<Item = Result<(&'a str, Node<'a>), Problem>> {
        let path = self.path.clone();
        self.object.iter().map(move |(name, value)| {
            Node::new(format!("{path}.{}", name.escape_debug()), value, rule).map(|node| (name.as_str(), node))
        })
    }
}
