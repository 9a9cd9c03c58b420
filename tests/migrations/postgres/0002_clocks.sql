-- Rows as version 2 of the schema holds them; the next migration is applied on top of these.
INSERT INTO digest VALUES ('klachten@voorbeeldzorg.example', 'm.smit@voorbeeldzorg.example', '2026-03-03', 1772521200000000, '01a1e36b914077078707070707070707');
INSERT INTO digest VALUES ('klachten@voorbeeldzorg.example', 'm.smit@voorbeeldzorg.example', '2026-03-04', 1772607600000000, NULL);
