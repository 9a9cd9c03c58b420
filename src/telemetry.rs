//! Logs to standard error, and the masking of addresses in them.
//!
//! A log line never holds a name, a subject, a body or a whole address (M185): the journal is the record of
//! a case, the log is for the operator. Libraries that might print an address at `info` are kept at `warn`.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

/// What is logged where neither `RUST_LOG` nor `--log` says otherwise.
const DEFAULT_FILTER: &str = "info,sqlx=warn,lettre=warn,async_imap=warn,rustls=warn";

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// `--log` or `RUST_LOG` is not a filter.
    #[error("the log filter {filter:?} can not be read; write a level or module=level, such as info,wederhoor=debug")]
    Filter {
        /// The filter as given.
        filter: String,
        /// What is wrong with it.
        source: ParseError,
    },
    /// Logging was set up before.
    #[error("logging is set up already")]
    SetTwice,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// A line for people; in colour when standard error is a terminal.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Sets up logging for the whole process. `filter` comes from `--log`; without it `RUST_LOG` decides, and
/// without that the default.
pub fn init(filter: Option<&str>, format: LogFormat) -> Result<(), TelemetryError> {
    let from_environment = std::env::var("RUST_LOG").ok().filter(|text| !text.is_empty());
    let chosen = filter.or(from_environment.as_deref()).unwrap_or(DEFAULT_FILTER);
    let filter = read_filter(chosen)?;
    let colour = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colour);
    // try_init gives the error of whatever was set up first; there is only one way to get it.
    match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    }
    .map_err(|_| TelemetryError::SetTwice)
}

fn read_filter(text: &str) -> Result<EnvFilter, TelemetryError> {
    EnvFilter::try_new(text).map_err(|source| TelemetryError::Filter { filter: text.to_owned(), source })
}

/// An address as a log may show it: `j.deboer@voorbeeldzorg.example` becomes `j***@v***.example`. What is
/// not an address becomes `***`.
pub fn masked(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else { return "***".to_owned() };
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    match domain.rsplit_once('.') {
        Some((name, top)) => format!("{}***@{}***.{top}", first(local), first(name)),
        None => format!("{}***@{}***", first(local), first(domain)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_address_tells_little_and_never_the_whole() {
        for (address, shown) in [
            ("j.deboer@voorbeeldzorg.example", "j***@v***.example"),
            ("klachten+aaaaaaaaaaaaaaaaaaaaa@mail.voorbeeldzorg.example", "k***@m***.example"),
            ("é@localhost", "é***@l***"),
            ("geen adres", "***"),
            ("", "***"),
            ("@", "***@***"),
        ] {
            assert_eq!(masked(address), shown, "{address:?}");
        }
    }

    #[test]
    fn the_default_filter_is_one_and_nonsense_is_told() {
        assert!(read_filter(DEFAULT_FILTER).is_ok());
        assert!(read_filter("wederhoor=louder").unwrap_err().to_string().contains("wederhoor=louder"));
    }
}
