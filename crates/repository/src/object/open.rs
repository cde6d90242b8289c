//! Stores opened by their location, with the settings that each cloud's own programs read.

use super::ObjectPlace;
use crate::LocationError;
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::{BackoffConfig, Error, ObjectStore, RetryConfig};
use std::time::Duration;

impl ObjectPlace {
    /// The place at `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX` or `az://CONTAINER/PREFIX`. `variables` are those of the
    /// environment: `AWS_…`, `GOOGLE_…` (and `SERVICE_ACCOUNT`), `AZURE_…`. Nothing is asked of the store yet.
    ///
    /// # Errors
    /// [`LocationError`]
    pub fn open(location: &str, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, LocationError> {
        let refuse = |problem: &str| LocationError::of(location, problem);
        let forms = "expected s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX";
        let (scheme, rest) = location.split_once("://").ok_or_else(|| refuse(forms))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.trim_end_matches('/');
        // No question mark either: what follows one is a signature, and would be shown with the location.
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if bucket.is_empty() || !bucket.bytes().all(fine) {
            return Err(refuse(forms));
        }
        let segment = |name: &str| !name.is_empty() && name != "." && name != ".." && name.bytes().all(fine);
        if !prefix.is_empty() && !prefix.split('/').all(segment) {
            return Err(refuse("expected a prefix of letters, digits, `-`, `.`, `_` and single `/`"));
        }
        let store = match scheme {
            "s3" => s3(bucket, variables),
            "gs" => google(bucket, variables),
            "az" => azure(bucket, variables),
            _ => return Err(refuse(forms)),
        };
        let store = store.map_err(|_| {
            refuse("the settings in the environment (AWS_…, GOOGLE_…, AZURE_…) are not complete, or not readable")
        })?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|cause| refuse(&cause.to_string()))?;
        Ok(Self { store, prefix: prefix.to_owned(), location: location.trim_end_matches('/').to_owned(), runtime })
    }
}

type Store = Result<Box<dyn ObjectStore>, Error>;

fn s3(bucket: &str, variables: impl IntoIterator<Item = (String, String)>) -> Store {
    let mut builder = AmazonS3Builder::new();
    for (name, value) in variables.into_iter().filter(|(name, _)| name.starts_with("AWS_")) {
        // What makes writes conditional is not to be switched off.
        if let Some(key) = name.to_ascii_lowercase().parse().ok().filter(|_| name != "AWS_CONDITIONAL_PUT") {
            builder = builder.with_config(key, value);
        }
    }
    Ok(Box::new(builder.with_bucket_name(bucket).with_retry(patience()).build()?))
}

fn google(bucket: &str, variables: impl IntoIterator<Item = (String, String)>) -> Store {
    let mut builder = GoogleCloudStorageBuilder::new();
    for (name, value) in variables {
        if name == "SERVICE_ACCOUNT" {
            builder = builder.with_service_account_path(value);
        } else if name.starts_with("GOOGLE_")
            && let Ok(key) = name.to_ascii_lowercase().parse()
        {
            builder = builder.with_config(key, value);
        }
    }
    Ok(Box::new(builder.with_bucket_name(bucket).with_retry(patience()).build()?))
}

fn azure(container: &str, variables: impl IntoIterator<Item = (String, String)>) -> Store {
    let mut builder = MicrosoftAzureBuilder::new();
    for (name, value) in variables.into_iter().filter(|(name, _)| name.starts_with("AZURE_")) {
        if let Ok(key) = name.to_ascii_lowercase().parse() {
            builder = builder.with_config(key, value);
        }
    }
    Ok(Box::new(builder.with_container_name(container).with_retry(patience()).build()?))
}

/// A publication that hangs holds people up, and one that gives up is run again.
fn patience() -> RetryConfig {
    let backoff = BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(4),
        ..BackoffConfig::default()
    };
    RetryConfig { backoff, max_retries: 5, retry_timeout: Duration::from_secs(30) }
}
