//! Every sentence of the pages, in every language.
//!
//! Translated by meaning: "share" is what one does with a file, never a part of a company. Where a word changes with what it
//! speaks of, there is a sentence for each case instead of parts to glue together.

use super::language::Language;

/// Who can use a link, for sentences that differ in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Whoever has the link.
    Anyone,
    /// Signed-in people of the owner's organization.
    Organization,
    /// The people the owner named.
    SpecificPeople,
}

/// One sentence for each audience.
#[derive(Debug)]
pub(crate) struct ByAudience {
    anyone: &'static str,
    organization: &'static str,
    people: &'static str,
}

impl ByAudience {
    /// The sentence for this audience.
    pub(crate) const fn of(&self, audience: Audience) -> &'static str {
        match audience {
            Audience::Anyone => self.anyone,
            Audience::Organization => self.organization,
            Audience::SpecificPeople => self.people,
        }
    }
}

/// A heading and what follows it.
#[derive(Debug)]
pub(crate) struct Notice {
    /// The heading, also the title of the window.
    pub(crate) title: &'static str,
    /// One or two sentences.
    pub(crate) message: &'static str,
}

/// The words of one language. A missing translation doesn't compile.
#[derive(Debug)]
pub(crate) struct Text {
    // Numbers and moments.
    pub(crate) decimal_separator: &'static str,
    pub(crate) group_separator: &'static str,
    pub(crate) byte: &'static str,
    pub(crate) bytes: &'static str,
    pub(crate) units: [&'static str; 6],
    pub(crate) after_day: &'static str,
    pub(crate) months: [&'static str; 12],
    pub(crate) again_in_a_minute: &'static str,
    pub(crate) again_in_minutes: &'static str,
    // Files and folders.
    pub(crate) file: &'static str,
    pub(crate) folder: &'static str,
    pub(crate) size: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) expires: &'static str,
    pub(crate) never: &'static str,
    pub(crate) modified: &'static str,
    pub(crate) download: &'static str,
    pub(crate) preview: &'static str,
    pub(crate) excerpt_truncated: &'static str,
    pub(crate) view_file: ByAudience,
    pub(crate) edit_file: ByAudience,
    pub(crate) view_folder: ByAudience,
    pub(crate) edit_folder: ByAudience,
    pub(crate) location: &'static str,
    pub(crate) contents: &'static str,
    pub(crate) empty_folder: &'static str,
    pub(crate) pages: &'static str,
    pub(crate) next_page: &'static str,
    pub(crate) previous_page: &'static str,
    pub(crate) details: &'static str,
    // Gates: none of these may say what is behind the link.
    pub(crate) password_needed: Notice,
    pub(crate) password: &'static str,
    pub(crate) open: &'static str,
    pub(crate) wrong_password: &'static str,
    pub(crate) too_many_attempts: &'static str,
    pub(crate) sign_in: Notice,
    pub(crate) gone: Notice,
    pub(crate) takes_files: Notice,
    pub(crate) no_download: &'static str,
    // Problems.
    pub(crate) bad_request: Notice,
    pub(crate) forbidden: Notice,
    pub(crate) method_not_allowed: Notice,
    pub(crate) too_large: Notice,
    pub(crate) too_many_requests: &'static str,
    pub(crate) internal: Notice,
    pub(crate) unavailable: Notice,
    pub(crate) reference: &'static str,
    pub(crate) home: Notice,
}

impl Text {
    /// The words of this language.
    pub(crate) const fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
            Language::French => &FRENCH,
            Language::Spanish => &SPANISH,
        }
    }
}

