//! What officers ask to be shown: the list of cases, the report, a file. Read before anything is decided.

use super::desk::Desk;
use super::digest::{CLOCKS_AHEAD, FIRST_LIST};
use super::figures::tally;
use crate::composition::{FileItem, ItemFrom, Material};
use crate::mediation::clocks::MORNING;
use crate::mediation::command::{Command, Period, Request, RequestStep};
use crate::mediation::{Case, Entry, JournalEntry, KnownDesk, PartyRole};
use crate::message::understand;
use crate::model::{Instant, MailAddress};
use crate::store::{Store, StoreError, StoredLetter, StoredMail};

/// So many bytes of a case's mails are read for a file at most: a desk with a small memory lives through it.
const MOST_BYTES: usize = 40_000_000;

/// The cases of this officer's list, as the morning's list has them; new is what happened since that.
pub(super) async fn list(store: &dyn Store, desk: &Desk, officer: &MailAddress, now: Instant) -> Result<KnownDesk, StoreError> {
    let registered = desk.policy.officer_at(officer).map(|officer| officer.address.clone());
    let last = match &registered {
        Some(address) => store.last_digests(desk.key(), std::slice::from_ref(address)).await?.into_values().next(),
        None => None,
    };
    let news_since = last.map_or(now - FIRST_LIST, |last| desk.policy.moment(last.day, MORNING));
    Ok(KnownDesk { cases: store.cases_for_digest(desk.key(), news_since, now + CLOCKS_AHEAD).await?, news_since })
}

/// What the receipt of these commands shows beside the case itself.
pub(super) async fn gather(
    store: &dyn Store,
    desk: &Desk,
    case: Option<&Case>,
    commands: &[Command],
    now: Instant,
) -> Result<Material, StoreError> {
    let mut material = Material::default();
    let mut periods: Vec<Period> = Vec::new();
    for command in commands {
        if let Command::Report { period } = command
            && !periods.contains(period)
        {
            periods.push(*period);
            material.tallies.push(tally(store, desk.key(), *period, desk.policy.zone, &desk.policy.units).await?);
        }
    }
    let asks_for_file =
        |command: &Command| matches!(command, Command::File | Command::Access(Request { step: RequestStep::Asked { .. }, .. }));
    if let Some(case) = case.filter(|_| commands.iter().any(asks_for_file)) {
        let (mails, letters) = store.file_of_case(case.number, MOST_BYTES).await?;
        material.journal = store.journal(case.number).await?;
        material.items = mails.into_iter().map(|mail| item_of_mail(mail, desk, now)).collect();
        let left = letters.iter().filter(|letter| has_left(letter));
        material
            .items
            .extend(left.map(|letter| item_of_letter(letter, role_at(&letter.letter.to, case, &material.journal), desk, now)));
        material.items.sort_by_key(|item| item.at);
    }
    Ok(material)
}

fn item_of_mail(mail: StoredMail, desk: &Desk, now: Instant) -> FileItem {
    let record = mail.record;
    let facts = understand(&record.raw, &desk.own, &desk.words, now);
    FileItem {
        at: record.received_at,
        from: ItemFrom::Mail(record.sender),
        subject: facts.subject,
        text: if facts.reply_text.trim().is_empty() { facts.full_text } else { facts.reply_text },
        attachments: facts.attachments.into_iter().map(|attachment| attachment.name).collect(),
        original: Some(record.raw).filter(|raw| !raw.is_empty()),
        size: record.size,
    }
}

/// Who was written to at an address: a letter from before an officer corrected it is still about that person.
fn role_at(address: &MailAddress, case: &Case, journal: &[JournalEntry]) -> Option<PartyRole> {
    let once = |line: &JournalEntry| match &line.entry {
        Entry::Opened { complainant: party, .. } | Entry::ComplainantRecorded { party } => {
            party.is_at(address).then_some(PartyRole::Complainant)
        }
        Entry::RespondentRecorded { number, party } => party.is_at(address).then_some(PartyRole::Respondent(*number)),
        _ => None,
    };
    case.role_of(address).or_else(|| journal.iter().rev().find_map(once))
}

fn item_of_letter(letter: &StoredLetter, to: Option<PartyRole>, desk: &Desk, now: Instant) -> FileItem {
    let facts = understand(&letter.letter.bytes, &desk.own, &desk.words, now);
    FileItem {
        at: letter.committed_at,
        from: ItemFrom::Letter { kind: letter.letter.kind, to },
        subject: facts.subject,
        text: facts.full_text,
        attachments: facts.attachments.into_iter().map(|attachment| attachment.name).collect(),
        original: None,
        size: letter.letter.bytes.len(),
    }
}

/// What was taken back or never went is no word to anybody. What may have arrived counts.
fn has_left(letter: &StoredLetter) -> bool {
    matches!(letter.state.as_str(), "sent" | "unclear" | "handing_over")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mediation::{Actor, Party, Reason};
    use crate::model::{CaseNumber, DeskKey, RespondentNumber};

    #[test]
    fn a_letter_to_an_address_that_was_corrected_since_is_still_that_persons() {
        let address = |text: &str| text.parse::<MailAddress>().unwrap();
        let at = |text: &str| Party { name: None, address: Some(address(text)), phone: None };
        let mut case = Case::unopened(CaseNumber::FIRST, DeskKey::of(&address("klachten@zorg.example")));
        case.complainant = at("anna@post.example");
        let line = |entry| JournalEntry { at: Instant::UNIX_EPOCH, actor: Actor::Officer, reason: Reason::CommandsDone, entry };
        let journal = [
            line(Entry::ComplainantRecorded { party: at("ana@post.example") }),
            line(Entry::RespondentRecorded { number: RespondentNumber(1), party: at("bert@zorg.example") }),
            line(Entry::ComplainantRecorded { party: at("anna@post.example") }),
        ];
        let role = |text: &str| role_at(&address(text), &case, &journal);
        assert_eq!(role("ANNA@post.example"), Some(PartyRole::Complainant));
        assert_eq!(role("ana@post.example"), Some(PartyRole::Complainant));
        assert_eq!(role("bert@zorg.example"), Some(PartyRole::Respondent(RespondentNumber(1))));
        assert_eq!(role("m.smit@zorg.example"), None);
    }
}
