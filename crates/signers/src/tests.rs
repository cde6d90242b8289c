//! One attack or message a test; ids are those of ceremony.md.

#[cfg(feature = "aws")]
mod aws_kms;
mod checked;
mod file;
mod go_tuf;
#[cfg(feature = "simulator")]
mod hsm;
#[cfg(all(unix, feature = "simulator"))]
mod hsm_backup;
mod hsm_log;
mod interop;
#[cfg(feature = "piv")]
mod piv;
#[cfg(feature = "pkcs11")]
mod pkcs11;
mod pkcs11_uri;
#[cfg(unix)]
mod program;
mod secret;
mod services;
#[cfg(all(unix, feature = "ssh-agent"))]
mod ssh_agent;
mod texts;
mod uri;

use crate::{AskError, Secret};

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

/// Answers with `answers` in turn, noting the prompts; when they run out it cancels.
pub(crate) fn answering<'a>(
    answers: &[&str],
    prompts: &'a mut Vec<String>,
) -> impl FnMut(&str) -> Result<Secret, AskError> + use<'a> {
    let mut answers: Vec<String> = answers.iter().rev().map(|&a| a.to_owned()).collect();
    move |prompt: &str| {
        prompts.push(prompt.to_owned());
        answers.pop().map(Secret::new).ok_or(AskError::Cancelled)
    }
}

/// The error of a result whose value is not `Debug`.
pub(crate) fn error<T, E>(result: Result<T, E>) -> E {
    match result {
        Ok(_) => panic!("unexpected success"),
        Err(error) => error,
    }
}

/// Nobody should be asked.
pub(crate) fn never(prompt: &str) -> Result<Secret, AskError> {
    panic!("asked: {prompt}")
}
