//! A file on paper: all of it for the officer (`#dossier`), or what is kept about one person, for that person (`#inzage`).
//!
//! The second holds what the person wrote and what was written to them, and nothing else: no word, name or address of
//! anybody else, no note and no address of an officer (I6, R30, AVG article 15(4)). What was said in a talk stands in
//! neither (R20): it is not kept.

mod entries;
#[cfg(test)]
mod tests;
mod words;

use chrono_tz::Tz;

use super::human_text::{Line, Words};
use super::material::{FileItem, ItemFrom, Material};
use super::paper::{Paper, PaperBlock, PaperLine, PaperSheet, Press, Shape};
use super::relay::Relayed;
use super::wording::Wording;
use super::{CompositionError, DeskView};
use crate::mediation::{Case, PartyRole, Sender};
use crate::model::{Flag, Instant, Language};
use words::FileWords;

/// So much of one text is set on paper, in bytes.
const LONGEST_TEXT: usize = 20_000;
/// And of all texts together; the oldest are whole.
const ALL_TEXTS: usize = 400_000;
/// So many bytes of original mails hang on one receipt: mail servers of officers take little more than 20 MB, and base64
/// makes four bytes of three.
const ORIGINALS: usize = 10_000_000;

/// Whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The officer's: all of it.
    Whole,
    /// What is about one person.
    Of(PartyRole),
}

/// What a file is made of.
pub struct File<'a> {
    pub scope: Scope,
    pub case: &'a Case,
    pub material: &'a Material,
    pub desk: &'a DeskView<'a>,
    pub wording: &'a Wording,
    pub language: Language,
    pub now: Instant,
}

/// Sets a file, and adds the original mails as far as a letter can carry them.
pub fn enclosures(file: &File<'_>, press: &Press) -> Result<Vec<Relayed>, CompositionError> {
    let fault = |reason: String| CompositionError::Report { reason };
    let words = FileWords::read(file.language).map_err(fault)?;
    let number = file.case.number.to_string();
    let (title, name) = match file.scope {
        Scope::Whole => (&words.whole, &words.whole_name),
        Scope::Of(_) => (&words.access, &words.access_name),
    };
    let filled = |text: &str| text.replace("{number}", &number).replace("{desk}", &file.desk.facts.name);
    let title = filled(title);
    let sheet = PaperSheet {
        title: &title,
        desk: &file.desk.facts.name,
        language: file.language,
        now: file.now,
        file_name: format!("{}.pdf", filled(name)),
        blocks: Writer { file, words: &words, left: ALL_TEXTS }.blocks(),
    };
    let Paper { file_name, bytes } = press.print_sheet(sheet).map_err(fault)?;
    let mut files = vec![Relayed { name: file_name, media_type: "application/pdf", bytes }];
    let mut room = ORIGINALS;
    for (place, item) in file.items().enumerate() {
        let Some(original) = item.original.as_ref().filter(|original| original.len() <= room && !original.is_empty()) else {
            continue;
        };
        room -= original.len();
        let name = format!("{}.eml", filled(&words.mail_name).replace("{place}", &(place + 1).to_string()));
        // As a file and not as a message: nothing on the way may rewrite it, and 8-bit text stays as it came.
        files.push(Relayed { name, media_type: "application/octet-stream", bytes: original.clone() });
    }
    Ok(files)
}

impl<'a> File<'a> {
    fn items(&self) -> impl Iterator<Item = &'a FileItem> + use<'a> {
        let scope = self.scope;
        self.material.items.iter().filter(move |item| match scope {
            Scope::Whole => true,
            Scope::Of(who) => item.from.is_of(who),
        })
    }
}

struct Writer<'a> {
    file: &'a File<'a>,
    words: &'a FileWords,
    left: usize,
}

