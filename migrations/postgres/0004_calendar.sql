-- What the calendar file of an officer's last morning list held, so that the next one can take out what is over (RFC 5546
-- section 3.2.1).

-- The deadlines as JSON: case, clock and day of each.
ALTER TABLE digest ADD COLUMN calendar TEXT NOT NULL DEFAULT '[]';
