//! What the pages say, in the languages that they say it in. What articles and services say is theirs.

use jiff::civil::{Date, DateTime};

/// The words of one language.
pub struct Words {
    /// BCP 47.
    pub language: &'static str,
    /// Its own name.
    pub name: &'static str,
    months: [&'static str; 12],
    pub skip: &'static str,
    pub menu: &'static str,
    pub home: &'static str,
    pub all: &'static str,
    pub services: &'static str,
    pub status: &'static str,
    pub search: &'static str,
    pub you_are_here: &'static str,
    pub how_can_we_help: &'static str,
    pub search_hint: &'static str,
    pub topics: &'static str,
    pub most_used: &'static str,
    pub article: [&'static str; 2],
    pub all_lead: &'static str,
    pub ask_for: &'static str,
    pub no_articles: &'static str,
    pub no_services: &'static str,
    pub symptoms: &'static str,
    pub cause: &'static str,
    pub what_to_do: &'static str,
    pub tested: &'static str,
    pub review_by: &'static str,
    pub due_for_review: &'static str,
    pub other_languages: &'static str,
    pub related_services: &'static str,
    pub not_solved: &'static str,
    pub ask_us: &'static str,
    pub name_article: &'static str,
    pub name_service: &'static str,
    pub all_of_them: &'static str,
    pub question_about: &'static str,
    pub request_for: &'static str,
    pub what_to_say: &'static str,
    pub tell_us: &'static str,
    pub request: &'static str,
    pub required: &'static str,
    pub choose: &'static str,
    pub one_of: &'static str,
    pub anything_else: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub write_mail: &'static str,
    pub mail_note: &'static str,
    pub open_issue: &'static str,
    pub issue_note: &'static str,
    pub your_request: &'static str,
    pub needs_approval: &'static str,
    pub all_well: &'static str,
    pub all_well_more: &'static str,
    pub trouble: [&'static str; 2],
    pub since: &'static str,
    pub being_worked_on: &'static str,
    pub waiting: &'static str,
    pub reported: &'static str,
    pub as_of: &'static str,
    pub search_lead: &'static str,
    pub no_script: &'static str,
    pub results: [&'static str; 2],
    pub no_results: &'static str,
    pub a_to_z: &'static str,
    pub table: &'static str,
}

pub const ENGLISH: Words = Words {
    language: "en",
    name: "English",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    skip: "Skip to the content",
    menu: "Main menu",
    home: "Home",
    all: "All articles",
    services: "Services",
    status: "Status",
    search: "Search",
    you_are_here: "You are here",
    how_can_we_help: "How can we help?",
    search_hint: "In your own words: what does not work?",
    topics: "Topics",
    most_used: "Most used",
    article: ["article", "articles"],
    all_lead: "Every article, from A to Z.",
    ask_for: "What you can ask for",
    no_articles: "There are no articles yet.",
    no_services: "There is nothing to ask for here yet.",
    symptoms: "You notice",
    cause: "Why it happens",
    what_to_do: "What to do",
    tested: "Tested on",
    review_by: "To be reviewed by",
    due_for_review: "This article is due for a review: it may be out of date.",
    other_languages: "Also in",
    related_services: "You can ask for",
    not_solved: "Not solved?",
    ask_us: "Ask us",
    name_article: "Ask your help desk, and name this article.",
    name_service: "Ask your help desk for it by this name.",
    all_of_them: "all",
    question_about: "Question about",
    request_for: "Request",
    what_to_say: "What we need to know",
    tell_us: "Ask your help desk, and tell them this:",
    request: "Ask for it",
    required: "required",
    choose: "Choose …",
    one_of: "one of",
    anything_else: "Anything else?",
    yes: "yes",
    no: "no",
    write_mail: "Write the mail",
    mail_note: "This opens a mail with your answers. Nothing is sent before you send it.",
    open_issue: "Go on to the form",
    issue_note: "This opens a new issue with your answers at",
    your_request: "Your request",
    needs_approval: "Somebody has to approve it before we begin.",
    all_well: "No known disruptions",
    all_well_more: "Something does not work all the same? Search for it, or tell us.",
    trouble: ["disruption", "disruptions"],
    since: "Since",
    being_worked_on: "being worked on",
    waiting: "waiting for somebody else",
    reported: "reported",
    as_of: "As of",
    search_lead: "Type a few words. Small mistakes do no harm.",
    no_script: "The search needs scripts, which are off here. Below are all articles, from A to Z.",
    results: ["result", "results"],
    no_results: "Nothing found. Try other words, or look through all articles below.",
    a_to_z: "From A to Z",
    table: "Table",
};

pub const DUTCH: Words = Words {
    language: "nl",
    name: "Nederlands",
    months: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    skip: "Naar de inhoud",
    menu: "Hoofdmenu",
    home: "Start",
    all: "Alle artikelen",
    services: "Diensten",
    status: "Status",
    search: "Zoeken",
    you_are_here: "U bent hier",
    how_can_we_help: "Waarmee kunnen we helpen?",
    search_hint: "In uw eigen woorden: wat werkt er niet?",
    topics: "Onderwerpen",
    most_used: "Meest gebruikt",
    article: ["artikel", "artikelen"],
    all_lead: "Elk artikel, van A tot Z.",
    ask_for: "Wat u kunt aanvragen",
    no_articles: "Er zijn nog geen artikelen.",
    no_services: "Er is hier nog niets aan te vragen.",
    symptoms: "U merkt",
    cause: "Hoe het komt",
    what_to_do: "Wat u kunt doen",
    tested: "Getest op",
    review_by: "Nakijken voor",
    due_for_review: "Dit artikel moet worden nagekeken: het kan verouderd zijn.",
    other_languages: "Ook in het",
    related_services: "U kunt aanvragen",
    not_solved: "Niet opgelost?",
    ask_us: "Vraag het ons",
    name_article: "Vraag het uw helpdesk en noem dit artikel.",
    name_service: "Vraag het uw helpdesk onder deze naam aan.",
    all_of_them: "alle",
    question_about: "Vraag over",
    request_for: "Aanvraag",
    what_to_say: "Wat we moeten weten",
    tell_us: "Vraag het uw helpdesk en vertel daarbij:",
    request: "Aanvragen",
    required: "verplicht",
    choose: "Kies …",
    one_of: "een van",
    anything_else: "Verder nog iets?",
    yes: "ja",
    no: "nee",
    write_mail: "Schrijf de mail",
    mail_note: "Dit opent een mail met uw antwoorden. Er wordt niets verstuurd voordat u hem verstuurt.",
    open_issue: "Verder naar het formulier",
    issue_note: "Dit opent een nieuwe melding met uw antwoorden bij",
    your_request: "Uw aanvraag",
    needs_approval: "Iemand moet dit goedkeuren voordat we beginnen.",
    all_well: "Geen storingen bekend",
    all_well_more: "Werkt er toch iets niet? Zoek het op of meld het ons.",
    trouble: ["storing", "storingen"],
    since: "Sinds",
    being_worked_on: "er wordt aan gewerkt",
    waiting: "wacht op een ander",
    reported: "gemeld",
    as_of: "Stand van",
    search_lead: "Typ een paar woorden. Een kleine tikfout is niet erg.",
    no_script: "Zoeken heeft scripts nodig, en die staan hier uit. Hieronder staan alle artikelen, van A tot Z.",
    results: ["resultaat", "resultaten"],
    no_results: "Niets gevonden. Probeer andere woorden of blader hieronder door alle artikelen.",
    a_to_z: "Van A tot Z",
    table: "Tabel",
};

/// The languages that pages can speak.
pub const LANGUAGES: [&Words; 2] = [&ENGLISH, &DUTCH];

impl Words {
    /// The words of a language, whatever its region.
    pub fn of(language: &str) -> Option<&'static Words> {
        let main = language.split('-').next().unwrap_or_default();
        LANGUAGES.into_iter().find(|words| words.language.eq_ignore_ascii_case(main))
    }

    /// `24 November 2026`
    pub fn date(&self, date: Date) -> String {
        let month = usize::try_from(date.month() - 1).ok().and_then(|month| self.months.get(month));
        format!("{} {} {}", date.day(), month.copied().unwrap_or_default(), date.year())
    }

    /// `24 November 2026, 08:05`
    pub fn moment(&self, at: DateTime) -> String {
        format!("{}, {:02}:{:02}", self.date(at.date()), at.hour(), at.minute())
    }

    /// `1 article`, `12 articles`
    pub fn count(&self, count: usize, [one, many]: [&str; 2]) -> String {
        format!("{count} {}", if count == 1 { one } else { many })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_said_as_people_of_that_language_say_them() {
        let at = jiff::civil::date(2026, 3, 1).at(8, 5, 0, 0);
        assert_eq!(DUTCH.moment(at), "1 maart 2026, 08:05");
        assert_eq!(Words::of("en-GB").unwrap().date(at.date()), "1 March 2026");
        assert!(Words::of("de").is_none());
    }
}
