//! What a row of the table can say.

use super::words::Words;

/// An option, or a member of one.
pub(crate) struct Row {
    /// As `docs/options.md` and an error name it.
    pub(crate) path: &'static str,
    pub(crate) kind: Kind,
    pub(crate) core: Core,
    /// How its default begins in `docs/options.md`.
    pub(crate) default: &'static str,
    /// How its comment in `pkg/index.d.ts` begins.
    pub(crate) says: &'static str,
}

/// What an option may be. The package looks at it, see [`Kind::check`].
pub(crate) enum Kind {
    Text,
    /// That can stand in a header.
    FieldValue,
    Flag,
    Function,
    /// Of seconds.
    Number,
    Url,
    Texts,
    /// An object of strings.
    Strings,
    /// Where something is in an answer.
    Path,
    Headers,
    /// Statuses and codes.
    Refused,
    /// Tokens, and where they go.
    Credential,
    Words(&'static Words),
    /// One of the words, or an object that is a store.
    Store(&'static Words),
    /// Its usual path.
    Endpoint(&'static str),
    /// Looked at where it is loaded.
    Object,
    /// An object whose members have rows of their own; the interfaces that type it.
    Members(&'static [&'static str]),
    /// As the option of that name.
    Like(&'static str),
}

/// How an option gets to `Options` of the core. Fields are named as they are there.
pub(crate) enum Core {
    /// It does not: the package does what it says.
    Package,
    /// A field, empty where the option is not given.
    Field(&'static str),
    /// A field, and what it is where the option is not given.
    Or(&'static str, &'static str),
    /// A field, and the JavaScript of what is handed over in place of the option itself.
    From(&'static str, &'static str),
    /// Of an object: its members are fields.
    Flat,
    /// Of an object: a field, and the type of which its members are the fields.
    Struct(&'static str, &'static str),
    /// Of an object: a field that the function of this name in `list.rs` makes. It takes what stands here, each by its
    /// JavaScript and how it is read, and then those members that are a part.
    Made(&'static str, &'static [(&'static str, &'static str)]),
    Part,
    /// The same, by its JavaScript.
    PartFrom(&'static str),
}

impl Row {
    /// Without the name of the object that it is a member of.
    pub(crate) fn name(&self) -> &'static str {
        self.path
            .rsplit_once('.')
            .map_or(self.path, |(_, name)| name)
    }

    pub(crate) fn is_member_of(&self, object: &str) -> bool {
        self.path
            .rsplit_once('.')
            .is_some_and(|(of, _)| of == object)
    }

    pub(crate) fn is_member(&self) -> bool {
        self.path.contains('.')
    }
}

impl Kind {
    /// As `fits` in `pkg/src/options.js` takes it. `None`: of an object, which has rows of its own.
    pub(crate) fn check(&self) -> Option<String> {
        Some(match self {
            Self::Text => "\"string\"".to_owned(),
            Self::FieldValue => "fieldValue".to_owned(),
            Self::Flag => "\"boolean\"".to_owned(),
            Self::Function => "\"function\"".to_owned(),
            Self::Number => "number".to_owned(),
            Self::Url => "url".to_owned(),
            Self::Texts => "texts".to_owned(),
            Self::Strings => "table".to_owned(),
            Self::Path => "path".to_owned(),
            Self::Headers => "headers".to_owned(),
            Self::Refused => "refused".to_owned(),
            Self::Credential => "credential".to_owned(),
            Self::Words(words) => words.name.to_owned(),
            Self::Store(_) => "storage".to_owned(),
            Self::Endpoint(_) => "endpoint".to_owned(),
            Self::Object => "isObject".to_owned(),
            Self::Like(option) => format!("KINDS.{option}"),
            Self::Members(_) => return None,
        })
    }

    /// What it may be, where that is more than `check` says.
    pub(crate) fn allowed(&self) -> Option<&'static str> {
        Some(match self {
            Self::FieldValue => "a string of visible ASCII, as it goes in a header",
            Self::Number => "a number of seconds",
            Self::Url => "a string",
            Self::Texts => "an array of strings",
            Self::Strings => "an object of strings",
            Self::Path => "a string, or an array of strings",
            Self::Headers => "an object of strings, or a function that gives one",
            Self::Refused => "an array of statuses and codes",
            Self::Credential => {
                r#""none", "access", "refresh", or an object { token: "access" | "refresh", in: "header" | "body", name, scheme }, or an array of these"#
            }
            Self::Store(_) => {
                r#""memory", "session", "local", "sealed", or an object with the methods get, set and remove"#
            }
            Self::Endpoint(_) => "a string, an object, or false",
            _ => return None,
        })
    }
}
