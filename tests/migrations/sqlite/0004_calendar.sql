-- Rows as version 4 of the schema holds them; the next migration is applied on top of these.
INSERT INTO digest VALUES ('klachten@voorbeeldzorg.example', 'm.smit@voorbeeldzorg.example', '2026-03-05', 1772694000000000, NULL, '[{"on":"2026-03-09","case":"2026-0001","clock":"first_contact"}]');
