//! How a conversation is written down.
//!
//! A moment in the desk's own time begins a step; lines that begin with `then` say what must follow from it.

use chrono::NaiveDateTime;

/// A whole conversation.
pub struct Script {
    pub title: String,
    /// Reminders come together in the morning ("With the digest"); else each by itself.
    pub digest: bool,
    /// The officer wants the deadlines as a calendar file ("With the calendar").
    pub calendar: bool,
    /// Who is asked about the talk first ("The complainant is asked first").
    pub complainant_first: bool,
    /// "Regime awb"; wkkgz where the script says nothing.
    pub regime: String,
    /// "Believes SERVER": what the desk demands of officers beside address and token (M72).
    pub believes: Option<String>,
    pub people: Vec<Person>,
    pub steps: Vec<Step>,
}

/// Somebody in it.
#[derive(Clone, Debug)]
pub struct Person {
    pub role: String,
    pub name: String,
    pub address: String,
}

/// One thing that happens, and what must follow.
#[derive(Debug)]
pub struct Step {
    pub line: usize,
    pub at: NaiveDateTime,
    pub what: What,
    pub then: Vec<Then>,
}

/// What happens.
#[derive(Debug)]
pub enum What {
    TimePasses,
    /// The desk did not run since the step before.
    Outage,
    /// The mail server of the desk takes letters, or does not.
    MailServer {
        takes: bool,
    },
    Writes {
        who: String,
        subject: String,
        headers: Vec<String>,
        text: String,
    },
    WritesOnCase {
        who: String,
        headers: Vec<String>,
        text: String,
    },
    Answers {
        who: String,
        letter: String,
        headers: Vec<String>,
        text: String,
    },
    /// A button of a letter, in a mail client that loses the body.
    Presses {
        who: String,
        button: String,
        letter: String,
    },
    Bounces {
        letter: String,
        status: String,
        action: &'static str,
    },
}

/// What must follow.
#[derive(Debug, PartialEq, Eq)]
pub enum Then {
    Receives {
        who: String,
        letter: String,
        language: Option<String>,
    },
    Nobody,
    /// A file of this name hangs on one of the letters of the step.
    Attached(String),
    CaseIs(String),
    /// Nothing that is stored holds these words: no mail, no letter, no line of the journal.
    NothingKept(String),
    FollowUpIs {
        state: String,
        grade: Option<u8>,
    },
    /// Whether anything about a person is left in the file (row 45).
    FileIs {
        forgotten: bool,
    },
    /// Whether the words of the answer to the follow-up are left.
    WordsAre {
        gone: bool,
    },
}

/// Reads a script, or says which line is not understood.
pub fn read(text: &str) -> Result<Script, String> {
    let mut lines = text.lines().enumerate().map(|(number, line)| (number + 1, line)).peekable();
    let title = lines.next().map(|(_, line)| line.to_owned()).unwrap_or_default();
    let mut complainant_first = false;
    let (mut digest, mut calendar, mut regime, mut believes) = (false, false, "wkkgz".to_owned(), None);
    let (mut people, mut steps): (Vec<Person>, Vec<Step>) = (Vec::new(), Vec::new());
    while let Some((number, line)) = lines.next() {
        let fail = |why: &str| format!("line {number}: {why}: {line}");
        let head = steps.is_empty() && ["Rule", "Kind of conversation: "].iter().any(|start| line.starts_with(start));
        if line.trim().is_empty() || head || line.starts_with("Mail rules") {
            continue;
        }
        if steps.is_empty() && line == "With the digest" {
            digest = true;
        } else if steps.is_empty() && line == "With the calendar" {
            calendar = true;
        } else if steps.is_empty() && line == "The complainant is asked first" {
            complainant_first = true;
        } else if let Some(name) = line.strip_prefix("Regime ").filter(|_| steps.is_empty()) {
            name.clone_into(&mut regime);
        } else if let Some(server) = line.strip_prefix("Believes ").filter(|_| steps.is_empty()) {
            believes = Some(server.to_owned());
        } else if let Some(then) = line.strip_prefix("then ") {
            let step = steps.last_mut().ok_or_else(|| fail("nothing happened yet"))?;
            step.then.push(read_then(then).ok_or_else(|| fail("not understood"))?);
        } else if let Some((role, rest)) = line.split_once(" is ").filter(|_| steps.is_empty()) {
            let (name, address) = rest.trim_end_matches('>').split_once(" <").ok_or_else(|| fail("a name and an <address>"))?;
            people.push(Person { role: role.to_owned(), name: name.to_owned(), address: address.to_owned() });
        } else {
            let at = line.get(..16).and_then(|stamp| moment(stamp).ok());
            let at = at.ok_or_else(|| fail("a moment such as 2026-11-16 09:15"))?;
            let (mut headers, mut body) = (Vec::new(), Vec::new());
            while let Some((_, next)) = lines.next_if(|(_, next)| next.starts_with("  ")) {
                match (next.trim_start().strip_prefix("with "), next.trim_start().strip_prefix('|')) {
                    (Some(header), _) => headers.push(header.to_owned()),
                    (None, Some(text)) => body.push(text.strip_prefix(' ').unwrap_or(text).to_owned()),
                    (None, None) => return Err(fail("text lines begin with |")),
                }
            }
            let what = read_what(&line[16..], headers, body.join("\n")).ok_or_else(|| fail("not understood"))?;
            steps.push(Step { line: number, at, what, then: Vec::new() });
        }
    }
    Ok(Script { title, digest, calendar, complainant_first, regime, believes, people, steps })
}

