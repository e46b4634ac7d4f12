// What is delivered to the engine, by number: calls, what else happens, and questions.
// By `cargo xtask table`: kinds.
export const READY = 0;
export const LOGIN = 1;
export const LOGOUT = 2;
export const REFRESH = 3;
export const TOKEN = 4;
export const FETCH = 5;
export const FETCH_ANSWERED = 6;
export const GONE = 7;
export const ANSWERED = 8;
export const LOADED = 9;
export const SAVED = 10;
export const LOCK_GRANTED = 11;
export const MESSAGE = 12;
export const TICK = 13;
export const VISIBLE = 14;
export const RESTORED = 15;
export const ONLINE = 16;
export const STORE_CHANGED = 17;
export const LISTS = 18;
export const SNAPSHOT = 19;
export const CLAIMS = 20;
export const JOURNAL = 21;
export const RELEASE = 22;
export const HIDDEN = 23;
export const TOKEN_IN = 24;
export const RELOADED = 25;
export const ADOPT = 26;
export const FETCH_DOUBTFUL = 27;
// End of the table.

// The kinds of bodies: none, one that can be sent again, one that cannot.
// By `cargo xtask table`: bodies.
export const EMPTY = 0;
export const REPEATABLE = 1;
export const ONCE = 2;
// End of the table.