impl Writer<'_> {
    fn blocks(mut self) -> Vec<PaperBlock> {
        let mut blocks = match self.file.scope {
            Scope::Whole => vec![paragraph(&self.words.whole_note)],
            Scope::Of(_) => self.words.access_notes.iter().map(|note| paragraph(note)).collect(),
        };
        let facts = self.facts().into_iter().map(|(code, value)| labelled(FileWords::of(&self.words.facts, code), &value));
        blocks.push(PaperBlock { shape: Shape::Paragraph, lines: facts.collect() });
        if self.file.scope == Scope::Whole {
            blocks.push(self.heading("course"));
            blocks.push(PaperBlock { shape: Shape::Paragraph, lines: self.course() });
        }
        blocks.push(self.heading("mails"));
        for item in self.file.items() {
            self.item(item, &mut blocks);
        }
        blocks
    }

    fn heading(&self, code: &str) -> PaperBlock {
        block(Shape::Heading, &[FileWords::of(&self.words.headings, code)])
    }

    fn zone(&self) -> Tz {
        self.file.desk.facts.zone
    }

    /// Every date names its year: paper is kept for long.
    fn day(&self, day: chrono::NaiveDate) -> String {
        self.file.wording.date_short(day, chrono::NaiveDate::MIN)
    }

    fn date(&self, at: Instant) -> String {
        self.day(at.with_timezone(&self.zone()).date_naive())
    }

    /// What is known of the case, or of the one person.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let (case, wording) = (self.file.case, self.file.wording);
        let role = match self.file.scope {
            Scope::Whole => PartyRole::Complainant,
            Scope::Of(role) => role,
        };
        let mut facts = vec![("number", case.number.to_string()), ("received", self.date(case.received_at))];
        if self.file.scope != Scope::Whole {
            facts.push(("role", FileWords::of(&self.words.senders, role.code()).to_owned()));
        }
        if let Some(party) = case.party(role) {
            facts.extend(party.name.clone().map(|name| ("name", name)));
            facts.extend(party.address.as_ref().map(|address| ("address", address.to_string())));
            facts.extend(party.phone.clone().map(|phone| ("phone", phone)));
        }
        if role == PartyRole::Complainant {
            facts.extend(case.first_contact.map(|on| ("contact", self.day(on))));
            let kinds: Vec<String> = case.kinds.iter().map(|kind| wording.kinds.word_of(kind)).collect();
            facts.extend((!kinds.is_empty()).then(|| ("kinds", kinds.join(", "))));
            let purposes: Vec<String> = wording.purpose_words(&case.purposes).collect();
            facts.extend((!purposes.is_empty()).then(|| ("purposes", purposes.join(", "))));
        }
        facts.extend(case.phase.ended_at().map(|at| ("ended", self.date(at))));
        if self.file.scope == Scope::Whole {
            facts.push(("state", wording.states.get(case.phase.code()).to_owned()));
            for party in case.respondents.values() {
                let address = party.address.as_ref().map(ToString::to_string);
                facts.push(("respondent", party.name.clone().into_iter().chain(address).collect::<Vec<_>>().join(", ")));
            }
            let standing = Flag::ALL.into_iter().filter(|flag| case.stands(*flag));
            let flags: Vec<&str> = standing.map(|flag| wording.flags.get(flag.code())).collect();
            facts.extend((!flags.is_empty()).then(|| ("flags", flags.join(", "))));
        }
        facts
    }

    fn item(&mut self, item: &FileItem, blocks: &mut Vec<PaperBlock>) {
        let wording = self.file.wording;
        let word = |code: &str| self.words.senders.get(code).cloned().unwrap_or_default();
        let who = match (self.file.scope, item.from) {
            // Nobody else stands in a person's own copy.
            (Scope::Of(_), ItemFrom::Mail(_)) => word("you"),
            (Scope::Of(_), ItemFrom::Letter { .. }) => word("letter_you"),
            (Scope::Whole, ItemFrom::Mail(Some(Sender::Complainant))) => self.who(PartyRole::Complainant),
            (Scope::Whole, ItemFrom::Mail(Some(Sender::Respondent(number)))) => self.who(PartyRole::Respondent(number)),
            (Scope::Whole, ItemFrom::Mail(sender)) => word(entries::sender_code(sender)),
            (Scope::Whole, ItemFrom::Letter { to: Some(to), .. }) => word("letter").replace("{name}", &self.who(to)),
            (Scope::Whole, ItemFrom::Letter { to: None, .. }) => word("letter_other"),
        };
        let at = wording.moment(item.at, chrono::NaiveDate::MIN, self.zone());
        blocks.push(PaperBlock {
            shape: Shape::Paragraph,
            lines: vec![strong(&format!("{at}: {who}")), plain(Line::new(&item.subject).as_str())],
        });
        let (shown, is_cut) = Words::new(item.text.trim(), LONGEST_TEXT.min(self.left));
        let shown = shown.as_str();
        self.left -= shown.len().min(self.left);
        if shown.is_empty() && item.original.is_none() && item.size > 0 && matches!(item.from, ItemFrom::Mail(_)) {
            blocks.push(paragraph(&self.words.too_large));
        } else if shown.is_empty() && !is_cut {
            blocks.push(paragraph(&self.words.no_text));
        }
        for part in shown.split("\n\n").filter(|part| !part.trim().is_empty()) {
            // The words are clean already; a line as its writer broke it may be long.
            let line = |text: &str| PaperLine { text: text.to_owned(), strong: Vec::new() };
            blocks.push(PaperBlock { shape: Shape::Quote, lines: part.trim_matches('\n').lines().map(line).collect() });
        }
        if is_cut {
            blocks.push(paragraph(&self.words.shortened));
        }
        if !item.attachments.is_empty() {
            blocks.push(paragraph(&format!("{} {}", self.words.attachments, Line::new(&item.attachments.join(", ")).as_str())));
        }
    }
}

fn paragraph(text: &str) -> PaperBlock {
    block(Shape::Paragraph, &[text])
}

/// A value that people wrote, without signs that would move the line it stands on (M149).
fn labelled(label: &str, value: &str) -> PaperLine {
    let line = plain(&format!("{label}: {}", Line::new(value).as_str()));
    PaperLine { strong: std::iter::once(0..label.len().min(line.text.len())).collect(), ..line }
}

fn block(shape: Shape, lines: &[&str]) -> PaperBlock {
    PaperBlock { shape, lines: lines.iter().map(|line| plain(line)).collect() }
}

/// Our own words, or what people wrote once it is clean.
fn plain(text: &str) -> PaperLine {
    PaperLine { text: text.to_owned(), strong: Vec::new() }
}

fn strong(text: &str) -> PaperLine {
    let line = plain(text);
    PaperLine { strong: std::iter::once(0..line.text.len()).collect(), ..line }
}