/// A moment in the desk's own time, such as 2026-11-16 09:15.
pub fn moment(text: &str) -> Result<NaiveDateTime, String> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").map_err(|error| format!("{text}: {error}"))
}

fn read_what(text: &str, headers: Vec<String>, body: String) -> Option<What> {
    let text = text.trim();
    if text == "time passes" {
        return Some(What::TimePasses);
    }
    if text == "the desk runs again" {
        return Some(What::Outage);
    }
    if text == "the mail server takes nothing" || text == "the mail server takes mail again" {
        return Some(What::MailServer { takes: text.ends_with("again") });
    }
    if let Some((letter, status)) = text.split_once(" bounces with ") {
        return Some(What::Bounces { letter: letter.to_owned(), status: status.to_owned(), action: "failed" });
    }
    if let Some(letter) = text.strip_suffix(" is delayed") {
        return Some(What::Bounces { letter: letter.to_owned(), status: "4.4.1".to_owned(), action: "delayed" });
    }
    if let Some((who, rest)) = text.split_once(" presses ") {
        let (button, letter) = rest.split_once(" in ")?;
        return Some(What::Presses {
            who: who.to_owned(),
            button: button.trim_matches('"').to_owned(),
            letter: letter.to_owned(),
        });
    }
    if let Some(who) = text.strip_suffix(" writes on the case") {
        return Some(What::WritesOnCase { who: who.to_owned(), headers, text: body });
    }
    if let Some((who, subject)) = text.split_once(" writes ") {
        return Some(What::Writes { who: who.to_owned(), subject: subject.trim_matches('"').to_owned(), headers, text: body });
    }
    let (who, letter) = text.split_once(" answers ")?;
    Some(What::Answers { who: who.to_owned(), letter: letter.to_owned(), headers, text: body })
}

fn read_then(text: &str) -> Option<Then> {
    if text == "nobody receives anything" {
        return Some(Then::Nobody);
    }
    if let Some(name) = text.strip_suffix(" is attached") {
        return Some(Then::Attached(name.to_owned()));
    }
    if let Some(state) = text.strip_prefix("the case is ") {
        return Some(Then::CaseIs(state.to_owned()));
    }
    if let Some(state) = text.strip_prefix("the file is ") {
        return Some(Then::FileIs { forgotten: word(state, "kept", "forgotten")? });
    }
    if let Some(state) = text.strip_prefix("the words of the answer are ") {
        return Some(Then::WordsAre { gone: word(state, "kept", "gone")? });
    }
    if let Some(words) = text.strip_prefix("nothing is kept of ") {
        return Some(Then::NothingKept(words.trim_matches('"').to_owned()));
    }
    if let Some(rest) = text.strip_prefix("the follow-up is ") {
        let (state, grade) = match rest.split_once(" with ") {
            Some((state, grade)) => (state, Some(grade.parse().ok()?)),
            None => (rest, None),
        };
        return Some(Then::FollowUpIs { state: state.to_owned(), grade });
    }
    let (who, letter) = text.split_once(" receives ")?;
    let (letter, language) = match letter.split_once(" in ") {
        Some((letter, language)) => (letter, Some(language.to_owned())),
        None => (letter, None),
    };
    Some(Then::Receives { who: who.to_owned(), letter: letter.to_owned(), language })
}

/// Which of two words stands there: the second is a yes.
fn word(text: &str, no: &str, yes: &str) -> Option<bool> {
    if text == yes { Some(true) } else { (text == no).then_some(false) }
}
