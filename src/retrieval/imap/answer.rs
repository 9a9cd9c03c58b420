//! The tagged answer to a command, and what its response code means for us (RFC 9051 section 7.1, RFC 5530).

use crate::retrieval::RetrievalError;

/// The first word of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    No,
    Bad,
    Bye,
    PreAuth,
}

/// A status with its response code and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub status: Status,
    /// The inside of `[…]`, as sent; empty where there is none.
    pub code: String,
    /// The words for people, cut to a length that fits a log line.
    pub text: String,
}

impl Answer {
    /// Reads `OK [CODE rest] words`; `None` where the first word is no status.
    pub fn parse(rest: &[u8]) -> Option<Self> {
        let rest = String::from_utf8_lossy(rest);
        let rest = rest.trim();
        let (word, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let status = match word.to_ascii_uppercase().as_str() {
            "OK" => Status::Ok,
            "NO" => Status::No,
            "BAD" => Status::Bad,
            "BYE" => Status::Bye,
            "PREAUTH" => Status::PreAuth,
            _ => return None,
        };
        let (code, text) = match rest.trim_start().strip_prefix('[').and_then(|inside| inside.split_once(']')) {
            Some((code, text)) => (code, text),
            None => ("", rest),
        };
        Some(Self { status, code: code.to_owned(), text: text.trim().chars().take(200).collect() })
    }

    /// Whether the code is this word; codes are compared without regard to case.
    pub fn has_code(&self, word: &str) -> bool {
        self.code.split(' ').next().is_some_and(|code| code.eq_ignore_ascii_case(word))
    }

    /// Nothing where the command succeeded, else why it did not.
    pub fn accepted(&self, what: &str) -> Result<(), RetrievalError> {
        if self.status == Status::Ok { Ok(()) } else { Err(self.refusal(what)) }
    }

    /// What a refusal means: come back later (M175), or a failure of this command.
    pub fn refusal(&self, what: &str) -> RetrievalError {
        if self.asks_to_come_back() {
            return RetrievalError::Busy(self.words());
        }
        RetrievalError::Protocol(format!("{what} was refused: {}", self.words()))
    }

    /// Code and words in one line.
    pub fn words(&self) -> String {
        if self.code.is_empty() { self.text.clone() } else { format!("[{}] {}", self.code, self.text) }
    }

    /// RFC 5530 section 3, and the words of servers that have no code for it (M175, M177).
    pub fn asks_to_come_back(&self) -> bool {
        let text = self.text.to_ascii_lowercase();
        ["UNAVAILABLE", "LIMIT", "INUSE"].iter().any(|code| self.has_code(code))
            || text.contains("too many")
            || text.contains("simultaneous connections")
            || text.contains("authenticated but not connected")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Answer {
        Answer::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn codes_are_read_with_and_without_arguments() {
        assert!(answer("OK [UIDVALIDITY 38] UIDs valid\r\n").has_code("UIDVALIDITY"));
        assert!(answer("no [trycreate] no such folder").has_code("TRYCREATE"));
        assert_eq!(answer("OK done\r\n"), Answer { status: Status::Ok, code: String::new(), text: "done".to_owned() });
        assert_eq!(answer("OK").text, "");
        assert_eq!(Answer::parse(b"4 EXISTS\r\n"), None);
    }

    #[test]
    fn a_server_that_is_full_is_busy_and_not_broken() {
        for text in [
            "NO [UNAVAILABLE] user backend is down",
            "BYE [LIMIT] connection limit",
            "NO [INUSE] mailbox in use",
            "NO [ALERT] Too many simultaneous connections. (Failure)",
            "NO Maximum number of connections exceeded: too many",
            "BAD User is authenticated but not connected.",
        ] {
            assert!(matches!(answer(text).refusal("LOGIN"), RetrievalError::Busy(_)), "{text}");
        }
        assert!(matches!(answer("NO [CANNOT] no").refusal("CREATE"), RetrievalError::Protocol(_)));
    }
}
