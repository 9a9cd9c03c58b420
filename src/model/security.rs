//! How the line to a mail server is kept from listeners (RFC 8314, M150).

/// One word for it in the configuration, in retrieval and in delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineSecurity {
    /// TLS from the first byte (RFC 8314 section 3): `imaps://`, `smtps://`.
    ImplicitTls,
    /// STARTTLS, and nothing happens where it is not offered (M150).
    StartTls,
    /// No TLS. Only ever to this machine, which is checked again when the name has been resolved.
    PlainOnLoopback,
}
