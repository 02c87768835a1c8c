//! The sentences of signing in, in every language.

use super::language::Language;
use super::text::Notice;

/// What an application may get to do, as people are asked about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    OwnProfile,
    ReadOwn,
    WriteOwn,
    ReadAll,
    WriteAll,
    ReadSites,
    WriteSites,
    ReadSettings,
    WriteSettings,
    People,
    Away,
}

impl Ask {
    /// Every kind, in the order of the texts.
    const ALL: [Self; 11] = [
        Self::OwnProfile,
        Self::ReadOwn,
        Self::WriteOwn,
        Self::ReadAll,
        Self::WriteAll,
        Self::ReadSites,
        Self::WriteSites,
        Self::ReadSettings,
        Self::WriteSettings,
        Self::People,
        Self::Away,
    ];

    /// What a scope means to a person. One that isn't listed is about the people and groups of the organization.
    pub(super) fn of(scope: &str) -> Self {
        match scope {
            "openid" | "profile" | "email" | "User.Read" | "User.ReadWrite" => Self::OwnProfile,
            "Files.Read" => Self::ReadOwn,
            "Files.ReadWrite" => Self::WriteOwn,
            "Files.Read.All" => Self::ReadAll,
            "Files.ReadWrite.All" => Self::WriteAll,
            "Sites.Read.All" => Self::ReadSites,
            "Sites.ReadWrite.All" => Self::WriteSites,
            "SharePointTenantSettings.Read.All" => Self::ReadSettings,
            "SharePointTenantSettings.ReadWrite.All" => Self::WriteSettings,
            "offline_access" => Self::Away,
            _ => Self::People,
        }
    }
}

/// The words of one language. A missing translation doesn't compile.
#[derive(Debug)]
pub(crate) struct SignInText {
    pub(super) sign_in: &'static str,
    pub(super) user_name: &'static str,
    pub(super) wrong: &'static str,
    pub(super) other_account: &'static str,
    pub(super) switch: &'static str,
    pub(super) signed_in_as: &'static str,
    pub(super) allow_title: &'static str,
    pub(super) asks: &'static str,
    pub(super) ask: [&'static str; 11],
    pub(super) allow: &'static str,
    pub(super) refuse: &'static str,
    pub(super) device_title: &'static str,
    pub(super) device_message: &'static str,
    pub(super) device_code: &'static str,
    pub(super) device_wrong: &'static str,
    pub(super) device_warning: &'static str,
    pub(super) go_on: &'static str,
    pub(super) device_allowed: Notice,
    pub(super) device_refused: Notice,
    pub(super) new_password_title: &'static str,
    pub(super) new_password: &'static str,
    pub(super) repeat_password: &'static str,
    pub(super) passwords_differ: &'static str,
    pub(super) password_short: &'static str,
    pub(super) keep_password: &'static str,
    pub(super) sign_out_title: &'static str,
    pub(super) sign_out_message: &'static str,
    pub(super) sign_out: &'static str,
    pub(super) signed_out: Notice,
    pub(super) signed_in: Notice,
    pub(super) stale_form: &'static str,
    pub(super) bad_request: &'static str,
    pub(super) copy_address: Notice,
    pub(super) handover: Notice,
}

impl SignInText {
    /// The words of this language.
    pub(super) const fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
            Language::French => &FRENCH,
            Language::Spanish => &SPANISH,
        }
    }

    /// The sentence for something that an application asks.
    pub(super) fn sentence(&self, ask: Ask) -> &'static str {
        let at = Ask::ALL.iter().position(|known| *known == ask).unwrap_or_default();
        self.ask.get(at).copied().unwrap_or_default()
    }
}

