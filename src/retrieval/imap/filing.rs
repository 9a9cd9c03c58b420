//! Getting handled mails out of the way, by the best means the server has (M169).

use super::answer::Answer;
use super::folder::{self, HANDLED};
use super::session::Session;
use super::uid_set::uid_sets;
use crate::retrieval::{RetrievalError, Shelf};

/// How a handled mail leaves the work list. Plain EXPUNGE is not among them: it would remove what others
/// marked (M169).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayOfFiling {
    /// `UID MOVE` (RFC 6851): one command, all or nothing for each mail.
    Move,
    /// `UID COPY`, `\Deleted`, `UID EXPUNGE` of exactly these mails (RFC 4315).
    CopyAndExpunge,
    /// The mail stays and carries the keyword `$Mediated` (M170).
    Keyword,
    /// The mail stays as it is; the store alone knows that it was handled.
    LeaveInPlace,
}

impl WayOfFiling {
    pub(super) fn of(session: &Session, keeps_keyword: bool) -> Self {
        if session.can("MOVE") {
            Self::Move
        } else if session.can("UIDPLUS") {
            Self::CopyAndExpunge
        } else if keeps_keyword {
            Self::Keyword
        } else {
            Self::LeaveInPlace
        }
    }

    /// Whether a filed mail is still in the folder afterwards.
    pub fn leaves_mail_in_folder(self) -> bool {
        matches!(self, Self::Keyword | Self::LeaveInPlace)
    }
}

/// The two folders for handled mail, by their wire names.
#[derive(Clone, Debug)]
pub(super) struct Shelves {
    pub done: Shelved,
    pub quarantine: Shelved,
}

/// A folder as the configuration names it and as the server knows it.
#[derive(Clone, Debug)]
pub(super) struct Shelved {
    pub name: String,
    pub wire_name: String,
}

impl Shelved {
    pub async fn find_or_make(session: &mut Session, name: &str) -> Result<Self, RetrievalError> {
        Ok(Self { name: name.to_owned(), wire_name: folder::find_or_make(session, name).await? })
    }
}

impl Shelves {
    fn folder_for(&self, onto: Shelf) -> &Shelved {
        match onto {
            Shelf::Done => &self.done,
            Shelf::Quarantine => &self.quarantine,
        }
    }

    /// Files these mails of the selected folder. UIDs that are gone are passed over by the server (M184).
    pub async fn file(&self, session: &mut Session, way: WayOfFiling, uids: &[u32], onto: Shelf) -> Result<(), RetrievalError> {
        let target = self.folder_for(onto);
        for set in uid_sets(uids) {
            match way {
                WayOfFiling::Move => transfer(session, Transfer::Move, &set, target).await?,
                WayOfFiling::CopyAndExpunge => {
                    transfer(session, Transfer::Copy, &set, target).await?;
                    session.run(&format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)")).await?;
                    session.run(&format!("UID EXPUNGE {set}")).await?;
                }
                WayOfFiling::Keyword => {
                    if onto == Shelf::Quarantine {
                        transfer(session, Transfer::Copy, &set, target).await?;
                    }
                    session.run(&format!("UID STORE {set} +FLAGS.SILENT ({HANDLED})")).await?;
                }
                WayOfFiling::LeaveInPlace => {}
            }
        }
        Ok(())
    }
}

/// How often a transfer is tried again because mails vanished under it.
const TRIES: u32 = 5;

/// What is done with mails and another folder.
#[derive(Clone, Copy, Debug)]
enum Transfer {
    Move,
    Copy,
}

/// `UID MOVE` or `UID COPY`; makes the folder anew where somebody removed it (`TRYCREATE`), and tries again
/// where mails vanished, for some servers then transfer none of the others (M184).
async fn transfer(session: &mut Session, way: Transfer, set: &str, target: &Shelved) -> Result<(), RetrievalError> {
    let mut answer = try_transfer(session, way, set, target).await?;
    for _ in 0..TRIES {
        if answer.has_code("TRYCREATE") {
            folder::find_or_make(session, &target.name).await?;
        } else if answer.has_code("EXPUNGEISSUED") {
            // RFC 9051 section 7.5.1: only now may the server tell us which mails are gone, and then it no
            // longer stumbles over them.
            session.noop().await?;
        } else {
            break;
        }
        answer = try_transfer(session, way, set, target).await?;
    }
    answer.accepted(match way {
        Transfer::Move => "MOVE",
        Transfer::Copy => "COPY",
    })
}

async fn try_transfer(session: &mut Session, way: Transfer, set: &str, target: &Shelved) -> Result<Answer, RetrievalError> {
    let imap = session.begin().await?;
    let result = match way {
        Transfer::Move => imap.uid_mv(set, &target.wire_name).await,
        Transfer::Copy => imap.uid_copy(set, &target.wire_name).await,
    };
    Ok(session.end(result)?.1)
}
