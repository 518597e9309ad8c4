//! Where the tenants' databases are made.

use super::section::{choice, section};
use secrecy::SecretString;

choice! {
    /// Where the tenants' databases are made.
    Database at "database", default "server";
    /// databases and users on one MariaDB server.
    Server(DatabaseServer) = "server";
}

section! {
    /// A MariaDB server on which the portal may make databases and users.
    DatabaseServer at "database.server";
    /// Host as the portal sees it.
    host: String;
    /// TCP port.
    port: u16 = 3306;
    /// User who may make databases and users.
    user: String;
    /// Password of that user.
    password: SecretString;
    /// Host as the sites see it; without it the same.
    site_host: Option<String>;
}
