//! What an officer can command: a closed set. The words for it are data.

use serde::Deserialize;

/// What a command does (design.md section 5, the table).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// `#klager`: the text goes to the complainant.
    ToComplainant,
    /// `#beklaagde`: records a respondent, or writes to one.
    Respondent,
    /// `#notitie`: an internal note.
    Note,
    /// `#nieuw`: registers a phone, paper or desk complaint.
    Register,
    /// `#gesproken`: the first personal contact took place.
    Contacted,
    /// `#soort`: corrects the kinds of complaint.
    Kinds,
    /// `#doel`: corrects what the complainant wants to reach.
    Purposes,
    /// `#taal`: the language of letters to the complainant.
    Language,
    /// `#markeer`: a flag is suspected.
    Flag,
    /// `#bevestig`: a flag is confirmed.
    Confirm,
    /// `#vrij`: a flag is cleared, with a reason.
    Clear,
    /// `#machtiging`: proof from somebody who writes for another.
    Authorisation,
    /// `#verduidelijking`: questions to the complainant.
    Clarify,
    /// `#wederhoor`: asks the respondents for a reaction.
    Hear,
    /// `#doorgeven`: passes the reaction on.
    Release,
    /// `#bemiddeling`: asks both parties whether they want the talk.
    Mediation,
    /// `#afspraak`: sets date and place of the talk.
    Appointment,
    /// `#verzet`: another date, time or place.
    Move,
    /// `#annuleer`: calls the talk off.
    Cancel,
    /// `#gehouden`: the talk took place.
    Held,
    /// `#niet-gehouden`: it did not.
    NotHeld,
    /// `#afspraken`: the agreements on paper.
    Agreements,
    /// `#advies`: a letter with standard advice.
    Advice,
    /// `#verwijs`: a letter that names another body.
    Refer,
    /// `#verdaging`: the written decision comes later.
    Extend,
    /// `#oordeel`: the provider's decision was sent.
    Decision,
    /// `#sluiten`: closes the case.
    Close,
    /// `#heropenen`: opens it again.
    Reopen,
    /// `#ingetrokken`: the complainant took the complaint back.
    Withdrawn,
    /// `#samenvoegen`: the same matter as another case.
    Merge,
    /// `#splitsen`: two matters in one case.
    Split,
    /// `#overdragen`: another officer takes it.
    Assign,
    /// `#geen-nameting`: suppresses the follow-up.
    NoFollowUp,
    /// `#cijfers`: what stands in the yearly report alone.
    Figures,
    /// `#stop`: takes back what still waits.
    Stop,
    /// `#status`: where the case stands.
    Status,
    /// `#dossier`: the whole file.
    File,
    /// `#inzage`: access for the data subject.
    Access,
    /// `#wissen`: erasure.
    Erase,
    /// `#lijst`: open cases.
    List,
    /// `#rapport`: figures of a period.
    Report,
    /// `#help`: the table of commands.
    Help,
}

impl Verb {
    /// Every verb, in the order of the table.
    pub const ALL: [Self; 42] = [
        Self::ToComplainant,
        Self::Respondent,
        Self::Note,
        Self::Register,
        Self::Contacted,
        Self::Kinds,
        Self::Purposes,
        Self::Language,
        Self::Flag,
        Self::Confirm,
        Self::Clear,
        Self::Authorisation,
        Self::Clarify,
        Self::Hear,
        Self::Release,
        Self::Mediation,
        Self::Appointment,
        Self::Move,
        Self::Cancel,
        Self::Held,
        Self::NotHeld,
        Self::Agreements,
        Self::Advice,
        Self::Refer,
        Self::Extend,
        Self::Decision,
        Self::Close,
        Self::Reopen,
        Self::Withdrawn,
        Self::Merge,
        Self::Split,
        Self::Assign,
        Self::NoFollowUp,
        Self::Figures,
        Self::Stop,
        Self::Status,
        Self::File,
        Self::Access,
        Self::Erase,
        Self::List,
        Self::Report,
        Self::Help,
    ];
}