static ENGLISH: SignInText = SignInText {
    sign_in: "Sign in",
    user_name: "User name",
    wrong: "The user name or the password is wrong. Please try again.",
    other_account: "This account can’t be used here. Please sign in with another one.",
    switch: "Use another account",
    signed_in_as: "Signed in as",
    allow_title: "Allow access?",
    asks: "would like to:",
    ask: [
        "See your name and address",
        "Read your files",
        "Read, change, share and delete your files",
        "Read all files that you can open",
        "Read, change, share and delete all files that you can change",
        "Read the sites and libraries that you can open",
        "Change the sites and libraries that you can change",
        "Read the organization’s sharing settings, if you may",
        "Change the organization’s sharing settings, if you may",
        "See the people and groups of your organization",
        "Do this while you are away, until you stop it",
    ],
    allow: "Allow",
    refuse: "Cancel",
    device_title: "Sign in on a device",
    device_message: "Enter the code that the device shows.",
    device_code: "Code",
    device_wrong: "No device waits under this code. It may have expired.",
    device_warning: "Go on only if you started this yourself. Nobody who calls or writes to you needs your code.",
    go_on: "Continue",
    device_allowed: Notice { title: "The device is signed in", message: "You can close this window and go on there." },
    device_refused: Notice { title: "The device was refused", message: "It got no access. You can close this window." },
    new_password_title: "Choose a password",
    new_password: "New password",
    repeat_password: "The same again",
    passwords_differ: "The two passwords differ.",
    password_short: "A password has at least 8 and at most 128 characters.",
    keep_password: "Set the password and sign in",
    sign_out_title: "Sign out?",
    sign_out_message: "Programs that you signed in to stay connected.",
    sign_out: "Sign out",
    signed_out: Notice { title: "You are signed out", message: "You can close this window." },
    signed_in: Notice { title: "You are signed in", message: "You can open the links that you were sent." },
    stale_form: "This page was open too long, or cookies are switched off. Please try again.",
    bad_request: "The program that sent you here asked for something that it can’t have. Its makers need to know this:",
    copy_address: Notice {
        title: "Almost done",
        message: "Copy the whole address of this page from the address bar, and paste it where the program waits for it.",
    },
    handover: Notice { title: "You are signed in", message: "One more step takes you back to the program." },
};

static GERMAN: SignInText = SignInText {
    sign_in: "Anmelden",
    user_name: "Benutzername",
    wrong: "Benutzername oder Passwort stimmt nicht. Bitte versuchen Sie es noch einmal.",
    other_account: "Dieses Konto kann hier nicht verwendet werden. Bitte melden Sie sich mit einem anderen an.",
    switch: "Anderes Konto verwenden",
    signed_in_as: "Angemeldet als",
    allow_title: "Zugriff erlauben?",
    asks: "möchte:",
    ask: [
        "Ihren Namen und Ihre Adresse sehen",
        "Ihre Dateien lesen",
        "Ihre Dateien lesen, ändern, freigeben und löschen",
        "Alle Dateien lesen, die Sie öffnen können",
        "Alle Dateien lesen, ändern, freigeben und löschen, die Sie ändern können",
        "Die Websites und Bibliotheken lesen, die Sie öffnen können",
        "Die Websites und Bibliotheken ändern, die Sie ändern können",
        "Die Freigabeeinstellungen der Organisation lesen, wenn Sie es dürfen",
        "Die Freigabeeinstellungen der Organisation ändern, wenn Sie es dürfen",
        "Die Personen und Gruppen Ihrer Organisation sehen",
        "Das auch tun, während Sie nicht da sind, bis Sie es beenden",
    ],
    allow: "Erlauben",
    refuse: "Abbrechen",
    device_title: "Auf einem Gerät anmelden",
    device_message: "Geben Sie den Code ein, den das Gerät anzeigt.",
    device_code: "Code",
    device_wrong: "Unter diesem Code wartet kein Gerät. Vielleicht ist er abgelaufen.",
    device_warning: "Machen Sie nur weiter, wenn Sie das selbst begonnen haben. Niemand, der Sie anruft oder Ihnen schreibt, \
                     braucht Ihren Code.",
    go_on: "Weiter",
    device_allowed: Notice {
        title: "Das Gerät ist angemeldet",
        message: "Sie können dieses Fenster schließen und dort weitermachen.",
    },
    device_refused: Notice {
        title: "Das Gerät wurde abgewiesen",
        message: "Es hat keinen Zugriff bekommen. Sie können dieses Fenster schließen.",
    },
    new_password_title: "Passwort wählen",
    new_password: "Neues Passwort",
    repeat_password: "Noch einmal dasselbe",
    passwords_differ: "Die beiden Passwörter sind verschieden.",
    password_short: "Ein Passwort hat mindestens 8 und höchstens 128 Zeichen.",
    keep_password: "Passwort setzen und anmelden",
    sign_out_title: "Abmelden?",
    sign_out_message: "Programme, bei denen Sie sich angemeldet haben, bleiben verbunden.",
    sign_out: "Abmelden",
    signed_out: Notice { title: "Sie sind abgemeldet", message: "Sie können dieses Fenster schließen." },
    signed_in: Notice {
        title: "Sie sind angemeldet", message: "Sie können die Links öffnen, die Sie bekommen haben."
    },
    stale_form: "Diese Seite war zu lange offen, oder Cookies sind ausgeschaltet. Bitte versuchen Sie es noch einmal.",
    bad_request: "Das Programm, das Sie hierher geschickt hat, wollte etwas, das es nicht bekommen kann. Das müssen seine \
                  Hersteller wissen:",
    copy_address: Notice {
        title: "Fast fertig",
        message: "Kopieren Sie die ganze Adresse dieser Seite aus der Adresszeile, und fügen Sie sie dort ein, wo das Programm \
                  darauf wartet.",
    },
    handover: Notice { title: "Sie sind angemeldet", message: "Ein Schritt noch führt Sie zum Programm zurück." },
};