static ENGLISH: Text = Text {
    decimal_separator: ".",
    group_separator: ",",
    byte: "byte",
    bytes: "bytes",
    units: ["kB", "MB", "GB", "TB", "PB", "EB"],
    after_day: "",
    months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    again_in_a_minute: "Please try again in a minute.",
    again_in_minutes: "Please try again in {n} minutes.",
    file: "File",
    folder: "Folder",
    size: "Size",
    owner: "Owner",
    expires: "Link expires",
    never: "Never",
    modified: "Modified",
    download: "Download",
    preview: "Preview",
    excerpt_truncated: "Only the beginning is shown. Download the file to read all of it.",
    view_file: ByAudience {
        anyone: "Anyone with the link can view and download this file.",
        organization: "People in the owner’s organization who have the link can view and download this file.",
        people: "Only the people the owner chose can view and download this file.",
    },
    edit_file: ByAudience {
        anyone: "Anyone with the link can edit this file: view it, download it and replace its content.",
        organization: "People in the owner’s organization who have the link can edit this file: view it, download it and \
                       replace its content.",
        people: "Only the people the owner chose can edit this file: view it, download it and replace its content.",
    },
    view_folder: ByAudience {
        anyone: "Anyone with the link can view and download what is in this folder.",
        organization: "People in the owner’s organization who have the link can view and download what is in this folder.",
        people: "Only the people the owner chose can view and download what is in this folder.",
    },
    edit_folder: ByAudience {
        anyone: "Anyone with the link can edit what is in this folder.",
        organization: "People in the owner’s organization who have the link can edit what is in this folder.",
        people: "Only the people the owner chose can edit what is in this folder.",
    },
    location: "You are here",
    contents: "Contents",
    empty_folder: "This folder is empty.",
    pages: "Pages of this list",
    next_page: "Next page",
    previous_page: "Previous page",
    details: "Details",
    password_needed: Notice {
        title: "Password needed",
        message: "This link is protected. Enter the password that its sender gave you.",
    },
    password: "Password",
    open: "Open",
    wrong_password: "That is not the right password. Please try again.",
    too_many_attempts: "Too many attempts.",
    sign_in: Notice { title: "Sign in to continue", message: "Only people who are signed in can open this link." },
    gone: Notice {
        title: "This link doesn’t work",
        message: "It may have expired, been withdrawn, or been copied incompletely. Please ask the sender for a new one.",
    },
    takes_files: Notice {
        title: "This link takes files",
        message: "It takes files and shows nothing of what is there. Programs send a file to the link by PUT.",
    },
    no_download: "This link is for viewing only: downloading is switched off.",
    bad_request: Notice {
        title: "That request doesn’t make sense",
        message: "The address or the form was incomplete. Please open the link again as it was sent to you.",
    },
    forbidden: Notice {
        title: "That isn’t allowed",
        message: "You can’t do this with this link. Please ask the sender.",
    },
    method_not_allowed: Notice {
        title: "That isn’t possible here",
        message: "This page can be opened, but it doesn’t take what was sent to it.",
    },
    too_large: Notice { title: "That is too large", message: "More was sent than this server accepts at once." },
    too_many_requests: "Too many requests",
    internal: Notice {
        title: "Something went wrong",
        message: "The fault is ours, not yours. Please try again in a moment.",
    },
    unavailable: Notice { title: "The server is busy", message: "Please try again in a moment." },
    reference: "Reference for the operator of this server",
    home: Notice {
        title: "This is a Driveway server",
        message: "To open a file here, use the link that you were sent.",
    },
};

