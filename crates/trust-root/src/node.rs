//! Reading a JSON tree strictly, with the path of every value at hand for the error.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::{ParseError, ParseProblem, quoted};
use crate::json::Json;
use tuffet_certificates::is_hidden;

/// A value and where it stands: `tlogs[0].publicKey`.
pub(crate) struct Node<'a> {
    json: &'a Json,
    path: String,
}

impl<'a> Node<'a> {
    pub(crate) fn document(json: &'a Json) -> Self {
        Self { json, path: String::new() }
    }

    pub(crate) fn json(&self) -> &'a Json {
        self.json
    }

    /// Where it stands.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn refuse(&self, problem: ParseProblem) -> ParseError {
        ParseError::new(&self.path, problem)
    }

    /// A string of visible characters: these strings are printed on terminals, where an escape sequence or a change of
    /// direction in a subject could rewrite the line a keyholder reviews.
    pub(crate) fn text(&self) -> Result<&'a str, ParseError> {
        let Json::Text(text) = self.json else {
            return Err(self.wrong_type("a string"));
        };
        if text.chars().any(is_hidden) {
            return Err(self.refuse(ParseProblem::HiddenCharacter));
        }
        Ok(text)
    }

    /// Standard, padded base64 only: two spellings of one key would let two readers compare them as different keys.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, ParseError> {
        STANDARD.decode(self.text()?).map_err(|e| self.refuse(ParseProblem::Base64(e.to_string())))
    }

    pub(crate) fn items(&self) -> Result<Vec<Node<'a>>, ParseError> {
        let Json::List(items) = self.json else {
            return Err(self.wrong_type("an array"));
        };
        Ok(items
            .iter()
            .enumerate()
            .map(|(index, json)| Node { json, path: format!("{}[{index}]", self.path) })
            .collect())
    }

    pub(crate) fn fields(&self) -> Result<Fields<'a>, ParseError> {
        let Json::Map(members) = self.json else {
            return Err(self.wrong_type("an object"));
        };
        let mut seen = BTreeSet::new();
        let mut left = Vec::new();
        for (name, json) in members {
            let node = Node { json, path: member_path(&self.path, name) };
            if !seen.insert(name) {
                return Err(node.refuse(ParseProblem::DuplicateField));
            }
            left.push((name.as_str(), node));
        }
        Ok(Fields { path: self.path.clone(), left })
    }

    /// A number a program can count to, from 0.
    pub(crate) fn count(&self) -> Result<u64, ParseError> {
        match self.json {
            Json::Number(number) => number.as_u64().ok_or_else(|| self.wrong_type("a whole number from 0")),
            _ => Err(self.wrong_type("a number")),
        }
    }

    /// The value as it is, once no object in it has a name twice: readers disagree on which of the two counts.
    pub(crate) fn whole(&self) -> Result<Json, ParseError> {
        match self.json {
            Json::Map(_) => self.fields()?.left.iter().try_for_each(|(_, member)| member.whole().map(drop))?,
            Json::List(_) => self.items()?.iter().try_for_each(|item| item.whole().map(drop))?,
            _ => {}
        }
        Ok(self.json.clone())
    }

    fn wrong_type(&self, expected: &'static str) -> ParseError {
        self.refuse(ParseProblem::WrongType { expected, found: self.json.type_name() })
    }
}

/// The members of one object; each is taken once, and `finish` refuses what nobody took.
pub(crate) struct Fields<'a> {
    path: String,
    left: Vec<(&'a str, Node<'a>)>,
}

impl<'a> Fields<'a> {
    pub(crate) fn optional(&mut self, name: &str) -> Option<Node<'a>> {
        let at = self.left.iter().position(|(found, _)| *found == name)?;
        Some(self.left.remove(at).1)
    }

    pub(crate) fn required(&mut self, name: &str) -> Result<Node<'a>, ParseError> {
        self.optional(name).ok_or_else(|| ParseError::new(&member_path(&self.path, name), ParseProblem::Missing))
    }

    /// What nobody took, for a format whose readers pass over names they do not know.
    pub(crate) fn others(self) -> Result<Vec<(String, Json)>, ParseError> {
        self.left.into_iter().map(|(name, node)| Ok((name.to_owned(), node.whole()?))).collect()
    }

    pub(crate) fn finish(self) -> Result<(), ParseError> {
        match self.left.first() {
            Some((_, node)) => Err(node.refuse(ParseProblem::UnknownField)),
            None => Ok(()),
        }
    }
}

pub(crate) fn member_path(path: &str, name: &str) -> String {
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
    let name = if plain && name.len() <= 40 { name.to_owned() } else { quoted(name) };
    if path.is_empty() { name } else { format!("{path}.{name}") }
}
