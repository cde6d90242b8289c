//! The conversation with KMS. The SDK is asynchronous, this crate is not: each call waits for its answer.

use super::algorithm::Algorithm;
use super::failure::problem;
use crate::printable::printable;
use crate::{KmsUri, TokenProblem};
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_kms::Client;
use aws_sdk_kms::config::{Credentials, ProvideCredentials};
use aws_sdk_kms::operation::get_public_key::GetPublicKeyOutput;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{KeyMetadata, KeyState};
use std::error::Error;
use std::time::Duration;
use tokio::runtime::Builder;

/// KMS in one region, with somebody's credentials.
pub(crate) struct Service {
    client: Client,
    patience: Patience,
}

/// How long KMS may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Until the connection stands.
    pub(crate) connect: Duration,
    /// For one try.
    pub(crate) attempt: Duration,
    /// For all tries of one question.
    pub(crate) whole: Duration,
}

impl Service {
    pub(crate) fn connect(
        uri: &KmsUri,
        credentials: Option<Credentials>,
        patience: Patience,
    ) -> Result<Self, TokenProblem> {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(patience.connect)
            .operation_attempt_timeout(patience.attempt)
            .operation_timeout(patience.whole)
            .build();
        let retries = RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(200));
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).retry_config(retries);
        if let Some(region) = uri.region.clone().or_else(|| region_of(&uri.key)) {
            loader = loader.region(Region::new(region));
        }
        if let Some(endpoint) = &uri.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        if let Some(credentials) = credentials {
            loader = loader.credentials_provider(credentials);
        }
        let config = wait(loader.load())?;
        if config.region().is_none() {
            return Err(unusable("no region: write ?region=NAME in the URI, or the key's ARN, or set AWS_REGION"));
        }
        // Asked for here, where "no credentials" can be told from "no answer".
        let provider = config.credentials_provider().ok_or_else(|| no_credentials("no provider"))?;
        wait(provider.provide_credentials())?.map_err(|e| no_credentials(&innermost(&e)))?;
        Ok(Self { client: Client::new(&config), patience })
    }

    /// What KMS says of the key, refusing one that it would not sign with. Who may sign need not have the right to be
    /// told all this: then nothing is claimed.
    pub(crate) fn claims(&self, key: &str) -> Result<Vec<String>, TokenProblem> {
        let answer = wait(self.client.describe_key().key_id(key).send())?;
        match answer.map_err(|e| problem(&e, self.patience)) {
            Ok(answer) => answer.key_metadata().map_or(Ok(Vec::new()), claims),
            Err(TokenProblem::Credentials { .. }) => Ok(Vec::new()),
            Err(other) => Err(other),
        }
    }

    pub(crate) fn public_key(&self, key: &str) -> Result<GetPublicKeyOutput, TokenProblem> {
        let answer = wait(self.client.get_public_key().key_id(key).send())?;
        answer.map_err(|e| problem(&e, self.patience))
    }

    pub(crate) fn sign(&self, key: &str, algorithm: &Algorithm, payload: &[u8]) -> Result<Vec<u8>, TokenProblem> {
        let (kind, message) = algorithm.message(payload);
        let request = self.client.sign().key_id(key).signing_algorithm(algorithm.spec.clone());
        let answer = wait(request.message_type(kind).message(Blob::new(message)).send())?;
        let answer = answer.map_err(|e| problem(&e, self.patience))?;
        let none = || TokenProblem::Garbage { reason: "expected a signature, found none".to_owned() };
        answer.signature.map(Blob::into_inner).ok_or_else(none)
    }
}

/// On a thread and in a runtime of its own: a caller that is itself inside a runtime could neither wait in another nor
/// drop one. A connection is made anew each time, which a signature can bear.
fn wait<T: Send>(work: impl Future<Output = T> + Send) -> Result<T, TokenProblem> {
    let waited = std::thread::scope(|scope| {
        let work = || {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let done = runtime.block_on(work);
            // A name server that dawdles is not waited for.
            runtime.shutdown_background();
            Ok(done)
        };
        scope.spawn(work).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    waited.map_err(|e: std::io::Error| unusable(&e.to_string()))
}

fn claims(told: &KeyMetadata) -> Result<Vec<String>, TokenProblem> {
    let state = told.key_state().map_or("", KeyState::as_str);
    if let Some(state) = told.key_state().filter(|state| **state != KeyState::Enabled) {
        let state = printable(state.as_str(), 60);
        let helps = if state == "Disabled" { ": `aws kms enable-key --key-id ID` enables it" } else { "" };
        return Err(TokenProblem::Refused { reason: format!("the key's state is {state}{helps}") });
    }
    let mut claims = vec![format!("state {state}")];
    claims.extend(told.origin().map(|origin| format!("origin {}", printable(origin.as_str(), 60))));
    if told.multi_region() == Some(true) {
        claims.push("replicated to several regions".to_owned());
    }
    Ok(claims)
}

/// The region in an ARN: `arn:PARTITION:kms:REGION:ACCOUNT:key/ID`.
fn region_of(key: &str) -> Option<String> {
    let mut parts = key.split(':');
    (parts.next() == Some("arn")).then(|| parts.nth(2)).flatten().filter(|r| !r.is_empty()).map(str::to_owned)
}

fn unusable(reason: &str) -> TokenProblem {
    TokenProblem::Service { service: SERVICE.to_owned(), reason: reason.to_owned() }
}

fn no_credentials(reason: &str) -> TokenProblem {
    let reason = printable(reason, 200);
    TokenProblem::Credentials {
        reason: format!("no usable AWS credentials in environment, profile or machine: {reason}"),
    }
}

pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

impl Patience {
    pub(crate) const USUAL: Self =
        Self { connect: Duration::from_secs(5), attempt: Duration::from_secs(15), whole: Duration::from_secs(45) };
}

pub(super) const SERVICE: &str = "AWS KMS";
