//! Mail from the people of a case, and from people who are not.

use super::draft::Draft;
use super::grade::grade_in;
use super::{ArrivedMail, Decision, Entry, FollowUp, Passage, Reason, Sender, TimerKind};
use crate::model::{FlagStanding, LetterKind};

/// Files a mail on the case: the journal knows of every one (I1).
pub(super) fn file(draft: &mut Draft<'_>, mail: &ArrivedMail) {
    // Only the complainant's ids may ever stand in a letter to the complainant (M133).
    let thread = match mail.sender {
        Sender::Complainant => mail.thread.clone(),
        Sender::Stranger | Sender::Respondent(_) | Sender::Officer | Sender::OfficerNotProven | Sender::Machine => Vec::new(),
    };
    draft.note(Entry::MailFiled { mail: mail.mail, sender: mail.sender, class: mail.class, thread });
}

/// Machine mail: filed with its class, and that is all (M16).
pub(super) fn only_file(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    file(&mut draft, mail);
    draft.done()
}

/// The complainant wrote again while the case is open.
pub(super) fn complainant_on_open_case(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    if !mail.says_something {
        // A signature alone: no answer, no reminder, no notice.
        draft.reason = Reason::NothingSaid;
        file(&mut draft, mail);
        return draft.done();
    }
    file(&mut draft, mail);
    let grave = suspect(&mut draft, mail);
    draft.tell_officers(LetterKind::OfficerFurtherMail, Some(mail.mail), &Passage::FurtherMail { sender: mail.sender }, grave);
    draft.done()
}

/// The complainant wrote after the end: the answer to the follow-up, or something for the officer (rows 36, 39).
pub(super) fn complainant_on_closed_case(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    if !mail.says_something {
        draft.reason = Reason::NothingSaid;
        file(&mut draft, mail);
        return draft.done();
    }
    let awaited = matches!(draft.case.follow_up, FollowUp::Sent { .. } | FollowUp::Expired { sent_at: Some(_) });
    if mail.answers_follow_up && awaited {
        // Row 39: recorded and shown to the officer; never answered (R21).
        draft.reason = Reason::FollowUpAnswered;
        file(&mut draft, mail);
        let grade = grade_in(&mail.text, &draft.policy.vocabulary);
        draft.note(Entry::FollowUpAnswered { grade, words: mail.text.clone() });
        draft.stop_timer(TimerKind::FollowUpSilence);
        let must_not_wait = suspect(&mut draft, mail);
        draft.tell_officers(
            LetterKind::OfficerFollowUpAnswer,
            Some(mail.mail),
            &Passage::FollowUpAnswer { grade },
            must_not_wait,
        );
        return draft.done();
    }
    file(&mut draft, mail);
    let grave = suspect(&mut draft, mail);
    draft.tell_officers(LetterKind::OfficerFurtherMail, Some(mail.mail), &Passage::FurtherMail { sender: mail.sender }, grave);
    draft.done()
}

/// A respondent, or somebody who is no party, wrote with a sign of the case: kept and shown, nothing is
/// passed on and nothing is answered (M51, I6).
pub(super) fn other_person(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    file(&mut draft, mail);
    if mail.says_something {
        draft.tell_officers(
            LetterKind::OfficerFurtherMail,
            Some(mail.mail),
            &Passage::FurtherMail { sender: mail.sender },
            false,
        );
    }
    draft.done()
}

/// Notes what triage suspects in a further mail. A flag that an officer has judged is left alone.
///
/// Gives whether something was seen that must not wait for one person (row 12).
fn suspect(draft: &mut Draft<'_>, mail: &ArrivedMail) -> bool {
    let mut grave = false;
    for flag in &mail.suspected {
        if !draft.case.flags.contains_key(flag) {
            draft.note(Entry::FlagSet { flag: *flag, standing: FlagStanding::Suspected });
            grave |= flag.blocks_mediation();
        }
    }
    grave
}
