//! What can go wrong between a desk and its submission server.

use std::time::Duration;

use crate::store::StoreError;

use super::classify::HoldCause;

/// Why there is no line on which a letter could be sent.
#[derive(Debug, thiserror::Error)]
pub enum SubmissionError {
    /// The server can not be reached, or the line broke.
    #[error("the submission server can not be reached: {0}")]
    Unreachable(String),
    /// The server did not answer in time.
    #[error("the submission server has been silent for {0:?}")]
    Silent(Duration),
    /// The server asks to come back later, or greets us with a refusal.
    #[error("the submission server has no time for us: {code} {text}")]
    Busy {
        /// Its reply code.
        code: u16,
        /// Its words.
        text: String,
    },
    /// The server answered something that RFC 5321 does not allow here.
    #[error("the submission server answered unexpectedly: {0}")]
    Protocol(String),
    /// Name or password refused; repeating it will not help.
    #[error("the submission server refuses the login; check the user and the password file: {code} {text}")]
    LoginRefused {
        /// Its reply code.
        code: u16,
        /// Its words.
        text: String,
    },
    /// M158: the provider switched passwords off.
    #[error(
        "the provider no longer takes a password for sending mail (Microsoft 365 calls this SMTP AUTH or basic \
         authentication); let the administrator enable it for this mailbox, or send through a relay: {code} {text}"
    )]
    PasswordLoginDisabled {
        /// Its reply code.
        code: u16,
        /// Its words.
        text: String,
    },
    /// A password is configured and the server offers no way to use it.
    #[error("the submission server offers no login with a password on this port; check the port, or remove the password")]
    LoginNotOffered,
    /// A letter or a password would have travelled without TLS to another machine (M150).
    #[error("refusing to send mail without TLS to a server that is not on this machine; use smtps:// or port 587")]
    PlainToAnotherMachine,
    /// Port 587 without STARTTLS (M150).
    #[error("the submission server does not offer STARTTLS; use smtps:// or another port, nothing is sent without TLS")]
    StartTlsNotOffered,
    /// The certificate is not trusted, or TLS failed.
    #[error("no trusted TLS connection to the submission server; check its name and certificate: {0}")]
    Tls(String),
    /// A folder or a program on this machine.
    #[error("letters can not be handed over on this machine: {0}")]
    Local(String),
}

impl SubmissionError {
    /// Whether trying again may help. Unknown counts as temporary.
    pub fn is_temporary(&self) -> bool {
        !self.cause().needs_operator()
    }

    /// What it is to the queue (M152).
    pub fn cause(&self) -> HoldCause {
        match self {
            Self::Unreachable(_) | Self::Silent(_) | Self::Protocol(_) => HoldCause::Unreachable,
            Self::Busy { .. } => HoldCause::Busy,
            Self::LoginRefused { .. } | Self::LoginNotOffered => HoldCause::LoginRefused,
            Self::PasswordLoginDisabled { .. } => HoldCause::PasswordLoginDisabled,
            Self::PlainToAnotherMachine | Self::StartTlsNotOffered | Self::Tls(_) => HoldCause::NotSecure,
            Self::Local(_) => HoldCause::LocalFault,
        }
    }

    /// The server's reply code, if it gave one.
    pub fn code(&self) -> Option<u16> {
        match self {
            Self::Busy { code, .. } | Self::LoginRefused { code, .. } | Self::PasswordLoginDisabled { code, .. } => Some(*code),
            Self::Unreachable(_)
            | Self::Silent(_)
            | Self::Protocol(_)
            | Self::LoginNotOffered
            | Self::PlainToAnotherMachine
            | Self::StartTlsNotOffered
            | Self::Tls(_)
            | Self::Local(_) => None,
        }
    }
}

/// Why the delivery of a desk stopped. Servers that refuse are no reason: those are outcomes.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The store could not give letters or take outcomes.
    #[error("delivery has no database: {0}")]
    Store(#[from] StoreError),
    /// A task of ours ended early: a defect.
    #[error("a part of the delivery stopped unexpectedly: {0}")]
    Broken(String),
}

impl DeliveryError {
    /// Whether trying again may help.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Store(error) => error.is_temporary(),
            Self::Broken(_) => false,
        }
    }
}
