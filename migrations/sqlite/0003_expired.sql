-- A letter that expired before it could leave is told of like one that failed (M44): the officer has to phone.

-- What expired before this version is old news.
UPDATE outbox SET told = 1 WHERE state = 'expired';

DROP INDEX outbox_untold;
-- Serves: untold_failures.
CREATE INDEX outbox_untold ON outbox (desk, letter_id) WHERE state IN ('failed', 'expired') AND told = 0;
