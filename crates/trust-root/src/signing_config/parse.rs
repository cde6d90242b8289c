//! signing_config.v0.2.json to `SigningConfig`: known members strictly, others kept.

use super::{Others, Selection, Selector, Service, SigningConfig};
use crate::error::{ParseError, ParseProblem};
use crate::json::Json;
use crate::node::Node;
use crate::parse::{list, name, optional_text, window_of};

impl SigningConfig {
    /// Reads a signing configuration of media type v0.2.
    ///
    /// # Errors
    /// [`ParseError`]: no JSON, a member twice, a known member of another type, another media type.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        Self::read(bytes).map_err(ParseError::of_signing_config)
    }

    fn read(bytes: &[u8]) -> Result<Self, ParseError> {
        let json = Json::parse(bytes).map_err(|e| ParseError::new("", ParseProblem::NotJson(e.to_string())))?;
        let mut fields = Node::document(&json).fields()?;
        let media_type = fields.required("mediaType")?;
        let found = media_type.text()?;
        if found != MEDIA_TYPE {
            return Err(media_type.refuse(ParseProblem::ConfigMediaType(found.to_owned())));
        }
        let services = |node: Option<Node<'_>>| node.map(|node| list(Some(node), service)).transpose();
        let selection = |node: Option<Node<'_>>| node.map(|node| selection(&node)).transpose();
        Ok(Self {
            ca_urls: services(fields.optional("caUrls"))?,
            oidc_urls: services(fields.optional("oidcUrls"))?,
            rekor_tlog_urls: services(fields.optional("rekorTlogUrls"))?,
            rekor_tlog_config: selection(fields.optional("rekorTlogConfig"))?,
            tsa_urls: services(fields.optional("tsaUrls"))?,
            tsa_config: selection(fields.optional("tsaConfig"))?,
            others: fields.others()?,
        })
    }
}

fn service(node: &Node<'_>) -> Result<Service, ParseError> {
    let mut fields = node.fields()?;
    let url = fields.required("url")?.text()?.to_owned();
    let major_api_version = fields.required("majorApiVersion")?.count()?;
    let window = fields.required("validFor")?;
    let mut within = window.fields()?;
    let valid_for = window_of(&window, &mut within)?;
    let operator = optional_text(&mut fields, "operator")?;
    let mut others: Others = fields.others()?;
    let within = within.others()?;
    if !within.is_empty() {
        others.push(("validFor".to_owned(), Json::Map(within)));
    }
    Ok(Service { url, major_api_version, valid_for, operator, others })
}

fn selection(node: &Node<'_>) -> Result<Selection, ParseError> {
    let mut fields = node.fields()?;
    let selector = name(&fields.required("selector")?, "ServiceSelector", selector)?;
    let count = fields.optional("count").map(|node| node.count()).transpose()?;
    if (selector == Selector::Exact) != count.is_some_and(|count| count > 0) {
        return Err(node.refuse(ParseProblem::Count));
    }
    Ok(Selection { selector, count, others: fields.others()? })
}

fn selector(name: &str) -> Option<Selector> {
    [Selector::All, Selector::Any, Selector::Exact].into_iter().find(|selector| selector.as_str() == name)
}

pub(super) const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
