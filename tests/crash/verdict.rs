//! What must be true when the dust has settled.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use wederhoor::clock::{Clock, SystemClock};
use wederhoor::mediation::Case;
use wederhoor::model::{LetterKind, MessageId};
use wederhoor::store::{CaseFilter, Store, StoredLetter};

use crate::complaints::{Complaints, Fate, mark_of};
use crate::dovecot::Dovecot;
use crate::sink::{Sink, Taken};

/// All cases, oldest first.
pub async fn all_cases(store: &dyn Store) -> Vec<Case> {
    let mut filter = CaseFilter { limit: 500, ..CaseFilter::default() };
    let mut cases = Vec::new();
    loop {
        let page = store.list_cases(&filter).await.unwrap();
        let Some(last) = page.last() else { return cases };
        filter.after = Some(last.number);
        cases.extend(page);
    }
}

/// Letters that still have to go.
pub async fn letters_waiting(store: &dyn Store) -> u64 {
    let backlog = store.backlog(SystemClock.now()).await.unwrap();
    backlog.letters_due + backlog.letters_waiting
}

/// What was found.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Cases that exist.
    pub cases: usize,
    /// Letters that exist.
    pub letters: usize,
    /// Copies of letters that went out beyond the first: allowed, under the same id and with the same bytes.
    pub copies: usize,
}

/// Compares the mails that were put in with the cases, the letters, and what the world received.
pub async fn judge(store: &dyn Store, complaints: &Complaints, dovecot: &Dovecot, sink: &Sink) -> Verdict {
    let mut verdict = Verdict::default();
    let mut where_found: BTreeMap<String, usize> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    let taken = by_message_id(&sink.taken());
    for case in all_cases(store).await {
        verdict.cases += 1;
        let journal = store.journal(case.number).await.unwrap();
        let unopened = Case::unopened(case.number, case.desk.clone());
        assert_eq!(Case::replay(unopened, &journal), case, "the fold of the journal is not the state (I11)");
        let mut opened_by = 0;
        for mail in store.mails_of_case(Some(case.number)).await.unwrap() {
            let mark = mark_of(&mail.record.raw).expect("a mark in every mail");
            opened_by += usize::from(complaints.fates[&mark] == Fate::Case);
            *where_found.entry(mark).or_default() += 1;
        }
        assert_eq!(opened_by, 1, "{}: one complaint, one case", case.number);
        let letters = store.letters_of_case(case.number).await.unwrap();
        let count = |kind| letters.iter().filter(|stored| stored.letter.kind == kind).count();
        assert_eq!(count(LetterKind::Acknowledgement), 1, "{}: one confirmation: {journal:#?}", case.number);
        assert_eq!(count(LetterKind::OfficerNewCase), 1, "{}: one notice", case.number);
        for stored in &letters {
            verdict.letters += 1;
            verdict.copies += went_out(stored, &taken);
            ids.insert(stored.letter.message_id.to_string());
        }
    }
    for mail in store.mails_of_case(None).await.unwrap() {
        let mark = mark_of(&mail.record.raw).expect("a mark in every mail");
        let fate = complaints.fates[&mark];
        assert!(matches!(fate, Fate::Quarantine | Fate::Silence), "{mark} stands on no case and should have: {fate:?}");
        *where_found.entry(mark).or_default() += 1;
    }
    for (mark, fate) in &complaints.fates {
        assert_eq!(where_found.get(mark), Some(&1), "{mark} ({fate:?}) is kept exactly once (I1, I2)");
    }
    assert_eq!(verdict.cases, complaints.count(Fate::Case), "every complaint is a case");
    nothing_unknown_went_out(store, &taken, &ids).await;

    let quarantined = complaints.count(Fate::Quarantine);
    let folders = ["INBOX", "Nakijken", "Verwerkt"].map(|folder| dovecot.folder_count("klachten", folder));
    assert_eq!(folders, [0, quarantined, complaints.made - quarantined], "mails in INBOX, quarantine, done folder");
    verdict
}

/// A letter went out at least once, always as it was committed; a follow-up no more than once (I4). Gives the
/// number of further copies.
fn went_out(stored: &StoredLetter, taken: &HashMap<String, Vec<Taken>>) -> usize {
    let id = bare(&stored.letter.message_id);
    let copies = taken.get(&id).map_or(&[][..], Vec::as_slice);
    let kind = stored.letter.kind;
    assert_eq!(stored.state, "sent", "{kind:?} {id}");
    assert!(!copies.is_empty(), "{kind:?} {id} counts as sent and nobody got it");
    for copy in copies {
        assert_eq!(copy.to, stored.letter.to.to_string(), "{kind:?} {id}");
        assert!(copy.bytes == stored.letter.bytes, "{kind:?} {id}: other bytes than were committed (I3)");
    }
    copies.len() - 1
}

/// Whatever went out is known to the store: letters of no case are the operator's alarms.
async fn nothing_unknown_went_out(store: &dyn Store, taken: &HashMap<String, Vec<Taken>>, of_cases: &BTreeSet<String>) {
    let others: Vec<MessageId> =
        taken.keys().filter(|id| !of_cases.contains(*id)).map(|id| id.parse().expect("a Message-ID of ours")).collect();
    let known = store.letters_with_ids(&others).await.unwrap();
    for id in &others {
        let letter = known.get(id).expect("a letter went out that the store does not know");
        assert_eq!(letter.kind, LetterKind::OperatorAlarm, "{id}");
    }
}

/// What was taken, by Message-ID.
pub fn by_message_id(taken: &[Taken]) -> HashMap<String, Vec<Taken>> {
    let mut by_id: HashMap<String, Vec<Taken>> = HashMap::new();
    for one in taken {
        by_id.entry(one.message_id()).or_default().push(one.clone());
    }
    by_id
}

fn bare(id: &MessageId) -> String {
    id.to_string().trim_matches(['<', '>']).to_owned()
}
