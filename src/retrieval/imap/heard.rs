//! What a connection has heard, and which answers go on to async-imap.
//!
//! async-imap ends its stream at the first answer it can not read, does not tell a refused FETCH from an empty
//! one, and keeps response codes only as text for people. So every answer is judged before it gets there: what
//! can not be read is passed over and counted (M166, M181), and what async-imap forgets is kept here.

use std::collections::BTreeSet;
use std::panic::catch_unwind;

use async_imap::imap_proto::Response;

use super::answer::{Answer, Status};

/// Where the command under way stands.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Command {
    /// There is none.
    #[default]
    None,
    /// What is sent next begins with its tag.
    Announced,
    /// Sent under this tag, and not answered yet.
    Sent(String),
    /// Answered.
    Answered(Answer),
}

/// What becomes of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It goes on as it is.
    Pass,
    /// These words go on in its place.
    Instead(Vec<u8>),
    /// It does not go on.
    Drop,
}

/// What was heard so far.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// The first line of the server.
    pub greeting: Option<Answer>,
    /// The command under way.
    pub command: Command,
    /// The reason given in `* BYE`.
    pub farewell: Option<Answer>,
    /// M181: the last list the server gave, in capitals.
    pub capabilities: BTreeSet<String>,
    /// Set by every EXISTS; cleared by whoever searches.
    pub news: bool,
    /// How many answers were passed over because nobody could read them.
    pub unreadable: u64,
    /// Whether untagged answers go on. Before the login nobody waits for them, and async-imap would miss the
    /// `+` of AUTHENTICATE behind one.
    pub passes_data: bool,
}

impl Heard {
    /// Looks at a whole answer and decides whether it goes on.
    pub fn judge(&mut self, frame: &mut [u8]) -> Verdict {
        if self.greeting.is_none() {
            self.greeting = frame.strip_prefix(b"* ").and_then(Answer::parse);
            return Verdict::Instead(b"* OK\r\n".to_vec());
        }
        if frame.starts_with(b"* ") {
            return self.judge_untagged(frame);
        }
        if frame.starts_with(b"+") {
            // No login of ours needs the words after `+`, and not every server has base64 there.
            return Verdict::Instead(b"+ \r\n".to_vec());
        }
        self.judge_tagged(frame)
    }

    /// An answer that held a literal over the limit, and is gone (M173).
    pub fn lost_oversized(&mut self) {
        self.unreadable += 1;
        tracing::warn!(unreadable = self.unreadable, "the mail server sent more than fits; that answer is passed over");
    }

    fn judge_untagged(&mut self, frame: &mut [u8]) -> Verdict {
        let rest = frame.get(2..).unwrap_or_default();
        let word = rest.split(u8::is_ascii_whitespace).next().unwrap_or_default().to_ascii_uppercase();
        match word.as_slice() {
            b"BYE" => {
                self.farewell = Answer::parse(rest);
                return Verdict::Drop;
            }
            // RFC 9051 sections 7.1.2 and 7.1.3: a warning. async-imap would take it for the answer to SELECT.
            b"NO" | b"BAD" | b"PREAUTH" => return Verdict::Drop,
            // imap-proto 0.17 panics where the words after a code begin with a letter beyond ASCII.
            b"OK" => frame.iter_mut().filter(|byte| !byte.is_ascii()).for_each(|byte| *byte = b'?'),
            b"CAPABILITY" => {
                let words = String::from_utf8_lossy(rest).to_ascii_uppercase();
                self.capabilities = words.split_whitespace().skip(1).map(str::to_owned).collect();
            }
            _ if is_exists(rest) => self.news = true,
            _ => {}
        }
        if !self.passes_data {
            return Verdict::Drop;
        }
        if is_readable(frame) {
            return Verdict::Pass;
        }
        self.pass_over(frame)
    }

