//! How a command goes about HTTP(S): the arguments, and the transport they make.

use super::read;
use crate::CliError;
use clap::Args;
use std::path::PathBuf;
use tuffet_client::{AnyTransport, ClientError, HttpConfig, Proxy, ProxyUrl, Retry, open_transport_with};

/// The way to a server, and whom to believe.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = "Network")]
pub struct Network {
    /// Go through this proxy: http://HOST:PORT
    #[arg(long, value_name = "URL", conflicts_with_all = ["proxy_from_env", "proxy_file"])]
    pub proxy: Option<String>,
    /// Go through the proxy this file names: http://USER:PASSWORD@HOST:PORT
    #[arg(long, value_name = "FILE", conflicts_with = "proxy_from_env")]
    pub proxy_file: Option<PathBuf>,
    /// Go through the proxy that HTTPS_PROXY and NO_PROXY name
    #[arg(long)]
    pub proxy_from_env: bool,
    /// Believe these authorities (PEM) and no others
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// How often to ask again for what may pass by itself [default: 3]
    #[arg(long, value_name = "COUNT")]
    pub retries: Option<u32>,
}

impl Network {
    /// The transport for a location.
    pub(crate) fn open(&self, location: &str) -> Result<AnyTransport, CliError> {
        Ok(open_transport_with(location, &self.config()?).map_err(ClientError::from)?)
    }

    pub(crate) fn config(&self) -> Result<HttpConfig, CliError> {
        let parse = |url: &str| ProxyUrl::parse(url).map_err(|e| CliError::usage(e.to_string()));
        let proxy = match (&self.proxy, &self.proxy_file) {
            (Some(url), _) => {
                let url = parse(url)?;
                // Everybody on the machine can read a command's arguments.
                if url.holds_a_secret() {
                    let text = "--proxy: expected no user name or password in an argument, found one";
                    return Err(
                        CliError::usage(text.to_owned()).hint("write the URL into a file, and give --proxy-file")
                    );
                }
                Proxy::Url(url)
            }
            (None, Some(file)) => {
                let text = String::from_utf8(read(file)?).unwrap_or_default();
                Proxy::Url(parse(text.trim_end())?)
            }
            (None, None) if self.proxy_from_env => Proxy::FromEnvironment,
            (None, None) => Proxy::None,
        };
        let usual = Retry::default();
        let attempts = self.retries.map_or(usual.attempts, |retries| retries.saturating_add(1));
        Ok(HttpConfig {
            proxy,
            ca_pem: self.ca_file.as_deref().map(read).transpose()?,
            retry: Retry { attempts, ..usual },
            ..HttpConfig::default()
        })
    }
}