static FRENCH: SignInText = SignInText {
    sign_in: "Se connecter",
    user_name: "Nom d’utilisateur",
    wrong: "Le nom d’utilisateur ou le mot de passe est incorrect. Veuillez réessayer.",
    other_account: "Ce compte ne peut pas être utilisé ici. Veuillez vous connecter avec un autre.",
    switch: "Utiliser un autre compte",
    signed_in_as: "Connecté en tant que",
    allow_title: "Autoriser l’accès ?",
    asks: "souhaite :",
    ask: [
        "Voir votre nom et votre adresse",
        "Lire vos fichiers",
        "Lire, modifier, partager et supprimer vos fichiers",
        "Lire tous les fichiers que vous pouvez ouvrir",
        "Lire, modifier, partager et supprimer tous les fichiers que vous pouvez modifier",
        "Lire les sites et bibliothèques que vous pouvez ouvrir",
        "Modifier les sites et bibliothèques que vous pouvez modifier",
        "Lire les paramètres de partage de l’organisation, si vous y êtes autorisé",
        "Modifier les paramètres de partage de l’organisation, si vous y êtes autorisé",
        "Voir les personnes et les groupes de votre organisation",
        "Le faire aussi en votre absence, jusqu’à ce que vous y mettiez fin",
    ],
    allow: "Autoriser",
    refuse: "Annuler",
    device_title: "Se connecter sur un appareil",
    device_message: "Saisissez le code que l’appareil affiche.",
    device_code: "Code",
    device_wrong: "Aucun appareil n’attend avec ce code. Il a peut-être expiré.",
    device_warning: "Ne continuez que si vous avez commencé vous-même. Personne qui vous appelle ou vous écrit n’a besoin de \
                     votre code.",
    go_on: "Continuer",
    device_allowed: Notice {
        title: "L’appareil est connecté",
        message: "Vous pouvez fermer cette fenêtre et continuer là-bas.",
    },
    device_refused: Notice {
        title: "L’appareil a été refusé",
        message: "Il n’a reçu aucun accès. Vous pouvez fermer cette fenêtre.",
    },
    new_password_title: "Choisir un mot de passe",
    new_password: "Nouveau mot de passe",
    repeat_password: "Le même encore une fois",
    passwords_differ: "Les deux mots de passe diffèrent.",
    password_short: "Un mot de passe compte de 8 à 128 caractères.",
    keep_password: "Définir le mot de passe et se connecter",
    sign_out_title: "Se déconnecter ?",
    sign_out_message: "Les programmes auxquels vous vous êtes connecté restent connectés.",
    sign_out: "Se déconnecter",
    signed_out: Notice { title: "Vous êtes déconnecté", message: "Vous pouvez fermer cette fenêtre." },
    signed_in: Notice { title: "Vous êtes connecté", message: "Vous pouvez ouvrir les liens que vous avez reçus." },
    stale_form: "Cette page est restée ouverte trop longtemps, ou les cookies sont désactivés. Veuillez réessayer.",
    bad_request: "Le programme qui vous a envoyé ici a demandé ce qu’il ne peut pas avoir. Ses auteurs doivent le savoir :",
    copy_address: Notice {
        title: "Presque terminé",
        message: "Copiez l’adresse entière de cette page depuis la barre d’adresse, et collez-la là où le programme l’attend.",
    },
    handover: Notice { title: "Vous êtes connecté", message: "Encore un pas et vous retrouvez le programme." },
};

