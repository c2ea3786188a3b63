-- The stock of the search benchmark. {estates} is how many there are to be.

INSERT INTO accounts_agency (id, name, slug, language, time_zone, created_at)
SELECT n, 'Agence ' || n, 'agence-' || n, 'fr', 'Europe/Paris', now() FROM generate_series(1, 200) n;
INSERT INTO connections_connection (id, agency_id, system, environment, label, state, refusals, last_answer,
    last_outcome, created_at)
SELECT n, n, 'ts_immo', 'production', 'bench', 'working', 0, '', '', now() FROM generate_series(1, 200) n;

-- Sentences of common words and of rare ones, whose letters are drawn: the beginning of one is seldom that of another.
CREATE TEMP TABLE sentences AS SELECT n, (
    SELECT string_agg(CASE WHEN random() < 0.55 THEN (string_to_array(
        'de la le avec et en un une sur des vue cuisine sejour chambre salle terrasse jardin garage lumineux '
        'calme balcon parking proche commerces appartement maison bain entree equipee etage ascenseur cave '
        'exposition sud renove piscine cheminee grenier', ' '))[1 + floor(random() * random() * 41)::int]
        ELSE translate(left(md5(floor(power(random(), 3) * 20000)::text), 8), '0123456789', 'ghijklmnop') END, ' ')
    FROM generate_series(1, 12 + n % 5)) AS words
FROM generate_series(1, 5000) n;
CREATE INDEX ON sentences (n);
ANALYZE sentences;

INSERT INTO catalogue_estate (agency_id, connection_id, remote_id, digest, reference, title, type, sub_type,
    offer_type, status, price, currency, surface, rooms, bedrooms, bathrooms, address, city, postal_code, region,
    country, latitude, longitude, featured, is_project, public_url, images, created_at, updated_at, search_text,
    first_seen_at, changed_at, missed, gone_at)
SELECT agency, agency, 'r' || n, decode(md5(n::text), 'hex'), 'REF' || agency || '-' || lpad(n::text, 7, '0'),
    kind || ' ' || town || ' ' || n % 97, kind,
    CASE WHEN a < 0.3 THEN 'studio' WHEN a < 0.6 THEN 'villa' WHEN a < 0.61 THEN 'loft' ELSE '' END,
    CASE WHEN b < 0.70 THEN 'sale' WHEN b < 0.97 THEN 'rental' ELSE 'viager' END,
    CASE WHEN c < 0.68 THEN 'available' WHEN c < 0.80 THEN 'under_offer' WHEN c < 0.97 THEN 'sold'
         ELSE 'withdrawn' END,
    CASE WHEN d > 0.03 THEN round((60000 + 900000 * power(d, 3))::numeric) END, 'EUR',
    CASE WHEN e > 0.02 THEN round((15 + 300 * power(e, 2))::numeric, 1) END,
    1 + (8 * f)::int, (6 * f * f)::int, 1 + (3 * f * f)::int, '12 rue de la Paix', 'Ville ' || town,
    lpad((1000 + town * 37)::text, 5, '0'), 'Région ' || town % 13,
    CASE WHEN g < 0.96 THEN 'FR' WHEN g < 0.99 THEN 'CH' ELSE 'MC' END,
    43 + a * 6, 1 + b * 6, h < 0.04, h > 0.98, '',
    (SELECT jsonb_agg('https://pictures.example/' || n || '/' || i || '.jpg') FROM generate_series(1, 6) i),
    '2022-11-01'::timestamptz + n * interval '125 seconds' + h * interval '40 days', now(),
    'ref' || agency || ' ' || lpad(n::text, 7, '0') || ' ' || kind || ' ville ' || town || ' ' ||
        (SELECT string_agg(words, ' ') FROM sentences s WHERE s.n IN (1 + (a * 4999)::int, 1 + (b * 4999)::int,
         1 + (c * 4999)::int, 1 + (d * 4999)::int, 1 + (e * 4999)::int, 1 + (f * 4999)::int, 1 + (g * 4999)::int)),
    now(), now(), 0, CASE WHEN i < 0.1 THEN now() END
FROM (
    SELECT n, CASE WHEN z < 0.17 THEN 1 ELSE 2 + floor(198.999 * power(random(), 2))::int END AS agency,
        (string_to_array('apartment apartment apartment apartment house house house land parking commercial', ' '))
        [1 + floor(random() * 10)::int] AS kind, floor(power(random(), 3) * 400)::int AS town,
        random() a, random() b, random() c, random() d, random() e, random() f, random() g, random() h, random() i
    FROM (SELECT n, random() z FROM generate_series(1, {estates}) n OFFSET 0) drawn OFFSET 0) estate;
