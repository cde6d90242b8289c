//! What a store said, as far as people may read it.
//!
//! An answer to a request that was signed wrongly repeats the request, with the session token in it; the address of a request
//! may carry a signature that opens the store. So nothing is passed on but codes, and the reasons of the operating system.

use crate::place::PlaceErrorKind;
use object_store::Error;

/// The reason, and what can be done about it.
pub(super) fn what(error: &Error) -> (String, PlaceErrorKind) {
    let (text, cause) = whole(error);
    let code = code(&text);
    let status = status(&text);
    let named = |code: &[&str]| code.iter().any(|code| text.contains(code));
    let (what, kind) = if no_container(error) {
        ("there is no such bucket or container", PlaceErrorKind::Other)
    } else if named(&["ExpiredToken", "TokenRefreshRequired", "token has expired", "TokenExpired"]) {
        ("the credentials have expired", PlaceErrorKind::Denied)
    } else if named(&["RequestTimeTooSkewed", "RequestExpired"]) {
        ("the clock of this machine is not the store's: set it", PlaceErrorKind::Denied)
    } else if matches!(error, Error::Unauthenticated { .. }) || named(&["InvalidAccessKeyId", "SignatureDoesNotMatch"])
    {
        ("the credentials are not accepted", PlaceErrorKind::Denied)
    } else if matches!(error, Error::PermissionDenied { .. }) || status == Some(403) {
        ("the credentials do not allow it", PlaceErrorKind::Denied)
    } else if named(&["QuotaExceeded", "InsufficientStorage", "AccountIsFull", "StorageFull"]) || status == Some(507) {
        ("no room is left", PlaceErrorKind::Full)
    } else if matches!(error, Error::AlreadyExists { .. } | Error::Precondition { .. }) {
        ("another request for the same object is running", PlaceErrorKind::Passing)
    } else if status.is_some_and(|status| status >= 500 || status == 429 || status == 408) {
        ("the store is busy, or fails", PlaceErrorKind::Passing)
    } else if named(&["redential", "metadata endpoint", "instance metadata"]) && status.is_none() {
        ("no credentials were found", PlaceErrorKind::Denied)
    } else if status.is_none() && named(&["rror sending request", "timed out", "connection", "HTTP error"]) {
        ("the store does not answer", PlaceErrorKind::Passing)
    } else {
        ("the store refused", PlaceErrorKind::Other)
    };
    let status = status.map(|status| format!("HTTP status {status}"));
    let details: Vec<String> = [code, status, cause].into_iter().flatten().collect();
    let details = if details.is_empty() { String::new() } else { format!(" ({})", details.join(", ")) };
    (format!("{what}{details}"), kind)
}

/// Whether it is the bucket or container that is missing, not the object.
pub(super) fn no_container(error: &Error) -> bool {
    let (text, _) = whole(error);
    ["NoSuchBucket", "ContainerNotFound", "The specified bucket does not exist"].iter().any(|code| text.contains(code))
}

/// Everything that was said, and what the operating system said of it.
fn whole(error: &Error) -> (String, Option<String>) {
    let (mut text, mut cause) = (error.to_string(), None);
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        text = format!("{text}\n{error}");
        if let Some(io) = error.downcast_ref::<std::io::Error>().filter(|io| io.raw_os_error().is_some()) {
            cause = Some(io.to_string());
        }
        next = error.source();
    }
    (text, cause)
}

/// The code of an answer in XML, as S3 and Azure give it.
fn code(text: &str) -> Option<String> {
    let (_, after) = text.split_once("<Code>")?;
    let (code, _) = after.split_once("</Code>")?;
    let is_word = code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_word.then(|| code.to_owned())
}

fn status(text: &str) -> Option<u16> {
    let (_, after) = text.split_once("status code: ")?;
    after.get(..3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(text: &str) -> Error {
        Error::Generic { store: "S3", source: text.into() }
    }

    fn answer(status: &str, code: &str) -> Error {
        let body =
            format!("<Error><Code>{code}</Code><StringToSign>x-amz-security-token:SECRET</StringToSign></Error>");
        generic(&format!("Server returned non-2xx status code: {status}: {body}"))
    }

    #[test]
    fn a_stores_answer_is_told_in_our_words_and_without_what_it_repeats() {
        for (error, reason, kind) in [
            (
                answer("400 Bad Request", "ExpiredToken"),
                "the credentials have expired (ExpiredToken, HTTP status 400)",
                PlaceErrorKind::Denied,
            ),
            (
                answer("403 Forbidden", "SignatureDoesNotMatch"),
                "the credentials are not accepted (SignatureDoesNotMatch, HTTP status 403)",
                PlaceErrorKind::Denied,
            ),
            (
                answer("403 Forbidden", "RequestTimeTooSkewed"),
                "the clock of this machine is not the store's: set it (RequestTimeTooSkewed, HTTP status 403)",
                PlaceErrorKind::Denied,
            ),
            (
                answer("403 Forbidden", "AccessDenied"),
                "the credentials do not allow it (AccessDenied, HTTP status 403)",
                PlaceErrorKind::Denied,
            ),
            (
                answer("503 Service Unavailable", "SlowDown"),
                "the store is busy, or fails (SlowDown, HTTP status 503)",
                PlaceErrorKind::Passing,
            ),
            (answer("507 Insufficient Storage", "a b"), "no room is left (HTTP status 507)", PlaceErrorKind::Full),
            (
                answer("404 Not Found", "NoSuchBucket"),
                "there is no such bucket or container (NoSuchBucket, HTTP status 404)",
                PlaceErrorKind::Other,
            ),
            (
                generic("HTTP error: error sending request for url (https://a.example/b?sig=SECRET)"),
                "the store does not answer",
                PlaceErrorKind::Passing,
            ),
            (answer("418 Teapot", "Odd"), "the store refused (Odd, HTTP status 418)", PlaceErrorKind::Other),
        ] {
            assert_eq!(what(&error), (reason.to_owned(), kind));
        }
    }
}