    fn judge_tagged(&mut self, frame: &[u8]) -> Verdict {
        let answer = match &self.command {
            Command::Sent(tag) => {
                let ours = frame.strip_prefix(tag.as_bytes()).and_then(|rest| rest.strip_prefix(b" "));
                ours.and_then(Answer::parse).map(|answer| (tag, answer))
            }
            _ => None,
        };
        let Some((tag, answer)) = answer else { return self.pass_over(frame) };
        let word = match answer.status {
            Status::Ok => "OK",
            Status::No => "NO",
            Status::Bad | Status::Bye | Status::PreAuth => "BAD",
        };
        // Code and words stay here, where they can be asked for.
        let bare = format!("{tag} {word}\r\n").into_bytes();
        self.command = Command::Answered(answer);
        Verdict::Instead(bare)
    }

    fn pass_over(&mut self, frame: &[u8]) -> Verdict {
        self.unreadable += 1;
        tracing::debug!(bytes = frame.len(), unreadable = self.unreadable, "an answer of the mail server is passed over");
        Verdict::Drop
    }
}

/// Whether async-imap will be able to read this. The parser panics at some answers, as `INTERNALDATE NIL`;
/// that is one more way of not being readable (M166).
fn is_readable(frame: &[u8]) -> bool {
    catch_unwind(|| Response::parse(frame).is_ok_and(|(rest, _)| rest.is_empty())).unwrap_or(false)
}

/// RFC 9051 section 7.4.1: `23 EXISTS`.
fn is_exists(rest: &[u8]) -> bool {
    let mut words = rest.split(u8::is_ascii_whitespace);
    let number = words.next().unwrap_or_default();
    let is_number = !number.is_empty() && number.iter().all(u8::is_ascii_digit);
    is_number && words.next().is_some_and(|word| word.eq_ignore_ascii_case(b"EXISTS"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greeted() -> Heard {
        let mut heard = Heard { passes_data: true, ..Heard::default() };
        heard.judge(&mut b"* OK ready\r\n".to_vec());
        heard
    }

    fn judge(heard: &mut Heard, frame: &str) -> Verdict {
        heard.judge(&mut frame.as_bytes().to_vec())
    }

    #[test]
    fn what_nobody_can_read_is_passed_over_and_counted() {
        let mut heard = greeted();
        for nonsense in [
            "* XYZZY what is this\r\n",
            "* 1 FETCH (UID 1 ENVELOPE (broken BODY[] {3}\r\nabc)\r\n",
            "* 1 FETCH (UID 1 INTERNALDATE NIL)\r\n",
            "A0007 OK nobody asked\r\n",
            "220 mail.elders.example ESMTP\r\n",
        ] {
            assert_eq!(judge(&mut heard, nonsense), Verdict::Drop, "{nonsense}");
        }
        assert_eq!(heard.unreadable, 5);
        assert_eq!(judge(&mut heard, "* 1 FETCH (UID 1 BODY[] {3}\r\nabc)\r\n"), Verdict::Pass);
        assert_eq!(heard.unreadable, 5);
    }

    #[test]
    fn the_code_of_an_answer_is_kept_and_only_its_word_goes_on() {
        let mut heard = greeted();
        heard.command = Command::Sent("A0001".to_owned());
        assert_eq!(judge(&mut heard, "A0001 NO [TRYCREATE] é\r\n"), Verdict::Instead(b"A0001 NO\r\n".to_vec()));
        assert!(matches!(&heard.command, Command::Answered(answer) if answer.has_code("TRYCREATE")));
    }

    #[test]
    fn words_in_any_script_after_a_code_stop_nobody() {
        let mut heard = greeted();
        assert_eq!(judge(&mut heard, "* OK [UIDVALIDITY 3]é\r\n"), Verdict::Pass);
        assert_eq!(judge(&mut heard, "* NO Postfach fast voll, größer als erlaubt\r\n"), Verdict::Drop);
        assert_eq!(heard.unreadable, 0);
    }

    #[test]
    fn news_goodbyes_and_abilities_are_heard_before_the_login_too() {
        let mut heard = Heard { passes_data: false, ..greeted() };
        for frame in ["* CAPABILITY imap4rev2 Move\r\n", "* 23 EXISTS\r\n", "* BYE [UNAVAILABLE] later\r\n"] {
            assert_eq!(judge(&mut heard, frame), Verdict::Drop);
        }
        assert!(heard.news && heard.capabilities.contains("MOVE"));
        assert!(heard.farewell.is_some_and(|farewell| farewell.asks_to_come_back()));
    }
}