static GERMAN: Text = Text {
    decimal_separator: ",",
    group_separator: ".",
    byte: "Byte",
    bytes: "Byte",
    units: ["kB", "MB", "GB", "TB", "PB", "EB"],
    after_day: ".",
    months: ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
    again_in_a_minute: "Bitte in einer Minute erneut versuchen.",
    again_in_minutes: "Bitte in {n} Minuten erneut versuchen.",
    file: "Datei",
    folder: "Ordner",
    size: "Größe",
    owner: "Eigentum von",
    expires: "Link gültig bis",
    never: "Unbegrenzt",
    modified: "Geändert",
    download: "Herunterladen",
    preview: "Vorschau",
    excerpt_truncated: "Hier steht nur der Anfang. Der ganze Text ist in der heruntergeladenen Datei.",
    view_file: ByAudience {
        anyone: "Alle, die den Link haben, können diese Datei ansehen und herunterladen.",
        organization: "Alle aus der Organisation der Eigentümerin oder des Eigentümers, die den Link haben, können diese Datei \
                       ansehen und herunterladen.",
        people: "Nur ausgewählte Personen können diese Datei ansehen und herunterladen.",
    },
    edit_file: ByAudience {
        anyone: "Alle, die den Link haben, können diese Datei bearbeiten: ansehen, herunterladen und ihren Inhalt ersetzen.",
        organization: "Alle aus der Organisation der Eigentümerin oder des Eigentümers, die den Link haben, können diese Datei \
                       bearbeiten: ansehen, herunterladen und ihren Inhalt ersetzen.",
        people: "Nur ausgewählte Personen können diese Datei bearbeiten: ansehen, herunterladen und ihren Inhalt ersetzen.",
    },
    view_folder: ByAudience {
        anyone: "Alle, die den Link haben, können den Inhalt dieses Ordners ansehen und herunterladen.",
        organization: "Alle aus der Organisation der Eigentümerin oder des Eigentümers, die den Link haben, können den Inhalt \
                       dieses Ordners ansehen und herunterladen.",
        people: "Nur ausgewählte Personen können den Inhalt dieses Ordners ansehen und herunterladen.",
    },
    edit_folder: ByAudience {
        anyone: "Alle, die den Link haben, können den Inhalt dieses Ordners bearbeiten.",
        organization: "Alle aus der Organisation der Eigentümerin oder des Eigentümers, die den Link haben, können den Inhalt \
                       dieses Ordners bearbeiten.",
        people: "Nur ausgewählte Personen können den Inhalt dieses Ordners bearbeiten.",
    },
    location: "Sie sind hier",
    contents: "Inhalt",
    empty_folder: "Dieser Ordner ist leer.",
    pages: "Seiten dieser Liste",
    next_page: "Nächste Seite",
    previous_page: "Vorherige Seite",
    details: "Angaben",
    password_needed: Notice {
        title: "Passwort erforderlich",
        message: "Dieser Link ist geschützt. Bitte geben Sie das Passwort ein, das Sie mit dem Link erhalten haben.",
    },
    password: "Passwort",
    open: "Öffnen",
    wrong_password: "Das Passwort stimmt nicht. Bitte versuchen Sie es noch einmal.",
    too_many_attempts: "Zu viele Versuche.",
    sign_in: Notice {
        title: "Anmeldung erforderlich", message: "Diesen Link können nur angemeldete Personen öffnen."
    },
    gone: Notice {
        title: "Dieser Link funktioniert nicht",
        message: "Er ist vielleicht abgelaufen, wurde zurückgezogen oder unvollständig kopiert. Bitte lassen Sie sich einen \
                  neuen schicken.",
    },
    takes_files: Notice {
        title: "Dieser Link nimmt Dateien an",
        message: "Er nimmt Dateien an und zeigt nichts von dem, was da ist. Programme senden eine Datei mit PUT an den Link.",
    },
    no_download: "Dieser Link ist nur zum Ansehen: Herunterladen ist ausgeschaltet.",
    bad_request: Notice {
        title: "Diese Anfrage ist nicht verständlich",
        message: "Die Adresse oder das Formular war unvollständig. Bitte öffnen Sie den Link noch einmal so, wie Sie ihn \
                  erhalten haben.",
    },
    forbidden: Notice {
        title: "Das ist nicht erlaubt",
        message: "Mit diesem Link geht das nicht. Bitte fragen Sie die Person, die ihn geschickt hat.",
    },
    method_not_allowed: Notice {
        title: "Das ist hier nicht möglich",
        message: "Diese Seite lässt sich öffnen, nimmt aber nicht an, was an sie gesendet wurde.",
    },
    too_large: Notice {
        title: "Das ist zu groß",
        message: "Es wurde mehr gesendet, als dieser Server auf einmal annimmt.",
    },
    too_many_requests: "Zu viele Anfragen",
    internal: Notice {
        title: "Etwas ist schiefgegangen",
        message: "Der Fehler liegt bei uns, nicht bei Ihnen. Bitte versuchen Sie es gleich noch einmal.",
    },
    unavailable: Notice { title: "Der Server ist ausgelastet", message: "Bitte versuchen Sie es gleich noch einmal." },
    reference: "Kennung für den Betreiber dieses Servers",
    home: Notice {
        title: "Dies ist ein Driveway-Server",
        message: "Um hier eine Datei zu öffnen, verwenden Sie den Link, den Sie erhalten haben.",
    },
};

