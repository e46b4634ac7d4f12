//! Words that stand for a number, which is their place in the list.

/// The words that an option may be.
pub(crate) struct Words {
    /// The list in JavaScript.
    pub(crate) name: &'static str,
    pub(crate) words: &'static [&'static str],
    pub(crate) core: InCore,
}

/// How the core reads the number. Names of variants and of constants are those of the words.
pub(crate) enum InCore {
    /// As this type, and the variant of every further number.
    Type(&'static str, &'static str),
    /// By constants in the module of this name, for a type that holds more than the word.
    Constants(&'static str),
    /// Not at all.
    Nothing,
}

pub(crate) const MODES: Words = Words {
    name: "MODES",
    words: &["session", "jwt", "hybrid"],
    core: InCore::Type("Mode", "Session"),
};

pub(crate) const STORAGES: Words = Words {
    name: "STORAGES",
    words: &["memory", "session", "local"],
    core: InCore::Type("StorageKind", "Custom"),
};

pub(crate) const USERS: Words = Words {
    name: "USERS",
    words: &["me", "token", "answer"],
    core: InCore::Type("UserSource", "Usual"),
};

pub(crate) const TRANSPORTS: Words = Words {
    name: "TRANSPORTS",
    words: &["json", "form", "cookie", "header"],
    core: InCore::Constants("transports"),
};

/// Members of `csrf`, of which there has to be one.
pub(crate) const CSRF_SOURCES: Words = Words {
    name: "CSRF_SOURCES",
    words: &["cookie", "endpoint", "meta", "responseHeader", "value"],
    core: InCore::Constants("csrf_sources"),
};

/// The words of options.
pub(crate) const WORDS: &[&Words] = &[&MODES, &STORAGES, &USERS, &TRANSPORTS, &CSRF_SOURCES];

pub(crate) const METHODS: Words = Words {
    name: "METHODS",
    words: &["GET", "POST", "PUT", "PATCH", "DELETE"],
    core: InCore::Nothing,
};

pub(crate) const FORMATS: Words = Words {
    name: "FORMATS",
    words: &["json", "form", "multipart", "none"],
    core: InCore::Nothing,
};

pub(crate) const TOKENS: Words = Words {
    name: "TOKENS",
    words: &["access", "refresh"],
    core: InCore::Nothing,
};

pub(crate) const PLACES: Words = Words {
    name: "PLACES",
    words: &["header", "body"],
    core: InCore::Nothing,
};

/// The words of contracts.
pub(crate) const CONTRACT_WORDS: &[&Words] = &[&METHODS, &FORMATS, &TOKENS, &PLACES];

/// A word of JavaScript, and the variant of the core that it is.
pub(crate) struct Word {
    pub(crate) word: &'static str,
    pub(crate) variant: &'static str,
    pub(crate) says: &'static str,
}

/// What a request of the engine's own is for: `RequestKind`.
pub(crate) const PURPOSES: &[Word] = &[
    word("login", "Login", "To sign in."),
    word("logout", "Logout", "To tell of a logout."),
    word("refresh", "Refresh", "To renew the session."),
    word("me", "Me", "To ask who is signed in."),
    word("csrf", "Csrf", "To get a CSRF token."),
];

/// What becomes of a redirect, in the words of Fetch: `Redirects`.
pub(crate) const REDIRECTS: &[Word] = &[
    word(
        "error",
        "Refuse",
        "It is an error: a secret must not be carried elsewhere.",
    ),
    word(
        "follow",
        "Follow",
        "It is followed: nothing secret goes along but what the browser itself takes away at another origin.",
    ),
    word(
        "manual",
        "Answer",
        "It is the answer, as status 302: where it leads to does not matter.",
    ),
];

/// What `means` may say of an answer: `Said`.
pub(crate) const MEANINGS: &[Word] = &[
    word("ok", "Ok", "It gives what was asked for."),
    word("nobody", "Nobody", "Nobody is signed in."),
    word("refused", "Refused", "It refuses for good."),
    word("pending", "Pending", "A login goes on with another step."),
    word("not-now", "NotNow", "It may pass."),
];

const fn word(word: &'static str, variant: &'static str, says: &'static str) -> Word {
    Word {
        word,
        variant,
        says,
    }
}
