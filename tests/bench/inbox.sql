-- The leads of the inbox benchmark. {leads} is how many there are to be.

INSERT INTO accounts_user (id, password, is_superuser, email, name, language, is_active, is_staff, date_joined)
SELECT n, '', false, 'agent' || n || '@bench.example', 'Agent ' || n, 'fr', true, false, now()
FROM generate_series(1, 20) n;
INSERT INTO accounts_agency (id, name, slug, language, time_zone, created_at)
SELECT n, 'Agence ' || n, 'agence-' || n, 'fr', 'Europe/Paris', now() FROM generate_series(1, 200) n;
INSERT INTO connections_connection (id, agency_id, system, environment, label, state, refusals, last_answer,
    last_outcome, created_at)
SELECT n, n, 'marketing_lab', 'production', 'bench', 'working', 0, '', '', now() FROM generate_series(1, 200) n;

CREATE TEMP TABLE sentences AS SELECT n, (
    SELECT string_agg(CASE WHEN random() < 0.7 THEN (string_to_array(
        'bonjour je souhaite visiter ce bien merci de me rappeler samedi disponible appartement maison prix charges '
        'dossier photo jardin balcon parking budget rendez vous possible cette semaine apres', ' '))
        [1 + floor(random() * random() * 28)::int]
        ELSE translate(left(md5(floor(power(random(), 3) * 20000)::text), 8), '0123456789', 'ghijklmnop') END, ' ')
    FROM generate_series(1, 14 + n % 9)) AS words
FROM generate_series(1, 5000) n;
CREATE INDEX ON sentences (n);
ANALYZE sentences;

INSERT INTO leads_lead (agency_id, connection_id, remote_id, source, way, digest, happened_at, received_at,
    changed_at, filed_at, portal, category, intention, first_name, last_name, gender, language, email, phone, phones,
    email_key, phone_key, message, excerpt, programme_id, programme, region, classified_id, estate_reference,
    search_text, state, assignee_id, answered_at, estate_by, person_by)
SELECT agency, agency, 'r' || n, CASE WHEN d < 0.6 THEN 'marketing_lab' ELSE 'aviv' END, 'read', md5(n::text), moment,
    moment, moment, moment,
    CASE WHEN a < 0.5 THEN 'SeLoger' WHEN a < 0.8 THEN 'Logic-Immo' WHEN a < 0.995 THEN 'Leboncoin' ELSE 'Rare' END,
    CASE WHEN b < 0.6 THEN 'Visite' WHEN b < 0.98 THEN 'Information' ELSE 'Estimation' END, '', 'Jean', 'Nom' || n,
    '', 'fr', 'nom' || n || '@exemple.fr', '+336' || lpad(n::text, 8, '0'), '[]', 'nom' || n || '@exemple.fr',
    '+336' || lpad(n::text, 8, '0'), words, left(words, 200), '', '', '', '', '',
    'jean nom' || n || ' nom' || n || ' exemple fr 336' || lpad(n::text, 8, '0') || ' ' || words,
    CASE WHEN c < 0.12 THEN 'new' WHEN c < 0.5 THEN 'contacted' WHEN c < 0.6 THEN 'visit' WHEN c < 0.7 THEN 'won'
         WHEN c < 0.98 THEN 'lost' ELSE 'spam' END,
    CASE WHEN c >= 0.12 AND e > 0.1 THEN 1 + floor(20 * f * f)::int END, NULL, '', ''
FROM (
    SELECT drawn.n, CASE WHEN z < 0.17 THEN 1 ELSE 2 + floor(198.999 * power(random(), 2))::int END AS agency,
        now() - (drawn.n * interval '60 seconds') AS moment, random() a, random() b, random() c, random() d, random() e,
        random() f, (SELECT s.words FROM sentences s WHERE s.n = 1 + drawn.n % 5000) AS words
    FROM (SELECT n, random() z FROM generate_series(1, {leads}) n OFFSET 0) drawn OFFSET 0) lead;
INSERT INTO leads_leadpayload (lead_id, body) SELECT id, '{}' FROM leads_lead;