static FRENCH: Text = Text {
    decimal_separator: ",",
    group_separator: "\u{202f}",
    byte: "octet",
    bytes: "octets",
    units: ["ko", "Mo", "Go", "To", "Po", "Eo"],
    after_day: "",
    months: ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
    again_in_a_minute: "Veuillez réessayer dans une minute.",
    again_in_minutes: "Veuillez réessayer dans {n} minutes.",
    file: "Fichier",
    folder: "Dossier",
    size: "Taille",
    owner: "Propriétaire",
    expires: "Le lien expire",
    never: "Jamais",
    modified: "Modifié",
    download: "Télécharger",
    preview: "Aperçu",
    excerpt_truncated: "Seul le début est affiché. Téléchargez le fichier pour tout lire.",
    view_file: ByAudience {
        anyone: "Toute personne disposant du lien peut consulter et télécharger ce fichier.",
        organization: "Les membres de l’organisation du propriétaire qui disposent du lien peuvent consulter et télécharger ce \
                       fichier.",
        people: "Seules les personnes choisies par le propriétaire peuvent consulter et télécharger ce fichier.",
    },
    edit_file: ByAudience {
        anyone: "Toute personne disposant du lien peut modifier ce fichier : le consulter, le télécharger et en remplacer le \
                 contenu.",
        organization: "Les membres de l’organisation du propriétaire qui disposent du lien peuvent modifier ce fichier : le \
                       consulter, le télécharger et en remplacer le contenu.",
        people: "Seules les personnes choisies par le propriétaire peuvent modifier ce fichier : le consulter, le télécharger \
                 et en remplacer le contenu.",
    },
    view_folder: ByAudience {
        anyone: "Toute personne disposant du lien peut consulter et télécharger le contenu de ce dossier.",
        organization: "Les membres de l’organisation du propriétaire qui disposent du lien peuvent consulter et télécharger le \
                       contenu de ce dossier.",
        people: "Seules les personnes choisies par le propriétaire peuvent consulter et télécharger le contenu de ce dossier.",
    },
    edit_folder: ByAudience {
        anyone: "Toute personne disposant du lien peut modifier le contenu de ce dossier.",
        organization: "Les membres de l’organisation du propriétaire qui disposent du lien peuvent modifier le contenu de ce \
                       dossier.",
        people: "Seules les personnes choisies par le propriétaire peuvent modifier le contenu de ce dossier.",
    },
    location: "Vous êtes ici",
    contents: "Contenu",
    empty_folder: "Ce dossier est vide.",
    pages: "Pages de cette liste",
    next_page: "Page suivante",
    previous_page: "Page précédente",
    details: "Détails",
    password_needed: Notice {
        title: "Mot de passe requis",
        message: "Ce lien est protégé. Saisissez le mot de passe que l’expéditeur vous a communiqué.",
    },
    password: "Mot de passe",
    open: "Ouvrir",
    wrong_password: "Ce mot de passe n’est pas le bon. Veuillez réessayer.",
    too_many_attempts: "Trop de tentatives.",
    sign_in: Notice { title: "Connexion requise", message: "Seules les personnes connectées peuvent ouvrir ce lien." },
    gone: Notice {
        title: "Ce lien ne fonctionne pas",
        message: "Il a peut-être expiré, été retiré ou été copié de façon incomplète. Demandez-en un nouveau à l’expéditeur.",
    },
    takes_files: Notice {
        title: "Ce lien reçoit des fichiers",
        message: "Il reçoit des fichiers et ne montre rien de ce qui s’y trouve. Les programmes y envoient un fichier par PUT.",
    },
    no_download: "Ce lien sert uniquement à consulter : le téléchargement est désactivé.",
    bad_request: Notice {
        title: "Cette requête n’est pas compréhensible",
        message: "L’adresse ou le formulaire était incomplet. Rouvrez le lien tel qu’il vous a été envoyé.",
    },
    forbidden: Notice {
        title: "Ce n’est pas autorisé",
        message: "Ce lien ne le permet pas. Adressez-vous à l’expéditeur.",
    },
    method_not_allowed: Notice {
        title: "Ce n’est pas possible ici",
        message: "Cette page peut être ouverte, mais elle n’accepte pas ce qui lui a été envoyé.",
    },
    too_large: Notice {
        title: "C’est trop volumineux",
        message: "L’envoi dépasse ce que ce serveur accepte en une fois.",
    },
    too_many_requests: "Trop de requêtes",
    internal: Notice {
        title: "Une erreur s’est produite",
        message: "Elle vient de nous, pas de vous. Veuillez réessayer dans un instant.",
    },
    unavailable: Notice { title: "Le serveur est occupé", message: "Veuillez réessayer dans un instant." },
    reference: "Référence pour l’exploitant de ce serveur",
    home: Notice {
        title: "Ceci est un serveur Driveway",
        message: "Pour ouvrir un fichier, utilisez le lien qui vous a été envoyé.",
    },
};