static SPANISH: SignInText = SignInText {
    sign_in: "Iniciar sesión",
    user_name: "Nombre de usuario",
    wrong: "El nombre de usuario o la contraseña no es correcto. Inténtelo de nuevo.",
    other_account: "Esta cuenta no se puede usar aquí. Inicie sesión con otra.",
    switch: "Usar otra cuenta",
    signed_in_as: "Sesión iniciada como",
    allow_title: "¿Permitir el acceso?",
    asks: "quiere:",
    ask: [
        "Ver su nombre y su dirección",
        "Leer sus archivos",
        "Leer, cambiar, compartir y eliminar sus archivos",
        "Leer todos los archivos que usted puede abrir",
        "Leer, cambiar, compartir y eliminar todos los archivos que usted puede cambiar",
        "Leer los sitios y bibliotecas que usted puede abrir",
        "Cambiar los sitios y bibliotecas que usted puede cambiar",
        "Leer la configuración de uso compartido de la organización, si a usted se le permite",
        "Cambiar la configuración de uso compartido de la organización, si a usted se le permite",
        "Ver las personas y los grupos de su organización",
        "Hacerlo también mientras usted no está, hasta que lo termine",
    ],
    allow: "Permitir",
    refuse: "Cancelar",
    device_title: "Iniciar sesión en un dispositivo",
    device_message: "Escriba el código que muestra el dispositivo.",
    device_code: "Código",
    device_wrong: "Ningún dispositivo espera con este código. Puede que haya caducado.",
    device_warning: "Continúe solo si lo ha empezado usted. Nadie que le llame o le escriba necesita su código.",
    go_on: "Continuar",
    device_allowed: Notice {
        title: "El dispositivo ha iniciado sesión",
        message: "Puede cerrar esta ventana y seguir allí.",
    },
    device_refused: Notice {
        title: "El dispositivo fue rechazado",
        message: "No ha recibido acceso. Puede cerrar esta ventana.",
    },
    new_password_title: "Elija una contraseña",
    new_password: "Contraseña nueva",
    repeat_password: "La misma otra vez",
    passwords_differ: "Las dos contraseñas son distintas.",
    password_short: "Una contraseña tiene entre 8 y 128 caracteres.",
    keep_password: "Establecer la contraseña e iniciar sesión",
    sign_out_title: "¿Cerrar la sesión?",
    sign_out_message: "Los programas en los que ha iniciado sesión siguen conectados.",
    sign_out: "Cerrar sesión",
    signed_out: Notice { title: "Ha cerrado la sesión", message: "Puede cerrar esta ventana." },
    signed_in: Notice { title: "Ha iniciado sesión", message: "Puede abrir los enlaces que le han enviado." },
    stale_form: "Esta página estuvo abierta demasiado tiempo, o las cookies están desactivadas. Inténtelo de nuevo.",
    bad_request: "El programa que le ha enviado aquí ha pedido algo que no puede tener. Sus autores deben saber esto:",
    copy_address: Notice {
        title: "Ya casi está",
        message: "Copie la dirección completa de esta página de la barra de direcciones y péguela donde el programa la espera.",
    },
    handover: Notice { title: "Ha iniciado sesión", message: "Un paso más le lleva de vuelta al programa." },
};
