//! What KMS's refusals mean, in words of ours.

use super::service::{Patience, SERVICE, innermost};
use crate::TokenProblem;
use crate::printable::printable;
use aws_sdk_kms::config::http::HttpResponse;
use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;

/// The problem behind a failed call, whichever call it was.
pub(crate) fn problem<E>(error: &SdkError<E, HttpResponse>, patience: Patience) -> TokenProblem
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let slow = TokenProblem::Slow { seconds: patience.whole.as_secs() };
    let unanswered = |reason: &str| TokenProblem::Service { service: SERVICE.into(), reason: printable(reason, 300) };
    match error {
        SdkError::TimeoutError(_) => slow,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => slow,
        SdkError::ServiceError(refusal) => {
            let (code, said) = (refusal.err().code().unwrap_or_default(), refusal.err().message().unwrap_or_default());
            refused(code, said, refusal.raw().status().as_u16())
        }
        SdkError::ResponseError(_) => TokenProblem::Garbage { reason: printable(&innermost(error), 300) },
        other => unanswered(&innermost(other)),
    }
}

fn refused(code: &str, said: &str, status: u16) -> TokenProblem {
    let (code, said) = (printable(code, 60), printable(said, 300));
    let told = if said.is_empty() { code.clone() } else { said };
    match code.as_str() {
        "AccessDeniedException" => {
            TokenProblem::Credentials { reason: format!("the AWS credentials lack a right on the key: {told}") }
        }
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "IncompleteSignatureException"
        | "MissingAuthenticationTokenException" => {
            TokenProblem::Credentials { reason: format!("AWS does not take these credentials: {told}") }
        }
        "ExpiredTokenException" | "ExpiredToken" | "RequestExpired" => TokenProblem::Credentials {
            reason: format!(
                "the AWS credentials have expired, log in again (aws sso login, aws sts assume-role): {told}"
            ),
        },
        "NotFoundException" => TokenProblem::Refused {
            reason: "there is no such key in this account and region: `aws kms list-keys` shows those there are"
                .to_owned(),
        },
        "DisabledException" => TokenProblem::Refused {
            reason: "the key's state is Disabled: `aws kms enable-key --key-id ID` enables it".to_owned(),
        },
        "InvalidKeyUsageException" | "UnsupportedOperationException" => {
            TokenProblem::Unsupported { what: "signatures".to_owned(), reason: told }
        }
        "ThrottlingException"
        | "LimitExceededException"
        | "DependencyTimeoutException"
        | "KMSInternalException"
        | "KeyUnavailableException"
        | "ServiceUnavailableException" => TokenProblem::Service { service: SERVICE.to_owned(), reason: told },
        // A refusal in another form than KMS's own: of a proxy, or of whatever stands before KMS.
        "" if matches!(status, 401 | 403) => {
            TokenProblem::Credentials { reason: format!("the request was refused with HTTP status {status}") }
        }
        "" => TokenProblem::Garbage { reason: format!("expected an answer of KMS, found HTTP status {status}") },
        _ => TokenProblem::Refused { reason: told },
    }
}
