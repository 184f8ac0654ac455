-- 0 no message or not known of one, 1 a message from somebody trusted less than 7 of 10, 2 from somebody trusted 7 or more. Nothing where
-- the question, or the trust in a message that came, was not answered. Codes of `heard`: 1 yes, 2 no, 3 don't know.
CASE
    WHEN i_heard IN (2, 3) THEN 0
    WHEN i_heard = 1 AND i_trust >= 7 THEN 2
    WHEN i_heard = 1 AND i_trust >= 0 THEN 1
END
