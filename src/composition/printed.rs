//! Letters on paper that belong to a letter by mail: the agreements for who made them, and what an officer prints for
//! somebody without e-mail (R4, R19).

use super::paper::{Paper, PaperKind, PaperLetter};
use super::{Composer, CompositionError, DeskView};
use crate::mediation::reply::Receipt;
use crate::mediation::{Case, LetterOrder, PartyRole, Passage, Phase};
use crate::model::Instant;

/// A letter to be set.
struct Sheet<'a> {
    kind: PaperKind,
    to: PartyRole,
    words: &'a str,
}

impl Composer {
    /// The letters on paper that go along with this letter. Setting one takes some milliseconds, so it is done for a
    /// letter that leaves and not for the samples by which start-up proves the templates.
    pub fn printed(
        &self,
        order: &LetterOrder,
        case: &Case,
        desk: &DeskView<'_>,
        now: Instant,
    ) -> Result<Vec<Paper>, CompositionError> {
        sheets(order, case).into_iter().map(|sheet| self.set(&sheet, order, case, desk, now)).collect()
    }

    fn set(
        &self,
        sheet: &Sheet<'_>,
        order: &LetterOrder,
        case: &Case,
        desk: &DeskView<'_>,
        now: Instant,
    ) -> Result<Paper, CompositionError> {
        // The other side is written to in the desk's own language, and so is the officer.
        let language = if sheet.to == PartyRole::Complainant { case.language } else { order.language };
        let today = now.with_timezone(&desk.facts.zone).date_naive();
        let registered =
            case.officer.as_ref().and_then(|at| desk.officers.iter().find(|officer| officer.address.same_person(at)));
        let officer = registered.or_else(|| desk.responsible()).ok_or(CompositionError::NobodyToSign)?;
        let name = |role: PartyRole| case.party(role).and_then(|party| party.name.as_deref());
        // Everybody's copy names the same people, those who took part, and no address of anybody (I6).
        let parties: Vec<&str> = match sheet.kind {
            PaperKind::Agreements => case.participants().filter_map(name).collect(),
            PaperKind::Acknowledgement | PaperKind::Letter => Vec::new(),
        };
        self.paper(&PaperLetter {
            kind: sheet.kind,
            language,
            desk: desk.facts,
            officer: &officer.name,
            number: case.number,
            now,
            recipient: name(sheet.to),
            // The desk keeps no postal addresses: the officer writes it in the window of the envelope.
            postal_address: &[],
            words: sheet.words,
            parties: &parties,
            received_at: Some(case.received_at),
            // A letter never promises a day that has passed.
            contact_by: case.deadlines.first_contact.filter(|day| *day >= today),
            decision_by: case.deadlines.decision.filter(|day| *day >= today),
            settled: matches!(order.passage, Passage::Agreements { settled: true, .. }),
        })
    }
}

/// What is to be set: for a party their own copy, for the officer the copies of those who have no e-mail.
fn sheets<'a>(order: &'a LetterOrder, case: &'a Case) -> Vec<Sheet<'a>> {
    let has_mail = |role: PartyRole| case.party(role).is_some_and(|party| party.address.is_some());
    match (&order.passage, order.to.party()) {
        (Passage::Agreements { text, .. }, Some(to)) => vec![Sheet { kind: PaperKind::Agreements, to, words: text }],
        (Passage::Receipt(receipts), _) => receipts
            .iter()
            .flat_map(|receipt| match receipt {
                Receipt::Registered if !has_mail(PartyRole::Complainant) => {
                    vec![Sheet { kind: PaperKind::Acknowledgement, to: PartyRole::Complainant, words: "" }]
                }
                Receipt::OnPaper { to, words } => vec![Sheet { kind: PaperKind::Letter, to: *to, words }],
                Receipt::AgreementsSent { .. } => agreements(case).into_iter().filter(|sheet| !has_mail(sheet.to)).collect(),
                _ => Vec::new(),
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn agreements(case: &Case) -> Vec<Sheet<'_>> {
    let Phase::AgreementDraft { agreements } = &case.phase else { return Vec::new() };
    case.participants().map(|to| Sheet { kind: PaperKind::Agreements, to, words: &agreements.text }).collect()
}