static SPANISH: Text = Text {
    decimal_separator: ",",
    group_separator: ".",
    byte: "byte",
    bytes: "bytes",
    units: ["kB", "MB", "GB", "TB", "PB", "EB"],
    after_day: "",
    months: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
    again_in_a_minute: "Inténtelo de nuevo dentro de un minuto.",
    again_in_minutes: "Inténtelo de nuevo dentro de {n} minutos.",
    file: "Archivo",
    folder: "Carpeta",
    size: "Tamaño",
    owner: "Propietario",
    expires: "El enlace caduca",
    never: "Nunca",
    modified: "Modificado",
    download: "Descargar",
    preview: "Vista previa",
    excerpt_truncated: "Solo se muestra el principio. Descargue el archivo para leerlo entero.",
    view_file: ByAudience {
        anyone: "Cualquier persona que tenga el enlace puede ver y descargar este archivo.",
        organization: "Las personas de la organización del propietario que tengan el enlace pueden ver y descargar este archivo.",
        people: "Solo las personas elegidas por el propietario pueden ver y descargar este archivo.",
    },
    edit_file: ByAudience {
        anyone: "Cualquier persona que tenga el enlace puede editar este archivo: verlo, descargarlo y reemplazar su contenido.",
        organization: "Las personas de la organización del propietario que tengan el enlace pueden editar este archivo: verlo, \
                       descargarlo y reemplazar su contenido.",
        people: "Solo las personas elegidas por el propietario pueden editar este archivo: verlo, descargarlo y reemplazar su \
                 contenido.",
    },
    view_folder: ByAudience {
        anyone: "Cualquier persona que tenga el enlace puede ver y descargar el contenido de esta carpeta.",
        organization: "Las personas de la organización del propietario que tengan el enlace pueden ver y descargar el contenido \
                       de esta carpeta.",
        people: "Solo las personas elegidas por el propietario pueden ver y descargar el contenido de esta carpeta.",
    },
    edit_folder: ByAudience {
        anyone: "Cualquier persona que tenga el enlace puede editar el contenido de esta carpeta.",
        organization: "Las personas de la organización del propietario que tengan el enlace pueden editar el contenido de esta \
                       carpeta.",
        people: "Solo las personas elegidas por el propietario pueden editar el contenido de esta carpeta.",
    },
    location: "Está aquí",
    contents: "Contenido",
    empty_folder: "Esta carpeta está vacía.",
    pages: "Páginas de esta lista",
    next_page: "Página siguiente",
    previous_page: "Página anterior",
    details: "Detalles",
    password_needed: Notice {
        title: "Se necesita una contraseña",
        message: "Este enlace está protegido. Escriba la contraseña que le dio quien se lo envió.",
    },
    password: "Contraseña",
    open: "Abrir",
    wrong_password: "La contraseña no es correcta. Inténtelo de nuevo.",
    too_many_attempts: "Demasiados intentos.",
    sign_in: Notice {
        title: "Inicie sesión para continuar",
        message: "Solo las personas con la sesión iniciada pueden abrir este enlace.",
    },
    gone: Notice {
        title: "Este enlace no funciona",
        message: "Puede que haya caducado, que se haya retirado o que se haya copiado de forma incompleta. Pida uno nuevo a \
                  quien se lo envió.",
    },
    takes_files: Notice {
        title: "Este enlace recibe archivos",
        message: "Recibe archivos y no muestra nada de lo que hay. Los programas envían un archivo al enlace con PUT.",
    },
    no_download: "Este enlace es solo para ver: la descarga está desactivada.",
    bad_request: Notice {
        title: "La solicitud no se entiende",
        message: "La dirección o el formulario estaba incompleto. Abra de nuevo el enlace tal como se lo enviaron.",
    },
    forbidden: Notice {
        title: "No está permitido",
        message: "Este enlace no lo permite. Consulte a quien se lo envió.",
    },
    method_not_allowed: Notice {
        title: "Aquí no es posible",
        message: "Esta página se puede abrir, pero no acepta lo que se le ha enviado.",
    },
    too_large: Notice {
        title: "Es demasiado grande",
        message: "Se ha enviado más de lo que este servidor acepta de una vez.",
    },
    too_many_requests: "Demasiadas solicitudes",
    internal: Notice {
        title: "Algo ha fallado",
        message: "El fallo es nuestro, no suyo. Inténtelo de nuevo dentro de un momento.",
    },
    unavailable: Notice { title: "El servidor está ocupado", message: "Inténtelo de nuevo dentro de un momento." },
    reference: "Referencia para quien administra este servidor",
    home: Notice {
        title: "Este es un servidor Driveway",
        message: "Para abrir un archivo, use el enlace que le enviaron.",
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn share_is_never_a_part_of_a_company() {
        for (language, wrong) in [
            (Language::German, "aktie"),
            (Language::French, "action"),
            (Language::Spanish, "acción"),
            (Language::Spanish, "acciones"),
        ] {
            let all = format!("{:?}", Text::of(language)).to_lowercase();
            assert!(!all.contains(wrong), "{language:?}: {wrong}");
        }
    }

    #[test]
    fn no_sentence_is_empty() {
        for language in Language::ALL {
            let all = format!("{:?}", Text::of(language)).replace("after_day: \"\"", "");
            assert!(!all.contains("\"\""), "{language:?}");
        }
    }

    #[test]
    fn the_sentence_about_waiting_has_its_number() {
        for language in Language::ALL {
            assert!(Text::of(language).again_in_minutes.contains("{n}"), "{language:?}");
        }
    }

    #[test]
    fn gates_do_not_say_what_is_behind_them() {
        for language in Language::ALL {
            let text = Text::of(language);
            for notice in [&text.password_needed, &text.sign_in, &text.gone] {
                let said = format!("{} {}", notice.title, notice.message).to_lowercase();
                for kind in [text.file, text.folder, text.size, text.owner] {
                    assert!(!said.contains(&kind.to_lowercase()), "{language:?}: {said}");
                }
            }
        }
    }
}
