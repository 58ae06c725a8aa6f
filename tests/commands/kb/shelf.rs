//! A shelf of a dozen articles in three languages.

pub const SHELF: &[(&str, &str)] = &[
    (
        "vpn/token-verlopen",
        r#"title = "VPN-verbinding lukt niet: token verlopen"
state = "validated"
audience = "public"
language = "nl"
symptoms = ["geen verbinding met kantoor vanaf huis", "melding 'token verlopen'"]
cause = "Het token is een jaar geldig."
tags = ["vpn"]
body = '''
1. Open de **tokenapp**.
2. Kies _Vernieuwen_.
3. Start de VPN-verbinding opnieuw.'''
"#,
    ),
    (
        "vpn/rekey-hourly-drop",
        r#"title = "VPN drops every hour: IKE rekey mismatch"
state = "validated"
audience = "internal"
language = "en"
symptoms = ["sessions are dropped every hour, on the hour"]
cause = "The firewalls do not agree on a group."
tags = ["vpn"]
body = '''
Set the same Diffie-Hellman group on both firewalls.
Watch one full hour.'''
"#,
    ),
    (
        "account/wachtwoord-wijzigen",
        r#"title = "Uw wachtwoord wijzigen"
state = "validated"
audience = "public"
language = "nl"
symptoms = ["wachtwoord vergeten", "kan niet inloggen"]
tags = ["account"]
body = '''
Ga naar het portaal en kies een nieuw wachtwoord. Oude wachtwoorden werken niet meer.'''
"#,
    ),
    (
        "account/herstelsleutel",
        r#"title = "Een herstelsleutel opvragen voor een versleutelde laptop"
state = "validated"
audience = "public"
language = "nl"
symptoms = ["BitLocker vraagt om een sleutel"]
tags = ["account", "laptop"]
body = '''
Zoek het serienummer van de laptop op en vraag de sleutel op in het portaal.'''
"#,
    ),
    (
        "printen/lege-paginas",
        r#"title = "Printer geeft lege pagina's na het vervangen van de toner"
state = "validated"
audience = "public"
language = "nl"
symptoms = ["er komt wit papier uit"]
cause = "De beschermstrip zit nog op de cartridge."
tags = ["printer"]
body = '''
Haal de cartridge eruit en trek de strip eraf.'''
"#,
    ),
    (
        "printers/blank-pages",
        r#"title = "Blank pages after a toner change"
state = "validated"
audience = "public"
language = "en"
symptoms = ["the printer prints blank pages"]
cause = "The protective strip is still on the cartridge."
tags = ["printer"]
body = '''
Take the cartridge out and pull off the strip.'''
"#,
    ),
    (
        "drucker/leere-seiten",
        r#"title = "Drucker gibt leere Seiten aus"
state = "validated"
audience = "public"
language = "de"
symptoms = ["weiße Blätter nach dem Tonerwechsel"]
cause = "Der Schutzstreifen ist noch auf der Kartusche."
tags = ["drucker"]
body = '''
Kartusche herausnehmen und den Streifen abziehen. Danach eine Prüfseite drucken.'''
"#,
    ),
    (
        "mail/postfach-voll",
        r#"title = "Postfach ist voll: Größe überschritten"
state = "validated"
audience = "public"
language = "de"
symptoms = ["E-Mails werden nicht mehr zugestellt"]
tags = ["mail"]
body = '''
Alte Nachrichten löschen und den Papierkorb leeren.'''
"#,
    ),
    (
        "mail/mailbox-over-quota",
        r#"title = "Mailbox over quota"
state = "draft"
audience = "internal"
language = "en"
symptoms = ["messages bounce"]
tags = ["mail"]
body = '''
Empty the deleted items, or raise the quota.'''
"#,
    ),
    (
        "network/wifi",
        r#"title = "Wi-Fi is slow or drops in meeting rooms"
state = "validated"
audience = "public"
language = "en"
symptoms = ["no signal in the meeting room"]
tags = ["network"]
body = '''
Forget the guest network and join the staff network.'''
"#,
    ),
    (
        "apps/teams-headset",
        r#"title = "Headset is not seen by Teams after a dock update"
state = "validated"
audience = "public"
language = "en"
symptoms = ["Teams shows no microphone"]
tags = ["teams"]
body = '''
Unplug the dock for ten seconds. Choose the headset under Devices.'''
"#,
    ),
    (
        "apps/office-installeren",
        r#"title = "Office installeren op uw werkplek"
state = "validated"
audience = "public"
language = "nl"
symptoms = ["Word en Excel ontbreken"]
tags = ["office"]
body = '''
Open het softwarecentrum en kies Office. De installatie duurt twintig minuten.'''
"#,
    ),
    (
        "old/fax",
        r#"title = "Een fax versturen"
state = "retired"
audience = "public"
language = "nl"
symptoms = ["fax doet het niet"]
tags = ["fax"]
body = '''
Leg het papier in de fax.'''
"#,
    ),
];
