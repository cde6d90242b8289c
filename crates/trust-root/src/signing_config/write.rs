//! `SigningConfig` to signing_config.v0.2.json: one form, as for trust roots (TR6).

use super::parse::MEDIA_TYPE;
use super::{Others, Selection, Service, SigningConfig};
use crate::json::Json;
use crate::write::{map, window};

impl SigningConfig {
    /// The bytes of signing_config.v0.2.json: names in the order of the published files, two spaces a level, no nulls, a
    /// final newline. Members that no field is for stand last, as they came.
    #[must_use]
    pub fn to_json(&self) -> String {
        let Self { ca_urls, oidc_urls, rekor_tlog_urls, rekor_tlog_config, tsa_urls, tsa_config, others } = self;
        let list = |services: &Option<Vec<Service>>| {
            services.as_ref().map(|services| Json::List(services.iter().map(service).collect()))
        };
        let object = map(vec![
            ("mediaType", Some(Json::text(MEDIA_TYPE))),
            ("caUrls", list(ca_urls)),
            ("oidcUrls", list(oidc_urls)),
            ("rekorTlogUrls", list(rekor_tlog_urls)),
            ("tsaUrls", list(tsa_urls)),
            ("rekorTlogConfig", rekor_tlog_config.as_ref().map(selection)),
            ("tsaConfig", tsa_config.as_ref().map(selection)),
        ]);
        with(object, others).to_pretty()
    }
}

fn service(service: &Service) -> Json {
    let Service { url, major_api_version, valid_for, operator, others } = service;
    let within = |name: &String| name == VALID_FOR;
    let of_window = others.iter().find(|(name, _)| within(name)).map(|(_, value)| value);
    let valid_for = match of_window {
        Some(Json::Map(members)) => with(window(valid_for), members),
        _ => window(valid_for),
    };
    let object = map(vec![
        ("url", Some(Json::text(url))),
        ("majorApiVersion", Some(Json::Number((*major_api_version).into()))),
        (VALID_FOR, Some(valid_for)),
        ("operator", operator.as_ref().map(Json::text)),
    ]);
    let own: Others = others.iter().filter(|(name, _)| !within(name)).cloned().collect();
    with(object, &own)
}

fn selection(selection: &Selection) -> Json {
    let Selection { selector, count, others } = selection;
    let object = map(vec![
        ("selector", Some(Json::text(selector.as_str()))),
        ("count", count.map(|count| Json::Number(count.into()))),
    ]);
    with(object, others)
}

fn with(object: Json, others: &Others) -> Json {
    match object {
        Json::Map(mut members) => {
            members.extend(others.iter().cloned());
            Json::Map(members)
        }
        other => other,
    }
}

/// Where `parse` puts what it does not know of a window.
const VALID_FOR: &str = "validFor";
