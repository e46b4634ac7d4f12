//! hallpass: the auth client for browser apps.
