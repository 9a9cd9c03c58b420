-- Rows as version 3 of the schema holds them; the next migration is applied on top of these.
INSERT INTO letter VALUES ('\x13', 202600000001, 'klachten@voorbeeldzorg.example', 'closing', NULL, 'jeroen@post.example', 'caaaaaaaaaaaaaaaaaaaa.13@voorbeeldzorg.example', 'at_least_once', 1772452800000000, 1772884800000000, '\x28b52ffd');
INSERT INTO outbox VALUES ('\x13', 'klachten@voorbeeldzorg.example', 'at_least_once', 'expired', 1772452800000000, NULL, 1, 0);
