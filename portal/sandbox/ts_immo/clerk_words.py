"""What Ts-Immo's support writes, by what a ticket is about. Some of it is HTML, as in the wild."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Topic:
    """`about` is looked for in subject and message; `asks` want a word from the agency, `solves` end it."""

    about: str
    asks: tuple[str, ...]
    solves: tuple[str, ...]


PEOPLE = ("Camille", "Nadia", "Étienne", "Solène")
GREETINGS = ("Bonjour,", "Bonjour et merci pour votre message,", "Bonjour, merci de nous avoir écrit.")
FAREWELLS = ("Bien cordialement,", "Bonne journée,", "À votre disposition,")
TOPICS = (
    Topic(
        r"photo|image|visuel",
        (
            "Pourriez-vous nous envoyer la référence du bien et une des photos concernées ?",
            "Les photos dépassent-elles 10 Mo chacune ? C'est la taille au-delà de laquelle elles sont écartées.",
        ),
        (
            "Les photos du bien viennent d'être republiées : comptez une dizaine de minutes avant de les voir.",
            "<p>Deux photos étaient au format HEIC, que le site n'affiche pas.</p>"
            "<p>Nous les avons converties&nbsp;: tout est en ligne.</p>",
        ),
    ),
    Topic(
        r"synchro|n'appara[iî]t pas|manqu|absent|disparu",
        (
            "Depuis quand le bien manque-t-il, et son statut a-t-il changé ce jour-là ?",
            "Avez-vous déjà relancé la synchronisation du bien ? Si oui, vers quelle heure ?",
        ),
        (
            "La file de synchronisation du site était bloquée depuis ce matin. Elle est relancée : "
            "vos biens sont de nouveau à jour.",
            "Le bien était marqué « retiré » chez nous. Nous l'avons remis à « disponible » ; il est en ligne.",
        ),
    ),
    Topic(
        r"prix|loyer|honoraires",
        ("Quel montant devrait s'afficher, et sur quelle annonce ?",),
        ("Le prix venait d'un ancien mandat. Il est corrigé, et l'annonce a été renvoyée au site.",),
    ),
    Topic(
        r"extension|plugin|module|wordpress",
        (
            "Quelle version de WordPress et de PHP le site utilise-t-il ?",
            "<p>Pourriez-vous nous dire&nbsp;:</p><ul><li>la version de l'extension,</li>"
            "<li>le message affiché, si possible en capture d'écran.</li></ul>",
        ),
        ("Une version corrigée de l'extension est disponible : sa mise à jour règle ce point.",),
    ),
    Topic(
        r"cl[eé]\b|acc[eè]s|connexion|401|403",
        ("Le message apparaît-il sur toutes les pages, ou seulement sur celle de la connexion ?",),
        ("La clé de votre site avait expiré. Elle est prolongée d'un an, vous n'avez rien à changer.",),
    ),
)
OTHERWISE = Topic(
    "",
    (
        "Pourriez-vous nous donner un exemple précis, avec l'heure à laquelle vous l'avez constaté ?",
        "Est-ce que cela se produit aussi avec un autre navigateur ?",
    ),
    (
        "Nous avons trouvé d'où cela venait, et corrigé de notre côté. Dites-nous si cela revient.",
        "C'était un réglage de votre compte : il est en place maintenant.",
    ),
)
GOES_ON = (
    "Merci pour ces précisions. Nous regardons cela avec l'équipe technique ; pouvez-vous vérifier "
    "de votre côté demain matin ?",
    "C'est noté, merci. Un dernier point : le souci touche-t-il un seul bien, ou plusieurs ?",
)


def topic_of(text: str) -> Topic:
    return next((topic for topic in TOPICS if re.search(topic.about, text, re.IGNORECASE)), OTHERWISE)


def letter(chance: Random, what: str, clerk: str) -> str:
    """A whole answer around its one sentence, as HTML where that is."""
    greeting, farewell = chance.choice(GREETINGS), chance.choice(FAREWELLS)
    if what.startswith("<"):
        return f"<p>{greeting}</p>{what}<p>{farewell}<br>{clerk}</p>"
    return f"{greeting}\n\n{what}\n\n{farewell}\n{clerk}"
