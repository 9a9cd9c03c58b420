//! Schedule: when to look at the clocks, and which have come due. A due timer is one more event.
