"""What French house hunters write to agencies, and who they are."""

from __future__ import annotations

FIRST_NAMES = (
    "Camille", "Élodie", "Mathéo", "Inès", "Grégoire", "Chloé", "Aurélien", "Maïwenn", "Noémie", "Stéphane",
    "Fatoumata", "Jean-Baptiste", "Léa", "Théo", "Anne-Sophie", "Yanis", "Hélène", "Joël", "Solène", "Rémi",
)  # fmt: skip
LAST_NAMES = (
    "Martin", "Lefèvre", "Le Gall", "N'Diaye", "Garcia", "Dupré", "Châtelain", "Bonnet", "de La Tour", "Nguyễn",
    "Benali", "Müller", "Pétronin", "Sœur", "Fontaine", "Özdemir", "Carpentier", "Rivière", "D'Angelo", "Faÿ",
)  # fmt: skip
VISIT = (
    "Bonjour, je suis intéressé(e) par votre annonce {reference}. Est-il possible de visiter samedi matin ?",
    "Bonjour,\n\nCe bien est-il toujours disponible ? Nous avons déjà l'accord de notre banque.\nCordialement",
    "Bonjour, pourriez-vous me préciser les charges et la taxe foncière ? Merci d'avance 🙂",
    "Je souhaite recevoir plus d'informations sur ce bien : étage, exposition, date de libération.",
    "Bonjour, le prix est-il négociable ? Je paie comptant, sans condition suspensive.",
)
RENT = (
    "Bonjour, en CDI depuis 4 ans (2 350 € net), je souhaiterais visiter ce logement. Dossier complet prêt.",
    "Bonjour, nous sommes un couple avec un chat. Quelles sont les pièces à fournir pour le dossier ?",
    "Le bien est-il libre au 1er du mois ? Mes parents se portent garants.",
)
AGENCY = {
    "SELL": "Bonjour, je souhaite faire estimer mon appartement (3 pièces, 68 m²) en vue d'une vente.",
    "MANAGE": "Bonjour, quels sont vos honoraires de gestion locative pour un T2 meublé ?",
    "BUY": "Bonjour, nous cherchons une maison avec jardin, budget 480 000 €. Que proposez-vous ?",
    "RENT": "Bonjour, avez-vous des studios à louer à partir de la rentrée ?",
    "ASK_A_QUESTION": "Bonjour, êtes-vous ouverts le samedi après-midi ? Votre site n'affiche pas vos horaires.",
}
SEARCH = "Recherche enregistrée : être prévenu(e) des biens qui correspondent à mes critères."
