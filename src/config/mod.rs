//! Configuration: as written ([`settings`]), and as proved. All faults are reported at once.
